import { Inject, Injectable } from '@nestjs/common';
import { ChainClock } from '../chain/chain-clock.js';
import { Investors } from '../parties/investors.service.js';
import type { Actor } from '../platform/auth/actor.js';
import { Config } from '../platform/config.js';
import { Forbidden, Unprocessable } from '../platform/problem.js';
import { Vault } from '../platform/vault/vault.js';
import { CaseStore, type KycCase, toView } from './case-store.js';
import { decisionField, noteField } from './fields.js';
import type { Approve, KycCaseView, Reason, Recommend } from './kyc.schema.js';
import { Registration } from './registration.workflow.js';

/** The officers' side of a case: one recommends, another decides. */
@Injectable()
export class KycDecisions {
  constructor(
    private readonly store: CaseStore,
    private readonly investors: Investors,
    private readonly registration: Registration,
    private readonly vault: Vault,
    private readonly clock: ChainClock,
    @Inject(Config) private readonly config: Config,
  ) {}

  async recommend(id: string, { decision, riskRating, note }: Recommend, actor: Actor): Promise<KycCaseView> {
    const kycCase = await this.lock(id, actor);
    const set = { note: await this.vault.seal(kycCase.partyId, noteField(id), note) };
    const event = { type: 'recommend', by: actor.personId, decision, riskRating } as const;
    return toView(await this.store.move(kycCase, event, actor, { set, detail: { decision, riskRating } }));
  }

  /** The registration on chain follows by itself.
   *  @throws Unprocessable VALID_UNTIL_INVALID · Conflict KYC_SAME_PERSON, KYC_NO_SCREENING, KYC_SCREENING_TOO_OLD, … */
  async approve(id: string, { reason, validUntil }: Approve, actor: Actor): Promise<KycCaseView> {
    const kycCase = await this.lock(id, actor);
    await this.checkValidUntil(validUntil);
    const { screeningMaxAgeHours } = this.config.kyc;
    const event = { type: 'approve', by: actor.personId, at: new Date(), screeningMaxAgeHours } as const;
    const set = { ...(await this.decision(kycCase, reason, actor)), validUntil, registration: 'PENDING' as const };
    const approved = await this.store.move(kycCase, event, actor, { set, detail: { validUntil: validUntil.toISOString() } });
    await this.investors.setApproval(kycCase.partyId, { caseId: id, until: validUntil });
    await this.registration.start(id);
    return toView(approved);
  }

  async reject(id: string, { reason }: Reason, actor: Actor): Promise<KycCaseView> {
    const kycCase = await this.lock(id, actor);
    const set = await this.decision(kycCase, reason, actor);
    return toView(await this.store.move(kycCase, { type: 'reject', by: actor.personId }, actor, { set }));
  }

  async hold(id: string, { reason }: Reason, actor: Actor): Promise<KycCaseView> {
    const kycCase = await this.lock(id, actor);
    const set = { note: await this.vault.seal(kycCase.partyId, noteField(id), reason) };
    return toView(await this.store.move(kycCase, { type: 'hold' }, actor, { set }));
  }

  async release(id: string, actor: Actor): Promise<KycCaseView> {
    return toView(await this.store.move(await this.lock(id, actor), { type: 'release' }, actor));
  }

  private async lock(id: string, actor: Actor): Promise<KycCase> {
    const kycCase = await this.store.lock(id);
    if (kycCase.partyId === actor.partyId) throw new Forbidden('OWN_CASE', 'Nobody decides about himself.');
    return kycCase;
  }

  private async decision({ id, partyId }: KycCase, reason: string, actor: Actor) {
    return {
      decisionReason: await this.vault.seal(partyId, decisionField(id), reason),
      decidedBy: actor.personId,
      decidedAt: new Date(),
    };
  }

  private async checkValidUntil(validUntil: Date): Promise<void> {
    const now = Number(await this.clock.now()) * 1000;
    const { approvalMaxDays } = this.config.kyc;
    const ahead = validUntil.getTime() - now;
    if (ahead >= 3_600_000 && ahead <= approvalMaxDays * 86_400_000) return;
    throw new Unprocessable('VALID_UNTIL_INVALID', {
      detail: `An approval lasts between one hour and ${approvalMaxDays} days; on chain it is ${new Date(now).toISOString()}.`,
    });
  }
}
