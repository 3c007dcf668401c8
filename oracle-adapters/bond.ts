import Big from 'big.js';
import { daysBetween, isDate } from './bill.js';

/** Decimal arithmetic of this file: 50 digits behind the point, far beyond the six and three that are kept. */
const Decimal = Big();
Decimal.DP = 50;
Decimal.RM = Decimal.roundHalfUp;

/** A note or bond that 31 CFR 356 App. B does not describe: dates out of order, a yield or a price that none can have. */
export class BondInvalid extends Error {
  override readonly name = 'BondInvalid';
}

/** A Treasury note or bond: fixed rate, paid semiannually on the two dates a year that its maturity gives. Dates are YYYY-MM-DD. */
export type Bond = {
  /** percent a year, e.g. "8.75" */
  couponRate: string;
  /** day from which interest accrues; the issue date, unless the security says otherwise */
  datedDate: string;
  maturityDate: string;
  /** only when the first period is longer than half a year; else the first payment is on the next of the two dates */
  firstCouponDate?: string;
};

/** Per 100 of face value, six decimals each. `dirty` = `clean` + `accrued` is what a buyer pays, and what a net asset value counts. As
 *  in the regulation's examples, `dirty` and `accrued` are rounded, and `clean` is their difference; rounding the exact difference instead
 *  can give a last digit that is one more or less (II.F: 99.777073 for the printed 99.777074). */
export type BondPrice = { clean: string; accrued: string; dirty: string };

/** Price from yield (31 CFR 356 App. B, II.A to G). They are one formula: what is still to be paid is discounted by whole half-years to
 *  the next coupon date, and from there to settlement by *simple* interest over r of the half-year's s days:
 *  (P + A) [1 + (r/s)(i/2)] = payments at v⁰, v¹ … vⁿ. The street compounds that fraction; for its price use another formula.
 *  @param settlement from the dated date to the day before maturity   @param yieldRate percent a year, compounded semiannually */
export function bondPrice(bond: Bond, settlement: string, yieldRate: string): BondPrice {
  const terms = termsOf(bond, settlement);
  const dirty = dirtyPrice(terms, new Decimal(yieldRate)).round(6);
  return { clean: dirty.minus(terms.accrued).toFixed(6), accrued: terms.accrued.toFixed(6), dirty: dirty.toFixed(6) };
}

/** Accrued interest per 100 of face value, six decimals: (C/2) · days/s in each half-year, actual/actual (31 CFR 356 App. B, I). The
 *  exact fraction is rounded once; the regulation's examples round the interest of one day to nine digits first, which can make the last
 *  digit one less where the fraction ends in a 5. */
export function accruedInterest(bond: Bond, settlement: string): string {
  return termsOf(bond, settlement).accrued.toFixed(6);
}

/** Yield from price: the rate of three decimals, in percent, that lies nearest to the exact solution of `bondPrice`. Found by halving,
 *  because the price falls as the yield rises.
 *  @param price clean, per 100 of face value */
export function bondYield(bond: Bond, settlement: string, price: string): string {
  const terms = termsOf(bond, settlement);
  const wanted = terms.accrued.plus(price);
  // In half thousandths of a percent, so that an odd number is the border between two rates.
  const below = (rate: number): boolean => dirtyPrice(terms, new Decimal(rate).div(2000)).lt(wanted);
  let low = -199_000;
  let high = 1_000_000;
  if (below(2 * low - 1) || !below(2 * high + 1)) throw new BondInvalid(`No yield gives a price of ${price}.`);
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (below(2 * middle + 1)) high = middle;
    else low = middle + 1;
  }
  return new Decimal(low).div(1000).toFixed(3);
}

type Terms = {
  /** days of the current half-year that are left, and that it has */
  r: number;
  s: number;
  /** paid on the next coupon date and on each one after it, the last with the principal */
  payments: Big[];
  /** rounded to six decimals */
  accrued: Big;
};

function termsOf(bond: Bond, settlement: string): Terms {
  for (const date of [bond.datedDate, settlement, bond.maturityDate]) {
    if (!isDate(date)) throw new BondInvalid(`${date} is not a date of the form YYYY-MM-DD.`);
  }
  if (settlement < bond.datedDate || settlement >= bond.maturityDate) {
    throw new BondInvalid(`${settlement} is not between ${bond.datedDate} and the maturity on ${bond.maturityDate}.`);
  }
  const dates = couponDates(bond);
  const first = bond.firstCouponDate ?? dates[1];
  const paid = dates.filter((date, i) => i > 0 && first !== undefined && date >= first);
  if (paid[0] !== first) throw new BondInvalid(`${first} is not a coupon date of the bond.`);

  /** Interest of a span of days: the days in each half-year, over the days that this half-year has. */
  const interest = (from: string, to: string): Big => {
    let sum = new Decimal(0);
    for (const [i, end] of dates.entries()) {
      const start = dates[i - 1];
      if (start === undefined || end <= from || start >= to) continue;
      const days = daysBetween(start < from ? from : start, end < to ? end : to);
      sum = sum.plus(new Decimal(bond.couponRate).times(days).div(2 * daysBetween(start, end)));
    }
    return sum;
  };
  const paidBefore = (date: string): string => paid.findLast((payment) => payment < date) ?? bond.datedDate;

  const next = dates.findIndex((date) => date > settlement);
  const [previous, following] = [dates[next - 1] as string, dates[next] as string];
  const payments = dates.slice(next).map((date) => (paid.includes(date) ? interest(paidBefore(date), date) : new Decimal(0)));
  payments.push((payments.pop() as Big).plus(100));
  return {
    r: daysBetween(settlement, following),
    s: daysBetween(previous, following),
    payments,
    accrued: interest(paid.findLast((payment) => payment <= settlement) ?? bond.datedDate, settlement).round(6),
  };
}

function dirtyPrice({ r, s, payments }: Terms, yieldRate: Big): Big {
  const half = yieldRate.div(200);
  if (half.lte(-1)) throw new BondInvalid(`A yield of ${yieldRate.toFixed()} % loses more than there is.`);
  const value = payments.reduceRight((later, payment) => later.div(half.plus(1)).plus(payment), new Decimal(0));
  return value.times(s).div(half.times(r).plus(s));
}

/** The dates half-years apart that end at maturity, ascending, from the last one that is not after the dated date. A maturity on the
 *  last day of a month keeps to last days. */
function couponDates({ datedDate, maturityDate }: Bond): string[] {
  const [year, month, day] = maturityDate.split('-').map(Number) as [number, number, number];
  const lastDay = (m: number): number => new Date(Date.UTC(year, m, 0)).getUTCDate();
  const dates = [maturityDate];
  for (let m = month - 6; (dates[0] as string) > datedDate; m -= 6) {
    const onDay = day === lastDay(month) ? lastDay(m) : Math.min(day, lastDay(m));
    dates.unshift(new Date(Date.UTC(year, m - 1, onDay)).toISOString().slice(0, 10));
  }
  return dates;
}
