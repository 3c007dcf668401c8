import { Injectable } from '@nestjs/common';
import { and, eq, inArray } from 'drizzle-orm';
import type { Hex } from 'viem';
import { Followers } from '../chain/projection/followers.js';
import type { ChainEvent } from '../chain/projection/projection.js';
import { decodeRefusal, describeRefusal } from '../chain/refusal.js';
import { Audit } from '../platform/audit/audit.service.js';
import { SYSTEM } from '../platform/auth/actor.js';
import { actingIn } from '../platform/auth/scope.js';
import { Database } from '../platform/database/database.js';
import type { OfferingState, SubscriptionState } from './issuance.schema.js';
import { offerings, subscriptions } from './issuance.tables.js';
import { OfferingSettlement } from './offering-settlement.workflow.js';

/** State CLOSED of IOffering.State; the other outcome of a close is FAILED. */
const CLOSED = 2;

/** What happened in the Offering contract, carried over into offerings and subscriptions. */
@Injectable()
export class IssuanceFollower {
  private readonly handlers: Record<string, (event: ChainEvent) => Promise<unknown>> = {
    OfferingCreated: (event) => this.moveOffering(event, ['OPENING'], 'OPEN'),
    OfferingClosed: (event) => this.closed(event),
    OfferingCancelled: (event) => this.cancelled(event),
    OrderPaid: (event) => this.paid(event),
    OrderSettled: (event) =>
      this.update(event, ['ALLOCATED', 'HELD'], {
        state: 'SETTLED',
        settledTx: event.txHash,
        refunded: BigInt(String(event.args.refund)),
        held: null,
      }),
    OrderHeld: (event) =>
      this.update(event, ['ALLOCATED', 'HELD'], { state: 'HELD', held: describeRefusal(decodeRefusal(event.args.reason as Hex)) }),
    OrderRefunded: (event) =>
      this.update(event, ['FUNDED', 'ALLOCATED', 'HELD'], { state: 'REFUNDED', refunded: BigInt(String(event.args.amount)) }),
  };

  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly settlement: OfferingSettlement,
    followers: Followers,
  ) {
    followers.follow('issuance', Object.keys(this.handlers), async (event) => {
      await this.handlers[event.name]?.(event);
    });
  }

  private async closed(event: ChainEvent): Promise<void> {
    // From `closesAt` on anybody may close. A cancellation on its way still finds a CLOSED sale, but not a FAILED one.
    if (Number(event.args.state) === CLOSED) return void (await this.moveOffering(event, ['OPEN', 'CLOSING'], 'CLOSED'));
    const offering = await this.moveOffering(event, ['OPEN', 'CLOSING', 'CANCELLING'], 'FAILED');
    if (offering) await this.settlement.startRefunds(offering.id, offering.attempts);
  }

  private async cancelled(event: ChainEvent): Promise<void> {
    const offering = await this.moveOffering(event, ['OPEN', 'CLOSING', 'CLOSED', 'SETTLING', 'CANCELLING'], 'FAILED');
    if (offering) await this.settlement.startRefunds(offering.id, offering.attempts);
  }

  /** The contract has checked the seller's signature over wallet and units. */
  private async paid(event: ChainEvent): Promise<void> {
    await this.update(event, ['AGREEMENT_SENT', 'AWAITING_FUNDS', 'WITHDRAWN'], { state: 'FUNDED', fundedAt: event.time });
  }

  /** @returns the offering if it was ours and moved */
  private async moveOffering(
    event: ChainEvent,
    from: OfferingState[],
    to: OfferingState,
  ): Promise<{ id: string; attempts: number } | undefined> {
    const [moved] = await this.database.query
      .update(offerings)
      .set({ state: to })
      .where(and(eq(offerings.chainOfferingId, event.args.offeringId as Hex), inArray(offerings.state, from)))
      .returning({ id: offerings.id, attempts: offerings.attempts, tenantId: offerings.tenantId });
    if (!moved) return undefined;
    await this.audit.append({
      actor: actingIn(SYSTEM, moved.tenantId),
      action: `offering.${to.toLowerCase()}`,
      subject: `offering:${moved.id}`,
      payload: { transactionHash: event.txHash },
    });
    return moved;
  }

  /** Order ids live within their offering: the same id in somebody else's sale is not ours. */
  private async update(event: ChainEvent, from: SubscriptionState[], values: Partial<typeof subscriptions.$inferInsert>): Promise<void> {
    const [row] = await this.database.query
      .update(subscriptions)
      .set(values)
      .from(offerings)
      .where(
        and(
          eq(offerings.id, subscriptions.offeringId),
          eq(offerings.chainOfferingId, event.args.offeringId as Hex),
          eq(subscriptions.orderId, event.args.orderId as Hex),
          inArray(subscriptions.state, from),
        ),
      )
      .returning({ id: subscriptions.id, tenantId: offerings.tenantId });
    if (!row) return;
    const payload = { transactionHash: event.txHash, ...event.args };
    const action = `subscription.${values.state?.toLowerCase()}`;
    await this.audit.append({ actor: actingIn(SYSTEM, row.tenantId), action, subject: `subscription:${row.id}`, payload });
  }
}
