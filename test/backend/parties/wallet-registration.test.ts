import { parseSiweMessage } from 'viem/siwe';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Operations } from '../../../backend/src/chain/operations.js';
import { localAccount } from '../../../backend/src/local/people.js';
import { identityRegistryAbi } from '../../../contracts/generated/abi.js';
import type { Answer } from '../support/api.js';
import { bringInstrument, bringInvestor, members } from '../support/market.js';
import { type Platform, startPlatform, until } from '../support/platform.js';
import { givenUp } from '../support/pool.js';

let platform: Platform;
let fund: Answer['body'];
let anna: Awaited<ReturnType<typeof bringInvestor>>;

beforeAll(async () => {
  platform = await startPlatform(new Date('2026-01-05T00:00:00Z'));
  const staff = await members(platform);
  fund = await bringInstrument(staff, 'WALLETS');
  anna = await bringInvestor(platform, staff, 'anna');
});
afterAll(() => platform?.close());

test('a further wallet whose registration the chain did not carry out is registered when it is proven again', async () => {
  const account = localAccount(58);
  const { address } = account;
  /** @returns the business key of its registration */
  const link = async (): Promise<string> => {
    const { body } = await anna.api.post(`/v1/investors/${anna.id}/wallet-challenges`, { address });
    const signature = await account.signMessage({ message: body.message });
    const linked = await anna.api.post(`/v1/investors/${anna.id}/wallets`, { message: body.message, signature });
    expect(linked).toMatchObject({ status: 201, body: { address, state: 'PROVEN' } });
    return `register-wallet:${linked.body.id}:${parseSiweMessage(body.message).nonce}`;
  };
  await givenUp(platform, link);
  const again = await link();
  await until(anna.api, '/v1/investors/me', ({ wallets }) =>
    wallets.some((wallet: { address: string; state: string }) => wallet.address === address && wallet.state === 'REGISTERED'),
  );
  expect(await platform.running.app.get(Operations).find(again)).toMatchObject({ state: 'CONFIRMED' });
  const known = { address: fund.registry, abi: identityRegistryAbi, functionName: 'isVerified', args: [address] } as const;
  expect(await platform.client.readContract(known)).toBe(true);
});
