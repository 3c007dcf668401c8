import { Adapter, AdapterEndpoint } from '@chainlink/external-adapter-framework/adapter/index.js';
import type { AdapterConfig } from '@chainlink/external-adapter-framework/config/index.js';
import { InputParameters } from '@chainlink/external-adapter-framework/validation/index.js';
import { dated, refuse, refuseDates } from '../adapter/request.js';
import { isZone } from '../adapter/signed.js';
import { type AdapterOptions, adapterConfig } from '../adapter/start.js';
import { type EndpointTypes, SourceTransport } from '../adapter/transport.js';
import { choose, type Valuation } from '../adapter/valuation.js';
import { valuationTimestamp } from '../valuation-time.js';
import { readDrop } from './files.js';

/** A fund is valued at the close of its market: this time of the accounting date, in the zone of the question. */
const CUT_OFF = '16:00';

const settings = {
  FUND_ADMIN_DIRECTORY: {
    description: 'Folder in which the fund administrator drops its files',
    type: 'string',
    sensitive: false,
    required: true,
  },
} as const;

const nav = new InputParameters({
  globalFundID: { type: 'number', description: "The fund administrator's number of the fund", required: true },
  ...dated,
  navDateTimestampTimezone: {
    type: 'string',
    description: 'Zone in which the accounting date ends',
    default: 'America/Los_Angeles',
    required: false,
  },
});

/** Beside a valuation's own fields those that Chainlink's adapter `nav-fund-services` answers, here as exact decimal strings. */
type NavAnswer = Valuation & {
  globalFundID: number;
  navPerShare: string;
  nextNavPerShare: string | null;
  navDate: string;
  navDateTimestampMs: number;
};
type Settings = AdapterConfig<typeof settings>['settings'];

/** The adapter `FUND_ADMIN_NAV`: endpoint `nav`, the net asset value of one share. */
export function fundAdminNav(options: AdapterOptions, directory?: string): Adapter<typeof settings> {
  return new Adapter({
    name: 'FUND_ADMIN_NAV',
    defaultEndpoint: 'nav',
    config: adapterConfig(settings, { FUND_ADMIN_DIRECTORY: directory }, options, 1000),
    endpoints: [
      new AdapterEndpoint<EndpointTypes<typeof nav.definition, Settings, NavAnswer>>({
        name: 'nav',
        inputParameters: nav,
        customInputValidation: (request) =>
          isZone(request.requestContext.data.navDateTimestampTimezone)
            ? refuseDates(request.requestContext.data)
            : refuse('navDateTimestampTimezone must name a time zone, like America/New_York.'),
        transport: new SourceTransport<typeof nav.definition, Settings, NavAnswer>(async (p, _, { FUND_ADMIN_DIRECTORY }) => {
          const rows = (await readDrop(FUND_ADMIN_DIRECTORY)).filter((row) => row.globalFundID === p.globalFundID);
          const published = rows.map((row) => ({
            ...row,
            date: row.navDate,
            valuationTimestamp: valuationTimestamp(row.navDate, { time: CUT_OFF, zone: p.navDateTimestampTimezone }),
          }));
          const found = choose(published, p, `NAV of fund ${p.globalFundID}`);
          const { globalFundID, navDate, navPerShare, nextNavPerShare, currency, ripcord, fileSha256 } = found;
          return {
            value: navPerShare,
            valuationTimestamp: found.valuationTimestamp,
            ripcord,
            record: { publisher: 'fund administrator', globalFundID, navDate, navPerShare, nextNavPerShare, currency, fileSha256 },
            globalFundID,
            navPerShare,
            nextNavPerShare,
            navDate,
            navDateTimestampMs: found.valuationTimestamp * 1000,
          };
        }),
      }),
    ],
  });
}
