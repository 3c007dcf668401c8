import { BaseError, type Hex, RpcRequestError } from 'viem';

/** Revert data in what viem threw; `undefined` when it was no revert (no answer, no such method, …). */
export function revertDataOf(error: unknown): { data: Hex | undefined } | undefined {
  if (!(error instanceof BaseError)) return undefined;
  const rpc = error.walk((cause) => cause instanceof RpcRequestError);
  if (!(rpc instanceof RpcRequestError)) return undefined;
  const data = hexIn(rpc.data);
  if (data || rpc.code === 3 || /revert/i.test(rpc.details)) return { data };
  return undefined;
}

function hexIn(data: unknown): Hex | undefined {
  if (typeof data === 'string') return /0x[0-9a-fA-F]*/.exec(data)?.[0] as Hex | undefined;
  return typeof data === 'object' && data !== null && 'data' in data ? hexIn(data.data) : undefined;
}
