import { sql } from 'drizzle-orm';
import { boolean, check, date, index, pgTable, text, unique } from 'drizzle-orm/pg-core';
import { bytes, createdAt, id, instant } from '../platform/database/columns.js';
import type { TaxFormKind } from './tax.js';

export type PartyKind = 'PERSON' | 'ENTITY';

/** A person or an entity, the root of everything legal. What identifies it is ciphertext under its own key; country and chain identity
 *  are on chain anyway. */
export const parties = pgTable('parties', {
  id: id(),
  tenantId: text('tenant_id').notNull(),
  kind: text('kind').$type<PartyKind>().notNull(),
  /** The person who acts for it. */
  personId: text('person_id').notNull().unique(),
  country: text('country').notNull(),
  taxCountry: text('tax_country').notNull(),
  legalName: bytes('legal_name').notNull(),
  email: bytes('email'),
  dateOfBirth: bytes('date_of_birth'),
  /** Secret of 32 bytes, ciphertext; its hash is the salt of the identity's address. */
  identitySecret: bytes('identity_secret').notNull(),
  identitySalt: text('identity_salt').notNull().unique(),
  /** Predicted address of the identity contract; null until the contracts are known. */
  identity: text('identity').unique(),
  /** Set by the KYC feature: the approval in force and until when it lasts (chain time). */
  approvedCaseId: text('approved_case_id'),
  approvedUntil: instant('approved_until'),
  /** Claims and first wallet are on chain. */
  registered: boolean('registered').notNull().default(false),
  createdAt: createdAt(),
});

/** PROVEN: its owner signed · REGISTERED: on chain · RECOVERED: lost and replaced, keeps its investor for ever. */
export type WalletState = 'PROVEN' | 'REGISTERED' | 'RECOVERED';

/** Proven binding of one wallet to one investor. */
export const walletLinks = pgTable(
  'wallet_links',
  {
    id: id(),
    partyId: text('party_id')
      .notNull()
      .references(() => parties.id),
    address: text('address').notNull().unique(),
    state: text('state').$type<WalletState>().notNull(),
    /** The EIP-4361 message and its signature; null where the sign-in itself was the proof. */
    proofMessage: text('proof_message'),
    proofSignature: text('proof_signature'),
    replacedBy: text('replaced_by'),
    operationId: text('operation_id'),
    createdAt: createdAt(),
    registeredAt: instant('registered_at'),
  },
  (table) => [
    index('wallet_links_party').on(table.partyId),
    check('wallet_links_recovered', sql`(${table.state} = 'RECOVERED') = (${table.replacedBy} is not null)`),
  ],
);

/** Tax forms as signed; the newest that counts on a day decides. */
export const taxForms = pgTable(
  'tax_forms',
  {
    id: id(),
    partyId: text('party_id')
      .notNull()
      .references(() => parties.id),
    form: text('form').$type<TaxFormKind>().notNull(),
    country: text('country').notNull(),
    signedOn: date('signed_on', { mode: 'string' }).notNull(),
    validUntil: date('valid_until', { mode: 'string' }),
    /** Country whose treaty with the source country the investor claims. */
    treatyCountry: text('treaty_country'),
    treatyArticle: text('treaty_article'),
    createdAt: createdAt(),
  },
  (table) => [unique('tax_forms_once').on(table.partyId, table.form, table.signedOn)],
);
