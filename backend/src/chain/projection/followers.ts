import { Inject, Injectable, Logger } from '@nestjs/common';
import { and, asc, eq, inArray, lte, sql } from 'drizzle-orm';
import { crashPoint } from '../../platform/crash-point.js';
import { Database } from '../../platform/database/database.js';
import { chainBlock, chainEvent, chainFollower } from '../chain.tables.js';
import { ChainSettings } from '../settings.js';
import { Wake } from '../wake.js';
import { type ChainEvent, Projection } from './projection.js';

const EVENTS_AT_A_TIME = 100;
const EVENTS_TOGETHER = 1_000;

type Handler = (event: ChainEvent) => Promise<void>;
type PageHandler = (events: ChainEvent[]) => Promise<void>;
type Follower = { events: string[]; handle: PageHandler; atATime: number };

/** Hands final events to features, each once and in the order of the chain. */
@Injectable()
export class Followers {
  private readonly log = new Logger(Followers.name);
  private readonly followers = new Map<string, Follower>();
  private readonly stopping = new AbortController();
  private loop: Promise<void> | undefined;
  private readonly troubles = new Map<string, string>();

  constructor(
    private readonly database: Database,
    private readonly projection: Projection,
    @Inject(ChainSettings) private readonly settings: ChainSettings,
    private readonly wake: Wake,
  ) {}

  /** Registers a feature, in its constructor or `onModuleInit`. `handle` runs in the SQL transaction that also notes how far the
   *  follower is: its writes happen exactly once. If it throws, the same event comes again later and the follower waits for it.
   *  @param name stable; a new name starts at the first block   @param events event names of the projected contracts */
  follow(name: string, events: string[], handle: Handler): void {
    const each = async (due: ChainEvent[]): Promise<void> => {
      for (const event of due) await handle(event);
    };
    this.register(name, { events, handle: each, atATime: EVENTS_AT_A_TIME });
  }

  /** As `follow`, for events that come by the thousand: `handle` gets them page by page. */
  followPages(name: string, events: string[], handle: PageHandler): void {
    this.register(name, { events, handle, atATime: EVENTS_TOGETHER });
  }

  /** What holds followers up, for the health page. */
  get trouble(): string | undefined {
    return this.troubles.size ? [...this.troubles.values()].join(' ') : undefined;
  }

  start(): void {
    this.loop ??= this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  private register(name: string, follower: Follower): void {
    if (this.followers.has(name)) throw new Error(`The follower ${name} is registered twice.`);
    this.followers.set(name, follower);
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const seen = this.wake.count('projected');
      let moved = false;
      for (const [name, follower] of this.followers) moved = (await this.attempt(name, follower)) || moved;
      if (!moved) await this.wake.wait('projected', seen, 5 * this.settings.pollMs, this.stopping.signal);
    }
  }

  /** One follower's trouble is its own: the others go on. */
  private async attempt(name: string, follower: Follower): Promise<boolean> {
    try {
      const moved = await this.deliver(name, follower);
      this.troubles.delete(name);
      return moved;
    } catch (error) {
      const text = `The follower ${name} waits: ${error instanceof Error ? error.message : String(error)}`;
      if (text !== this.troubles.get(name)) this.log.error(text);
      this.troubles.set(name, text);
      return false;
    }
  }

  private async deliver(name: string, { events, handle, atATime }: Follower): Promise<boolean> {
    await this.database.query.insert(chainFollower).values({ name, number: -1n, logIndex: 0 }).onConflictDoNothing();
    return this.database.transaction(async () => {
      const [at] = await this.database.query
        .select()
        .from(chainFollower)
        .where(eq(chainFollower.name, name))
        .for('update', { skipLocked: true });
      if (!at) return false;
      const final = (await this.projection.height()) - BigInt(this.settings.confirmations - 1);
      const due = await this.database.query
        .select({ event: chainEvent, time: chainBlock.time })
        .from(chainEvent)
        .innerJoin(chainBlock, eq(chainBlock.number, chainEvent.block))
        .where(
          and(
            inArray(chainEvent.name, events),
            lte(chainEvent.block, final),
            sql`(${chainEvent.block}, ${chainEvent.logIndex}) > (${at.number}, ${at.logIndex})`,
          ),
        )
        .orderBy(asc(chainEvent.block), asc(chainEvent.logIndex))
        .limit(atATime);
      const last = due.at(-1)?.event;
      if (!last) return false;
      await handle(due.map(({ event, time }) => ({ ...event, time })));
      crashPoint('K13');
      await this.database.query
        .update(chainFollower)
        .set({ number: last.block, logIndex: last.logIndex })
        .where(eq(chainFollower.name, name));
      return true;
    });
  }
}
