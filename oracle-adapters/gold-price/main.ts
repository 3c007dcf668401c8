// Runs the adapter by itself. Settings: those of Chainlink's framework and GOLD_SOURCES.
import { runAdapter } from '../adapter/main.js';
import { startGoldPrice } from './start.js';

await runAdapter('gold-price', startGoldPrice);
