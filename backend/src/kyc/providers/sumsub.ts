import { createHash, createHmac } from 'node:crypto';
import countries from 'i18n-iso-countries';
import { z } from 'zod';
import { askProvider } from '../../platform/webhooks/outbound.js';
import type { ProviderOutcome } from '../case-machine.js';
import {
  KycProvider,
  type KycProviderEvent,
  type KycResult,
  ProviderRefused,
  ProviderUnavailable,
  type RawHeaders,
  type StartVerification,
  type Verification,
  type WebhookVerdict,
} from './kyc-provider.js';
import { verifyHmac, type WebhookSecret } from './webhook-signature.js';

export type SumsubSettings = {
  /** https://api.sumsub.com; the token decides between sandbox and production. */
  baseUrl: string;
  /** Whether it may be at a private address; for tests. */
  privateToo: boolean;
  appToken: string;
  secretKey: string;
  webhookSecrets: readonly WebhookSecret[];
  /** Names of the verification levels in the Sumsub dashboard. */
  levels: Record<StartVerification['level'], string>;
};

export const SUMSUB_WEBHOOK_HEADERS = { digest: 'x-payload-digest', algorithm: 'x-payload-digest-alg' } as const;

const LINK_SECONDS = 24 * 3600;

/** Events after which the result may be another. Unknown ones are ignored. */
const EVENT_HINTS: Record<string, KycProviderEvent['hint']> = {
  applicantCreated: 'RESULT',
  applicantPending: 'RESULT',
  applicantPrechecked: 'RESULT',
  applicantOnHold: 'RESULT',
  applicantReviewed: 'RESULT',
  applicantReset: 'RESULT',
  applicantActivated: 'RESULT',
  applicantDeactivated: 'RESULT',
  applicantWorkflowCompleted: 'RESULT',
  applicantPersonalInfoChanged: 'DATA_CHANGED',
  applicantLevelChanged: 'DATA_CHANGED',
};

const Webhook = z.object({
  applicantId: z.string().min(1),
  externalUserId: z.string().optional(),
  type: z.string(),
  createdAtMs: z.union([z.string(), z.number()]),
});

const IdDocument = z.object({
  idDocType: z.string(),
  country: z.string().optional(),
  number: z.string().optional(),
  issuedDate: z.string().optional(),
  validUntil: z.string().optional(),
});

const Applicant = z.object({
  id: z.string().min(1),
  info: z
    .object({
      firstName: z.string().optional(),
      lastName: z.string().optional(),
      dob: z.string().optional(),
      country: z.string().optional(),
      companyInfo: z.object({ companyName: z.string().optional(), country: z.string().optional() }).optional(),
      idDocs: z.array(IdDocument).optional(),
    })
    .optional(),
  review: z.object({
    reviewStatus: z.string(),
    reviewDate: z.string().optional(),
    reviewResult: z
      .object({
        reviewAnswer: z.string().optional(),
        reviewRejectType: z.string().optional(),
        rejectLabels: z.array(z.string()).optional(),
        moderationComment: z.string().optional(),
        clientComment: z.string().optional(),
      })
      .optional(),
  }),
});
type Applicant = z.infer<typeof Applicant>;

/** Sumsub (docs.sumsub.com): signed requests, applicants keyed by our case id, webhooks over the raw body. */
export class Sumsub extends KycProvider {
  readonly id = 'sumsub';

  constructor(private readonly settings: SumsubSettings) {
    super();
  }

  async start(verification: StartVerification): Promise<Verification> {
    const levelName = this.settings.levels[verification.level];
    const applicant = await this.createApplicant(verification, levelName);
    const { url } = await this.request('POST', '/resources/sdkIntegrations/levels/-/websdkLink', z.object({ url: z.string() }), {
      levelName,
      userId: verification.caseId,
      ttlInSecs: LINK_SECONDS,
    });
    return { providerRef: applicant.id, url };
  }

  verifyWebhook(raw: Buffer, headers: RawHeaders, now: Date): WebhookVerdict {
    return verifyHmac(raw, headers, SUMSUB_WEBHOOK_HEADERS, this.settings.webhookSecrets, now);
  }

  parseWebhook(raw: Buffer): KycProviderEvent[] {
    const body = Webhook.safeParse(parseJson(raw.toString('utf8')));
    if (!body.success) return [];
    const { applicantId, externalUserId, type, createdAtMs } = body.data;
    const hint = EVENT_HINTS[type];
    const occurredAt = sumsubTime(createdAtMs);
    if (!hint || !occurredAt) return [];
    return [{ providerRef: applicantId, ...(externalUserId ? { caseId: externalUserId } : {}), occurredAt, hint }];
  }

  async fetchResult(providerRef: string): Promise<KycResult> {
    return toResult(await this.request('GET', `/resources/applicants/${encodeURIComponent(providerRef)}/one`, Applicant));
  }

  private async createApplicant(verification: StartVerification, levelName: string): Promise<{ id: string }> {
    const { caseId, kind, prefill } = verification;
    const country = countries.alpha2ToAlpha3(prefill.country);
    const body = {
      externalUserId: caseId,
      type: kind === 'PERSON' ? 'individual' : 'company',
      ...(prefill.email ? { email: prefill.email } : {}),
      fixedInfo:
        kind === 'PERSON'
          ? { ...personName(prefill.legalName), country, ...(prefill.dateOfBirth ? { dob: prefill.dateOfBirth } : {}) }
          : { companyInfo: { companyName: prefill.legalName, country } },
    };
    try {
      return await this.request(
        'POST',
        `/resources/applicants?levelName=${encodeURIComponent(levelName)}`,
        z.object({ id: z.string() }),
        body,
      );
    } catch (error) {
      // A repeat of a start whose answer was lost: the applicant of this case is there already.
      if (!(error instanceof SumsubRefused) || error.status !== 409) throw error;
      return this.request('GET', `/resources/applicants/-;externalUserId=${encodeURIComponent(caseId)}/one`, z.object({ id: z.string() }));
    }
  }

  private async request<T extends z.ZodType>(method: 'GET' | 'POST', path: string, schema: T, body?: unknown): Promise<z.infer<T>> {
    const payload = body === undefined ? '' : JSON.stringify(body);
    const seconds = Math.floor(Date.now() / 1000).toString();
    const headers = {
      accept: 'application/json',
      ...(payload ? { 'content-type': 'application/json' } : {}),
      'x-app-token': this.settings.appToken,
      'x-app-access-ts': seconds,
      'x-app-access-sig': signRequest(this.settings.secretKey, seconds, method, path, payload),
    };
    const { baseUrl, privateToo } = this.settings;
    const { status, body: text } = await askProvider(
      new URL(path, baseUrl).href,
      { method, headers, body: payload },
      { hosts: [new URL(baseUrl).host], privateToo },
    ).catch((error: unknown) => {
      throw new ProviderUnavailable(`Sumsub does not answer ${method} ${pathOnly(path)}`, { cause: error });
    });
    if (status === 429 || status >= 500 || (status >= 300 && status < 400)) {
      throw new ProviderUnavailable(`Sumsub answers ${status} to ${method} ${pathOnly(path)}`);
    }
    if (status >= 400) throw new SumsubRefused(status, `${method} ${pathOnly(path)}`);
    const parsed = schema.safeParse(parseJson(text));
    if (!parsed.success) throw new ProviderRefused(`Sumsub’s answer to ${method} ${pathOnly(path)} has another shape than documented`);
    return parsed.data;
  }
}

class SumsubRefused extends ProviderRefused {
  constructor(
    readonly status: number,
    request: string,
  ) {
    super(`Sumsub refuses ${request} with ${status}`);
  }
}

/** Lower-case hex HMAC-SHA256 over timestamp, method, path with query, and body exactly as sent (docs.sumsub.com/reference/authentication). */
export function signRequest(secretKey: string, seconds: string, method: string, path: string, body: string): string {
  return createHmac('sha256', secretKey).update(`${seconds}${method}${path}${body}`).digest('hex');
}

function toResult(applicant: Applicant): KycResult {
  const { info, review } = applicant;
  const result = review.reviewResult;
  const occurredAt = review.reviewStatus === 'completed' && review.reviewDate ? sumsubTime(review.reviewDate) : undefined;
  const country = info?.country ?? info?.companyInfo?.country;
  return {
    providerRef: applicant.id,
    outcome: outcomeOf(review),
    ...(occurredAt ? { occurredAt } : {}),
    labels: result?.rejectLabels ?? [],
    ...(result?.moderationComment ? { userMessage: result.moderationComment } : {}),
    ...(result?.clientComment ? { internalMessage: result.clientComment } : {}),
    person: {
      ...(info?.firstName ? { firstName: info.firstName } : {}),
      ...(info?.lastName ? { lastName: info.lastName } : {}),
      ...(info?.companyInfo?.companyName ? { legalName: info.companyInfo.companyName } : {}),
      ...(info?.dob ? { dateOfBirth: info.dob } : {}),
      ...(country ? { country: countries.alpha3ToAlpha2(country) ?? country } : {}),
    },
    documents: (info?.idDocs ?? []).map((document) => ({
      type: document.idDocType,
      ...(document.country ? { country: countries.alpha3ToAlpha2(document.country) ?? document.country } : {}),
      ...(document.number ? { numberHash: hashNumber(applicant.id, document.number) } : {}),
      ...(document.issuedDate ? { issuedOn: document.issuedDate } : {}),
      ...(document.validUntil ? { expiresOn: document.validUntil } : {}),
    })),
  };
}

/** "completed" only says that the review ended. RED without a type is treated as final, so that an officer looks at it. */
function outcomeOf(review: Applicant['review']): ProviderOutcome {
  if (review.reviewStatus !== 'completed') return 'PENDING';
  if (review.reviewResult?.reviewAnswer === 'GREEN') return 'CLEAR';
  return review.reviewResult?.reviewRejectType === 'RETRY' ? 'RESUBMIT' : 'REJECT_FINAL';
}

/** Sumsub writes times as "2026-02-23 09:14:55", with or without "+0000", or as epoch milliseconds; always UTC. */
function sumsubTime(value: string | number): Date | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? new Date(value) : undefined;
  if (/^\d{12,14}$/.test(value)) return new Date(Number(value));
  const match = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?)(?:Z|\+0000|\+00:00)?$/.exec(value);
  if (!match) return undefined;
  const date = new Date(`${match[1]}T${match[2]}Z`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Salted by the applicant, so that equal numbers of two cases cannot be seen. */
const hashNumber = (applicantId: string, number: string): string => createHash('sha256').update(`${applicantId}|${number}`).digest('hex');

function personName(legalName: string): { firstName: string; lastName: string } {
  const parts = legalName.trim().split(/\s+/);
  return { firstName: parts.slice(0, -1).join(' '), lastName: parts.at(-1) ?? '' };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const pathOnly = (path: string): string => path.split('?', 1)[0] ?? path;
