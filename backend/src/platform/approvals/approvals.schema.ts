import { z } from 'zod';
import { Id, Instant, JsonValue } from '../schema/fields.js';
import { PageQuery } from '../schema/page.js';

export const ApprovalStatus = z.enum(['PENDING', 'EXECUTED', 'REJECTED', 'CANCELLED']);

export const ApprovalView = z
  .object({
    id: Id,
    action: z.string(),
    subject: z.string(),
    payload: JsonValue,
    /** Send it back with the approval: it says what was seen. */
    payloadHash: z.string(),
    version: z.number().int(),
    makerId: Id,
    required: z.number().int(),
    status: ApprovalStatus,
    result: JsonValue.nullable(),
    createdAt: Instant,
    expiresAt: Instant,
    decidedAt: Instant.nullable(),
    decisions: z.array(
      z.object({
        approverId: Id,
        version: z.number().int(),
        decision: z.enum(['APPROVED', 'REJECTED']),
        reason: z.string().nullable(),
        at: Instant,
      }),
    ),
  })
  .meta({ id: 'Approval' });
export type ApprovalView = z.input<typeof ApprovalView>;

export const ApprovalQuery = PageQuery.extend({ status: ApprovalStatus.optional(), subject: z.string().max(200).optional() });
export type ApprovalQuery = z.infer<typeof ApprovalQuery>;

const PayloadHash = z.string().regex(/^[0-9a-f]{64}$/, { error: 'must be the payloadHash of the request' });

export const Approve = z.strictObject({ payloadHash: PayloadHash, reason: z.string().max(2_000).optional() });
export type Approve = z.infer<typeof Approve>;

export const Reject = z.strictObject({ reason: z.string().min(1).max(2_000) });
export type Reject = z.infer<typeof Reject>;
