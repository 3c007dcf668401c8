// Runs the adapter by itself. Settings: those of Chainlink's framework and TREASURY_BASE_URL, TREASURY_DIRECT_BASE_URL.
import { runAdapter } from '../adapter/main.js';
import { startTreasuryRates } from './start.js';

await runAdapter('treasury-rates', startTreasuryRates);
