import { z } from 'zod';
import { Id, Instant, InstantIn } from '../platform/schema/fields.js';
import { PageQuery } from '../platform/schema/page.js';
import { CASE_STATUSES } from './case-machine.js';
import { PROVIDER_IDS } from './providers/kyc-provider.js';

const Words = z.string().trim().min(3).max(2_000);

export const CaseStatusSchema = z.enum(CASE_STATUSES);

export const CreateKycCase = z.strictObject({ investorId: Id, level: z.enum(['BASIC', 'ENHANCED']).default('BASIC') });
export type CreateKycCase = z.infer<typeof CreateKycCase>;

export const Recommend = z.strictObject({
  decision: z.enum(['APPROVE', 'REJECT']),
  riskRating: z.enum(['LOW', 'MEDIUM', 'HIGH']),
  note: Words,
});
export type Recommend = z.infer<typeof Recommend>;

/** `validUntil`: until when the claims on chain last (chain time; takes effect rounded down to the hour). */
export const Approve = z.strictObject({ reason: Words, validUntil: InstantIn });
export type Approve = z.infer<typeof Approve>;

export const Reason = z.strictObject({ reason: Words });
export type Reason = z.infer<typeof Reason>;

export const KycCaseQuery = PageQuery.extend({ status: CaseStatusSchema.optional(), investorId: Id.optional() });
export type KycCaseQuery = z.infer<typeof KycCaseQuery>;

const HitView = z.object({
  id: Id,
  entryNumber: z.number().int(),
  names: z.array(z.string()),
  programs: z.array(z.string()),
  score: z.number(),
  status: z.enum(['OPEN', 'FALSE_POSITIVE', 'TRUE_MATCH', 'INCONCLUSIVE']),
});

/** Where a case stands, for everybody who may know of it; nothing personal, so answers to a POST may be kept. */
export const KycCaseView = z.object({
  id: Id,
  investorId: Id,
  level: z.string(),
  status: CaseStatusSchema,
  provider: z.enum(PROVIDER_IDS),
  providerRef: z.string().nullable(),
  providerUrl: z.string().nullable(),
  validUntil: Instant.nullable(),
  registration: z.enum(['NONE', 'PENDING', 'REGISTERED']),
  createdAt: Instant,
});
export type KycCaseView = z.input<typeof KycCaseView>;

/** With its history. What only officers may see is null for the investor. */
export const KycCaseDetail = KycCaseView.extend({
  userMessage: z.string().nullable(),
  review: z
    .object({
      labels: z.array(z.string()),
      internalMessage: z.string().nullable(),
      screening: z
        .object({
          screenedAt: Instant,
          listVersion: z.string(),
          algorithm: z.string(),
          highestScore: z.number(),
          outcome: z.enum(['CLEAR', 'POSSIBLE']),
          hits: z.array(HitView),
        })
        .nullable(),
      recommendation: z.object({ by: z.string(), decision: z.string(), riskRating: z.string(), note: z.string() }).nullable(),
      decision: z.object({ by: z.string(), at: Instant, reason: z.string() }).nullable(),
    })
    .nullable(),
  history: z.array(
    z.object({
      at: Instant,
      actor: z.string().nullable(),
      event: z.string(),
      from: CaseStatusSchema,
      to: CaseStatusSchema,
      detail: z.record(z.string(), z.unknown()).nullable(),
    }),
  ),
});
export type KycCaseDetail = z.input<typeof KycCaseDetail>;

export const Dispose = z.strictObject({ disposition: z.enum(['FALSE_POSITIVE', 'TRUE_MATCH', 'INCONCLUSIVE']), reason: Words });
export type Dispose = z.infer<typeof Dispose>;

export const DisposedHit = z.object({
  id: Id,
  status: z.enum(['OPEN', 'FALSE_POSITIVE', 'TRUE_MATCH', 'INCONCLUSIVE']),
  case: KycCaseView,
});
export type DisposedHit = z.input<typeof DisposedHit>;

export const WebhookProvider = z.string().max(40);
export const Received = z.object({ received: z.literal(true) });

export const VerificationRef = z.string().regex(/^sim-[0-9a-f-]{36}$/);
export const SimulatedVerification = z.object({ ref: z.string(), outcome: z.string(), attempt: z.number().int() });
export type SimulatedVerification = z.input<typeof SimulatedVerification>;
