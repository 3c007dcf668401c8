import type { Fees } from './chain-client.js';

/** Fees of a replacement on the same nonce: both caps up by an eighth (nodes want a tenth), or the suggestion where that is more.
 *  @returns undefined when that is beyond five times the suggestion: then the same bytes just wait */
export function bumpFees(previous: Fees, suggestion: Fees): Fees | undefined {
  const maxFeePerGas = bump(previous.maxFeePerGas, suggestion.maxFeePerGas);
  const maxPriorityFeePerGas = bump(previous.maxPriorityFeePerGas, suggestion.maxPriorityFeePerGas);
  if (maxFeePerGas > 5n * suggestion.maxFeePerGas) return undefined;
  return { maxFeePerGas, maxPriorityFeePerGas: maxPriorityFeePerGas > maxFeePerGas ? maxFeePerGas : maxPriorityFeePerGas };
}

function bump(previous: bigint, suggestion: bigint): bigint {
  const least = (previous * 9n + 7n) / 8n + 1n;
  return least > suggestion ? least : suggestion;
}
