import { customType, index, integer, pgTable, text } from 'drizzle-orm/pg-core';
import type { Address, Hex } from 'viem';
import { assets, instruments } from '../assets/assets.tables.js';
import { createdAt, id, uint256 } from '../platform/database/columns.js';

const businessDate = customType<{ data: string }>({ dataType: () => 'date' });

/** Which feed values an instrument. */
export const instrumentFeeds = pgTable('instrument_feeds', {
  instrumentId: text('instrument_id')
    .primaryKey()
    .references(() => instruments.id),
  feedProxy: text('feed_proxy').$type<Address>().notNull(),
  quorumFeed: text('quorum_feed').$type<Address>().notNull(),
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
    createdBy: text('created_by').notNull(),
    createdAt: createdAt(),
  },
  (table) => [index('appraisals_asset').on(table.assetId, table.asOf)],
);
