import Big from 'big.js';
import { parse } from 'csv-parse/sync';
import { SourceUnreadable } from '../adapter/valuation.js';
import { isDate } from '../bill.js';
import type { BillQuote, BillRatesDay } from './documents.js';

/** What the CSV says of one day: the rates alone, by tenor. Null is an empty cell, never 0. */
export type CsvDay = { date: string; tenors: Map<string, Pick<BillQuote, 'discount' | 'couponEquivalent'>> };

const COLUMN = /^(\d{1,2}) WEEKS? (BANK DISCOUNT|COUPON EQUIVALENT)$/i;
const CELL = /^-?\d+(\.\d+)?$/;

/** Reads `daily-treasury-rates.csv` of bill rates: a header row, `Date` as MM/DD/YYYY, two columns a tenor.
 *  @throws SourceUnreadable on anything that is no such table, a number or date that is none, or a day given twice */
export function parseBillRatesCsv(csv: string): { days: CsvDay[]; unknownColumns: string[] } {
  const [header, ...rows] = table(csv);
  const dateColumn = header?.indexOf('Date') ?? -1;
  if (!header || dateColumn < 0) throw new SourceUnreadable('The document is no CSV of bill rates: it has no column Date.');
  if (new Set(header).size < header.length) throw new SourceUnreadable('The CSV has a column twice.');

  const days = new Map<string, CsvDay>();
  for (const row of rows) {
    const day: CsvDay = { date: isoDate(row[dateColumn] ?? ''), tenors: new Map() };
    for (const [i, name] of header.entries()) {
      const [, weeks, basis = ''] = COLUMN.exec(name) ?? [];
      if (weeks === undefined) continue;
      const tenor = `${Number(weeks)}WK`;
      const quote = day.tenors.get(tenor) ?? { discount: null, couponEquivalent: null };
      quote[basis.toUpperCase() === 'BANK DISCOUNT' ? 'discount' : 'couponEquivalent'] = number(row[i] ?? '', name);
      day.tenors.set(tenor, quote);
    }
    if (days.has(day.date)) throw new SourceUnreadable(`The CSV has two rows for ${day.date}.`);
    days.set(day.date, day);
  }
  return { days: [...days.values()], unknownColumns: header.filter((name, i) => i !== dateColumn && !COLUMN.test(name)) };
}

/** Both forms must say the same: the same days, and for each the same rates. "1.1" and "1.10" are the same; absent and empty are too.
 *  @throws SourceUnreadable with the first difference */
export function compareBillRates(xml: readonly BillRatesDay[], csv: readonly CsvDay[]): void {
  const rows = new Map(csv.map((day) => [day.date, day]));
  const missing = csv.find((day) => !xml.some(({ date }) => date === day.date));
  if (missing) throw new SourceUnreadable(`The Treasury's CSV has rates for ${missing.date}, its XML has none.`);
  for (const day of xml) {
    const row = rows.get(day.date);
    if (!row) throw new SourceUnreadable(`The Treasury's XML has rates for ${day.date}, its CSV has none.`);
    for (const tenor of new Set([...day.tenors.keys(), ...row.tenors.keys()])) {
      for (const basis of ['discount', 'couponEquivalent'] as const) {
        const [a, b] = [day.tenors.get(tenor)?.[basis] ?? null, row.tenors.get(tenor)?.[basis] ?? null];
        if (a === b || (a !== null && b !== null && new Big(a).eq(b))) continue;
        throw new SourceUnreadable(`The Treasury's XML and CSV differ in the ${tenor} ${basis} of ${day.date}: ${a} and ${b}.`);
      }
    }
  }
}

function table(csv: string): string[][] {
  try {
    return parse(csv, { bom: true, trim: true, skip_empty_lines: true });
  } catch (error) {
    throw new SourceUnreadable(`The document is no CSV: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function isoDate(cell: string): string {
  const [, month, day, year] = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(cell) ?? [];
  const date = `${year}-${month}-${day}`;
  if (isDate(date)) return date;
  throw new SourceUnreadable(`Date is no date: ${cell}`);
}

function number(cell: string, column: string): string | null {
  if (cell === '' || CELL.test(cell)) return cell || null;
  throw new SourceUnreadable(`${column} is no number: ${cell}`);
}
