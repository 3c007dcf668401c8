import { Injectable } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import { type Address, type Hex, keccak256, numberToHex, stringToHex, zeroHash } from 'viem';
import { CALENDARS } from '#calendar';
import { feedProxyAbi, quorumFeedAbi, valuationRegistryAbi } from '../../../contracts/generated/abi.js';
import { Instruments } from '../assets/instruments.service.js';
import { Contracts } from '../chain/contracts.js';
import type { Actor } from '../platform/auth/actor.js';
import { Database } from '../platform/database/database.js';
import { Conflict, Invalid, NotFound } from '../platform/problem.js';
import { type FeedPolicy, QUOTE_CURRENCIES } from './valuations.schema.js';
import { instrumentFeeds } from './valuations.tables.js';

/** `source` is what stands behind the proxy now, `tenantId` who issues the instrument. */
export type Feed = typeof instrumentFeeds.$inferSelect & { source: Address; tenantId: string };
export type FeedDescription = Pick<Feed, 'feedProxy' | 'source' | 'feedId' | 'decimals' | 'description'>;
export type SetFeedOnChain = Omit<FeedDescription, 'source'> & Pick<Feed, 'instrumentId' | 'setBy'>;

/** Which feed values an instrument. */
@Injectable()
export class Feeds {
  constructor(
    private readonly database: Database,
    private readonly instruments: Instruments,
    private readonly contracts: Contracts,
  ) {}

  /** @throws NotFound INSTRUMENT_NOT_FOUND, FEED_NOT_SET */
  async of(instrumentId: string, actor: Pick<Actor, 'tenantId'>): Promise<Feed> {
    const { tenantId } = await this.instruments.find(instrumentId, actor);
    const [feed] = await this.database.query.select().from(instrumentFeeds).where(eq(instrumentFeeds.instrumentId, instrumentId));
    if (feed) {
      const source = await this.contracts.read({ address: feed.feedProxy, abi: feedProxyAbi, functionName: 'aggregator' });
      return { ...feed, source, tenantId };
    }
    throw new NotFound('FEED_NOT_SET', {
      detail: 'No feed values this instrument.',
      remedy: `Set one with POST /v1/instruments/${instrumentId}/feed.`,
    });
  }

  /** As `of`, for decisions that only a QuorumFeed takes.
   *  @throws NotFound INSTRUMENT_NOT_FOUND, FEED_NOT_SET · Conflict FEED_SOURCE_FOREIGN */
  async quorumOf(instrumentId: string, actor: Pick<Actor, 'tenantId'>): Promise<Feed> {
    const feed = await this.of(instrumentId, actor);
    if (this.isQuorum(feed)) return feed;
    throw new Conflict('FEED_SOURCE_FOREIGN', {
      detail: `The source behind the feed is ${feed.source}, not this deployment’s QuorumFeed.`,
      remedy: 'Decide at that source: what is decided here would not reach it.',
      extensions: { source: feed.source },
    });
  }

  /** Whether this deployment's QuorumFeed stands behind a feed. */
  isQuorum({ source }: Pick<Feed, 'source'>): boolean {
    return source === this.contracts.address('quorumFeed');
  }

  /** Whether it stands there now, or stood there before the proxy changed its source. */
  async isOrWasQuorum(feed: Pick<Feed, 'source' | 'feedProxy'>): Promise<boolean> {
    if (this.isQuorum(feed)) return true;
    const proxy = { address: feed.feedProxy, abi: feedProxyAbi } as const;
    const phases = await this.contracts.read({ ...proxy, functionName: 'phaseId' });
    const past = Array.from({ length: phases - 1 }, (_, index) =>
      this.contracts.read({ ...proxy, functionName: 'phaseAggregators', args: [index + 1] }),
    );
    return (await Promise.all(past)).some((source) => this.isQuorum({ source }));
  }

  /** What a proxy says of itself, if its source knows the feed, too.
   *  @throws Invalid FEED_UNKNOWN when there is no such proxy at the address */
  async describe(feedProxy: Address): Promise<FeedDescription> {
    const read = <const Name extends 'aggregator' | 'feedId' | 'decimals' | 'description'>(functionName: Name) =>
      this.contracts.read({ address: feedProxy, abi: feedProxyAbi, functionName });
    try {
      const [source, feedId, decimals, description] = await Promise.all([
        read('aggregator'),
        read('feedId'),
        read('decimals'),
        read('description'),
      ]);
      // Every source answers these as QuorumFeed does.
      const known = { address: source, abi: quorumFeedAbi, args: [feedId] } as const;
      const [scale] = await Promise.all([
        this.contracts.read({ ...known, functionName: 'decimalsOf' }),
        this.contracts.read({ ...known, functionName: 'stateOf' }),
      ]);
      if (scale !== decimals) throw new Error(`Its source ${source} has ${scale} decimals.`);
      return { feedProxy, source, feedId, decimals, description };
    } catch (cause) {
      throw new Invalid('FEED_UNKNOWN', {
        detail: `There is no proxy at ${feedProxy} whose source knows its feed.`,
        remedy: 'Name the address of a FeedProxy.',
        cause,
      });
    }
  }

  /** Once the chain values the instrument by it. */
  async set({ instrumentId, feedProxy, feedId, decimals, description, setBy }: SetFeedOnChain): Promise<void> {
    const feed = { feedProxy, feedId, decimals, description, setBy };
    await this.database.query
      .insert(instrumentFeeds)
      .values({ instrumentId, ...feed })
      .onConflictDoUpdate({ target: instrumentFeeds.instrumentId, set: feed });
  }

  /** What makes the ValuationRegistry value a token by a feed. */
  listing(token: Address, feed: Address, policy: FeedPolicy): { to: Address; data: Hex } {
    const { currency, calendar, maxPublishAgeSeconds, maxValuationAgeSeconds, maxBusinessDays } = policy;
    return this.contracts.call(this.contracts.address('valuationRegistry'), {
      abi: valuationRegistryAbi,
      functionName: 'setPolicy',
      args: [
        token,
        {
          feed,
          quote: numberToHex(QUOTE_CURRENCIES[currency], { size: 20 }),
          maxPublishAge: maxPublishAgeSeconds ?? 0,
          maxValuationAge: maxValuationAgeSeconds ?? 0,
          maxBusinessDays: maxBusinessDays ?? 0,
          calendar: calendar === undefined ? zeroHash : calendarId(calendar),
        },
      ],
    });
  }
}

/** How MarketCalendar knows a calendar. */
export function calendarId(name: string): Hex {
  return keccak256(stringToHex(name));
}

/** The name of a calendar that a policy carries; null for none. */
export function calendarName(id: Hex): string | null {
  return id === zeroHash ? null : (CALENDARS.find((name) => calendarId(name) === id) ?? id);
}

/** The ISO 4217 code of a policy's currency, or the token that is one. */
export function currencyName(quote: Address): string {
  const known = Object.entries(QUOTE_CURRENCIES).find(([, number]) => BigInt(quote) === BigInt(number));
  return known?.[0] ?? quote;
}
