import { z } from 'zod';
import { Id, Instant, InstantIn } from '../platform/schema/fields.js';

/** One of `block` and `asOf`, or neither for now. */
export const CapTableQuery = z
  .strictObject({
    instrumentId: Id,
    /** Block number; default: the last one. */
    block: z
      .string()
      .regex(/^\d{1,18}$/, { error: 'must be a block number' })
      .transform(BigInt)
      .optional(),
    /** Instant, instead of a block. */
    asOf: InstantIn.optional(),
  })
  .refine(({ block, asOf }) => block === undefined || asOf === undefined, { error: 'give either block or asOf', path: ['asOf'] });
export type CapTableQuery = z.infer<typeof CapTableQuery>;

export const CapTableView = z.object({
  instrumentId: Id,
  token: z.string(),
  block: z.string(),
  time: Instant,
  supply: z.string(),
  holders: z.number().int(),
  positions: z.array(
    z.object({
      identity: z.string().nullable(),
      investorId: Id.nullable(),
      country: z.string().nullable(),
      units: z.string(),
      /** Hundredths of a per cent of the supply, rounded down. */
      shareBps: z.number().int(),
      wallets: z.array(
        z.object({ wallet: z.string(), units: z.string(), frozenUnits: z.string(), frozen: z.boolean(), retired: z.boolean() }),
      ),
    }),
  ),
});
export type CapTableView = z.input<typeof CapTableView>;
