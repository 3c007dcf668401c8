import { Injectable } from '@nestjs/common';
import { and, eq } from 'drizzle-orm';
import { Investors } from '../../parties/investors.service.js';
import { Audit } from '../../platform/audit/audit.service.js';
import { type Actor, SYSTEM } from '../../platform/auth/actor.js';
import { Database } from '../../platform/database/database.js';
import { Conflict, Forbidden, NotFound } from '../../platform/problem.js';
import { Vault } from '../../platform/vault/vault.js';
import { CaseStore, type KycCase, toView } from '../case-store.js';
import { hitReasonField, resultField } from '../fields.js';
import type { Dispose, DisposedHit, KycCaseView } from '../kyc.schema.js';
import { type HitStatus, screeningHits, screenings } from '../kyc.tables.js';
import type { KycResult } from '../providers/kyc-provider.js';
import { ALGORITHM } from './name-matching.js';
import { type Match, ScreeningList, type Subject } from './screening-list.js';

type Hit = typeof screeningHits.$inferSelect;

/** Compares investors with the sanctions list, and keeps what officers decided about the matches. */
@Injectable()
export class Screening {
  constructor(
    private readonly database: Database,
    private readonly list: ScreeningList,
    private readonly investors: Investors,
    private readonly store: CaseStore,
    private readonly vault: Vault,
    private readonly audit: Audit,
  ) {}

  /** Screens a case that the provider has just cleared; a second call finds it screened. */
  async screenCleared(caseId: string): Promise<void> {
    await this.database.transaction(async () => {
      const kycCase = await this.store.lock(caseId);
      if (kycCase.status === 'SCREENING' || kycCase.heldFrom === 'SCREENING') await this.screen(kycCase, SYSTEM);
    });
  }

  /** An officer wants a fresh one; a recommendation given on the old one is void.
   *  @throws Conflict KYC_STATE before the provider cleared the investor, or after the decision */
  async screenAgain(caseId: string, actor: Actor): Promise<KycCaseView> {
    return toView(await this.screen(await this.store.lock(caseId), actor));
  }

  /** @throws NotFound HIT_NOT_FOUND · Conflict HIT_DECIDED, KYC_STATE · Forbidden HIT_NEEDS_ANOTHER_OFFICER */
  async dispose(hitId: string, { disposition, reason }: Dispose, actor: Actor): Promise<DisposedHit> {
    const [found] = await this.database.query.select().from(screeningHits).where(eq(screeningHits.id, hitId));
    if (!found) throw new NotFound('HIT_NOT_FOUND', `There is no hit ${hitId}.`);
    const kycCase = await this.store.lock(found.caseId);
    const [hit] = await this.database.query.select().from(screeningHits).where(eq(screeningHits.id, hitId));
    if (!hit) throw new NotFound('HIT_NOT_FOUND', `There is no hit ${hitId}.`);
    this.checkDisposition(hit, disposition, actor);
    await this.database.query
      .update(screeningHits)
      .set({
        status: disposition,
        decidedBy: actor.personId,
        decidedAt: new Date(),
        reason: await this.vault.seal(hit.partyId, hitReasonField(hitId), reason),
      })
      .where(eq(screeningHits.id, hitId));
    const payload = { caseId: hit.caseId, entryNumber: hit.entryNumber, from: hit.status, to: disposition };
    await this.audit.append({ actor, action: 'screening-hit.disposed', subject: `screening-hit:${hitId}`, payload });
    const counts = countsOf(await this.hitsOf(hit.screeningId));
    const moved = await this.store.move(kycCase, { type: 'disposition', ...counts }, actor, { detail: { hitId, disposition } });
    return { id: hitId, status: disposition, case: toView(moved) };
  }

  hitsOf(screeningId: string): Promise<Hit[]> {
    return this.database.query.select().from(screeningHits).where(eq(screeningHits.screeningId, screeningId));
  }

  private async screen(kycCase: KycCase, actor: Actor): Promise<KycCase> {
    const { version, matches, highest } = await this.list.match(await this.subjectOf(kycCase));
    const outcome = matches.length > 0 ? ('POSSIBLE' as const) : ('CLEAR' as const);
    const [screening] = await this.database.query
      .insert(screenings)
      .values({ caseId: kycCase.id, partyId: kycCase.partyId, listVersion: version, algorithm: ALGORITHM, highestScore: highest, outcome })
      .returning();
    if (!screening) throw new Error('The screening was not stored.');
    const hits: Hit[] = [];
    for (const match of matches) hits.push(await this.keep(screening.id, kycCase, match));
    const event = { type: 'screened', screenedAt: screening.screenedAt, ...countsOf(hits) } as const;
    return this.store.move(kycCase, event, actor, {
      detail: { screeningId: screening.id, listVersion: version, outcome, hits: String(hits.length) },
    });
  }

  /** A match that was a false positive for this investor and this version of the entry stays silent. */
  private async keep(screeningId: string, { id: caseId, partyId }: KycCase, { entryNumber, entryVersion, score }: Match): Promise<Hit> {
    const [known] = await this.database.query
      .select()
      .from(screeningHits)
      .where(
        and(
          eq(screeningHits.partyId, partyId),
          eq(screeningHits.entryNumber, entryNumber),
          eq(screeningHits.entryVersion, entryVersion),
          eq(screeningHits.status, 'FALSE_POSITIVE'),
        ),
      );
    const remembered = known
      ? { status: known.status, decidedBy: known.decidedBy, decidedAt: known.decidedAt }
      : { status: 'OPEN' as const };
    const [hit] = await this.database.query
      .insert(screeningHits)
      .values({ screeningId, caseId, partyId, entryNumber, entryVersion, score, ...remembered })
      .returning();
    if (!hit) throw new Error('The hit was not stored.');
    return hit;
  }

  /** The name he gave, and the one the provider read in his documents. */
  private async subjectOf({ id, partyId, result }: KycCase): Promise<Subject> {
    const { legalName, dateOfBirth } = await this.investors.personalData(partyId);
    const verified = result ? (JSON.parse(await this.vault.open(partyId, resultField(id), result)) as KycResult).person : {};
    const read = verified.legalName ?? [verified.firstName, verified.lastName].filter(Boolean).join(' ');
    const born = verified.dateOfBirth ?? dateOfBirth;
    return { names: [legalName, ...(read ? [read] : [])], birthYear: born ? Number(born.slice(0, 4)) : undefined };
  }

  /** Confirming a match takes one officer, taking that back another one. */
  private checkDisposition(hit: Hit, disposition: HitStatus, actor: Actor): void {
    if (hit.partyId === actor.partyId) throw new Forbidden('OWN_CASE', 'Nobody decides about himself.');
    if (hit.status === disposition || hit.status === 'FALSE_POSITIVE') {
      throw new Conflict('HIT_DECIDED', `The hit is ${hit.status} already.`);
    }
    if (hit.status === 'TRUE_MATCH' && hit.decidedBy === actor.personId) {
      throw new Forbidden('HIT_NEEDS_ANOTHER_OFFICER', 'Another officer than the one who confirmed the match has to take it back.');
    }
  }
}

function countsOf(hits: readonly Hit[]): { openHits: number; trueMatches: number } {
  const number = (...statuses: HitStatus[]) => hits.filter(({ status }) => statuses.includes(status)).length;
  return { openHits: number('OPEN', 'INCONCLUSIVE'), trueMatches: number('TRUE_MATCH') };
}
