import { z } from 'zod';
import { Id, Instant } from '../platform/schema/fields.js';

export const FeedDecisionKind = z.enum(['SET_FEED', 'APPROVE_ROUND', 'INVALIDATE_ROUND', 'HALT', 'RESUME']);
export type FeedDecisionKind = z.infer<typeof FeedDecisionKind>;

/** REQUESTED: waits for a second person · SENT: on its way to the chain, where it may have to wait out a delay · DONE · FAILED. */
export const FeedDecisionState = z.enum(['REQUESTED', 'SENT', 'DONE', 'FAILED']);
export type FeedDecisionState = z.infer<typeof FeedDecisionState>;

const Reason = z.string().min(1).max(1_000);

export const DecideFeed = z.strictObject({ reason: Reason });
export type DecideFeed = z.infer<typeof DecideFeed>;

export const InvalidateRound = z.strictObject({ reason: Reason, documentId: Id });
export type InvalidateRound = z.infer<typeof InvalidateRound>;

export const RoundNumber = z.coerce.number().int().min(1).max(2_147_483_647);

export const FeedDecisionView = z.object({
  id: Id,
  instrumentId: Id,
  feedId: z.string(),
  kind: FeedDecisionKind,
  round: z.number().int().nullable(),
  reason: z.string(),
  documentId: Id.nullable(),
  documentHash: z.string().nullable(),
  state: FeedDecisionState,
  /** Why nothing came of it on chain. */
  failure: z.string().nullable(),
  approvalId: Id.nullable(),
  createdAt: Instant,
});
export type FeedDecisionView = z.input<typeof FeedDecisionView>;
