import { type Choice, NotPublished, type Valuation } from '../adapter/valuation.js';
import { billPrice, daysBetween } from '../bill.js';
import { valuationTimestamp } from '../valuation-time.js';
import type { AuctionResult, BillRatesDay } from './documents.js';

/** Bank discount of a tenor on a day. */
export function quotedRate(days: readonly BillRatesDay[], tenor: string, choice: Choice = {}): Valuation {
  const day = dayOf(days, tenor, choice);
  const quote = day.tenors.get(tenor);
  if (quote?.discount == null) throw new NotPublished(`The Treasury published no ${tenor} discount rate for ${day.date}.`);
  return {
    value: quote.discount,
    valuationTimestamp: day.valuationTimestamp,
    ripcord: day.unavailable !== null,
    record: {
      publisher: 'US Treasury',
      series: 'daily_treasury_bill_rates',
      date: day.date,
      tenor,
      discountRate: quote.discount,
      maturityDate: quote.maturityDate,
      unavailable: day.unavailable,
    },
  };
}

/** Price of a bill at the day's discount rate of its tenor, over the days from that date to its maturity.
 *  @param maturityDate of the bill that is held; without it, the maturity that the Treasury names for the quoted bill */
export function quotedPrice(days: readonly BillRatesDay[], tenor: string, choice: Choice = {}, maturityDate?: string): Valuation {
  const rate = quotedRate(days, tenor, choice);
  const quotedOn = String(rate.record.date);
  const maturity = maturityDate ?? rate.record.maturityDate;
  if (maturity == null)
    throw new NotPublished(`The Treasury named no maturity date for the ${tenor} bill of ${quotedOn}: pass maturityDate.`);
  return {
    ...rate,
    value: billPrice(rate.value, daysBetween(quotedOn, String(maturity))),
    record: { ...rate.record, maturityDate: maturity },
  };
}

/** Price of a bill at a given rate: the formula alone, dated by the caller. */
export function givenPrice(discountRate: string, daysToMaturity: number, date: string): Valuation {
  return {
    value: billPrice(discountRate, daysToMaturity),
    valuationTimestamp: valuationTimestamp(date),
    ripcord: false,
    record: { publisher: 'request', series: 'given', date, discountRate, daysToMaturity },
  };
}

/** Price at which a bill was auctioned, as of the auction's date; the document's own price, checked against the formula. */
export function auctionPrice(result: AuctionResult): Valuation {
  return {
    value: result.price,
    valuationTimestamp: valuationTimestamp(result.auctionDate),
    ripcord: false,
    record: { publisher: 'US Treasury', series: 'auction', ...result },
  };
}

function dayOf(days: readonly BillRatesDay[], tenor: string, { date, after }: Choice): BillRatesDay {
  if (date !== undefined) return days.find((day) => day.date === date) ?? notPublished(`for ${date}`);
  if (after === undefined) return days.at(-1) ?? notPublished('yet');
  const later = days.find((day) => day.valuationTimestamp > after && day.tenors.get(tenor)?.discount != null);
  return later ?? notPublished(`after ${new Date(after * 1000).toISOString()}`);
}

function notPublished(when: string): never {
  throw new NotPublished(`The Treasury published no bill rates ${when}.`);
}
