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
import { QuorumFeedReader } from '../../oracle-adapters/feed/quorum-feed.js';
import { startAnvil } from '../backend/support/anvil.js';

export const FEED_ID = keccak256(stringToHex('TEST-BILL/USD'));

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL('../../', import.meta.url));

export type QuorumChain = Awaited<ReturnType<typeof startQuorumChain>>;

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

/** A real anvil with the real QuorumFeed: four signers, f = 1, prices from 90 to 110 with 8 decimals; and a funded gas key. */
export async function startQuorumChain() {
  const anvil = await startAnvil();
  try {
    const owner = mnemonicToAccount('test test test test test test test test test test test junk');
    const client = createTestClient({ mode: 'anvil', chain: foundry, transport: http(anvil.url), pollingInterval: 20 }).extend(
      publicActions,
    );
    const wallet = createWalletClient({ account: owner as Account, chain: foundry, transport: http(anvil.url) });

    const deploy = async (artifact: Artifact, args: unknown[]): Promise<Address> => {
      const hash = await wallet.deployContract({ abi: artifact.abi, bytecode: artifact.bytecode, args });
      const { contractAddress } = await client.waitForTransactionReceipt({ hash });
      if (!contractAddress) throw new Error('not deployed');
      return contractAddress;
    };
    const manager = await deploy(await accessManager(), [owner.address]);
    const calendar = await deploy(await artifact('MarketCalendar'), [manager]);
    const guard = await deploy(await artifact('ValuationGuard'), [manager, calendar]);
    const feed = getAddress(await deploy(await artifact('QuorumFeed'), [manager, guard]));

    const write = async (address: Address, abi: Abi, functionName: string, args: readonly unknown[]): Promise<void> => {
      const hash = await wallet.writeContract({ address, abi, functionName, args });
      const receipt = await client.waitForTransactionReceipt({ hash });
      if (receipt.status !== 'success') throw new Error(`${functionName} reverted`);
    };
    const configure = (functionName: 'createFeed' | 'setConfig' | 'halt' | 'resume', args: readonly unknown[]): Promise<void> =>
      write(feed, quorumFeedAbi as Abi, functionName, args);

    const signers = Array.from({ length: 4 }, () => key());
    const gas = key();
    await client.setBalance({ address: gas.account.address, value: parseEther('10') });
    await configure('createFeed', [FEED_ID, 8, 90_00000000n, 110_00000000n]);
    await configure('setConfig', [FEED_ID, signers.map((s) => s.account.address), 1]);
    await write(guard, valuationGuardAbi as Abi, 'setPolicy', [FEED_ID, ADMIT_ALL]);

    const reader = await QuorumFeedReader.connect(anvil.url, feed);
    return {
      url: anvil.url,
      feed,
      signers,
      gas,
      reader,
      client: client as TestClient & typeof client,
      configure,
      round: (round: number) => client.readContract({ address: feed, abi: quorumFeedAbi, functionName: 'roundAt', args: [FEED_ID, BigInt(round)] }),
      nextRound: () => client.readContract({ address: feed, abi: quorumFeedAbi, functionName: 'nextRound', args: [FEED_ID] }),
      stop: () => anvil.stop(),
    };
  } catch (error) {
    await anvil.stop();
    throw error;
  }
}

export type Key = { key: Hex; account: PrivateKeyAccount };

export function key(): Key {
  const secret = generatePrivateKey();
  return { key: secret, account: privateKeyToAccount(secret) };
}

type Artifact = { abi: Abi; bytecode: Hex };

/** forge's artifact, built first where a test runs before any build. */
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
