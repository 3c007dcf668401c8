import { z } from 'zod';
import { CountryCode, Id, Instant } from '../platform/schema/fields.js';
import { AssetClass, AssetDetails } from './asset-details.js';

/** DRAFT → DUE_DILIGENCE (submitted: an officer looks at it; after a rejection it is submitted again) → READY → TOKENIZED. */
export const AssetState = z.enum(['DRAFT', 'DUE_DILIGENCE', 'READY', 'TOKENIZED']);
export type AssetState = z.infer<typeof AssetState>;

export const CreateAsset = z.strictObject({
  name: z.string().min(1).max(200),
  jurisdiction: CountryCode,
  details: AssetDetails,
});
export type CreateAsset = z.infer<typeof CreateAsset>;

export const AssetView = z.object({
  id: Id,
  name: z.string(),
  assetClass: AssetClass,
  jurisdiction: z.string(),
  details: AssetDetails,
  state: AssetState,
  approvalId: Id.nullable(),
  createdAt: Instant,
});
export type AssetView = z.input<typeof AssetView>;
