import { createHash } from 'node:crypto';

/** An entry of the list with all its names.
 *  @param entryNumber OFAC's `ent_num`, the key over all files and versions
 *  @param version digest of what the list says of it: a decision on a hit holds until this changes */
export type ListEntry = {
  entryNumber: number;
  kind: 'PERSON' | 'ENTITY' | 'VESSEL' | 'AIRCRAFT';
  names: string[];
  programs: string[];
  birthYear: number | null;
  version: string;
};

const KINDS: Record<string, ListEntry['kind']> = { individual: 'PERSON', vessel: 'VESSEL', aircraft: 'AIRCRAFT' };

export class ListUnreadable extends Error {
  override readonly name = 'ListUnreadable';
}

/** Reads OFAC's legacy files (dat_spec, 2023-09-25): no header, `-0- ` is null, programs joined as `A] [B`, aliases in alt.csv.
 *  @throws ListUnreadable when a row is not of that form: half a list is no list */
export function parseOfacList(sdn: string, alt = ''): ListEntry[] {
  const aliases = new Map<number, string[]>();
  for (const row of rows(alt)) {
    const entry = number(row[0], 'alt.csv');
    const name = text(row[3]);
    if (name) aliases.set(entry, [...(aliases.get(entry) ?? []), personOrder(name)]);
  }
  return rows(sdn).map((row) => {
    const entryNumber = number(row[0], 'sdn.csv');
    const name = text(row[1]);
    if (!name || row.length < 12) throw new ListUnreadable(`Entry ${entryNumber} of sdn.csv has no name or too few columns.`);
    const kind = KINDS[(text(row[2]) ?? '').toLowerCase()] ?? 'ENTITY';
    const names = [kind === 'PERSON' ? personOrder(name) : name, ...(aliases.get(entryNumber) ?? [])];
    const programs = (text(row[3]) ?? '').split('] [').filter((program) => program !== '');
    const birthYear = /\bDOB\b[^;]*?(\d{4})/.exec(text(row[11]) ?? '')?.[1];
    const version = createHash('sha256')
      .update(JSON.stringify([kind, names, programs, row.slice(4)]))
      .digest('hex');
    return { entryNumber, kind, names, programs, birthYear: birthYear ? Number(birthYear) : null, version };
  });
}

/** RFC 4180 without a header; the file ends with an empty line or a lone Ctrl-Z in OFAC's own copies. */
function rows(csv: string): string[][] {
  const result: string[][] = [];
  let row: string[] = [];
  let field = '';
  let quoted = false;
  const endField = () => {
    row.push(field);
    field = '';
  };
  const endRow = () => {
    endField();
    if (row.some((value) => value.trim() !== '')) result.push(row);
    row = [];
  };
  const source = csv.replace(/^\uFEFF/, '').replaceAll(String.fromCharCode(26), '');
  for (let i = 0; i < source.length; i++) {
    const c = source[i];
    if (quoted) {
      if (c !== '"') field += c;
      else if (source[i + 1] === '"') field += source[++i];
      else quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === ',') endField();
    else if (c === '\n') endRow();
    else if (c !== '\r') field += c;
  }
  if (quoted) throw new ListUnreadable('The list ends inside a quoted field: it is cut off.');
  endRow();
  return result;
}

function number(value: string | undefined, file: string): number {
  const trimmed = (value ?? '').trim();
  if (!/^\d+$/.test(trimmed)) throw new ListUnreadable(`A row of ${file} does not start with an entry number.`);
  return Number(trimmed);
}

function text(value: string | undefined): string | null {
  const trimmed = (value ?? '').trim();
  return trimmed === '' || trimmed === '-0-' ? null : trimmed;
}

/** `LASTNAME, First Middle` as people write it. */
function personOrder(name: string): string {
  const [last, ...first] = name.split(',');
  return first.length === 0 ? name : `${first.join(' ').trim()} ${last?.trim()}`;
}
