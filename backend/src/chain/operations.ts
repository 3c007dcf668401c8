import { Inject, Injectable } from '@nestjs/common';
import { and, eq, inArray, isNotNull } from 'drizzle-orm';
import { approvals } from '../platform/approvals/approvals.tables.js';
import type { Actor } from '../platform/auth/actor.js';
import { scope } from '../platform/auth/scope.js';
import { Database } from '../platform/database/database.js';
import { NotFound, Problem } from '../platform/problem.js';
import { txIntent } from './chain.tables.js';
import { isFinal, type Operation, toOperation } from './operation.js';
import { Projection } from './projection/projection.js';
import { describeRefusal } from './refusal.js';
import { ChainSettings } from './settings.js';
import { Wake } from './wake.js';

/** The operation ended, but not as decided: it reverted or was given up. Asking again cannot cure it. */
export class OperationFailed extends Problem {
  readonly status = 409;
  readonly title = 'The operation failed on chain';

  constructor(readonly operation: Operation) {
    const why = operation.error ? `reverted: ${describeRefusal(operation.error)}` : 'was given up and replaced';
    super(operation.state === 'REVERTED' ? 'OPERATION_REVERTED' : 'OPERATION_REPLACED', {
      detail: `${operation.businessKey} ${why}.`,
      remedy: 'It needs a new decision under a new key.',
      extensions: {
        operationId: operation.id,
        error: operation.error?.name,
        arguments: operation.error?.args,
        reason: operation.error?.reason,
      },
    });
  }
}

/** What became of what was enqueued. */
@Injectable()
export class Operations {
  private readonly waiting = new Map<string, Set<() => void>>();
  private watching = false;

  constructor(
    private readonly database: Database,
    private readonly projection: Projection,
    private readonly wake: Wake,
    @Inject(ChainSettings) private readonly settings: ChainSettings,
  ) {}

  /** @throws NotFound OPERATION_NOT_FOUND */
  async get(id: string): Promise<Operation> {
    const [row] = await this.database.query.select().from(txIntent).where(eq(txIntent.id, id));
    if (!row) throw new NotFound('OPERATION_NOT_FOUND', `There is no operation ${id}.`);
    return toOperation(row);
  }

  /** As somebody may know of it: the operator's staff of all, staff of a tenant of those that rest on an approval in it.
   *  @throws NotFound OPERATION_NOT_FOUND */
  async read(id: string, actor: Actor): Promise<Operation> {
    const [row] = await this.database.query
      .select({ intent: txIntent })
      .from(txIntent)
      .leftJoin(approvals, eq(approvals.id, txIntent.decisionId))
      .where(and(eq(txIntent.id, id), scope(actor, approvals.tenantId)));
    if (!row) throw new NotFound('OPERATION_NOT_FOUND', `There is no operation ${id}.`);
    return toOperation(row.intent);
  }

  /** The operation of a business key, if it was ever enqueued. */
  async find(businessKey: string): Promise<Operation | undefined> {
    const [row] = await this.database.query.select().from(txIntent).where(eq(txIntent.businessKey, businessKey));
    return row && toOperation(row);
  }

  /** Resolves when the operation is final and its block is projected. Waiting leaves no trace: after a restart it is simply called again.
   *  Warning: outside of SQL transactions only, for the pump must see the intent. */
  async wait(id: string): Promise<Operation> {
    if (this.database.inTransaction) throw new Error('Waiting for an operation inside a SQL transaction: it would wait for itself.');
    let operation = await this.get(id);
    while (!isFinal(operation)) {
      await this.nextEnding(id);
      operation = await this.get(id);
    }
    if (operation.block !== null) await this.projection.waitFor(operation.block);
    return operation;
  }

  /** As `wait`, for those who can only go on when it worked.
   *  @throws OperationFailed */
  async confirmed(id: string): Promise<Operation> {
    const operation = await this.wait(id);
    if (operation.state !== 'CONFIRMED') throw new OperationFailed(operation);
    return operation;
  }

  private nextEnding(id: string): Promise<void> {
    return new Promise((resolve) => {
      const set = this.waiting.get(id) ?? new Set();
      this.waiting.set(id, set.add(resolve));
      if (!this.watching) void this.watch();
    });
  }

  /** One query for all who wait, when this process ended something and at least every now and then, for other processes. */
  private async watch(): Promise<void> {
    this.watching = true;
    while (this.waiting.size) {
      const seen = this.wake.count('final');
      for (const id of await this.ended([...this.waiting.keys()])) {
        for (const resolve of this.waiting.get(id) ?? []) resolve();
        this.waiting.delete(id);
      }
      if (this.waiting.size) await this.wake.wait('final', seen, 2 * this.settings.pollMs);
    }
    this.watching = false;
  }

  private async ended(ids: string[]): Promise<string[]> {
    try {
      const rows = await this.database.query
        .select({ id: txIntent.id })
        .from(txIntent)
        .where(and(inArray(txIntent.id, ids), isNotNull(txIntent.finalAt)));
      return rows.map(({ id }) => id);
    } catch {
      // The database is away: whoever waits finds out by itself.
      return ids;
    }
  }
}
