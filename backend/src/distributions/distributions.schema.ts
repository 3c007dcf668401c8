import { z } from 'zod';
import { Country } from '../parties/countries.js';
import { AmountText } from '../platform/schema/amount.js';
import { BusinessDate, Id, Instant, WalletAddress } from '../platform/schema/fields.js';
import { PageQuery } from '../platform/schema/page.js';

/** ISO 20022 names: cash dividend (also rent passed on by a vehicle), interest. */
export const DistributionKind = z.enum(['DVCA', 'INTR']);
export type DistributionKind = z.infer<typeof DistributionKind>;

/** POOL: largest remainder, nothing is left over. PER_UNIT: an amount per whole unit, rounded down; what is left is dust. */
export const DistributionMethod = z.enum(['POOL', 'PER_UNIT']);
export type DistributionMethod = z.infer<typeof DistributionMethod>;

/** DECLARED → RECORDING → CALCULATED → APPROVED (four eyes) → FUNDING → FUNDED → PAYING → COMPLETED, or PARTIALLY_COMPLETED while
 *  something is held. CANCELLED only before PAYING. */
export const DistributionState = z.enum([
  'DECLARED',
  'RECORDING',
  'CALCULATED',
  'APPROVED',
  'FUNDING',
  'FUNDED',
  'PAYING',
  'COMPLETED',
  'PARTIALLY_COMPLETED',
  'CANCELLING',
  'CANCELLED',
]);
export type DistributionState = z.infer<typeof DistributionState>;

/** PENDING → PAID, or HELD (in escrow, with the reason) → PAID. WITHHELD: the tax takes all. RETURNED: not claimed in time. */
export const EntitlementState = z.enum(['PENDING', 'PAID', 'HELD', 'WITHHELD', 'RETURNED']);
export type EntitlementState = z.infer<typeof EntitlementState>;

const basisPoints = z.number().int().min(0).max(10_000);

export const RentStatementText = z.strictObject({
  gross: AmountText,
  managementBps: basisPoints,
  platformBps: basisPoints,
  insurance: AmountText,
  taxes: AmountText,
  utilities: AmountText,
  maintenance: AmountText,
});
export type RentStatementText = z.infer<typeof RentStatementText>;

/** The pool is given, or comes out of a rent statement: exactly one of the two. */
export const CreateDistribution = z
  .strictObject({
    instrumentId: Id,
    kind: DistributionKind,
    method: DistributionMethod.default('POOL'),
    currency: z.string().min(1).max(20),
    pool: AmountText.optional(),
    rentStatement: RentStatementText.optional(),
    /** The law by which nothing is withheld; absent: the withholding rates apply. */
    taxExemption: z.string().min(1).max(300).optional(),
    withholdingAgent: WalletAddress,
    paymentDate: BusinessDate,
  })
  .refine(({ pool, rentStatement }) => (pool === undefined) !== (rentStatement === undefined), {
    error: 'give either pool or rentStatement',
    path: ['pool'],
  });
export type CreateDistribution = z.infer<typeof CreateDistribution>;

export const DistributionView = z.object({
  id: Id,
  instrumentId: Id,
  kind: DistributionKind,
  method: DistributionMethod,
  currency: z.string(),
  pool: z.string(),
  rent: z
    .object({
      gross: z.string(),
      lines: z.array(z.object({ name: z.string(), amount: z.string() })),
      net: z.string(),
      shortfall: z.string(),
    })
    .nullable(),
  taxExemption: z.string().nullable(),
  withholdingAgent: z.string(),
  paymentDate: z.string(),
  state: DistributionState,
  approvalId: Id.nullable(),
  snapshotId: z.string().nullable(),
  recordTime: Instant.nullable(),
  totals: z
    .object({
      net: z.string(),
      withheld: z.string(),
      dust: z.string(),
      funded: z.string(),
      paid: z.string(),
      held: z.string(),
      count: z.number().int(),
    })
    .nullable(),
  chainDistributionId: z.string().nullable(),
  reconciledAt: Instant.nullable(),
  createdAt: Instant,
});
export type DistributionView = z.input<typeof DistributionView>;

export const EntitlementView = z.object({
  id: Id,
  distributionId: Id,
  identity: z.string(),
  investorId: Id.nullable(),
  units: z.string(),
  gross: z.string(),
  rateBps: z.number().int(),
  tax: z.string(),
  net: z.string(),
  taxBasis: z.string(),
  currency: z.string(),
  state: EntitlementState,
  wallet: z.string().nullable(),
  reason: z.string().nullable(),
  paidTx: z.string().nullable(),
});
export type EntitlementView = z.input<typeof EntitlementView>;

export const EntitlementQuery = PageQuery.extend({ distributionId: Id.optional() });
export type EntitlementQuery = z.infer<typeof EntitlementQuery>;

/** The call by which the investor's own wallet takes what is due. */
export const ClaimInstructions = z.object({
  to: z.string(),
  data: z.string(),
  value: z.string(),
  entitlement: z.object({ index: z.string(), investor: z.string(), amount: z.string() }),
  proof: z.array(z.string()),
});
export type ClaimInstructions = z.input<typeof ClaimInstructions>;

export const AddWithholdingRate = z.strictObject({
  kind: DistributionKind,
  country: Country.nullable(),
  rateBps: basisPoints,
  validFrom: BusinessDate,
  validTo: BusinessDate.nullable().default(null),
  source: z.string().min(1).max(300),
});
export type AddWithholdingRate = z.infer<typeof AddWithholdingRate>;

export const WithholdingRateView = z.object({
  id: Id,
  kind: DistributionKind,
  country: z.string().nullable(),
  rateBps: z.number().int(),
  validFrom: z.string(),
  validTo: z.string().nullable(),
  source: z.string(),
});
export type WithholdingRateView = z.input<typeof WithholdingRateView>;
