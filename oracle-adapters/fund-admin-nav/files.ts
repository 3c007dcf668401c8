import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { field } from '../adapter/signed.js';
import { SourceUnreadable } from '../adapter/valuation.js';

const Row = z.strictObject({
  globalFundID: z
    .string()
    .regex(/^\d{1,15}$/, 'must be a whole number')
    .transform(Number),
  navDate: field.date,
  navPerShare: field.decimal,
  /** empty until the fund administrator has it */
  nextNavPerShare: z.union([z.literal('').transform(() => null), field.decimal]),
  currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code'),
  ripcord: z.enum(['true', 'false']).transform((v) => v === 'true'),
});

/** A line of a fund administrator's file, with the SHA-256 of the file that says it. */
export type FundNav = z.infer<typeof Row> & { fileSha256: string };

/** All lines of all files `*.csv` of a folder. A file counts from the moment it has that name, so it must be whole then: written under
 *  another name, then renamed.
 *  @throws SourceUnreadable when the folder or one of its files is not as it should be: what it would say is not known */
export async function readDrop(directory: string): Promise<FundNav[]> {
  try {
    const names = (await readdir(directory)).filter((name) => name.endsWith('.csv')).sort();
    const files = await Promise.all(names.map(async (name) => parseFile(name, await readFile(join(directory, name)))));
    return files.flat();
  } catch (error) {
    if (error instanceof SourceUnreadable) throw error;
    throw new SourceUnreadable(`The folder of the fund administrator's files cannot be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
}

/** Reads one file: a header row with exactly the columns of the schema, in any order, then a row a fund and date. */
export function parseFile(name: string, bytes: Buffer): FundNav[] {
  const text = bytes.toString('utf8');
  if (!text.endsWith('\n')) throw new SourceUnreadable(`${name} is cut off: its last line does not end.`);
  let rows: unknown;
  try {
    rows = parse(text, { bom: true, columns: true, trim: true, skip_empty_lines: true });
  } catch (error) {
    throw new SourceUnreadable(`${name} is no CSV: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = z.array(Row).nonempty().safeParse(rows);
  if (!parsed.success) throw new SourceUnreadable(`${name} does not have the form of a NAV file: ${z.prettifyError(parsed.error)}`);
  const fileSha256 = `0x${createHash('sha256').update(bytes).digest('hex')}`;
  return parsed.data.map((row) => ({ ...row, fileSha256 }));
}
