import { Injectable } from '@nestjs/common';
import { and, eq, or } from 'drizzle-orm';
import type { Address, Hex } from 'viem';
import { quorumFeedAbi } from '../../../contracts/generated/abi.js';
import { ChainClock } from '../chain/chain-clock.js';
import { Contracts } from '../chain/contracts.js';
import { Projection } from '../chain/projection/projection.js';
import { decodeRefusal } from '../chain/refusal.js';
import type { Actor } from '../platform/auth/actor.js';
import { Database } from '../platform/database/database.js';
import { NotFound } from '../platform/problem.js';
import { revertDataOf } from '../platform/revert-data.js';
import { formatAmount } from '../platform/schema/amount.js';
import { type Feed, Feeds } from './feeds.service.js';
import { FEED_EVENTS, type FeedEvent, type RoundRecord, roundsFrom } from './round-history.js';
import type { HeldRound } from './valuation-status.js';
import type { RoundView } from './valuations.schema.js';
import { feedDecisions, valuationCorrections, valuationEvidence } from './valuations.tables.js';

/** Numbers that Dealing looks back for the round before. */
const LOOK_BACK = 64n;

/** The rounds of this deployment's QuorumFeed: accepted, held, approved, invalidated. They stay known when another source takes its place
 *  behind a feed's proxy. */
@Injectable()
export class Rounds {
  constructor(
    private readonly database: Database,
    private readonly feeds: Feeds,
    private readonly contracts: Contracts,
    private readonly projection: Projection,
    private readonly clock: ChainClock,
  ) {}

  /** Newest first. */
  async list(instrumentId: string, actor: Actor): Promise<RoundView[]> {
    const feed = await this.feeds.of(instrumentId, actor);
    const [rounds, corrections, evidence, invalidations] = await Promise.all([
      this.records(feed),
      this.corrections(feed),
      this.evidence(feed),
      this.invalidations(feed),
    ]);
    const source = { source: this.contracts.address('quorumFeed'), inForce: this.feeds.isQuorum(feed) };
    return rounds.reverse().map((round) => ({
      ...round,
      ...source,
      value: round.value === null ? null : formatAmount(round.value, feed.decimals),
      hasEvidence: evidence.has(round.evidenceRoot),
      corrects: corrections.find((one) => one.round === round.round)?.correctsRound ?? null,
      correctedBy: corrections.find((one) => one.correctsRound === round.round)?.round ?? null,
      reasonDocumentId: invalidations.get(round.round) ?? null,
    }));
  }

  /** @throws NotFound ROUND_NOT_FOUND */
  async find(feed: Feed, round: number): Promise<RoundRecord> {
    const found = (await this.records(feed)).find((one) => one.round === round);
    if (found) return found;
    throw new NotFound('ROUND_NOT_FOUND', `The feed has no round ${round}.`);
  }

  /** What became of every round of a feed, as far as it is projected; oldest first. */
  async records(feed: Feed): Promise<RoundRecord[]> {
    if (!(await this.feeds.isOrWasQuorum(feed))) return [];
    const [events, now] = await Promise.all([this.events(this.contracts.address('quorumFeed'), feed), this.clock.now()]);
    return roundsFrom(events, new Date(Number(now) * 1_000));
  }

  /** The round that waits at the end of a block; null when none does, or when only its source knows it. */
  async held(feed: Feed, blockNumber?: bigint): Promise<Omit<HeldRound, 'check'> | null> {
    if (!this.feeds.isQuorum(feed)) return null;
    const at = blockNumber === undefined ? {} : { blockNumber };
    try {
      const [round, earliestApproval, expiry] = await this.contracts.read({
        address: feed.source,
        abi: quorumFeedAbi,
        functionName: 'pending',
        args: [feed.feedId],
        ...at,
      });
      return {
        round: Number(round.round),
        value: round.value,
        valuationTime: instant(round.valuationTimestamp),
        heldAt: instant(round.publishedAt),
        approvableFrom: instant(earliestApproval),
        expiresAt: instant(expiry),
      };
    } catch (error) {
      const reverted = error instanceof Error ? revertDataOf(error) : undefined;
      if (reverted && decodeRefusal(reverted.data).name === 'NothingPending') return null;
      throw error;
    }
  }

  /** Number of the first round of any source that holds for, and was published at, an instant after `time` (unix seconds): the one that
   *  Dealing takes. Null when there is none yet. */
  async firstAfter({ source: address, feedId }: Feed, time: number): Promise<bigint | null> {
    const read = { address, abi: quorumFeedAbi } as const;
    const latest = await unlessRefused(this.contracts.read({ ...read, functionName: 'latestRound', args: [feedId] }));
    let first: bigint | null = null;
    let seen = latest?.round ?? 0n;
    for (let number = seen; number > 0n && seen - number <= LOOK_BACK; number--) {
      // A number that cannot be read was held, or its round was taken out of use.
      const round = await unlessRefused(this.contracts.read({ ...read, functionName: 'roundAt', args: [feedId, number] }));
      if (!round) continue;
      if (round.publishedAt <= time) break;
      seen = number;
      if (round.valuationTimestamp > time) first = number;
    }
    return first;
  }

  /** Whether the signers themselves halted the feed, the last time that it was halted. */
  async wasRipcord(feed: Feed): Promise<boolean> {
    const events = await this.events(feed.source, feed);
    const halt = events.findLast(({ name, args }) => name === 'FeedHalted' && args.halted === true);
    return events.some(({ name, txHash }) => name === 'RipcordPulled' && txHash === halt?.txHash);
  }

  /** The signers of the configuration in force. */
  async signers(feed: Feed): Promise<Address[]> {
    const events = await this.events(feed.source, feed);
    return (events.findLast(({ name }) => name === 'FeedConfigured')?.args.signers ?? []) as Address[];
  }

  private events(address: Address, { feedId }: Feed): Promise<FeedEvent[]> {
    return this.projection.events({ name: FEED_EVENTS, address, args: { feedId } });
  }

  private corrections({ instrumentId, feedId }: Feed): Promise<{ round: number; correctsRound: number }[]> {
    return this.database.query
      .select({ round: valuationCorrections.round, correctsRound: valuationCorrections.correctsRound })
      .from(valuationCorrections)
      .where(and(eq(valuationCorrections.instrumentId, instrumentId), eq(valuationCorrections.feedId, feedId)));
  }

  private async evidence({ instrumentId }: Feed): Promise<Set<Hex>> {
    const rows = await this.database.query
      .select({ hash: valuationEvidence.hash })
      .from(valuationEvidence)
      .where(eq(valuationEvidence.instrumentId, instrumentId));
    return new Set(rows.map(({ hash }) => hash));
  }

  /** The document behind each invalidation that went through this service. */
  private async invalidations({ instrumentId, feedId }: Feed): Promise<Map<number | null, string | null>> {
    const rows = await this.database.query
      .select({ round: feedDecisions.round, documentId: feedDecisions.documentId })
      .from(feedDecisions)
      .where(
        and(
          eq(feedDecisions.instrumentId, instrumentId),
          eq(feedDecisions.feedId, feedId),
          eq(feedDecisions.kind, 'INVALIDATE_ROUND'),
          or(eq(feedDecisions.state, 'SENT'), eq(feedDecisions.state, 'DONE')),
        ),
      );
    return new Map(rows.map(({ round, documentId }) => [round, documentId]));
  }
}

async function unlessRefused<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Error && revertDataOf(error)) return null;
    throw error;
  }
}

function instant(seconds: number): Date {
  return new Date(seconds * 1_000);
}
