import { Injectable } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import { Operations } from '../chain/operations.js';
import { Database } from '../platform/database/database.js';
import { type Workflow, Workflows } from '../platform/workflow/workflows.js';
import { type FreezeState, freezeOrders } from './compliance.tables.js';

type Tracked = { freezeId: string; operationId: string; freeze: boolean };

/** Notes when a freeze or its release is final on chain. */
@Injectable()
export class FreezeTracking {
  private readonly workflow: Workflow<Tracked>;

  constructor(
    workflows: Workflows,
    private readonly database: Database,
    private readonly operations: Operations,
  ) {
    this.workflow = workflows.define('freeze-tracking', (tracked: Tracked) => workflows.step('note', () => this.note(tracked)));
  }

  start(tracked: Tracked): Promise<void> {
    return this.workflow.start(`freeze-tracking:${tracked.operationId}`, tracked);
  }

  private async note({ freezeId, operationId, freeze }: Tracked): Promise<void> {
    const { state } = await this.operations.wait(operationId);
    // A release that failed leaves the wallet as it was: frozen.
    const done: FreezeState = freeze ? 'ACTIVE' : 'RELEASED';
    const failed: FreezeState = freeze ? 'FAILED' : 'ACTIVE';
    await this.database.query
      .update(freezeOrders)
      .set({ state: state === 'CONFIRMED' ? done : failed, ...(state === 'CONFIRMED' && !freeze ? { releasedAt: new Date() } : {}) })
      .where(eq(freezeOrders.id, freezeId));
  }
}
