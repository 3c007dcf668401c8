import { and, asc, eq, gte, inArray, lt, sql } from 'drizzle-orm';
import {
  type Address,
  getAddress,
  type Hash,
  type Hex,
  hexToBytes,
  isAddressEqual,
  keccak256,
  type PublicClient,
  serializeTransaction,
  type Transaction,
} from 'viem';
import type { Queryable } from '../platform/database/database.js';
import { uuidv7 } from '../platform/ids.js';
import { txAttempt, txIntent, txSender } from './chain.tables.js';
import { payloadHashOf } from './payload.js';
import { SENDER_ROLES, type SenderRole, type Signer } from './signer.js';

/** Begins the business key of what the chain did and the database has forgotten, until it is asked for again. */
const RECOVERED = 'recovered:';
/** As the index `tx_intent_recovered` has it. */
const isRecovered = sql.raw(`business_key like '${RECOVERED}%'`);

export type Recovered = { address: Address; role: SenderRole; recovered: number; rejoined: number };

/** Makes a database that was restored from a backup know every transaction that its accounts have sent since: those of its own open
 *  intents go on with the hash that was mined, the others become final operations that wait to be asked for again (`adopt`). Then the
 *  senders send again. All of it in the SQL transaction of the caller, or nothing.
 *  @throws Error with one sentence when a nonce was used for something else than the database says: then somebody else has the key */
export async function recover(query: Queryable, client: PublicClient, chainId: number, signer: Signer): Promise<Recovered[]> {
  const results: Recovered[] = [];
  for (const role of SENDER_ROLES) {
    const address = signer.addressOf(role);
    if (results.some((done) => done.address === address)) continue;
    const [sender] = await query
      .select()
      .from(txSender)
      .where(and(eq(txSender.chainId, chainId), eq(txSender.address, address)))
      .for('update');
    if (!sender) continue;
    const head = await client.getBlockNumber();
    const used = await client.getTransactionCount({ address, blockNumber: head });
    const from = await firstDoubtful(query, chainId, address, Number(sender.nextNonce));
    const result: Recovered = { address, role, recovered: 0, rejoined: 0 };
    for (const transaction of await sentSince(client, address, from, used, head)) {
      const joined = await rejoin(query, chainId, transaction);
      if (joined === undefined) await keep(query, chainId, role, transaction);
      result[joined === undefined ? 'recovered' : 'rejoined'] += joined === false ? 0 : 1;
    }
    const nextNonce = BigInt(Math.max(used, Number(sender.nextNonce)));
    await query
      .update(txSender)
      .set({ nextNonce, state: 'ACTIVE', haltReason: null })
      .where(and(eq(txSender.chainId, chainId), eq(txSender.address, address)));
    if (used > sender.nextNonce || result.rejoined) results.push(result);
  }
  return results;
}

/** A recovered operation that did exactly what is asked for now, if it was decided before the backup was restored: it becomes the
 *  operation of this business key, so that nothing is done again. A decision that is younger than the recovery is a new one. */
export async function adopt(query: Queryable, businessKey: string, role: SenderRole, payloadHash: Hex, decisionId?: string) {
  const [recovered] = await query
    .select()
    .from(txIntent)
    .where(and(eq(txIntent.payloadHash, payloadHash), eq(txIntent.role, role), isRecovered))
    .orderBy(asc(txIntent.nonce))
    .limit(1)
    .for('update');
  if (!recovered || latestBirth(`${businessKey} ${decisionId ?? ''}`) > recovered.createdAt.getTime()) return undefined;
  const [adopted] = await query
    .update(txIntent)
    .set({ businessKey, decisionId: decisionId ?? null })
    .where(eq(txIntent.id, recovered.id))
    .returning();
  return adopted;
}

/** Unix milliseconds of the youngest UUIDv7 in a text. */
function latestBirth(text: string): number {
  const ids = text.match(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g) ?? [];
  return Math.max(0, ...ids.map((id) => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)));
}

/** The lowest nonce of which the database does not know what the chain made of it. */
async function firstDoubtful(query: Queryable, chainId: number, address: Address, next: number): Promise<number> {
  const [row] = await query
    .select({ nonce: sql<string | null>`min(${txIntent.nonce})` })
    .from(txIntent)
    .where(
      and(
        eq(txIntent.chainId, chainId),
        eq(txIntent.sender, address),
        inArray(txIntent.state, ['ALLOCATED', 'SIGNED', 'SENT', 'MINED']),
        gte(txIntent.nonce, 0n),
        lt(txIntent.nonce, BigInt(next)),
      ),
    );
  return row?.nonce == null ? next : Number(row.nonce);
}

/** Transactions of an account with nonces from `from` up to `used`: the blocks in which its count rises are found by halving. */
async function sentSince(client: PublicClient, address: Address, from: number, used: number, head: bigint): Promise<Transaction[]> {
  const blocks: bigint[] = [];
  const countAt = (blockNumber: bigint): Promise<number> => client.getTransactionCount({ address, blockNumber });
  const search = async (low: bigint, lowCount: number, high: bigint, highCount: number): Promise<void> => {
    if (highCount <= from || lowCount === highCount) return;
    if (high - low === 1n) return void blocks.push(high);
    const middle = (low + high) / 2n;
    const count = await countAt(middle);
    await search(low, lowCount, middle, count);
    await search(middle, count, high, highCount);
  };
  if (used > from) await search(0n, await countAt(0n), head, used);
  const found: Transaction[] = [];
  for (const blockNumber of blocks) {
    const { transactions } = await client.getBlock({ blockNumber, includeTransactions: true });
    for (const transaction of transactions) {
      if (!isAddressEqual(transaction.from, address) || transaction.nonce < from) continue;
      // Nodes write addresses in small letters, the database with their checksum.
      found.push({ ...transaction, from: address, to: transaction.to && getAddress(transaction.to) });
    }
  }
  return found;
}

/** Gives an open intent the attempt that was mined for its nonce, if it lost it.
 *  @returns undefined when the database has no intent with this nonce, false when it knows this hash */
async function rejoin(query: Queryable, chainId: number, transaction: Transaction): Promise<boolean | undefined> {
  const [intent] = await query
    .select()
    .from(txIntent)
    .where(and(eq(txIntent.chainId, chainId), eq(txIntent.sender, transaction.from), eq(txIntent.nonce, BigInt(transaction.nonce))));
  if (!intent) return undefined;
  const attempts = await query.select().from(txAttempt).where(eq(txAttempt.intentId, intent.id)).orderBy(asc(txAttempt.number));
  if (attempts.some(({ hash }) => hash === transaction.hash)) return false;
  const same = transaction.to !== null && isAddressEqual(transaction.to, intent.target) && transaction.input === intent.data;
  const noop = transaction.to !== null && isAddressEqual(transaction.to, intent.sender) && transaction.input === '0x';
  if (!(same && transaction.value === intent.value) && !noop) {
    throw new Error(
      `Nonce ${transaction.nonce} of ${transaction.from} was used by ${transaction.hash}, which is not ${intent.businessKey}.`,
    );
  }
  const number = (attempts.at(-1)?.number ?? 0) + 1;
  await query.insert(txAttempt).values({ intentId: intent.id, number, kind: same ? 'CALL' : 'NOOP', ...bytesOf(transaction) });
  await query.update(txIntent).set({ state: 'SENT', misses: 0, sentAt: sql`now()` }).where(eq(txIntent.id, intent.id));
  return true;
}

async function keep(query: Queryable, chainId: number, role: SenderRole, transaction: Transaction): Promise<void> {
  if (!transaction.to) throw new Error(`The transaction ${transaction.hash} deploys a contract, which this service never does.`);
  const call = { from: transaction.from, to: transaction.to, data: transaction.input, value: transaction.value };
  const id = uuidv7();
  await query.insert(txIntent).values({
    id,
    businessKey: `${RECOVERED}${transaction.hash}`,
    chainId,
    role,
    sender: transaction.from,
    nonce: BigInt(transaction.nonce),
    target: transaction.to,
    data: transaction.input,
    value: transaction.value,
    gas: transaction.gas,
    payloadHash: payloadHashOf(chainId, call),
    state: 'SENT',
    sentAt: sql`now()`,
  });
  await query.insert(txAttempt).values({ intentId: id, number: 1, kind: 'CALL', ...bytesOf(transaction) });
}

/** The signed bytes, put together again; what they hash to says whether they are the same. */
function bytesOf(transaction: Transaction): { hash: Hash; raw: Buffer; maxFeePerGas: bigint; maxPriorityFeePerGas: bigint } {
  const { hash, type, chainId, nonce, to, input: data, value, gas, r, s, yParity } = transaction;
  const { maxFeePerGas, maxPriorityFeePerGas } = transaction;
  if (type !== 'eip1559' || chainId === undefined || maxFeePerGas === undefined || maxPriorityFeePerGas === undefined) {
    throw new Error(`The transaction ${hash} is not of the kind that this service sends.`);
  }
  const raw = serializeTransaction(
    { type, chainId, nonce, to, data, value, gas, maxFeePerGas, maxPriorityFeePerGas, accessList: transaction.accessList ?? [] },
    { r, s, yParity },
  );
  if (keccak256(raw) !== hash) throw new Error(`The bytes of ${hash} could not be put together again.`);
  return { hash, raw: Buffer.from(hexToBytes(raw)), maxFeePerGas, maxPriorityFeePerGas };
}
