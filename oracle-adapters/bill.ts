import Big from 'big.js';

/** Decimal arithmetic of this file: 50 digits behind the point, far beyond the six and three that are kept. */
const Decimal = Big();
Decimal.DP = 50;
Decimal.RM = Decimal.roundHalfUp;

const DAY = 86_400_000;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** A bill that 31 CFR 356 App. B does not describe: no days left, a price that is not positive, a date that does not exist. */
export class BillInvalid extends Error {
  override readonly name = 'BillInvalid';
}

/** Price of a Treasury bill from its bank discount rate: P = 100 (1 − d·r/360), rounded half up to six decimals (31 CFR 356 App. B, VI.A).
 *  @param discountRate percent, e.g. "1.115"   @param daysToMaturity r, from settlement to maturity, ≥ 1
 *  @returns price per 100 of face value with exactly six decimals */
export function billPrice(discountRate: string, daysToMaturity: number): string {
  requireDays(daysToMaturity);
  return new Decimal(100).minus(new Decimal(discountRate).times(daysToMaturity).div(360)).toFixed(6);
}

/** Investment rate (coupon equivalent yield) of a bill, in percent with three decimals (31 CFR 356 App. B, VI.D): simple
 *  interest up to half a year, beyond it the positive root of a·i² + b·i + c = 0, which counts one semiannual compounding.
 *  @param price per 100   @param daysToMaturity r   @param issueDate YYYY-MM-DD; the year after it decides between 365 and 366 days */
export function investmentRate(price: string, daysToMaturity: number, issueDate: string): string {
  requireDays(daysToMaturity);
  const p = new Decimal(price);
  if (p.lte(0)) throw new BillInvalid(`A price of ${price} is not positive.`);
  const y = daysInYearAfter(issueDate);
  if (daysToMaturity * 2 <= y) return new Decimal(100).minus(p).div(p).times(y).div(daysToMaturity).times(100).toFixed(3);
  const a = new Decimal(daysToMaturity).div(2 * y).minus('0.25');
  const b = new Decimal(daysToMaturity).div(y);
  const c = p.minus(100).div(p);
  const root = b.times(b).minus(a.times(c).times(4)).sqrt();
  return root.minus(b).div(a.times(2)).times(100).toFixed(3);
}

/** Days from one date to another, both YYYY-MM-DD; negative when `to` lies before `from`. */
export function daysBetween(from: string, to: string): number {
  return Math.round((utc(to) - utc(from)) / DAY);
}

/** y of App. B: 366 when the year that follows the issue date contains a 29 February, else 365. */
export function daysInYearAfter(issueDate: string): 365 | 366 {
  utc(issueDate);
  const [year, month, day] = issueDate.split('-').map(Number) as [number, number, number];
  const anniversary = month === 2 && day === 29 ? `${year + 1}-03-01` : `${String(year + 1).padStart(4, '0')}${issueDate.slice(4)}`;
  return daysBetween(issueDate, anniversary) === 366 ? 366 : 365;
}

/** The next day that is no Saturday or Sunday. */
export function nextWeekday(date: string): string {
  let day = utc(date) + DAY;
  while ([0, 6].includes(new Date(day).getUTCDay())) day += DAY;
  return new Date(day).toISOString().slice(0, 10);
}

/** True for a date that exists, written YYYY-MM-DD. */
export function isDate(text: string): boolean {
  if (!DATE.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function utc(date: string): number {
  if (!isDate(date)) throw new BillInvalid(`${date} is not a date of the form YYYY-MM-DD.`);
  return Date.parse(`${date}T00:00:00Z`);
}

function requireDays(days: number): void {
  if (!Number.isInteger(days) || days < 1) throw new BillInvalid(`A bill needs at least one day to maturity, not ${days}.`);
}
