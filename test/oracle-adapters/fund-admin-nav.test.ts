import { createHash } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningAdapter } from '../../oracle-adapters/adapter/start.js';
import { SourceUnreadable } from '../../oracle-adapters/adapter/valuation.js';
import { parseFile } from '../../oracle-adapters/fund-admin-nav/files.js';
import { startFundAdminNav } from '../../oracle-adapters/fund-admin-nav/start.js';
import { ask } from '../../oracle-adapters/reporter/source.js';
import { askOverHttp } from './adapter-over-http.js';
import { eventually } from './eventually.js';

const SAMPLE = fileURLToPath(new URL('../../oracle-adapters/fund-admin-nav/sample/', import.meta.url));
const HEADER = 'globalFundID,navDate,navPerShare,nextNavPerShare,currency,ripcord';

describe('the fund administrator’s file drop over HTTP', () => {
  let directory: string;
  let adapter: RunningAdapter;
  const nav = (data: Record<string, unknown>) => askOverHttp(adapter.url, { endpoint: 'nav', globalFundID: 1234, ...data });

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'muniment-nav-'));
    for (const name of ['nav-2026-03-30.csv', 'nav-2026-03-31.csv']) await copyFile(join(SAMPLE, name), join(directory, name));
    adapter = await startFundAdminNav({ port: 0, metricsPort: 0, directory, logLevel: 'silent' });
  });
  afterAll(async () => {
    await adapter?.close();
    await rm(directory, { recursive: true });
  });

  it('gives the latest NAV of a fund, dated by the file, with the file’s hash as evidence', async () => {
    const sha256 = createHash('sha256')
      .update(await readFile(join(SAMPLE, 'nav-2026-03-31.csv')))
      .digest('hex');
    const { status, body } = await nav({});
    expect(status).toBe(200);
    expect(body.result).toBe('10.379322');
    expect(body.data).toEqual({
      value: '10.379322',
      valuationTimestamp: Date.UTC(2026, 2, 31, 23) / 1000, // 16:00 in Los Angeles
      ripcord: false,
      record: {
        publisher: 'fund administrator',
        globalFundID: 1234,
        navDate: '2026-03-31',
        navPerShare: '10.379322',
        nextNavPerShare: null,
        currency: 'USD',
        fileSha256: `0x${sha256}`,
      },
      globalFundID: 1234,
      navPerShare: '10.379322',
      nextNavPerShare: null,
      navDate: '2026-03-31',
      navDateTimestampMs: Date.UTC(2026, 2, 31, 23),
    });
  });

  it('answers a reporter with the first day that the chain does not have', async () => {
    const question = { endpoint: 'nav', globalFundID: 1234, after: 0 };
    const first = await ask(adapter.url, question, AbortSignal.timeout(10_000));
    expect(first).toMatchObject({ value: '10.374862', record: { navDate: '2026-03-30' } });
    const second = await ask(adapter.url, { ...question, after: first.valuationTimestamp }, AbortSignal.timeout(10_000));
    expect(second.record.navDate).toBe('2026-03-31');
    await expect(ask(adapter.url, { ...question, after: second.valuationTimestamp }, AbortSignal.timeout(10_000))).rejects.toThrow(
      'NOT_PUBLISHED: There is no NAV of fund 1234 after 2026-03-31T23:00:00.000Z.',
    );
  });

  it('takes the accounting date in the zone of the question', async () => {
    const { body } = await nav({ date: '2026-03-30', navDateTimestampTimezone: 'Europe/London' });
    expect(body.data?.valuationTimestamp).toBe(Date.UTC(2026, 2, 30, 15) / 1000);
    expect((await nav({ globalFundID: 5678, date: '2026-03-30' })).body.result).toBe('1.00');
  });

  it('takes a file in once it has its name, and passes a ripcord on', async () => {
    const name = join(directory, 'nav-2026-04-01.csv');
    await writeFile(`${name}.part`, `${HEADER}\n1234,2026-04-01,10.38,,USD,true\n`);
    expect((await nav({ date: '2026-04-01' })).body.errorMessage).toBe('NOT_PUBLISHED: There is no NAV of fund 1234 for 2026-04-01.');
    await rename(`${name}.part`, name);
    await eventually(async () => expect((await nav({ date: '2026-04-01' })).body.data).toMatchObject({ value: '10.38', ripcord: true }));
  });

  it('has no value for a date of which two files say different things, and the others stay', async () => {
    await writeFile(join(directory, 'restated.csv'), `${HEADER}\n1234,2026-03-30,10.40,,USD,false\n`);
    await eventually(async () =>
      expect(await nav({ date: '2026-03-30' })).toMatchObject({
        status: 502,
        body: { errorMessage: 'There are two different statements of the NAV of fund 1234 for 2026-03-30.' },
      }),
    );
    expect((await nav({ date: '2026-03-31' })).body.result).toBe('10.379322');
    await rm(join(directory, 'restated.csv'));
    await eventually(async () => expect((await nav({ date: '2026-03-30' })).status).toBe(200));
    // The same file twice is no contradiction: a question that nobody has asked yet is answered from both.
    await copyFile(join(SAMPLE, 'nav-2026-03-30.csv'), join(directory, 'again.csv'));
    const anew = { date: '2026-03-30', navDateTimestampTimezone: 'Europe/Paris' };
    await eventually(async () => expect(await nav(anew)).toMatchObject({ status: 200, body: { result: '10.374862' } }));
  });

  it('has no value while it cannot read one of the files, or the folder', async () => {
    await writeFile(join(directory, 'broken.csv'), 'not a NAV file\n');
    await eventually(async () => expect((await nav({})).body.errorMessage).toContain('broken.csv does not have the form of a NAV file'));
    await rm(join(directory, 'broken.csv'));
    await rename(directory, `${directory}-away`);
    await eventually(async () => expect((await nav({})).body.errorMessage).toContain('cannot be read: ENOENT'));
    await rename(`${directory}-away`, directory);
    await eventually(async () => expect((await nav({})).status).toBe(200));
  });

  it.each([
    [{ globalFundID: 'x' }, 'globalFundID'],
    [{ date: '2026-02-30' }, 'date must be a date'],
    [{ date: '2026-03-30', after: 0 }, 'date and after exclude each other.'],
    [{ after: -1 }, 'after must be unix seconds.'],
    [{ navDateTimestampTimezone: 'Mars/Olympus' }, 'must name a time zone'],
    [{ navDateTimestampTimezone: 'EST' }, 'must name a time zone'],
  ])('refuses %j with 400', async (data, message) => {
    const { status, body } = await nav(data);
    expect(status).toBe(400);
    expect(body.error?.message).toContain(message);
  });

  it('serves health and metrics', async () => {
    expect((await fetch(`${adapter.url}/health`)).status).toBe(200);
    expect(await (await fetch(String(adapter.metricsUrl))).text()).toContain('app_name="FUND_ADMIN_NAV"');
  });

  it('does not start without a folder', async () => {
    await expect(startFundAdminNav({ port: 0, logLevel: 'silent' })).rejects.toThrow('FUND_ADMIN_DIRECTORY: Value is required');
  });
});

describe('a NAV file', () => {
  const parse = (text: string) => parseFile('nav.csv', Buffer.from(text));
  const row = '1234,2026-03-30,10.374862,10.379322,USD,false\n';

  it('may have its columns in another order and begin with a byte-order mark', () => {
    const turned = 'ripcord,currency,nextNavPerShare,navPerShare,navDate,globalFundID\nfalse,USD,,0,2026-03-30,1234\n';
    expect(parse(`\uFEFF${turned}`)).toMatchObject([{ globalFundID: 1234, navPerShare: '0', nextNavPerShare: null }]);
  });

  it.each([
    ['cut off in a number', 'globalFundID,navDate,nextNavPerShare,currency,ripcord,navPerShare\n1234,2026-03-30,,USD,false,10.3'],
    ['empty', ''],
    ['without a row', `${HEADER}\n`],
    ['without a column', `${HEADER.replace(',currency', '')}\n${row.replace(',USD', '')}`],
    ['with a column that the schema does not have', `${HEADER},remark\n${row.replace('\n', ',x\n')}`],
    ['with a row of another length', `${HEADER}\n${row.replace('\n', ',x\n')}`],
    ['without a NAV', `${HEADER}\n${row.replace('10.374862', '')}`],
    ['with a NAV in another notation', `${HEADER}\n${row.replace('10.374862', '1.0e1')}`],
    ['with a date that is none', `${HEADER}\n${row.replace('2026-03-30', '2026-02-30')}`],
    ['with a ripcord that is neither', `${HEADER}\n${row.replace('false', 'no')}`],
  ])('is refused %s', (_, text) => {
    expect(() => parse(text)).toThrow(SourceUnreadable);
  });
});
