import { SimpleMerkleTree } from '@openzeppelin/merkle-tree';
import { type Address, concat, type Hex, keccak256, numberToHex, pad } from 'viem';
import { largestRemainder } from '../platform/largest-remainder.js';
import type { DistributionMethod } from './distributions.schema.js';
import { withhold } from './withholding.js';

export type Share = { identity: Address; units: bigint; gross: bigint };
export type TaxedShare = Share & { rateId: string | null; rateBps: number; tax: bigint; net: bigint; basis: string };

/** Divides a pool among the holders at the record date.
 *  @param pool payment minor units   @param register token units by identity, Σ > 0   @param decimals of the token
 *  @returns shares in a stable order (by identity) and the dust; Σ gross + dust = pool
 *  @throws EmptyRegister when nobody holds anything */
export function divide(
  pool: bigint,
  register: ReadonlyMap<Address, bigint>,
  method: DistributionMethod,
  decimals: number,
): { shares: Share[]; dust: bigint } {
  const exact = largestRemainder(pool, register);
  const supply = [...register.values()].reduce((sum, units) => sum + units, 0n);
  const whole = 10n ** BigInt(decimals);
  const perUnit = supply === 0n ? 0n : (pool * whole) / supply;
  const shares = [...register]
    .filter(([, units]) => units > 0n)
    .map(([identity, units]) => ({ identity, units, gross: method === 'POOL' ? (exact.get(identity) ?? 0n) : (perUnit * units) / whole }))
    .sort((a, b) => (a.identity.toLowerCase() < b.identity.toLowerCase() ? -1 : 1));
  return { shares, dust: shares.reduce((left, { gross }) => left - gross, pool) };
}

/** Takes the tax off a share. @param rate `id` where it is one on file   @param unit payment minor units of the smallest tax (a cent) */
export function taxed(share: Share, rate: { id?: string; rateBps: number; basis: string }, unit: bigint): TaxedShare {
  const tax = withhold(share.gross, rate.rateBps, unit);
  return { ...share, rateId: rate.id ?? null, rateBps: rate.rateBps, basis: rate.basis, tax, net: share.gross - tax };
}

export type Leaf = { index: bigint; investor: Address; amount: bigint };
export type LeafDomain = { chainId: bigint; distributor: Address; distributionId: Hex };

/** IDistributor.leafOf: hashed twice, bound to chain, contract and distribution. */
export function leafOf({ chainId, distributor, distributionId }: LeafDomain, { index, investor, amount }: Leaf): Hex {
  // The ABI's encoding of six static values is one word each; `encodeAbiParameters` takes ten times as long.
  const number = (value: bigint): Hex => numberToHex(value, { size: 32 });
  const words = [number(chainId), pad(distributor), distributionId, number(index), pad(investor), number(amount)];
  return keccak256(keccak256(concat(words)));
}

export type EntitlementTree = { root: Hex; proofOf(leaf: Leaf): Hex[] };

/** Root over the entitlements and the proof of each. */
export function merkleTree(domain: LeafDomain, leaves: readonly Leaf[]): EntitlementTree {
  const tree = SimpleMerkleTree.of(leaves.map((leaf) => leafOf(domain, leaf)));
  return { root: tree.root as Hex, proofOf: (leaf) => tree.getProof(leafOf(domain, leaf)) as Hex[] };
}
