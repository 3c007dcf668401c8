import { type AdapterOptions, type RunningAdapter, startAdapter } from '../adapter/start.js';
import { propertyAppraisal } from './adapter.js';

/** Starts the adapter and returns once it listens.
 *  @param options.url where the reports are published; default APPRAISAL_URL
 *  @param options.appraisers addresses whose signature counts, with commas; default APPRAISERS */
export function startPropertyAppraisal(options: AdapterOptions & { url?: string; appraisers?: string } = {}): Promise<RunningAdapter> {
  return startAdapter(propertyAppraisal(options, options), options);
}
