import { sql } from 'drizzle-orm';
import { bigint, boolean, check, index, integer, jsonb, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import type { Address, Hex } from 'viem';
import { bytes, createdAt, id, instant, uint256 } from '../platform/database/columns.js';
import type { ContractKind } from './abis.js';
import type { Proof } from './proof/proof.schema.js';
import type { Refusal } from './refusal.js';
import type { SenderRole } from './signer.js';

const address = (name: string) => text(name).$type<Address>();
const hex = (name: string) => text(name).$type<Hex>();
const count = (name: string) => bigint(name, { mode: 'bigint' });

/* TRANSACTION PIPELINE */

export type SenderState = 'ACTIVE' | 'HALTED';
export type IntentState = 'ALLOCATED' | 'SIGNED' | 'SENT' | 'MINED' | 'CONFIRMED' | 'REVERTED' | 'SUPERSEDED';

/** One account that sends. Its row lock serialises nonces; `next_nonce` moves only together with an intent. */
export const txSender = pgTable(
  'tx_sender',
  {
    chainId: integer('chain_id').notNull(),
    address: address('address').notNull(),
    nextNonce: count('next_nonce').notNull(),
    state: text('state').$type<SenderState>().notNull().default('ACTIVE'),
    haltReason: text('halt_reason'),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.chainId, table.address] }),
    check('tx_sender_state', sql`${table.state} in ('ACTIVE', 'HALTED')`),
  ],
);

/** Which process pumps a sender. Apart from `tx_sender`, so that a write that checks its fence never waits for an allocation. */
export const txLease = pgTable(
  'tx_lease',
  {
    chainId: integer('chain_id').notNull(),
    address: address('address').notNull(),
    holder: text('holder').notNull(),
    fence: count('fence').notNull(),
    until: instant('until').notNull(),
  },
  (table) => [primaryKey({ columns: [table.chainId, table.address] })],
);

/** What shall happen on chain, once, under a business key and a nonce of its own. */
export const txIntent = pgTable(
  'tx_intent',
  {
    id: id(),
    businessKey: text('business_key').notNull().unique(),
    chainId: integer('chain_id').notNull(),
    role: text('role').$type<SenderRole>().notNull(),
    sender: address('sender').notNull(),
    nonce: count('nonce').notNull(),
    target: address('target').notNull(),
    data: hex('data').notNull(),
    value: uint256('value').notNull(),
    gas: count('gas').notNull(),
    payloadHash: hex('payload_hash').notNull(),
    decisionId: text('decision_id'),
    state: text('state').$type<IntentState>().notNull().default('ALLOCATED'),
    /** Looks in which the nonce was used but no attempt of ours had a receipt. */
    misses: integer('misses').notNull().default(0),
    lastLookAt: instant('last_look_at'),
    /** What the node said when it last refused the bytes. */
    lastError: text('last_error'),
    /** An operator gives the intent up: its nonce goes to a transfer of nothing to itself. */
    abandonedAt: instant('abandoned_at'),
    minedHash: hex('mined_hash'),
    minedBlock: count('mined_block'),
    minedBlockHash: hex('mined_block_hash'),
    reverted: jsonb('reverted').$type<Refusal>(),
    createdAt: createdAt(),
    /** When the latest attempt was last handed to a node. */
    sentAt: instant('sent_at'),
    finalAt: instant('final_at'),
  },
  (table) => [
    unique('tx_intent_nonce').on(table.chainId, table.sender, table.nonce),
    index('tx_intent_open')
      .on(table.chainId, table.sender, table.nonce)
      .where(sql`${table.state} in ('ALLOCATED', 'SIGNED', 'SENT', 'MINED')`),
    index('tx_intent_recovered').on(table.payloadHash).where(sql`business_key like 'recovered:%'`),
    check('tx_intent_state', sql`${table.state} in ('ALLOCATED', 'SIGNED', 'SENT', 'MINED', 'CONFIRMED', 'REVERTED', 'SUPERSEDED')`),
  ],
);

/** Signed bytes of an intent, kept before they are first sent. Append-only; only these bytes are ever sent again. */
export const txAttempt = pgTable(
  'tx_attempt',
  {
    intentId: text('intent_id')
      .notNull()
      .references(() => txIntent.id),
    number: integer('number').notNull(),
    kind: text('kind').$type<'CALL' | 'NOOP'>().notNull(),
    hash: hex('hash').notNull().unique(),
    raw: bytes('raw').notNull(),
    maxFeePerGas: uint256('max_fee_per_gas').notNull(),
    maxPriorityFeePerGas: uint256('max_priority_fee_per_gas').notNull(),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.intentId, table.number] })],
);

/* THE CHAIN WE FOLLOW */

/** The one chain this database belongs to. */
export const chainPin = pgTable('chain_pin', {
  chainId: integer('chain_id').primaryKey(),
  genesisHash: hex('genesis_hash').notNull(),
});

/** Contracts whose events are projected: the shared infrastructure, and the parts of suites as they are deployed. */
export const chainContract = pgTable('chain_contract', {
  address: address('address').primaryKey(),
  kind: text('kind').$type<ContractKind>().notNull(),
  /** Unique name of a part of the infrastructure; null for parts of suites. */
  name: text('name').unique(),
  /** Token of the suite; null for the infrastructure. */
  token: address('token'),
  /** Identity storage of the suite; set on the token. */
  storage: address('storage'),
  fromBlock: count('from_block').notNull(),
  codeHash: hex('code_hash'),
});

/** Blocks that hold rows, and every block of the window that may still be reorganised. */
export const chainBlock = pgTable('chain_block', {
  number: count('number').primaryKey(),
  hash: hex('hash').notNull(),
  parentHash: hex('parent_hash').notNull(),
  time: instant('time').notNull(),
});

/** How far the projection is; one row, whose lock makes its writer the only one. */
export const chainCursor = pgTable('chain_cursor', {
  id: integer('id').primaryKey(),
  number: count('number').notNull(),
  hash: hex('hash').notNull(),
  /** Why the projection stopped for good, e.g. a reorganisation below finality. */
  halted: text('halted'),
});

/** What the last comparison of the projection with the chain found, and when the next one is due; one row. */
export const chainProof = pgTable('chain_proof', {
  id: integer('id').primaryKey(),
  dueAt: instant('due_at').notNull(),
  block: count('block'),
  proof: jsonb('proof').$type<Proof>(),
});

/** How far a follower of final events is. */
export const chainFollower = pgTable('chain_follower', {
  name: text('name').primaryKey(),
  number: count('number').notNull(),
  logIndex: integer('log_index').notNull(),
});

/* PROJECTION: histories, so that any block can be read and a reorganisation only deletes rows */

const position = { block: count('block').notNull(), logIndex: integer('log_index').notNull() };

/** Every event of a known contract, decoded. Integers in `args` are decimal strings. */
export const chainEvent = pgTable(
  'chain_event',
  {
    txHash: hex('tx_hash').notNull(),
    ...position,
    address: address('address').notNull(),
    kind: text('kind').$type<ContractKind>().notNull(),
    name: text('name').notNull(),
    args: jsonb('args').$type<Record<string, unknown>>().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.txHash, table.logIndex] }),
    unique('chain_event_position').on(table.block, table.logIndex),
    index('chain_event_name').on(table.name, table.address, table.block),
    index('chain_event_args').using('gin', sql`${table.args} jsonb_path_ops`),
  ],
);

/** A wallet's balance of a token after a movement. */
export const holding = pgTable(
  'holding',
  { token: address('token').notNull(), wallet: address('wallet').notNull(), ...position, balance: uint256('balance').notNull() },
  (table) => [primaryKey({ columns: [table.token, table.wallet, table.block, table.logIndex] }), index('holding_block').on(table.block)],
);

/** A token's supply after an issue or a redemption. */
export const supply = pgTable('supply', { token: address('token').notNull(), ...position, total: uint256('total').notNull() }, (table) => [
  primaryKey({ columns: [table.token, table.block, table.logIndex] }),
  index('supply_block').on(table.block),
]);

/** What is frozen of a wallet after a change: the address as a whole, and units of it. */
export const freeze = pgTable(
  'frozen_holding',
  {
    token: address('token').notNull(),
    wallet: address('wallet').notNull(),
    ...position,
    frozen: boolean('frozen').notNull(),
    units: uint256('units').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.token, table.wallet, table.block, table.logIndex] }),
    index('frozen_holding_block').on(table.block),
  ],
);

/** Whose wallet it is in an identity storage, after a change; a null identity means nobody's. */
export const walletLink = pgTable(
  'wallet_link',
  {
    storage: address('storage').notNull(),
    wallet: address('wallet').notNull(),
    ...position,
    identity: address('identity'),
    retired: boolean('retired').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.storage, table.wallet, table.block, table.logIndex] }),
    index('wallet_link_block').on(table.block),
    index('wallet_link_identity').on(table.identity),
  ],
);
