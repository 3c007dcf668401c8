import { Injectable } from '@nestjs/common';
import { Investors } from '../parties/investors.service.js';
import { Database } from '../platform/database/database.js';
import { Vault } from '../platform/vault/vault.js';
import { type Workflow, Workflows } from '../platform/workflow/workflows.js';
import type { CaseStatus } from './case-machine.js';
import { CaseStore, statementId } from './case-store.js';
import { messageField, resultField } from './fields.js';
import type { KycProviderEvent, KycResult } from './providers/kyc-provider.js';
import { KycProviders } from './providers/kyc-providers.js';
import { Screening } from './screening/screening.service.js';

type Hint = { kycCaseId: string; providerRef: string; occurredAt: string; hint: KycProviderEvent['hint'] };

/** What happens between us and the provider. Nothing personal leaves a step: their results are kept by the workflow engine as they are. */
@Injectable()
export class Verification {
  private readonly beginning: Workflow<{ kycCaseId: string }>;
  private readonly refreshing: Workflow<Hint>;

  constructor(
    workflows: Workflows,
    private readonly database: Database,
    private readonly store: CaseStore,
    private readonly investors: Investors,
    private readonly providers: KycProviders,
    private readonly screening: Screening,
    private readonly vault: Vault,
  ) {
    this.beginning = workflows.define('kyc-verification', ({ kycCaseId }) =>
      workflows.step('start', () => this.startAtProvider(kycCaseId)),
    );
    this.refreshing = workflows.define('kyc-result', async (hint) => {
      const status = await workflows.step('fetch', () => this.takeResult(hint));
      if (status === 'SCREENING') await workflows.step('screen', () => this.screening.screenCleared(hint.kycCaseId));
    });
  }

  /** A case was submitted: the provider is asked. */
  begin(kycCaseId: string): Promise<void> {
    return this.beginning.start(`kyc-verification:${kycCaseId}`, { kycCaseId });
  }

  /** A provider said that something changed.
   *  @param delivery digest of what it sent */
  refresh(delivery: string, hint: Hint): Promise<void> {
    return this.refreshing.start(`kyc-result:${delivery}`, hint);
  }

  private async startAtProvider(kycCaseId: string): Promise<void> {
    const kycCase = await this.store.get(kycCaseId);
    const { kind, country } = await this.investors.byId(kycCase.partyId);
    const personal = await this.investors.personalData(kycCase.partyId);
    const provider = this.providers.byId(kycCase.provider);
    const { providerRef, url } = await provider.start({ caseId: kycCaseId, kind, level: kycCase.level, prefill: { ...personal, country } });
    await this.database.transaction(async () => {
      await this.store.set(kycCaseId, { providerRef, providerUrl: url ?? null });
      await this.store.apply(kycCaseId, { type: 'verification-started' }, { detail: { providerRef } });
    });
  }

  /** Asks the provider, and applies what it says now, not what the webhook claimed. */
  private async takeResult({ kycCaseId, providerRef, occurredAt, hint }: Hint): Promise<CaseStatus> {
    const kycCase = await this.store.get(kycCaseId);
    const result = await this.providers.byId(kycCase.provider).fetchResult(providerRef);
    const at = result.occurredAt ?? new Date(occurredAt);
    return this.database.transaction(async () => {
      if (hint === 'DATA_CHANGED') {
        const changedAt = new Date(occurredAt);
        const eventId = statementId(providerRef, 'DATA_CHANGED', [], changedAt);
        await this.store.apply(kycCaseId, { type: 'provider', eventId, occurredAt: changedAt, outcome: 'DATA_CHANGED', labels: [] });
      }
      const eventId = statementId(providerRef, result.outcome, result.labels, at);
      const detail = { outcome: result.outcome, eventId, ...(result.labels.length > 0 ? { labels: result.labels.join(' ') } : {}) };
      const event = { type: 'provider', eventId, occurredAt: at, outcome: result.outcome, labels: result.labels } as const;
      const { kycCase: after } = await this.store.apply(kycCaseId, event, { detail });
      // An older result may add a label, but it is not the one to be read.
      if (after.providerEventId === eventId) {
        await this.store.set(kycCaseId, { providerRef, ...(await this.sealed(kycCaseId, kycCase.partyId, result)) });
      }
      return after.status;
    });
  }

  private async sealed(kycCaseId: string, partyId: string, result: KycResult): Promise<{ result: Buffer; userMessage: Buffer | null }> {
    return {
      result: await this.vault.seal(partyId, resultField(kycCaseId), JSON.stringify(result)),
      userMessage: result.userMessage ? await this.vault.seal(partyId, messageField(kycCaseId), result.userMessage) : null,
    };
  }
}
