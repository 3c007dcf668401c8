import { bigint, integer, pgTable, text } from 'drizzle-orm/pg-core';

/** What each party, or member of staff, keeps here. */
export const uploadUsage = pgTable('upload_usage', {
  principal: text('principal').primaryKey(),
  files: integer('files').notNull(),
  bytes: bigint('bytes', { mode: 'number' }).notNull(),
});
