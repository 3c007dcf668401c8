import { pgTable, text } from 'drizzle-orm/pg-core';
import { bytes, createdAt, instant } from '../database/columns.js';

/** One data key a subject, wrapped by a key-encryption key; destroying it makes the subject's data unreadable everywhere. */
export const vaultKeys = pgTable('vault_keys', {
  subject: text('subject').primaryKey(),
  wrapped: bytes('wrapped'),
  /** Which key-encryption key wraps it; null where an older build wrote it. */
  wrappedBy: text('wrapped_by'),
  createdAt: createdAt(),
  destroyedAt: instant('destroyed_at'),
});
