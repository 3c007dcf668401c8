import { ConfigError, loadConfig } from './platform/config.js';
import { endOnSignal, serve } from './serve.js';

/** Runs the service against DATABASE_URL and RPC_URL. `npm start` is local/start.ts, which brings both along. */
async function main(): Promise<void> {
  endOnSignal(await serve(loadConfig()));
}

main().catch((error: unknown) => {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exit(1);
});
