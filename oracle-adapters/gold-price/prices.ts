import { MarketStatus } from '@chainlink/external-adapter-framework/adapter/index.js';
import Big from 'big.js';
import { z } from 'zod';
import { field, parseJson } from '../adapter/signed.js';
import { NotPublished, SourceUnreadable, type Valuation } from '../adapter/valuation.js';
import { localTime, valuationTimestamp } from '../valuation-time.js';

/** What a source serves: its prices of one troy ounce of gold in US dollars, each at a time on its own clock. A licensed provider with
 *  another form needs its own reader to this one. */
const Quotes = z.strictObject({
  publisher: field.text,
  instrument: z.literal('XAU/USD'),
  timeZone: field.zone,
  quotes: z.array(
    z.strictObject({
      date: field.date,
      time: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time written HH:MM'),
      price: field.decimal.refine((price) => new Big(price).gt(0), 'must be positive'),
    }),
  ),
});

/** One source's prices by unix seconds. */
export type SourcePrices = { publisher: string; prices: Map<number, string> };

export type GoldAnswer = Valuation & {
  /** of Chainlink's MarketStatus: 1 closed, 2 open */
  marketStatus: MarketStatus;
  /** the prices of which the value is the median */
  sources: { publisher: string; price: string }[];
};

/** With fewer there is no price: one source alone cannot be checked. */
const QUORUM = 2;

/** Reads a source's document.
 *  @throws SourceUnreadable when it has another form, or a time twice */
export function parseQuotes(json: string): SourcePrices {
  const { publisher, timeZone: zone, quotes } = parseJson(json, Quotes);
  const prices = new Map(quotes.map(({ date, time, price }) => [valuationTimestamp(date, { time, zone }), price]));
  if (prices.size < quotes.length) throw new SourceUnreadable(`${publisher} gives two prices for one time.`);
  return { publisher, prices };
}

/** The median of the sources' prices at one time: the first after `after` at which any of them has a price, else the last at which
 *  enough of them have one. No time is passed over because a source is late, so that all reporters take the same one.
 *  @param sources those that answered
 *  @throws NotPublished when enough sources answered and none has anything new; SourceUnreadable when fewer than two have a price */
export function goldPrice(sources: readonly SourcePrices[], after?: number): GoldAnswer {
  if (sources.length < QUORUM)
    throw new SourceUnreadable(`Only ${sources.length} of the gold price's sources answered, ${QUORUM} are needed.`);
  if (new Set(sources.map((source) => source.publisher)).size < sources.length) {
    throw new SourceUnreadable('Two of the sources of the gold price are one publisher.');
  }
  const at = (time: number): { publisher: string; price: string }[] =>
    sources.flatMap(({ publisher, prices }) => (prices.has(time) ? [{ publisher, price: prices.get(time) as string }] : []));
  const times = [...new Set(sources.flatMap(({ prices }) => [...prices.keys()]))].sort((a, b) => a - b);
  const time = after === undefined ? times.findLast((t) => at(t).length >= QUORUM) : times.find((t) => t > after);
  if (time === undefined)
    throw new NotPublished(`There is no gold price ${after === undefined ? 'yet' : `after ${new Date(after * 1000).toISOString()}`}.`);
  const quotes = at(time);
  const when = new Date(time * 1000).toISOString();
  if (quotes.length < QUORUM)
    throw new SourceUnreadable(`Only ${quotes.length} source has a gold price for ${when}, ${QUORUM} are needed.`);
  const status = marketStatus(time);
  return {
    value: median(quotes.map((quote) => quote.price)),
    valuationTimestamp: time,
    ripcord: false,
    // Which of the sources a reporter reached is its own matter: the prices stand beside the record, not in it.
    record: { publisher: 'median of sources', instrument: 'XAU/USD', unit: 'troy ounce', time: when, marketStatus: status },
    marketStatus: status,
    sources: quotes,
  };
}

/** The middle price, or the exact mean of the two in the middle. */
export function median(prices: readonly string[]): string {
  const sorted = prices.map((price) => new Big(price)).sort((a, b) => a.cmp(b));
  const high = sorted[Math.floor(sorted.length / 2)] as Big;
  const low = sorted[Math.floor((sorted.length - 1) / 2)] as Big;
  return low.plus(high).times('0.5').toFixed();
}

/** Gold trades from Sunday 18:00 to Friday 17:00 in New York, with an hour's pause at 17:00. Holidays are not known here: sources have no
 *  price then. */
export function marketStatus(time: number): MarketStatus {
  const { weekday, time: clock } = localTime(time, 'America/New_York');
  const closed =
    weekday === 6 || (weekday === 0 && clock < '18:00') || (weekday === 5 && clock >= '17:00') || (clock >= '17:00' && clock < '18:00');
  return closed ? MarketStatus.CLOSED : MarketStatus.OPEN;
}
