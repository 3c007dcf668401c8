import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Audit } from '../platform/audit/audit.service.js';
import { SYSTEM } from '../platform/auth/actor.js';
import { Database } from '../platform/database/database.js';
import { Unauthenticated } from '../platform/problem.js';
import { Vault } from '../platform/vault/vault.js';
import { CaseStore } from './case-store.js';
import { webhookDeliveries } from './kyc.tables.js';
import type { RawHeaders } from './providers/kyc-provider.js';
import { KycProviders } from './providers/kyc-providers.js';
import { Verification } from './verification.workflow.js';

/** What providers send us. A delivery counts when its signature is right, and its bytes only once; it never says what became of a case,
 *  only that it is time to ask. */
@Injectable()
export class Webhooks {
  constructor(
    private readonly database: Database,
    private readonly providers: KycProviders,
    private readonly store: CaseStore,
    private readonly verification: Verification,
    private readonly vault: Vault,
    private readonly audit: Audit,
  ) {}

  /** @param raw the bytes received; undefined when they were not JSON
   *  @throws Unauthenticated WEBHOOK_REFUSED: nothing is kept but the audit entry · NotFound PROVIDER_UNKNOWN */
  async receive(providerId: string, raw: Buffer | undefined, headers: RawHeaders): Promise<void> {
    const provider = this.providers.byId(providerId);
    const bytes = raw ?? Buffer.alloc(0);
    const verdict = provider.verifyWebhook(bytes, headers, new Date());
    if (!verdict.ok) {
      await this.audit.refused({
        actor: SYSTEM,
        action: 'webhook.received',
        subject: `webhook:${provider.id}`,
        payload: { reason: verdict.reason },
      });
      throw new Unauthenticated('WEBHOOK_REFUSED', 'The signature of this delivery is missing or wrong.');
    }
    const digest = createHash('sha256').update(bytes).digest('hex');
    const isNew = await this.database.query
      .insert(webhookDeliveries)
      .values({ provider: provider.id, digest })
      .onConflictDoNothing()
      .returning();
    if (isNew.length === 0) return;

    for (const event of provider.parseWebhook(bytes)) {
      const kycCase = await this.store.find(provider.id, event.providerRef, event.caseId);
      if (!kycCase) continue;
      const sealed = await this.vault.seal(kycCase.partyId, `webhook:${digest}`, bytes.toString('base64'));
      await this.database.query
        .insert(webhookDeliveries)
        .values({ provider: provider.id, digest, caseId: kycCase.id, raw: sealed })
        .onConflictDoUpdate({ target: [webhookDeliveries.provider, webhookDeliveries.digest], set: { caseId: kycCase.id, raw: sealed } });
      await this.verification.refresh(digest, {
        kycCaseId: kycCase.id,
        providerRef: event.providerRef,
        occurredAt: event.occurredAt.toISOString(),
        hint: event.hint,
      });
    }
  }
}
