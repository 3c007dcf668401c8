import { Injectable } from '@nestjs/common';
import { and, asc, desc, eq, gt, inArray } from 'drizzle-orm';
import { Audit } from '../platform/audit/audit.service.js';
import type { Actor } from '../platform/auth/actor.js';
import { may } from '../platform/auth/permissions.js';
import { isStaffOf, scope } from '../platform/auth/scope.js';
import { Database } from '../platform/database/database.js';
import { fromCursor, toPage } from '../platform/schema/page.js';
import { Vault } from '../platform/vault/vault.js';
import { CaseStore, type KycCase, noCase, toView } from './case-store.js';
import { decisionField, messageField, noteField, resultField } from './fields.js';
import type { KycCaseDetail, KycCaseQuery, KycCaseView } from './kyc.schema.js';
import { kycCases, screeningEntries, screeningHits, screenings } from './kyc.tables.js';
import type { KycResult } from './providers/kyc-provider.js';

type Review = NonNullable<KycCaseDetail['review']>;

/** Cases as officers and their investors see them. */
@Injectable()
export class KycCaseReader {
  constructor(
    private readonly database: Database,
    private readonly store: CaseStore,
    private readonly vault: Vault,
    private readonly audit: Audit,
  ) {}

  /** The queue, oldest first; an investor gets his own. */
  async list({ limit, cursor, status, investorId }: KycCaseQuery, actor: Actor): Promise<{ items: KycCaseView[]; next: string | null }> {
    const after = fromCursor(cursor);
    const rows = await this.database.query
      .select()
      .from(kycCases)
      .where(
        and(
          scope(actor, kycCases.tenantId, eq(kycCases.partyId, actor.partyId ?? '')),
          after ? gt(kycCases.id, after) : undefined,
          status ? eq(kycCases.status, status) : undefined,
          investorId !== undefined ? eq(kycCases.partyId, investorId) : undefined,
        ),
      )
      .orderBy(asc(kycCases.id))
      .limit(limit + 1);
    const { items, next } = toPage(rows, limit, (row) => row.id);
    return { items: items.map(toView), next };
  }

  /** One case with its history. Officers see the evidence, which is logged; auditors see it without the officers' words; the investor
   *  sees where it stands.
   *  @throws NotFound KYC_CASE_NOT_FOUND also for somebody else’s */
  async read(id: string, actor: Actor): Promise<KycCaseDetail> {
    const kycCase = await this.store.get(id);
    const isOfficer = isStaffOf(actor, kycCase.tenantId);
    if (!isOfficer && kycCase.partyId !== actor.partyId) throw noCase(id);
    if (isOfficer) await this.audit.append({ actor, action: 'kyc-case.viewed', subject: `kyc-case:${id}` });
    const history = await this.store.history(id);
    return {
      ...toView(kycCase),
      userMessage: await this.open(kycCase, messageField(id), kycCase.userMessage),
      review: isOfficer ? await this.review(kycCase, may(actor.roles, 'kyc:recommend')) : null,
      history: history.map((event) => ({ ...event, actor: isOfficer ? event.actor : null, detail: isOfficer ? event.detail : null })),
    };
  }

  private async review(kycCase: KycCase, withWords: boolean): Promise<Review> {
    const { id, labels, recommendedBy, recommendedDecision, recommendedRisk, decidedBy, decidedAt } = kycCase;
    const words = async (field: string, sealed: Buffer | null) => (withWords ? ((await this.open(kycCase, field, sealed)) ?? '') : '');
    const result = withWords ? await this.open(kycCase, resultField(id), kycCase.result) : null;
    return {
      labels,
      internalMessage: result ? ((JSON.parse(result) as KycResult).internalMessage ?? null) : null,
      screening: await this.screening(id),
      recommendation:
        recommendedBy && recommendedDecision && recommendedRisk
          ? {
              by: recommendedBy,
              decision: recommendedDecision,
              riskRating: recommendedRisk,
              note: await words(noteField(id), kycCase.note),
            }
          : null,
      decision:
        decidedBy && decidedAt ? { by: decidedBy, at: decidedAt, reason: await words(decisionField(id), kycCase.decisionReason) } : null,
    };
  }

  private async screening(caseId: string): Promise<Review['screening']> {
    const [last] = await this.database.query
      .select()
      .from(screenings)
      .where(eq(screenings.caseId, caseId))
      .orderBy(desc(screenings.id))
      .limit(1);
    if (!last) return null;
    const hits = await this.database.query.select().from(screeningHits).where(eq(screeningHits.screeningId, last.id));
    const entries = await this.database.query
      .select()
      .from(screeningEntries)
      .where(
        and(
          eq(screeningEntries.listVersion, last.listVersion),
          inArray(
            screeningEntries.entryNumber,
            hits.map((hit) => hit.entryNumber),
          ),
        ),
      );
    return {
      ...last,
      hits: hits.map((hit) => {
        const entry = entries.find(({ entryNumber }) => entryNumber === hit.entryNumber);
        return { ...hit, names: entry?.names ?? [], programs: entry?.programs ?? [] };
      }),
    };
  }

  private async open({ partyId }: KycCase, field: string, sealed: Buffer | null): Promise<string | null> {
    return sealed ? this.vault.open(partyId, field, sealed) : null;
  }
}
