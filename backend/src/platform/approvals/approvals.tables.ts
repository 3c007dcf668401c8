import { sql } from 'drizzle-orm';
import { check, foreignKey, index, integer, jsonb, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import { people } from '../auth/people.tables.js';
import { createdAt, id, instant } from '../database/columns.js';
import type { Json } from '../json.js';

export type ApprovalStatus = 'PENDING' | 'EXECUTED' | 'REJECTED' | 'CANCELLED';

/** Something one person wants done and others have to approve. */
export const approvals = pgTable(
  'approvals',
  {
    id: id(),
    tenantId: text('tenant_id').notNull(),
    action: text('action').notNull(),
    subject: text('subject').notNull(),
    payload: jsonb('payload').$type<Json>().notNull(),
    payloadHash: text('payload_hash').notNull(),
    /** Every edit makes a new version; approvals of an older one are void. */
    version: integer('version').notNull().default(1),
    makerId: text('maker_id')
      .notNull()
      .references(() => people.id),
    required: integer('required').notNull(),
    status: text('status').$type<ApprovalStatus>().notNull().default('PENDING'),
    result: jsonb('result').$type<Json>(),
    createdAt: createdAt(),
    expiresAt: instant('expires_at').notNull(),
    decidedAt: instant('decided_at'),
  },
  (table) => [
    // What the decisions' foreign key points at, so that the check below sees the real maker.
    unique('approvals_maker').on(table.id, table.makerId),
    index('approvals_status').on(table.tenantId, table.status, table.id),
    index('approvals_subject').on(table.subject),
    check('approvals_required', sql`required >= 1`),
  ],
);

/** What a person decided about one version of a request. */
export const approvalDecisions = pgTable(
  'approval_decisions',
  {
    approvalId: text('approval_id').notNull(),
    makerId: text('maker_id').notNull(),
    version: integer('version').notNull(),
    approverId: text('approver_id')
      .notNull()
      .references(() => people.id),
    payloadHash: text('payload_hash').notNull(),
    decision: text('decision').$type<'APPROVED' | 'REJECTED'>().notNull(),
    reason: text('reason'),
    at: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.approvalId, table.version, table.approverId] }),
    foreignKey({ columns: [table.approvalId, table.makerId], foreignColumns: [approvals.id, approvals.makerId] }),
    check('approval_decisions_four_eyes', sql`maker_id <> approver_id`),
  ],
);
