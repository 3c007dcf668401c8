import { sql } from 'drizzle-orm';
import { boolean, check, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { bytes, createdAt, id, instant } from '../database/columns.js';

/** Where a tenant wants to be told what happened. */
export const webhookEndpoints = pgTable(
  'webhook_endpoints',
  {
    id: id(),
    tenantId: text('tenant_id').notNull(),
    url: text('url').notNull(),
    types: text('types').array().notNull(),
    /** Ciphertext under the endpoint's own key. */
    secret: bytes('secret').notNull(),
    /** The one before; signs too until then. */
    oldSecret: bytes('old_secret'),
    oldSecretUntil: instant('old_secret_until'),
    /** Why nothing is sent to it any more; null while it is in use. */
    disabled: text('disabled'),
    /** The request that somebody else has to approve before anything is sent to it; null where nobody had to. */
    approvalId: text('approval_id'),
    /** Whether that is still to come. It is disabled until then, also for an older build. */
    pending: boolean('pending').notNull().default(false),
    createdAt: createdAt(),
  },
  (table) => [index('webhook_endpoints_tenant').on(table.tenantId, table.id)],
);

/** What happened, as it is told: written in the transaction of its cause. */
export const webhookMessages = pgTable('webhook_messages', {
  id: id(),
  type: text('type').notNull(),
  /** The exact bytes that are signed. */
  body: text('body').notNull(),
  createdAt: createdAt(),
});

export type SendingState = 'WAITING' | 'DELIVERED' | 'FAILED';

/** One message to one endpoint. */
export const webhookSendings = pgTable(
  'webhook_sendings',
  {
    endpointId: text('endpoint_id')
      .notNull()
      .references(() => webhookEndpoints.id),
    messageId: text('message_id')
      .notNull()
      .references(() => webhookMessages.id),
    state: text('state').$type<SendingState>().notNull().default('WAITING'),
    attempts: integer('attempts').notNull().default(0),
    /** When it is tried next; while it is being tried, when another process may take over. */
    nextAt: instant('next_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.endpointId, table.messageId] }),
    index('webhook_sendings_due').on(table.nextAt).where(sql`state = 'WAITING'`),
    check('webhook_sendings_state', sql`${table.state} in ('WAITING', 'DELIVERED', 'FAILED')`),
  ],
);

/** The delivery log. */
export const webhookAttempts = pgTable(
  'webhook_attempts',
  {
    id: id(),
    endpointId: text('endpoint_id').notNull(),
    messageId: text('message_id').notNull(),
    at: createdAt(),
    /** HTTP status of the answer; null when there was none. */
    status: integer('status'),
    /** Why there was none. */
    error: text('error'),
  },
  (table) => [index('webhook_attempts_sending').on(table.endpointId, table.messageId, table.id)],
);
