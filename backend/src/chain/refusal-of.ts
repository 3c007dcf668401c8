import { OperationFailed } from './operations.js';
import { ChainRefused } from './refusal.js';

/** The operation failed, or would: nothing came of it on chain. */
export function isRefusal(error: unknown): error is OperationFailed | ChainRefused {
  return error instanceof OperationFailed || error instanceof ChainRefused;
}

/** Name of the error with which the chain refused; undefined for an operation that was given up. */
export function errorNameOf(refusal: OperationFailed | ChainRefused): string | undefined {
  return refusal instanceof ChainRefused ? refusal.refusal.name : refusal.operation.error?.name;
}

/** Why the chain refused; null when it did not. To be used inside a step: a replayed step throws an error without its class. */
export async function refusalOf(run: () => Promise<unknown>): Promise<string | null> {
  try {
    await run();
    return null;
  } catch (error) {
    if (isRefusal(error)) return error.message;
    throw error;
  }
}
