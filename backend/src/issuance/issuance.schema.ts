import { z } from 'zod';
import { AmountText } from '../platform/schema/amount.js';
import { HexData, Id, Instant, InstantIn, WalletAddress } from '../platform/schema/fields.js';
import { PageQuery } from '../platform/schema/page.js';

export const Exemption = z.enum(['REG_D_506B', 'REG_D_506C', 'REG_S', 'REG_A_T2', 'REG_CF', 'EU_PROSPECTUS_EXEMPT', 'SG_AI']);
export type Exemption = z.infer<typeof Exemption>;

export const AllocationMethod = z.enum(['PRO_RATA', 'FCFS']);
export type AllocationMethod = z.infer<typeof AllocationMethod>;

/** DRAFT (an officer looks at it) → APPROVED → OPENING → OPEN → CLOSED → SETTLING → COMPLETED; soft cap missed, called off or impossible
 *  to settle: FAILED → REFUNDED. */
export const OfferingState = z.enum([
  'DRAFT',
  'APPROVED',
  'OPENING',
  'OPEN',
  'CLOSING',
  'CANCELLING',
  'CLOSED',
  'SETTLING',
  'COMPLETED',
  'FAILED',
  'REFUNDED',
]);
export type OfferingState = z.infer<typeof OfferingState>;

/** AGREEMENT_SENT → AWAITING_FUNDS (signed) → FUNDED → ALLOCATED → SETTLED; exits WITHDRAWN, HELD (undeliverable or not refundable, money in escrow), REFUNDED. */
export const SubscriptionState = z.enum([
  'AGREEMENT_SENT',
  'AWAITING_FUNDS',
  'FUNDED',
  'ALLOCATED',
  'SETTLED',
  'HELD',
  'REFUNDED',
  'WITHDRAWN',
]);
export type SubscriptionState = z.infer<typeof SubscriptionState>;

/** Units and caps in whole-token decimals, the price in the currency for one whole token, instants in chain time. Without a price the
 *  instrument's feed gives it, and the offering opens only while that value is fresh and unchanged. */
export const CreateOffering = z.strictObject({
  instrumentId: Id,
  exemption: Exemption,
  currency: z.string().min(1).max(20),
  settlementWallet: WalletAddress,
  unitPrice: AmountText.optional(),
  minTicket: AmountText,
  maxTicket: AmountText.optional(),
  increment: AmountText,
  softCap: AmountText,
  hardCap: AmountText,
  opensAt: InstantIn,
  closesAt: InstantIn,
  settleBy: InstantIn,
  allocation: AllocationMethod,
  documentIds: z.array(Id).max(20).default([]),
});
export type CreateOffering = z.infer<typeof CreateOffering>;

export const OfferingView = z.object({
  id: Id,
  instrumentId: Id,
  exemption: Exemption,
  currency: z.string(),
  settlementWallet: z.string(),
  unitPrice: z.string(),
  /** Round of the feed that gave the price; null: a fixed price. */
  priceRound: z.string().nullable(),
  minTicket: z.string(),
  maxTicket: z.string().nullable(),
  increment: z.string(),
  softCap: z.string(),
  hardCap: z.string(),
  opensAt: Instant,
  closesAt: Instant,
  settleBy: Instant,
  allocation: AllocationMethod,
  documents: z.array(z.object({ id: Id, sha256: z.string() })),
  state: OfferingState,
  approvalId: Id.nullable(),
  allocationApprovalId: Id.nullable(),
  chainOfferingId: z.string().nullable(),
  createdAt: Instant,
});
export type OfferingView = z.input<typeof OfferingView>;

/** What every funded subscription would get, or gets. */
export const AllocationView = z.object({
  demand: z.string(),
  supply: z.string(),
  allocated: z.string(),
  oversubscribed: z.boolean(),
  lines: z.array(z.object({ subscriptionId: Id, requested: z.string(), allocated: z.string() })),
});
export type AllocationView = z.input<typeof AllocationView>;

export const CreateSubscription = z.strictObject({ offeringId: Id, wallet: WalletAddress, units: AmountText });
export type CreateSubscription = z.infer<typeof CreateSubscription>;

/** The wallet's signature (EIP-191; contract wallets by ERC-1271 or 6492) over the text of `agreement`. */
export const SignSubscription = z.strictObject({ signature: HexData });
export type SignSubscription = z.infer<typeof SignSubscription>;

const Call = z.object({ to: z.string(), data: z.string(), value: z.string() });

/** The two calls that the investor's wallet sends: allow the escrow to take the price, then pay. */
export const PaymentInstructions = z.object({
  currency: z.string(),
  amount: z.string(),
  approve: Call,
  pay: Call,
  order: z.object({ offeringId: z.string(), orderId: z.string(), wallet: z.string(), units: z.string(), validUntil: z.string() }),
  signature: z.string(),
});
export type PaymentInstructions = z.input<typeof PaymentInstructions>;

export const SubscriptionView = z.object({
  id: Id,
  offeringId: Id,
  investorId: Id,
  wallet: z.string(),
  units: z.string(),
  amount: z.string(),
  currency: z.string(),
  state: SubscriptionState,
  agreement: z.string(),
  payment: PaymentInstructions.nullable(),
  fundedAt: Instant.nullable(),
  allocatedUnits: z.string().nullable(),
  refunded: z.string().nullable(),
  held: z.string().nullable(),
  settledTx: z.string().nullable(),
  createdAt: Instant,
});
export type SubscriptionView = z.input<typeof SubscriptionView>;

export const SubscriptionQuery = PageQuery.extend({ offeringId: Id.optional() });
export type SubscriptionQuery = z.infer<typeof SubscriptionQuery>;
