import { sql } from 'drizzle-orm';
import { index, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import { createdAt, id, instant } from '../database/columns.js';
import type { Json } from '../json.js';

/** Workflows to start: written in the transaction that decided them, handed over after its commit. */
export const outbox = pgTable(
  'outbox',
  {
    id: id(),
    workflow: text('workflow').notNull(),
    /** The business key: one run, however often it is asked for. */
    workflowId: text('workflow_id').notNull().unique(),
    input: jsonb('input').$type<Json>().notNull(),
    createdAt: createdAt(),
    startedAt: instant('started_at'),
  },
  (table) => [index('outbox_waiting').on(table.id).where(sql`started_at is null`)],
);
