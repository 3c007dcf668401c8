// Runs the adapter by itself. Settings: those of Chainlink's framework and CUSTODIAN_URL, CUSTODIAN_SIGNERS.
import { runAdapter } from '../adapter/main.js';
import { startCustodianReserves } from './start.js';

await runAdapter('custodian-reserves', startCustodianReserves);
