import { RpcRequestError } from 'viem';
import { isLostDatabase } from '../database/lost.js';
import { Unavailable } from '../problem.js';
import { revertDataOf } from '../revert-data.js';

/** Thrown in a workflow step when asking again later may help (a provider that does not answer). */
export class RetryableError extends Error {}

const CHAIN_OUTAGES = new Set(['HttpRequestError', 'TimeoutError', 'WebSocketRequestError', 'SocketClosedError']);

/** Decides a step's fate: the chain, the database or a provider does not answer → again; anything else is final. A node that answers with
 *  an error which is no revert (too many requests, a block it does not have yet, trouble of its own) has not answered. */
export function isRetryable(error: unknown): boolean {
  if (error instanceof RetryableError || error instanceof Unavailable || isLostDatabase(error)) return true;
  for (let cause = error, depth = 0; cause instanceof Error && depth < 10; cause = cause.cause, depth++) {
    if (CHAIN_OUTAGES.has(cause.name)) return true;
    if (cause instanceof RpcRequestError) return revertDataOf(cause) === undefined;
  }
  return false;
}
