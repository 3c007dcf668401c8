import { Adapter, AdapterEndpoint } from '@chainlink/external-adapter-framework/adapter/index.js';
import type { AdapterConfig } from '@chainlink/external-adapter-framework/config/index.js';
import { type Transport, TransportRoutes } from '@chainlink/external-adapter-framework/transports/index.js';
import { type AdapterRequest, type AdapterResponse, makeLogger } from '@chainlink/external-adapter-framework/util/index.js';
import type { AdapterInputError } from '@chainlink/external-adapter-framework/validation/error.js';
import { InputParameters } from '@chainlink/external-adapter-framework/validation/index.js';
import { answer } from '../adapter/answer.js';
import { dated, refuse, refuseDates } from '../adapter/request.js';
import { type AdapterOptions, adapterConfig } from '../adapter/start.js';
import { type EndpointTypes, type Source, SourceTransport } from '../adapter/transport.js';
import { isDate, nextWeekday } from '../bill.js';
import { today } from '../valuation-time.js';
import { compareBillRates, parseBillRatesCsv } from './csv.js';
import { type BillRatesDay, parseAuctionResult, parseBillRates } from './documents.js';
import { auctionPrice, givenPrice, quotedPrice, quotedRate } from './valuations.js';

const logger = makeLogger('TreasuryRates');

const RATES = '/resource-center/data-chart-center/interest-rates';
const SERIES = 'daily_treasury_bill_rates';
const TENOR = /^\d{1,2}WK$/;
const RATE = /^-?\d{1,3}(\.\d{1,9})?$/;
const AUCTION_DOCUMENT = /^R_\d{8}_\d{1,2}$/;

const settings = {
  TREASURY_BASE_URL: {
    description: 'Where the Treasury publishes its daily rates',
    type: 'string',
    sensitive: false,
    default: 'https://home.treasury.gov',
  },
  TREASURY_DIRECT_BASE_URL: {
    description: 'Where TreasuryDirect publishes its auction results',
    type: 'string',
    sensitive: false,
    default: 'https://www.treasurydirect.gov',
  },
} as const;

const quoted = {
  ...dated,
  period: {
    type: 'string',
    description: 'Which file to read: YYYY or YYYYMM; without it the month of date, or this year',
    required: false,
  },
} as const;

const billRate = new InputParameters({
  tenor: { type: 'string', description: "As the Treasury writes it: '4WK', '26WK' …", required: true },
  ...quoted,
});

const billPriceInput = new InputParameters({
  tenor: { type: 'string', description: "As the Treasury writes it: '4WK', '26WK' …", required: false },
  ...quoted,
  maturityDate: {
    type: 'string',
    description: 'Maturity of the bill that is held, YYYY-MM-DD; without it that of the quoted bill',
    required: false,
  },
  discountRate: { type: 'string', description: 'Bank discount in percent: prices at this rate instead of a quotation', required: false },
  daysToMaturity: { type: 'number', description: 'With discountRate: days from settlement to maturity', required: false },
});

const auction = new InputParameters({
  document: { type: 'string', description: "Name of TreasuryDirect's result, R_YYYYMMDD_<n>", required: true },
});

type Settings = AdapterConfig<typeof settings>['settings'];
type BillPriceParameters = typeof billPriceInput.definition;
type BillPriceTypes = EndpointTypes<BillPriceParameters, Settings>;
type Quoted = { date?: string | undefined; after?: number | undefined; period?: string | undefined };

/** Where the figures come from, when it is not where the settings or their defaults say. */
export type TreasurySources = { treasury?: string | undefined; treasuryDirect?: string | undefined };

/** The adapter `TREASURY_RATES`: endpoints `bill-rate`, `bill-price` and `auction-price`. */
export function treasuryRates(options: AdapterOptions, sources: TreasurySources): Adapter<typeof settings> {
  const given = { TREASURY_BASE_URL: sources.treasury, TREASURY_DIRECT_BASE_URL: sources.treasuryDirect };
  const readRates = ratesReader();
  return new Adapter({
    name: 'TREASURY_RATES',
    defaultEndpoint: 'bill-price',
    config: adapterConfig(settings, given, options),
    rateLimiting: {
      tiers: {
        // Twelve a minute: each file of rates is two documents.
        default: { rateLimit1m: options.requestsPerMinute ?? 12, note: 'The Treasury sets no limit; its figures change once a day.' },
      },
    },
    endpoints: [
      new AdapterEndpoint<EndpointTypes<typeof billRate.definition, Settings>>({
        name: 'bill-rate',
        inputParameters: billRate,
        customInputValidation: (request) => refuseQuoted(request.requestContext.data) ?? refuseTenor(request.requestContext.data.tenor),
        transport: new SourceTransport<typeof billRate.definition, Settings>(async (p, source, { TREASURY_BASE_URL }) =>
          quotedRate(await readRates(p, source, TREASURY_BASE_URL), p.tenor, p),
        ),
      }),
      new AdapterEndpoint<BillPriceTypes>({
        name: 'bill-price',
        inputParameters: billPriceInput,
        customInputValidation: (request) => refuseBillPrice(request.requestContext.data),
        transportRoutes: new TransportRoutes<BillPriceTypes>()
          .register(
            'quoted',
            new SourceTransport<BillPriceParameters, Settings>(async (p, source, { TREASURY_BASE_URL }) =>
              quotedPrice(await readRates(p, source, TREASURY_BASE_URL), String(p.tenor), p, p.maturityDate),
            ),
          )
          .register('given', new GivenPriceTransport()),
        customRouter: (request) => (request.requestContext.data.discountRate === undefined ? 'quoted' : 'given'),
      }),
      new AdapterEndpoint<EndpointTypes<typeof auction.definition, Settings>>({
        name: 'auction-price',
        inputParameters: auction,
        customInputValidation: (request) =>
          AUCTION_DOCUMENT.test(request.requestContext.data.document) ? undefined : refuse('document must be written R_YYYYMMDD_<n>.'),
        transport: new SourceTransport<typeof auction.definition, Settings>(async ({ document }, source, { TREASURY_DIRECT_BASE_URL }) =>
          auctionPrice(parseAuctionResult(await source.text(new URL(`/xml/${document}.xml`, TREASURY_DIRECT_BASE_URL)))),
        ),
      }),
    ],
  });
}

/** The Treasury's file in which a day must be: the month of a date, else a year. What follows the last weekday of a year is in the next. */
function periodOf({ date, after, period }: Quoted): string {
  if (period !== undefined) return period;
  if (date !== undefined) return date.slice(0, 7).replace('-', '');
  return (after === undefined ? today() : nextWeekday(today(new Date(after * 1000)))).slice(0, 4);
}

/** Where the Treasury publishes the daily rates of a year (YYYY) or a month (YYYYMM), in its two forms. */
function ratesUrls(period: string, base: string): { xml: URL; csv: URL } {
  const [path, chosen] = period.length === 4 ? [`${period}/all`, 'field_tdr_date_value'] : [`all/${period}`, 'field_tdr_date_value_month'];
  return {
    xml: new URL(`${RATES}/pages/xml?data=${SERIES}&${chosen}=${period}`, base),
    csv: new URL(`${RATES}/daily-treasury-rates.csv/${path}?type=${SERIES}&${chosen}=${period}&page&_format=csv`, base),
  };
}

/** Reads files of daily rates, each as XML and as CSV, and refuses them when they differ. What did not change since the last look is not
 *  parsed again. */
function ratesReader(): (params: Quoted, source: Source, base: string) => Promise<BillRatesDay[]> {
  const read = new Map<string, { xml: string; csv: string; days: BillRatesDay[] }>();
  return async (params, source, base) => {
    const period = periodOf(params);
    const urls = ratesUrls(period, base);
    const [xml, csv] = await Promise.all([source.text(urls.xml), source.text(urls.csv)]);
    const last = read.get(period);
    if (last?.xml === xml && last.csv === csv) return last.days;
    const days = parseBillRates(xml);
    const rows = parseBillRatesCsv(csv);
    const unknown = new Set([...days.flatMap((day) => day.unknownFields), ...rows.unknownColumns]);
    if (unknown.size > 0) logger.warn(`The Treasury's files have fields that this adapter does not know: ${[...unknown].join(', ')}`);
    compareBillRates(days, rows.days);
    read.set(period, { xml, csv, days });
    return days;
  };
}

/** Prices at the rate in the request: nothing to fetch, so the answer is immediate. */
class GivenPriceTransport implements Transport<BillPriceTypes> {
  name = 'given';
  declare responseCache: Transport<BillPriceTypes>['responseCache'];

  async initialize(): Promise<void> {}

  foregroundExecute(request: AdapterRequest<typeof billPriceInput.validated>): Promise<AdapterResponse<BillPriceTypes['Response']>> {
    const { discountRate, daysToMaturity, date } = request.requestContext.data;
    return answer(() => givenPrice(String(discountRate), Number(daysToMaturity), String(date)));
  }
}

function refuseBillPrice(p: typeof billPriceInput.validated): AdapterInputError | undefined {
  if (p.discountRate === undefined) return refuseQuoted(p) ?? refuseTenor(p.tenor);
  if (!RATE.test(p.discountRate)) return refuse('discountRate must be a decimal string in percent.');
  if (p.daysToMaturity === undefined || !Number.isInteger(p.daysToMaturity) || p.daysToMaturity < 1 || p.daysToMaturity > 366) {
    return refuse('daysToMaturity must be a whole number from 1 to 366.');
  }
  return p.date === undefined ? refuse('date is needed with discountRate: a value without its time is of no use.') : refuseQuoted(p);
}

function refuseQuoted(p: Quoted & { maturityDate?: string | undefined }): AdapterInputError | undefined {
  if (p.maturityDate !== undefined && !isDate(p.maturityDate)) return refuse('maturityDate must be a date written YYYY-MM-DD.');
  if (p.period !== undefined && !/^\d{4}(0[1-9]|1[0-2])?$/.test(p.period)) return refuse('period must be written YYYY or YYYYMM.');
  return refuseDates(p);
}

function refuseTenor(tenor: string | undefined): AdapterInputError | undefined {
  return tenor !== undefined && TENOR.test(tenor) ? undefined : refuse('tenor must be written like 26WK.');
}
