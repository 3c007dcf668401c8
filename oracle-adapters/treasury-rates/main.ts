// Runs the adapter by itself. Settings: those of Chainlink's framework (EA_HOST, EA_PORT, METRICS_PORT, LOG_LEVEL …) and
// TREASURY_BASE_URL, TREASURY_DIRECT_BASE_URL.
import { run } from '../run.js';
import { startTreasuryRates } from './start.js';

await run('treasury-rates', () => startTreasuryRates({ metricsPort: Number(process.env.METRICS_PORT ?? 9080) }));
