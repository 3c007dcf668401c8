import { createHash } from 'node:crypto';
import { Adapter, AdapterEndpoint } from '@chainlink/external-adapter-framework/adapter/index.js';
import type { AdapterConfig } from '@chainlink/external-adapter-framework/config/index.js';
import { InputParameters } from '@chainlink/external-adapter-framework/validation/index.js';
import { dated, refuseDates, refuseName } from '../adapter/request.js';
import { addresses, addressList, parseJson, signedList, signerOf } from '../adapter/signed.js';
import { type AdapterOptions, adapterConfig } from '../adapter/start.js';
import { type EndpointTypes, type Source, SourceTransport } from '../adapter/transport.js';
import { choose, SourceUnreadable } from '../adapter/valuation.js';
import { valuationTimestamp } from '../valuation-time.js';
import { REPORT, Report } from './report.js';

/** An opinion of value holds at the end of its day: this time in the zone that the report names. */
const CUT_OFF = '17:00';

const settings = {
  APPRAISAL_URL: {
    description: 'Where the reports are published: GET <url>/properties/<id>/reports and <url>/documents/<SHA-256>.pdf',
    type: 'string',
    sensitive: false,
    required: true,
  },
  APPRAISERS: {
    description: 'Addresses whose signature counts, with commas',
    type: 'string',
    sensitive: false,
    required: true,
    validate: addressList,
  },
} as const;

const appraisal = new InputParameters({
  propertyId: { type: 'string', description: 'The property, as its reports name it', required: true },
  ...dated,
});

type Settings = AdapterConfig<typeof settings>['settings'];

/** The adapter `PROPERTY_APPRAISAL`: endpoint `appraisal`, the value of a property in the report's currency. */
export function propertyAppraisal(options: AdapterOptions, given: { url?: string; appraisers?: string }): Adapter<typeof settings> {
  const verifyPdf = pdfVerifier();
  return new Adapter({
    name: 'PROPERTY_APPRAISAL',
    defaultEndpoint: 'appraisal',
    config: adapterConfig(settings, { APPRAISAL_URL: given.url, APPRAISERS: given.appraisers }, options),
    rateLimiting: { tiers: { default: { rateLimit1m: options.requestsPerMinute ?? 6 } } },
    endpoints: [
      new AdapterEndpoint<EndpointTypes<typeof appraisal.definition, Settings>>({
        name: 'appraisal',
        inputParameters: appraisal,
        customInputValidation: ({ requestContext: { data } }) => refuseName('propertyId', data.propertyId) ?? refuseDates(data),
        transport: new SourceTransport<typeof appraisal.definition, Settings>(async (p, source, { APPRAISAL_URL, APPRAISERS }) => {
          const list = parseJson(await source.text(`${APPRAISAL_URL}/properties/${p.propertyId}/reports`), signedList(Report));
          const { document, signature, valuationTimestamp } = choose(list.map(dates), p, `appraisal of ${p.propertyId}`);
          const appraiser = await signerOf({ document, signature }, REPORT, addresses(APPRAISERS));
          if (document.propertyId !== p.propertyId) throw new SourceUnreadable(`The report is of property ${document.propertyId}.`);
          await verifyPdf(source, APPRAISAL_URL, document.pdfSha256);
          const { standard, value, currency, basisOfValue, valuationDate, reportDate, pdfSha256 } = document;
          return {
            value,
            valuationTimestamp,
            ripcord: false,
            record: {
              publisher: 'appraiser',
              appraiser,
              propertyId: p.propertyId,
              standard,
              value,
              currency,
              basisOfValue,
              valuationDate,
              reportDate,
              pdfSha256,
            },
          };
        }),
      }),
    ],
  });
}

function dates<S extends { document: Report }>(signed: S): S & { date: string; valuationTimestamp: number } {
  const { valuationDate, timeZone } = signed.document;
  return { ...signed, date: valuationDate, valuationTimestamp: valuationTimestamp(valuationDate, { time: CUT_OFF, zone: timeZone }) };
}

/** Fetches a report's PDF and compares its hash with the signed one, once for each hash. */
function pdfVerifier(): (source: Source, url: string, sha256: string) => Promise<void> {
  const verified = new Set<string>();
  return async (source, url, sha256) => {
    if (verified.has(sha256)) return;
    const pdf = await source.bytes(`${url}/documents/${sha256}.pdf`);
    if (`0x${createHash('sha256').update(pdf).digest('hex')}` !== sha256.toLowerCase()) {
      throw new SourceUnreadable(`The PDF is not the one that was signed, ${sha256}.`);
    }
    verified.add(sha256);
  };
}
