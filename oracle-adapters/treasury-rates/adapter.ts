import { Adapter, AdapterEndpoint } from '@chainlink/external-adapter-framework/adapter/index.js';
import { AdapterConfig, type BaseAdapterSettings } from '@chainlink/external-adapter-framework/config/index.js';
import { HttpTransport, type Transport, TransportRoutes } from '@chainlink/external-adapter-framework/transports/index.js';
import { type AdapterRequest, type AdapterResponse, makeLogger } from '@chainlink/external-adapter-framework/util/index.js';
import { AdapterInputError } from '@chainlink/external-adapter-framework/validation/error.js';
import { InputParameters } from '@chainlink/external-adapter-framework/validation/index.js';
import { BillInvalid, isDate, nextWeekday } from '../bill.js';
import { today } from '../valuation-time.js';
import { type BillRatesDay, parseAuctionResult, parseBillRates, SourceUnreadable } from './documents.js';
import { auctionPrice, givenPrice, NotPublished, quotedPrice, quotedRate, type Valuation } from './valuations.js';

const logger = makeLogger('TreasuryRates');

const FEED_PATH = '/resource-center/data-chart-center/interest-rates/pages/xml';
/** The framework warns of every earlier time, at each poll. */
const FRAMEWORK_EPOCH = Date.UTC(2018, 0, 1, 0, 1, 1);
const TENOR = /^\d{1,2}WK$/;
const RATE = /^-?\d{1,3}(\.\d{1,9})?$/;
const AUCTION_DOCUMENT = /^R_\d{8}_\d{1,2}$/;

const settings = {
  TREASURY_BASE_URL: {
    description: 'Where the Treasury publishes its daily rates',
    type: 'string',
    default: 'https://home.treasury.gov',
  },
  TREASURY_DIRECT_BASE_URL: {
    description: 'Where TreasuryDirect publishes its auction results',
    type: 'string',
    default: 'https://www.treasurydirect.gov',
  },
} as const;

const dated = {
  date: { type: 'string', description: 'Day of the quotation, YYYY-MM-DD; without it the last one published', required: false },
  after: { type: 'number', description: 'Instead of date: the first quotation that holds after this time, unix seconds', required: false },
  period: {
    type: 'string',
    description: 'Which file to read: YYYY or YYYYMM; without it the month of date, or this year',
    required: false,
  },
} as const;

const billRate = new InputParameters({
  tenor: { type: 'string', description: "As the Treasury writes it: '4WK', '26WK' …", required: true },
  ...dated,
});

const billPriceInput = new InputParameters({
  tenor: { type: 'string', description: "As the Treasury writes it: '4WK', '26WK' …", required: false },
  ...dated,
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
type Types<P> = { Parameters: P; Response: { Data: Valuation; Result: string }; Settings: Settings };
type BillRateTypes = Types<typeof billRate.definition>;
type BillPriceTypes = Types<typeof billPriceInput.definition>;
type AuctionTypes = Types<typeof auction.definition>;
type Provider = { Provider: { RequestBody: never; ResponseBody: string } };
type Dated = { date?: string | undefined; after?: number | undefined; period?: string | undefined };
type BillPriceParameters = typeof billPriceInput.validated;

type Answer =
  | { data: Valuation; result: string; timestamps: { providerIndicatedTimeUnixMs: number | undefined } }
  | { statusCode: number; errorMessage: string };

/** The adapter `TREASURY_RATES`: endpoints `bill-rate`, `bill-price` and `auction-price`.
 *  @param defaults settings that hold where the environment names none */
export function treasuryRates(
  defaults: Partial<BaseAdapterSettings>,
  sources: { treasury?: string; treasuryDirect?: string },
  requestsPerMinute: number,
): Adapter<typeof settings> {
  const config = new AdapterConfig(
    {
      TREASURY_BASE_URL: { ...settings.TREASURY_BASE_URL, default: sources.treasury ?? settings.TREASURY_BASE_URL.default },
      TREASURY_DIRECT_BASE_URL: {
        ...settings.TREASURY_DIRECT_BASE_URL,
        default: sources.treasuryDirect ?? settings.TREASURY_DIRECT_BASE_URL.default,
      },
    } as typeof settings,
    { envDefaultOverrides: defaults },
  );
  const readRates = ratesReader();
  return new Adapter({
    name: 'TREASURY_RATES',
    defaultEndpoint: 'bill-price',
    config,
    rateLimiting: {
      tiers: { default: { rateLimit1m: requestsPerMinute, note: 'The Treasury sets no limit; its figures change once a day.' } },
    },
    endpoints: [
      new AdapterEndpoint<BillRateTypes>({
        name: 'bill-rate',
        inputParameters: billRate,
        customInputValidation: (request) => refuseDates(request.requestContext.data) ?? refuseTenor(request.requestContext.data.tenor),
        transport: new HttpTransport<BillRateTypes & Provider>({
          prepareRequests: (params, { TREASURY_BASE_URL }) => filesOf(params, TREASURY_BASE_URL),
          parseResponse: (params, { data }) =>
            answers(
              params,
              () => readRates(data),
              (days, p) => quotedRate(days, p.tenor, p),
            ),
        }),
      }),
      new AdapterEndpoint<BillPriceTypes>({
        name: 'bill-price',
        inputParameters: billPriceInput,
        customInputValidation: (request) => refuseBillPrice(request.requestContext.data),
        transportRoutes: new TransportRoutes<BillPriceTypes>()
          .register(
            'quoted',
            new HttpTransport<BillPriceTypes & Provider>({
              prepareRequests: (params, { TREASURY_BASE_URL }) => filesOf(params, TREASURY_BASE_URL),
              parseResponse: (params, { data }) =>
                answers(
                  params,
                  () => readRates(data),
                  (days, p) => quotedPrice(days, String(p.tenor), p, p.maturityDate),
                ),
            }),
          )
          .register('given', new GivenPriceTransport()),
        customRouter: (request) => (request.requestContext.data.discountRate === undefined ? 'quoted' : 'given'),
      }),
      new AdapterEndpoint<AuctionTypes>({
        name: 'auction-price',
        inputParameters: auction,
        customInputValidation: (request) =>
          AUCTION_DOCUMENT.test(request.requestContext.data.document) ? undefined : refuse('document must be written R_YYYYMMDD_<n>.'),
        transport: new HttpTransport<AuctionTypes & Provider>({
          prepareRequests: (params, { TREASURY_DIRECT_BASE_URL }) =>
            params.map((p) => ({
              params: [p],
              request: { baseURL: TREASURY_DIRECT_BASE_URL, url: `/xml/${p.document}.xml`, responseType: 'text' },
            })),
          parseResponse: (params, { data }) => answers(params, () => parseAuctionResult(data), auctionPrice),
        }),
      }),
    ],
  });
}

/** The requests that serve `params`: one for each file of daily rates. */
function filesOf<P extends Dated>(params: P[], baseURL: string): { params: P[]; request: Record<string, unknown> }[] {
  const groups = new Map<string, P[]>();
  for (const p of params) {
    const period = p.period ?? periodOf(p);
    groups.set(period, [...(groups.get(period) ?? []), p]);
  }
  return [...groups].map(([period, group]) => ({
    params: group,
    request: {
      baseURL,
      url: FEED_PATH,
      params: { data: 'daily_treasury_bill_rates', [period.length === 4 ? 'field_tdr_date_value' : 'field_tdr_date_value_month']: period },
      responseType: 'text',
    },
  }));
}

/** The Treasury's file in which a day must be: the month of a date, else a year. What follows the last weekday of a year is in the next. */
function periodOf({ date, after }: Dated): string {
  if (date !== undefined) return date.slice(0, 7).replace('-', '');
  return (after === undefined ? today() : nextWeekday(today(new Date(after * 1000)))).slice(0, 4);
}

/** One reading of a file, answered to each request that asked for it. */
function answers<P, D>(params: P[], read: () => D, value: (document: D, params: P) => Valuation): { params: P; response: Answer }[] {
  let document: D | undefined;
  return params.map((p) => ({
    params: p,
    response: answer(() => {
      document ??= read();
      return value(document, p);
    }),
  }));
}

function answer(value: () => Valuation): Answer {
  try {
    const data = value();
    const time = data.valuationTimestamp * 1000;
    return { data, result: data.value, timestamps: { providerIndicatedTimeUnixMs: time < FRAMEWORK_EPOCH ? undefined : time } };
  } catch (error) {
    if (!(error instanceof NotPublished || error instanceof SourceUnreadable || error instanceof BillInvalid)) throw error;
    logger.warn(error.message);
    return { statusCode: 502, errorMessage: error instanceof NotPublished ? `NOT_PUBLISHED: ${error.message}` : error.message };
  }
}

/** Reads files of daily rates; one that did not change since the last look is not parsed again. */
function ratesReader(): (xml: string) => BillRatesDay[] {
  let last: { xml: string; days: BillRatesDay[] } | undefined;
  return (xml) => {
    if (last?.xml === xml) return last.days;
    const days = parseBillRates(xml);
    const unknown = new Set(days.flatMap((day) => day.unknownFields));
    if (unknown.size > 0) logger.warn(`The Treasury's feed has fields that this adapter does not know: ${[...unknown].join(', ')}`);
    last = { xml, days };
    return days;
  };
}

/** Prices at the rate in the request: nothing to fetch, so the answer is immediate. */
class GivenPriceTransport implements Transport<BillPriceTypes> {
  name = 'given';
  declare responseCache: Transport<BillPriceTypes>['responseCache'];

  async initialize(): Promise<void> {}

  async foregroundExecute(request: AdapterRequest<BillPriceParameters>): Promise<AdapterResponse<BillPriceTypes['Response']>> {
    const { discountRate, daysToMaturity, date } = request.requestContext.data;
    const given = answer(() => givenPrice(String(discountRate), Number(daysToMaturity), String(date)));
    const now = Date.now();
    const timestamps = { providerDataRequestedUnixMs: now, providerDataReceivedUnixMs: now, providerIndicatedTimeUnixMs: undefined };
    if ('errorMessage' in given) return { ...given, timestamps };
    return { ...given, statusCode: 200, timestamps: { ...timestamps, ...given.timestamps } };
  }
}

function refuseBillPrice(p: BillPriceParameters): AdapterInputError | undefined {
  if (p.discountRate === undefined) return refuseDates(p) ?? refuseTenor(p.tenor);
  if (!RATE.test(p.discountRate)) return refuse('discountRate must be a decimal string in percent.');
  if (p.daysToMaturity === undefined || !Number.isInteger(p.daysToMaturity) || p.daysToMaturity < 1 || p.daysToMaturity > 366) {
    return refuse('daysToMaturity must be a whole number from 1 to 366.');
  }
  return p.date === undefined ? refuse('date is needed with discountRate: a value without its time is of no use.') : refuseDates(p);
}

function refuseDates(p: Dated & { maturityDate?: string | undefined }): AdapterInputError | undefined {
  for (const name of ['date', 'maturityDate'] as const) {
    const date = p[name];
    if (date !== undefined && !isDate(date)) return refuse(`${name} must be a date written YYYY-MM-DD.`);
  }
  if (p.after !== undefined && !(Number.isInteger(p.after) && p.after >= 0 && p.after < 2 ** 40))
    return refuse('after must be unix seconds.');
  if (p.after !== undefined && p.date !== undefined) return refuse('date and after exclude each other.');
  if (p.period !== undefined && !/^\d{4}(0[1-9]|1[0-2])?$/.test(p.period)) return refuse('period must be written YYYY or YYYYMM.');
  return undefined;
}

function refuseTenor(tenor: string | undefined): AdapterInputError | undefined {
  return tenor !== undefined && TENOR.test(tenor) ? undefined : refuse('tenor must be written like 26WK.');
}

function refuse(message: string): AdapterInputError {
  return new AdapterInputError({ message, statusCode: 400 });
}
