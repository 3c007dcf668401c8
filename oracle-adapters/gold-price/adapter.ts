import { Adapter, AdapterEndpoint } from '@chainlink/external-adapter-framework/adapter/index.js';
import type { AdapterConfig } from '@chainlink/external-adapter-framework/config/index.js';
import { makeLogger } from '@chainlink/external-adapter-framework/util/index.js';
import { InputParameters } from '@chainlink/external-adapter-framework/validation/index.js';
import { dated, refuseDates } from '../adapter/request.js';
import { type AdapterOptions, adapterConfig } from '../adapter/start.js';
import { type EndpointTypes, SourceTransport } from '../adapter/transport.js';
import { type GoldAnswer, goldPrice, parseQuotes } from './prices.js';

const logger = makeLogger('GoldPrice');

const settings = {
  GOLD_SOURCES: {
    description: 'URLs of two or more licensed sources, with commas',
    type: 'string',
    required: true,
    sensitive: true,
    validate: {
      meta: { details: 'Value must be two URLs or more, with commas between them' },
      fn: (value?: string): string | undefined => {
        const urls = value?.split(',') ?? [];
        return urls.length >= 2 && urls.every((url) => URL.canParse(url)) ? undefined : 'Value must be two URLs or more, with commas';
      },
    },
  },
} as const;

const price = new InputParameters({ after: dated.after });

type Settings = AdapterConfig<typeof settings>['settings'];

/** The adapter `GOLD_PRICE`: endpoint `price`, US dollars for one troy ounce. */
export function goldPriceAdapter(options: AdapterOptions, sources?: readonly string[]): Adapter<typeof settings> {
  return new Adapter({
    name: 'GOLD_PRICE',
    defaultEndpoint: 'price',
    config: adapterConfig(settings, { GOLD_SOURCES: sources?.join(',') }, options),
    rateLimiting: { tiers: { default: { rateLimit1m: options.requestsPerMinute ?? 30, note: 'For all sources together.' } } },
    endpoints: [
      new AdapterEndpoint<EndpointTypes<typeof price.definition, Settings, GoldAnswer>>({
        name: 'price',
        inputParameters: price,
        customInputValidation: (request) => refuseDates(request.requestContext.data),
        transport: new SourceTransport<typeof price.definition, Settings, GoldAnswer>(async ({ after }, source, { GOLD_SOURCES }) => {
          const documents = await Promise.allSettled(GOLD_SOURCES.split(',').map(async (url) => parseQuotes(await source.text(url))));
          for (const [i, d] of documents.entries()) {
            if (d.status === 'rejected') logger.warn(`Source ${i + 1} is left out: ${(d.reason as Error).message}`);
          }
          return goldPrice(
            documents.flatMap((d) => (d.status === 'fulfilled' ? [d.value] : [])),
            after,
          );
        }),
      }),
    ],
  });
}
