import { z } from 'zod';
import { amount, amountOut } from '../platform/schema/amount.js';
import { BusinessDate, Id, Instant, WalletAddress } from '../platform/schema/fields.js';

export const SetFeed = z.strictObject({ feedProxy: WalletAddress });
export type SetFeed = z.infer<typeof SetFeed>;

export const FeedProposal = z.object({ approvalId: Id, description: z.string(), decimals: z.number().int() });
export type FeedProposal = z.input<typeof FeedProposal>;

/** LIVE: may be relied on · STALE: older than its feed allows · UNAVAILABLE: the feed has no value, or is halted. */
export const ValuationStatus = z.enum(['LIVE', 'STALE', 'UNAVAILABLE']);
export type ValuationStatus = z.infer<typeof ValuationStatus>;

export const ValuationView = z.object({
  instrumentId: Id,
  feedProxy: z.string(),
  description: z.string(),
  status: ValuationStatus,
  /** A sentence for a person. */
  reason: z.string(),
  /** Value of one whole token, as a decimal string; null while there is none. */
  value: z.string().nullable(),
  round: z.string().nullable(),
  valuationTime: Instant.nullable(),
  /** Seconds between the valuation and now, by chain time. */
  ageSeconds: z.number().int().nullable(),
  maxAgeSeconds: z.number().int(),
});
export type ValuationView = z.input<typeof ValuationView>;

export const RoundView = z.object({
  round: z.number().int(),
  value: z.string(),
  valuationTime: Instant,
  publishedAt: Instant,
  evidenceRoot: z.string(),
  transactionHash: z.string(),
});
export type RoundView = z.input<typeof RoundView>;

export const AddAppraisal = z.strictObject({
  value: amount(2),
  currency: z.string().length(3),
  asOf: BusinessDate,
  method: z.enum(['COMPARABLES', 'INCOME', 'COST']),
  documentId: Id,
});
export type AddAppraisal = z.infer<typeof AddAppraisal>;

export const AppraisalView = z.object({
  id: Id,
  assetId: Id,
  value: amountOut(2),
  currency: z.string(),
  asOf: z.string(),
  method: z.string(),
  documentId: Id,
  createdAt: Instant,
});
export type AppraisalView = z.input<typeof AppraisalView>;
