import { z } from 'zod';
import { Invalid } from '../problem.js';

export const UINT256_MAX = 2n ** 256n - 1n;

const DECIMAL = /^(0|[1-9]\d*)(\.\d+)?$/;
const LONGEST = 160;

/** Reads a non-negative decimal string as an integer of `decimals` places: ("100.5", 6) → 100500000n.
 *  @returns the integer, or a sentence that says what is wrong */
function read(text: string, decimals: number): bigint | string {
  if (text.length > LONGEST) return 'is longer than any amount';
  if (text.startsWith('-')) return 'must not be negative';
  if (!DECIMAL.test(text)) return 'must be a plain decimal such as "100.5"';
  const [whole = '0', fraction = ''] = text.split('.');
  if (fraction.length > decimals) return `has ${fraction.length} decimals, at most ${decimals} are possible`;
  const value = BigInt(whole + fraction.padEnd(decimals, '0'));
  return value > UINT256_MAX ? 'is beyond uint256' : value;
}

/** Parses an amount whose scale the service knows (a token's or a currency's decimals).
 *  @throws Invalid AMOUNT_INVALID for too many decimals, a sign, an exponent, or more than uint256 */
export function parseAmount(text: string, decimals: number, field = 'amount'): bigint {
  const value = read(text, decimals);
  if (typeof value === 'bigint') return value;
  throw new Invalid('AMOUNT_INVALID', {
    detail: `${field} ${value}.`,
    remedy: `Send a non-negative decimal string with at most ${decimals} decimals.`,
    extensions: { errors: [{ path: field, message: value }] },
  });
}

/** Writes minor units as a decimal string without superfluous zeros: (100500000n, 6) → "100.5". */
export function formatAmount(value: bigint, decimals: number): string {
  const sign = value < 0n ? '-' : '';
  const digits = (value < 0n ? -value : value).toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
  return `${sign}${whole}${fraction ? `.${fraction}` : ''}`;
}

/** Amount in a request whose scale only the service knows; hand it to `parseAmount`. */
export const AmountText = z
  .string()
  .superRefine((text, context) => refuse(context, read(text, text.split('.')[1]?.length ?? 0), text))
  .meta({ description: 'Non-negative decimal string', example: '100.5' });

/** Amount in a request with a known number of decimals: decimal string in, bigint of minor units out. */
export const amount = (decimals: number) =>
  z
    .string()
    .transform((text, context): bigint => {
      const value = read(text, decimals);
      refuse(context, value, text);
      return typeof value === 'bigint' ? value : z.NEVER;
    })
    .meta({ description: `Non-negative decimal string, at most ${decimals} decimals`, example: '100.5' });

/** Amount in a response with a known number of decimals: bigint of minor units in, decimal string out. */
export const amountOut = (decimals: number) =>
  z
    .bigint()
    .transform((value) => formatAmount(value, decimals))
    .pipe(z.string());

/** A uint256 in a response without scale (token units, wei): bigint in, integer string out. */
export const UintText = z
  .bigint()
  .transform((value) => value.toString())
  .pipe(z.string());

function refuse(context: z.core.$RefinementCtx, value: bigint | string, input: string): void {
  if (typeof value === 'string') {
    context.issues.push({ code: 'custom', message: value, input, params: { problem: 'AMOUNT_INVALID' } });
  }
}
