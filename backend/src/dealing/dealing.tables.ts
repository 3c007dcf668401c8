import { index, integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { Address, Hex } from 'viem';
import { instruments } from '../assets/assets.tables.js';
import { createdAt, id, instant, uint256 } from '../platform/database/columns.js';
import type { DeskState } from './dealing.schema.js';

/** Where units of an instrument are subscribed and redeemed at the next accepted valuation. */
export const dealingDesks = pgTable(
  'dealing_desks',
  {
    id: id(),
    tenantId: text('tenant_id').notNull(),
    instrumentId: text('instrument_id')
      .notNull()
      .references(() => instruments.id),
    currency: text('currency').notNull(),
    paymentToken: text('payment_token').$type<Address>().notNull(),
    currencyDecimals: integer('currency_decimals').notNull(),
    settlementWallet: text('settlement_wallet').$type<Address>().notNull(),
    /** Payment minor units. */
    minSubscription: uint256('min_subscription').notNull(),
    /** Token units. */
    minRedemption: uint256('min_redemption').notNull(),
    /** Token units. Null of a desk that was drafted before it was stated: all authorised units. */
    dailyMintCap: uint256('daily_mint_cap'),
    firstCutOff: instant('first_cut_off').notNull(),
    periodSeconds: integer('period_seconds').notNull(),
    maxPriceAgeSeconds: integer('max_price_age_seconds').notNull(),
    settleWithinSeconds: integer('settle_within_seconds').notNull(),
    state: text('state').$type<DeskState>().notNull().default('DRAFT'),
    approvalId: text('approval_id'),
    /** Identifier in the Dealing contract. */
    chainDeskId: text('chain_desk_id').$type<Hex>(),
    /** Why the chain refused what was last asked of it. */
    failure: text('failure'),
    /** How often it was settled: part of the keys. */
    runs: integer('runs').notNull().default(0),
    createdBy: text('created_by').notNull(),
    createdAt: createdAt(),
  },
  (table) => [uniqueIndex('dealing_desks_chain_id').on(table.chainDeskId), index('dealing_desks_instrument').on(table.instrumentId)],
);
