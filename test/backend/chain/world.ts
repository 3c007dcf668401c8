import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Address,
  concat,
  createTestClient,
  encodeErrorResult,
  getAddress,
  type Hex,
  http,
  keccak256,
  parseAbi,
  publicActions,
  toHex,
  walletActions,
} from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { foundry } from 'viem/chains';
import { Operations } from '../../../backend/src/chain/operations.js';
import { ChainSettings, localKey } from '../../../backend/src/chain/settings.js';
import { Signer } from '../../../backend/src/chain/signer.js';
import { Transactions } from '../../../backend/src/chain/transactions.js';
import { Database } from '../../../backend/src/platform/database/database.js';
import { type Anvil, startAnvil } from '../support/anvil.js';
import { type RunningApp, type StartAppOptions, startApp } from '../support/app.js';

/** Logs its calldata. */
export const ECHO = getAddress('0x00000000000000000000000000000000000ec400');
export const ECHO_CODE: Hex = '0x365f5f37365fa000';
/** Reverts with its calldata. */
export const REVERTER = getAddress('0x0000000000000000000000000000000000000bad');
export const REVERTER_CODE: Hex = '0x365f5f37365ffd';

export const refusedAbi = parseAbi(['error TransferRefused(uint8 code, address rule, uint256 actual, uint256 limit)']);
export const lockupRefusal = encodeErrorResult({ abi: refusedAbi, errorName: 'TransferRefused', args: [16, REVERTER, 5n, 3n] });

export function testClient(url: string) {
  return createTestClient({ mode: 'anvil', chain: foundry, transport: http(url), cacheTime: 0 })
    .extend(publicActions)
    .extend(walletActions);
}
export type TestClient = ReturnType<typeof testClient>;

/** A chain with the two contracts on it, before any application. */
export async function startChain(args: string[] = []): Promise<Anvil & { client: TestClient }> {
  const anvil = await startAnvil(args);
  const client = testClient(anvil.url);
  await client.setCode({ address: ECHO, bytecode: ECHO_CODE });
  await client.setCode({ address: REVERTER, bytecode: REVERTER_CODE });
  return { ...anvil, client };
}

export type World = RunningApp & {
  transactions: Transactions;
  operations: Operations;
  sql: Database;
  settings: ChainSettings;
  sender: Address;
  /** Enqueues an effect that ECHO logs, as a POST would: in a transaction of its own. */
  effect(businessKey: string): ReturnType<Transactions['enqueue']>;
  /** Enqueues a transfer of nothing, for chains without ECHO. */
  effectless(businessKey: string): ReturnType<Transactions['enqueue']>;
};

/** The whole application on a chain. */
export async function startWorld(rpcUrl: string, options: StartAppOptions = {}): Promise<World> {
  const running = await startApp({ ...options, environment: { RPC_URL: rpcUrl, ...options.environment } });
  const transactions = running.app.get(Transactions);
  return {
    ...running,
    transactions,
    operations: running.app.get(Operations),
    sql: running.app.get(Database),
    settings: running.app.get(ChainSettings),
    sender: running.app.get(Signer).addressOf('registrar'),
    effect: (businessKey) => transactions.enqueue({ businessKey, sender: 'registrar', to: ECHO, data: dataOf(businessKey) }),
    effectless: (businessKey) => transactions.enqueue({ businessKey, sender: 'registrar', to: ECHO, data: '0x' }),
  };
}

export function dataOf(businessKey: string): Hex {
  return keccak256(toHex(businessKey));
}

/** How often the effect of a business key is in the chain. */
export async function effectsOf(client: TestClient, businessKey: string): Promise<number> {
  const logs = await client.getLogs({ address: ECHO, fromBlock: 0n });
  return logs.filter((log) => log.data === dataOf(businessKey)).length;
}

/** Lets a contract emit any event: for one transaction its code logs the calldata under `topics`. */
export async function emitAs(client: TestClient, address: Address, topics: Hex[], data: Hex): Promise<void> {
  const code = (await client.getCode({ address })) ?? '0x';
  const pushed = topics.toReversed().map((topic) => concat(['0x7f', topic]));
  await client.setCode({ address, bytecode: concat(['0x365f5f37', ...pushed, '0x365f', toHex(0xa0 + topics.length), '0x00']) });
  const hash = await client.sendTransaction({ account: privateKeyToAccount(localKey(0)), to: address, data });
  await client.waitForTransactionReceipt({ hash, pollingInterval: 20 });
  await client.setCode({ address, bytecode: code });
}

/** What happens to a request: passed on; lost on the way there; its answer lost on the way back. */
export type Fate = 'pass' | 'drop-before' | 'drop-after';
export type Proxy = { url: string; stop(): Promise<void> };

/** An HTTP proxy in front of a node whose `fate` decides by method. */
export async function startProxy(target: string, fate: (method: string) => Fate): Promise<Proxy> {
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const body = Buffer.concat(chunks).toString();
      const decided = fate((JSON.parse(body) as { method?: string }).method ?? 'batch');
      if (decided === 'drop-before') return request.socket.destroy();
      const answer = await fetch(target, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      const text = await answer.text();
      if (decided === 'drop-after') return request.socket.destroy();
      return response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Waits for a condition by asking again and again; a test's own deadline ends it. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}
