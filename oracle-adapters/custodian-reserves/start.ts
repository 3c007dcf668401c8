import { type AdapterOptions, type RunningAdapter, startAdapter } from '../adapter/start.js';
import { custodianReserves } from './adapter.js';

/** Starts the adapter and returns once it listens.
 *  @param options.url where the custodian publishes; default CUSTODIAN_URL
 *  @param options.signers addresses whose signature counts, with commas; default CUSTODIAN_SIGNERS */
export function startCustodianReserves(options: AdapterOptions & { url?: string; signers?: string } = {}): Promise<RunningAdapter> {
  return startAdapter(custodianReserves(options, options), options);
}
