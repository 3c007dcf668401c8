import { z } from 'zod';
import { AmountText } from '../platform/schema/amount.js';
import { BusinessDate } from '../platform/schema/fields.js';
import type { DocumentRole } from './documents.schema.js';

const basisPoints = z.number().int().min(0).max(10_000);

/** A Treasury bill as auctioned. Rates in per cent, prices per 100 of face value, all as published. */
export const TreasuryBill = z.strictObject({
  assetClass: z.literal('TREASURY_BILL'),
  cusip: z
    .string()
    .regex(/^[0-9A-Z]{9}$/, { error: 'must be a CUSIP of nine characters' })
    .optional(),
  auctionDate: BusinessDate,
  issueDate: BusinessDate,
  maturityDate: BusinessDate,
  discountRatePercent: AmountText,
  pricePerHundred: AmountText,
  investmentRatePercent: AmountText,
  currency: z.string().length(3),
});

/** A let property. Amounts per month in `currency`; shares of the rent in basis points. */
export const RealEstate = z.strictObject({
  assetClass: z.literal('REAL_ESTATE'),
  address: z.string().min(1).max(300),
  propertyType: z.string().min(1).max(100),
  yearBuilt: z.number().int().min(1500).max(2500).optional(),
  purchasePrice: AmountText,
  totalInvestment: AmountText,
  grossRentMonthly: AmountText,
  costs: z.strictObject({
    managementBps: basisPoints,
    platformBps: basisPoints,
    insurance: AmountText,
    taxes: AmountText,
    maintenance: AmountText,
    utilities: AmountText,
  }),
  currency: z.string().length(3),
});

export const AssetDetails = z.discriminatedUnion('assetClass', [TreasuryBill, RealEstate]);
export type AssetDetails = z.infer<typeof AssetDetails>;
export const AssetClass = z.enum(['TREASURY_BILL', 'REAL_ESTATE']);
export type AssetClass = z.infer<typeof AssetClass>;

/** Evidence without which an asset of a class is neither approved nor sold. */
export const REQUIRED_DOCUMENTS: Record<AssetClass, readonly DocumentRole[]> = {
  TREASURY_BILL: ['CUSTODY_STATEMENT', 'TERM_SHEET', 'LEGAL_OPINION', 'OFFERING_MEMORANDUM', 'SUBSCRIPTION_AGREEMENT'],
  REAL_ESTATE: ['TITLE_DEED', 'VALUATION_REPORT', 'LEGAL_OPINION', 'OFFERING_MEMORANDUM', 'SUBSCRIPTION_AGREEMENT'],
};
