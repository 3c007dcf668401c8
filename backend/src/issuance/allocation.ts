import { largestRemainder } from '../platform/largest-remainder.js';

/** A paid order that asks for units. `id` is stable: it breaks ties. */
export type Demand = { id: string; units: bigint };

export type AllocationTerms = {
  /** Token units that may be allocated. */
  supply: bigint;
  /** Every allocation is a multiple of it. */
  increment: bigint;
  /** An allocation below it is dropped and shared out again. */
  minTicket: bigint;
};

/** Shares `supply` among `demands` in proportion to what each asks for: largest remainder on whole increments, ties by id; whoever would
 *  get less than the minimum ticket gets nothing and the rest is shared out again, so that no unit of a demanded supply stays behind
 *  for want of rounding. Nobody gets more than he asked for.
 *  @returns units by id, zero for the dropped */
export function allocateProRata(demands: readonly Demand[], { supply, increment, minTicket }: AllocationTerms): Map<string, bigint> {
  const result = new Map(demands.map(({ id }) => [id, 0n]));
  let candidates = demands.filter(({ units }) => units > 0n);
  while (candidates.length > 0) {
    const wanted = candidates.reduce((sum, { units }) => sum + units, 0n);
    const lots = min(supply, wanted) / increment;
    const shares = largestRemainder(lots, new Map(candidates.map(({ id, units }) => [id, units / increment])));
    const units = (id: string): bigint => (shares.get(id) ?? 0n) * increment;
    const dropped = candidates.filter(({ id }) => units(id) < minTicket);
    if (dropped.length === 0) {
      for (const { id } of candidates) result.set(id, units(id));
      return result;
    }
    // All below the minimum at once: drop only the smallest, so that the supply still finds takers.
    candidates = dropped.length < candidates.length ? candidates.filter(({ id }) => units(id) >= minTicket) : withoutSmallest(candidates);
  }
  return result;
}

/** Gives each order in full, in the order in which the money arrived, until the supply ends; the last gets what is left, if that is a ticket. */
export function allocateFirstCome(demands: readonly Demand[], { supply, increment, minTicket }: AllocationTerms): Map<string, bigint> {
  const result = new Map<string, bigint>();
  let left = supply;
  for (const { id, units } of demands) {
    const possible = (min(units, left) / increment) * increment;
    const granted = possible >= minTicket ? possible : 0n;
    result.set(id, granted);
    left -= granted;
  }
  return result;
}

function withoutSmallest(candidates: readonly Demand[]): Demand[] {
  const smallest = candidates.reduce((a, b) => (b.units < a.units || (b.units === a.units && b.id > a.id) ? b : a));
  return candidates.filter(({ id }) => id !== smallest.id);
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
