import { createRequire } from 'node:module';
import Holidays from 'date-holidays';
import { getHolidays } from 'nyse-holidays';
import { type Abi, type Address, createTestClient, http, publicActions, walletActions } from 'viem';
import { foundry } from 'viem/chains';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bitmapOf, CALENDARS, type CalendarYear, readCalendar } from '#calendar';
import { type Artifact, artifactOf } from '../../../backend/src/local/artifacts.js';
import { marketCalendarAbi } from '../../../contracts/generated/abi.js';
import { type Anvil, startAnvil } from '../../backend/support/anvil.js';

const YEARS = [2017, 2025, 2026, 2027, 2028];
const DAY = 86_400_000;
const usBond = readCalendar('us-bond').years;
const nyse = readCalendar('nyse').years;
const target = readCalendar('target').years;

/** Public holidays of a country as `date-holidays` has them, weekends left out. */
const publicHolidays = (country: string, year: number, only?: string[]): string[] =>
  new Holidays(country)
    .getHolidays(year)
    .filter(({ type, name }) => type === 'public' && (only === undefined || only.includes(name)))
    .map(({ date }) => date.slice(0, 10))
    .filter((date) => new Date(date).getUTCDay() % 6 !== 0);
const nyseHolidays = (year: number): string[] => getHolidays(year).map(({ dateString }) => dateString);
const goodFriday = (year: number): string[] =>
  getHolidays(year)
    .filter(({ name }) => name === 'Good Friday')
    .map(({ dateString }) => dateString);

/** Dates of one list only, the first list's marked `+`, the second's `-`. */
const difference = (a: string[], b: string[]): string[] => [
  ...a.filter((date) => !b.includes(date)).map((date) => `+${date}`),
  ...b.filter((date) => !a.includes(date)).map((date) => `-${date}`),
];
const closedOn = (year: CalendarYear): string[] => Object.keys(year.closed);
const weekdaysOf = (dates: string[]): string[] => dates.filter((date) => new Date(date).getUTCDay() % 6 !== 0);

describe('the reviewed calendars', () => {
  it.each(CALENDARS)('%s has the same years, in dates of each that are in order', (name) => {
    const { years } = readCalendar(name);
    expect(years.map(({ year }) => year)).toEqual(YEARS);
    for (const year of years) {
      expect(closedOn(year)).toEqual([...closedOn(year)].sort());
      expect(new Set(closedOn(year).map((date) => date.slice(0, 4)))).toEqual(new Set([String(year.year)]));
    }
  });

  it('us-bond is the federal holidays of date-holidays and the Good Friday of nyse-holidays, but for what is explained', () => {
    const found = usBond.flatMap((year) => difference(closedOn(year), [...publicHolidays('US', year.year), ...goodFriday(year.year)]));
    expect(found).toEqual([
      '-2026-04-03', // employment data are released: SIFMA recommends an early close only
      '-2027-12-31', // New Year's Day on a Saturday moves no close to the Friday
    ]);
  });

  it('nyse is nyse-holidays, but for a day of mourning', () => {
    const found = nyse.flatMap((year) => difference(closedOn(year), nyseHolidays(year.year)));
    expect(found).toEqual(['+2025-01-09']);
  });

  it('target is six holidays of date-holidays', () => {
    const six = ['Neujahr', 'Karfreitag', 'Ostermontag', 'Maifeiertag', '1. Weihnachtstag', '2. Weihnachtstag'];
    for (const year of target) expect(weekdaysOf(closedOn(year))).toEqual(publicHolidays('DE', year.year, six));
  });

  it('us-bond closes on Columbus Day and Veterans Day, on which New York trades shares', () => {
    for (const { year, closed } of usBond) {
      const shares = nyse.find((other) => other.year === year)?.closed ?? {};
      const only = Object.entries(closed).filter(([date]) => !(date in shares));
      const veterans = year === 2017 || year === 2028 ? [] : ['Veterans Day']; // Saturdays
      expect(only.map(([, name]) => name)).toEqual(['Columbus Day', ...veterans]);
    }
  });

  it('has no Juneteenth before it was one', () => {
    expect(Object.values(usBond[0]?.closed ?? {})).not.toContain('Juneteenth');
    for (const { closed } of [...usBond.slice(1), ...nyse.slice(1)]) expect(Object.values(closed).join()).toContain('Juneteenth');
  });

  it('moves a holiday of a Saturday to the Friday and one of a Sunday to the Monday, but New Year’s Day to no Friday', () => {
    const observed = nyse.flatMap(({ closed }) => Object.entries(closed).filter(([, name]) => name.endsWith('(observed)')));
    expect(observed.map(([date]) => date)).toEqual(['2017-01-02', '2026-07-03', '2027-06-18', '2027-07-05', '2027-12-24']);
    for (const years of [usBond, nyse]) {
      expect(years.flatMap(closedOn).filter((date) => /12-31|01-01/.test(date))).toEqual(['2025-01-01', '2026-01-01', '2027-01-01']);
    }
  });

  it('refuses a date of another year, or of none', () => {
    expect(() => bitmapOf(2026, { '2025-12-25': 'Christmas Day' })).toThrow('2025-12-25');
    expect(() => bitmapOf(2026, { '2026-02-29': 'no day' })).toThrow('2026-02-29');
  });
});

describe('the calendar on chain', () => {
  let anvil: Anvil;
  let calendar: Address;
  const connect = (url: string) =>
    createTestClient({ mode: 'anvil', chain: foundry, transport: http(url, { batch: { batchSize: 400 } }), pollingInterval: 20 })
      .extend(publicActions)
      .extend(walletActions);
  let client: ReturnType<typeof connect>;

  beforeAll(async () => {
    anvil = await startAnvil();
    client = connect(anvil.url);
    const [account] = await client.getAddresses();
    if (!account) throw new Error('no account');
    const deploy = async (artifact: Artifact, args: unknown[]): Promise<Address> => {
      const hash = await client.deployContract({ ...artifact, args, account });
      const { contractAddress } = await client.waitForTransactionReceipt({ hash });
      return contractAddress as Address;
    };
    // OpenZeppelin ships this one compiled.
    const manager = createRequire(import.meta.url)('@openzeppelin/contracts/build/contracts/AccessManager.json') as Artifact;
    calendar = await deploy(artifactOf('MarketCalendar'), [await deploy(manager, [account])]);
    for (const name of CALENDARS) {
      const { id, source, years } = readCalendar(name);
      for (const { year, bitmap } of years) {
        const args = [id, year, bitmap, source];
        const hash = await client.writeContract({
          account,
          address: calendar,
          abi: marketCalendarAbi as Abi,
          functionName: 'setYear',
          args,
        });
        expect(await client.waitForTransactionReceipt({ hash })).toMatchObject({ status: 'success' });
      }
    }
  });
  afterAll(() => anvil?.stop());

  it.each(CALENDARS)('is open on the days on which %s is, for every day of its years', async (name) => {
    const { id, years } = readCalendar(name);
    for (const { year, closed } of years) {
      const days = (Date.UTC(year + 1, 0, 1) - Date.UTC(year, 0, 1)) / DAY;
      const dates = Array.from({ length: days }, (_, i) => new Date(Date.UTC(year, 0, 1 + i)));
      const open = await Promise.all(
        dates.map((date) => {
          const args = [id, date.getTime() / DAY] as const;
          return client.readContract({ address: calendar, abi: marketCalendarAbi, functionName: 'isOpen', args });
        }),
      );
      const wanted = dates.map((date) => date.getUTCDay() % 6 !== 0 && !(date.toISOString().slice(0, 10) in closed));
      expect(open).toEqual(wanted);
    }
  });

  it('counts the open days of a year from its data', async () => {
    const { id, years } = readCalendar('us-bond');
    for (const { year, bitmap } of years) {
      const first = Date.UTC(year, 0, 1) / DAY;
      const args = [id, first, Date.UTC(year, 11, 31) / DAY] as const; // New Year's Day is closed in all of them
      const open = await client.readContract({ address: calendar, abi: marketCalendarAbi, functionName: 'businessDaysBetween', args });
      expect(open).toBe(BigInt([...bitmap.map((word) => word.toString(2)).join('')].filter((bit) => bit === '1').length));
    }
  });
});
