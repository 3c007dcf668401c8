import { Injectable } from '@nestjs/common';
import { and, eq } from 'drizzle-orm';
import type { Hex } from 'viem';
import { offeringAbi } from '../../../contracts/generated/abi.js';
import { Contracts } from '../chain/contracts.js';
import { OperationFailed, Operations } from '../chain/operations.js';
import { Audit } from '../platform/audit/audit.service.js';
import { SYSTEM } from '../platform/auth/actor.js';
import { actingIn } from '../platform/auth/scope.js';
import { Database } from '../platform/database/database.js';
import { type Workflow, Workflows } from '../platform/workflow/workflows.js';
import type { OfferingState } from './issuance.schema.js';
import { offerings } from './issuance.tables.js';

type Tracked = {
  offeringId: string;
  operationId: string;
  state: 'OPENING' | 'CLOSING' | 'CANCELLING';
  /** Its allocation is approved: CLOSED on chain is SETTLING here. */
  allocated: boolean;
};

/** States that the service takes up again, by IOffering.State: NONE, OPEN, CLOSED. FAILED and CANCELLED come with their events. */
const STANDS: readonly OfferingState[] = ['APPROVED', 'OPEN', 'CLOSED'];

/** Notices that an opening, closing or cancellation did not happen: the offering is again what it is on chain, and may be asked again. */
@Injectable()
export class OfferingTracking {
  private readonly workflow: Workflow<Tracked>;

  constructor(
    workflows: Workflows,
    private readonly database: Database,
    private readonly operations: Operations,
    private readonly contracts: Contracts,
    private readonly audit: Audit,
  ) {
    this.workflow = workflows.define('offering-tracking', (tracked: Tracked) => workflows.step('note', () => this.note(tracked)));
  }

  start(tracked: Tracked): Promise<void> {
    return this.workflow.start(`offering-tracking:${tracked.operationId}`, tracked);
  }

  private async note({ offeringId, operationId, state, allocated }: Tracked): Promise<void> {
    const operation = await this.operations.wait(operationId);
    if (operation.state === 'CONFIRMED') return;
    const found = STANDS[await this.stateOnChain(offeringId)];
    if (!found) return;
    const stands = found === 'CLOSED' && allocated ? 'SETTLING' : found;
    await this.database.transaction(async () => {
      const [moved] = await this.database.query
        .update(offerings)
        .set({ state: stands })
        .where(and(eq(offerings.id, offeringId), eq(offerings.state, state)))
        .returning({ tenantId: offerings.tenantId });
      if (!moved) return;
      await this.audit.append({
        actor: actingIn(SYSTEM, moved.tenantId),
        action: `offering.${state.toLowerCase()}`,
        subject: `offering:${offeringId}`,
        payload: { reason: new OperationFailed(operation).message, operationId, state: stands },
        result: 'FAILED',
      });
    });
  }

  private async stateOnChain(offeringId: string): Promise<number> {
    const [row] = await this.database.query.select({ id: offerings.chainOfferingId }).from(offerings).where(eq(offerings.id, offeringId));
    const address = this.contracts.address('offering');
    const args = [row?.id as Hex] as const;
    return (await this.contracts.read({ address, abi: offeringAbi, functionName: 'totalsOf', args })).state;
  }
}
