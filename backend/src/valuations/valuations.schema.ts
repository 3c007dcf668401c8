import { z } from 'zod';
import { CALENDARS } from '#calendar';
import { amount, amountOut } from '../platform/schema/amount.js';
import { BusinessDate, Id, Instant, WalletAddress } from '../platform/schema/fields.js';
import { ROUND_STATES } from './round-history.js';
import { VALUATION_STATUSES } from './valuation-status.js';

/** ISO 4217: what the chain knows of a currency is its number. */
export const QUOTE_CURRENCIES = { USD: 840, EUR: 978, CHF: 756, GBP: 826, JPY: 392, SGD: 702 } as const;

const seconds = z.number().int().min(1).max(4_294_967_295).optional();

/** How old a value may be; at least one of the three is given. */
const Policy = z.strictObject({
  currency: z.enum(Object.keys(QUOTE_CURRENCIES) as [keyof typeof QUOTE_CURRENCIES, ...(keyof typeof QUOTE_CURRENCIES)[]]).default('USD'),
  maxPublishAgeSeconds: seconds,
  maxValuationAgeSeconds: seconds,
  maxBusinessDays: z.number().int().min(1).max(366).optional(),
  calendar: z.enum(CALENDARS).optional(),
});
export type FeedPolicy = z.infer<typeof Policy>;

export const SetFeed = Policy.extend({ feedProxy: WalletAddress }).superRefine((given, context) => {
  const ages = [given.maxPublishAgeSeconds, given.maxValuationAgeSeconds, given.maxBusinessDays];
  const refuse = (message: string): void =>
    void context.issues.push({ code: 'custom', message, input: given, params: { problem: 'FEED_POLICY_INVALID' } });
  if (ages.every((age) => age === undefined)) refuse('must limit the age of the value, in seconds or business days');
  if ((given.maxBusinessDays === undefined) !== (given.calendar === undefined))
    refuse('must name a calendar with business days, and only then');
});
export type SetFeed = z.infer<typeof SetFeed>;

export const FeedProposal = z.object({ approvalId: Id, decisionId: Id, description: z.string(), decimals: z.number().int() });
export type FeedProposal = z.input<typeof FeedProposal>;

/** LIVE: may be relied on · HELD: a later round waits for approval · PUBLICATION_STALE, VALUATION_STALE: published, or valued, too long ago ·
 *  HALTED: nothing is read · UNKNOWN: no feed, or no round. Only LIVE moves money. */
export const ValuationStatus = z.enum(VALUATION_STATUSES);

export const ValuationView = z.object({
  instrumentId: Id,
  feedProxy: z.string(),
  description: z.string(),
  status: ValuationStatus,
  /** A sentence for a person. */
  reason: z.string(),
  /** What would cure it; null while it is LIVE. */
  remedy: z.string().nullable(),
  /** Value of one whole token, as a decimal string; null while nothing can be read. */
  value: z.string().nullable(),
  currency: z.string().nullable(),
  /** Round id of the proxy: its phase, then the number of the round. */
  round: z.string().nullable(),
  valuationTime: Instant.nullable(),
  publishedAt: Instant.nullable(),
  /** Seconds between the valuation and now, by chain time. */
  ageSeconds: z.number().int().nullable(),
  /** Open days of the calendar since the valuation; null when no calendar is asked or it does not know. */
  businessDays: z.number().int().nullable(),
  /** The round that waits for approval. */
  held: z
    .object({
      round: z.number().int(),
      value: z.string(),
      valuationTime: Instant,
      /** Which check held it. */
      check: z.string().nullable(),
      heldAt: Instant,
      approvableFrom: Instant,
      expiresAt: Instant,
    })
    .nullable(),
  /** How old the value may be; null while the chain knows no feed of the instrument. */
  limits: z
    .object({
      maxPublishAgeSeconds: z.number().int().nullable(),
      maxValuationAgeSeconds: z.number().int().nullable(),
      maxBusinessDays: z.number().int().nullable(),
      calendar: z.string().nullable(),
    })
    .nullable(),
});
export type ValuationView = z.input<typeof ValuationView>;

export const RoundView = z.object({
  round: z.number().int(),
  /** The QuorumFeed that it is a round of, and whether that stands behind the feed's proxy now. */
  source: z.string(),
  inForce: z.boolean(),
  state: z.enum(ROUND_STATES),
  value: z.string().nullable(),
  valuationTime: Instant.nullable(),
  publishedAt: Instant.nullable(),
  heldAt: Instant.nullable(),
  expiresAt: Instant.nullable(),
  check: z.string().nullable(),
  signers: z.number().int(),
  evidenceRoot: z.string(),
  /** Whether the record behind `evidenceRoot` is on file: GET …/evidence/{evidenceRoot}. */
  hasEvidence: z.boolean(),
  /** Address that approved it on chain. */
  approver: z.string().nullable(),
  /** Round that this one restates, and the one that restates it. */
  corrects: z.number().int().nullable(),
  correctedBy: z.number().int().nullable(),
  /** Of an invalidated round: hash of the reason, and the document when it went through this service. */
  reasonHash: z.string().nullable(),
  reasonDocumentId: Id.nullable(),
  transactionHash: z.string(),
});
export type RoundView = z.input<typeof RoundView>;

export const CorrectRound = z.strictObject({
  /** The round that carries the restated value. */
  round: z.number().int().min(1),
  corrects: z.number().int().min(1),
  reason: z.string().min(1).max(1_000),
  documentId: Id,
});
export type CorrectRound = z.infer<typeof CorrectRound>;

export const CorrectionView = z.object({
  id: Id,
  instrumentId: Id,
  round: z.number().int(),
  correctsRound: z.number().int(),
  reason: z.string(),
  documentId: Id,
  documentHash: z.string(),
  createdAt: Instant,
});
export type CorrectionView = z.input<typeof CorrectionView>;

/** A source record: the very bytes whose keccak256 the signers signed. 700,000 characters are about 512 KiB. */
export const AddEvidence = z.strictObject({ contentBase64: z.base64().min(1).max(700_000) });
export type AddEvidence = z.infer<typeof AddEvidence>;

export const EvidenceView = z.object({
  instrumentId: Id,
  /** keccak256 of the content, the `evidenceRoot` of the rounds that rest on it. */
  hash: z.string(),
  bytes: z.number().int(),
  rounds: z.array(z.number().int()),
  createdAt: Instant,
});
export type EvidenceView = z.input<typeof EvidenceView>;

export const EvidenceContent = EvidenceView.extend({ contentBase64: z.string() });
export type EvidenceContent = z.input<typeof EvidenceContent>;

export const AddAppraisal = z.strictObject({
  value: amount(2),
  currency: z.string().length(3),
  asOf: BusinessDate,
  method: z.enum(['COMPARABLES', 'INCOME', 'COST']),
  documentId: Id,
  /** The appraisal that this one restates: of the same day, and not restated yet. */
  corrects: Id.optional(),
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
  correctsId: Id.nullable(),
  /** The appraisal that restates this one: it counts, this one does not any more. */
  correctedById: Id.nullable(),
  createdAt: Instant,
});
export type AppraisalView = z.input<typeof AppraisalView>;
