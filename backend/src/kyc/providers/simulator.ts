import { Inject, Injectable } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import { Config } from '../../platform/config.js';
import { Database } from '../../platform/database/database.js';
import { NotFound } from '../../platform/problem.js';
import { simulatorVerifications } from '../kyc.tables.js';
import {
  KycProvider,
  type KycProviderEvent,
  type KycResult,
  ProviderRefused,
  type RawHeaders,
  type StartVerification,
  type Verification,
  type WebhookVerdict,
} from './kyc-provider.js';
import { signHmac, verifyHmac } from './webhook-signature.js';

export const SIMULATOR_WEBHOOK_HEADERS = { digest: 'x-simulator-digest', algorithm: 'x-simulator-digest-alg' } as const;

export type SimulatedVerification = typeof simulatorVerifications.$inferSelect;
type Scenario = SimulatedVerification['scenario'];

const LABELS: Record<Scenario, string[]> = {
  CLEAR: [],
  RESUBMIT: ['DOCUMENT_PAGE_MISSING'],
  REJECT: ['BAD_PROOF_OF_IDENTITY'],
  FRAUD: ['FORGERY'],
};

/** The person's name decides, the same way every time: its last digit (7 asks for another document once, 8 rejects, 9 rejects for fraud)
 *  or a word in it (resubmit, reject, forgery); everybody else is clear. */
export function scenarioOf(legalName: string): Scenario {
  const digit = /(\d)\D*$/.exec(legalName)?.[1];
  if (digit === '7' || /resubmit/i.test(legalName)) return 'RESUBMIT';
  if (digit === '8' || /reject/i.test(legalName)) return 'REJECT';
  if (digit === '9' || /forge/i.test(legalName)) return 'FRAUD';
  return 'CLEAR';
}

/** A provider that answers at once and without a network, for local use and tests. It speaks as the real ones do: signed webhooks that say
 *  only that something changed, and a result to be fetched. Not available in production. */
@Injectable()
export class Simulator extends KycProvider {
  readonly id = 'simulator';

  constructor(
    private readonly database: Database,
    @Inject(Config) private readonly config: Config,
  ) {
    super();
  }

  async start({ caseId, prefill }: StartVerification): Promise<Verification> {
    const ref = `sim-${caseId}`;
    await this.database.query
      .insert(simulatorVerifications)
      .values({ ref, caseId, scenario: scenarioOf(prefill.legalName), attempt: 0, outcome: 'PENDING', labels: [] })
      .onConflictDoNothing();
    return { providerRef: ref };
  }

  verifyWebhook(raw: Buffer, headers: RawHeaders, now: Date): WebhookVerdict {
    return verifyHmac(raw, headers, SIMULATOR_WEBHOOK_HEADERS, this.config.kyc.simulatorWebhookSecrets, now);
  }

  parseWebhook(raw: Buffer): KycProviderEvent[] {
    const text = raw.toString('utf8');
    const found = /^\{"ref":"(sim-([0-9a-f-]{36}))","attempt":\d+,"at":"([^"]+)"\}$/.exec(text);
    if (!found?.[1] || !found[2] || !found[3]) return [];
    return [{ providerRef: found[1], caseId: found[2], occurredAt: new Date(found[3]), hint: 'RESULT' }];
  }

  async fetchResult(providerRef: string): Promise<KycResult> {
    const verification = await this.find(providerRef);
    if (!verification) throw new ProviderRefused(`The simulator knows no verification ${providerRef}.`);
    const { outcome, labels, completedAt } = verification;
    return {
      providerRef,
      outcome,
      ...(completedAt ? { occurredAt: completedAt } : {}),
      labels,
      ...(outcome === 'RESUBMIT' ? { userMessage: 'A page of the document is missing. Please take the picture again.' } : {}),
      person: {},
      documents: [],
    };
  }

  /** The person went through the simulated flow: the verification gets its outcome.
   *  @throws NotFound VERIFICATION_NOT_FOUND */
  async complete(ref: string): Promise<SimulatedVerification> {
    const before = await this.find(ref);
    if (!before) throw new NotFound('VERIFICATION_NOT_FOUND', `There is no simulated verification ${ref}.`);
    const attempt = before.attempt + 1;
    const scenario = before.scenario === 'RESUBMIT' && attempt > 1 ? 'CLEAR' : before.scenario;
    const outcome = scenario === 'CLEAR' ? 'CLEAR' : scenario === 'RESUBMIT' ? 'RESUBMIT' : 'REJECT_FINAL';
    const [row] = await this.database.query
      .update(simulatorVerifications)
      .set({ attempt, outcome, labels: LABELS[scenario], completedAt: new Date() })
      .where(eq(simulatorVerifications.ref, ref))
      .returning();
    if (!row) throw new Error('The verification was not stored.');
    return row;
  }

  /** The webhook of a completed verification: always the same bytes for the same attempt. */
  async webhook(ref: string): Promise<{ body: string; headers: Record<string, string> }> {
    const verification = await this.find(ref);
    if (!verification?.completedAt) throw new ProviderRefused(`The simulated verification ${ref} is not completed.`);
    const { attempt, completedAt } = verification;
    const body = JSON.stringify({ ref, attempt, at: completedAt.toISOString() });
    const secret = this.config.kyc.simulatorWebhookSecrets[0]?.value ?? '';
    return { body, headers: { 'content-type': 'application/json', ...signHmac(Buffer.from(body), SIMULATOR_WEBHOOK_HEADERS, secret) } };
  }

  private async find(ref: string): Promise<SimulatedVerification | undefined> {
    const [row] = await this.database.query.select().from(simulatorVerifications).where(eq(simulatorVerifications.ref, ref));
    return row;
  }
}
