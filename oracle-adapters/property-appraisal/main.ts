// Runs the adapter by itself. Settings: those of Chainlink's framework and APPRAISAL_URL, APPRAISERS.
import { runAdapter } from '../adapter/main.js';
import { startPropertyAppraisal } from './start.js';

await runAdapter('property-appraisal', startPropertyAppraisal);
