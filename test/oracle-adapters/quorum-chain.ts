import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import {
  type Abi,
  type Account,
  type Address,
  createTestClient,
  createWalletClient,
  getAddress,
  type Hex,
  http,
  keccak256,
  parseEther,
  publicActions,
  stringToHex,
  type TestClient,
  zeroAddress,
  zeroHash,
} from 'viem';
import { generatePrivateKey, mnemonicToAccount, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { foundry } from 'viem/chains';
import { foundryBinary } from '#foundry';
import { quorumFeedAbi, valuationGuardAbi } from '../../contracts/generated/abi.js';
import type { Header } from '../../oracle-adapters/feed/observation.js';
import { QuorumFeedReader } from '../../oracle-adapters/feed/quorum-feed.js';
import { startAnvil } from '../backend/support/anvil.js';

export const FEED_ID = keccak256(stringToHex('TEST-BILL/USD'));

/** Holds nothing back: what the guard does is tested in Solidity, and a story about liars has them published beside the honest. */
const ADMIT_ALL = {
  calendar: zeroHash,
  referenceFeed: zeroAddress,
  baseBps: 10_000,
  perDayBps: 0,
  maxBps: 10_000,
  spreadBps: 65_535,
  referenceBps: 0,
  growthBps: 0,
  growthFrom: 0n,
  growthSince: 0,
  fallsAtOnce: false,
};

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL('../../', import.meta.url));

export type QuorumChain = Awaited<ReturnType<typeof startQuorumChain>>;

/** A real anvil with the real QuorumFeed and its guard: one feed of four signers (f = 1); and a funded gas key. */
export async function startQuorumChain() {
  const anvil = await startAnvil();
  try {
    const owner = mnemonicToAccount('test test test test test test test test test test test junk');
    const client = createTestClient({ mode: 'anvil', chain: foundry, transport: http(anvil.url), pollingInterval: 20 }).extend(
      publicActions,
    );
    const wallet = createWalletClient({ account: owner as Account, chain: foundry, transport: http(anvil.url) });

    const deploy = async ({ abi, bytecode }: Artifact, args: unknown[]): Promise<Address> => {
      const hash = await wallet.deployContract({ abi, bytecode, args });
      const { contractAddress } = await client.waitForTransactionReceipt({ hash });
      if (!contractAddress) throw new Error('not deployed');
      return contractAddress;
    };
    const manager = await deploy(await accessManager(), [owner.address]);
    const calendar = await deploy(await artifact('MarketCalendar'), [manager]);
    const guard = await deploy(await artifact('ValuationGuard'), [manager, calendar]);
    const feed = getAddress(await deploy(await artifact('QuorumFeed'), [manager, guard]));

    const send = async (address: Address, abi: Abi, functionName: string, args: readonly unknown[]): Promise<void> => {
      const hash = await wallet.writeContract({ address, abi, functionName, args });
      const receipt = await client.waitForTransactionReceipt({ hash });
      if (receipt.status !== 'success') throw new Error(`${functionName} reverted`);
    };
    const configure = (
      functionName: 'createFeed' | 'setCalmBand' | 'setConfig' | 'setBounds' | 'halt' | 'resume' | 'approvePending',
      args: readonly unknown[],
    ): Promise<void> => send(feed, quorumFeedAbi as Abi, functionName, args);
    /** A feed of these signers with 8 decimals, from 90 to 110. */
    const create = async (feedId: Hex, policy: Partial<typeof ADMIT_ALL> = {}): Promise<void> => {
      await configure('createFeed', [feedId, 8, 90_00000000n, 110_00000000n]);
      await send(guard, valuationGuardAbi as Abi, 'setPolicy', [feedId, { ...ADMIT_ALL, ...policy }]);
      await configure('setConfig', [feedId, signers.map((s) => s.account.address), 1]);
    };

    const signers = Array.from({ length: 4 }, () => key());
    const gas = key();
    await client.setBalance({ address: gas.account.address, value: parseEther('10') });
    await create(FEED_ID);

    const reader = await QuorumFeedReader.connect(anvil.url, feed);
    return {
      url: anvil.url,
      feed,
      signers,
      gas,
      reader,
      client: client as TestClient & typeof client,
      configure,
      create,
      round: (round: number, feedId = FEED_ID) =>
        client.readContract({ address: feed, abi: quorumFeedAbi, functionName: 'roundAt', args: [feedId, BigInt(round)] }),
      nextRound: (feedId = FEED_ID) =>
        client.readContract({ address: feed, abi: quorumFeedAbi, functionName: 'nextRound', args: [feedId] }),
      /** The held round, or the contract's refusal. */
      pending: (feedId = FEED_ID) => client.readContract({ address: feed, abi: quorumFeedAbi, functionName: 'pending', args: [feedId] }),
      latest: (feedId = FEED_ID) => client.readContract({ address: feed, abi: quorumFeedAbi, functionName: 'latestRound', args: [feedId] }),
      /** Another QuorumFeed with the same feed and signers. */
      twin: async (feedId: Hex): Promise<Address> => {
        const other = getAddress(await deploy(await artifact('QuorumFeed'), [manager, guard]));
        await send(other, quorumFeedAbi as Abi, 'createFeed', [feedId, 8, 90_00000000n, 110_00000000n]);
        await send(other, quorumFeedAbi as Abi, 'setConfig', [feedId, signers.map((s) => s.account.address), 1]);
        return other;
      },
      stop: () => anvil.stop(),
    };
  } catch (error) {
    await anvil.stop();
    throw error;
  }
}

/** A header of one feed, as `submit` takes it. */
export function single({ feedIds, rounds, valuationTimestamps, ...common }: Header) {
  const [feedId, round, valuationTimestamp] = [feedIds[0] as Hex, rounds[0] as number, valuationTimestamps[0] as number];
  return { ...common, feedId, round, valuationTimestamp };
}

export type Key = { key: Hex; account: PrivateKeyAccount };

export function key(): Key {
  const secret = generatePrivateKey();
  return { key: secret, account: privateKeyToAccount(secret) };
}

type Artifact = { abi: Abi; bytecode: Hex };

/** forge's artifact of a contract, built first where a test runs before any build. */
async function artifact(name: string): Promise<Artifact> {
  const path = `${root}out/${name}.sol/${name}.json`;
  if (!existsSync(path)) {
    const build = spawnSync(foundryBinary('forge'), ['build', `contracts/valuation/${name}.sol`], { cwd: root, encoding: 'utf8' });
    if (build.status !== 0) throw new Error(build.stderr);
  }
  const { abi, bytecode } = JSON.parse(await readFile(path, 'utf8')) as { abi: Abi; bytecode: { object: Hex } };
  return { abi, bytecode: bytecode.object };
}

/** OpenZeppelin ships this one compiled. */
async function accessManager(): Promise<Artifact> {
  return JSON.parse(await readFile(require.resolve('@openzeppelin/contracts/build/contracts/AccessManager.json'), 'utf8')) as Artifact;
}
