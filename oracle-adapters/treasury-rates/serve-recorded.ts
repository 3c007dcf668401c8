import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';

export type RecordedTreasury = {
  /** base URL for both TREASURY_BASE_URL and TREASURY_DIRECT_BASE_URL */
  url: string;
  /** Lets the record go on up to a day: later entries are not served, as on that evening. */
  publishThrough(date: string): void;
  close(): Promise<void>;
};

const require = createRequire(import.meta.url);
const RATES = '/resource-center/data-chart-center/interest-rates';
const ENTRY = /^ *<entry>[\s\S]*?<\/entry>\n/gm;
const ROW = /^(\d{2})\/(\d{2})\/(\d{4}),.*\n/gm;

/** Serves the recorded files (see their headers for what each figure rests on) under the Treasury's own paths, in its own form, where
 *  the network is closed.
 *  @param options.through last day that is shown, YYYY-MM-DD; default all of the record */
export async function startRecordedTreasury(options: { port?: number; host?: string; through?: string } = {}): Promise<RecordedTreasury> {
  const host = options.host ?? '127.0.0.1';
  const rates = await readFile(require.resolve('#recorded/daily_treasury_bill_rates.xml'), 'utf8');
  const csv = await readFile(require.resolve('#recorded/daily_treasury_bill_rates.csv'), 'utf8');
  const auction = await readFile(require.resolve('#recorded/auction_20170828_26-week.xml'), 'utf8');
  let through = options.through ?? '9999-12-31';

  const shown = (date: string, period: string): boolean => date <= through && date.replaceAll('-', '').startsWith(period);
  const xmlOf = (period: string): string =>
    rates.replace(ENTRY, (entry) => (shown(/INDEX_DATE[^>]*>(\d{4}-\d{2}-\d{2})/.exec(entry)?.[1] ?? '', period) ? entry : ''));
  const csvOf = (period: string): string => csv.replace(ROW, (row, m, d, y) => (shown(`${y}-${m}-${d}`, period) ? row : ''));

  const documentOf = ({ pathname, searchParams }: URL): string | undefined => {
    if (pathname === '/xml/R_20170828_1.xml') return through >= '2017-08-28' ? auction : undefined;
    const period = searchParams.get('field_tdr_date_value') ?? searchParams.get('field_tdr_date_value_month');
    if (!period || (searchParams.get('data') ?? searchParams.get('type')) !== 'daily_treasury_bill_rates') return undefined;
    if (pathname === `${RATES}/pages/xml`) return xmlOf(period);
    const path = period.length === 4 ? `${period}/all` : `all/${period}`;
    return pathname === `${RATES}/daily-treasury-rates.csv/${path}` ? csvOf(period) : undefined;
  };

  const server = createServer((request, response) => {
    const body = documentOf(new URL(request.url ?? '/', 'http://recorded'));
    response.writeHead(body ? 200 : 404, { 'content-type': 'text/plain; charset=utf-8' });
    response.end(body ?? 'not recorded');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    publishThrough: (date) => {
      through = date;
    },
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}
