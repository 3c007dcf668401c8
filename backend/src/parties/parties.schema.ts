import { z } from 'zod';
import { BusinessDate, HexData, Id, Instant, WalletAddress } from '../platform/schema/fields.js';
import { PageQuery } from '../platform/schema/page.js';
import { Country } from './countries.js';
import { TAX_FORMS } from './tax.js';

/** A name as people write it: trimmed, no line feeds or other control characters. */
const Name = z
  .string()
  .trim()
  .min(2)
  .max(200)
  .regex(/^[^\p{Cc}\p{Cf}]+$/u, { error: 'must not hold control characters' });

export const CreateInvestor = z.strictObject({
  kind: z.enum(['PERSON', 'ENTITY']),
  legalName: Name.meta({ example: 'Ada Lindqvist' }),
  country: Country,
  taxCountry: Country,
  email: z.email().max(254).optional(),
  dateOfBirth: BusinessDate.optional(),
});
export type CreateInvestor = z.infer<typeof CreateInvestor>;

export const WalletView = z.object({
  id: Id,
  address: z.string(),
  state: z.enum(['PROVEN', 'REGISTERED', 'RECOVERED']),
  createdAt: Instant,
  registeredAt: Instant.nullable(),
});
export type WalletView = z.input<typeof WalletView>;

export const TaxFormView = z.object({
  id: Id,
  form: z.enum(TAX_FORMS),
  country: z.string(),
  signedOn: z.string(),
  validUntil: z.string().nullable(),
  treaty: z.object({ country: z.string(), article: z.string().nullable() }).nullable(),
});
export type TaxFormView = z.input<typeof TaxFormView>;

/** Auditors see names masked, and neither e-mail nor date of birth. */
export const InvestorView = z.object({
  id: Id,
  kind: z.enum(['PERSON', 'ENTITY']),
  legalName: z.string(),
  country: z.string(),
  taxCountry: z.string(),
  email: z.string().nullable(),
  dateOfBirth: z.string().nullable(),
  identity: z.string().nullable(),
  approved: z.boolean(),
  approvedUntil: Instant.nullable(),
  registered: z.boolean(),
  wallets: z.array(WalletView),
  taxForms: z.array(TaxFormView),
  createdAt: Instant,
});
export type InvestorView = z.input<typeof InvestorView>;

/** The answer to a POST is kept for its Idempotency-Key, so it holds nothing personal. */
export const CreatedInvestor = InvestorView.pick({ id: true, kind: true, country: true, taxCountry: true, wallets: true, createdAt: true });
export type CreatedInvestor = z.input<typeof CreatedInvestor>;

export const InvestorSummary = InvestorView.omit({ wallets: true, taxForms: true, email: true, dateOfBirth: true });
export type InvestorSummary = z.input<typeof InvestorSummary>;

export const InvestorQuery = PageQuery.extend({ country: Country.optional() });
export type InvestorQuery = z.infer<typeof InvestorQuery>;

export const ChallengeWallet = z.strictObject({ address: WalletAddress });
export type ChallengeWallet = z.infer<typeof ChallengeWallet>;

export const WalletChallenge = z.object({ message: z.string(), expiresAt: Instant });
export type WalletChallenge = z.input<typeof WalletChallenge>;

export const LinkWallet = z.strictObject({ message: z.string().max(4_000), signature: HexData });
export type LinkWallet = z.infer<typeof LinkWallet>;

export const CreateTaxForm = z
  .strictObject({
    form: z.enum(TAX_FORMS),
    country: Country,
    signedOn: BusinessDate,
    treaty: z.strictObject({ country: Country, article: z.string().trim().min(1).max(40).optional() }).optional(),
  })
  .refine(({ form, country }) => (form === 'W-9') === (country === 'US'), {
    path: ['country'],
    error: 'A W-9 is for US persons and only for them',
  })
  .refine(({ form, treaty }) => form !== 'W-9' || treaty === undefined, {
    path: ['treaty'],
    error: 'A US person claims no treaty',
  });
export type CreateTaxForm = z.infer<typeof CreateTaxForm>;
