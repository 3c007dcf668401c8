import { vi } from 'vitest';
import { Contracts } from '../../../backend/src/chain/contracts.js';
import { Operations } from '../../../backend/src/chain/operations.js';
import { Transactions } from '../../../backend/src/chain/transactions.js';
import type { Platform } from './platform.js';

/** What goes wrong in a way that nobody foresaw; the workflow that meets it ends. `vi.restoreAllMocks` undoes these. */
export const UNFORESEEN = 'Nobody foresaw this.';

/** The next read of this kind goes wrong. */
export function breakNextRead({ running }: Platform, functionName: string): void {
  const contracts = running.app.get(Contracts);
  let left = 1;
  for (const method of ['read', 'readEach'] as const) {
    const real = contracts[method].bind(contracts) as (given: { functionName: string }, calls?: unknown) => Promise<unknown>;
    vi.spyOn(contracts, method).mockImplementation((async (given: { functionName: string }, calls?: unknown) => {
      if (given.functionName === functionName && left-- > 0) throw new Error(UNFORESEEN);
      return real(given, calls);
    }) as never);
  }
}

/** What is asked for under this business key is not sent. */
export function breakBeforeSending({ running }: Platform, businessKey: string): void {
  const transactions = running.app.get(Transactions);
  const enqueue = transactions.enqueue.bind(transactions);
  vi.spyOn(transactions, 'enqueue').mockImplementation(async (request) => {
    if (request.businessKey === businessKey) throw new Error(UNFORESEEN);
    return enqueue(request);
  });
}

/** What was sent under this business key is confirmed, and then it goes wrong. */
export function breakWhenConfirmed({ running }: Platform, businessKey: string): void {
  const operations = running.app.get(Operations);
  const confirmed = operations.confirmed.bind(operations);
  vi.spyOn(operations, 'confirmed').mockImplementation(async (id) => {
    const operation = await confirmed(id);
    if (operation.businessKey === businessKey) throw new Error(UNFORESEEN);
    return operation;
  });
}
