import { RetryableError } from '../../platform/workflow/retryable.js';
import type { ProviderOutcome } from '../case-machine.js';

export const PROVIDER_IDS = ['sumsub', 'simulator'] as const;
export type ProviderId = (typeof PROVIDER_IDS)[number];

export type RawHeaders = Record<string, string | string[] | undefined>;

/** @param caseId comes back in webhooks as our own reference; it is the only thing about the person that a provider cannot do without */
export type StartVerification = {
  caseId: string;
  kind: 'PERSON' | 'ENTITY';
  level: 'BASIC' | 'ENHANCED';
  prefill: { legalName: string; country: string; dateOfBirth?: string; email?: string };
};

/** Where the person goes on: `url` is shown to him. Starting the same case twice gives the same reference. */
export type Verification = { providerRef: string; url?: string };

export type WebhookVerdict = { ok: true } | { ok: false; reason: 'MISSING' | 'ALGORITHM' | 'MISMATCH' | 'UNCONFIGURED' };

/** A hint that something changed; what changed is asked with `fetchResult`. */
export type KycProviderEvent = {
  providerRef: string;
  caseId?: string;
  occurredAt: Date;
  /** DATA_CHANGED cannot be seen in the result, so the event itself says it. */
  hint: 'RESULT' | 'DATA_CHANGED';
};

export type VerifiedDocument = { type: string; country?: string; numberHash?: string; issuedOn?: string; expiresOn?: string };

/** What the provider holds of one verification now.
 *  @param occurredAt time of the review; absent while there is none (the time of the hint then counts)
 *  @param userMessage may be shown to the investor   @param internalMessage never */
export type KycResult = {
  providerRef: string;
  outcome: ProviderOutcome;
  occurredAt?: Date;
  labels: string[];
  userMessage?: string;
  internalMessage?: string;
  person: { firstName?: string; lastName?: string; legalName?: string; dateOfBirth?: string; country?: string };
  documents: VerifiedDocument[];
};

/** Who looks at documents and faces for us. One class a provider; both are registered in KycProviders. */
export abstract class KycProvider {
  abstract readonly id: ProviderId;
  /** Idempotent by case. @throws ProviderUnavailable, ProviderRefused */
  abstract start(verification: StartVerification): Promise<Verification>;
  /** Over the bytes received, before any parsing. A provider without a secret refuses everything. */
  abstract verifyWebhook(raw: Buffer, headers: RawHeaders, now: Date): WebhookVerdict;
  /** Pure. Unknown events, and bodies it cannot read, give none. */
  abstract parseWebhook(raw: Buffer): KycProviderEvent[];
  /** The authority: only what this returns changes a case. @throws ProviderUnavailable, ProviderRefused */
  abstract fetchResult(providerRef: string): Promise<KycResult>;
}

/** Asking again later may help: network, timeout, 429, 5xx. */
export class ProviderUnavailable extends RetryableError {
  override readonly name = 'ProviderUnavailable';
}

/** Asking again will not help. */
export class ProviderRefused extends Error {
  override readonly name = 'ProviderRefused';
}
