import { Injectable } from '@nestjs/common';
import { and, asc, eq } from 'drizzle-orm';
import { Contracts } from '../chain/contracts.js';
import { Operations } from '../chain/operations.js';
import { Followers } from '../chain/projection/followers.js';
import { Database } from '../platform/database/database.js';
import { type Workflow, Workflows } from '../platform/workflow/workflows.js';
import { kycCases } from './kyc.tables.js';
import { OnChainRegistration } from './on-chain-registration.js';
import { RegistrationBooks } from './registration-books.js';

/** Takes approved investors to the chain. Approved before the first instrument is deployed, they wait for it. */
@Injectable()
export class Registration {
  private readonly workflow: Workflow<{ kycCaseId: string }>;

  constructor(
    private readonly workflows: Workflows,
    private readonly database: Database,
    private readonly onChain: OnChainRegistration,
    private readonly operations: Operations,
    private readonly books: RegistrationBooks,
    contracts: Contracts,
    followers: Followers,
  ) {
    this.workflow = workflows.define('kyc-registration', ({ kycCaseId }) => this.run(kycCaseId));
    followers.follow('kyc-registration', ['TREXSuiteDeployed'], async ({ args }) => {
      if (args.irs === contracts.address('identityStorage')) await this.startWaiting(String(args.token));
    });
  }

  start(kycCaseId: string): Promise<void> {
    return this.workflow.start(`kyc-registration:${kycCaseId}`, { kycCaseId });
  }

  private async run(kycCaseId: string): Promise<void> {
    const operationId = await this.workflows.step('enqueue', () => this.onChain.enqueue(kycCaseId));
    if (operationId === null) return;
    await this.workflows.step('confirm', () => this.operations.confirmed(operationId).then(() => undefined));
    await this.workflows.step('finish', () => this.books.registered(kycCaseId, operationId));
  }

  /** A run that found no instrument ended; the case is still PENDING and gets another run now. */
  private async startWaiting(token: string): Promise<void> {
    const waiting = await this.database.query
      .select({ id: kycCases.id })
      .from(kycCases)
      .where(and(eq(kycCases.status, 'APPROVED'), eq(kycCases.registration, 'PENDING')))
      .orderBy(asc(kycCases.id));
    for (const { id } of waiting) await this.workflow.start(`kyc-registration:${id}:${token}`, { kycCaseId: id });
  }
}
