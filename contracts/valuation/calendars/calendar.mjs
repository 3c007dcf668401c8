// Makes the bitmaps of MarketCalendar from the reviewed data beside this file. Deployment and tests share it.
import { readFileSync } from 'node:fs';
import { keccak256, toHex } from 'viem';

const DAY = 86_400_000;

/** The calendars that there are, by name; a name's keccak256 is the calendar's id on chain. */
export const CALENDARS = ['us-bond', 'nyse', 'target'];

/** @param {string} name one of CALENDARS
 *  @returns {import('./calendar.mjs').Calendar} */
export function readCalendar(name) {
  const file = readFileSync(new URL(`${name}.json`, import.meta.url));
  const years = Object.entries(JSON.parse(file.toString()).years).map(([year, { closed }]) => {
    return { year: Number(year), closed, bitmap: bitmapOf(Number(year), closed) };
  });
  return { id: keccak256(toHex(name)), source: keccak256(file), years };
}

/** @param {number} year
 *  @param {Record<string, string>} closed holidays, `YYYY-MM-DD` to name
 *  @returns {[bigint, bigint]} bit n = day n of the year, from 0; 1 = open
 *  @throws {Error} when a date is none of that year */
export function bitmapOf(year, closed) {
  const dates = new Set(Object.keys(closed));
  let open = 0n;
  for (let day = Date.UTC(year, 0, 1), bit = 1n; day < Date.UTC(year + 1, 0, 1); day += DAY, bit <<= 1n) {
    const date = new Date(day);
    const holiday = dates.delete(date.toISOString().slice(0, 10));
    if (!holiday && date.getUTCDay() % 6 !== 0) open |= bit;
  }
  if (dates.size > 0) throw new Error(`No days of ${year}: ${[...dates].join(', ')}.`);
  return [BigInt.asUintN(256, open), open >> 256n];
}
