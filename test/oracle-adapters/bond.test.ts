import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accruedInterest, type Bond, BondInvalid, bondPrice, bondYield } from '../../oracle-adapters/bond.js';

const bond = (couponRate: string, datedDate: string, maturityDate: string, firstCouponDate?: string): Bond => ({
  couponRate,
  datedDate,
  maturityDate,
  ...(firstCouponDate && { firstCouponDate }),
});

// Every example of 31 CFR 356 App. B, section II, in the edition that eCFR holds (ecfr.gov, title 31, part 356, appendix B).
const EXAMPLES = [
  ['II.A regular first period', bond('8.75', '1990-05-15', '2020-05-15'), '1990-05-15', '8.84', '99.057893', '0.000000'],
  ['II.B short first period', bond('8.50', '1990-04-02', '1992-03-31'), '1990-04-02', '8.59', '99.838183', '0.000000'],
  ['II.C long first period', bond('8.50', '1990-03-01', '1995-05-15', '1990-11-15'), '1990-03-01', '8.53', '99.805118', '0.000000'],
  ['II.D reopened in a regular period', bond('9.50', '1985-11-15', '1995-11-15'), '1985-11-29', '9.54', '99.730918', '0.367403'],
  [
    'II.E reopened in the regular part of a long first period',
    bond('10.75', '1985-07-02', '2005-08-15', '1986-02-15'),
    '1985-11-04',
    '10.47',
    '102.214586',
    '3.672798',
  ],
  ['II.F reopened in a short first period', bond('10.50', '1983-05-16', '1991-05-15'), '1983-08-15', '10.53', '99.777074', '2.596467'],
  [
    'II.G reopened in the odd part of a long first period',
    bond('9.75', '1988-10-15', '1994-12-15', '1989-06-15'),
    '1988-11-15',
    '9.79',
    '99.738045',
    '0.825820',
  ],
] as const;

describe('a note or bond (31 CFR 356 App. B)', () => {
  it.each(EXAMPLES)('%s: price, accrued interest and back to the yield', (_, security, settlement, rate, clean, accrued) => {
    const price = bondPrice(security, settlement, rate);
    expect(price).toMatchObject({ clean, accrued });
    expect(accruedInterest(security, settlement)).toBe(accrued);
    expect(Number(bondYield(security, settlement, clean))).toBe(Number(rate));
  });

  it('pays clean and accrued together', () => {
    expect(bondPrice(bond('9.50', '1985-11-15', '1995-11-15'), '1985-11-29', '9.54').dirty).toBe('100.098321');
  });

  it.each([
    // App. B, I: per $1,000 the regulation prints 16.87500 and 36.72798; $150,000 of the first accrue $2,531.25
    [bond('6.75', '2000-05-15', '2005-05-15'), '2000-08-15', '1.687500'],
    [bond('10.75', '1985-07-02', '2005-08-15', '1986-02-15'), '1985-11-04', '3.672798'],
    // nothing on a coupon date; all but a day on the eve of one
    [bond('6.75', '2000-05-15', '2005-05-15'), '2000-11-15', '0.000000'],
    [bond('6.75', '2000-05-15', '2005-05-15'), '2000-11-14', '3.356658'],
    // 23 of 184 days of 0.125 %: the fraction ends in a 5 and is rounded up; the day's interest rounded to nine digits would give 0.007812
    [bond('0.125', '2020-05-15', '2030-05-15'), '2020-06-07', '0.007813'],
  ])('%j accrues by %s: %s', (security, settlement, accrued) => {
    expect(accruedInterest(security, settlement)).toBe(accrued);
  });

  it('keeps to the last day of the month when it matures on one', () => {
    // 29 February and 31 August: App. B's own examples of half-years
    const security = bond('4', '2023-08-31', '2028-08-31');
    expect(accruedInterest(security, '2024-02-29')).toBe('0.000000');
    expect(accruedInterest(security, '2024-02-28')).toBe('1.989011'); // 181 of 182 days
    expect(accruedInterest(bond('4', '2023-08-15', '2028-02-29'), '2024-08-31')).toBe('0.000000');
  });

  it('is worth what it pays at a yield of zero, and more at a negative one', () => {
    const security = bond('2', '2020-05-15', '2030-05-15');
    expect(bondPrice(security, '2020-05-15', '0').clean).toBe('120.000000');
    expect(Number(bondPrice(security, '2020-05-15', '-0.5').clean)).toBeGreaterThan(120);
    expect(bondYield(security, '2020-05-15', '120')).toBe('0.000');
  });

  it('is at par on a coupon date when the yield is the coupon', () => {
    expect(bondPrice(bond('4.125', '2022-11-15', '2032-11-15'), '2024-05-15', '4.125').clean).toBe('100.000000');
  });

  it('finds the yield again from any price, to its last digit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 0, max: 1825 }),
        fc.integer({ min: -500, max: 15_000 }),
        (eighths, day, rate) => {
          const security = bond(String(eighths / 8), '2020-05-15', '2025-05-15');
          const settlement = new Date(Date.UTC(2020, 4, 15 + day)).toISOString().slice(0, 10);
          const yieldRate = (rate / 1000).toFixed(3);
          expect(bondYield(security, settlement, bondPrice(security, settlement, yieldRate).clean)).toBe(yieldRate);
        },
      ),
    );
  });

  it.each([
    ['settled before it accrues', bond('4', '2020-05-15', '2030-05-15'), '2020-05-14', '4'],
    ['settled at maturity', bond('4', '2020-05-15', '2030-05-15'), '2030-05-15', '4'],
    ['of a day that does not exist', bond('4', '2020-05-15', '2030-02-30'), '2020-05-15', '4'],
    ['paying first on a day that is no coupon date', bond('4', '2020-05-15', '2030-05-15', '2021-06-15'), '2020-05-15', '4'],
    ['paying first after it is repaid', bond('4', '2020-05-15', '2030-05-15', '2030-11-15'), '2020-05-15', '4'],
    ['with a yield that loses more than all', bond('4', '2020-05-15', '2030-05-15'), '2020-05-15', '-200'],
  ])('is refused: %s', (_, security, settlement, rate) => {
    expect(() => bondPrice(security, settlement, rate)).toThrow(BondInvalid);
  });

  it.each(['0', '-1', '1e60'])('has no yield at a price of %s', (price) => {
    expect(() => bondYield(bond('4', '2020-05-15', '2030-05-15'), '2020-05-15', price)).toThrow('No yield gives');
  });
});
