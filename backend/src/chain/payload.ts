import { type Address, encodeAbiParameters, getAddress, type Hex, keccak256 } from 'viem';

/** What must be equal for two requests to be the same call. */
export function payloadHashOf(chainId: number, call: { from: Address; to: Address; data: Hex; value: bigint }): Hex {
  const types = [{ type: 'uint256' }, { type: 'address' }, { type: 'address' }, { type: 'bytes' }, { type: 'uint256' }] as const;
  return keccak256(encodeAbiParameters(types, [BigInt(chainId), getAddress(call.from), getAddress(call.to), call.data, call.value]));
}
