import type { Address, Hex } from 'viem';
import { z } from 'zod';
import { UintText } from '../platform/schema/amount.js';
import { Id, Instant, WalletAddress } from '../platform/schema/fields.js';
import type { IntentState, txIntent } from './chain.tables.js';
import type { Refusal } from './refusal.js';

/** QUEUED: not sent yet · SUBMITTED: a node may have it · MINED: in a block that may still go · CONFIRMED, REVERTED: final ·
 *  REPLACED: given up, its nonce went to nothing. */
export const OperationState = z.enum(['QUEUED', 'SUBMITTED', 'MINED', 'CONFIRMED', 'REVERTED', 'REPLACED']);
export type OperationState = z.infer<typeof OperationState>;

/** One effect on chain, from the decision to the confirmed block. */
export type Operation = {
  id: string;
  businessKey: string;
  state: OperationState;
  sender: Address;
  target: Address;
  nonce: bigint;
  /** Hash of the attempt that was mined. */
  transactionHash: Hex | null;
  block: bigint | null;
  /** Why it reverted. */
  error: Refusal | null;
  createdAt: Date;
  finalAt: Date | null;
};

const states: Record<IntentState, OperationState> = {
  ALLOCATED: 'QUEUED',
  SIGNED: 'QUEUED',
  SENT: 'SUBMITTED',
  MINED: 'MINED',
  CONFIRMED: 'CONFIRMED',
  REVERTED: 'REVERTED',
  SUPERSEDED: 'REPLACED',
};

export function toOperation(intent: typeof txIntent.$inferSelect): Operation {
  return {
    id: intent.id,
    businessKey: intent.businessKey,
    state: states[intent.state],
    sender: intent.sender,
    target: intent.target,
    nonce: intent.nonce,
    transactionHash: intent.minedHash,
    block: intent.minedBlock,
    error: intent.reverted,
    createdAt: intent.createdAt,
    finalAt: intent.finalAt,
  };
}

/** Whether nothing more will happen to it. */
export function isFinal(operation: Operation): boolean {
  return operation.state === 'CONFIRMED' || operation.state === 'REVERTED' || operation.state === 'REPLACED';
}

/** Response of `GET /v1/operations/{id}`. */
export const OperationView = z.object({
  id: Id,
  businessKey: z.string(),
  state: OperationState,
  sender: WalletAddress,
  target: WalletAddress,
  nonce: UintText,
  transactionHash: z.string().nullable(),
  block: UintText.nullable(),
  error: z
    .object({ name: z.string(), args: z.record(z.string(), z.unknown()), reason: z.string().optional(), data: z.string().optional() })
    .nullable(),
  createdAt: Instant,
  finalAt: Instant.nullable(),
});
