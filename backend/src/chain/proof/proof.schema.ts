import { z } from 'zod';

/** One value that the projection has otherwise than the chain; token or payment units as integers. */
export const Difference = z.object({
  what: z.enum(['SUPPLY', 'SUM_OF_BALANCES', 'BALANCE', 'FROZEN_UNITS', 'FROZEN', 'PAID', 'PAID_COUNT', 'ENTITLEMENTS']),
  /** Wallet or distribution. */
  subject: z.string().nullable(),
  projected: z.string(),
  chain: z.string(),
});
export type Difference = z.infer<typeof Difference>;

export const TokenProof = z.object({
  token: z.string(),
  supply: z.string(),
  /** Wallets that hold or held units or have a freeze, each compared. */
  wallets: z.number().int(),
  holders: z.number().int(),
  /** SHA-256 over a line `wallet:balance:frozenUnits:frozen` for each of these wallets, in the order of their addresses. */
  registerHash: z.string(),
  distributions: z.number().int(),
  /** The first hundred; `differing` counts all. */
  differences: z.array(Difference),
  differing: z.number().int(),
});
export type TokenProof = z.infer<typeof TokenProof>;

const count = z.number().int();

/** Numbers behind what must always hold. Where one says `must be 0`, anything else turns the proof into DIFFERS. */
export const Invariants = z.object({
  /** Every decision has one effect: `doubled` must be 0. */
  I1: z.object({ decided: count, final: count, open: count, doubled: count }),
  /** No effect without a decision: transactions of our accounts on chain that nobody decided, must be 0. */
  I2: z.object({ unknown: count }),
  /** Nonces: `gaps` must be 0, `unsent` is what waits. */
  I3: z.object({ senders: count, gaps: count, unsent: count }),
  /** The projection equals the chain: `differing` must be 0. */
  I4: z.object({ compared: count, differing: count }),
  /** The parts of each distribution are what was declared: `differing` must be 0. */
  I5: z.object({ distributions: count, differing: count }),
  /** The Distributor holds what it owes, by payment token: `short` must be 0. */
  I6: z.array(z.object({ paymentToken: z.string(), owed: z.string(), held: z.string(), short: z.string() })),
  /** The audit log reaches at least its last anchor: `missing` entries must be 0. */
  I7: z.object({ linked: count, waiting: count, anchored: count, missing: count }),
});
export type Invariants = z.infer<typeof Invariants>;

/** Response of `GET /v1/proof`: what the last comparison of the register with the chain found. */
export const Proof = z.object({
  status: z.enum(['AGREES', 'DIFFERS']),
  /** RFC 3339. */
  checkedAt: z.string(),
  chainId: z.number().int(),
  /** The final block at which both sides were read. */
  block: z.object({ number: z.string(), hash: z.string(), stateRoot: z.string() }),
  /** Whether the second node has the same block; null when none is configured. */
  witness: z.enum(['AGREES', 'DISAGREES', 'BEHIND', 'SILENT']).nullable(),
  tokens: z.array(TokenProof),
  audit: z.object({
    sequence: count,
    hash: z.string().nullable(),
    anchor: z
      .object({ sequence: count, hash: z.string(), transactionHash: z.string().nullable(), block: z.string().nullable() })
      .nullable(),
  }),
  invariants: Invariants,
});
export type Proof = z.infer<typeof Proof>;
