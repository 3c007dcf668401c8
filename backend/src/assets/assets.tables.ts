import { eq } from 'drizzle-orm';
import { customType, index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { Address } from 'viem';
import { bytes, createdAt, id, instant } from '../platform/database/columns.js';
import type { AssetClass, AssetDetails } from './asset-details.js';
import type { AssetState } from './assets.schema.js';
import type { DocumentRole, DocumentVisibility } from './documents.schema.js';
import type { InstrumentState, InstrumentTerms, RightsType } from './instruments.schema.js';

const businessDate = customType<{ data: string }>({ dataType: () => 'date' });

export const assets = pgTable('assets', {
  id: id(),
  tenantId: text('tenant_id').notNull(),
  name: text('name').notNull(),
  assetClass: text('asset_class').$type<AssetClass>().notNull(),
  /** ISO 3166-1 alpha-2. */
  jurisdiction: text('jurisdiction').notNull(),
  details: jsonb('details').$type<AssetDetails>().notNull(),
  state: text('state').$type<AssetState>().notNull().default('DRAFT'),
  approvalId: text('approval_id'),
  createdBy: text('created_by').notNull(),
  createdAt: createdAt(),
});

/** What investors see: an asset whose token was approved. */
export const offered = eq(assets.state, 'TOKENIZED');

/** Append-only: a new version supersedes, nothing is overwritten. */
export const documents = pgTable(
  'documents',
  {
    id: id(),
    assetId: text('asset_id')
      .notNull()
      .references(() => assets.id),
    role: text('role').$type<DocumentRole>().notNull(),
    title: text('title').notNull(),
    version: integer('version').notNull(),
    mediaType: text('media_type').notNull(),
    /** SHA-256 of the content, 0x-hex; what the token carries on chain. */
    sha256: text('sha256').notNull(),
    content: bytes('content').notNull(),
    visibility: text('visibility').$type<DocumentVisibility>().notNull(),
    /** Last day on which it counts as evidence; null: for good. */
    expiresOn: businessDate('expires_on'),
    createdBy: text('created_by').notNull(),
    createdAt: createdAt(),
  },
  (table) => [uniqueIndex('documents_version').on(table.assetId, table.role, table.version)],
);

export const instruments = pgTable(
  'instruments',
  {
    id: id(),
    tenantId: text('tenant_id').notNull(),
    assetId: text('asset_id')
      .notNull()
      .references(() => assets.id),
    name: text('name').notNull(),
    symbol: text('symbol').notNull(),
    decimals: integer('decimals').notNull(),
    rightsType: text('rights_type').$type<RightsType>().notNull(),
    terms: jsonb('terms').$type<InstrumentTerms>().notNull(),
    /** The evidence that was approved with the terms, and goes on chain. */
    documents: jsonb('documents').$type<{ id: string; role: string; sha256: string }[]>().notNull(),
    state: text('state').$type<InstrumentState>().notNull().default('DRAFT'),
    approvalId: text('approval_id'),
    token: text('token').$type<Address>(),
    registry: text('registry').$type<Address>(),
    compliance: text('compliance').$type<Address>(),
    manager: text('manager').$type<Address>(),
    /** When the deployment was approved: deployments of an issuer take turns in this order. */
    deployingSince: instant('deploying_since'),
    /** How often the deployment was asked for again: part of its keys, so that what failed can go on. */
    attempts: integer('attempts').notNull().default(0),
    createdBy: text('created_by').notNull(),
    createdAt: createdAt(),
    deployedAt: instant('deployed_at'),
  },
  (table) => [uniqueIndex('instruments_token').on(table.token), index('instruments_asset').on(table.assetId)],
);
