import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { NotPublished, SourceUnreadable } from '../../oracle-adapters/adapter/valuation.js';
import { compareBillRates, parseBillRatesCsv } from '../../oracle-adapters/treasury-rates/csv.js';
import { parseAuctionResult, parseBillRates } from '../../oracle-adapters/treasury-rates/documents.js';
import { quotedPrice, quotedRate } from '../../oracle-adapters/treasury-rates/valuations.js';

const recorded = (name: string): Promise<string> =>
  readFile(new URL(`../../oracle-adapters/treasury-rates/recorded/${name}`, import.meta.url), 'utf8');

/** A feed in the Treasury's form, one entry for each list of fields. */
function feed(...entries: string[]): string {
  const body = entries.map((e) => `<entry><content type="application/xml"><m:properties>${e}</m:properties></content></entry>`).join('\n');
  return `<?xml version="1.0" encoding="utf-8" standalone="yes"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">
<title type="text">DailyTreasuryBillRateData</title>${body}</feed>`;
}
const on = (date: string): string => `<d:INDEX_DATE m:type="Edm.DateTime">${date}T00:00:00</d:INDEX_DATE>`;
const close = (tenor: string, value: string): string =>
  `<d:ROUND_B1_CLOSE_${tenor}_2 m:type="Edm.Double">${value}</d:ROUND_B1_CLOSE_${tenor}_2>`;
const nothing = '<d:ROUND_B1_CLOSE_26WK_2 m:type="Edm.Double" m:null="true" />';
const empty = '<d:ROUND_B1_CLOSE_8WK_2 m:type="Edm.Double"></d:ROUND_B1_CLOSE_8WK_2>';

describe('the Treasury’s feed of bill rates', () => {
  it('reads the recorded file day by day', async () => {
    const days = parseBillRates(await recorded('daily_treasury_bill_rates.xml'));
    expect(days).toHaveLength(43);
    expect(days.find((day) => day.date === '2017-08-31')?.tenors.get('26WK')?.discount).toBe('1.06');
    expect(days.flatMap((day) => day.unknownFields)).toEqual([]);
  });

  it('has no entry on a holiday', async () => {
    const days = parseBillRates(await recorded('daily_treasury_bill_rates.xml'));
    expect(() => quotedRate(days, '26WK', { date: '2017-09-04' })).toThrow('The Treasury published no bill rates for 2017-09-04.');
  });

  it('keeps what is not published apart from zero: absent, m:null and empty are null', () => {
    const days = parseBillRates(feed(on('2020-03-25') + close('4WK', '0.00') + nothing + empty));
    expect(quotedRate(days, '4WK').value).toBe('0.00');
    expect(days[0]?.tenors.get('26WK')?.discount).toBeNull();
    expect(days[0]?.tenors.get('8WK')?.discount).toBeNull();
    expect(days[0]?.tenors.get('13WK')).toBeUndefined();
    for (const tenor of ['26WK', '8WK', '13WK']) expect(() => quotedRate(days, tenor)).toThrow(NotPublished);
  });

  it('takes a negative rate as it stands', () => {
    expect(quotedRate(parseBillRates(feed(on('2020-03-25') + close('4WK', '-0.05'))), '4WK').value).toBe('-0.05');
  });

  it('takes a tenor that did not exist when this was written', () => {
    expect(quotedRate(parseBillRates(feed(on('2025-02-18') + close('6WK', '4.24'))), '6WK').value).toBe('4.24');
  });

  it('keeps and names unknown fields without failing', () => {
    const days = parseBillRates(feed(`${on('2026-01-02')}${close('4WK', '3.6')}<d:SOMETHING_NEW>1</d:SOMETHING_NEW>`));
    expect(days[0]?.unknownFields).toEqual(['SOMETHING_NEW']);
  });

  it('tolerates a byte-order mark, an empty feed, a single entry and the form of the archive', () => {
    expect(parseBillRates(`\uFEFF${feed(on('2020-03-25'))}`)).toHaveLength(1);
    expect(parseBillRates(feed())).toEqual([]);
    const archive = feed(on('2020-03-25')).replace('<feed ', '<pre ').replace('</feed>', '</pre>');
    expect(parseBillRates(archive)).toHaveLength(1);
  });

  it('finds the last day by its date, not by its place', () => {
    const days = parseBillRates(feed(on('2020-03-26') + close('4WK', '0.03'), on('2020-03-25') + close('4WK', '0.01')));
    expect(quotedRate(days, '4WK').record.date).toBe('2020-03-26');
  });

  it('finds the first day after a time, and steps over days on which the tenor is not published', () => {
    const days = parseBillRates(
      feed(on('2020-03-25') + close('26WK', '0.05'), on('2020-03-26') + nothing, on('2020-03-27') + close('26WK', '0.07')),
    );
    const first = quotedRate(days, '26WK', { after: 0 });
    expect(first.record.date).toBe('2020-03-25');
    expect(quotedRate(days, '26WK', { after: first.valuationTimestamp - 1 }).record.date).toBe('2020-03-25');
    const second = quotedRate(days, '26WK', { after: first.valuationTimestamp });
    expect(second.record.date).toBe('2020-03-27');
    expect(() => quotedRate(days, '26WK', { after: second.valuationTimestamp })).toThrow('no bill rates after 2020-03-27');
  });

  it('prices to the maturity that the Treasury names, never to the tenor times seven', () => {
    const days = parseBillRates(
      feed(
        `${on('2017-08-28')}${close('26WK', '1.10')}<d:MATURITY_DATE_26WK m:type="Edm.DateTime">2018-03-01T00:00:00</d:MATURITY_DATE_26WK>`,
      ),
    );
    expect(quotedPrice(days, '26WK').value).toBe('99.434722'); // 185 days
    expect(() => quotedPrice(parseBillRates(feed(on('2017-08-28') + close('26WK', '1.10'))), '26WK')).toThrow('named no maturity date');
  });

  it('passes on that the market was not available as a ripcord', () => {
    const reason = '<d:BOND_MKT_UNAVAIL_REASON>Day of mourning</d:BOND_MKT_UNAVAIL_REASON>';
    expect(quotedRate(parseBillRates(feed(on('2018-12-05') + close('4WK', '2.3') + reason)), '4WK').ripcord).toBe(true);
  });

  it.each([
    ['no XML', 'Service Unavailable'],
    ['a page of HTML', '<html><body>Access denied</body></html>'],
    ['cut off', feed(on('2020-03-25')).slice(0, -20)],
    ['a number that is none', feed(on('2020-03-25') + close('4WK', 'N/A'))],
    ['a number in another notation', feed(on('2020-03-25') + close('4WK', '1e2'))],
    ['a date that is none', feed(on('2020-02-30'))],
    ['an entry without its date', feed(close('4WK', '0.01'))],
    ['a day given twice', feed(on('2020-03-25'), on('2020-03-25'))],
  ])('refuses %s', (_, xml) => {
    expect(() => parseBillRates(xml)).toThrow(SourceUnreadable);
  });
});

describe('a page of all years', () => {
  it('reads like a file of one year, and the page after the last one has no day', () => {
    const day = (i: number): string => new Date(Date.UTC(2002, 0, 1 + i)).toISOString().slice(0, 10);
    const page = feed(...Array.from({ length: 300 }, (_, i) => on(day(i)) + close('4WK', '1.70')));
    expect(parseBillRates(page)).toHaveLength(300);
    expect(parseBillRates(feed())).toEqual([]);
  });
});

describe('the Treasury’s CSV of bill rates', () => {
  const header = 'Date,"4 WEEKS BANK DISCOUNT","4 WEEKS COUPON EQUIVALENT","26 WEEKS BANK DISCOUNT"';
  const csv = (...rows: string[]): string => [header, ...rows, ''].join('\n');
  const xml = (...entries: string[]) => parseBillRates(feed(...entries));
  const days = (text: string) => parseBillRatesCsv(text).days;

  it('says of the recorded days what the XML says', async () => {
    const rows = days(await recorded('daily_treasury_bill_rates.csv'));
    expect(rows).toHaveLength(43);
    expect(() => compareBillRates([], rows)).toThrow('its XML has none');
    compareBillRates(parseBillRates(await recorded('daily_treasury_bill_rates.xml')), rows);
  });

  it('keeps an empty cell apart from zero, and takes negative rates as they stand', () => {
    expect(days(csv('03/25/2020,0.00,-0.05,'))).toEqual([
      {
        date: '2020-03-25',
        tenors: new Map([
          ['4WK', { discount: '0.00', couponEquivalent: '-0.05' }],
          ['26WK', { discount: null, couponEquivalent: null }],
        ]),
      },
    ]);
  });

  it('tolerates a byte-order mark, carriage returns and an empty table', () => {
    expect(days(`\uFEFF${csv('03/25/2020,0.00,0.00,0.07').replaceAll('\n', '\r\n')}`)).toHaveLength(1);
    expect(days(csv())).toEqual([]);
  });

  it('takes a tenor that did not exist when this was written, and names other columns without failing', () => {
    const { days, unknownColumns } = parseBillRatesCsv('Date,6 WEEKS BANK DISCOUNT,Remark\n02/18/2025,4.24,first\n');
    expect(days[0]?.tenors.get('6WK')?.discount).toBe('4.24');
    expect(unknownColumns).toEqual(['Remark']);
  });

  it('agrees with the XML whatever the order, the trailing zeros and the way of saying nothing', () => {
    compareBillRates(
      xml(on('2020-03-25') + close('4WK', '0.1') + nothing, `${on('2020-03-26')}${close('4WK', '0')}`),
      days(csv('03/26/2020,0.00,,', '03/25/2020,0.10,,')),
    );
  });

  it.each([
    ['another rate', '03/25/2020,0.11,,', 'differ in the 4WK discount of 2020-03-25: 0.1 and 0.11'],
    ['a rate that the XML lacks', '03/25/2020,0.10,0.12,', 'differ in the 4WK couponEquivalent of 2020-03-25: null and 0.12'],
    ['no rate where the XML has one', '03/25/2020,,,', 'differ in the 4WK discount of 2020-03-25: 0.1 and null'],
    ['zero for nothing', '03/25/2020,0.10,,0.00', 'differ in the 26WK discount of 2020-03-25: null and 0.00'],
    ['another day', '03/26/2020,0.10,,', 'CSV has rates for 2020-03-26, its XML has none'],
    ['no day', '', 'XML has rates for 2020-03-25, its CSV has none'],
  ])('is refused when it has %s', (_, row, message) => {
    const entries = xml(on('2020-03-25') + close('4WK', '0.1') + nothing);
    expect(() => compareBillRates(entries, days(csv(row)))).toThrow(message);
    expect(() => compareBillRates(entries, days(csv(row)))).toThrow(SourceUnreadable);
  });

  it.each([
    ['a page of HTML', '<html>\n<body>Access denied</body></html>'],
    ['nothing', ''],
    ['a row of another length', csv('03/25/2020,0.10')],
    ['a number that is none', csv('03/25/2020,N/A,,')],
    ['a number in another notation', csv('03/25/2020,1e2,,')],
    ['a date that is none', csv('02/30/2020,0.10,,')],
    ['a date in another notation', csv('2020-03-25,0.10,,')],
    ['a day given twice', csv('03/25/2020,0.10,,', '03/25/2020,0.10,,')],
    ['a column given twice', 'Date,4 WEEKS BANK DISCOUNT,4 WEEKS BANK DISCOUNT\n03/25/2020,0.10,0.10\n'],
  ])('refuses %s', (_, text) => {
    expect(() => parseBillRatesCsv(text)).toThrow(SourceUnreadable);
  });
});

describe('an auction result', () => {
  it('gives the 26-week bill of 2017-08-28', async () => {
    expect(parseAuctionResult(await recorded('auction_20170828_26-week.xml'))).toEqual({
      term: '26-WEEK',
      auctionDate: '2017-08-28',
      issueDate: '2017-08-31',
      maturityDate: '2018-03-01',
      discountRate: '1.115',
      price: '99.436306',
      investmentRate: '1.137',
    });
  });

  it.each([
    ['price', '99.436306', '99.436307', 'is not that of 1.115 % over 182 days'],
    ['investment rate', '>1.137<', '>1.138<', 'does not follow from its price'],
    ['maturity', '2018-03-01</M', '2018-03-08</M', 'over 189 days'],
    ['security', '>BILL<', '>NOTE<', 'not one of a bill'],
    ['rate', '>1.115<', '><', 'lacks HighDiscountRate'],
  ])('is refused when its %s does not fit', async (_, from, to, message) => {
    const xml = (await recorded('auction_20170828_26-week.xml')).replace(/<!--[\s\S]*?-->/, '').replace(from, to);
    expect(() => parseAuctionResult(xml)).toThrow(message);
  });
});
