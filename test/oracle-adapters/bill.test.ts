import Big from 'big.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BillInvalid, billPrice, daysBetween, daysInYearAfter, investmentRate, isDate } from '../../oracle-adapters/bill.js';
import { valuationTimestamp } from '../../oracle-adapters/valuation-time.js';

describe('the price and the investment rate of a bill (31 CFR 356 App. B)', () => {
  it.each([
    // 31 CFR 356 App. B, VI
    ['7.610', 90, '98.097500'],
    ['7.930', 20, '99.559444'],
    ['7.65', 364, '92.265000'],
    // TreasuryDirect's sample
    ['4.975', 91, '98.742431'],
    // Treasury auctions of 2017 as the Bond Buyer printed them: 4-week of Aug 29, 123-day of Aug 29, 13-week of Aug 28, 26-week of
    // Aug 28 and Sep 18, 52-week of Aug 15
    ['0.960', 28, '99.925333'],
    ['1.060', 123, '99.637833'],
    ['1.020', 91, '99.742167'],
    ['1.115', 182, '99.436306'],
    ['1.170', 182, '99.408500'],
    ['1.230', 364, '98.756333'],
    // Treasury Bulletin, table PDO-1, 26-week bills issued 2017-04-06 and 2017-04-27
    ['0.910', 182, '99.539944'],
    ['0.955', 182, '99.517194'],
  ])('prices %s %% over %i days at %s', (rate, days, price) => {
    expect(billPrice(rate, days)).toBe(price);
  });

  it.each([
    ['98.742431', 91, '2017-08-31', '5.108'],
    ['99.925333', 28, '2017-08-31', '0.974'],
    ['99.637833', 123, '2017-09-01', '1.079'],
    ['99.742167', 91, '2017-08-31', '1.037'],
    ['99.436306', 182, '2017-08-31', '1.137'],
    ['99.408500', 182, '2017-09-21', '1.193'],
    ['99.539944', 182, '2017-04-06', '0.927'],
    ['99.517194', 182, '2017-04-27', '0.973'],
    // longer than half a year: the quadratic
    ['98.756333', 364, '2017-08-17', '1.259'],
    // 31 CFR 356 App. B: 52-week bill issued 1990-06-07, due 1991-06-06
    ['92.265000', 364, '1990-06-07', '8.237'],
    // and its cash management bill of 20 days
    ['99.559444', 20, '1990-06-01', '8.076'],
  ])('finds in %s over %i days from %s an investment rate of %s %%', (price, days, issued, rate) => {
    expect(investmentRate(price, days, issued)).toBe(rate);
  });

  const rates = fc.integer({ min: 0, max: 200_000 }).map((thousandths) => new Big(thousandths).div(1000).toFixed(3));
  const terms = fc.integer({ min: 1, max: 366 });

  it('never lies further than half a unit of the sixth decimal from the exact fraction', () => {
    fc.assert(
      fc.property(rates, terms, (rate, days) => {
        // |price·360·1000 − (100·360·1000 − d·1000·r)| · 2 ≤ 360·1000·10⁻⁶, in integers
        const thousandths = BigInt(rate.replace('.', ''));
        const exact = 36_000_000n * 10n ** 6n - thousandths * BigInt(days) * 10n ** 6n;
        const price = BigInt(billPrice(rate, days).replace('.', '')) * 360_000n;
        const distance = price > exact ? price - exact : exact - price;
        expect(distance * 2n <= 360_000n).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('falls as the rate or the term rises, and is par at a rate of zero', () => {
    fc.assert(
      fc.property(rates, rates, terms, terms, (a, b, m, n) => {
        const [low, high] = new Big(a).lte(b) ? [a, b] : [b, a];
        const [short, long] = m <= n ? [m, n] : [n, m];
        expect(new Big(billPrice(low, short)).gte(billPrice(high, short))).toBe(true);
        expect(new Big(billPrice(low, short)).gte(billPrice(low, long))).toBe(true);
        expect(billPrice('0', short)).toBe('100.000000');
      }),
    );
  });

  it('earns the investment rate: price grown at it comes back to par, within its rounding', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 15_000 }), terms, (thousandths, days) => {
        const price = billPrice(new Big(thousandths).div(1000).toFixed(3), days);
        const i = new Big(investmentRate(price, days, '2017-08-31')).div(100);
        const y = 365;
        const half = i.div(2);
        const grown =
          days * 2 <= y
            ? new Big(price).times(i.times(days).div(y).plus(1))
            : new Big(price).times(half.plus(1)).times(new Big(days).div(y).minus('0.5').times(i).plus(1));
        expect(grown.minus(100).abs().lt('0.0011')).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('is above par at a negative rate, and negative rates are legitimate', () => {
    expect(billPrice('-0.025', 28)).toBe('100.001944');
    expect(investmentRate('100.001944', 28, '2020-03-26')).toBe('-0.025');
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses %s days', (days) => {
    expect(() => billPrice('1.115', days)).toThrow(BillInvalid);
  });

  it('counts days and years of the calendar', () => {
    expect(daysBetween('2017-08-31', '2018-03-01')).toBe(182);
    expect(daysInYearAfter('2017-08-31')).toBe(365);
    expect(daysInYearAfter('2019-03-01')).toBe(366);
    expect(daysInYearAfter('2019-02-28')).toBe(365);
    expect(daysInYearAfter('2020-02-28')).toBe(366);
    expect(daysInYearAfter('2020-02-29')).toBe(366);
    expect(isDate('2018-02-29')).toBe(false);
    expect(isDate('2018-2-9')).toBe(false);
  });
});

describe('the instant of a valuation', () => {
  it('is 15:30 in New York, in summer and in winter', () => {
    expect(valuationTimestamp('2017-08-28')).toBe(Date.UTC(2017, 7, 28, 19, 30) / 1000);
    expect(valuationTimestamp('2017-12-01')).toBe(Date.UTC(2017, 11, 1, 20, 30) / 1000);
    // the days on which clocks change
    expect(valuationTimestamp('2017-03-12')).toBe(Date.UTC(2017, 2, 12, 19, 30) / 1000);
    expect(valuationTimestamp('2017-11-05')).toBe(Date.UTC(2017, 10, 5, 20, 30) / 1000);
  });

  it('does not depend on the machine’s own zone', () => {
    expect(valuationTimestamp('2017-08-28', { time: '02:15', zone: 'Pacific/Auckland' })).toBe(Date.UTC(2017, 7, 27, 14, 15) / 1000);
  });
});
