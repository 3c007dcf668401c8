import { Injectable } from '@nestjs/common';
import { and, asc, eq, inArray, ne } from 'drizzle-orm';
import { encodeFunctionData, type Hex } from 'viem';
import { offeringAbi } from '../../../contracts/generated/abi.js';
import { Contracts } from '../chain/contracts.js';
import { Operations } from '../chain/operations.js';
import { errorNameOf, isRefusal, refusalOf } from '../chain/refusal-of.js';
import { Transactions } from '../chain/transactions.js';
import { Audit } from '../platform/audit/audit.service.js';
import { type Actor, SYSTEM } from '../platform/auth/actor.js';
import { actingIn } from '../platform/auth/scope.js';
import { Database } from '../platform/database/database.js';
import { type Workflow, Workflows } from '../platform/workflow/workflows.js';
import type { OfferingState } from './issuance.schema.js';
import { offerings, subscriptions } from './issuance.tables.js';

/** `attempt` is part of the keys, so that what broke off can be asked for again. */
type Attempt = { offeringId: string; attempt: number };
type Refused = { reason: string; forGood: boolean };
type Order = { id: string; orderId: Hex; allocated: bigint };

/** Orders in one transaction: each allocation writes a word, each delivery mints and pays twice. */
const ALLOCATIONS = 100;
const DELIVERIES = 8;
/** With these the contract says that it will never settle this sale. */
const FOR_GOOD = ['SettlementOver', 'SoftCapMissed'];
/** IOffering.OrderState. */
const PAID = 1;
const SETTLED = 3;
const REFUNDED = 4;

/** Gives approved allocations effect (delivery versus payment, order by order), or money back when a sale failed. */
@Injectable()
export class OfferingSettlement {
  private readonly settling: Workflow<Attempt>;
  private readonly refunding: Workflow<Attempt>;

  constructor(
    private readonly workflows: Workflows,
    private readonly database: Database,
    private readonly transactions: Transactions,
    private readonly operations: Operations,
    private readonly contracts: Contracts,
    private readonly audit: Audit,
  ) {
    this.settling = workflows.define('offering-settlement', (input: Attempt) => this.settle(input));
    this.refunding = workflows.define('offering-refund', (input: Attempt) => this.refund(input));
  }

  async start(offeringId: string, attempt: number): Promise<void> {
    await this.settling.start(`offering-settlement:${offeringId}:${attempt}`, { offeringId, attempt });
  }

  async startRefunds(offeringId: string, attempt: number): Promise<void> {
    await this.refunding.start(`offering-refund:${offeringId}:${attempt}`, { offeringId, attempt });
  }

  /** Whether nobody is at work on a sale that is SETTLING: the settlement, or the refunds in which it ended, broke off, or the last attempt
   *  was a cancellation that the chain did not carry out. */
  async hasFailed(offeringId: string, attempt: number): Promise<boolean> {
    const settling = await this.workflows.state(`offering-settlement:${offeringId}:${attempt}`);
    const refunding = await this.workflows.state(`offering-refund:${offeringId}:${attempt}`);
    return !settling || settling.status === 'FAILED' || refunding?.status === 'FAILED';
  }

  /** Whether nobody is at work on the refunds of a sale that is FAILED. */
  async refundsHaveFailed(offeringId: string, attempt: number): Promise<boolean> {
    const refunding = await this.workflows.state(`offering-refund:${offeringId}:${attempt}`);
    return !refunding || refunding.status === 'FAILED';
  }

  private async settle({ offeringId, attempt }: Attempt): Promise<void> {
    const { workflows } = this;
    const count = await workflows.step('orders', async () => (await this.orders(offeringId)).length);
    for (const [what, size] of [
      ['allocate', ALLOCATIONS],
      ['settle', DELIVERIES],
    ] as const) {
      for (let from = 0; from < count; from += size) {
        const refused = await workflows.step(`${what} ${from}`, () => this.send({ offeringId, attempt }, what, from, size));
        if (refused?.forGood) return this.callOff({ offeringId, attempt }, refused.reason);
        if (refused) return this.breakOff(offeringId, refused.reason);
      }
    }
    await workflows.step('finish', () => this.finish(offeringId, 'COMPLETED'));
  }

  /** A settlement that the chain refuses for good (its time is over, say) is called off while nothing is delivered, and every payment
   *  goes back; once something is delivered the rest is refunded one by one. */
  private async callOff({ offeringId, attempt }: Attempt, reason: string): Promise<void> {
    const { workflows } = this;
    const settled = await workflows.step('delivered', async () => (await this.delivered(offeringId)).toString());
    await workflows.step('call off', () => this.noteFailure(offeringId, { reason, settled }));
    if (settled !== '0') return workflows.step('refund', () => this.startRefunds(offeringId, attempt));
    const refused = await workflows.step('cancel', () => refusalOf(() => this.cancel(offeringId, attempt)));
    if (refused !== null) await this.breakOff(offeringId, refused);
  }

  /** What is refused for another reason (a transaction that was given up, a seller without his role) is no end: the sale stays SETTLING,
   *  and the issuer asks again. */
  private async breakOff(offeringId: string, reason: string): Promise<never> {
    await this.workflows.step('break off', () => this.noteFailure(offeringId, { reason }));
    throw new Error(`The settlement of offering ${offeringId} broke off: ${reason}`);
  }

  private async cancel(offeringId: string, attempt: number): Promise<void> {
    const args = [await this.chainOfferingId(offeringId)] as const;
    await this.confirm(
      `offering-call-off:${offeringId}:${attempt}`,
      encodeFunctionData({ abi: offeringAbi, functionName: 'cancel', args }),
    );
  }

  private async noteFailure(offeringId: string, payload: Record<string, unknown>): Promise<void> {
    const subject = `offering:${offeringId}`;
    await this.audit.append({
      actor: await this.actor(offeringId),
      action: 'offering.settlement-failed',
      subject,
      payload,
      result: 'FAILED',
    });
  }

  private async refund({ offeringId, attempt }: Attempt): Promise<void> {
    const { workflows } = this;
    const orders = await workflows.step('orders', async () => (await this.orders(offeringId)).map(({ id, orderId }) => ({ id, orderId })));
    for (const order of orders) await workflows.step(`refund ${order.orderId}`, () => this.sendRefund({ offeringId, attempt }, order));
    await workflows.step('finish', async () => this.finish(offeringId, (await this.delivered(offeringId)) > 0n ? 'COMPLETED' : 'REFUNDED'));
  }

  /** Everything that was paid, in an order that never changes. */
  private async orders(offeringId: string): Promise<Order[]> {
    const rows = await this.database.query
      .select({ id: subscriptions.id, orderId: subscriptions.orderId, allocated: subscriptions.allocatedUnits })
      .from(subscriptions)
      .where(
        and(eq(subscriptions.offeringId, offeringId), inArray(subscriptions.state, ['FUNDED', 'ALLOCATED', 'SETTLED', 'HELD', 'REFUNDED'])),
      )
      .orderBy(asc(subscriptions.id));
    return rows.map(({ id, orderId, allocated }) => ({ id, orderId, allocated: allocated ?? 0n }));
  }

  /** @returns why the chain refused; null when it did not */
  private async send({ offeringId, attempt }: Attempt, what: 'allocate' | 'settle', from: number, size: number): Promise<Refused | null> {
    const businessKey = `offering-${what}:${offeringId}:${attempt}:${from}`;
    const orders = (await this.orders(offeringId)).slice(from, from + size);
    try {
      const known = await this.operations.find(businessKey);
      if (known) await this.operations.confirmed(known.id);
      else await (what === 'allocate' ? this.allocate(businessKey, offeringId, orders) : this.deliver(businessKey, offeringId, orders));
      return null;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return { reason: error.message, forGood: FOR_GOOD.includes(errorNameOf(error) ?? '') };
    }
  }

  /** Those that an earlier attempt has not. */
  private async allocate(businessKey: string, offeringId: string, orders: Order[]): Promise<void> {
    const chainId = await this.chainOfferingId(offeringId);
    const states = await Promise.all(orders.map(({ orderId }) => this.stateOf([chainId, orderId])));
    const open = orders.filter((_, index) => states[index] === PAID);
    if (open.length === 0) return;
    const args = [chainId, open.map(({ orderId }) => orderId), open.map(({ allocated }) => allocated)] as const;
    await this.confirm(businessKey, encodeFunctionData({ abi: offeringAbi, functionName: 'allocate', args }));
  }

  /** The contract passes over what is settled or refunded. */
  private async deliver(businessKey: string, offeringId: string, orders: Order[]): Promise<void> {
    const args = [await this.chainOfferingId(offeringId), orders.map(({ orderId }) => orderId)] as const;
    await this.confirm(businessKey, encodeFunctionData({ abi: offeringAbi, functionName: 'settle', args }));
  }

  /** Anybody may send the refund of a failed sale: what is settled or has gone back already needs none. One that the chain refuses (its
   *  wallet may not receive the money, say) is held with the reason and does not stop the others. */
  private async sendRefund({ offeringId, attempt }: Attempt, { id, orderId }: Pick<Order, 'id' | 'orderId'>): Promise<void> {
    const args = [await this.chainOfferingId(offeringId), orderId] as const;
    if (await this.isOver(args)) return;
    const data = encodeFunctionData({ abi: offeringAbi, functionName: 'refund', args });
    const refused = await refusalOf(() => this.confirm(`offering-refund:${offeringId}:${attempt}:${orderId}`, data));
    if (refused !== null && !(await this.isOver(args))) await this.hold(id, refused);
  }

  private async hold(id: string, held: string): Promise<void> {
    await this.database.transaction(async () => {
      const [moved] = await this.database.query
        .update(subscriptions)
        .set({ state: 'HELD', held })
        .where(and(eq(subscriptions.id, id), inArray(subscriptions.state, ['FUNDED', 'ALLOCATED'])))
        .returning({ offeringId: subscriptions.offeringId });
      if (!moved) return;
      const subject = `subscription:${id}`;
      const actor = await this.actor(moved.offeringId);
      await this.audit.append({ actor, action: 'subscription.held', subject, payload: { reason: held }, result: 'FAILED' });
    });
  }

  /** Token units that the offering has delivered. */
  private async delivered(offeringId: string): Promise<bigint> {
    const args = [await this.chainOfferingId(offeringId)] as const;
    const address = this.contracts.address('offering');
    const { settled } = await this.contracts.read({ address, abi: offeringAbi, functionName: 'totalsOf', args });
    return settled;
  }

  private async isOver(args: readonly [Hex, Hex]): Promise<boolean> {
    const state = await this.stateOf(args);
    return state === SETTLED || state === REFUNDED;
  }

  private async stateOf(args: readonly [Hex, Hex]): Promise<number> {
    const address = this.contracts.address('offering');
    return (await this.contracts.read({ address, abi: offeringAbi, functionName: 'orderOf', args })).state;
  }

  private async confirm(businessKey: string, data: Hex): Promise<void> {
    const to = this.contracts.address('offering');
    const { id } = await this.transactions.enqueue({ businessKey, sender: 'seller', to, data });
    await this.operations.confirmed(id);
  }

  /** Orders that were allocated nothing get their money back in the settlement itself; a held one keeps the offering's money in escrow
   *  and stays visible as HELD. */
  private async finish(offeringId: string, state: OfferingState): Promise<void> {
    await this.database.transaction(async () => {
      const moved = await this.database.query
        .update(offerings)
        .set({ state })
        .where(and(eq(offerings.id, offeringId), ne(offerings.state, state)))
        .returning();
      if (moved.length === 0) return;
      const actor = await this.actor(offeringId);
      await this.audit.append({ actor, action: `offering.${state.toLowerCase()}`, subject: `offering:${offeringId}` });
    });
  }

  /** The program, in the tenant that sells. */
  private async actor(offeringId: string): Promise<Actor> {
    const [row] = await this.database.query.select({ tenantId: offerings.tenantId }).from(offerings).where(eq(offerings.id, offeringId));
    if (!row) throw new Error(`There is no offering ${offeringId}.`);
    return actingIn(SYSTEM, row.tenantId);
  }

  private async chainOfferingId(offeringId: string): Promise<Hex> {
    const [row] = await this.database.query.select({ id: offerings.chainOfferingId }).from(offerings).where(eq(offerings.id, offeringId));
    if (!row?.id) throw new Error(`Offering ${offeringId} is not on chain.`);
    return row.id;
  }
}
