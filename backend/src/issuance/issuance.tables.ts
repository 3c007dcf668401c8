import { index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { Address, Hex } from 'viem';
import { instruments } from '../assets/assets.tables.js';
import { createdAt, id, instant, uint256 } from '../platform/database/columns.js';
import type { AllocationMethod, Exemption, OfferingState, SubscriptionState } from './issuance.schema.js';

export const offerings = pgTable(
  'offerings',
  {
    id: id(),
    tenantId: text('tenant_id').notNull(),
    instrumentId: text('instrument_id')
      .notNull()
      .references(() => instruments.id),
    exemption: text('exemption').$type<Exemption>().notNull(),
    currency: text('currency').notNull(),
    paymentToken: text('payment_token').$type<Address>().notNull(),
    currencyDecimals: integer('currency_decimals').notNull(),
    settlementWallet: text('settlement_wallet').$type<Address>().notNull(),
    /** Payment minor units for one whole token. */
    unitPrice: uint256('unit_price').notNull(),
    /** Round of the feed that gave the price; null: a fixed price. */
    priceRound: text('price_round'),
    /** Token units, as all below. */
    minTicket: uint256('min_ticket').notNull(),
    maxTicket: uint256('max_ticket').notNull(),
    increment: uint256('increment').notNull(),
    softCap: uint256('soft_cap').notNull(),
    hardCap: uint256('hard_cap').notNull(),
    opensAt: instant('opens_at').notNull(),
    closesAt: instant('closes_at').notNull(),
    settleBy: instant('settle_by').notNull(),
    allocation: text('allocation').$type<AllocationMethod>().notNull(),
    documents: jsonb('documents').$type<{ id: string; sha256: string }[]>().notNull(),
    state: text('state').$type<OfferingState>().notNull().default('DRAFT'),
    approvalId: text('approval_id'),
    allocationApprovalId: text('allocation_approval_id'),
    /** Identifier in the Offering contract. */
    chainOfferingId: text('chain_offering_id').$type<Hex>(),
    /** How often it was opened, closed, called off or settled again: part of the keys, so that what failed can be asked for again. */
    attempts: integer('attempts').notNull().default(0),
    createdBy: text('created_by').notNull(),
    createdAt: createdAt(),
  },
  (table) => [uniqueIndex('offerings_chain_id').on(table.chainOfferingId), index('offerings_instrument').on(table.instrumentId)],
);

export const subscriptions = pgTable(
  'subscriptions',
  {
    id: id(),
    offeringId: text('offering_id')
      .notNull()
      .references(() => offerings.id),
    investorId: text('investor_id').notNull(),
    wallet: text('wallet').$type<Address>().notNull(),
    /** Token units asked for. */
    units: uint256('units').notNull(),
    /** Payment minor units they cost. */
    amount: uint256('amount').notNull(),
    agreement: text('agreement').notNull(),
    signature: text('signature').$type<Hex>(),
    state: text('state').$type<SubscriptionState>().notNull().default('AGREEMENT_SENT'),
    /** Identifier in the Offering contract. */
    orderId: text('order_id').$type<Hex>().notNull(),
    /** The seller's signature over the order. */
    orderSignature: text('order_signature').$type<Hex>(),
    /** Chain time of the payment. */
    fundedAt: instant('funded_at'),
    allocatedUnits: uint256('allocated_units'),
    refunded: uint256('refunded'),
    /** Why units could not be delivered, or money not sent back. */
    held: text('held'),
    /** How often a held order was tried again or sent back. */
    attempts: integer('attempts').notNull().default(0),
    settledTx: text('settled_tx').$type<Hex>(),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('subscriptions_order').on(table.orderId),
    index('subscriptions_offering').on(table.offeringId),
    index('subscriptions_investor').on(table.investorId),
  ],
);
