import { type BeforeApplicationShutdown, Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { eq, sql } from 'drizzle-orm';
import { type Address, createPublicClient, http, isAddressEqual, type PublicClient } from 'viem';
import { Background } from '../../platform/background.js';
import { Database } from '../../platform/database/database.js';
import { NotFound, Unavailable } from '../../platform/problem.js';
import { chainProof } from '../chain.tables.js';
import { ChainClient } from '../chain-client.js';
import { ChainSettings } from '../settings.js';
import { type Compared, compare, heldAgainst, type Owed, owedFor } from './chain-side.js';
import { auditHead, counters, operations } from './numbers.js';
import type { Difference, Invariants, Proof, TokenProof } from './proof.schema.js';
import { type Pinned, pinnedBlock, type Register, registerHash, registers } from './register.js';

const PROOF = 1;
const LOOK_EVERY_MS = 5_000;
/** A result that is older is not relied on. */
const STALE_MS = 10 * 60_000;
const DIFFERENCES_SHOWN = 100;

/** What a feature compares of its own rows, in the same snapshot of the database: for a token, how many things it looked at and what
 *  differs. */
export type FurtherCheck = (token: Address) => Promise<{ compared: number; differences: Difference[] }>;

/** Compares, again and again and in one of the processes, what the database says of every token with what the chain says at the same
 *  final block, and publishes the result. A difference turns the health red and holds payments of that token back. */
@Injectable()
export class Reconciliation implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger(Reconciliation.name);
  private readonly further: FurtherCheck[] = [];
  private readonly witness: PublicClient | undefined;
  private checking: Promise<Proof> | undefined;
  private readonly loop = new Background(
    () => this.checkIfDue(),
    LOOK_EVERY_MS,
    (error) => this.log.warn({ err: error }, 'The register could not be compared with the chain; it is tried again.'),
  );

  constructor(
    private readonly database: Database,
    private readonly client: ChainClient,
    @Inject(ChainSettings) private readonly settings: ChainSettings,
  ) {
    const { witnessUrl } = settings;
    if (witnessUrl)
      this.witness = createPublicClient({ chain: client.chain, cacheTime: 0, transport: http(witnessUrl, { timeout: 10_000 }) });
  }

  onApplicationBootstrap(): void {
    if (this.settings.rpcUrl) this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  /** Lets a feature's rows be compared, too; in its constructor. */
  add(check: FurtherCheck): void {
    this.further.push(check);
  }

  /** @throws NotFound PROOF_NOT_FOUND before the first comparison */
  async latest(): Promise<Proof> {
    const last = await this.last();
    if (!last) throw new NotFound('PROOF_NOT_FOUND', 'The register was not compared with the chain yet.');
    return last.proof;
  }

  /** Whether money may move on what the database says of a token: compares now when the last comparison is old.
   *  @throws Unavailable RECONCILIATION_DIFFERS until the difference is gone; a workflow step waits for it */
  async requireAgreement(token: Address): Promise<void> {
    const last = await this.last();
    // What differed may be cured by now.
    const usable = last && last.ageMs <= (reasonToStop(last.proof, token) ? LOOK_EVERY_MS : STALE_MS);
    const reason = reasonToStop(usable ? last.proof : await this.checkTogether(), token);
    if (!reason) return;
    throw new Unavailable('RECONCILIATION_DIFFERS', {
      detail: reason,
      remedy:
        'Nothing is paid until GET /v1/proof agrees again; an operator finds out which side is wrong (rebuild the projection if it is ours).',
    });
  }

  /** What is wrong, for the health page. */
  async troubles(): Promise<string[]> {
    const last = await this.last();
    if (!last) return [];
    const { proof, ageMs } = last;
    return [
      ...(proof.status === 'DIFFERS' ? [`The register differs from the chain at block ${proof.block.number}: see /v1/proof.`] : []),
      ...(proof.witness === 'DISAGREES' ? [`The second node has another block ${proof.block.number} than the first.`] : []),
      ...(ageMs > STALE_MS ? [`The register was last compared with the chain at ${proof.checkedAt}.`] : []),
    ];
  }

  /** Many batches of a payment ask at once. */
  private checkTogether(): Promise<Proof> {
    this.checking ??= this.check().finally(() => (this.checking = undefined));
    return this.checking;
  }

  /** Compares now, and keeps the result.
   *  @throws Unavailable PROOF_UNAVAILABLE when the projection stands still or the chain moves too fast to be read */
  async check(): Promise<Proof> {
    const ours = await this.database.transaction(async () => {
      const { query } = this.database;
      await query.execute(sql`set transaction isolation level repeatable read, read only`);
      const pinned = await pinnedBlock(query, this.settings.confirmations);
      if (!pinned) throw new Unavailable('PROOF_UNAVAILABLE', 'The projection stands still, so there is nothing to compare.');
      const all = await registers(query, pinned.number);
      return {
        pinned,
        all: await Promise.all(all.map(async (register) => ({ register, further: await this.furtherOf(register.token) }))),
        operations: await operations(query),
        counters: await counters(query),
        audit: await auditHead(query),
        at: await query.execute<{ now: Date }>(sql`select now()`),
      };
    });
    const { pinned } = ours;
    const block = await this.require(pinned);
    const tokens: TokenProof[] = [];
    const owed: Owed[] = [];
    const total = { compared: 0, differing: 0, distributions: 0, unequal: 0 };
    for (const { register, further } of ours.all) {
      const found = await compare(this.client.reads, register, pinned.number);
      owed.push(...(await owedFor(this.client.reads, register.paid, pinned.number)));
      tokens.push(tokenProof(register, found, further.differences));
      total.compared += found.values;
      total.differing += found.differences.length;
      total.distributions += further.compared;
      total.unequal += further.differences.length;
    }
    const money = await heldAgainst(this.client.reads, owed, pinned.number);
    const used = await Promise.all(
      ours.counters.map(({ address }) => this.client.reads.getTransactionCount({ address, blockNumber: pinned.number })),
    );
    await this.require(pinned);
    const { waiting, ...audit } = ours.audit;
    const invariants: Invariants = {
      I1: { ...pick(ours.operations), doubled: ours.operations.doubled },
      I2: { unknown: sum(ours.counters.map(({ next }, index) => Math.max(0, (used[index] ?? 0) - next))) },
      I3: {
        senders: ours.counters.length,
        gaps: ours.operations.gaps,
        unsent: sum(ours.counters.map(({ next }, index) => Math.max(0, next - (used[index] ?? 0)))),
      },
      I4: { compared: total.compared, differing: total.differing },
      I5: { distributions: total.distributions, differing: total.unequal },
      I6: money,
      I7: {
        linked: audit.sequence,
        waiting,
        anchored: audit.anchor?.sequence ?? 0,
        missing: Math.max(0, (audit.anchor?.sequence ?? 0) - audit.sequence),
      },
    };
    const proof: Proof = {
      status: agree(invariants) ? 'AGREES' : 'DIFFERS',
      checkedAt: new Date(ours.at.rows[0]?.now ?? 0).toISOString(),
      chainId: this.settings.chainId,
      block: { number: pinned.number.toString(), hash: pinned.hash, stateRoot: block.stateRoot },
      witness: await this.askWitness(pinned),
      tokens,
      audit,
      invariants,
    };
    await this.keep(proof, pinned);
    if (proof.status === 'DIFFERS') this.log.error(`The register differs from the chain at block ${pinned.number}: see /v1/proof.`);
    return proof;
  }

  private async furtherOf(token: Address): Promise<{ compared: number; differences: Difference[] }> {
    const found = { compared: 0, differences: [] as Difference[] };
    for (const check of this.further) {
      const { compared, differences } = await check(token);
      found.compared += compared;
      found.differences.push(...differences);
    }
    return found;
  }

  /** Whoever pushes the due time forward does it; the others find it in the future. */
  private async checkIfDue(): Promise<void> {
    const dueAt = sql`now() + make_interval(secs => ${this.settings.reconcileMs / 1_000})`;
    const claimed = await this.database.query
      .insert(chainProof)
      .values({ id: PROOF, dueAt })
      .onConflictDoUpdate({ target: chainProof.id, set: { dueAt }, setWhere: sql`${chainProof.dueAt} <= now()` })
      .returning({ id: chainProof.id });
    if (claimed.length) await this.check();
  }

  /** The age is the database's opinion, for clocks of processes differ. */
  private async last(): Promise<{ proof: Proof; ageMs: number } | undefined> {
    const ageMs = sql<number>`(extract(epoch from now() - (${chainProof.proof} ->> 'checkedAt')::timestamptz) * 1000)::float8`;
    const [row] = await this.database.query.select({ proof: chainProof.proof, ageMs }).from(chainProof).where(eq(chainProof.id, PROOF));
    return row?.proof ? { proof: row.proof, ageMs: row.ageMs } : undefined;
  }

  /** A slower process does not write over what a faster one has seen at a later block. */
  private async keep(proof: Proof, { number }: Pinned): Promise<void> {
    const values = { block: number, proof };
    await this.database.query
      .insert(chainProof)
      .values({ id: PROOF, dueAt: sql`now()`, ...values })
      .onConflictDoUpdate({ target: chainProof.id, set: values, setWhere: sql`coalesce(${chainProof.block}, -1) <= ${number}` });
  }

  /** @throws Unavailable when the chain has another block there than the one that was projected */
  private async require({ number, hash }: Pinned): Promise<{ stateRoot: string }> {
    const block = await this.client.reads.getBlock({ blockNumber: number });
    if (block.hash === hash) return block;
    throw new Unavailable('PROOF_UNAVAILABLE', `The chain has another block ${number} than the one that was projected.`);
  }

  private async askWitness({ number, hash }: Pinned): Promise<Proof['witness']> {
    if (!this.witness) return null;
    try {
      if ((await this.witness.getBlockNumber()) < number) return 'BEHIND';
      return (await this.witness.getBlock({ blockNumber: number })).hash === hash ? 'AGREES' : 'DISAGREES';
    } catch {
      return 'SILENT';
    }
  }
}

function tokenProof(register: Register, found: Compared, further: Difference[]): TokenProof {
  const differences = [...found.differences, ...further];
  return {
    token: register.token,
    supply: found.supply.toString(),
    wallets: register.wallets.length,
    holders: register.wallets.filter(({ balance }) => balance > 0n).length,
    registerHash: registerHash(register.wallets),
    distributions: register.paid.length,
    differences: differences.slice(0, DIFFERENCES_SHOWN),
    differing: differences.length,
  };
}

function agree({ I1, I2, I3, I4, I5, I6, I7 }: Invariants): boolean {
  const zeros = [I1.doubled, I2.unknown, I3.gaps, I4.differing, I5.differing, I7.missing];
  return zeros.every((value) => value === 0) && I6.every(({ short }) => short === '0');
}

function reasonToStop(proof: Proof, token: Address): string | undefined {
  if (proof.witness === 'DISAGREES') return `Two nodes disagree about block ${proof.block.number}.`;
  const found = proof.tokens.find((each) => isAddressEqual(each.token as Address, token));
  if (!found) return `The token ${token} is not in the register at block ${proof.block.number}.`;
  const [first] = found.differences;
  if (!first) return undefined;
  const of = first.subject ? ` of ${first.subject}` : '';
  return `The register of ${token} differs from the chain in ${found.differing} values, first ${first.what}${of}: ${first.projected} here, ${first.chain} there.`;
}

const pick = ({ decided, final, open }: { decided: number; final: number; open: number }) => ({ decided, final, open });
const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
