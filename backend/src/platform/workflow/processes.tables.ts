import { integer, pgTable, text } from 'drizzle-orm/pg-core';
import { instant } from '../database/columns.js';

/** Processes that run the service on this database, each with its last sign of life. */
export const processes = pgTable('processes', {
  id: text('id').primaryKey(),
  /** Number of the newest migration that its build knows. */
  build: integer('build').notNull(),
  startedAt: instant('started_at').notNull().defaultNow(),
  beatAt: instant('beat_at').notNull().defaultNow(),
});
