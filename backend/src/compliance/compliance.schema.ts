import { z } from 'zod';
import { AmountText, UintText } from '../platform/schema/amount.js';
import { Bytes32, HexData, Id, Instant, WalletAddress } from '../platform/schema/fields.js';
import { PageQuery } from '../platform/schema/page.js';
import { FREEZE_REASONS, LEGAL_BASES } from './compliance.tables.js';

const Reference = z
  .string()
  .trim()
  .min(3)
  .max(100)
  .regex(/^[\w .:/#-]+$/, { error: 'is a file number, not a text: letters, digits and . : / # - _' });

export const CreateFreeze = z.strictObject({
  instrumentId: Id,
  wallet: WalletAddress,
  reasonCode: z.enum(FREEZE_REASONS),
  legalBasis: z.enum(LEGAL_BASES),
  reference: Reference,
});
export type CreateFreeze = z.infer<typeof CreateFreeze>;

export const FreezeView = z.object({
  id: Id,
  instrumentId: Id,
  wallet: z.string(),
  investorId: Id.nullable(),
  reasonCode: z.enum(FREEZE_REASONS),
  legalBasis: z.enum(LEGAL_BASES),
  reference: z.string(),
  state: z.enum(['FREEZING', 'ACTIVE', 'RELEASE_REQUESTED', 'RELEASING', 'RELEASED', 'FAILED']),
  operationId: z.string().nullable(),
  releaseApprovalId: z.string().nullable(),
  releaseOperationId: z.string().nullable(),
  createdAt: Instant,
  releasedAt: Instant.nullable(),
});
export type FreezeView = z.input<typeof FreezeView>;

export const FreezeQuery = PageQuery.extend({ instrumentId: Id.optional(), wallet: WalletAddress.optional() });
export type FreezeQuery = z.infer<typeof FreezeQuery>;

export const ReleaseFreeze = z.strictObject({ legalBasis: z.enum(LEGAL_BASES), reference: Reference });
export type ReleaseFreeze = z.infer<typeof ReleaseFreeze>;

export const RecoveryWallets = z.strictObject({ investorId: Id, instrumentId: Id, lostWallet: WalletAddress, newWallet: WalletAddress });
export type RecoveryWallets = z.infer<typeof RecoveryWallets>;

export const CreateRecovery = RecoveryWallets.extend({
  newWalletSignature: HexData,
  legalBasis: z.enum(LEGAL_BASES),
  documentHash: Bytes32,
});
export type CreateRecovery = z.infer<typeof CreateRecovery>;

/** EIP-712 payload as `eth_signTypedData_v4` takes it. */
export const TypedData = z.object({
  domain: z.object({ name: z.string(), version: z.string(), chainId: z.number().int(), verifyingContract: z.string() }),
  types: z.record(z.string(), z.array(z.object({ name: z.string(), type: z.string() }))),
  primaryType: z.literal('Recovery'),
  message: z.object({ lostWallet: z.string(), newWallet: z.string(), identity: z.string(), nonce: z.string() }),
});
export type TypedData = z.input<typeof TypedData>;

export const RecoveryView = z.object({
  id: Id,
  investorId: Id,
  instrumentId: Id,
  lostWallet: z.string(),
  newWallet: z.string(),
  legalBasis: z.enum(LEGAL_BASES),
  documentHash: z.string(),
  state: z.enum(['REQUESTED', 'APPROVED', 'PROPOSED', 'DONE', 'FAILED']),
  approvalId: z.string().nullable(),
  executableAt: Instant.nullable(),
  proposeOperationId: z.string().nullable(),
  recoverOperationId: z.string().nullable(),
  failure: z.string().nullable(),
  createdAt: Instant,
});
export type RecoveryView = z.input<typeof RecoveryView>;

export const PreviewTransfer = z.strictObject({ instrumentId: Id, from: WalletAddress, to: WalletAddress, units: AmountText });
export type PreviewTransfer = z.infer<typeof PreviewTransfer>;

const ReasonView = z.object({ code: z.number().int(), name: z.string(), sentence: z.string(), cure: z.string().nullable() });

/** Every check, passed or not. `actual` and `limit` are in the unit of the check; `room` in token units (decimal string), null when the
 *  check does not depend on the amount; `until`: from when on time alone cures it. */
export const TransferPreview = z.object({
  allowed: z.boolean(),
  reason: ReasonView,
  verdicts: z.array(
    z.object({
      rule: z.string(),
      isToken: z.boolean(),
      pass: z.boolean(),
      reason: ReasonView,
      actual: UintText,
      limit: UintText,
      room: z.string().nullable(),
      until: Instant.nullable(),
    }),
  ),
});
export type TransferPreview = z.input<typeof TransferPreview>;

export const ClaimTopic = z.coerce.number().int().min(1).max(5);
export const RevokeClaim = z.strictObject({ legalBasis: z.enum(LEGAL_BASES), reference: Reference });
export type RevokeClaim = z.infer<typeof RevokeClaim>;
export const Requested = z.object({ approvalId: Id });
