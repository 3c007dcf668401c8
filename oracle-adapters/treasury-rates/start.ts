import { type AdapterOptions, type RunningAdapter, startAdapter } from '../adapter/start.js';
import { treasuryRates } from './adapter.js';

export type TreasuryRatesOptions = AdapterOptions & {
  /** where the daily rates are published; default TREASURY_BASE_URL, else the Treasury */
  treasuryUrl?: string;
  /** where the auction results are published; default TREASURY_DIRECT_BASE_URL, else TreasuryDirect */
  treasuryDirectUrl?: string;
};

export type TreasuryRates = RunningAdapter;

/** Starts the adapter and returns once it listens. */
export function startTreasuryRates(options: TreasuryRatesOptions = {}): Promise<TreasuryRates> {
  const sources = { treasury: options.treasuryUrl, treasuryDirect: options.treasuryDirectUrl };
  return startAdapter(treasuryRates(options, sources), options);
}
