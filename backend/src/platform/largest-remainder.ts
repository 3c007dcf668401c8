/** The weights add up to zero: there is nobody to give to. */
export class EmptyRegister extends Error {}

/** Splits `pool` by `weights` so that the parts add up to it exactly: each gets the floor of its share, and the units that the floors
 *  leave go one each to the largest remainders, ties by key.
 *  @param pool minor units, ≥ 0
 *  @param weights ≥ 0 by key; Σ > 0 unless the pool is 0
 *  @throws EmptyRegister when every weight is zero and the pool is not */
export function largestRemainder<Key extends string>(pool: bigint, weights: ReadonlyMap<Key, bigint>): Map<Key, bigint> {
  if (pool < 0n) throw new RangeError(`A pool of ${pool} cannot be split.`);
  let total = 0n;
  for (const [key, weight] of weights) {
    if (weight < 0n) throw new RangeError(`The weight of ${key} is negative.`);
    total += weight;
  }
  const parts = new Map<Key, bigint>();
  if (total === 0n) {
    if (pool > 0n) throw new EmptyRegister(`${pool} cannot be split among weights that are all zero.`);
    for (const key of weights.keys()) parts.set(key, 0n);
    return parts;
  }

  const remainders: { key: Key; remainder: bigint }[] = [];
  let left = pool;
  for (const [key, weight] of weights) {
    const part = (pool * weight) / total;
    parts.set(key, part);
    left -= part;
    remainders.push({ key, remainder: (pool * weight) % total });
  }
  remainders.sort((a, b) => (a.remainder === b.remainder ? compare(a.key, b.key) : a.remainder > b.remainder ? -1 : 1));
  for (const { key } of remainders.slice(0, Number(left))) parts.set(key, (parts.get(key) ?? 0n) + 1n);
  return parts;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
