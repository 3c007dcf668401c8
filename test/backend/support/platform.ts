import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { type Address, createTestClient, erc20Abi, http, publicActions, walletActions } from 'viem';
import { foundry } from 'viem/chains';
import type { Deployment } from '../../../backend/src/chain/deployment.js';
import { localKey } from '../../../backend/src/chain/settings.js';
import { LOCAL_FEED, LOCAL_INDEX } from '../../../backend/src/local/accounts.js';
import { startAnvil } from '../../../backend/src/local/chain.js';
import { deployInfrastructure } from '../../../backend/src/local/deploy.js';
import { localStaff, staffAccounts } from '../../../backend/src/local/people.js';
import { LocalWorldChain } from '../../../backend/src/local/world/chain.js';
import { type LocalOracle, startLocalOracle } from '../../../oracle-adapters/local/start.js';
import type { Answer, Api } from './api.js';
import { type RunningApp, startApp } from './app.js';

const testClient = (url: string) =>
  createTestClient({ mode: 'anvil', chain: foundry, transport: http(url), cacheTime: 0, pollingInterval: 20 })
    .extend(publicActions)
    .extend(walletActions);

export type Platform = {
  url: string;
  rpcUrl: string;
  deployment: Deployment;
  running: RunningApp;
  /** Starts the oracle, which publishes the value of 2017-08-28 by itself; again: the same one. */
  startOracle(): Promise<LocalOracle>;
  client: ReturnType<typeof testClient>;
  /** What people do on chain with their wallets, and the chain's clock. */
  wallets: LocalWorldChain;
  /** The local staff, each signed in. */
  staff: Record<keyof ReturnType<typeof staffAccounts>, Api>;
  /** Minor units of the stablecoin, now or after a block. */
  money(owner: Address, block?: bigint): Promise<bigint>;
  close(): Promise<void>;
};

/** What `npm start` brings, in this process and on free ports: chain, contracts, database and API, and the oracle when asked for.
 *  @param genesis time of the chain's first block   @param environment variables on top of the harness' own */
export async function startPlatform(genesis: Date, environment: Record<string, string> = {}): Promise<Platform> {
  const ends: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const folder = await mkdtemp(join(tmpdir(), 'muniment-platform-'));
    ends.push(() => rm(folder, { recursive: true, force: true }));
    const chain = await startAnvil({ genesis });
    ends.push(chain.stop);
    const manifestFile = join(folder, 'deployment.json');
    const deployment = await deployInfrastructure({ rpcUrl: chain.url, manifestFile });
    const running = await startApp({
      environment: { RPC_URL: chain.url, DEPLOYMENT_FILE: manifestFile, STAFF: JSON.stringify(localStaff()), ...environment },
    });
    ends.push(() => running.close());
    const bringOracle = async (): Promise<LocalOracle> => {
      const oracle = await startLocalOracle({
        rpcUrl: chain.url,
        feed: deployment.contracts.quorumFeed,
        feedId: LOCAL_FEED.id,
        signerKeys: LOCAL_INDEX.reporters.map(localKey),
        gasKey: localKey(LOCAL_INDEX.transmitter),
        folder: join(folder, 'oracle'),
        logger: pino({ level: 'silent' }),
      });
      ends.push(() => oracle.close());
      return oracle;
    };
    let oracle: Promise<LocalOracle> | undefined;
    const client = testClient(chain.url);
    const { stablecoin } = deployment.contracts;
    const people = Object.entries(staffAccounts());
    const signedIn = await Promise.all(people.map(async ([name, account]) => [name, await running.api.signIn(account)]));
    return {
      url: running.api.url,
      rpcUrl: chain.url,
      deployment,
      running,
      startOracle: () => (oracle ??= bringOracle()),
      client,
      wallets: new LocalWorldChain(chain.url, stablecoin),
      staff: Object.fromEntries(signedIn),
      money: (owner, block) =>
        client.readContract({
          address: stablecoin,
          abi: erc20Abi,
          functionName: 'balanceOf',
          args: [owner],
          ...(block === undefined ? {} : { blockNumber: block }),
        }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Asks until the answer is as wanted; the test's own deadline ends it. */
export async function until(api: Api, path: string, wanted: (body: Answer['body']) => boolean | Promise<boolean>): Promise<Answer['body']> {
  for (;;) {
    const { body } = await api.get(path);
    if (await wanted(body)) return body;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

/** Approves a request as it stands. */
export async function approve(officer: Api, approvalId: string): Promise<Answer> {
  const { body } = await officer.get(`/v1/approvals/${approvalId}`);
  return officer.post(`/v1/approvals/${approvalId}/approve`, { payloadHash: body.payloadHash, reason: 'Agrees.' });
}
