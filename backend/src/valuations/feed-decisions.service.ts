import { Injectable } from '@nestjs/common';
import { and, desc, eq, isNull, lt, ne, sql } from 'drizzle-orm';
import { type Address, encodeAbiParameters, encodeFunctionData, type Hex, keccak256 } from 'viem';
import { z } from 'zod';
import { quorumFeedAbi } from '../../../contracts/generated/abi.js';
import { Documents } from '../assets/documents.service.js';
import { Instruments } from '../assets/instruments.service.js';
import { ChainClock } from '../chain/chain-clock.js';
import { Contracts } from '../chain/contracts.js';
import { type SenderRole, Signer } from '../chain/signer.js';
import { Transactions } from '../chain/transactions.js';
import { type Approval, Approvals } from '../platform/approvals/approvals.service.js';
import { Audit } from '../platform/audit/audit.service.js';
import type { Actor } from '../platform/auth/actor.js';
import { actingIn, scope } from '../platform/auth/scope.js';
import { Database } from '../platform/database/database.js';
import { uuidv7 } from '../platform/ids.js';
import { Conflict, NotFound } from '../platform/problem.js';
import { formatAmount } from '../platform/schema/amount.js';
import { fromCursor, type PageQuery, toPage } from '../platform/schema/page.js';
import { FeedDecisionOutcome } from './feed-decision.workflow.js';
import type { DecideFeed, FeedDecisionKind, FeedDecisionView, InvalidateRound } from './feed-decisions.schema.js';
import { type Feed, Feeds } from './feeds.service.js';
import { Rounds } from './rounds.service.js';
import { type FeedPolicy, type FeedProposal, SetFeed } from './valuations.schema.js';
import { feedDecisions } from './valuations.tables.js';

type Decision = typeof feedDecisions.$inferSelect;
type HeldRound = NonNullable<Awaited<ReturnType<Rounds['held']>>>;

/** What an officer approves: this proxy, as it describes itself, and how old its value may be. */
const FeedApproval = z.strictObject({
  decisionId: z.string(),
  instrumentId: z.string(),
  feedProxy: z.string(),
  source: z.string(),
  feedId: z.string(),
  decimals: z.number(),
  description: z.string(),
  policy: z.record(z.string(), z.union([z.string(), z.number()])),
});
const RoundApproval = z.strictObject({
  decisionId: z.string(),
  round: z.number(),
  value: z.string(),
  valuationTime: z.string(),
  evidenceRoot: z.string(),
  /** As QuorumFeed hashes it, so that nothing else is published. */
  valueHash: z.string(),
  reason: z.string(),
});
const Invalidation = z.strictObject({
  decisionId: z.string(),
  round: z.number(),
  value: z.string(),
  reason: z.string(),
  documentId: z.string(),
  documentHash: z.string(),
});
const Resumption = z.strictObject({ decisionId: z.string(), feedId: z.string(), reason: z.string() });

/** What people decide about a feed: which one values an instrument, whether a held round counts, which round does not, halt and resume.
 *  One officer halts at once; everything else takes a second person. */
@Injectable()
export class FeedDecisions {
  private readonly setting: Approval<z.infer<typeof FeedApproval>>;
  private readonly approving: Approval<z.infer<typeof RoundApproval>>;
  private readonly invalidating: Approval<z.infer<typeof Invalidation>>;
  private readonly resuming: Approval<z.infer<typeof Resumption>>;

  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly instruments: Instruments,
    private readonly documents: Documents,
    private readonly feeds: Feeds,
    private readonly rounds: Rounds,
    private readonly contracts: Contracts,
    private readonly transactions: Transactions,
    private readonly outcome: FeedDecisionOutcome,
    private readonly signer: Signer,
    private readonly clock: ChainClock,
    approvals: Approvals,
  ) {
    this.setting = approvals.define({
      action: 'instrument.set-feed',
      permission: 'valuation:approve',
      payload: FeedApproval,
      execute: (payload, { approver }) => this.setFeed(payload, approver),
    });
    this.approving = approvals.define({
      action: 'round.approve',
      permission: 'round:approve',
      payload: RoundApproval,
      execute: (payload, { id, approver }) => this.approve(payload, id, approver),
    });
    this.invalidating = approvals.define({
      action: 'round.invalidate',
      permission: 'round:approve',
      payload: Invalidation,
      execute: (payload, { id, approver }) => this.invalidate(payload, id, approver),
    });
    this.resuming = approvals.define({
      action: 'feed.resume',
      permission: 'round:approve',
      payload: Resumption,
      execute: ({ decisionId }, { approver }) => this.resume(decisionId, approver),
    });
  }

  /** Asks an officer to approve the feed that values an instrument.
   *  @throws Invalid FEED_UNKNOWN, FEED_POLICY_INVALID · Conflict INSTRUMENT_NOT_DEPLOYED */
  async proposeFeed(instrumentId: string, { feedProxy, ...policy }: SetFeed, actor: Actor): Promise<FeedProposal> {
    await this.instruments.deployed(instrumentId, actor);
    const feed = await this.feeds.describe(feedProxy);
    const reason = feed.description;
    const row = await this.request({ instrumentId, feedId: feed.feedId, kind: 'SET_FEED', reason }, actor, (decisionId) =>
      this.setting.request({
        payload: { decisionId, instrumentId, ...feed, policy: withoutGaps(policy) },
        subject: `instrument:${instrumentId}`,
        actor,
      }),
    );
    return { approvalId: row.approvalId, decisionId: row.id, description: feed.description, decimals: feed.decimals };
  }

  /** Asks a second officer to publish the round that waits.
   *  @throws Conflict FEED_SOURCE_FOREIGN, ROUND_NOT_HELD, ROUND_EXPIRED, APPROVER_NOT_INDEPENDENT */
  async proposeApproval(instrumentId: string, round: number, { reason }: DecideFeed, actor: Actor): Promise<FeedDecisionView> {
    const feed = await this.feeds.quorumOf(instrumentId, actor);
    const held = await this.heldRound(feed, round);
    await this.assertIndependent(feed);
    const { evidenceRoot } = await this.rounds.find(feed, round);
    const maker = actingIn(actor, feed.tenantId);
    return this.request({ instrumentId, feedId: feed.feedId, kind: 'APPROVE_ROUND', round, reason }, maker, (decisionId) =>
      this.approving.request({
        payload: {
          decisionId,
          round,
          value: formatAmount(held.value, feed.decimals),
          valuationTime: held.valuationTime.toISOString(),
          evidenceRoot,
          valueHash: valueHashOf(feed.feedId, held),
          reason,
        },
        subject: `instrument:${instrumentId}`,
        actor: maker,
      }),
    );
  }

  /** Asks a second officer to take a published round out of use. The document says why; its hash goes on chain.
   *  @throws NotFound ROUND_NOT_FOUND, DOCUMENT_NOT_FOUND · Conflict FEED_SOURCE_FOREIGN, ROUND_STATE */
  async proposeInvalidation(
    instrumentId: string,
    round: number,
    { reason, documentId }: InvalidateRound,
    actor: Actor,
  ): Promise<FeedDecisionView> {
    const feed = await this.feeds.quorumOf(instrumentId, actor);
    const { state, value } = await this.rounds.find(feed, round);
    if ((state !== 'ACCEPTED' && state !== 'APPROVED') || value === null) {
      throw new Conflict('ROUND_STATE', {
        detail: `Round ${round} is ${state}; only a published one can be invalidated.`,
        extensions: { state },
      });
    }
    const documentHash = await this.documentHash(instrumentId, documentId, actor);
    const about = { instrumentId, feedId: feed.feedId, kind: 'INVALIDATE_ROUND', round, reason, documentId, documentHash } as const;
    const maker = actingIn(actor, feed.tenantId);
    return this.request(about, maker, (decisionId) =>
      this.invalidating.request({
        payload: { decisionId, round, value: formatAmount(value, feed.decimals), reason, documentId, documentHash },
        subject: `instrument:${instrumentId}`,
        actor: maker,
      }),
    );
  }

  /** Stops a feed at once: nothing is accepted, nothing is read.
   *  @throws Conflict FEED_SOURCE_FOREIGN, FEED_STATE, FEED_DECISION_PENDING */
  async halt(instrumentId: string, { reason }: DecideFeed, actor: Actor): Promise<FeedDecisionView> {
    const feed = await this.feeds.quorumOf(instrumentId, actor);
    await this.assertHalted(feed, false);
    const by = actingIn(actor, feed.tenantId);
    const row = await this.insert({ instrumentId, feedId: feed.feedId, kind: 'HALT', reason }, by);
    const data = encodeFunctionData({ abi: quorumFeedAbi, functionName: 'halt', args: [feed.feedId] });
    return this.send(row, feed, 'officer', data, by);
  }

  /** Asks a second officer to take a halted feed up again; the chain makes that wait.
   *  @throws Conflict FEED_SOURCE_FOREIGN, FEED_STATE */
  async proposeResumption(instrumentId: string, { reason }: DecideFeed, actor: Actor): Promise<FeedDecisionView> {
    const feed = await this.feeds.quorumOf(instrumentId, actor);
    await this.assertHalted(feed, true);
    const { feedId } = feed;
    const maker = actingIn(actor, feed.tenantId);
    return this.request({ instrumentId, feedId, kind: 'RESUME', reason }, maker, (decisionId) =>
      this.resuming.request({ payload: { decisionId, feedId, reason }, subject: `instrument:${instrumentId}`, actor: maker }),
    );
  }

  /** @throws NotFound FEED_DECISION_NOT_FOUND */
  async get(id: string, actor: Pick<Actor, 'tenantId'>): Promise<FeedDecisionView> {
    const [row] = await this.database.query
      .select()
      .from(feedDecisions)
      .where(and(eq(feedDecisions.id, id), scope(actor, feedDecisions.tenantId, sql`true`)));
    if (row) return row;
    throw new NotFound('FEED_DECISION_NOT_FOUND', 'There is no such decision.');
  }

  async list(
    instrumentId: string,
    { limit, cursor }: PageQuery,
    actor: Actor,
  ): Promise<{ items: FeedDecisionView[]; next: string | null }> {
    await this.instruments.find(instrumentId, actor);
    const before = fromCursor(cursor);
    const rows = await this.database.query
      .select()
      .from(feedDecisions)
      .where(and(eq(feedDecisions.instrumentId, instrumentId), before ? lt(feedDecisions.id, before) : undefined))
      .orderBy(desc(feedDecisions.id))
      .limit(limit + 1);
    return toPage(rows, limit, (row) => row.id);
  }

  /* ONCE APPROVED */

  private async setFeed(
    { decisionId, instrumentId, policy, ...feed }: z.infer<typeof FeedApproval>,
    approver: Actor,
  ): Promise<{ instrumentId: string }> {
    const row = await this.begin(decisionId, approver);
    const { token } = await this.instruments.deployed(instrumentId, approver);
    const feedProxy = feed.feedProxy as Address;
    const { decimals, description } = feed;
    const set = { instrumentId, feedProxy, feedId: feed.feedId as Hex, decimals, description, setBy: approver.personId };
    await this.outcome.startCall({ decisionId: row.id, ...this.feeds.listing(token, feedProxy, policy as FeedPolicy), feed: set });
    const payload = { ...feed, policy };
    await this.audit.append({ actor: approver, action: 'feed.set', subject: `instrument:${instrumentId}`, payload });
    return { instrumentId };
  }

  private async approve(
    { decisionId, round, valueHash }: z.infer<typeof RoundApproval>,
    approvalId: string,
    approver: Actor,
  ): Promise<FeedDecisionView> {
    const row = await this.begin(decisionId, approver);
    const feed = await this.feeds.quorumOf(row.instrumentId, approver);
    const { approvableFrom } = await this.heldRound(feed, round);
    if (approvableFrom > (await this.now())) {
      throw new Conflict('ROUND_APPROVAL_TOO_EARLY', {
        detail: `Round ${round} may be approved from ${approvableFrom.toISOString()} on.`,
        remedy: 'Approve the request then.',
        extensions: { approvableFrom: approvableFrom.toISOString() },
      });
    }
    const args = [feed.feedId, round, valueHash as Hex] as const;
    const data = encodeFunctionData({ abi: quorumFeedAbi, functionName: 'approvePending', args });
    return this.send(row, feed, 'approver', data, approver, approvalId);
  }

  private async invalidate(
    { decisionId, round, documentHash }: z.infer<typeof Invalidation>,
    approvalId: string,
    approver: Actor,
  ): Promise<FeedDecisionView> {
    const row = await this.begin(decisionId, approver);
    const feed = await this.feeds.quorumOf(row.instrumentId, approver);
    const args = [feed.feedId, round, documentHash as Hex] as const;
    const data = encodeFunctionData({ abi: quorumFeedAbi, functionName: 'invalidate', args });
    return this.send(row, feed, 'approver', data, approver, approvalId);
  }

  private async resume(decisionId: string, approver: Actor): Promise<FeedDecisionView> {
    const row = await this.begin(decisionId, approver);
    const feed = await this.feeds.quorumOf(row.instrumentId, approver);
    await this.assertHalted(feed, true);
    const data = encodeFunctionData({ abi: quorumFeedAbi, functionName: 'resume', args: [feed.feedId] });
    await this.outcome.startCall({ decisionId, to: feed.source, data });
    await this.record('feed.resumption-approved', row, approver);
    return row;
  }

  /* STEPS */

  private async request(
    about: Omit<Parameters<FeedDecisions['insert']>[0], 'state'>,
    actor: Actor,
    ask: (decisionId: string) => Promise<{ id: string }>,
  ): Promise<Decision & { approvalId: string }> {
    const row = await this.insert(about, actor);
    const { id: approvalId } = await ask(row.id);
    await this.database.query.update(feedDecisions).set({ approvalId }).where(eq(feedDecisions.id, row.id));
    await this.record('feed-decision.requested', row, actor, approvalId);
    return { ...row, approvalId };
  }

  private async insert(
    about: Pick<Decision, 'instrumentId' | 'feedId' | 'kind' | 'reason'> & Partial<Pick<Decision, 'round' | 'documentId' | 'documentHash'>>,
    actor: Actor,
  ): Promise<Decision> {
    const [row] = await this.database.query
      .insert(feedDecisions)
      .values({ id: uuidv7(), tenantId: actor.tenantId, requestedBy: actor.personId, state: 'REQUESTED', ...about })
      .returning();
    if (!row) throw new Error('The decision was not stored.');
    return row;
  }

  /** Marks a decision as on its way; one of a kind at a time.
   *  @throws Conflict FEED_DECISION_PENDING */
  private async begin(decisionId: string, actor: Actor): Promise<Decision> {
    const { feedId, instrumentId, kind, round } = await this.get(decisionId, actor);
    await this.database.lock(`feed:${feedId}`);
    const [other] = await this.database.query
      .select({ id: feedDecisions.id })
      .from(feedDecisions)
      .where(
        and(
          eq(feedDecisions.state, 'SENT'),
          ne(feedDecisions.id, decisionId),
          eq(feedDecisions.kind, kind),
          kind === 'SET_FEED' ? eq(feedDecisions.instrumentId, instrumentId) : eq(feedDecisions.feedId, feedId as Hex),
          round === null ? isNull(feedDecisions.round) : eq(feedDecisions.round, round),
        ),
      );
    if (other) {
      throw new Conflict('FEED_DECISION_PENDING', {
        detail: 'The same was decided already and is on its way to the chain.',
        remedy: 'Wait for it.',
        extensions: { decisionId: other.id },
      });
    }
    const [row] = await this.database.query
      .update(feedDecisions)
      .set({ state: 'SENT' })
      .where(and(eq(feedDecisions.id, decisionId), eq(feedDecisions.state, 'REQUESTED')))
      .returning();
    if (!row) throw new Error(`The decision ${decisionId} is on its way already.`);
    return row;
  }

  private async send(row: Decision, feed: Feed, sender: SenderRole, data: Hex, actor: Actor, decisionId?: string): Promise<Decision> {
    const sent = row.state === 'SENT' ? row : await this.begin(row.id, actor);
    const { id: operationId } = await this.transactions.enqueue({
      businessKey: `feed-decision:${row.id}`,
      sender,
      to: feed.source,
      data,
      ...(decisionId ? { decisionId } : {}),
    });
    await this.outcome.startFollowing({ decisionId: row.id, operationId });
    await this.record(SENT[row.kind], row, actor, decisionId);
    return sent;
  }

  /** @throws Conflict ROUND_NOT_HELD, ROUND_EXPIRED */
  private async heldRound(feed: Feed, round: number): Promise<HeldRound> {
    const held = await this.rounds.held(feed);
    if (held?.round !== round) {
      throw new Conflict('ROUND_NOT_HELD', {
        detail: held
          ? `Round ${held.round} waits for approval, not round ${round}.`
          : `No round waits for approval, so not round ${round}.`,
        remedy: 'Look at the rounds again: another one may have taken its place.',
      });
    }
    if (held.expiresAt > (await this.now())) return held;
    throw new Conflict('ROUND_EXPIRED', {
      detail: `Round ${round} could be approved until ${held.expiresAt.toISOString()}.`,
      remedy: 'Wait for the next round.',
      extensions: { expiresAt: held.expiresAt.toISOString() },
    });
  }

  /** The chain refuses an approver who signs for the feed; better to know it before a second officer looks.
   *  @throws Conflict APPROVER_NOT_INDEPENDENT */
  private async assertIndependent(feed: Feed): Promise<void> {
    const approver = this.signer.addressOf('approver');
    if (!(await this.rounds.signers(feed)).includes(approver)) return;
    throw new Conflict('APPROVER_NOT_INDEPENDENT', {
      detail: `The approver’s account ${approver} signs for this feed itself.`,
      remedy: 'Give the sender role approver a key that no reporter has.',
    });
  }

  /** @throws Conflict FEED_STATE */
  private async assertHalted({ source: address, feedId }: Feed, wanted: boolean): Promise<void> {
    const [, , , , halted] = await this.contracts.read({ address, abi: quorumFeedAbi, functionName: 'configOf', args: [feedId] });
    if (halted !== wanted) throw new Conflict('FEED_STATE', wanted ? 'The feed is not halted.' : 'The feed is halted already.');
  }

  private async documentHash(instrumentId: string, documentId: string, actor: Actor): Promise<Hex> {
    const { assetId } = await this.instruments.find(instrumentId, actor);
    const [document] = await this.documents.assertOf(assetId, [documentId]);
    if (!document) throw new Error(`The document ${documentId} was not found.`);
    return document.sha256 as Hex;
  }

  private async now(): Promise<Date> {
    return new Date(Number(await this.clock.now()) * 1_000);
  }

  private record(action: string, row: Decision, actor: Actor, decisionId?: string): Promise<string> {
    const { id, kind, feedId, round, reason, documentId, documentHash } = row;
    return this.audit.append({
      actor,
      action,
      subject: `instrument:${row.instrumentId}`,
      payload: { decisionId: id, kind, feedId, round, reason, documentId, documentHash },
      ...(decisionId ? { decisionId } : {}),
    });
  }
}

const SENT: Record<FeedDecisionKind, string> = {
  SET_FEED: 'feed.set',
  APPROVE_ROUND: 'round.approved',
  INVALIDATE_ROUND: 'round.invalidated',
  HALT: 'feed.halted',
  RESUME: 'feed.resumption-approved',
};

/** keccak256(abi.encode(feedId, round, value, valuationTimestamp)), as IQuorumFeed.approvePending takes it. */
function valueHashOf(feedId: Hex, { round, value, valuationTime }: HeldRound): Hex {
  const seconds = valuationTime.getTime() / 1_000;
  return keccak256(
    encodeAbiParameters([{ type: 'bytes32' }, { type: 'uint32' }, { type: 'int128' }, { type: 'uint40' }], [feedId, round, value, seconds]),
  );
}

function withoutGaps(policy: FeedPolicy): Record<string, string | number> {
  return Object.fromEntries(Object.entries(policy).filter(([, value]) => value !== undefined)) as Record<string, string | number>;
}
