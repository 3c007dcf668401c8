import { type AdapterOptions, type RunningAdapter, startAdapter } from '../adapter/start.js';
import { fundAdminNav } from './adapter.js';

/** Starts the adapter and returns once it listens.
 *  @param options.directory where the fund administrator drops its files; default FUND_ADMIN_DIRECTORY */
export function startFundAdminNav(options: AdapterOptions & { directory?: string } = {}): Promise<RunningAdapter> {
  return startAdapter(fundAdminNav(options, options.directory), options);
}
