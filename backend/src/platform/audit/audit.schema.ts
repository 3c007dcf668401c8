import { z } from 'zod';
import { Id, Instant, JsonValue } from '../schema/fields.js';
import { PageQuery } from '../schema/page.js';

export const AuditQuery = PageQuery.extend({ subject: z.string().max(200).optional(), action: z.string().max(100).optional() });
export type AuditQuery = z.infer<typeof AuditQuery>;

export const AuditEventView = z.object({
  id: Id,
  /** Place in the chain; null for the moment between commit and linking. */
  sequence: z.number().int().nullable(),
  at: Instant,
  actor: z.object({ personId: z.string(), name: z.string(), roles: z.array(z.string()), sessionId: z.string() }),
  action: z.string(),
  subject: z.string(),
  payload: JsonValue,
  payloadHash: z.string(),
  decisionId: z.string().nullable(),
  result: z.string(),
  hash: z.string().nullable(),
});
export type AuditEventView = z.input<typeof AuditEventView>;

export const AuditVerification = z.object({
  entries: z.number().int(),
  head: z.string(),
  intact: z.boolean(),
  /** `sequence` is null for a row that has no place in the chain, `eventId` for one that is missing. */
  firstBad: z.object({ sequence: z.number().int().nullable(), eventId: z.string().nullable(), reason: z.string() }).nullable(),
});
export type AuditVerification = z.infer<typeof AuditVerification>;
