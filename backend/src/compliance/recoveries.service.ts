import { Injectable } from '@nestjs/common';
import { and, desc, eq, lt } from 'drizzle-orm';
import { z } from 'zod';
import { securityTokenAbi } from '../../../contracts/generated/abi.js';
import { Instruments } from '../assets/instruments.service.js';
import { Contracts } from '../chain/contracts.js';
import { type Investor, Investors } from '../parties/investors.service.js';
import { type Approval, Approvals } from '../platform/approvals/approvals.service.js';
import { approvals as approvalRequests } from '../platform/approvals/approvals.tables.js';
import { Audit } from '../platform/audit/audit.service.js';
import type { Actor } from '../platform/auth/actor.js';
import { People } from '../platform/auth/people.service.js';
import { may } from '../platform/auth/permissions.js';
import { actingIn, scope } from '../platform/auth/scope.js';
import { Database } from '../platform/database/database.js';
import { Conflict, NotFound, Unprocessable } from '../platform/problem.js';
import { fromCursor, type PageQuery, toPage } from '../platform/schema/page.js';
import type { CreateRecovery, RecoveryView, RecoveryWallets, TypedData } from './compliance.schema.js';
import { LEGAL_BASES, walletRecoveries } from './compliance.tables.js';
import { Recovering } from './recovery.workflow.js';
import { type RecoveryParties, RecoveryProof } from './recovery-proof.js';

type Recovery = typeof walletRecoveries.$inferSelect;

const Payload = z.strictObject({
  recoveryId: z.string(),
  investorId: z.string(),
  instrumentId: z.string(),
  lostWallet: z.string(),
  newWallet: z.string(),
  legalBasis: z.enum(LEGAL_BASES),
  documentHash: z.string(),
});

/** Replaces a lost wallet: one officer asks, another approves, the token waits its delay, then the units move. */
@Injectable()
export class Recoveries {
  private readonly approval: Approval<z.infer<typeof Payload>>;

  constructor(
    private readonly database: Database,
    private readonly instruments: Instruments,
    private readonly investors: Investors,
    private readonly people: People,
    private readonly contracts: Contracts,
    private readonly proof: RecoveryProof,
    private readonly recovering: Recovering,
    private readonly audit: Audit,
    approvals: Approvals,
  ) {
    this.approval = approvals.define({
      action: 'wallet-recovery.approve',
      permission: 'recovery:approve',
      payload: Payload,
      execute: ({ recoveryId }, { id, approver }) => this.approve(recoveryId, id, approver),
    });
  }

  /** What the new wallet has to sign; an investor gets it for himself only. */
  async typedData(wallets: RecoveryWallets, actor: Actor): Promise<TypedData> {
    return this.proof.typedData((await this.parties(wallets, actor)).parties);
  }

  /** @throws Conflict RECOVERY_IDENTITY_MISMATCH, RECOVERY_OPEN, WALLET_ALREADY_LINKED, NOTHING_TO_RECOVER ·
   *          Unprocessable RECOVERY_SIGNATURE_INVALID */
  async request({ newWalletSignature, legalBasis, documentHash, ...wallets }: CreateRecovery, actor: Actor): Promise<RecoveryView> {
    const { parties, investor, tenantId } = await this.parties(wallets, actor);
    const maker = actingIn(actor, tenantId);
    if ((await this.balanceOf(parties)) === 0n) {
      throw new Conflict('NOTHING_TO_RECOVER', {
        detail: `The wallet ${parties.lostWallet} holds nothing.`,
        remedy: 'Link the new wallet instead.',
      });
    }
    if (!(await this.proof.isSigned(parties, newWalletSignature))) {
      throw new Unprocessable('RECOVERY_SIGNATURE_INVALID', {
        detail: `The recovery is not signed by ${parties.newWallet}.`,
        remedy: 'Sign the payload of GET /v1/wallet-recoveries/typed-data with the new wallet.',
      });
    }
    await this.closeRefused(parties);
    const { investorId, instrumentId } = wallets;
    const [row] = await this.database.query
      .insert(walletRecoveries)
      .values({
        tenantId: maker.tenantId,
        ...wallets,
        ...parties,
        newWalletSignature,
        legalBasis,
        documentHash,
        state: 'REQUESTED',
        requestedBy: actor.personId,
      })
      .onConflictDoNothing()
      .returning();
    if (!row) throw new Conflict('RECOVERY_OPEN', `A recovery of ${parties.lostWallet} is under way already.`);
    const payload = { recoveryId: row.id, ...wallets, legalBasis, documentHash };
    const request = await this.approval.request({ payload, subject: `wallet-recovery:${row.id}`, actor: maker });
    await this.audit.append({
      actor: maker,
      action: 'wallet-recovery.requested',
      subject: `wallet-recovery:${row.id}`,
      payload: { investorId, instrumentId, legalBasis, documentHash, identity: investor.identity },
      decisionId: request.id,
    });
    return view(await this.change(row.id, { approvalId: request.id }));
  }

  async get(id: string, actor: Actor): Promise<RecoveryView> {
    const [row] = await this.database.query
      .select()
      .from(walletRecoveries)
      .where(and(eq(walletRecoveries.id, id), scope(actor, walletRecoveries.tenantId)));
    if (!row) throw noRecovery();
    return view(row);
  }

  async list({ limit, cursor }: PageQuery, actor: Actor): Promise<{ items: RecoveryView[]; next: string | null }> {
    const before = fromCursor(cursor);
    const rows = await this.database.query
      .select()
      .from(walletRecoveries)
      .where(and(scope(actor, walletRecoveries.tenantId), before ? lt(walletRecoveries.id, before) : undefined))
      .orderBy(desc(walletRecoveries.id))
      .limit(limit + 1);
    const { items, next } = toPage(rows, limit, (row) => row.id);
    return { items: items.map(view), next };
  }

  private async approve(id: string, approvalId: string, approver: Actor): Promise<{ recoveryId: string }> {
    const [row] = await this.database.query
      .update(walletRecoveries)
      .set({ state: 'APPROVED' })
      .where(and(eq(walletRecoveries.id, id), eq(walletRecoveries.state, 'REQUESTED')))
      .returning();
    if (!row) throw new Conflict('RECOVERY_CLOSED', 'The recovery is not waiting for an approval.');
    await this.audit.append({
      actor: approver,
      action: 'wallet-recovery.approved',
      subject: `wallet-recovery:${id}`,
      decisionId: approvalId,
    });
    await this.recovering.start(id);
    return { recoveryId: id };
  }

  /** Whose wallets they are: the lost one must be this investor's, the new one his or nobody's, also to sign in with. */
  private async parties(
    wallets: RecoveryWallets,
    actor: Actor,
  ): Promise<{ parties: RecoveryParties; investor: Investor; tenantId: string }> {
    const { investorId, instrumentId, lostWallet, newWallet } = wallets;
    const investor = may(actor.roles, 'recovery:request')
      ? await this.investors.byId(investorId)
      : await this.investors.own(investorId, actor);
    const { token, tenantId } = await this.instruments.deployed(instrumentId, actor);
    const lost = await this.investors.byWallet(lostWallet);
    const { identity } = investor;
    if (!identity || lost?.id !== investorId || lost.wallet.state === 'PROVEN') {
      throw new Conflict('RECOVERY_IDENTITY_MISMATCH', `The wallet ${lostWallet} is not a registered wallet of this investor.`);
    }
    const taken = await this.investors.byWallet(newWallet);
    const free = await this.people.isFreeFor(investor.personId, newWallet);
    if (newWallet === lostWallet || !free || (taken && (taken.id !== investorId || taken.wallet.state === 'RECOVERED'))) {
      throw new Conflict('WALLET_ALREADY_LINKED', {
        detail: `The wallet ${newWallet} cannot take over.`,
        remedy: 'Use a new wallet of the investor.',
      });
    }
    return { parties: { token, lostWallet, newWallet, identity }, investor, tenantId };
  }

  /** A request that was rejected, withdrawn or left to lapse makes room for a new one. */
  private async closeRefused({ token, lostWallet }: RecoveryParties): Promise<void> {
    const [open] = await this.database.query
      .select({ id: walletRecoveries.id, status: approvalRequests.status, expiresAt: approvalRequests.expiresAt })
      .from(walletRecoveries)
      .innerJoin(approvalRequests, eq(approvalRequests.id, walletRecoveries.approvalId))
      .where(and(eq(walletRecoveries.token, token), eq(walletRecoveries.lostWallet, lostWallet), eq(walletRecoveries.state, 'REQUESTED')));
    if (!open || (open.status === 'PENDING' && open.expiresAt > new Date())) return;
    await this.change(open.id, {
      state: 'FAILED',
      failure: open.status === 'PENDING' ? 'The request lapsed.' : `The request was ${open.status.toLowerCase()}.`,
    });
  }

  private balanceOf({ token, lostWallet }: RecoveryParties): Promise<bigint> {
    return this.contracts.read({ address: token, abi: securityTokenAbi, functionName: 'balanceOf', args: [lostWallet] });
  }

  private async change(id: string, values: Partial<Recovery>): Promise<Recovery> {
    const [row] = await this.database.query.update(walletRecoveries).set(values).where(eq(walletRecoveries.id, id)).returning();
    if (!row) throw noRecovery();
    return row;
  }
}

const noRecovery = (): NotFound => new NotFound('RECOVERY_NOT_FOUND', 'There is no such recovery.');

function view({ executableAt, ...row }: Recovery): RecoveryView {
  return { ...row, executableAt: executableAt === null ? null : new Date(executableAt * 1000) };
}
