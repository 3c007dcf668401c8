// Our prices against two libraries that share no line with them, `bond-calculator` (Excel's formulas) and QuantLib, over many bonds and
// bills, and our decimals against the same formulas in integers. Where the conventions differ the test says by what factor, and the prices
// agree to the last published digit once it is taken out. MUNIMENT_DEEP=1 tries 10,000 of each.
import {
  Actual360,
  Actual365Fixed,
  ActualActual,
  BondFunctions,
  BusinessDayConvention,
  Compounding,
  DateGeneration,
  FixedRateBond,
  Frequency,
  NullCalendar,
  Period,
  Schedule,
  Settings,
  TimeUnit,
  ZeroCouponBond,
} from '@quantlib/ql';
import bondCalculator from 'bond-calculator';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { billPrice, daysBetween, daysInYearAfter, investmentRate } from '../../oracle-adapters/bill.js';
import { accruedInterest, type Bond, bondPrice, bondYield } from '../../oracle-adapters/bond.js';

const numRuns = process.env.MUNIMENT_DEEP ? 10_000 : 1_000;
vi.setConfig({ testTimeout: 900_000 });
const { Unadjusted } = BusinessDayConvention;

type Case = {
  security: Bond;
  settlement: string;
  /** percent */
  yieldRate: string;
  /** half-years from the next coupon date to maturity */
  n: number;
  /** days from settlement to the next coupon date, of s */
  r: number;
  s: number;
};

const utc = (date: string): Date => new Date(`${date}T00:00:00Z`);
const addDays = (date: string, days: number): string => new Date(utc(date).getTime() + days * 86_400_000).toISOString().slice(0, 10);
/** Day 15, or the last day (31 is "the last"), so many half-years before a month. */
const couponDate = (month: number, day: 15 | 31, halves: number): string => {
  const date = day === 15 ? Date.UTC(2000, month - 6 * halves, 15) : Date.UTC(2000, month - 6 * halves + 1, 0);
  return new Date(date).toISOString().slice(0, 10);
};

const percent = (thousandths: number): string => (thousandths / 1000).toFixed(3);

/** Notes and bonds of up to 30 years; `fraction` chooses the day in the half-year of settlement, `first` that on which interest began. */
function bonds(fraction: fc.Arbitrary<number>, first: fc.Arbitrary<number>, seasoned: fc.Arbitrary<number>): fc.Arbitrary<Case> {
  return fc
    .record({
      month: fc.integer({ min: 0, max: 720 }),
      day: fc.constantFrom<15 | 31>(15, 31),
      eighths: fc.integer({ min: 0, max: 120 }),
      thousandths: fc.integer({ min: -900, max: 20_000 }),
      n: fc.integer({ min: 0, max: 59 }),
      fraction,
      first,
      seasoned,
    })
    .map(({ month, day, eighths, thousandths, n, fraction, first, seasoned }) => {
      const previous = couponDate(month, day, n + 1);
      const s = daysBetween(previous, couponDate(month, day, n));
      const start = addDays(previous, Math.floor(first * s));
      const settlement = addDays(start, Math.floor(fraction * (s - Math.floor(first * s))));
      return {
        security: {
          couponRate: percent(eighths * 125),
          datedDate: seasoned > 0 ? couponDate(month, day, n + 1 + seasoned) : start,
          maturityDate: couponDate(month, day, 0),
        },
        settlement,
        yieldRate: percent(thousandths),
        n,
        r: s - daysBetween(previous, settlement),
        s,
      };
    });
}
const none = fc.constant(0);
const some = fc.double({ min: 0, max: 0.999, noNaN: true });
const onCouponDates = bonds(none, none, fc.integer({ min: 0, max: 10 }));
const betweenCouponDates = bonds(some, none, fc.integer({ min: 0, max: 10 }));
const inShortFirstPeriods = bonds(some, some, none);

/** The half-year's fraction that is left: the Treasury discounts it by 1 + (r/s)(i/2), the street by (1 + i/2)^(r/s). What the street
 *  pays is worth this much more to the Treasury. */
function streetToTreasury({ yieldRate, r, s }: Case): number {
  const half = Number(yieldRate) / 200;
  return (1 + half) ** (r / s) / (1 + (r / s) * half);
}

/** A published figure is the computed one, rounded to its last digit (a double's own error aside). */
function expectAgreement(published: string, computed: number): void {
  const digits = published.split('.')[1]?.length ?? 0;
  expect(Math.abs(Number(published) - computed) * 10 ** digits, `${published} is not ${computed}`).toBeLessThan(0.5 + 1e-3);
}

function quantlib({ security, settlement }: Case) {
  Settings.evaluationDate.set(utc(settlement));
  const endOfMonth = !security.maturityDate.endsWith('15');
  const dates = new Schedule().init2(
    utc(security.datedDate),
    utc(security.maturityDate),
    new Period().init1(6, TimeUnit.Months),
    new NullCalendar(),
    Unadjusted,
    Unadjusted,
    DateGeneration.Rule.Backward,
    endOfMonth,
  );
  const counter = new ActualActual(ActualActual.Convention.ISMA, dates);
  const bond = new FixedRateBond().frbInit1(0, 100, dates, [Number(security.couponRate) / 100], counter, Unadjusted, 100);
  const on = utc(settlement);
  return {
    accrued: BondFunctions.accruedAmount(bond, on),
    dirty: (rate: number): number => BondFunctions.dirtyPrice2(bond, rate, counter, Compounding.Compounded, Frequency.Semiannual, on),
    yield: (clean: number): number =>
      BondFunctions.yield1(bond, clean, counter, Compounding.Compounded, Frequency.Semiannual, on, 1e-12, 200, 0.05),
  };
}

function calculator(settlement: string, maturity: string, couponRate: string, frequency: 1 | 2 = 2) {
  const local = (date: string): Date => new Date(`${date}T00:00:00`);
  return bondCalculator({
    settlement: local(settlement),
    maturity: local(maturity),
    rate: Number(couponRate) / 100,
    redemption: 100,
    frequency,
    convention: 'ACTUAL/ACTUAL',
  });
}
const excel = ({ security, settlement }: Case) => calculator(settlement, security.maturityDate, security.couponRate);

describe('notes and bonds against bond-calculator and QuantLib', () => {
  it('agree on a coupon date, where the conventions meet, in price and in yield', () => {
    fc.assert(
      fc.property(onCouponDates, (c) => {
        const price = bondPrice(c.security, c.settlement, c.yieldRate);
        const rate = Number(c.yieldRate) / 100;
        expectAgreement(price.clean, quantlib(c).dirty(rate));
        expectAgreement(price.clean, excel(c).price(rate));
        expectAgreement(bondYield(c.security, c.settlement, price.clean), quantlib(c).yield(Number(price.clean)) * 100);
      }),
      { numRuns },
    );
  });

  it('agree between coupon dates, once the odd days are discounted in one way', () => {
    fc.assert(
      fc.property(betweenCouponDates, (c) => {
        const price = bondPrice(c.security, c.settlement, c.yieldRate);
        const rate = Number(c.yieldRate) / 100;
        const { accrued, dirty } = quantlib(c);
        expectAgreement(price.accrued, accrued);
        expectAgreement(price.dirty, dirty(rate) * streetToTreasury(c));
        // Excel's PRICE, and so bond-calculator, does as the Treasury does when only one payment is left.
        expectAgreement(price.dirty, (excel(c).price(rate) + accrued) * (c.n === 0 ? 1 : streetToTreasury(c)));
      }),
      { numRuns },
    );
  });

  it('differ from the street by that fraction and by no rounding', () => {
    // App. B, II.D: 99.730918 by the regulation; the street would ask for 99.738573
    const security = { couponRate: '9.5', datedDate: '1985-11-15', maturityDate: '1995-11-15' };
    const c: Case = { security, settlement: '1985-11-29', yieldRate: '9.54', n: 19, r: 167, s: 181 };
    expect(bondPrice(security, c.settlement, c.yieldRate).clean).toBe('99.730918');
    expect((quantlib(c).dirty(0.0954) - quantlib(c).accrued).toFixed(6)).toBe('99.738573');
    expect(excel(c).price(0.0954).toFixed(6)).toBe('99.738573');
  });

  it('agree with QuantLib in a short first period, which bond-calculator does not have', () => {
    fc.assert(
      fc.property(inShortFirstPeriods, (c) => {
        const price = bondPrice(c.security, c.settlement, c.yieldRate);
        const { accrued, dirty } = quantlib(c);
        expectAgreement(price.accrued, accrued);
        expectAgreement(price.dirty, dirty(Number(c.yieldRate) / 100) * streetToTreasury(c));
      }),
      { numRuns },
    );
  });
});

const bills = fc.record({
  issued: fc.integer({ min: 0, max: 22_000 }).map((day) => addDays('2000-01-01', day)),
  days: fc.integer({ min: 1, max: 364 }),
  rate: fc.integer({ min: 1, max: 20_000 }).map(percent),
});

describe('bills against bond-calculator and QuantLib', () => {
  it('agree in price and in investment rate', () => {
    fc.assert(
      fc.property(bills, ({ issued, days, rate }) => {
        const matures = addDays(issued, days);
        const price = billPrice(rate, days);
        expectAgreement(price, 100 * (1 - (Number(rate) / 100) * new Actual360().yearFraction(utc(issued), utc(matures))));

        const year = daysInYearAfter(issued);
        const invested = investmentRate(price, days, issued);
        Settings.evaluationDate.set(utc(issued));
        const bill = new ZeroCouponBond(0, new NullCalendar(), 100, utc(matures), Unadjusted, 100, utc(issued));
        const simple = BondFunctions.yield1(
          bill,
          Number(price),
          new Actual365Fixed(),
          Compounding.Simple,
          Frequency.Annual,
          utc(issued),
          1e-14,
          200,
          0.05,
        );
        if (days * 2 <= year) {
          expectAgreement(invested, ((simple * year) / 365) * 100);
          // one payment left, which Excel's YIELD discounts by simple interest too, over the year that ends at maturity
          const rateOfReturn = calculator(issued, matures, '0', 1).yield(Number(price));
          expectAgreement(invested, ((rateOfReturn * year) / daysBetween(yearBefore(matures), matures)) * 100);
        } else {
          // beyond half a year App. B compounds once: P (1 + (r/y − 1/2) i)(1 + i/2) = 100
          const i = Number(invested) / 100;
          const grown = (at: number): number => Number(price) * (1 + (days / year - 0.5) * at) * (1 + at / 2);
          expect(grown(i - 0.5001e-5)).toBeLessThan(100);
          expect(grown(i + 0.5001e-5)).toBeGreaterThan(100);
          expect(simple * (year / 365)).toBeGreaterThan(i - 0.5001e-5);
        }
      }),
      { numRuns },
    );
  });
});

function yearBefore(date: string): string {
  const year = `${Number(date.slice(0, 4)) - 1}`;
  return addDays(date, 1).endsWith('-03-01') ? addDays(`${year}-03-01`, -1) : year + date.slice(4);
}

/** The regulation's own closed form (aₙ and vⁿ) in integers with 60 digits behind the point. */
const ONE = 10n ** 60n;
const integer = (decimal: string): bigint => {
  const [whole = '0', fraction = ''] = decimal.replace('-', '').split('.');
  const digits = BigInt(whole + fraction) * 10n ** BigInt(60 - fraction.length);
  return decimal.startsWith('-') ? -digits : digits;
};
const times = (a: bigint, b: bigint): bigint => (a * b) / ONE;
const over = (a: bigint, b: bigint): bigint => (a * ONE) / b;
function rounded(value: bigint, digits: number): string {
  const unit = 10n ** BigInt(60 - digits);
  const units = ((value < 0n ? -value : value) * 2n + unit) / (2n * unit);
  const text = units.toString().padStart(digits + 1, '0');
  return `${value < 0n && units > 0n ? '-' : ''}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

describe('decimals against integers', () => {
  it('give the same price and accrued interest of a bond', () => {
    fc.assert(
      fc.property(fc.oneof(betweenCouponDates, inShortFirstPeriods), ({ security, settlement, yieldRate, n, r, s }) => {
        const coupon = integer(security.couponRate) / 2n;
        const half = integer(yieldRate) / 200n;
        let vn = ONE;
        for (let k = 0; k < n; k++) vn = over(vn, ONE + half);
        const an = half === 0n ? BigInt(n) * ONE : over(ONE - vn, half);
        // days of the current half-year on which the bond already was: all of them, but in a short first period
        const whole = Math.min(s, r + daysBetween(security.datedDate, settlement));
        const next = (coupon * BigInt(whole)) / BigInt(s);
        const value = next + times(coupon, an) + 100n * vn;
        const dirty = rounded(over(value, ONE + (half * BigInt(r)) / BigInt(s)), 6);
        const accrued = rounded((coupon * BigInt(whole - r)) / BigInt(s), 6);
        expect(bondPrice(security, settlement, yieldRate)).toEqual({
          dirty,
          accrued,
          clean: rounded(integer(dirty) - integer(accrued), 6),
        });
        expect(accruedInterest(security, settlement)).toBe(accrued);
      }),
      { numRuns },
    );
  });

  it('give the same price of a bill', () => {
    fc.assert(
      fc.property(bills, ({ days, rate }) => {
        expect(billPrice(rate, days)).toBe(rounded(100n * ONE - (integer(rate) * BigInt(days)) / 360n, 6));
      }),
      { numRuns },
    );
  });
});
