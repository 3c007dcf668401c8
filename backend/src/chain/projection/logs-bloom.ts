import { type Address, type Hex, keccak256, type Log } from 'viem';

const BITS = 2_048n;
const masks = new Map<Hex, bigint>();
const MASKS_KEPT = 10_000;

/** Whether a block may hold logs of one of these addresses, by its bloom; a no is certain. */
export function mayHold(logsBloom: Hex, addresses: readonly Address[]): boolean {
  const bloom = BigInt(logsBloom);
  if (bloom === 0n) return false;
  return addresses.some((address) => {
    const mask = maskOf(address.toLowerCase() as Hex);
    return (bloom & mask) === mask;
  });
}

/** Whether the logs of a block are all there: what its header says of them is made of address and topics of each (Yellow Paper 4.4.1).
 *  More than the header says may be there: some chains add logs of their own. */
export function isComplete(logsBloom: Hex, logs: readonly Pick<Log, 'address' | 'topics'>[]): boolean {
  const said = logs.reduce(
    (bloom, { address, topics }) => topics.reduce((sum, topic) => sum | maskOf(topic), bloom | maskOf(address.toLowerCase() as Hex)),
    0n,
  );
  return (BigInt(logsBloom) & ~said) === 0n;
}

/** Three bits of 2,048, chosen by the first three pairs of bytes of the hash. */
function maskOf(entry: Hex): bigint {
  const known = masks.get(entry);
  if (known !== undefined) return known;
  const hash = keccak256(entry);
  const mask = [0, 1, 2].reduce((sum, pair) => sum | (1n << (BigInt(`0x${hash.slice(2 + 4 * pair, 6 + 4 * pair)}`) % BITS)), 0n);
  if (masks.size >= MASKS_KEPT) masks.clear();
  masks.set(entry, mask);
  return mask;
}
