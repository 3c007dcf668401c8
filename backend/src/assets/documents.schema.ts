import { z } from 'zod';
import { BusinessDate, Bytes32, Id, Instant } from '../platform/schema/fields.js';

export const DocumentRole = z.enum([
  'OFFERING_MEMORANDUM',
  'SUBSCRIPTION_AGREEMENT',
  'TERM_SHEET',
  'VALUATION_REPORT',
  'LEGAL_OPINION',
  'TITLE_DEED',
  'CUSTODY_STATEMENT',
  'AUDIT',
  'NOTICE',
]);
export type DocumentRole = z.infer<typeof DocumentRole>;

/** OFFERING: everybody who is signed in · STAFF: issuer, officers and auditors. */
export const DocumentVisibility = z.enum(['OFFERING', 'STAFF']);
export type DocumentVisibility = z.infer<typeof DocumentVisibility>;

export const MediaType = z.enum(['application/pdf', 'text/plain', 'text/markdown']);

/** Content travels in base64; 700,000 characters are about 512 KiB. */
export const AddDocument = z.strictObject({
  role: DocumentRole,
  title: z.string().min(1).max(200),
  mediaType: MediaType,
  contentBase64: z.base64().min(1).max(700_000),
  sha256: Bytes32,
  visibility: DocumentVisibility.default('OFFERING'),
  expiresOn: BusinessDate.optional(),
});
export type AddDocument = z.infer<typeof AddDocument>;

export const DocumentView = z.object({
  id: Id,
  assetId: Id,
  role: DocumentRole,
  title: z.string(),
  version: z.number().int(),
  mediaType: z.string(),
  sha256: z.string(),
  bytes: z.number().int(),
  visibility: DocumentVisibility,
  expiresOn: z.string().nullable(),
  createdAt: Instant,
});
export type DocumentView = z.input<typeof DocumentView>;

export const DocumentContent = DocumentView.extend({ contentBase64: z.string() });
export type DocumentContent = z.input<typeof DocumentContent>;

/** What stands between an asset and its approval or sale. */
export const DueDiligence = z.object({
  complete: z.boolean(),
  items: z.array(
    z.object({
      role: DocumentRole,
      status: z.enum(['PRESENT', 'MISSING', 'STALE']),
      documentId: Id.nullable(),
      sha256: z.string().nullable(),
      expiresOn: z.string().nullable(),
    }),
  ),
});
export type DueDiligence = z.input<typeof DueDiligence>;
