import { AdapterInputError } from '@chainlink/external-adapter-framework/validation/error.js';
import { isDate } from '../bill.js';
import type { Choice } from './valuation.js';

/** Parameters of an endpoint that chooses among published days. `after` is what reporters use: all of them then sign the same day for
 *  the same round. */
export const dated = {
  date: { type: 'string', description: 'Day of the valuation, YYYY-MM-DD; without it the last one published', required: false },
  after: { type: 'number', description: 'Instead of date: the first valuation that holds after this time, unix seconds', required: false },
} as const;

export function refuseDates({ date, after }: Choice): AdapterInputError | undefined {
  if (date !== undefined && !isDate(date)) return refuse('date must be a date written YYYY-MM-DD.');
  if (after !== undefined && !(Number.isInteger(after) && after >= 0 && after < 2 ** 40)) return refuse('after must be unix seconds.');
  if (after !== undefined && date !== undefined) return refuse('date and after exclude each other.');
  return undefined;
}

/** Refuses a name that could not be one segment of a path, and small letters: the framework's cache does not tell them from capitals, so
 *  it would answer for "a-1" what it knows of "A-1". */
export function refuseName(parameter: string, name: string): AdapterInputError | undefined {
  return /^[A-Z0-9_-]{1,64}$/.test(name) ? undefined : refuse(`${parameter} must be 1 to 64 capitals, digits, - or _.`);
}

export function refuse(message: string): AdapterInputError {
  return new AdapterInputError({ message, statusCode: 400 });
}
