import { type Hex, hexToBytes, keccak256 } from 'viem';

/** The filter over addresses and topics of a block's logs that its header carries (Ethereum Yellow Paper, 4.3.1): of each, three bits
 *  that its hash names. Headers are hashed into the chain, so that a node cannot leave logs out unseen. */
export function logsBloom(logs: readonly { address: Hex; topics: readonly Hex[] }[]): bigint {
  return logs.flatMap(({ address, topics }) => [address, ...topics]).reduce((bloom, value) => bloom | bitsOf(value), 0n);
}

/** Whether logs of this address may be among those of a block: false is certain. */
export function mayHold(bloom: bigint, address: Hex): boolean {
  const bits = bitsOf(address);
  return (bloom & bits) === bits;
}

function bitsOf(value: Hex): bigint {
  const hash = hexToBytes(keccak256(value));
  return [0, 2, 4].reduce((bits, at) => bits | (1n << BigInt((((hash[at] ?? 0) << 8) | (hash[at + 1] ?? 0)) & 2_047)), 0n);
}
