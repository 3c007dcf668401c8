import { z } from 'zod';
import { AmountText } from '../platform/schema/amount.js';
import { Id, Instant, InstantIn, WalletAddress } from '../platform/schema/fields.js';

/** DRAFT (an officer looks at it) → OPENING → OPEN → CLOSED (takes no more requests), or FAILED when the chain refuses it. */
export const DeskState = z.enum(['DRAFT', 'OPENING', 'OPEN', 'CLOSED', 'FAILED']);
export type DeskState = z.infer<typeof DeskState>;

export const DealingSide = z.enum(['SUBSCRIPTION', 'REDEMPTION']);
export type DealingSide = z.infer<typeof DealingSide>;

const seconds = z.number().int().min(1).max(2_147_483_647);

/** Amounts of money in the currency, of units in whole-token decimals, instants in chain time. */
export const OpenDesk = z.strictObject({
  instrumentId: Id,
  currency: z.string().min(1).max(20),
  settlementWallet: WalletAddress,
  minSubscription: AmountText,
  minRedemption: AmountText,
  /** Units that the desks of the token may mint in a day, from the opening of this one on; no more than are authorised. */
  dailyMintCap: AmountText,
  firstCutOff: InstantIn,
  periodSeconds: seconds,
  maxPriceAgeSeconds: seconds,
  settleWithinSeconds: seconds.max(366 * 86_400),
});
export type OpenDesk = z.infer<typeof OpenDesk>;

export const DeskView = z.object({
  id: Id,
  instrumentId: Id,
  currency: z.string(),
  settlementWallet: z.string(),
  minSubscription: z.string(),
  minRedemption: z.string(),
  /** Null of a desk that was drafted before it was stated: all authorised units. */
  dailyMintCap: z.string().nullable(),
  firstCutOff: Instant,
  periodSeconds: z.number().int(),
  maxPriceAgeSeconds: z.number().int(),
  settleWithinSeconds: z.number().int(),
  state: DeskState,
  approvalId: Id.nullable(),
  chainDeskId: z.string().nullable(),
  failure: z.string().nullable(),
  createdAt: Instant,
});
export type DeskView = z.input<typeof DeskView>;

export const AskSubscription = z.strictObject({ wallet: WalletAddress, amount: AmountText });
export type AskSubscription = z.infer<typeof AskSubscription>;

export const AskRedemption = z.strictObject({ wallet: WalletAddress, units: AmountText });
export type AskRedemption = z.infer<typeof AskRedemption>;

/** What the investor's wallet sends, in this order. */
export const DealingInstructions = z.object({
  calls: z.array(z.object({ to: z.string(), data: z.string(), value: z.string() })),
  /** Until then the request can be taken back; it is priced by the first valuation after. */
  cutOff: Instant,
  /** Why a redemption has to wait for now; null when it does not. */
  notice: z.string().nullable(),
});
export type DealingInstructions = z.input<typeof DealingInstructions>;

export const SettleDesk = z.strictObject({ side: DealingSide });
export type SettleDesk = z.infer<typeof SettleDesk>;

const index = z.number().int().min(0).max(2_147_483_647);

/** Requests in one transaction: each delivery mints or burns, and pays. */
export const DELIVERIES = 8;

export const RetryRequests = z.strictObject({ side: DealingSide, indexes: z.array(index).min(1).max(DELIVERIES) });
export type RetryRequests = z.infer<typeof RetryRequests>;

export const RefundRequest = z.strictObject({ side: DealingSide, index });
export type RefundRequest = z.infer<typeof RefundRequest>;

export const WithdrawMoney = z.strictObject({ amount: AmountText });
export type WithdrawMoney = z.infer<typeof WithdrawMoney>;

export const DealingProposal = z.object({ approvalId: Id });
export type DealingProposal = z.input<typeof DealingProposal>;

export const DealingRequestState = z.enum(['PENDING', 'HELD', 'SETTLED', 'CANCELLED', 'REFUNDED']);
export type DealingRequestState = z.infer<typeof DealingRequestState>;

export const DealingRequestView = z.object({
  side: DealingSide,
  /** Place in the queue of its side. */
  index: z.number().int(),
  wallet: z.string(),
  /** Money of a subscription, units of a redemption. */
  amount: z.string(),
  cutOff: Instant,
  state: DealingRequestState,
  /** Units minted or burned and money paid, once it is settled. */
  units: z.string().nullable(),
  money: z.string().nullable(),
  /** Why it is held. */
  held: z.string().nullable(),
});
export type DealingRequestView = z.input<typeof DealingRequestView>;
