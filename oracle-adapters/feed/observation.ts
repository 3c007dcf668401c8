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
} from 'viem';
import { z } from 'zod';

const bytes = (length: number) =>
  z.custom<Hex>((v) => typeof v === 'string' && isHex(v) && size(v) === length, `must be ${length} bytes in hex`);
const uint = (bits: number) =>
  z
    .int()
    .nonnegative()
    .max(Math.min(2 ** bits - 1, Number.MAX_SAFE_INTEGER));
const INT128 = 2n ** 127n;

export const Header = z.strictObject({
  feedId: bytes(32),
  round: uint(32).positive(),
  configVersion: uint(32).positive(),
  valuationTimestamp: uint(40),
  validUntil: uint(40),
  evidenceRoot: bytes(32),
});
export type Header = z.infer<typeof Header>;

/** What a reporter sends to a transmitter. `value` in feed decimals, a decimal string in JSON. */
export const SignedObservation = z.strictObject({
  chainId: z.int().positive(),
  feed: z
    .string()
    .refine((v) => isAddress(v), { abort: true, error: 'must be an address' })
    .transform((v) => getAddress(v)),
  header: Header,
  value: z
    .string()
    .regex(/^-?\d{1,39}$/, { abort: true })
    .refine((v) => BigInt(v) >= -INT128 && BigInt(v) < INT128, 'must fit int128'),
  flags: uint(8),
  signature: bytes(65),
});
export type SignedObservation = z.infer<typeof SignedObservation>;
export type Observation = Omit<SignedObservation, 'signature'>;

/** flags, bit 0: the source says that the value must not be used */
export const RIPCORD = 1;

/** The EIP-712 message of an observation, as QuorumFeed hashes it. */
export function typedData(o: Observation) {
  return {
    domain: { name: 'Muniment QuorumFeed', version: '1', chainId: o.chainId, verifyingContract: o.feed },
    types: {
      Observation: [
        { name: 'feedId', type: 'bytes32' },
        { name: 'round', type: 'uint32' },
        { name: 'configVersion', type: 'uint32' },
        { name: 'value', type: 'int128' },
        { name: 'valuationTimestamp', type: 'uint40' },
        { name: 'validUntil', type: 'uint40' },
        { name: 'evidenceRoot', type: 'bytes32' },
        { name: 'flags', type: 'uint8' },
      ],
    },
    primaryType: 'Observation',
    message: { ...o.header, value: BigInt(o.value), flags: o.flags },
  } as const;
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
