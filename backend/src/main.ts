import { ConfigError, loadConfig } from './platform/config.js';
import { serve } from './serve.js';

/** Runs the service against DATABASE_URL and RPC_URL. `npm start` is local/start.ts, which brings both along. */
async function main(): Promise<void> {
  const app = await serve(loadConfig());
  const close = async (): Promise<never> => {
    await app.close();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void close());
}

main().catch((error: unknown) => {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exit(1);
});
