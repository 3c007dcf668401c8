import { Injectable } from '@nestjs/common';
import { and, count, eq, ne, or, sql } from 'drizzle-orm';
import type { Address, Hex } from 'viem';
import { Followers } from '../chain/projection/followers.js';
import type { ChainEvent } from '../chain/projection/projection.js';
import { decodeRefusal, describeRefusal } from '../chain/refusal.js';
import { Audit } from '../platform/audit/audit.service.js';
import { SYSTEM } from '../platform/auth/actor.js';
import { actingIn } from '../platform/auth/scope.js';
import { Database } from '../platform/database/database.js';
import { distributions, entitlements } from './distributions.tables.js';

/** What happened in the Distributor contract, carried over into entitlements: also claims that investors made themselves. */
@Injectable()
export class DistributionsFollower {
  private readonly handlers: Record<string, (event: ChainEvent) => Promise<unknown>> = {
    EntitlementPaid: (event) => this.paid(event),
    EntitlementHeld: (event) => this.held(event),
    DistributionCancelled: (event) =>
      this.database.query
        .update(distributions)
        .set({ state: 'CANCELLED' })
        .where(eq(distributions.chainDistributionId, event.args.distributionId as Hex)),
  };

  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    followers: Followers,
  ) {
    followers.follow('distributions', Object.keys(this.handlers), async (event) => {
      await this.handlers[event.name]?.(event);
    });
  }

  private async paid(event: ChainEvent): Promise<void> {
    const distributionId = await this.mark(event, {
      state: 'PAID',
      wallet: event.args.wallet as Address,
      reason: null,
      paidTx: event.txHash,
    });
    if (!distributionId) return;
    const [left] = await this.database.query
      .select({ n: count() })
      .from(entitlements)
      .where(and(eq(entitlements.distributionId, distributionId), or(eq(entitlements.state, 'PENDING'), eq(entitlements.state, 'HELD'))));
    if (left?.n !== 0) return;
    await this.database.query
      .update(distributions)
      .set({ state: 'COMPLETED' })
      .where(and(eq(distributions.id, distributionId), eq(distributions.state, 'PARTIALLY_COMPLETED')));
  }

  private async held(event: ChainEvent): Promise<void> {
    const reason = describeRefusal(decodeRefusal(event.args.reason as Hex));
    await this.mark(event, { state: 'HELD', wallet: event.args.wallet as Address, reason });
  }

  /** @returns the distribution's id if it was ours */
  private async mark(event: ChainEvent, values: Partial<typeof entitlements.$inferInsert>): Promise<string | undefined> {
    const [row] = await this.database.query
      .update(entitlements)
      .set(values)
      .from(distributions)
      .where(
        and(
          eq(distributions.id, entitlements.distributionId),
          eq(distributions.chainDistributionId, event.args.distributionId as Hex),
          eq(entitlements.position, sql`${String(event.args.index)}::int`),
          ne(entitlements.state, 'PAID'),
        ),
      )
      .returning({ id: entitlements.id, distributionId: entitlements.distributionId, tenantId: distributions.tenantId });
    if (!row) return undefined;
    await this.audit.append({
      actor: actingIn(SYSTEM, row.tenantId),
      action: `entitlement.${values.state === 'PAID' ? 'paid' : 'held'}`,
      subject: `entitlement:${row.id}`,
      payload: { transactionHash: event.txHash, wallet: values.wallet, reason: values.reason ?? null },
    });
    return row.distributionId;
  }
}
