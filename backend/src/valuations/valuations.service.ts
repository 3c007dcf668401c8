import { Injectable } from '@nestjs/common';
import { type Address, type Hex, isAddressEqual, zeroHash } from 'viem';
import { feedProxyAbi, marketCalendarAbi, valuationRegistryAbi } from '../../../contracts/generated/abi.js';
import { Instruments } from '../assets/instruments.service.js';
import { Contracts } from '../chain/contracts.js';
import { decodeRefusal } from '../chain/refusal.js';
import type { Actor } from '../platform/auth/actor.js';
import { Unprocessable } from '../platform/problem.js';
import { revertDataOf } from '../platform/revert-data.js';
import { formatAmount } from '../platform/schema/amount.js';
import { calendarName, currencyName, type Feed, Feeds } from './feeds.service.js';
import { Rounds } from './rounds.service.js';
import { explain, type HeldRound, type StatusFacts, VALUATION_STATUSES, type ValuationStatus } from './valuation-status.js';
import type { ValuationView } from './valuations.schema.js';

/** A value that may be relied on now. */
export type FreshValue = { value: bigint; decimals: number; round: string; valuationTime: Date };

type Policy = { quote: Address; maxPublishAge: number; maxValuationAge: number; maxBusinessDays: number; calendar: Hex };
type Reading = StatusFacts & { nav: bigint; round: string | null; policy: Policy | null };

const DAY = 86_400n;

/** Code of the refusal for each status that moves no money. */
const REFUSALS: Record<Exclude<ValuationStatus, 'LIVE'>, string> = {
  HELD: 'VALUATION_HELD',
  PUBLICATION_STALE: 'PUBLICATION_STALE',
  VALUATION_STALE: 'VALUATION_STALE',
  HALTED: 'VALUATION_HALTED',
  UNKNOWN: 'VALUATION_UNKNOWN',
};

/** What an instrument is worth, and whether money may move on that: what the ValuationRegistry says. */
@Injectable()
export class Valuations {
  constructor(
    private readonly instruments: Instruments,
    private readonly feeds: Feeds,
    private readonly rounds: Rounds,
    private readonly contracts: Contracts,
  ) {}

  /** Never fails on what the feed says: the status does. */
  async valuation(instrumentId: string, actor: Pick<Actor, 'tenantId'>): Promise<ValuationView> {
    const feed = await this.feeds.of(instrumentId, actor);
    const facts = await this.read(feed, actor);
    const { status, decimals, nav, valuedAt, publishedAt, now, round, businessDays, held, policy } = facts;
    const known = round !== null;
    return {
      instrumentId,
      feedProxy: feed.feedProxy,
      description: feed.description,
      status,
      ...explain(instrumentId, facts),
      value: known ? formatAmount(nav, decimals) : null,
      currency: policy && currencyName(policy.quote),
      round,
      valuationTime: known ? instant(valuedAt) : null,
      publishedAt: known ? instant(publishedAt) : null,
      ageSeconds: known ? Number(now - valuedAt) : null,
      businessDays,
      held: held && { ...held, value: formatAmount(held.value, decimals) },
      limits: policy && {
        maxPublishAgeSeconds: policy.maxPublishAge || null,
        maxValuationAgeSeconds: policy.maxValuationAge || null,
        maxBusinessDays: policy.maxBusinessDays || null,
        calendar: calendarName(policy.calendar),
      },
    };
  }

  /** The value for something that moves money.
   *  @throws NotFound FEED_NOT_SET · Unprocessable VALUATION_HELD, PUBLICATION_STALE, VALUATION_STALE, VALUATION_HALTED,
   *          VALUATION_UNKNOWN, VALUATION_NOT_POSITIVE */
  async fresh(instrumentId: string, actor: Pick<Actor, 'tenantId'>): Promise<FreshValue> {
    const facts = await this.read(await this.feeds.of(instrumentId, actor), actor);
    const { status, nav, decimals, valuedAt, round, now, businessDays, held } = facts;
    if (status !== 'LIVE' || round === null) {
      const { reason, remedy } = explain(instrumentId, facts);
      throw new Unprocessable(status === 'LIVE' ? REFUSALS.UNKNOWN : REFUSALS[status], {
        detail: reason,
        ...(remedy === null ? {} : { remedy }),
        extensions: {
          valuation: { status, ageSeconds: round === null ? null : Number(now - valuedAt), businessDays, heldRound: held?.round ?? null },
        },
      });
    }
    if (nav > 0n) return { value: nav, decimals, round, valuationTime: instant(valuedAt) };
    throw new Unprocessable('VALUATION_NOT_POSITIVE', {
      detail: `The value is ${formatAmount(nav, decimals)}; nothing is sold or redeemed at a value that is not above zero.`,
      remedy: 'Wait for the next accepted valuation.',
    });
  }

  /** All of one block. Until the chain knows the feed that was approved, there is no value. */
  private async read(feed: Feed, actor: Pick<Actor, 'tenantId'>): Promise<Reading> {
    const { token } = await this.instruments.deployed(feed.instrumentId, actor);
    const { number: blockNumber, timestamp: now } = await this.contracts.publicClient.getBlock();
    const registry = {
      address: this.contracts.address('valuationRegistry'),
      abi: valuationRegistryAbi,
      args: [token],
      blockNumber,
    } as const;
    const [policy, [nav, , valuedAt, publishedAt, place]] = await Promise.all([
      this.contracts.read({ ...registry, functionName: 'policyOf' }),
      this.contracts.read({ ...registry, functionName: 'valuation' }),
    ]);
    const facts = {
      now,
      nav,
      decimals: feed.decimals,
      valuedAt: BigInt(valuedAt),
      publishedAt: BigInt(publishedAt),
      maxPublishAge: policy.maxPublishAge,
      maxValuationAge: policy.maxValuationAge,
      maxBusinessDays: policy.maxBusinessDays,
      calendar: calendarName(policy.calendar),
      businessDays: null,
      held: null,
      ripcord: null,
      round: null,
      foreign: !this.feeds.isQuorum(feed),
    };
    if (!isAddressEqual(policy.feed, feed.feedProxy)) return { ...facts, status: 'UNKNOWN', policy: null };
    const status = VALUATION_STATUSES[place] ?? 'UNKNOWN';
    if (status === 'UNKNOWN') return { ...facts, status, policy };
    const held = await this.held(feed, blockNumber);
    if (status === 'HALTED') return { ...facts, status, policy, ripcord: await this.rounds.wasRipcord(feed) };
    const [[roundId], businessDays] = await Promise.all([
      this.contracts.read({ address: feed.feedProxy, abi: feedProxyAbi, functionName: 'latestRoundData', blockNumber }),
      this.businessDays(policy.calendar, facts.valuedAt, now, blockNumber),
    ]);
    return { ...facts, status, policy, held, businessDays, round: roundId.toString() };
  }

  private async held(feed: Feed, blockNumber: bigint): Promise<HeldRound | null> {
    const held = await this.rounds.held(feed, blockNumber);
    if (!held) return null;
    const record = (await this.rounds.records(feed)).find(({ round }) => round === held.round);
    return { ...held, check: record?.check ?? null };
  }

  /** As ValuationRegistry counts: open days after the day of the valuation, whose own year must be known too.
   *  @returns null when no calendar is asked, or when it does not know a year */
  private async businessDays(calendar: Hex, valuedAt: bigint, now: bigint, blockNumber: bigint): Promise<number | null> {
    if (calendar === zeroHash) return null;
    const contract = { address: this.contracts.address('marketCalendar'), abi: marketCalendarAbi, blockNumber } as const;
    const day = Number(valuedAt / DAY);
    try {
      const [open, first] = await Promise.all([
        this.contracts.read({ ...contract, functionName: 'businessDaysBetween', args: [calendar, day - 1, Number(now / DAY)] }),
        this.contracts.read({ ...contract, functionName: 'isOpen', args: [calendar, day] }),
      ]);
      return Number(open) - (first ? 1 : 0);
    } catch (error) {
      const reverted = error instanceof Error ? revertDataOf(error) : undefined;
      if (reverted && decodeRefusal(reverted.data).name === 'CalendarYearUnknown') return null;
      throw error;
    }
  }
}

function instant(seconds: bigint): Date {
  return new Date(Number(seconds) * 1_000);
}
