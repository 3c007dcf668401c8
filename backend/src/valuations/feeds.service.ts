import { Injectable } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import { type Address, type Hex, keccak256, numberToHex, stringToHex, zeroHash } from 'viem';
import { CALENDARS } from '#calendar';
import { feedProxyAbi, valuationRegistryAbi } from '../../../contracts/generated/abi.js';
import { Instruments } from '../assets/instruments.service.js';
import { Contracts } from '../chain/contracts.js';
import type { Actor } from '../platform/auth/actor.js';
import { Database } from '../platform/database/database.js';
import { Invalid, NotFound } from '../platform/problem.js';
import { type FeedPolicy, QUOTE_CURRENCIES } from './valuations.schema.js';
import { instrumentFeeds } from './valuations.tables.js';

export type Feed = typeof instrumentFeeds.$inferSelect;
export type FeedDescription = Pick<Feed, 'feedProxy' | 'quorumFeed' | 'feedId' | 'decimals' | 'description'>;

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
    await this.instruments.find(instrumentId, actor);
    const [feed] = await this.database.query.select().from(instrumentFeeds).where(eq(instrumentFeeds.instrumentId, instrumentId));
    if (feed) return feed;
    throw new NotFound('FEED_NOT_SET', {
      detail: 'No feed values this instrument.',
      remedy: `Set one with POST /v1/instruments/${instrumentId}/feed.`,
    });
  }

  /** What a proxy says of itself.
   *  @throws Invalid FEED_UNKNOWN when there is no proxy of this deployment's QuorumFeed at the address */
  async describe(feedProxy: Address): Promise<FeedDescription> {
    const read = <const Name extends 'aggregator' | 'feedId' | 'decimals' | 'description'>(functionName: Name) =>
      this.contracts.read({ address: feedProxy, abi: feedProxyAbi, functionName });
    try {
      const [quorumFeed, feedId, decimals, description] = await Promise.all([
        read('aggregator'),
        read('feedId'),
        read('decimals'),
        read('description'),
      ]);
      if (quorumFeed !== this.contracts.address('quorumFeed')) throw new Error(`It speaks for ${quorumFeed}.`);
      return { feedProxy, quorumFeed, feedId, decimals, description };
    } catch (cause) {
      throw new Invalid('FEED_UNKNOWN', {
        detail: `There is no proxy of this deployment’s QuorumFeed at ${feedProxy}.`,
        remedy: 'Name the address of a FeedProxy.',
        cause,
      });
    }
  }

  async set(instrumentId: string, feed: FeedDescription, setBy: string): Promise<void> {
    await this.database.query
      .insert(instrumentFeeds)
      .values({ instrumentId, ...feed, setBy })
      .onConflictDoUpdate({ target: instrumentFeeds.instrumentId, set: { ...feed, setBy } });
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
