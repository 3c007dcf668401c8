import { createPublicClient, custom, encodeErrorResult, erc20Abi, type Hex, parseAbi, RpcRequestError } from 'viem';
import { describe, expect, test } from 'vitest';
import { isLostDatabase } from '../../../backend/src/platform/database/lost.js';
import { Conflict } from '../../../backend/src/platform/problem.js';
import { isRetryable } from '../../../backend/src/platform/workflow/retryable.js';

const TOKEN = '0x00000000000000000000000000000000000ec400';

/** What a read throws when the node answers with this JSON-RPC error. */
async function readAnsweredBy(error: { code: number; message: string; data?: unknown }): Promise<unknown> {
  const request = (): Promise<never> => Promise.reject(new RpcRequestError({ body: {}, url: 'http://node', error }));
  const client = createPublicClient({ transport: custom({ request }, { retryCount: 0 }) });
  return client.readContract({ address: TOKEN, abi: erc20Abi, functionName: 'totalSupply' }).catch((thrown: unknown) => thrown);
}

describe('a node that cannot say is asked again', () => {
  test.each([
    [-32005, 'daily request count exceeded, request rate limited'],
    [-32000, 'header not found'],
    [-32000, 'missing trie node 6c1f (path ) state is not available'],
    [-32603, 'Internal error'],
    [-32002, 'resource unavailable'],
    [-39999, 'something that no client knows'],
    [429, 'Too Many Requests'],
  ])('%i %s', async (code, message) => {
    expect(isRetryable(await readAnsweredBy({ code, message }))).toBe(true);
  });
});

describe('a call that reverts is final', () => {
  const abi = parseAbi(['error TransferRefused(uint8 code)']);
  const data: Hex = encodeErrorResult({ abi, errorName: 'TransferRefused', args: [16] });
  test.each([
    [3, 'execution reverted', data],
    [3, 'execution reverted', '0x'],
    [-32603, 'VM Exception', data],
    [-32000, 'execution reverted', undefined],
    [-32015, 'VM execution error.', `Reverted ${data}`],
  ])('%i %s, data %s', async (code, message, given) => {
    expect(isRetryable(await readAnsweredBy({ code, message, data: given }))).toBe(false);
  });
});

test.each(['40P01', '40001', '25P03', '57P01'])('a transaction that PostgreSQL ended with %s is repeated', (code) => {
  const error = new Error('Failed query', { cause: Object.assign(new Error('ended'), { code }) });
  expect(isLostDatabase(error)).toBe(true);
  expect(isRetryable(error)).toBe(true);
});

test.each(['23505', '22P02', '42P01'])('a statement that PostgreSQL refuses with %s is not', (code) => {
  expect(isRetryable(new Error('Failed query', { cause: Object.assign(new Error('refused'), { code }) }))).toBe(false);
});

test('a refusal of ours is final', () => {
  expect(isRetryable(new Conflict('TEST', 'No.'))).toBe(false);
});
