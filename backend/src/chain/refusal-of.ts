import { OperationFailed } from './operations.js';
import { ChainRefused } from './refusal.js';

/** The operation failed, or would: nothing came of it on chain. */
export function isRefusal(error: unknown): error is OperationFailed | ChainRefused {
  return error instanceof OperationFailed || error instanceof ChainRefused;
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
