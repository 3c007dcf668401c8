import countries from 'i18n-iso-countries';
import { z } from 'zod';

/** A country that ISO 3166-1 knows, alpha-2. */
export const Country = z
  .string()
  .refine((code) => /^[A-Z]{2}$/.test(code) && countries.isValid(code), { error: 'must be an ISO 3166-1 alpha-2 country code' })
  .meta({ description: 'ISO 3166-1 alpha-2', example: 'SE' });

/** The number by which the contracts know a country (ISO 3166-1 numeric; leading zeros vanish).
 *  @param alpha2 a code that `Country` accepted */
export function countryNumber(alpha2: string): number {
  const numeric = countries.alpha2ToNumeric(alpha2);
  if (numeric === undefined) throw new Error(`${alpha2} is no country.`);
  return Number(numeric);
}

/** The country of a number found on chain, or undefined. */
export function countryOf(number: number): string | undefined {
  return countries.numericToAlpha2(String(number).padStart(3, '0'));
}
