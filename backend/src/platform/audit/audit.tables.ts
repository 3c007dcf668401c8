import { bigint, index, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import { createdAt, id } from '../database/columns.js';
import type { Json } from '../json.js';

/** Who acted, as they were at that moment. */
export type RecordedActor = { personId: string; name: string; roles: string[]; sessionId: string };

/** What somebody did or was refused. Never changed or deleted (trigger in the migrations). */
export const auditEvents = pgTable(
  'audit_events',
  {
    id: id(),
    tenantId: text('tenant_id').notNull(),
    at: createdAt(),
    actor: jsonb('actor').$type<RecordedActor>().notNull(),
    action: text('action').notNull(),
    subject: text('subject').notNull(),
    payload: jsonb('payload').$type<Json>().notNull(),
    payloadHash: text('payload_hash').notNull(),
    decisionId: text('decision_id'),
    result: text('result').notNull(),
  },
  (table) => [index('audit_events_subject').on(table.subject, table.id), index('audit_events_tenant').on(table.tenantId, table.id)],
);

/** Events whose transaction is committed and that have no place in the chain yet. */
export const auditPending = pgTable('audit_pending', { eventId: text('event_id').primaryKey() });

/** The hash chain: hash = SHA-256(previous hash ‖ canonical JSON of sequence and event). Never changed or deleted. */
export const auditLinks = pgTable('audit_links', {
  sequence: bigint('sequence', { mode: 'number' }).primaryKey(),
  eventId: text('event_id')
    .notNull()
    .unique()
    .references(() => auditEvents.id),
  previousHash: text('previous_hash').notNull(),
  hash: text('hash').notNull(),
});

/** What was written on chain: the hash of the entry `sequence`, which commits to all before it. Never changed or deleted. */
export const auditAnchors = pgTable('audit_anchors', {
  sequence: bigint('sequence', { mode: 'number' }).primaryKey(),
  hash: text('hash').notNull(),
  /** The transaction, as the chain module knows it. */
  operationId: text('operation_id').notNull().unique(),
  createdAt: createdAt(),
});
