import { customType, index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { Address, Hex } from 'viem';
import { instruments } from '../assets/assets.tables.js';
import { createdAt, id, instant, uint256 } from '../platform/database/columns.js';
import type {
  DistributionKind,
  DistributionMethod,
  DistributionState,
  EntitlementState,
  RentStatementText,
} from './distributions.schema.js';

const businessDate = customType<{ data: string }>({ dataType: () => 'date' });

/** Rates of law: effective-dated, each with its source, added by an officer. */
export const withholdingRates = pgTable(
  'withholding_rates',
  {
    id: id(),
    kind: text('kind').$type<DistributionKind>().notNull(),
    /** ISO 3166-1 alpha-2 for a treaty rate; null for the statutory rate of everybody else. */
    country: text('country'),
    rateBps: integer('rate_bps').notNull(),
    validFrom: businessDate('valid_from').notNull(),
    validTo: businessDate('valid_to'),
    source: text('source').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: createdAt(),
  },
  (table) => [index('withholding_rates_kind').on(table.kind, table.country)],
);

export const distributions = pgTable(
  'distributions',
  {
    id: id(),
    tenantId: text('tenant_id').notNull(),
    instrumentId: text('instrument_id')
      .notNull()
      .references(() => instruments.id),
    kind: text('kind').$type<DistributionKind>().notNull(),
    method: text('method').$type<DistributionMethod>().notNull(),
    currency: text('currency').notNull(),
    paymentToken: text('payment_token').$type<Address>().notNull(),
    currencyDecimals: integer('currency_decimals').notNull(),
    /** Payment minor units, as all amounts here. */
    pool: uint256('pool').notNull(),
    rent: jsonb('rent').$type<RentStatementText>(),
    /** Why nothing is withheld; null: the rates apply. */
    taxExemption: text('tax_exemption'),
    withholdingAgent: text('withholding_agent').$type<Address>().notNull(),
    paymentDate: businessDate('payment_date').notNull(),
    state: text('state').$type<DistributionState>().notNull().default('DECLARED'),
    approvalId: text('approval_id'),
    snapshotId: uint256('snapshot_id'),
    snapshotBlock: uint256('snapshot_block'),
    recordTime: instant('record_time'),
    net: uint256('net'),
    withheld: uint256('withheld'),
    dust: uint256('dust'),
    count: integer('count'),
    root: text('root').$type<Hex>(),
    /** Identifier in the Distributor contract. */
    chainDistributionId: text('chain_distribution_id').$type<Hex>(),
    /** Attempts at a step that came before; part of the next one's keys. */
    retries: integer('retries').notNull().default(0),
    reconciledAt: instant('reconciled_at'),
    createdBy: text('created_by').notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('distributions_chain_id').on(table.chainDistributionId),
    index('distributions_instrument').on(table.instrumentId),
  ],
);

export const entitlements = pgTable(
  'entitlements',
  {
    id: id(),
    distributionId: text('distribution_id')
      .notNull()
      .references(() => distributions.id),
    /** Place in the Merkle tree; null where nothing is paid on chain because the tax takes all. */
    position: integer('position'),
    identity: text('identity').$type<Address>().notNull(),
    investorId: text('investor_id'),
    /** Token units held at the record date. */
    units: uint256('units').notNull(),
    gross: uint256('gross').notNull(),
    /** The row of `withholding_rates` that applied; null: a W-9, or the exemption of the distribution. */
    rateId: text('rate_id').references(() => withholdingRates.id),
    rateBps: integer('rate_bps').notNull(),
    tax: uint256('tax').notNull(),
    net: uint256('net').notNull(),
    /** Which rate was applied, and why. */
    taxBasis: text('tax_basis').notNull(),
    state: text('state').$type<EntitlementState>().notNull().default('PENDING'),
    wallet: text('wallet').$type<Address>(),
    reason: text('reason'),
    paidTx: text('paid_tx').$type<Hex>(),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('entitlements_identity').on(table.distributionId, table.identity),
    uniqueIndex('entitlements_position').on(table.distributionId, table.position),
    index('entitlements_investor').on(table.investorId),
  ],
);
