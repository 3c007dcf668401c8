// Runs the adapter by itself. Settings: those of Chainlink's framework and FUND_ADMIN_DIRECTORY.
import { runAdapter } from '../adapter/main.js';
import { startFundAdminNav } from './start.js';

await runAdapter('fund-admin-nav', startFundAdminNav);
