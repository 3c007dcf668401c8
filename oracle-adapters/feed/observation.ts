import {
  type Address,
  getAddress,
  type Hex,
  hashTypedData,
  isAddress,
  isHex,
  parseSignature,
  recoverAddress,
  signatureToCompactSignature,
  size,
  type TypedDataDefinition,
} from 'viem';
import { z } from 'zod';

const bytes = (length: number) =>
  z.custom<Hex>((v) => typeof v === 'string' && isHex(v) && size(v) === length, `must be ${length} bytes in hex`);
const uint = (bits: number) =>
  z
    .int()
    .nonnegative()
    .max(Math.min(2 ** bits - 1, Number.MAX_SAFE_INTEGER));
const bytes32 = bytes(32).transform((v) => v.toLowerCase() as Hex);
const INT128 = 2n ** 127n;

/** Feeds in one message, at most. */
export const MAX_FEEDS = 32;
const perFeed = <T extends z.ZodType>(each: T) => z.array(each).min(1).max(MAX_FEEDS);

/** What all observations of a round have in common: of one feed, or of several that are published together. */
export const Header = z
  .strictObject({
    feedIds: perFeed(bytes32),
    rounds: perFeed(uint(32).positive()),
    valuationTimestamps: perFeed(uint(40)),
    configVersion: uint(32).positive(),
    validUntil: uint(40),
    evidenceRoot: bytes32,
  })
  .refine((h) => new Set(h.feedIds).size === h.feedIds.length, 'feedIds must differ')
  .refine((h) => h.rounds.length === h.feedIds.length && h.valuationTimestamps.length === h.feedIds.length, 'one entry a feed');
export type Header = z.infer<typeof Header>;

/** What a reporter sends to a transmitter. `values`, one a feed, in feed decimals; decimal strings in JSON. */
export const SignedObservation = z
  .strictObject({
    chainId: z.int().positive(),
    feed: z
      .string()
      .refine((v) => isAddress(v), { abort: true, error: 'must be an address' })
      .transform((v) => getAddress(v)),
    header: Header,
    values: perFeed(
      z
        .string()
        .regex(/^-?\d{1,39}$/, { abort: true })
        .refine((v) => BigInt(v) >= -INT128 && BigInt(v) < INT128, 'must fit int128'),
    ),
    flags: uint(8),
    signature: bytes(65),
  })
  .refine((o) => o.values.length === o.header.feedIds.length, 'one value a feed');
export type SignedObservation = z.infer<typeof SignedObservation>;
export type Observation = Omit<SignedObservation, 'signature'>;

/** flags, bit 0: the source says that the value must not be used */
export const RIPCORD = 1;

const UINT_FIELDS = [
  { name: 'configVersion', type: 'uint32' },
  { name: 'validUntil', type: 'uint40' },
  { name: 'evidenceRoot', type: 'bytes32' },
] as const;

/** The EIP-712 message of an observation, as QuorumFeed hashes it: `Observation` of one feed, `BatchObservation` of several. */
export function typedData({ chainId, feed, header, values, flags }: Observation): TypedDataDefinition {
  const domain = { name: 'Muniment QuorumFeed', version: '1', chainId, verifyingContract: feed };
  const { feedIds, rounds, valuationTimestamps, ...common } = header;
  const [configVersion, validUntil, evidence] = UINT_FIELDS;
  const flag = { name: 'flags', type: 'uint8' };
  if (feedIds.length > 1) {
    return {
      domain,
      types: {
        BatchObservation: [
          { name: 'feedIds', type: 'bytes32[]' },
          { name: 'rounds', type: 'uint32[]' },
          { name: 'valuationTimestamps', type: 'uint40[]' },
          configVersion,
          validUntil,
          evidence,
          { name: 'values', type: 'int128[]' },
          flag,
        ],
      },
      primaryType: 'BatchObservation',
      message: { ...header, values: values.map(BigInt), flags },
    };
  }
  return {
    domain,
    types: {
      Observation: [
        { name: 'feedId', type: 'bytes32' },
        { name: 'round', type: 'uint32' },
        configVersion,
        { name: 'value', type: 'int128' },
        { name: 'valuationTimestamp', type: 'uint40' },
        validUntil,
        evidence,
        flag,
      ],
    },
    primaryType: 'Observation',
    message: {
      ...common,
      feedId: feedIds[0],
      round: rounds[0],
      valuationTimestamp: valuationTimestamps[0],
      value: BigInt(values[0] as string),
      flags,
    },
  };
}

const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/** Who signed. A signature that is malleable or none recovers nobody. */
export async function signerOf(o: SignedObservation): Promise<Address | undefined> {
  try {
    const { s } = parseSignature(o.signature);
    if (BigInt(s) > HALF_ORDER) return undefined;
    return await recoverAddress({ hash: hashTypedData(typedData(o)), signature: o.signature });
  } catch {
    return undefined;
  }
}

/** r and vs (ERC-2098) of a 65-byte signature. */
export function compact(signature: Hex): { r: Hex; vs: Hex } {
  const { r, yParityAndS } = signatureToCompactSignature(parseSignature(signature));
  return { r, vs: yParityAndS };
}
