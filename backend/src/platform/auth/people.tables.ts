import { index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
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

/** What a person is called at an identity provider (OpenID Connect). */
export const personSubjects = pgTable(
  'person_subjects',
  {
    issuer: text('issuer').notNull(),
    subject: text('subject').notNull(),
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.issuer, table.subject] }), index('person_subjects_person').on(table.personId)],
);

/** Browsers on their way to the identity provider and back; each comes back once. */
export const oidcAttempts = pgTable('oidc_attempts', {
  /** Of what the browser keeps in a cookie. */
  cookieHash: text('cookie_hash').primaryKey(),
  state: text('state').notNull(),
  nonce: text('nonce').notNull(),
  /** PKCE's. */
  verifier: text('verifier').notNull(),
  expiresAt: instant('expires_at').notNull(),
});

/** Nonces handed out and not yet used. */
export const signInNonces = pgTable('sign_in_nonces', {
  nonce: text('nonce').primaryKey(),
  expiresAt: instant('expires_at').notNull(),
});

export type SignInMethod = 'WALLET' | 'OIDC';

/** Sessions; the token itself is never stored. */
export const sessions = pgTable(
  'sessions',
  {
    id: id(),
    tokenHash: text('token_hash').notNull().unique(),
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    method: text('method').$type<SignInMethod>().notNull().default('WALLET'),
    createdAt: createdAt(),
    /** When the person last proved who they are: at the identity provider that may be earlier than the session. */
    authenticatedAt: instant('authenticated_at').notNull().defaultNow(),
    expiresAt: instant('expires_at').notNull(),
    endedAt: instant('ended_at'),
  },
  (table) => [index('sessions_person').on(table.personId)],
);
