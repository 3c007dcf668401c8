import { sql } from 'drizzle-orm';
import { bigserial, boolean, check, index, integer, jsonb, pgTable, primaryKey, real, text, unique } from 'drizzle-orm/pg-core';
import { bytes, createdAt, id, instant } from '../platform/database/columns.js';
import type { CaseStatus, ProviderOutcome, RiskRating } from './case-machine.js';
import type { ProviderId, StartVerification } from './providers/kyc-provider.js';
import type { ListEntry } from './screening/ofac-csv.js';

export type Registration = 'NONE' | 'PENDING' | 'REGISTERED';

/** One verification cycle of an investor. The columns up to `recommended_risk` are the CaseState of case-machine.ts. */
export const kycCases = pgTable(
  'kyc_cases',
  {
    id: id(),
    tenantId: text('tenant_id').notNull(),
    partyId: text('party_id').notNull(),
    level: text('level').$type<StartVerification['level']>().notNull(),

    status: text('status').$type<CaseStatus>().notNull(),
    heldFrom: text('held_from').$type<CaseStatus>(),
    labels: text('labels').array().notNull(),
    providerOccurredAt: instant('provider_occurred_at'),
    providerEventId: text('provider_event_id'),
    providerOutcome: text('provider_outcome').$type<ProviderOutcome>(),
    screenedAt: instant('screened_at'),
    openHits: integer('open_hits'),
    trueMatches: integer('true_matches'),
    recommendedBy: text('recommended_by'),
    recommendedDecision: text('recommended_decision').$type<'APPROVE' | 'REJECT'>(),
    recommendedRisk: text('recommended_risk').$type<RiskRating>(),

    provider: text('provider').$type<ProviderId>().notNull(),
    providerRef: text('provider_ref'),
    providerUrl: text('provider_url'),
    /** SHA-256 of the investor's stored form (its ciphertext) when he submitted. */
    formDigest: text('form_digest'),
    /** Ciphertext under the investor's key: the last result, what he may read of it, and the officers' words. */
    result: bytes('result'),
    userMessage: bytes('user_message'),
    note: bytes('note'),
    decisionReason: bytes('decision_reason'),
    decidedBy: text('decided_by'),
    decidedAt: instant('decided_at'),
    /** Chain time. */
    validUntil: instant('valid_until'),
    registration: text('registration').$type<Registration>().notNull().default('NONE'),
    createdAt: createdAt(),
  },
  (table) => [
    unique('kyc_cases_provider_ref').on(table.provider, table.providerRef),
    index('kyc_cases_party').on(table.partyId),
    index('kyc_cases_status').on(table.status, table.id),
    check('kyc_cases_four_eyes', sql`${table.status} <> 'APPROVED' or ${table.decidedBy} <> ${table.recommendedBy}`),
    check('kyc_cases_screened', sql`${table.status} <> 'APPROVED' or ${table.screenedAt} is not null`),
    check('kyc_cases_held', sql`(${table.status} = 'ON_HOLD') = (${table.heldFrom} is not null)`),
  ],
);

/** What happened to a case, in order; written with the change itself. Nothing personal. */
export const kycCaseEvents = pgTable(
  'kyc_case_events',
  {
    sequence: bigserial('sequence', { mode: 'number' }).primaryKey(),
    caseId: text('case_id')
      .notNull()
      .references(() => kycCases.id),
    at: instant('at').notNull().defaultNow(),
    /** Person, `provider` or `system`. */
    actor: text('actor').notNull(),
    event: text('event').notNull(),
    from: text('from_status').$type<CaseStatus>().notNull(),
    to: text('to_status').$type<CaseStatus>().notNull(),
    detail: jsonb('detail').$type<Record<string, unknown>>().notNull(),
  },
  (table) => [index('kyc_case_events_case').on(table.caseId, table.sequence)],
);

/** Claims of our issuer that are or will be on chain. */
export const claims = pgTable(
  'claims',
  {
    id: id(),
    partyId: text('party_id').notNull(),
    caseId: text('case_id')
      .notNull()
      .references(() => kycCases.id),
    topic: integer('topic').notNull(),
    issuer: text('issuer').notNull(),
    /** Salt of the data hash; worthless without the evidence. */
    salt: text('salt').notNull(),
    dataHash: text('data_hash').notNull(),
    issuedAt: instant('issued_at').notNull(),
    validUntil: instant('valid_until').notNull(),
    nonce: integer('nonce').notNull(),
    state: text('state').$type<'SIGNED' | 'WRITTEN' | 'REVOKED'>().notNull(),
    createdAt: createdAt(),
  },
  (table) => [unique('claims_once').on(table.caseId, table.topic), unique('claims_nonce').on(table.partyId, table.topic, table.nonce)],
);

/** Deliveries of providers whose signature was right, by the digest of their bytes, kept for ever: the same bytes never count twice. */
export const webhookDeliveries = pgTable(
  'webhook_deliveries',
  {
    provider: text('provider').$type<ProviderId>().notNull(),
    /** SHA-256 of the raw body. */
    digest: text('digest').notNull(),
    caseId: text('case_id'),
    /** The bytes, ciphertext under the investor's key; null when they are about nobody we know. */
    raw: bytes('raw'),
    receivedAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.provider, table.digest] })],
);

/** Versions of the sanctions list that were ever screened against. */
export const screeningLists = pgTable('screening_lists', {
  /** SHA-256 of the files. */
  version: text('version').primaryKey(),
  source: text('source').notNull(),
  entries: integer('entries').notNull(),
  loadedAt: createdAt(),
  current: boolean('current').notNull(),
});

export const screeningEntries = pgTable(
  'screening_entries',
  {
    listVersion: text('list_version')
      .notNull()
      .references(() => screeningLists.version),
    entryNumber: integer('entry_number').notNull(),
    entryVersion: text('entry_version').notNull(),
    kind: text('kind').$type<ListEntry['kind']>().notNull(),
    names: text('names').array().notNull(),
    programs: text('programs').array().notNull(),
    birthYear: integer('birth_year'),
  },
  (table) => [primaryKey({ columns: [table.listVersion, table.entryNumber] })],
);

/** One screening of an investor: against what, by what, and how it ended. */
export const screenings = pgTable(
  'screenings',
  {
    id: id(),
    caseId: text('case_id')
      .notNull()
      .references(() => kycCases.id),
    partyId: text('party_id').notNull(),
    listVersion: text('list_version')
      .notNull()
      .references(() => screeningLists.version),
    algorithm: text('algorithm').notNull(),
    highestScore: real('highest_score').notNull(),
    outcome: text('outcome').$type<'CLEAR' | 'POSSIBLE'>().notNull(),
    screenedAt: createdAt(),
  },
  (table) => [index('screenings_case').on(table.caseId)],
);

export type HitStatus = 'OPEN' | 'FALSE_POSITIVE' | 'TRUE_MATCH' | 'INCONCLUSIVE';

/** A possible match, and what an officer decided about it. A FALSE_POSITIVE holds for this version of the entry. */
export const screeningHits = pgTable(
  'screening_hits',
  {
    id: id(),
    screeningId: text('screening_id')
      .notNull()
      .references(() => screenings.id),
    caseId: text('case_id').notNull(),
    partyId: text('party_id').notNull(),
    entryNumber: integer('entry_number').notNull(),
    entryVersion: text('entry_version').notNull(),
    score: real('score').notNull(),
    status: text('status').$type<HitStatus>().notNull(),
    decidedBy: text('decided_by'),
    decidedAt: instant('decided_at'),
    reason: bytes('reason'),
    createdAt: createdAt(),
  },
  (table) => [
    index('screening_hits_case').on(table.caseId),
    index('screening_hits_memory').on(table.partyId, table.entryNumber, table.entryVersion),
  ],
);

/** The simulator's own books: what a real provider would keep on its side. */
export const simulatorVerifications = pgTable('simulator_verifications', {
  ref: text('ref').primaryKey(),
  caseId: text('case_id').notNull().unique(),
  scenario: text('scenario').$type<'CLEAR' | 'RESUBMIT' | 'REJECT' | 'FRAUD'>().notNull(),
  attempt: integer('attempt').notNull(),
  outcome: text('outcome').$type<ProviderOutcome>().notNull(),
  labels: text('labels').array().notNull(),
  completedAt: instant('completed_at'),
});
