import { run } from '../run.js';
import type { AdapterOptions, RunningAdapter } from './start.js';

/** Runs an adapter by itself, with the settings of Chainlink's framework (EA_HOST, EA_PORT, METRICS_PORT, LOG_LEVEL …). */
export async function runAdapter(name: string, start: (options: AdapterOptions) => Promise<RunningAdapter>): Promise<void> {
  await run(name, () => start({ metricsPort: Number(process.env.METRICS_PORT ?? 9080) }));
}
