import { Injectable } from '@nestjs/common';
import { and, asc, eq, inArray, ne } from 'drizzle-orm';
import { encodeFunctionData, type Hex } from 'viem';
import { offeringAbi } from '../../../contracts/generated/abi.js';
import { Contracts } from '../chain/contracts.js';
import { OperationFailed, Operations } from '../chain/operations.js';
import { ChainRefused } from '../chain/refusal.js';
import { Transactions } from '../chain/transactions.js';
import { Audit } from '../platform/audit/audit.service.js';
import { SYSTEM } from '../platform/auth/actor.js';
import { Database } from '../platform/database/database.js';
import { type Workflow, Workflows } from '../platform/workflow/workflows.js';
import type { OfferingState } from './issuance.schema.js';
import { offerings, subscriptions } from './issuance.tables.js';

type Input = { offeringId: string };
type Order = { id: string; orderId: Hex; allocated: bigint };

/** Orders in one transaction: each allocation writes a word, each delivery mints and pays twice. */
const ALLOCATIONS = 100;
const DELIVERIES = 8;
/** IOffering.OrderState. */
const SETTLED = 3;
const REFUNDED = 4;

/** Gives approved allocations effect (delivery versus payment, order by order), or money back when a sale failed. */
@Injectable()
export class OfferingSettlement {
  private readonly settling: Workflow<Input>;
  private readonly refunding: Workflow<Input>;

  constructor(
    private readonly workflows: Workflows,
    private readonly database: Database,
    private readonly transactions: Transactions,
    private readonly operations: Operations,
    private readonly contracts: Contracts,
    private readonly audit: Audit,
  ) {
    this.settling = workflows.define('offering-settlement', (input: Input) => this.settle(input));
    this.refunding = workflows.define('offering-refund', (input: Input) => this.refund(input));
  }

  async start(offeringId: string): Promise<void> {
    await this.settling.start(`offering-settlement:${offeringId}`, { offeringId });
  }

  async startRefunds(offeringId: string): Promise<void> {
    await this.refunding.start(`offering-refund:${offeringId}`, { offeringId });
  }

  private async settle({ offeringId }: Input): Promise<void> {
    const { workflows } = this;
    const count = await workflows.step('orders', async () => (await this.orders(offeringId)).length);
    try {
      for (let from = 0; from < count; from += ALLOCATIONS) {
        await workflows.step(`allocate ${from}`, () => this.send(offeringId, 'allocate', from, ALLOCATIONS));
      }
      for (let from = 0; from < count; from += DELIVERIES) {
        await workflows.step(`settle ${from}`, () => this.send(offeringId, 'settle', from, DELIVERIES));
      }
    } catch (error) {
      if (!(error instanceof OperationFailed || error instanceof ChainRefused)) throw error;
      return void (await workflows.step('call off', () => this.callOff(offeringId, error.message)));
    }
    await workflows.step('finish', () => this.finish(offeringId, 'COMPLETED'));
  }

  /** A settlement that the chain refuses as a whole (its time is over, say) is called off while nothing is delivered, and every payment
   *  goes back; once something is delivered the rest is refunded one by one. */
  private async callOff(offeringId: string, reason: string): Promise<void> {
    const chainId = await this.chainOfferingId(offeringId);
    const settled = await this.delivered(offeringId);
    const subject = `offering:${offeringId}`;
    await this.audit.append({
      actor: SYSTEM,
      action: 'offering.settlement-failed',
      subject,
      payload: { reason, settled },
      result: 'FAILED',
    });
    if (settled > 0n) return this.startRefunds(offeringId);
    await this.confirm(`offering-cancel:${offeringId}`, encodeFunctionData({ abi: offeringAbi, functionName: 'cancel', args: [chainId] }));
  }

  private async refund({ offeringId }: Input): Promise<void> {
    const { workflows } = this;
    const orders = await workflows.step('orders', async () => (await this.orders(offeringId)).map(({ orderId }) => orderId));
    for (const orderId of orders) await workflows.step(`refund ${orderId}`, () => this.sendRefund(offeringId, orderId));
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

  private async send(offeringId: string, what: 'allocate' | 'settle', from: number, size: number): Promise<void> {
    const orders = (await this.orders(offeringId)).slice(from, from + size);
    const chainId = await this.chainOfferingId(offeringId);
    const ids = orders.map(({ orderId }) => orderId);
    const data =
      what === 'allocate'
        ? encodeFunctionData({ abi: offeringAbi, functionName: 'allocate', args: [chainId, ids, orders.map(({ allocated }) => allocated)] })
        : encodeFunctionData({ abi: offeringAbi, functionName: 'settle', args: [chainId, ids] });
    await this.confirm(`offering-${what}:${offeringId}:${from}`, data);
  }

  /** Anybody may send the refund of a failed sale: what is settled or has gone back already needs none. */
  private async sendRefund(offeringId: string, orderId: Hex): Promise<void> {
    const args = [await this.chainOfferingId(offeringId), orderId] as const;
    if (await this.isOver(args)) return;
    const data = encodeFunctionData({ abi: offeringAbi, functionName: 'refund', args });
    try {
      await this.confirm(`offering-refund:${offeringId}:${orderId}`, data);
    } catch (error) {
      if (!(error instanceof OperationFailed || error instanceof ChainRefused) || !(await this.isOver(args))) throw error;
    }
  }

  /** Token units that the offering has delivered. */
  private async delivered(offeringId: string): Promise<bigint> {
    const args = [await this.chainOfferingId(offeringId)] as const;
    const address = this.contracts.address('offering');
    const { settled } = await this.contracts.read({ address, abi: offeringAbi, functionName: 'totalsOf', args });
    return settled;
  }

  private async isOver(args: readonly [Hex, Hex]): Promise<boolean> {
    const address = this.contracts.address('offering');
    const { state } = await this.contracts.read({ address, abi: offeringAbi, functionName: 'orderOf', args });
    return state === SETTLED || state === REFUNDED;
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
      await this.audit.append({ actor: SYSTEM, action: `offering.${state.toLowerCase()}`, subject: `offering:${offeringId}` });
    });
  }

  private async chainOfferingId(offeringId: string): Promise<Hex> {
    const [row] = await this.database.query.select({ id: offerings.chainOfferingId }).from(offerings).where(eq(offerings.id, offeringId));
    if (!row?.id) throw new Error(`Offering ${offeringId} is not on chain.`);
    return row.id;
  }
}
