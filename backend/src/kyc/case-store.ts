import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { and, asc, desc, eq } from 'drizzle-orm';
import { Audit } from '../platform/audit/audit.service.js';
import { type Actor, SYSTEM } from '../platform/auth/actor.js';
import { Database } from '../platform/database/database.js';
import { Conflict, NotFound } from '../platform/problem.js';
import { type CaseEvent, type CaseState, type Refusal, transition } from './case-machine.js';
import type { KycCaseView } from './kyc.schema.js';
import { kycCaseEvents, kycCases } from './kyc.tables.js';

export type KycCase = typeof kycCases.$inferSelect;
export type KycCaseEvent = typeof kycCaseEvents.$inferSelect;

/** What goes with a transition: further columns, and what history and audit say of it (nothing personal). */
export type Change = { set?: Partial<typeof kycCases.$inferInsert>; detail?: Record<string, string> };

/** A refusal of the machine as the API says it. */
const REFUSALS: Record<Refusal, { detail: string; remedy?: string }> = {
  STATE: { detail: 'The case is not in a state that allows this.', remedy: 'Read the case; it may have moved on.' },
  SAME_PERSON: { detail: 'Whoever recommended a case cannot decide it.', remedy: 'Another officer decides.' },
  NO_SCREENING: { detail: 'The investor has not been screened since the provider cleared him.', remedy: 'Wait for the screening.' },
  SCREENING_TOO_OLD: { detail: 'The screening is too old to decide on.', remedy: 'Screen again: POST /v1/kyc-cases/{id}/screen.' },
  OPEN_HIT: { detail: 'A possible match awaits its disposition.', remedy: 'Decide every hit first.' },
  TRUE_MATCH: { detail: 'A hit was confirmed as a true match.', remedy: 'Recommend to reject.' },
  RECOMMENDED_OTHERWISE: { detail: 'The recommendation is to reject.', remedy: 'Reject it.' },
  REPEATED_EVENT: { detail: 'This statement of the provider is known.' },
  OLDER_EVENT: { detail: 'A newer statement of the provider is known.' },
};

/** Cases as they are kept: every transition is written together with its history and its audit entry, or not at all. */
@Injectable()
export class CaseStore {
  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
  ) {}

  /** @throws NotFound KYC_CASE_NOT_FOUND */
  async get(id: string): Promise<KycCase> {
    const [row] = await this.database.query.select().from(kycCases).where(eq(kycCases.id, id));
    if (!row) throw noCase(id);
    return row;
  }

  /** Locks the row until the transaction ends, so that decisions about one case take turns. */
  async lock(id: string): Promise<KycCase> {
    const [row] = await this.database.query.select().from(kycCases).where(eq(kycCases.id, id)).for('update');
    if (!row) throw noCase(id);
    return row;
  }

  async latestOf(partyId: string): Promise<KycCase | undefined> {
    const [row] = await this.database.query
      .select()
      .from(kycCases)
      .where(eq(kycCases.partyId, partyId))
      .orderBy(desc(kycCases.id))
      .limit(1);
    return row;
  }

  /** The case a provider speaks of: by its reference, or by ours when its first word overtakes our note of its reference. */
  async find(provider: KycCase['provider'], providerRef: string, caseId: string | undefined): Promise<KycCase | undefined> {
    const [byRef] = await this.database.query
      .select()
      .from(kycCases)
      .where(and(eq(kycCases.provider, provider), eq(kycCases.providerRef, providerRef)));
    if (byRef || caseId === undefined) return byRef;
    const [byId] = await this.database.query
      .select()
      .from(kycCases)
      .where(and(eq(kycCases.id, caseId), eq(kycCases.provider, provider)));
    return byId?.providerRef === null ? byId : undefined;
  }

  async insert(values: typeof kycCases.$inferInsert, actor: Actor): Promise<KycCase> {
    const [row] = await this.database.query.insert(kycCases).values(values).returning();
    if (!row) throw new Error('The case was not stored.');
    await this.remember(row.id, actor.personId, 'create', row.status, row.status, { level: row.level });
    await this.audit.append({
      actor,
      action: 'kyc-case.create',
      subject: `kyc-case:${row.id}`,
      payload: { investorId: row.partyId, level: row.level },
    });
    return row;
  }

  /** Moves a locked case.
   *  @throws Conflict KYC_<refusal> when the machine refuses */
  async move(kycCase: KycCase, event: CaseEvent, actor: Actor, { set = {}, detail = {} }: Change = {}): Promise<KycCase> {
    const result = transition(toState(kycCase), event);
    if (!result.ok) {
      throw new Conflict(`KYC_${result.refusal}`, { ...REFUSALS[result.refusal], extensions: { caseStatus: kycCase.status } });
    }
    const [row] = await this.database.query
      .update(kycCases)
      .set({ ...toColumns(result.state), ...set })
      .where(eq(kycCases.id, kycCase.id))
      .returning();
    if (!row) throw noCase(kycCase.id);
    const by = actor !== SYSTEM ? actor.personId : event.type === 'provider' ? 'provider' : 'system';
    await this.remember(kycCase.id, by, event.type, kycCase.status, row.status, detail);
    await this.audit.append({
      actor,
      action: `kyc-case.${event.type}`,
      subject: `kyc-case:${kycCase.id}`,
      payload: { from: kycCase.status, to: row.status, ...detail },
    });
    return row;
  }

  /** Applies what the system or the provider says; if the machine refuses, nothing changes. */
  async apply(id: string, event: CaseEvent, change: Change = {}): Promise<{ kycCase: KycCase; refusal: Refusal | null }> {
    return this.database.transaction(async () => {
      const kycCase = await this.lock(id);
      const result = transition(toState(kycCase), event);
      if (!result.ok) return { kycCase, refusal: result.refusal };
      return { kycCase: await this.move(kycCase, event, SYSTEM, change), refusal: null };
    });
  }

  /** Notes that are no transition. */
  async set(id: string, values: Partial<typeof kycCases.$inferInsert>): Promise<void> {
    await this.database.query.update(kycCases).set(values).where(eq(kycCases.id, id));
  }

  history(id: string): Promise<KycCaseEvent[]> {
    return this.database.query.select().from(kycCaseEvents).where(eq(kycCaseEvents.caseId, id)).orderBy(asc(kycCaseEvents.sequence));
  }

  private async remember(
    caseId: string,
    actor: string,
    event: string,
    from: CaseState['status'],
    to: CaseState['status'],
    detail: Record<string, string>,
  ): Promise<void> {
    await this.database.query.insert(kycCaseEvents).values({ caseId, actor, event, from, to, detail });
  }
}

export const noCase = (id: string): NotFound => new NotFound('KYC_CASE_NOT_FOUND', `There is no case ${id}.`);

export function toView({ partyId, ...row }: KycCase): KycCaseView {
  return { ...row, investorId: partyId };
}

/** What identifies a statement of a provider: the same result fetched twice is the same statement. */
export function statementId(providerRef: string, outcome: string, labels: readonly string[], occurredAt: Date): string {
  const statement = JSON.stringify([providerRef, outcome, [...labels].sort(), occurredAt.toISOString()]);
  return createHash('sha256').update(statement).digest('hex');
}

export function toState(row: KycCase): CaseState {
  const { providerOccurredAt, providerEventId, providerOutcome, screenedAt, recommendedBy, recommendedDecision, recommendedRisk } = row;
  return {
    status: row.status,
    heldFrom: row.heldFrom,
    labels: row.labels,
    provider:
      providerOccurredAt && providerEventId && providerOutcome
        ? { occurredAt: providerOccurredAt, eventId: providerEventId, outcome: providerOutcome }
        : null,
    screening: screenedAt ? { screenedAt, openHits: row.openHits ?? 0, trueMatches: row.trueMatches ?? 0 } : null,
    recommendation:
      recommendedBy && recommendedDecision && recommendedRisk
        ? { by: recommendedBy, decision: recommendedDecision, riskRating: recommendedRisk }
        : null,
  };
}

function toColumns(state: CaseState): Partial<typeof kycCases.$inferInsert> {
  return {
    status: state.status,
    heldFrom: state.heldFrom,
    labels: [...state.labels],
    providerOccurredAt: state.provider?.occurredAt ?? null,
    providerEventId: state.provider?.eventId ?? null,
    providerOutcome: state.provider?.outcome ?? null,
    screenedAt: state.screening?.screenedAt ?? null,
    openHits: state.screening?.openHits ?? null,
    trueMatches: state.screening?.trueMatches ?? null,
    recommendedBy: state.recommendation?.by ?? null,
    recommendedDecision: state.recommendation?.decision ?? null,
    recommendedRisk: state.recommendation?.riskRating ?? null,
  };
}
