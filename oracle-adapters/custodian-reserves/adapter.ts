import { Adapter, AdapterEndpoint } from '@chainlink/external-adapter-framework/adapter/index.js';
import type { AdapterConfig } from '@chainlink/external-adapter-framework/config/index.js';
import { InputParameters } from '@chainlink/external-adapter-framework/validation/index.js';
import { dated, refuseDates, refuseName } from '../adapter/request.js';
import { addresses, addressList, parseJson, signedList, signerOf } from '../adapter/signed.js';
import { type AdapterOptions, adapterConfig } from '../adapter/start.js';
import { type EndpointTypes, SourceTransport } from '../adapter/transport.js';
import { choose, SourceUnreadable, type Valuation } from '../adapter/valuation.js';
import { valuationTimestamp } from '../valuation-time.js';
import { ATTESTATION, Attestation } from './attestation.js';

/** An attestation holds at the end of its day: this time in the zone that it names. */
const CUT_OFF = '17:00';

const settings = {
  CUSTODIAN_URL: {
    description: 'Where the custodian publishes: GET <url>/attestations/<account>',
    type: 'string',
    sensitive: false,
    required: true,
  },
  CUSTODIAN_SIGNERS: {
    description: 'Addresses whose signature counts, with commas',
    type: 'string',
    sensitive: false,
    required: true,
    validate: addressList,
  },
} as const;

const reserves = new InputParameters({
  account: { type: 'string', description: "The custodian's name of the account", required: true },
  ...dated,
});

/** Beside a valuation's own fields those of Chainlink's proof-of-reserve providers: `result` and `ripcord`, here with an exact string. */
type ReservesAnswer = Valuation & { result: string; ripcordAsInt: 0 | 1; ripcordDetails: string };
type Settings = AdapterConfig<typeof settings>['settings'];

/** The adapter `CUSTODIAN_RESERVES`: endpoint `reserves`, what an account holds. With a ripcord it still answers, so that reporters can
 *  sign the flag, and a majority of them halts the feed. */
export function custodianReserves(options: AdapterOptions, given: { url?: string; signers?: string }): Adapter<typeof settings> {
  return new Adapter({
    name: 'CUSTODIAN_RESERVES',
    defaultEndpoint: 'reserves',
    config: adapterConfig(settings, { CUSTODIAN_URL: given.url, CUSTODIAN_SIGNERS: given.signers }, options),
    rateLimiting: { tiers: { default: { rateLimit1m: options.requestsPerMinute ?? 6 } } },
    endpoints: [
      new AdapterEndpoint<EndpointTypes<typeof reserves.definition, Settings, ReservesAnswer>>({
        name: 'reserves',
        inputParameters: reserves,
        customInputValidation: ({ requestContext: { data } }) => refuseName('account', data.account) ?? refuseDates(data),
        transport: new SourceTransport<typeof reserves.definition, Settings, ReservesAnswer>(
          async (p, source, { CUSTODIAN_URL, CUSTODIAN_SIGNERS }) => {
            const list = parseJson(await source.text(`${CUSTODIAN_URL}/attestations/${p.account}`), signedList(Attestation));
            const { document, signature, valuationTimestamp } = choose(list.map(dates), p, `attestation of account ${p.account}`);
            const signer = await signerOf({ document, signature }, ATTESTATION, addresses(CUSTODIAN_SIGNERS));
            if (document.accountName !== p.account) throw new SourceUnreadable(`The attestation is of account ${document.accountName}.`);
            const { totalReserve, unit, asOfDate, ripcord, ripcordDetails } = document;
            return {
              value: totalReserve,
              valuationTimestamp,
              ripcord,
              record: {
                publisher: 'custodian',
                signer,
                account: p.account,
                asOfDate,
                totalReserve,
                unit,
                ripcord: Number(ripcord),
                ripcordDetails,
              },
              result: totalReserve,
              ripcordAsInt: ripcord ? 1 : 0,
              ripcordDetails,
            };
          },
        ),
      }),
    ],
  });
}

function dates<S extends { document: Attestation }>(signed: S): S & { date: string; valuationTimestamp: number } {
  const { asOfDate, timeZone } = signed.document;
  return { ...signed, date: asOfDate, valuationTimestamp: valuationTimestamp(asOfDate, { time: CUT_OFF, zone: timeZone }) };
}
