import { Logger } from '@nestjs/common';
import { and, asc, eq, getTableColumns, inArray, sql } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import {
  type Address,
  bytesToHex,
  type Hex,
  hexToBytes,
  keccak256,
  type TransactionReceipt,
  TransactionReceiptNotFoundError,
  type TransactionSerializableEIP1559,
} from 'viem';
import { crashPoint } from '../platform/crash-point.js';
import { Database } from '../platform/database/database.js';
import { type IntentState, txAttempt, txIntent, txSender } from './chain.tables.js';
import { ChainClient, type Fees } from './chain-client.js';
import { bumpFees } from './fees.js';
import { Lease } from './lease.js';
import type { Refusal } from './refusal.js';
import type { Reply } from './replies.js';
import type { ChainSettings } from './settings.js';
import { Signer, verifySigned } from './signer.js';

/** Calldata and bytes may be 100 kB an intent: they are read only for what is signed or sent, not on every look. */
type Signed = typeof txAttempt.$inferSelect;
type Attempt = Omit<Signed, 'raw'> & { raw?: Signed['raw'] };
type Intent = Omit<typeof txIntent.$inferSelect, 'data'> & { attempts: Attempt[]; overdue: boolean; stuck: boolean; lookDue: boolean };
type Turn = { held: boolean; moved: boolean; finished: boolean; unsigned?: unknown };
type Mined = { intent: Intent; receipt: TransactionReceipt };
type Ending = Mined & { state: IntentState; reverted: Refusal | null };

const SENDS_AT_A_TIME = 16;
const SIGNATURES_AT_A_TIME = 16;
const LOOKS_BEFORE_HALT = 3;
const NOOP_GAS = 21_000n;

/** Drives the intents of one sender to their end. Everything it knows it reads from the database at the start of a turn, and everything
 *  it does it writes down in the order that makes a crash at any point harmless. */
export class SenderPump {
  private readonly log: Logger;
  readonly lease: Lease;

  constructor(
    private readonly database: Database,
    private readonly client: ChainClient,
    private readonly signer: Signer,
    private readonly settings: ChainSettings,
    readonly address: Address,
  ) {
    this.log = new Logger(`${SenderPump.name} ${address}`);
    this.lease = new Lease(database, settings.chainId, address, settings.leaseMs);
  }

  /** One pass over the open intents: sign, send, look for receipts, finish.
   *  @returns whether the sender is ours, and whether anything moved; then another turn follows at once. And why something could not be
   *           signed: what had its signature is sent and looked for all the same */
  async turn(): Promise<Turn> {
    if (!(await this.lease.hold())) return { held: false, moved: false, finished: false };
    // On a busy machine a turn may take longer than the lease.
    const renewal = setInterval(() => void this.lease.renew().catch(() => {}), this.settings.leaseMs / 4);
    try {
      return { held: true, ...(await this.pass()) };
    } finally {
      clearInterval(renewal);
    }
  }

  private async pass(): Promise<Omit<Turn, 'held'>> {
    const intents = await this.openIntents();
    if (!intents.length) return { moved: false, finished: false };
    const halted = await this.isHalted();
    const { signed, unsigned } = halted ? { signed: 0 } : await this.sign(intents);
    const sent = halted ? 0 : await this.send(intents.filter((intent) => intent.state === 'SIGNED'));
    const looked = await this.look(intents, halted);
    return { moved: signed + sent + looked.changed > 0, finished: looked.finished, unsigned };
  }

  /* SIGN */

  /** Keeps what could be signed, so that a key that answers slowly or only sometimes still gets on; a node waits for the nonces between. */
  private async sign(intents: Intent[]): Promise<{ signed: number; unsigned?: unknown }> {
    const fresh = intents.filter((intent) => intent.state === 'ALLOCATED');
    if (!fresh.length) return { signed: 0 };
    crashPoint('K3');
    const fees = await this.client.suggestFees();
    const signed: Intent[] = [];
    const attempts: Signed[] = [];
    let unsigned: unknown;
    // Well before the lease is over, so that the signatures can be kept; the next turn goes on.
    const enough = performance.now() + this.settings.leaseMs / 4;
    for (let start = 0; start < fresh.length && !unsigned && performance.now() < enough; start += SIGNATURES_AT_A_TIME) {
      const batch = fresh.slice(start, start + SIGNATURES_AT_A_TIME);
      const calldata = await this.calldataOf(batch);
      const outcomes = await Promise.allSettled(batch.map((intent) => this.signAttempt(intent, calldata.get(intent.id), fees)));
      signed.push(...batch.filter((_, index) => outcomes[index]?.status === 'fulfilled'));
      attempts.push(...outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : [])));
      unsigned = outcomes.find((outcome) => outcome.status === 'rejected')?.reason;
    }
    crashPoint('K4');
    if (signed.length) await this.persist(signed, attempts);
    crashPoint('K5');
    return { signed: signed.length, unsigned };
  }

  private async signAttempt(intent: Intent, data: Hex | undefined, fees: Fees): Promise<Signed> {
    if (data === undefined) throw new Error(`Intent ${intent.businessKey} is gone.`);
    const noop = intent.abandonedAt !== null;
    const transaction: TransactionSerializableEIP1559 = {
      type: 'eip1559',
      chainId: intent.chainId,
      nonce: Number(intent.nonce),
      ...(noop ? { to: intent.sender, gas: NOOP_GAS } : { to: intent.target, data, value: intent.value, gas: intent.gas }),
      ...fees,
    };
    const raw = await this.signer.signTransaction(intent.sender, transaction);
    await verifySigned(raw, intent.sender, transaction);
    return {
      intentId: intent.id,
      number: (intent.attempts.at(-1)?.number ?? 0) + 1,
      kind: noop ? 'NOOP' : 'CALL',
      hash: keccak256(raw),
      raw: Buffer.from(hexToBytes(raw)),
      ...fees,
      createdAt: new Date(),
    };
  }

  /** Bytes are kept before they are sent, so that nothing can be on its way that the database does not know. */
  private async persist(intents: Intent[], attempts: Signed[]): Promise<void> {
    await this.lease.fenced(async () => {
      await this.database.query.insert(txAttempt).values(attempts.map(({ createdAt: _, ...attempt }) => attempt));
      await this.setState(intents, 'SIGNED');
    });
    for (const [index, intent] of intents.entries()) {
      const attempt = attempts[index];
      if (attempt) intent.attempts.push(attempt);
      intent.state = 'SIGNED';
    }
  }

  /* SEND */

  /** Sends the latest attempt of each. Every nonce order is fine for a node; the lower ones go first. */
  private async send(intents: Intent[]): Promise<number> {
    let moved = 0;
    for (let start = 0; start < intents.length; start += SENDS_AT_A_TIME) {
      const batch = intents.slice(start, start + SENDS_AT_A_TIME);
      await this.loadBytes(batch);
      const replies = await Promise.all(batch.map((intent) => this.broadcast(intent)));
      crashPoint('K6');
      moved += await this.mark(batch, replies);
      crashPoint('K7');
    }
    return moved;
  }

  private async broadcast(intent: Intent): Promise<Reply> {
    const attempt = intent.attempts.at(-1);
    if (!attempt?.raw) throw new Error(`Intent ${intent.businessKey} is ${intent.state} without bytes.`);
    return this.client.broadcast(bytesToHex(attempt.raw), attempt.hash);
  }

  /** Notes what the node said. Refused bytes stay SIGNED and go out again; unclear replies count as sent until receipts decide. */
  private async mark(intents: Intent[], replies: Reply[]): Promise<number> {
    const textOf = (reply: Reply | undefined): string | null => (reply && 'text' in reply ? reply.text.slice(0, 500) : null);
    const maybe = intents.filter((_, index) => replies[index]?.kind !== 'NOT_SENT');
    await this.lease.fenced(async () => {
      if (maybe.length) await this.setState(maybe, 'SENT', { sentAt: sql`now()` });
      for (const [index, intent] of intents.entries()) {
        const lastError = textOf(replies[index]);
        if (lastError !== intent.lastError) await this.update([intent], { lastError });
      }
    });
    for (const intent of maybe) intent.state = 'SENT';
    for (const [index, intent] of intents.entries()) {
      const reply = replies[index];
      if (reply?.kind !== 'NOT_SENT') continue;
      this.log.warn(`${intent.businessKey} was not taken (${reply.cause}): ${reply.text}`);
      if (reply.cause === 'FEE') await this.replace(intent);
    }
    return maybe.length;
  }

  /** A new attempt on the same nonce with higher fees, persisted like the first; earlier hashes stay watched. */
  private async replace(intent: Intent): Promise<void> {
    const previous = intent.attempts.at(-1);
    const fees = previous && bumpFees(previous, await this.client.suggestFees());
    if (!fees) return;
    const calldata = await this.calldataOf([intent]);
    await this.persist([intent], [await this.signAttempt(intent, calldata.get(intent.id), fees)]);
  }

  /* LOOK */

  private async look(intents: Intent[], halted: boolean): Promise<{ changed: number; finished: boolean }> {
    const sent = intents.filter((intent) => intent.state === 'SENT' || intent.state === 'MINED' || intent.state === 'SIGNED');
    if (!sent.length) return { changed: 0, finished: false };
    // The count before the receipts: a nonce it includes must have its receipt by then.
    const used = BigInt(await this.client.reads.getTransactionCount({ address: this.address, blockTag: 'latest' }));
    const below = sent.filter((intent) => intent.nonce < used);
    const receipts = await Promise.all(below.map((intent) => this.receiptOf(intent)));
    const head = await this.client.reads.getBlockNumber();
    if (receipts.some(Boolean)) crashPoint('K8');
    const final: Mined[] = [];
    const fresh: Mined[] = [];
    for (const [index, intent] of below.entries()) {
      const receipt = receipts[index];
      if (!receipt) await this.missed(intent);
      else if (head - receipt.blockNumber + 1n >= BigInt(this.settings.confirmations)) final.push({ intent, receipt });
      else if (intent.state !== 'MINED' || intent.minedBlockHash !== receipt.blockHash) fresh.push({ intent, receipt });
    }
    await this.noteMined(fresh);
    await this.finish(final);
    const lost = halted
      ? 0
      : await this.nudge(
          sent.filter((intent) => intent.nonce >= used),
          used,
        );
    return { changed: final.length + fresh.length + lost, finished: final.length > 0 };
  }

  private async receiptOf(intent: Intent): Promise<TransactionReceipt | undefined> {
    for (const { hash } of intent.attempts.toReversed()) {
      try {
        return await this.client.reads.getTransactionReceipt({ hash });
      } catch (error) {
        if (!(error instanceof TransactionReceiptNotFoundError)) throw error;
      }
    }
    return undefined;
  }

  private async noteMined(mined: Mined[]): Promise<void> {
    if (!mined.length) return;
    await this.lease.fenced(() =>
      this.noteReceipts(
        mined.map((each) => ({ ...each, state: 'MINED', reverted: null })),
        { misses: 0 },
      ),
    );
  }

  private async finish(mined: Mined[]): Promise<void> {
    if (!mined.length) return;
    const endings = await Promise.all(mined.map((each) => this.endingOf(each)));
    await this.lease.fenced(() => this.noteReceipts(endings, { finalAt: sql`now()` }));
  }

  /** One statement for all of them, each with the block it is in. */
  private async noteReceipts(endings: Ending[], changes: Changes): Promise<void> {
    const rows = endings.map(({ intent, receipt, state, reverted }) => ({
      id: intent.id,
      state,
      hash: receipt.transactionHash,
      block: receipt.blockNumber.toString(),
      block_hash: receipt.blockHash,
      reverted,
    }));
    const ending = (column: string) => sql.raw(`ending.${column}`);
    await this.database.query
      .update(txIntent)
      .set({
        ...changes,
        state: ending('state'),
        minedHash: ending('hash'),
        minedBlock: ending('block'),
        minedBlockHash: ending('block_hash'),
        reverted: ending('reverted'),
        lastError: null,
      })
      .from(
        sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as ending(id text, state text, hash text, block bigint, block_hash text, reverted jsonb)`,
      )
      .where(eq(txIntent.id, ending('id')));
  }

  private async endingOf({ intent, receipt }: Mined): Promise<Ending> {
    const kind = intent.attempts.find((attempt) => attempt.hash === receipt.transactionHash)?.kind;
    if (kind === 'NOOP') return { intent, receipt, state: 'SUPERSEDED', reverted: null };
    if (receipt.status === 'success') return { intent, receipt, state: 'CONFIRMED', reverted: null };
    const data = (await this.calldataOf([intent])).get(intent.id) ?? '0x';
    const call = { from: intent.sender, to: intent.target, data, value: intent.value, gas: intent.gas };
    return { intent, receipt, state: 'REVERTED', reverted: await this.client.explainRevert(call, receipt.blockNumber) };
  }

  /** The nonce is used, but by none of our hashes. Receipts may lag behind the count, so it takes three looks to believe it; then
   *  somebody else uses the key, and nothing may be guessed. */
  private async missed(intent: Intent): Promise<void> {
    if (!intent.lookDue) return;
    const misses = intent.misses + 1;
    const reason = `Nonce ${intent.nonce} of ${this.address} was used by a transaction that is not ours (${intent.businessKey}).`;
    await this.lease.fenced(async () => {
      await this.update([intent], { misses, lastLookAt: sql`now()` });
      if (misses < LOOKS_BEFORE_HALT) return;
      await this.database.query
        .update(txSender)
        .set({ state: 'HALTED', haltReason: reason })
        .where(and(eq(txSender.chainId, this.settings.chainId), eq(txSender.address, this.address)));
    });
    if (misses === LOOKS_BEFORE_HALT) this.log.error(`${reason} The sender is halted.`);
  }

  /** Intents the chain has not mined: what a reorganisation or a node lost goes out again, what is stuck gets a higher fee. */
  private async nudge(intents: Intent[], used: bigint): Promise<number> {
    const lost = intents.filter((intent) => intent.state === 'MINED');
    if (lost.length) {
      this.log.warn(`${lost.length} mined transactions left the chain and are sent again.`);
      await this.lease.fenced(() => this.setState(lost, 'SENT', { minedHash: null, minedBlock: null, minedBlockHash: null }));
      await this.send(lost);
    }
    const abandoned = intents.filter((intent) => intent.abandonedAt && intent.attempts.at(-1)?.kind === 'CALL');
    const stuck = intents.filter(
      (intent) => intent.state === 'SENT' && intent.stuck && intent.nonce === used && !abandoned.includes(intent),
    );
    for (const intent of [...abandoned, ...stuck]) await this.replace(intent);
    const overdue = intents.filter((intent) => intent.state === 'SENT' && intent.overdue && !lost.includes(intent));
    if (overdue.length) await this.send(overdue);
    return lost.length;
  }

  /* ROWS */

  private async openIntents(): Promise<Intent[]> {
    const older = (column: typeof txIntent.sentAt | typeof txIntent.lastLookAt, ms: number) =>
      sql<boolean>`coalesce(${column} < now() - make_interval(secs => ${ms / 1000}), false)`;
    const { data: _data, ...intentColumns } = getTableColumns(txIntent);
    const rows = await this.database.query
      .select({
        intent: intentColumns,
        overdue: older(txIntent.sentAt, this.settings.resendAfterMs),
        lookDue: sql<boolean>`${txIntent.lastLookAt} is null or ${older(txIntent.lastLookAt, this.settings.lookEveryMs)}`,
        stuck: sql<boolean>`coalesce((select max(a.created_at) from ${txAttempt} a where a.intent_id = ${txIntent.id})
          < now() - make_interval(secs => ${this.settings.bumpAfterMs / 1000}), false)`,
      })
      .from(txIntent)
      .where(
        and(
          eq(txIntent.chainId, this.settings.chainId),
          eq(txIntent.sender, this.address),
          inArray(txIntent.state, ['ALLOCATED', 'SIGNED', 'SENT', 'MINED']),
        ),
      )
      .orderBy(asc(txIntent.nonce))
      .limit(this.settings.inFlight);
    if (!rows.length) return [];
    const ids = rows.map(({ intent }) => intent.id);
    const { raw: _raw, ...attemptColumns } = getTableColumns(txAttempt);
    const attempts = await this.database.query
      .select(attemptColumns)
      .from(txAttempt)
      .where(inArray(txAttempt.intentId, ids))
      .orderBy(asc(txAttempt.number));
    const byIntent = new Map<string, Attempt[]>(ids.map((id) => [id, []]));
    for (const attempt of attempts) byIntent.get(attempt.intentId)?.push(attempt);
    return rows.map(({ intent, ...due }) => ({ ...intent, ...due, attempts: byIntent.get(intent.id) ?? [] }));
  }

  private async calldataOf(intents: Intent[]): Promise<Map<string, Hex>> {
    const ids = intents.map((intent) => intent.id);
    const rows = await this.database.query.select({ id: txIntent.id, data: txIntent.data }).from(txIntent).where(inArray(txIntent.id, ids));
    return new Map(rows.map(({ id, data }) => [id, data]));
  }

  /** Reads the bytes of the latest attempts, unless they were signed just now. */
  private async loadBytes(intents: Intent[]): Promise<void> {
    const attempts = intents.flatMap((intent) => intent.attempts.at(-1) ?? []).filter(({ raw }) => !raw);
    if (!attempts.length) return;
    const hashes = attempts.map(({ hash }) => hash);
    const rows = await this.database.query
      .select({ hash: txAttempt.hash, raw: txAttempt.raw })
      .from(txAttempt)
      .where(inArray(txAttempt.hash, hashes));
    const byHash = new Map(rows.map(({ hash, raw }) => [hash, raw]));
    for (const attempt of attempts) Object.assign(attempt, { raw: byHash.get(attempt.hash) });
  }

  private async isHalted(): Promise<boolean> {
    const [row] = await this.database.query
      .select({ state: txSender.state })
      .from(txSender)
      .where(and(eq(txSender.chainId, this.settings.chainId), eq(txSender.address, this.address)));
    return row?.state !== 'ACTIVE';
  }

  private async setState(intents: Intent[], state: IntentState, more: Changes = {}): Promise<void> {
    await this.update(intents, { state, ...more });
  }

  private async update(intents: Intent[], changes: Changes): Promise<void> {
    const ids = intents.map((intent) => intent.id);
    await this.database.query.update(txIntent).set(changes).where(inArray(txIntent.id, ids));
  }
}

type Changes = PgUpdateSetSource<typeof txIntent>;
