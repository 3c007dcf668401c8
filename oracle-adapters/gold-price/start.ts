import { type AdapterOptions, type RunningAdapter, startAdapter } from '../adapter/start.js';
import { goldPriceAdapter } from './adapter.js';

/** Starts the adapter and returns once it listens.
 *  @param options.sources URLs of two or more sources; default GOLD_SOURCES */
export function startGoldPrice(options: AdapterOptions & { sources?: readonly string[] } = {}): Promise<RunningAdapter> {
  return startAdapter(goldPriceAdapter(options, options.sources), options);
}
