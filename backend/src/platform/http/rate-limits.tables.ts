import { bigint, integer, pgTable, varchar } from 'drizzle-orm/pg-core';

/** What each principal did in the window that is open: the shape rate-limiter-flexible counts in, shared by all processes. Its order of
 *  columns matters to that library. Not logged (guards.sql): a crash of the database opens new windows. */
export const rateLimits = pgTable('rate_limits', {
  key: varchar('key', { length: 255 }).primaryKey(),
  points: integer('points').notNull().default(0),
  /** Milliseconds since 1970. */
  expire: bigint('expire', { mode: 'number' }),
});
