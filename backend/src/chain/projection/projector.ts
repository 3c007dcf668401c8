import { Inject, Injectable, Logger } from '@nestjs/common';
import { desc, eq, gt, lte, min } from 'drizzle-orm';
import { type Address, type Hash, type Hex } from 'viem';
import { crashPoint } from '../../platform/crash-point.js';
import { Database } from '../../platform/database/database.js';
import { chainBlock, chainContract, chainCursor, chainEvent, txSender } from '../chain.tables.js';
import { ChainClient } from '../chain-client.js';
import { jsonValue } from '../refusal.js';
import { ChainSettings } from '../settings.js';
import { Wake } from '../wake.js';
import { type DecodedEvent, decodeLogs, type PlacedLog } from './decode.js';
import { Histories } from './histories.js';
import { KnownContracts } from './known-contracts.js';
import { isComplete, mayHold } from './logs-bloom.js';

/** Blocks that one SQL transaction takes: at most so many of those that are final, fewer where they are full, and of those that may still go. */
const FINAL_PAGE = 2_000n;
const FRESH_PAGE = 64n;
/** Logs of final blocks that are read at a time, so that memory is bounded however full the blocks are. */
const LOGS_AT_A_TIME = 20_000;
const EVENTS_AT_A_TIME = 5_000;
const CURSOR = 1;
const LOCK = 'muniment.projector';

type Cursor = typeof chainCursor.$inferSelect;
type Header = { number: bigint; hash: Hash; parentHash: Hash; timestamp: bigint; logsBloom: Hex };
type Page = { headers: Header[]; logs: PlacedLog[]; end: Header };

/** The chain changed while a page was read, or the node answered from two states: the page is read again. */
class PageTorn extends Error {}

/** Follows the chain block by block and keeps its events and what they mean in PostgreSQL. A page is one SQL transaction under a lock,
 *  so that however many processes run, one of them writes, and what it wrote is whole. */
@Injectable()
export class Projector {
  private readonly log = new Logger(Projector.name);
  private readonly stopping = new AbortController();
  private loop: Promise<void> | undefined;
  /** Head at which nothing was left to do: while it stands, the database is not asked. */
  private settledAt: Hash | undefined;
  private finalPage = FRESH_PAGE / 4n;
  /** What went wrong last, for the health page. */
  trouble: string | undefined;

  constructor(
    private readonly database: Database,
    private readonly client: ChainClient,
    private readonly contracts: KnownContracts,
    @Inject(ChainSettings) private readonly settings: ChainSettings,
    private readonly wake: Wake,
  ) {}

  start(): void {
    this.loop ??= this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  /** Projects until the head is reached. */
  async catchUp(): Promise<void> {
    while (await this.step());
  }

  /** Reads the chain again from its first known block, on top of nothing. */
  async rebuild(): Promise<void> {
    await this.database.transaction(async () => {
      await this.database.lock(LOCK);
      await this.database.query.delete(chainCursor);
    });
    await this.catchUp();
  }

  /** Takes one page forward, or one reorganisation back. @returns whether anything changed */
  async step(): Promise<boolean> {
    const moved = await this.database.transaction(async () => {
      if (!(await this.database.tryLock(LOCK))) return false;
      const head = await this.header({ blockTag: 'latest' });
      const cursor = await this.cursor(head);
      if (!cursor || cursor.halted) return false;
      const canonical = await this.isCanonical(cursor, head);
      if (!canonical) return this.stepBack(cursor, head);
      if (head.number <= cursor.number) return false;
      return this.stepForward(cursor, head);
    });
    if (moved) {
      crashPoint('K10');
      this.wake.signal('projected');
    }
    return moved;
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      // What this process confirms is projected at once.
      const seen = this.wake.count('final');
      let pause = this.settings.pollMs;
      try {
        const head = await this.header({ blockTag: 'latest' });
        if (head.hash !== this.settledAt) {
          if (await this.step()) continue;
          this.settledAt = (await this.isAt(head)) ? head.hash : undefined;
        }
        this.trouble = undefined;
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        if (!(error instanceof PageTorn) && text !== this.trouble) this.log.error(text);
        this.trouble = text;
        pause *= 5;
      }
      await this.wake.wait('final', seen, pause, this.stopping.signal);
    }
  }

  /* FORWARD */

  private async stepForward(cursor: Cursor, head: Header): Promise<boolean> {
    const final = head.number - BigInt(this.settings.finality);
    const known = await this.contracts.all();
    let page = await this.read(cursor, head, final, [...known.keys()]);
    let events = decodeLogs(page.logs, (address) => known.get(address)?.kind);
    // A suite that appears in this page has events in it, too.
    while (await this.contracts.discover(events, known)) {
      page = await this.read(cursor, page.end, final, [...known.keys()]);
      events = decodeLogs(page.logs, (address) => known.get(address)?.kind);
    }
    await this.write(page, events);
    return true;
  }

  private read(cursor: Cursor, head: Header, final: bigint, addresses: Address[]): Promise<Page> {
    return cursor.number < final ? this.readFinal(cursor, final, addresses) : this.readFresh(cursor, head, addresses);
  }

  /** Blocks that cannot go any more: logs by range, headers only where there are logs. */
  private async readFinal(cursor: Cursor, final: bigint, address: Address[]): Promise<Page> {
    const fromBlock = cursor.number + 1n;
    const toBlock = cursor.number + this.finalPage < final ? cursor.number + this.finalPage : final;
    const logs = await this.client.reads.getLogs({ address, fromBlock, toBlock });
    if (logs.length > LOGS_AT_A_TIME && this.finalPage > 1n) {
      this.finalPage /= 2n;
      return this.readFinal(cursor, final, address);
    }
    if (logs.length < LOGS_AT_A_TIME / 4 && this.finalPage < FINAL_PAGE) this.finalPage *= 2n;
    const numbers = new Set([...logs.map((log) => log.blockNumber), toBlock]);
    const headers = await Promise.all([...numbers].map((blockNumber) => this.header({ blockNumber })));
    const end = headers.find((header) => header.number === toBlock);
    if (!end) throw new PageTorn(`Block ${toBlock} is missing.`);
    for (const log of logs) {
      if (!headers.some((header) => header.hash === log.blockHash))
        throw new PageTorn(`A log is of block ${log.blockHash}, which is not in the chain.`);
    }
    return { headers, logs, end };
  }

  /** Blocks that may still be reorganised: each one's parent is checked, logs are asked for by block hash and compared with the header. */
  private async readFresh(cursor: Cursor, head: Header, address: Address[]): Promise<Page> {
    const last = cursor.number + FRESH_PAGE < head.number ? cursor.number + FRESH_PAGE : head.number;
    const numbers = Array.from({ length: Number(last - cursor.number) }, (_, index) => cursor.number + 1n + BigInt(index));
    const headers = await Promise.all(numbers.map((blockNumber) => this.header({ blockNumber })));
    let parent: Hash = cursor.hash;
    for (const header of headers) {
      if (header.parentHash !== parent) throw new PageTorn(`Block ${header.number} does not follow ${parent}.`);
      parent = header.hash;
    }
    const eventful = headers.filter(({ logsBloom }) => mayHold(logsBloom, address));
    const logs = await Promise.all(eventful.map((header) => this.logsOf(header)));
    const end = headers.at(-1);
    if (!end) throw new PageTorn('The page is empty.');
    const ours = new Set<string>(address.map((each) => each.toLowerCase()));
    return { headers, logs: logs.flat().filter((log) => ours.has(log.address.toLowerCase())), end };
  }

  /** All logs of a block, so that its header tells whether the node left any out. */
  private async logsOf({ number, hash, logsBloom }: Header): Promise<PlacedLog[]> {
    const logs = await this.client.reads.getLogs({ blockHash: hash });
    if (isComplete(logsBloom, logs)) return logs;
    throw new Error(`The node left out logs of block ${number} (${hash}): nothing is projected until it gives them all.`);
  }

  private async write({ headers, end }: Page, events: DecodedEvent[]): Promise<void> {
    const { query } = this.database;
    const blocks = headers.map(({ number, hash, parentHash, timestamp }) => ({
      number,
      hash,
      parentHash,
      time: new Date(Number(timestamp) * 1000),
    }));
    await query.insert(chainBlock).values(blocks).onConflictDoNothing();
    for (let start = 0; start < events.length; start += EVENTS_AT_A_TIME) {
      const rows = events.slice(start, start + EVENTS_AT_A_TIME);
      await query.insert(chainEvent).values(rows.map((event) => ({ ...event, args: jsonValue(event.args) as Record<string, unknown> })));
    }
    if (events.length) crashPoint('K9');
    await new Histories(this.database).apply(events);
    await query.update(chainCursor).set({ number: end.number, hash: end.hash }).where(eq(chainCursor.id, CURSOR));
  }

  /* BACK */

  /** Whether the chain still holds what was projected last. A node whose head is below the cursor is only slow, unless the block it
   *  shows differs from the one we know at that height. */
  private async isCanonical(cursor: Cursor, head: Header): Promise<boolean> {
    if (head.number >= cursor.number) return (await this.header({ blockNumber: cursor.number })).hash === cursor.hash;
    const [known] = await this.database.query.select().from(chainBlock).where(eq(chainBlock.number, head.number));
    return known === undefined || known.hash === head.hash;
  }

  /** Beyond finality nothing is undone, and nobody sends any more: what the database knows is no ground to act on. */
  private async stepBack(cursor: Cursor, head: Header): Promise<boolean> {
    const deepest = cursor.number - BigInt(this.settings.finality);
    const ancestor = await this.ancestor(cursor, head);
    if (!ancestor || ancestor.number < deepest) {
      const halted = `The chain was reorganised below block ${deepest}, which counted as final. Nothing is undone; an operator decides.`;
      this.log.error(halted);
      await this.database.query.update(chainCursor).set({ halted }).where(eq(chainCursor.id, CURSOR));
      await this.database.query.update(txSender).set({ state: 'HALTED', haltReason: halted }).where(eq(txSender.state, 'ACTIVE'));
      return false;
    }
    this.log.warn(`The chain was reorganised: back from block ${cursor.number} to ${ancestor.number}.`);
    await this.deleteAbove(ancestor.number);
    await this.database.query.update(chainCursor).set({ number: ancestor.number, hash: ancestor.hash }).where(eq(chainCursor.id, CURSOR));
    return true;
  }

  /** The highest block we know that the chain still has. */
  private async ancestor(cursor: Cursor, head: Header): Promise<typeof chainBlock.$inferSelect | undefined> {
    const below = head.number < cursor.number ? head.number : cursor.number;
    const candidates = await this.database.query
      .select()
      .from(chainBlock)
      .where(lte(chainBlock.number, below))
      .orderBy(desc(chainBlock.number))
      .limit(this.settings.finality + 2);
    for (const candidate of candidates) {
      const { hash } = await this.header({ blockNumber: candidate.number });
      if (hash === candidate.hash) return candidate;
    }
    return undefined;
  }

  private async deleteAbove(block: bigint): Promise<void> {
    await Histories.undo(this.database, block);
    await this.database.query.delete(chainEvent).where(gt(chainEvent.block, block));
    await this.database.query.delete(chainBlock).where(gt(chainBlock.number, block));
    await this.contracts.forgetAbove(block);
  }

  /* POSITION */

  /** The cursor. Without one everything is read anew, from just below the oldest known contract, or else from the head. */
  private async cursor(head: Header): Promise<Cursor | undefined> {
    const [found] = await this.database.query.select().from(chainCursor).for('update');
    if (found) return found;
    const [oldest] = await this.database.query.select({ block: min(chainContract.fromBlock) }).from(chainContract);
    await this.deleteAbove(-1n);
    const below = oldest?.block ? BigInt(oldest.block) - 1n : head.number;
    const { number, hash, parentHash, timestamp } = await this.header({ blockNumber: below > 0n ? below : 0n });
    await this.database.query.insert(chainBlock).values({ number, hash, parentHash, time: new Date(Number(timestamp) * 1000) });
    const [row] = await this.database.query.insert(chainCursor).values({ id: CURSOR, number, hash }).returning();
    return row;
  }

  private async isAt(head: Header): Promise<boolean> {
    const [cursor] = await this.database.query.select({ hash: chainCursor.hash }).from(chainCursor);
    return cursor?.hash === head.hash;
  }

  private async header(at: { blockNumber: bigint } | { blockTag: 'latest' }): Promise<Header> {
    return this.client.reads.getBlock(at);
  }
}
