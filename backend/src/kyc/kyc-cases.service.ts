import { Injectable } from '@nestjs/common';
import { Investors } from '../parties/investors.service.js';
import type { Actor } from '../platform/auth/actor.js';
import { OPERATOR } from '../platform/config.js';
import { Database } from '../platform/database/database.js';
import { Conflict } from '../platform/problem.js';
import { FRAUD_LABELS, isOpen } from './case-machine.js';
import { CaseStore, type KycCase, noCase, toState, toView } from './case-store.js';
import type { CreateKycCase, KycCaseView } from './kyc.schema.js';
import { KycProviders } from './providers/kyc-providers.js';
import { Verification } from './verification.workflow.js';

/** The investor's side of a case. */
@Injectable()
export class KycCases {
  constructor(
    private readonly database: Database,
    private readonly store: CaseStore,
    private readonly investors: Investors,
    private readonly providers: KycProviders,
    private readonly verification: Verification,
  ) {}

  /** @throws Conflict KYC_CASE_OPEN, KYC_RESTART_REFUSED */
  async create({ investorId, level }: CreateKycCase, actor: Actor): Promise<KycCaseView> {
    await this.investors.own(investorId, actor);
    await this.database.lock(`kyc of ${investorId}`);
    const last = await this.store.latestOf(investorId);
    if (last && isOpen(toState(last))) {
      throw new Conflict('KYC_CASE_OPEN', { detail: `The case ${last.id} is still open.`, extensions: { kycCaseId: last.id } });
    }
    if (last?.status === 'REJECTED' && last.labels.some((label) => FRAUD_LABELS.has(label))) {
      throw new Conflict('KYC_RESTART_REFUSED', {
        detail: 'A case that was finally rejected for its evidence cannot be started over.',
        remedy: 'Write to the compliance desk.',
      });
    }
    const provider = this.providers.active.id;
    return toView(
      await this.store.insert({ tenantId: OPERATOR, partyId: investorId, level, status: 'DRAFT', labels: [], provider }, actor),
    );
  }

  /** The provider takes over: its link appears in the case a moment later. */
  async submit(id: string, actor: Actor): Promise<KycCaseView> {
    const kycCase = await this.lockOwn(id, actor);
    const formDigest = await this.investors.formDigest(kycCase.partyId);
    const moved = await this.store.move(kycCase, { type: 'submit' }, actor, { set: { formDigest }, detail: { formDigest } });
    await this.verification.begin(id);
    return toView(moved);
  }

  async resubmit(id: string, actor: Actor): Promise<KycCaseView> {
    return toView(await this.store.move(await this.lockOwn(id, actor), { type: 'resubmit' }, actor));
  }

  private async lockOwn(id: string, actor: Actor): Promise<KycCase> {
    const kycCase = await this.store.lock(id);
    if (kycCase.partyId !== actor.partyId) throw noCase(id);
    return kycCase;
  }
}
