import { sql } from 'drizzle-orm';
import { type AnyPgColumn, customType, index, integer, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import type { Address, Hex } from 'viem';
import { assets, instruments } from '../assets/assets.tables.js';
import { bytes, createdAt, id, uint256 } from '../platform/database/columns.js';
import type { FeedDecisionKind, FeedDecisionState } from './feed-decisions.schema.js';

const businessDate = customType<{ data: string }>({ dataType: () => 'date' });

/** Which feed values an instrument; how old its value may be stands in the ValuationRegistry. */
export const instrumentFeeds = pgTable('instrument_feeds', {
  instrumentId: text('instrument_id')
    .primaryKey()
    .references(() => instruments.id),
  feedProxy: text('feed_proxy').$type<Address>().notNull(),
  feedId: text('feed_id').$type<Hex>().notNull(),
  decimals: integer('decimals').notNull(),
  description: text('description').notNull(),
  setBy: text('set_by').notNull(),
  createdAt: createdAt(),
});

/** Appraisals of real things, each resting on a document. */
export const appraisals = pgTable(
  'appraisals',
  {
    id: id(),
    assetId: text('asset_id')
      .notNull()
      .references(() => assets.id),
    /** Minor units (two decimals) of `currency`. */
    value: uint256('value').notNull(),
    currency: text('currency').notNull(),
    asOf: businessDate('as_of').notNull(),
    method: text('method').notNull(),
    documentId: text('document_id').notNull(),
    /** The appraisal that this one restates; a chain of corrections does not fork. */
    correctsId: text('corrects_id')
      .unique()
      .references((): AnyPgColumn => appraisals.id),
    createdBy: text('created_by').notNull(),
    createdAt: createdAt(),
  },
  (table) => [index('appraisals_asset').on(table.assetId, table.asOf)],
);

/** What was decided about a feed, by whom and why, and what became of it on chain. */
export const feedDecisions = pgTable(
  'feed_decisions',
  {
    id: id(),
    tenantId: text('tenant_id').notNull(),
    instrumentId: text('instrument_id')
      .notNull()
      .references(() => instruments.id),
    feedId: text('feed_id').$type<Hex>().notNull(),
    kind: text('kind').$type<FeedDecisionKind>().notNull(),
    /** Null unless it is about one round. */
    round: integer('round'),
    reason: text('reason').notNull(),
    documentId: text('document_id'),
    /** SHA-256 of the document; the reason hash of an invalidation. */
    documentHash: text('document_hash').$type<Hex>(),
    state: text('state').$type<FeedDecisionState>().notNull(),
    failure: text('failure'),
    requestedBy: text('requested_by').notNull(),
    approvalId: text('approval_id'),
    createdAt: createdAt(),
  },
  (table) => [
    index('feed_decisions_instrument').on(table.instrumentId, table.id),
    index('feed_decisions_sent').on(table.feedId).where(sql`state = 'SENT'`),
  ],
);

/** A restated value: the round that replaces an earlier one, and the document that says why. */
export const valuationCorrections = pgTable(
  'valuation_corrections',
  {
    id: id(),
    instrumentId: text('instrument_id')
      .notNull()
      .references(() => instruments.id),
    feedId: text('feed_id').$type<Hex>().notNull(),
    round: integer('round').notNull(),
    correctsRound: integer('corrects_round').notNull(),
    reason: text('reason').notNull(),
    documentId: text('document_id').notNull(),
    documentHash: text('document_hash').$type<Hex>().notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    unique('valuation_corrections_round').on(table.instrumentId, table.feedId, table.round),
    unique('valuation_corrections_corrected').on(table.instrumentId, table.feedId, table.correctsRound),
  ],
);

/** Source records on which rounds rest, by their keccak256: the `evidenceRoot` that the signers signed. Never overwritten. */
export const valuationEvidence = pgTable(
  'valuation_evidence',
  {
    instrumentId: text('instrument_id')
      .notNull()
      .references(() => instruments.id),
    hash: text('hash').$type<Hex>().notNull(),
    content: bytes('content').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.instrumentId, table.hash] })],
);
