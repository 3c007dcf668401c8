import { MarketStatus } from '@chainlink/external-adapter-framework/adapter/index.js';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunningAdapter } from '../../oracle-adapters/adapter/start.js';
import { SourceUnreadable } from '../../oracle-adapters/adapter/valuation.js';
import { marketStatus, median, parseQuotes } from '../../oracle-adapters/gold-price/prices.js';
import { startGoldPrice } from '../../oracle-adapters/gold-price/start.js';
import { ask } from '../../oracle-adapters/reporter/source.js';
import { askOverHttp, type Documents, startDocuments } from './adapter-over-http.js';
import { eventually } from './eventually.js';

/** A source's document: its prices at 15:00 London time, by date. */
const document = (publisher: string, prices: Record<string, string>, change: Record<string, unknown> = {}): string =>
  JSON.stringify({
    publisher,
    instrument: 'XAU/USD',
    timeZone: 'Europe/London',
    quotes: Object.entries(prices).map(([date, price]) => ({ date, time: '15:00', price })),
    ...change,
  });
const [MONDAY, TUESDAY, WEDNESDAY] = ['2026-01-05', '2026-01-06', '2026-01-07'] as const;
const at = (date: string): number => Date.parse(`${date}T15:00:00Z`) / 1000;

describe('the price of gold over HTTP', () => {
  let providers: Documents;
  let adapter: RunningAdapter;
  const price = (data: Record<string, unknown> = {}) => askOverHttp(adapter.url, { endpoint: 'price', ...data });

  beforeAll(async () => {
    providers = await startDocuments();
    process.env.API_TIMEOUT = '1000';
    adapter = await startGoldPrice({
      port: 0,
      metricsPort: 0,
      sources: ['/a', '/b', '/c'].map((path) => providers.url + path),
      requestsPerMinute: 6000,
      logLevel: 'silent',
    });
    delete process.env.API_TIMEOUT;
  });
  beforeEach(() => {
    providers.served.set('/a', document('A', { [MONDAY]: '4430.15', [TUESDAY]: '4490.000000000000000001' }));
    providers.served.set('/b', document('B', { [TUESDAY]: '4491', [MONDAY]: '4430.25' }));
    providers.served.set('/c', document('C', { [MONDAY]: '9999.00', [TUESDAY]: '4480.5' }));
  });
  afterAll(async () => {
    await adapter?.close();
    await providers?.close();
  });

  it('is the exact median of the sources, at their time, with the market’s status', async () => {
    const { status, body } = await price();
    expect(status).toBe(200);
    expect(body.data).toEqual({
      value: '4490.000000000000000001',
      valuationTimestamp: at(TUESDAY),
      ripcord: false,
      record: {
        publisher: 'median of sources',
        instrument: 'XAU/USD',
        unit: 'troy ounce',
        time: `${TUESDAY}T15:00:00.000Z`,
        marketStatus: 2,
      },
      marketStatus: MarketStatus.OPEN,
      sources: [
        { publisher: 'A', price: '4490.000000000000000001' },
        { publisher: 'B', price: '4491' },
        { publisher: 'C', price: '4480.5' },
      ],
    });
  });

  it('answers a reporter with the first time that the chain does not have; one source out of line does not move it', async () => {
    const question = { endpoint: 'price', after: at('2026-01-02') };
    const first = await ask(adapter.url, question, AbortSignal.timeout(10_000));
    expect(first).toMatchObject({ value: '4430.25', valuationTimestamp: at(MONDAY) });
    await expect(ask(adapter.url, { ...question, after: at(TUESDAY) }, AbortSignal.timeout(10_000))).rejects.toThrow(
      'NOT_PUBLISHED: There is no gold price after 2026-01-06T15:00:00.000Z.',
    );
  });

  it.each<[string, string | number]>([
    ['is down', 503],
    ['does not answer', 'hang'],
    ['is late', document('C', { [MONDAY]: '4430' })],
    ['sends a page of HTML', '<html>'],
    ['prices something else', document('C', { [TUESDAY]: '1' }, { instrument: 'XAG/USD' })],
    ['has a price that is a double', document('C', {}, { quotes: [{ date: TUESDAY, time: '15:00', price: 4480.5 }] })],
    ['has a price of zero', document('C', { [TUESDAY]: '0' })],
  ])('leaves out a source that %s, and takes the exact mean of the other two', async (_, served) => {
    providers.served.set('/c', served);
    await eventually(async () =>
      expect((await price({ after: at(MONDAY) })).body.data).toMatchObject({
        value: '4490.5000000000000000005',
        record: { time: `${TUESDAY}T15:00:00.000Z` },
        sources: [{ publisher: 'A' }, { publisher: 'B' }],
      }),
    );
  });

  it('has no price with fewer than two sources, and says nothing certain then', async () => {
    providers.served.set('/b', 503);
    providers.served.set('/c', 503);
    await eventually(async () =>
      expect(await price({ after: at(MONDAY) })).toMatchObject({
        status: 502,
        body: { errorMessage: "Only 1 of the gold price's sources answered, 2 are needed." },
      }),
    );
  });

  it('waits for the second source and passes no time over', async () => {
    providers.served.set('/a', document('A', { [TUESDAY]: '4490', [WEDNESDAY]: '4500' }));
    providers.served.set('/b', document('B', { [WEDNESDAY]: '4501' }));
    providers.served.set('/c', document('C', { [WEDNESDAY]: '4502' }));
    await eventually(async () =>
      expect((await price({ after: at(MONDAY) })).body.errorMessage).toBe(
        'Only 1 source has a gold price for 2026-01-06T15:00:00.000Z, 2 are needed.',
      ),
    );
    providers.served.set('/b', document('B', { [TUESDAY]: '4492', [WEDNESDAY]: '4501' }));
    await eventually(async () => expect((await price({ after: at(MONDAY) })).body.result).toBe('4491'));
  });

  it('takes one publisher under two addresses for one', async () => {
    providers.served.set('/b', document('A', { [TUESDAY]: '4490' }));
    await eventually(async () => expect((await price()).body.errorMessage).toContain('are one publisher'));
  });

  it('refuses a time that is none with 400', async () => {
    expect(await price({ after: -1 })).toMatchObject({ status: 400, body: { error: { message: 'after must be unix seconds.' } } });
  });

  it('serves health and metrics', async () => {
    expect((await fetch(`${adapter.url}/health`)).status).toBe(200);
    expect(await (await fetch(String(adapter.metricsUrl))).text()).toContain('app_name="GOLD_PRICE"');
  });

  it.each([[['http://127.0.0.1:1/a']], [['http://127.0.0.1:1/a', 'b']]])('does not start with the sources %j', async (sources) => {
    await expect(startGoldPrice({ port: 0, sources, logLevel: 'silent' })).rejects.toThrow('GOLD_SOURCES: Value must be two URLs');
  });
});

describe('the median', () => {
  it('is in the middle: as many prices are not below it as are not above it', () => {
    const prices = fc.array(fc.bigInt({ min: 1n, max: 10n ** 30n }), { minLength: 2, maxLength: 9 });
    fc.assert(
      fc.property(prices, (units) => {
        const middle = median(units.map(String));
        // twice the median is a whole number of units
        const twice = middle.endsWith('.5') ? BigInt(middle.slice(0, -2)) * 2n + 1n : BigInt(middle) * 2n;
        const below = units.filter((u) => 2n * u < twice).length;
        const above = units.filter((u) => 2n * u > twice).length;
        expect(below * 2 <= units.length && above * 2 <= units.length).toBe(true);
      }),
    );
  });
});

describe('a source’s document', () => {
  it('has each time once', () => {
    const quotes = [1, 2].map((n) => ({ date: MONDAY, time: '15:00', price: `${n}` }));
    expect(() => parseQuotes(document('A', {}, { quotes }))).toThrow(SourceUnreadable);
  });

  it('has its times on its own clock', () => {
    const summer = parseQuotes(document('A', { '2026-07-01': '4400' }));
    expect([...summer.prices.keys()]).toEqual([Date.UTC(2026, 6, 1, 14) / 1000]);
  });
});

describe('the market’s week', () => {
  it.each([
    ['2026-01-09T21:59:00Z', MarketStatus.OPEN], // Friday 16:59 in New York
    ['2026-01-09T22:00:00Z', MarketStatus.CLOSED],
    ['2026-01-10T15:00:00Z', MarketStatus.CLOSED],
    ['2026-01-11T22:59:00Z', MarketStatus.CLOSED],
    ['2026-01-11T23:00:00Z', MarketStatus.OPEN], // Sunday 18:00
    ['2026-01-12T22:00:00Z', MarketStatus.CLOSED], // the hour's pause
    ['2026-01-12T23:00:00Z', MarketStatus.OPEN],
    ['2026-07-10T20:59:00Z', MarketStatus.OPEN], // Friday 16:59, summer time
    ['2026-07-10T21:00:00Z', MarketStatus.CLOSED],
  ])('at %s is %i', (time, status) => {
    expect(marketStatus(Date.parse(time) / 1000)).toBe(status);
  });
});
