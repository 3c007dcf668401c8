import { Injectable } from '@nestjs/common';
import { and, eq } from 'drizzle-orm';
import type { Address, Hex } from 'viem';
import { Contracts } from '../chain/contracts.js';
import { Operations } from '../chain/operations.js';
import { refusalOf } from '../chain/refusal-of.js';
import { RestrictedCalls } from '../chain/restricted-call.js';
import { Audit } from '../platform/audit/audit.service.js';
import { SYSTEM } from '../platform/auth/actor.js';
import { actingIn } from '../platform/auth/scope.js';
import { Database } from '../platform/database/database.js';
import { type Workflow, Workflows } from '../platform/workflow/workflows.js';
import { Feeds, type SetFeedOnChain } from './feeds.service.js';
import { feedDecisions } from './valuations.tables.js';

type Sent = { decisionId: string; operationId: string };
/** @param feed to be noted as the instrument's once the call is done */
type Call = { decisionId: string; to: Address; data: Hex; feed?: SetFeedOnChain };

/** Carries decisions about feeds out, and notes what became of them on chain. */
@Injectable()
export class FeedDecisionOutcome {
  private readonly following: Workflow<Sent>;
  private readonly calling: Workflow<Call>;

  constructor(
    private readonly workflows: Workflows,
    private readonly database: Database,
    private readonly operations: Operations,
    private readonly restricted: RestrictedCalls,
    private readonly contracts: Contracts,
    private readonly feeds: Feeds,
    private readonly audit: Audit,
  ) {
    this.following = workflows.define('feed-decision-outcome', (sent: Sent) => this.follow(sent));
    this.calling = workflows.define('feed-decision-call', (call: Call) => this.call(call));
  }

  /** Follows an operation that was enqueued. */
  private async follow(sent: Sent): Promise<void> {
    const failure = await this.workflows.step('confirm', () => refusalOf(() => this.operations.confirmed(sent.operationId)));
    await this.workflows.step('note', () => this.note(sent.decisionId, failure));
  }

  startFollowing(sent: Sent): Promise<void> {
    return this.following.start(`feed-decision-outcome:${sent.decisionId}`, sent);
  }

  /** Makes a call of the admin's, which may have to be announced and to wait. */
  startCall(call: Call): Promise<void> {
    return this.calling.start(`feed-decision-call:${call.decisionId}`, call);
  }

  private async call({ decisionId, to, data, feed }: Call): Promise<void> {
    const manager = this.contracts.address('accessManager');
    const failure = await this.restricted.run({ businessKey: `feed-decision:${decisionId}`, sender: 'admin', manager, to, data });
    await this.workflows.step('note', () => this.note(decisionId, failure, feed));
  }

  private async note(decisionId: string, failure: string | null, feed?: SetFeedOnChain): Promise<void> {
    await this.database.transaction(async () => {
      const [row] = await this.database.query
        .update(feedDecisions)
        .set(failure === null ? { state: 'DONE' } : { state: 'FAILED', failure })
        .where(and(eq(feedDecisions.id, decisionId), eq(feedDecisions.state, 'SENT')))
        .returning();
      if (!row) return;
      if (failure === null && feed) await this.feeds.set(feed);
      await this.audit.append({
        actor: actingIn(SYSTEM, row.tenantId),
        action: failure === null ? 'feed-decision.done' : 'feed-decision.failed',
        subject: `instrument:${row.instrumentId}`,
        payload: { decisionId, kind: row.kind, ...(failure === null ? {} : { failure }) },
        ...(failure === null ? {} : { result: 'FAILED' as const }),
      });
    });
  }
}
