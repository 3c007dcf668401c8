import { z } from 'zod';
import { Country } from '../parties/countries.js';
import { AmountText } from '../platform/schema/amount.js';
import { Id, Instant } from '../platform/schema/fields.js';

/** DRAFT → DEPLOYING (approved) → DEPLOYED, or FAILED: for good without a token, to go on with one. */
export const InstrumentState = z.enum(['DRAFT', 'DEPLOYING', 'DEPLOYED', 'FAILED']);
export type InstrumentState = z.infer<typeof InstrumentState>;

export const RightsType = z.enum(['EQUITY', 'DEBT', 'FUND_UNIT', 'REVENUE_SHARE', 'TITLE_FRACTION']);
export type RightsType = z.infer<typeof RightsType>;

/** Transfer rules and eligibility as they go on chain. Units in whole-token decimals. */
export const InstrumentTerms = z.strictObject({
  /** Most units there may ever be. */
  authorisedUnits: AmountText,
  /** ISO 3166-1 alpha-2 of the countries whose investors may receive. */
  countriesAllowed: z.array(Country).min(1).max(250),
  /** Most units one investor may hold over all wallets. */
  maximumBalance: AmountText.optional(),
  /** Seconds for which newly issued units are locked, by acquisition lot. */
  lockupSeconds: z.number().int().positive().max(4_294_967_295).optional(),
  /** Claim topics an investor needs: 1 KYC, 2 AML, 3 accredited. */
  claimTopics: z.array(z.number().int().min(1).max(5)).min(1).max(5).default([1, 2]),
});
export type InstrumentTerms = z.infer<typeof InstrumentTerms>;

export const CreateInstrument = z.strictObject({
  assetId: Id,
  name: z.string().min(1).max(100),
  symbol: z.string().regex(/^[A-Z0-9-]{1,32}$/, { error: 'must be capitals, digits and hyphens' }),
  decimals: z.number().int().min(0).max(18).default(18),
  rightsType: RightsType,
  terms: InstrumentTerms,
});
export type CreateInstrument = z.infer<typeof CreateInstrument>;

export const InstrumentView = z.object({
  id: Id,
  assetId: Id,
  name: z.string(),
  symbol: z.string(),
  decimals: z.number().int(),
  rightsType: RightsType,
  terms: InstrumentTerms,
  state: InstrumentState,
  approvalId: Id.nullable(),
  token: z.string().nullable(),
  registry: z.string().nullable(),
  compliance: z.string().nullable(),
  /** CAIP-19 identifier of the token. */
  caip19: z.string().nullable(),
  createdAt: Instant,
  deployedAt: Instant.nullable(),
});
export type InstrumentView = z.input<typeof InstrumentView>;
