import { Injectable } from '@nestjs/common';
import { and, desc, eq, lt } from 'drizzle-orm';
import { type Address, keccak256, toHex } from 'viem';
import { z } from 'zod';
import { securityTokenAbi } from '../../../contracts/generated/abi.js';
import { Instruments } from '../assets/instruments.service.js';
import { Contracts } from '../chain/contracts.js';
import { Transactions } from '../chain/transactions.js';
import { Investors } from '../parties/investors.service.js';
import { type Approval, Approvals } from '../platform/approvals/approvals.service.js';
import { Audit } from '../platform/audit/audit.service.js';
import type { Actor } from '../platform/auth/actor.js';
import { actingIn, scope } from '../platform/auth/scope.js';
import { Database } from '../platform/database/database.js';
import { uuidv7 } from '../platform/ids.js';
import { Conflict, NotFound } from '../platform/problem.js';
import { fromCursor, toPage } from '../platform/schema/page.js';
import type { CreateFreeze, FreezeQuery, FreezeView, ReleaseFreeze } from './compliance.schema.js';
import { freezeOrders, LEGAL_BASES } from './compliance.tables.js';
import { FreezeTracking } from './freeze-tracking.workflow.js';

type FreezeOrder = typeof freezeOrders.$inferSelect;

const Release = z.strictObject({ freezeId: z.string(), wallet: z.string(), legalBasis: z.enum(LEGAL_BASES), reference: z.string() });

/** One officer freezes a wallet at once; two release it. */
@Injectable()
export class Freezes {
  private readonly approval: Approval<z.infer<typeof Release>>;

  constructor(
    private readonly database: Database,
    private readonly instruments: Instruments,
    private readonly investors: Investors,
    private readonly contracts: Contracts,
    private readonly transactions: Transactions,
    private readonly tracking: FreezeTracking,
    private readonly audit: Audit,
    approvals: Approvals,
  ) {
    this.approval = approvals.define({
      action: 'freeze.release',
      permission: 'freeze:approve',
      payload: Release,
      execute: ({ freezeId }, { id, approver }) => this.release(freezeId, id, approver),
    });
  }

  /** @throws NotFound INSTRUMENT_NOT_FOUND · Conflict WALLET_ALREADY_FROZEN */
  async freeze({ instrumentId, wallet, ...order }: CreateFreeze, actor: Actor): Promise<FreezeView> {
    const { token, tenantId } = await this.instruments.deployed(instrumentId, actor);
    const investor = await this.investors.byWallet(wallet);
    const id = uuidv7();
    const [row] = await this.database.query
      .insert(freezeOrders)
      .values({
        id,
        tenantId,
        instrumentId,
        token,
        wallet,
        investorId: investor?.id ?? null,
        ...order,
        state: 'FREEZING',
        orderedBy: actor.personId,
      })
      .onConflictDoNothing()
      .returning();
    if (!row) throw new Conflict('WALLET_ALREADY_FROZEN', `The wallet ${wallet} is frozen in this instrument already.`);
    const operationId = await this.enqueue(row, true);
    await this.audit.append({
      actor: actingIn(actor, tenantId),
      action: 'freeze.ordered',
      subject: `freeze:${id}`,
      payload: { instrumentId, wallet, ...order, operationId },
    });
    return this.change(id, { operationId });
  }

  /** Asks a second officer to release it.
   *  @throws NotFound FREEZE_NOT_FOUND · Conflict FREEZE_NOT_ACTIVE */
  async requestRelease(id: string, grounds: ReleaseFreeze, actor: Actor): Promise<FreezeView> {
    const order = await this.lock(id, actor);
    if (order.state !== 'ACTIVE' && order.state !== 'RELEASE_REQUESTED') {
      throw new Conflict('FREEZE_NOT_ACTIVE', { detail: `The freeze is ${order.state}.`, remedy: 'Wait until it is active on chain.' });
    }
    const payload = { freezeId: id, wallet: order.wallet, ...grounds };
    const maker = actingIn(actor, order.tenantId);
    const request = await this.approval.request({ payload, subject: `freeze:${id}`, actor: maker });
    await this.audit.append({ actor: maker, action: 'freeze.release-requested', subject: `freeze:${id}`, payload, decisionId: request.id });
    return this.change(id, { state: 'RELEASE_REQUESTED', releaseApprovalId: request.id });
  }

  async get(id: string, actor: Actor): Promise<FreezeView> {
    const [row] = await this.database.query
      .select()
      .from(freezeOrders)
      .where(and(eq(freezeOrders.id, id), scope(actor, freezeOrders.tenantId)));
    if (!row) throw notFound();
    return row;
  }

  async list({ limit, cursor, instrumentId, wallet }: FreezeQuery, actor: Actor): Promise<{ items: FreezeView[]; next: string | null }> {
    const before = fromCursor(cursor);
    const rows = await this.database.query
      .select()
      .from(freezeOrders)
      .where(
        and(
          scope(actor, freezeOrders.tenantId),
          before ? lt(freezeOrders.id, before) : undefined,
          instrumentId ? eq(freezeOrders.instrumentId, instrumentId) : undefined,
          wallet ? eq(freezeOrders.wallet, wallet) : undefined,
        ),
      )
      .orderBy(desc(freezeOrders.id))
      .limit(limit + 1);
    return toPage(rows, limit, (row) => row.id);
  }

  private async release(id: string, approvalId: string, approver: Actor): Promise<{ operationId: string }> {
    const order = await this.lock(id, approver);
    if (order.state !== 'RELEASE_REQUESTED') throw new Conflict('FREEZE_NOT_ACTIVE', `The freeze is ${order.state}.`);
    const operationId = await this.enqueue(order, false, approvalId);
    await this.change(id, { state: 'RELEASING', releaseOperationId: operationId });
    await this.audit.append({
      actor: approver,
      action: 'freeze.released',
      subject: `freeze:${id}`,
      payload: { operationId },
      decisionId: approvalId,
    });
    return { operationId };
  }

  private async enqueue({ id, token, wallet }: FreezeOrder, freeze: boolean, decisionId?: string): Promise<string> {
    // A release that failed on chain may be decided again: the key is the decision's.
    const businessKey = freeze ? `freeze:${id}` : `unfreeze:${id}:${decisionId}`;
    const call = this.contracts.call(token as Address, {
      abi: securityTokenAbi,
      functionName: 'setAddressFrozen',
      args: [wallet as Address, freeze, keccak256(toHex(businessKey))],
    });
    const operation = await this.transactions.enqueue({ businessKey, sender: 'officer', ...call, ...(decisionId ? { decisionId } : {}) });
    await this.tracking.start({ freezeId: id, operationId: operation.id, freeze });
    return operation.id;
  }

  private async lock(id: string, actor: Actor): Promise<FreezeOrder> {
    const [row] = await this.database.query
      .select()
      .from(freezeOrders)
      .where(and(eq(freezeOrders.id, id), scope(actor, freezeOrders.tenantId)))
      .for('update');
    if (!row) throw notFound();
    return row;
  }

  private async change(id: string, values: Partial<FreezeOrder>): Promise<FreezeOrder> {
    const [row] = await this.database.query.update(freezeOrders).set(values).where(eq(freezeOrders.id, id)).returning();
    if (!row) throw notFound();
    return row;
  }
}

const notFound = (): NotFound => new NotFound('FREEZE_NOT_FOUND', 'There is no such freeze.');
