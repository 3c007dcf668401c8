import { Injectable } from '@nestjs/common';
import { desc, eq } from 'drizzle-orm';
import type { Address, Hex } from 'viem';
import { z } from 'zod';
import { feedProxyAbi } from '../../../contracts/generated/abi.js';
import { Assets } from '../assets/assets.service.js';
import { Documents } from '../assets/documents.service.js';
import { Instruments } from '../assets/instruments.service.js';
import { ChainClock } from '../chain/chain-clock.js';
import { Contracts } from '../chain/contracts.js';
import { Projection } from '../chain/projection/projection.js';
import { decodeRefusal } from '../chain/refusal.js';
import { type Approval, Approvals } from '../platform/approvals/approvals.service.js';
import { Audit } from '../platform/audit/audit.service.js';
import type { Actor } from '../platform/auth/actor.js';
import { Database } from '../platform/database/database.js';
import { Invalid, NotFound, Unprocessable } from '../platform/problem.js';
import { revertDataOf } from '../platform/revert-data.js';
import { formatAmount } from '../platform/schema/amount.js';
import type { AddAppraisal, AppraisalView, FeedProposal, RoundView, SetFeed, ValuationView } from './valuations.schema.js';
import { appraisals, instrumentFeeds } from './valuations.tables.js';

type Feed = typeof instrumentFeeds.$inferSelect;
/** A value that may be relied on now. */
export type FreshValue = { value: bigint; decimals: number; round: string; valuationTime: Date };

/** What an officer approves: this proxy, as it describes itself. */
const FeedApproval = z.strictObject({
  instrumentId: z.string(),
  feedProxy: z.string(),
  quorumFeed: z.string(),
  feedId: z.string(),
  decimals: z.number(),
  description: z.string(),
});
type FeedApproval = z.infer<typeof FeedApproval>;

/** What instruments and assets are worth: by their feed on chain, or by appraisals on file. */
@Injectable()
export class Valuations {
  private readonly approval: Approval<FeedApproval>;

  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly instruments: Instruments,
    private readonly assets: Assets,
    private readonly documents: Documents,
    private readonly contracts: Contracts,
    private readonly projection: Projection,
    private readonly clock: ChainClock,
    approvals: Approvals,
  ) {
    this.approval = approvals.define({
      action: 'instrument.set-feed',
      permission: 'valuation:approve',
      payload: FeedApproval,
      execute: (payload, { approver }) => this.setFeed(payload, approver),
    });
  }

  /** Asks an officer to approve the feed that values an instrument.
   *  @throws Invalid FEED_UNKNOWN when there is no proxy of this deployment's QuorumFeed at the address */
  async proposeFeed(instrumentId: string, { feedProxy }: SetFeed, actor: Actor): Promise<FeedProposal> {
    await this.instruments.deployed(instrumentId, actor);
    const payload = { instrumentId, feedProxy, ...(await this.describe(feedProxy)) };
    const { id: approvalId } = await this.approval.request({ payload, subject: `instrument:${instrumentId}`, actor });
    return { approvalId, description: payload.description, decimals: payload.decimals };
  }

  private async setFeed({ instrumentId, ...feed }: FeedApproval, approver: Actor): Promise<{ instrumentId: string }> {
    await this.instruments.deployed(instrumentId, approver);
    const values = { ...feed, feedProxy: feed.feedProxy as Address, quorumFeed: feed.quorumFeed as Address, feedId: feed.feedId as Hex };
    await this.database.query
      .insert(instrumentFeeds)
      .values({ instrumentId, ...values, setBy: approver.personId })
      .onConflictDoUpdate({ target: instrumentFeeds.instrumentId, set: { ...values, setBy: approver.personId } });
    await this.audit.append({ actor: approver, action: 'feed.set', subject: `instrument:${instrumentId}`, payload: feed });
    return { instrumentId };
  }

  /** Never fails on what the feed says: the status does. */
  async valuation(instrumentId: string, actor: Pick<Actor, 'tenantId'>): Promise<ValuationView> {
    const feed = await this.feedOf(instrumentId, actor);
    const address = feed.feedProxy;
    const [maxAge, now] = await Promise.all([
      this.contracts.read({ address, abi: feedProxyAbi, functionName: 'maxAge' }),
      this.clock.now(),
    ]);
    const base = { instrumentId, feedProxy: address, description: feed.description, maxAgeSeconds: Number(maxAge) };
    const nothing = { value: null, round: null, valuationTime: null, ageSeconds: null };
    const latest = await this.latest(address);
    if ('refusal' in latest) {
      return { ...base, ...nothing, status: 'UNAVAILABLE', reason: `The feed gives no value: ${latest.refusal}.` };
    }
    const { round, answer, updatedAt } = latest;
    const age = now > updatedAt ? now - updatedAt : 0n;
    const stale = age > maxAge;
    return {
      ...base,
      status: stale ? 'STALE' : 'LIVE',
      reason: stale
        ? `The value is ${duration(age)} old; after ${duration(maxAge)} it must not be used for sales or redemptions.`
        : `The value is ${duration(age)} old and may be used.`,
      value: formatAmount(answer, feed.decimals),
      round: round.toString(),
      valuationTime: new Date(Number(updatedAt) * 1_000),
      ageSeconds: Number(age),
    };
  }

  /** The value for something that moves money.
   *  @throws NotFound FEED_NOT_SET · Unprocessable VALUATION_STALE, VALUATION_UNAVAILABLE */
  async fresh(instrumentId: string, actor: Pick<Actor, 'tenantId'>): Promise<FreshValue> {
    const { decimals } = await this.feedOf(instrumentId, actor);
    const valuation = await this.valuation(instrumentId, actor);
    if (valuation.status === 'LIVE' && valuation.value && valuation.round && valuation.valuationTime) {
      const [whole = '0', fraction = ''] = valuation.value.split('.');
      const value = BigInt(whole + fraction.padEnd(decimals, '0'));
      if (value > 0n) return { value, decimals, round: valuation.round, valuationTime: valuation.valuationTime };
    }
    throw new Unprocessable(valuation.status === 'STALE' ? 'VALUATION_STALE' : 'VALUATION_UNAVAILABLE', {
      detail: valuation.status === 'LIVE' ? 'The value is not above zero.' : valuation.reason,
      remedy: 'Wait for the next accepted valuation.',
      extensions: { valuation: { status: valuation.status, ageSeconds: valuation.ageSeconds, maxAgeSeconds: valuation.maxAgeSeconds } },
    });
  }

  /** Accepted rounds of the instrument's feed, newest first. */
  async rounds(instrumentId: string, actor: Actor): Promise<RoundView[]> {
    const feed = await this.feedOf(instrumentId, actor);
    const events = await this.projection.events({ name: 'RoundAccepted', address: feed.quorumFeed, args: { feedId: feed.feedId } });
    return events
      .map(({ args, time, txHash }) => ({
        round: Number(args.round),
        value: formatAmount(BigInt(String(args.value)), feed.decimals),
        valuationTime: new Date(Number(args.valuationTimestamp) * 1_000),
        publishedAt: time,
        evidenceRoot: String(args.evidenceRoot),
        transactionHash: txHash,
      }))
      .reverse();
  }

  /** Files an appraisal with the document it rests on.
   *  @throws Unprocessable APPRAISAL_IN_FUTURE · NotFound DOCUMENT_NOT_FOUND */
  async appraise(assetId: string, given: AddAppraisal, actor: Actor): Promise<AppraisalView> {
    const asset = await this.assets.get(assetId, actor);
    await this.documents.assertOf(asset.id, [given.documentId]);
    if (given.asOf > (await this.clock.today())) {
      throw new Unprocessable('APPRAISAL_IN_FUTURE', `An appraisal as of ${given.asOf} cannot be known today.`);
    }
    const [row] = await this.database.query
      .insert(appraisals)
      .values({ ...given, assetId: asset.id, createdBy: actor.personId })
      .returning();
    if (!row) throw new Error('The appraisal was not stored.');
    await this.audit.append({ actor, action: 'appraisal.added', subject: `asset:${asset.id}`, payload: given });
    return row;
  }

  async appraisals(assetId: string, actor: Actor): Promise<AppraisalView[]> {
    const asset = await this.assets.get(assetId, actor);
    return this.database.query
      .select()
      .from(appraisals)
      .where(eq(appraisals.assetId, asset.id))
      .orderBy(desc(appraisals.asOf), desc(appraisals.id));
  }

  private async describe(address: Address): Promise<Pick<Feed, 'quorumFeed' | 'feedId' | 'decimals' | 'description'>> {
    const read = <const Name extends 'aggregator' | 'feedId' | 'decimals' | 'description'>(functionName: Name) =>
      this.contracts.read({ address, abi: feedProxyAbi, functionName });
    try {
      const [quorumFeed, feedId, decimals, description] = await Promise.all([
        read('aggregator'),
        read('feedId'),
        read('decimals'),
        read('description'),
      ]);
      if (quorumFeed !== this.contracts.address('quorumFeed')) throw new Error(`It speaks for ${quorumFeed}.`);
      return { quorumFeed, feedId, decimals, description };
    } catch (cause) {
      throw new Invalid('FEED_UNKNOWN', {
        detail: `There is no proxy of this deployment’s QuorumFeed at ${address}.`,
        remedy: 'Name the address of a FeedProxy.',
        cause,
      });
    }
  }

  private async latest(address: Address): Promise<{ round: bigint; answer: bigint; updatedAt: bigint } | { refusal: string }> {
    try {
      const [round, answer, , updatedAt] = await this.contracts.read({ address, abi: feedProxyAbi, functionName: 'latestRoundData' });
      return { round, answer, updatedAt };
    } catch (error) {
      const reverted = error instanceof Error ? revertDataOf(error) : undefined;
      if (!reverted) throw error;
      return { refusal: decodeRefusal(reverted.data).name };
    }
  }

  private async feedOf(instrumentId: string, actor: Pick<Actor, 'tenantId'>): Promise<Feed> {
    await this.instruments.find(instrumentId, actor);
    const [feed] = await this.database.query.select().from(instrumentFeeds).where(eq(instrumentFeeds.instrumentId, instrumentId));
    if (feed) return feed;
    throw new NotFound('FEED_NOT_SET', {
      detail: 'No feed values this instrument.',
      remedy: `Set one with POST /v1/instruments/${instrumentId}/feed.`,
    });
  }
}

function duration(seconds: bigint): string {
  const steps = [
    [86_400n, 'day'],
    [3_600n, 'hour'],
    [60n, 'minute'],
  ] as const;
  const [size, name] = steps.find(([step]) => seconds >= step) ?? ([1n, 'second'] as const);
  const count = seconds / size;
  return `${count} ${name}${count === 1n ? '' : 's'}`;
}
