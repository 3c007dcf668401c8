import { type Address, getAddress, type Hex, isAddress } from 'viem';
import { z } from 'zod';
import type { Json } from '../json.js';

const EARLY = { abort: true, error: 'must be in the year 1000 or later' };

/** UUIDv7 of any of our rows. */
export const Id = z.uuid();

/** EIP-55 address; any spelling comes in, the checksummed one is kept. A wrong checksum is refused. */
export const WalletAddress = z
  .string()
  .refine((value) => isAddress(value), { abort: true, error: 'must be an Ethereum address' })
  .overwrite((value) => getAddress(value))
  .transform((value) => value as Address)
  .meta({ description: 'EIP-55 address', example: '0x70997970C51812dc3A010C7d01b50e0d17dc79C8' });

/** 32 bytes in hex, lower case. */
export const Bytes32 = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/, { error: 'must be 32 bytes in hex with 0x' })
  .transform((value) => value.toLowerCase() as Hex)
  .meta({ description: '32 bytes in hex', example: `0x${'ab'.repeat(32)}` });

/** Bytes of any length in hex, e.g. a signature. */
export const HexData = z
  .string()
  .regex(/^0x([0-9a-fA-F]{2})*$/, { error: 'must be hex with 0x' })
  .max(20_000)
  .transform((value) => value as Hex);

/** Point in time in a request: RFC 3339 with an offset, kept as Date. */
export const InstantIn = z.iso
  .datetime({ offset: true })
  .refine(isOfOurEra, EARLY)
  .transform((value) => new Date(value))
  .meta({ description: 'RFC 3339 instant', example: '2026-01-31T12:00:00Z' });

/** Point in time in a response: Date in, RFC 3339 UTC out. */
export const Instant = z
  .date()
  .transform((value) => value.toISOString())
  .pipe(z.string());

/** A legal date without a time, `YYYY-MM-DD`; it goes with a time zone. */
export const BusinessDate = z.iso.date().refine(isOfOurEra, EARLY).meta({ description: 'Business date', example: '2026-01-31' });

/** Any JSON value. */
export const JsonValue: z.ZodType<Json> = z
  .lazy(() => z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(JsonValue), z.record(z.string(), JsonValue)]))
  .meta({ id: 'Json' });

/** IANA time zone. */
export const TimeZone = z.string().refine((zone) => isTimeZone(zone), { error: 'must be an IANA time zone such as America/New_York' });

/** ISO 3166-1 alpha-2 country code. */
export const CountryCode = z.string().regex(/^[A-Z]{2}$/, { error: 'must be an ISO 3166-1 alpha-2 code' });

/** A year with a leading zero is a slip of the pen, and PostgreSQL knows no year 0. */
function isOfOurEra(text: string): boolean {
  return !text.startsWith('0');
}

function isTimeZone(zone: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }));
  } catch {
    return false;
  }
}
