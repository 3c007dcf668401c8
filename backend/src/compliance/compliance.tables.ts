import { sql } from 'drizzle-orm';
import { bigint, index, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { createdAt, id, instant } from '../platform/database/columns.js';

export const LEGAL_BASES = [
  'COURT_ORDER',
  'REGULATOR_ORDER',
  'ERRONEOUS_ISSUANCE',
  'ESTATE',
  'LOST_KEY',
  'SANCTIONS_BLOCKING',
  'CORPORATE_ACTION',
] as const;
export type LegalBasis = (typeof LEGAL_BASES)[number];

export const FREEZE_REASONS = ['SANCTIONS_MATCH', 'FRAUD_SUSPICION', 'KEY_COMPROMISED', 'LEGAL_ORDER', 'INVESTIGATION'] as const;
export type FreezeReason = (typeof FREEZE_REASONS)[number];

export type FreezeState = 'FREEZING' | 'ACTIVE' | 'RELEASE_REQUESTED' | 'RELEASING' | 'RELEASED' | 'FAILED';

/** An order that a wallet may neither send nor receive an instrument, and its end. */
export const freezeOrders = pgTable(
  'freeze_orders',
  {
    id: id(),
    tenantId: text('tenant_id').notNull(),
    instrumentId: text('instrument_id').notNull(),
    token: text('token').notNull(),
    wallet: text('wallet').notNull(),
    investorId: text('investor_id'),
    reasonCode: text('reason_code').$type<FreezeReason>().notNull(),
    legalBasis: text('legal_basis').$type<LegalBasis>().notNull(),
    reference: text('reference').notNull(),
    state: text('state').$type<FreezeState>().notNull(),
    orderedBy: text('ordered_by').notNull(),
    operationId: text('operation_id'),
    releaseApprovalId: text('release_approval_id'),
    releaseOperationId: text('release_operation_id'),
    createdAt: createdAt(),
    releasedAt: instant('released_at'),
  },
  (table) => [
    uniqueIndex('freeze_orders_one').on(table.token, table.wallet).where(sql`state not in ('RELEASED', 'FAILED')`),
    index('freeze_orders_wallet').on(table.wallet),
  ],
);

export type RecoveryState = 'REQUESTED' | 'APPROVED' | 'PROPOSED' | 'DONE' | 'FAILED';

/** The units of a lost wallet go to a new wallet of the same investor. */
export const walletRecoveries = pgTable(
  'wallet_recoveries',
  {
    id: id(),
    tenantId: text('tenant_id').notNull(),
    investorId: text('investor_id').notNull(),
    instrumentId: text('instrument_id').notNull(),
    token: text('token').notNull(),
    identity: text('identity').notNull(),
    lostWallet: text('lost_wallet').notNull(),
    newWallet: text('new_wallet').notNull(),
    newWalletSignature: text('new_wallet_signature').notNull(),
    legalBasis: text('legal_basis').$type<LegalBasis>().notNull(),
    /** SHA-256 of the document it rests on. */
    documentHash: text('document_hash').notNull(),
    state: text('state').$type<RecoveryState>().notNull(),
    requestedBy: text('requested_by').notNull(),
    approvalId: text('approval_id'),
    /** Chain time (unix seconds) from which the recovery may be carried out. */
    executableAt: bigint('executable_at', { mode: 'number' }),
    proposeOperationId: text('propose_operation_id'),
    recoverOperationId: text('recover_operation_id'),
    failure: text('failure'),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('wallet_recoveries_one').on(table.token, table.lostWallet).where(sql`state in ('REQUESTED', 'APPROVED', 'PROPOSED')`),
    index('wallet_recoveries_investor').on(table.investorId),
  ],
);
