import { XMLParser } from 'fast-xml-parser';
import { SourceUnreadable } from '../adapter/valuation.js';
import { billPrice, daysBetween, investmentRate, isDate } from '../bill.js';
import { valuationTimestamp } from '../valuation-time.js';

/** One tenor of one day. Null is "not published": the element is absent, or carries m:null. It is never 0. */
export type BillQuote = {
  /** bank discount, percent, act/360 */
  discount: string | null;
  /** coupon equivalent, percent: another basis, never mixed with the discount */
  couponEquivalent: string | null;
  /** maturity of the bill that is quoted, YYYY-MM-DD */
  maturityDate: string | null;
  cusip: string | null;
};

export type BillRatesDay = {
  date: string;
  /** unix seconds: the date at 15:30 New York time */
  valuationTimestamp: number;
  /** by tenor as the Treasury writes it: 4WK, 6WK, 8WK, 13WK, 17WK, 26WK, 52WK, and what may come */
  tenors: Map<string, BillQuote>;
  /** why the Treasury had no market that day (BOND_MKT_UNAVAIL_REASON); null on an ordinary day */
  unavailable: string | null;
  /** fields of the entry that this parser does not know, kept by name */
  unknownFields: string[];
};

export type AuctionResult = {
  term: string;
  auctionDate: string;
  issueDate: string;
  maturityDate: string;
  discountRate: string;
  price: string;
  investmentRate: string;
};

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false,
  isArray: (name) => name === 'entry',
});

const NUMBER = /^-?\d+(\.\d+)?$/;
const QUOTE_FIELD = /^(?:ROUND_B1_(CLOSE|YIELD)_(\d+WK)_2|(MATURITY_DATE|CUSIP)_(\d+WK))$/;
const KNOWN_FIELD =
  /^(@.*|Id|DailyTreasuryBillRateDataId|INDEX_DATE|QUOTE_DATE|CF_NEW_DATE|CF_WEEK|BOND_MKT_UNAVAIL_REASON|CS_\d+WK_(CLOSE|YIELD)_AVG)$/;

/** Reads the feed `daily_treasury_bill_rates` (Atom: feed > entry > content > m:properties > d:FIELD).
 *  @returns one element per published day, ascending; days without an entry (weekends, holidays) are not there
 *  @throws SourceUnreadable on anything that is not such a feed, a number or date that is none, or a day given twice */
export function parseBillRates(xml: string): BillRatesDay[] {
  const document = parse(xml);
  const feed = object(document.feed) ?? object(document.pre);
  if (!feed) throw new SourceUnreadable('The document is no Atom feed of bill rates.');
  const entries = Array.isArray(feed.entry) ? feed.entry : [];
  const days = entries.map((entry) => billRatesDay(object(object(object(entry)?.content)?.properties)));
  days.sort((a, b) => a.date.localeCompare(b.date));
  const repeated = days.find((day, i) => day.date === days[i + 1]?.date);
  if (repeated) throw new SourceUnreadable(`The feed has two entries for ${repeated.date}.`);
  return days;
}

/** Reads a bill's auction result as TreasuryDirect publishes it (AuctionData > AuctionAnnouncement, AuctionResults), and refuses one
 *  whose price or investment rate is not what 31 CFR 356 App. B makes of its discount rate. */
export function parseAuctionResult(xml: string): AuctionResult {
  const data = object(parse(xml).AuctionData);
  const announcement = object(data?.AuctionAnnouncement);
  const results = object(data?.AuctionResults);
  if (!announcement || !results) throw new SourceUnreadable('The document is no auction result.');
  if (text(announcement.SecurityType) !== 'BILL') throw new SourceUnreadable('The auction is not one of a bill.');
  const result: AuctionResult = {
    term: text(announcement.SecurityTermWeekYear) ?? missing('SecurityTermWeekYear'),
    auctionDate: date(announcement.AuctionDate, 'AuctionDate') ?? missing('AuctionDate'),
    issueDate: date(announcement.IssueDate, 'IssueDate') ?? missing('IssueDate'),
    maturityDate: date(announcement.MaturityDate, 'MaturityDate') ?? missing('MaturityDate'),
    discountRate: number(results.HighDiscountRate, 'HighDiscountRate') ?? missing('HighDiscountRate'),
    price: number(results.HighPrice, 'HighPrice') ?? missing('HighPrice'),
    investmentRate: number(results.InvestmentRate, 'InvestmentRate') ?? missing('InvestmentRate'),
  };
  const days = daysBetween(result.issueDate, result.maturityDate);
  if (billPrice(result.discountRate, days) !== result.price) {
    throw new SourceUnreadable(`The auction's price ${result.price} is not that of ${result.discountRate} % over ${days} days.`);
  }
  if (investmentRate(result.price, days, result.issueDate) !== result.investmentRate) {
    throw new SourceUnreadable(`The auction's investment rate ${result.investmentRate} % does not follow from its price.`);
  }
  return result;
}

function billRatesDay(properties: Record<string, unknown> | undefined): BillRatesDay {
  if (!properties) throw new SourceUnreadable('An entry of the feed has no properties.');
  const indexDate = date(properties.INDEX_DATE, 'INDEX_DATE') ?? missing('INDEX_DATE');
  const day: BillRatesDay = {
    date: indexDate,
    valuationTimestamp: valuationTimestamp(indexDate),
    tenors: new Map(),
    unavailable: text(properties.BOND_MKT_UNAVAIL_REASON),
    unknownFields: [],
  };
  for (const [field, value] of Object.entries(properties)) {
    const match = QUOTE_FIELD.exec(field);
    if (!match) {
      if (!KNOWN_FIELD.test(field)) day.unknownFields.push(field);
      continue;
    }
    const tenor = (match[2] ?? match[4]) as string;
    const quote = day.tenors.get(tenor) ?? { discount: null, couponEquivalent: null, maturityDate: null, cusip: null };
    if (match[1] === 'CLOSE') quote.discount = number(value, field);
    else if (match[1] === 'YIELD') quote.couponEquivalent = number(value, field);
    else if (match[3] === 'MATURITY_DATE') quote.maturityDate = date(value, field);
    else quote.cusip = text(value);
    day.tenors.set(tenor, quote);
  }
  return day;
}

function parse(xml: string): Record<string, unknown> {
  try {
    return parser.parse(xml.replace(/^\uFEFF/, ''), true) as Record<string, unknown>;
  } catch (error) {
    throw new SourceUnreadable(`The document is no XML: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function object(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}

/** Text of an element; null when it is absent, empty or marked m:null. */
function text(value: unknown): string | null {
  const element = object(value);
  if (element?.['@null'] === 'true') return null;
  const content = element ? element['#text'] : value;
  return typeof content === 'string' && content.trim() !== '' ? content.trim() : null;
}

function number(value: unknown, field: string): string | null {
  const content = text(value);
  if (content === null || NUMBER.test(content)) return content;
  throw new SourceUnreadable(`${field} is no number: ${content}`);
}

function date(value: unknown, field: string): string | null {
  const content = text(value);
  if (content === null) return null;
  const day = content.replace(/T00:00:00$/, '');
  if (isDate(day)) return day;
  throw new SourceUnreadable(`${field} is no date: ${content}`);
}

function missing(field: string): never {
  throw new SourceUnreadable(`The document lacks ${field}.`);
}
