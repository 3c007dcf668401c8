// Our contracts on the bench's chain.
import { createRequire } from 'node:module';
import { keccak256, toHex, zeroAddress, zeroHash } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { forgeArtifact } from '../../test/contracts/gas/artifacts.mjs';
import { addressOf } from '../../test/contracts/gas/chain.mjs';

const require = createRequire(import.meta.url);

export const owner = addressOf('owner');
export const transmitter = addressOf('transmitter');
export const idOf = (name) => keccak256(toHex(name));
export const keyOf = (name) => keccak256(toHex(name));
export const signersOf = (n) => Array.from({ length: n }, (_, i) => privateKeyToAccount(keyOf(`signer ${i}`)));
/** Faulty signers that n tolerate. */
export const faultyOf = (n) => Math.floor((n - 1) / 3);

/** No round is held: what is measured is what an ordinary one costs, and the first of a feed. */
const POLICY = {
  calendar: zeroHash,
  referenceFeed: zeroAddress,
  baseBps: 10_000,
  perDayBps: 0,
  maxBps: 10_000,
  spreadBps: 10_000,
  referenceBps: 0,
  growthBps: 0,
  growthFrom: 0n,
  growthSince: 0,
  fallsAtOnce: false,
};

/** @returns QuorumFeed with its guard and calendar, and what makes a feed on it */
export async function deployFeed(chain) {
  const deploy = (name, ...args) => chain.deploy(owner, forgeArtifact(name), args);
  const manager = await chain.deploy(owner, require('@openzeppelin/contracts/build/contracts/AccessManager.json'), [owner]);
  const calendar = await deploy('MarketCalendar', manager.address);
  const guard = await deploy('ValuationGuard', manager.address, calendar.address);
  const feed = await deploy('QuorumFeed', manager.address, guard.address);
  return {
    feed,
    manager,
    /** @param calmBps moves up to which the guard is not asked */
    async create(feedId, n, calmBps) {
      await chain.send(owner, feed, 'createFeed', [feedId, 8, 1n, 10n ** 20n]);
      await chain.send(owner, guard, 'setPolicy', [feedId, POLICY]);
      await chain.send(owner, feed, 'setCalmBand', [feedId, calmBps]);
      const signers = signersOf(n).map(({ address }) => address);
      await chain.send(owner, feed, 'setConfig', [feedId, signers, faultyOf(n)]);
    },
  };
}
