import { sql } from 'drizzle-orm';
import { type Address, type Hex, isAddressEqual, type PublicClient, TransactionNotFoundError } from 'viem';
import { ConfigError } from '../platform/config.js';
import type { Queryable } from '../platform/database/database.js';
import { ANCHORING_ROLE, type Anchor, anchorData, anchorOf } from './audit-anchors.js';

export type AnchorCheck = {
  /** The account that anchors; null when the database knows of none. */
  account: Address | null;
  /** Anchors that the chain holds as they are recorded. */
  agreed: number;
  firstBad: { sequence: number | null; reason: string } | null;
};

type Recorded = Anchor & { operationId: string; state: string | null; nonce: number | null; transaction: Hex | null };

const AT_A_TIME = 50;

/** Compares what is recorded as anchored with the chain, and asks the chain for anchors that are no longer recorded: every nonce that the
 *  account has used since the last anchor must be a transaction that the database knows, and is read.
 *  @param account the one that anchors, as the auditor knows it; default: what the database says
 *  @throws ConfigError when the node serves another chain than the database belongs to */
export async function checkAnchors(database: Queryable, client: PublicClient, account?: Address): Promise<AnchorCheck> {
  await requireSameChain(database, client);
  const by = account ?? (await accountOf(database));
  if (!by) return { account: null, agreed: 0, firstBad: null };
  const used = await client.getTransactionCount({ address: by, blockTag: 'latest' });
  const recorded = await recordedAnchors(database);
  const check = { account: by, agreed: 0 };
  for (let start = 0; start < recorded.length; start += AT_A_TIME) {
    const chunk = recorded.slice(start, start + AT_A_TIME);
    const onChain = await Promise.all(chunk.map(({ transaction }) => read(client, transaction)));
    for (const [index, anchor] of chunk.entries()) {
      const reason = defect(anchor, onChain[index], by);
      if (reason) return { ...check, firstBad: { sequence: anchor.sequence, reason } };
      if (anchor.state === 'CONFIRMED') check.agreed++;
    }
  }
  return { ...check, firstBad: await unrecorded(database, client, by, used, recorded) };
}

function defect({ state, transaction, ...anchor }: Recorded, onChain: Sent | undefined, account: Address): string | undefined {
  if (state === null) return 'the operation that anchored it was deleted';
  if (state !== 'CONFIRMED') return undefined;
  if (!onChain) return `its anchor, transaction ${transaction}, is not on chain`;
  if (!isAddressEqual(onChain.from, account)) return `its anchor, transaction ${transaction}, is of ${onChain.from}, not of ${account}`;
  if (onChain.input !== anchorData(anchor)) return `its anchor, transaction ${transaction}, says something else`;
  return undefined;
}

/** An anchor that the chain holds and the database does not, or a transaction of which the database knows nothing. */
async function unrecorded(database: Queryable, client: PublicClient, account: Address, used: number, recorded: Recorded[]) {
  const confirmed = recorded.filter(({ state }) => state === 'CONFIRMED').map(({ nonce }) => nonce ?? -1);
  const first = confirmed.length ? Math.max(...confirmed) + 1 : await firstNonce(database, account);
  for (let nonce = first; nonce < used; nonce++) {
    const sent = await sentWith(database, client, account, nonce);
    if (!sent) {
      const reason = `transaction ${nonce} of ${account} is on chain and not in the database: rows were deleted, or an old backup was restored`;
      return { sequence: null, reason };
    }
    const anchor = anchorOf(sent.input);
    const known = recorded.some(({ sequence, hash }) => sequence === anchor?.sequence && hash === anchor.hash);
    if (anchor && !known) return { sequence: anchor.sequence, reason: `it was anchored as ${anchor.hash}, and that is no longer recorded` };
  }
  return null;
}

type Sent = { from: Address; input: Hex; nonce: number };

/** The transaction, once it is in a block. */
async function read(client: PublicClient, hash: Hex | null): Promise<Sent | undefined> {
  if (!hash) return undefined;
  const found = await client.getTransaction({ hash }).catch((error: unknown) => {
    if (error instanceof TransactionNotFoundError) return undefined;
    throw error;
  });
  return found && found.blockNumber !== null ? found : undefined;
}

async function sentWith(database: Queryable, client: PublicClient, account: Address, nonce: number): Promise<Sent | undefined> {
  const { rows } = await database.execute<{ hash: Hex }>(sql`select t.hash from tx_attempt t join tx_intent i on i.id = t.intent_id
    where i.sender = ${account} and i.nonce = ${nonce} order by t.number desc`);
  for (const { hash } of rows) {
    const sent = await read(client, hash);
    if (sent && isAddressEqual(sent.from, account) && sent.nonce === nonce) return sent;
  }
  return undefined;
}

async function requireSameChain(database: Queryable, client: PublicClient): Promise<void> {
  const { rows } = await database.execute<{ genesis: Hex }>(sql`select genesis_hash as genesis from chain_pin`);
  const { hash } = await client.getBlock({ blockNumber: 0n });
  if (rows.some(({ genesis }) => genesis !== hash)) throw new ConfigError('The chain at RPC_URL is not the one this database belongs to.');
}

async function accountOf(database: Queryable): Promise<Address | undefined> {
  const { rows } = await database.execute<{ sender: Address }>(
    sql`select sender from tx_intent where role = ${ANCHORING_ROLE} order by created_at desc limit 1`,
  );
  return rows[0]?.sender;
}

async function firstNonce(database: Queryable, account: Address): Promise<number> {
  const { rows } = await database.execute<{ nonce: string }>(
    sql`select coalesce(min(nonce), 0)::text as nonce from tx_intent where sender = ${account}`,
  );
  return Number(rows[0]?.nonce);
}

async function recordedAnchors(database: Queryable): Promise<Recorded[]> {
  const { rows } = await database.execute<Omit<Recorded, 'sequence' | 'nonce'> & { sequence: string; nonce: string | null }>(sql`
    select a.sequence::text as sequence, a.hash, a.operation_id as "operationId", i.state, i.nonce::text as nonce, i.mined_hash as transaction
    from audit_anchors a left join tx_intent i on i.id = a.operation_id order by a.sequence`);
  return rows.map((row) => ({ ...row, sequence: Number(row.sequence), nonce: row.nonce === null ? null : Number(row.nonce) }));
}
