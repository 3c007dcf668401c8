import { Injectable } from '@nestjs/common';
import { and, eq, inArray, isNotNull, ne, notExists, sql } from 'drizzle-orm';
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
  private readonly handlers: Record<string, (events: ChainEvent[]) => Promise<unknown>> = {
    EntitlementPaid: (events) => this.paid(events),
    EntitlementHeld: (events) => this.held(events),
    RestReturned: async (events) => {
      for (const event of events) await this.ended(event);
    },
    DistributionCancelled: (events) =>
      this.database.query
        .update(distributions)
        .set({ state: 'CANCELLED' })
        .where(inArray(distributions.chainDistributionId, events.map(distributionOf))),
  };

  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    followers: Followers,
  ) {
    followers.followPages('distributions', Object.keys(this.handlers), async (events) => {
      for (const run of runsOf(events)) await this.handlers[run[0]?.name ?? '']?.(run);
    });
  }

  private async paid(events: ChainEvent[]): Promise<void> {
    const ids = await this.mark(events.map((event) => changeOf(event, { state: 'PAID', paidTx: event.txHash })));
    if (ids.length === 0) return;
    const due = this.database.query
      .select({ id: entitlements.id })
      .from(entitlements)
      .where(and(eq(entitlements.distributionId, distributions.id), inArray(entitlements.state, ['PENDING', 'HELD'])));
    await this.database.query
      .update(distributions)
      .set({ state: 'COMPLETED' })
      .where(and(inArray(distributions.id, ids), eq(distributions.state, 'PARTIALLY_COMPLETED'), notExists(due)));
  }

  private async held(events: ChainEvent[]): Promise<void> {
    await this.mark(
      events.map((event) => changeOf(event, { state: 'HELD', reason: describeRefusal(decodeRefusal(event.args.reason as Hex)) })),
    );
  }

  /** The time to claim is over, and what was left has gone back to the funder: nothing of it can be paid or claimed any more. */
  private async ended(event: ChainEvent): Promise<void> {
    const [row] = await this.database.query
      .update(distributions)
      .set({ state: 'COMPLETED' })
      .where(
        and(
          eq(distributions.chainDistributionId, event.args.distributionId as Hex),
          inArray(distributions.state, ['FUNDED', 'PAYING', 'PARTIALLY_COMPLETED', 'COMPLETED']),
        ),
      )
      .returning({ id: distributions.id, tenantId: distributions.tenantId });
    if (!row) return;
    const returned = await this.database.query
      .update(entitlements)
      .set({ state: 'RETURNED', reason: null })
      .where(and(eq(entitlements.distributionId, row.id), isNotNull(entitlements.position), ne(entitlements.state, 'PAID')))
      .returning({ id: entitlements.id });
    const payload = { transactionHash: event.txHash, amount: event.args.amount, entitlements: returned.map(({ id }) => id) };
    const actor = actingIn(SYSTEM, row.tenantId);
    await this.audit.append({ actor, action: 'distribution.rest-returned', subject: `distribution:${row.id}`, payload });
  }

  /** @returns ids of the distributions that were ours */
  private async mark(changes: Change[]): Promise<string[]> {
    const { rows } = await this.database.query.execute<Change & { id: string; distributionId: string; tenantId: string }>(sql`
      update ${entitlements} set state = change.state, wallet = change.wallet, reason = change.reason,
        paid_tx = coalesce(change."paidTx", ${entitlements}.paid_tx)
      from ${distributions}, jsonb_to_recordset(${JSON.stringify(changes)}::jsonb) as change(
        "chainDistributionId" text, position int, "txHash" text, state text, wallet text, reason text, "paidTx" text)
      where ${distributions.chainDistributionId} = change."chainDistributionId" and ${entitlements.distributionId} = ${distributions.id}
        and ${entitlements.position} = change.position and ${entitlements.state} <> 'PAID'
      returning ${entitlements.id} as id, ${entitlements.distributionId} as "distributionId",
        ${distributions.tenantId} as "tenantId", change.*`);
    await this.audit.appendAll(
      rows.map(({ id, tenantId, state, txHash, wallet, reason }) => ({
        actor: actingIn(SYSTEM, tenantId),
        action: `entitlement.${state === 'PAID' ? 'paid' : 'held'}`,
        subject: `entitlement:${id}`,
        payload: { transactionHash: txHash, wallet, reason },
      })),
    );
    return [...new Set(rows.map(({ distributionId }) => distributionId))];
  }
}

type Change = {
  chainDistributionId: Hex;
  position: number;
  txHash: Hex;
  state: 'PAID' | 'HELD';
  wallet: Address;
  reason: string | null;
  paidTx: Hex | null;
};

const distributionOf = ({ args }: ChainEvent): Hex => args.distributionId as Hex;

function changeOf(event: ChainEvent, { reason = null, paidTx = null, state }: Pick<Change, 'state'> & Partial<Change>): Change {
  const { args, txHash } = event;
  return {
    chainDistributionId: distributionOf(event),
    position: Number(args.index),
    txHash,
    state,
    wallet: args.wallet as Address,
    reason,
    paidTx,
  };
}

/** Cuts a page into runs of one kind of event in which nobody occurs twice, so that the order of the chain is kept. */
function runsOf(events: ChainEvent[]): ChainEvent[][] {
  const runs: ChainEvent[][] = [];
  let subjects = new Set<string>();
  for (const event of events) {
    const subject = `${distributionOf(event)} ${event.args.index}`;
    const run = runs.at(-1);
    if (run && run[0]?.name === event.name && !subjects.has(subject)) {
      run.push(event);
    } else {
      runs.push([event]);
      subjects = new Set();
    }
    subjects.add(subject);
  }
  return runs;
}
