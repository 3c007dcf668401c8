import { integer, pgTable, text } from 'drizzle-orm/pg-core';

/** What the builds that run on this database agree on; one row. */
export const schemaState = pgTable('schema_state', {
  id: integer('id').primaryKey(),
  /** Number of the newest migration that was run. */
  build: integer('build').notNull(),
  /** Builds whose newest migration has a lower number cannot read this schema any more. */
  oldestBuild: integer('oldest_build').notNull(),
  /** Hash of the `guards.sql` that was run last. */
  guards: text('guards').notNull(),
});
