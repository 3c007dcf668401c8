import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { identityStorageAbi } from '../../../contracts/generated/abi.js';
import { Contracts } from '../chain/contracts.js';
import { Operations } from '../chain/operations.js';
import { Transactions } from '../chain/transactions.js';
import { Claims } from '../kyc/claims.service.js';
import { Investors } from '../parties/investors.service.js';
import { type Approval, Approvals } from '../platform/approvals/approvals.service.js';
import { Audit } from '../platform/audit/audit.service.js';
import { type Actor, SYSTEM } from '../platform/auth/actor.js';
import { Conflict } from '../platform/problem.js';
import { type Workflow, Workflows } from '../platform/workflow/workflows.js';
import type { RevokeClaim } from './compliance.schema.js';
import { LEGAL_BASES } from './compliance.tables.js';

type Revoked = { investorId: string; topic: number; operationId: string };

const Payload = z.strictObject({ investorId: z.string(), topic: z.number(), legalBasis: z.enum(LEGAL_BASES), reference: z.string() });

/** Takes back what we stated about an investor, in every token at once. Two officers. */
@Injectable()
export class ClaimRevocations {
  private readonly approval: Approval<z.infer<typeof Payload>>;
  private readonly tracking: Workflow<Revoked>;

  constructor(
    private readonly investors: Investors,
    private readonly claims: Claims,
    private readonly contracts: Contracts,
    private readonly transactions: Transactions,
    private readonly audit: Audit,
    operations: Operations,
    approvals: Approvals,
    workflows: Workflows,
  ) {
    this.approval = approvals.define({
      action: 'claim.revoke',
      permission: 'claim:approve',
      payload: Payload,
      execute: ({ investorId, topic }, { id, approver }) => this.revoke(investorId, topic, id, approver),
    });
    this.tracking = workflows.define('claim-revocation', ({ operationId, ...revoked }: Revoked) =>
      workflows.step('note', async () => this.note(revoked, (await operations.wait(operationId)).state === 'CONFIRMED')),
    );
  }

  /** @throws Conflict CLAIM_NOT_WRITTEN when there is none on chain */
  async request(investorId: string, topic: number, grounds: RevokeClaim, actor: Actor): Promise<{ approvalId: string }> {
    await this.investors.byId(investorId);
    await this.checkWritten(investorId, topic);
    const { id } = await this.approval.request({ payload: { investorId, topic, ...grounds }, subject: `investor:${investorId}`, actor });
    return { approvalId: id };
  }

  /** He counts as not approved from here on, and on chain as soon as the revocation is mined. */
  private async revoke(investorId: string, topic: number, approvalId: string, approver: Actor): Promise<{ operationId: string }> {
    await this.checkWritten(investorId, topic);
    const { identity } = await this.investors.byId(investorId);
    if (!identity) throw new Conflict('CLAIM_NOT_WRITTEN', 'The investor has no identity on chain.');
    const call = this.contracts.call(this.contracts.address('identityStorage'), {
      abi: identityStorageAbi,
      functionName: 'revokeClaim',
      args: [identity, BigInt(topic)],
    });
    const { id: operationId } = await this.transactions.enqueue({
      businessKey: `revoke-claim:${approvalId}`,
      sender: 'claimIssuer',
      ...call,
      decisionId: approvalId,
    });
    await this.investors.setApproval(investorId, null);
    await this.audit.append({
      actor: approver,
      action: 'claim.revoked',
      subject: `investor:${investorId}`,
      payload: { topic, operationId },
      decisionId: approvalId,
    });
    await this.tracking.start(`claim-revocation:${operationId}`, { investorId, topic, operationId });
    return { operationId };
  }

  private async note({ investorId, topic }: Omit<Revoked, 'operationId'>, confirmed: boolean): Promise<void> {
    if (confirmed) return this.claims.markRevoked(investorId, topic);
    await this.audit.append({
      actor: SYSTEM,
      action: 'claim.revoked',
      subject: `investor:${investorId}`,
      payload: { topic },
      result: 'FAILED',
    });
  }

  private async checkWritten(investorId: string, topic: number): Promise<void> {
    if (await this.claims.isWritten(investorId, topic)) return;
    throw new Conflict('CLAIM_NOT_WRITTEN', `The investor has no claim of topic ${topic} from us.`);
  }
}
