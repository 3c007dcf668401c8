import { index, pgTable, text } from 'drizzle-orm/pg-core';
import type { Role } from '../config.js';
import { createdAt, id, instant } from '../database/columns.js';

/** A natural person who signs in. Four-eyes counts persons, so two wallets of one person are one. */
export const people = pgTable('people', {
  id: id(),
  tenantId: text('tenant_id').notNull(),
  name: text('name').notNull(),
  roles: text('roles').array().$type<Role[]>().notNull(),
  partyId: text('party_id'),
  createdAt: createdAt(),
});

/** Wallets a person may sign in with. */
export const personWallets = pgTable(
  'person_wallets',
  {
    address: text('address').primaryKey(),
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    createdAt: createdAt(),
  },
  (table) => [index('person_wallets_person').on(table.personId)],
);

/** Nonces handed out and not yet used. */
export const signInNonces = pgTable('sign_in_nonces', {
  nonce: text('nonce').primaryKey(),
  expiresAt: instant('expires_at').notNull(),
});

/** Sessions; the token itself is never stored. */
export const sessions = pgTable(
  'sessions',
  {
    id: id(),
    tokenHash: text('token_hash').notNull().unique(),
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    createdAt: createdAt(),
    expiresAt: instant('expires_at').notNull(),
    endedAt: instant('ended_at'),
  },
  (table) => [index('sessions_person').on(table.personId)],
);
