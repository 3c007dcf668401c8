import { ConfigError, loadConfig } from './platform/config.js';
import { createApp } from './platform/create-app.js';

/** Runs the service against DATABASE_URL and RPC_URL. `npm start` is local/start.ts, which brings both along. */
async function main(): Promise<void> {
  const config = loadConfig();
  const app = await createApp({ config });
  const close = async (): Promise<never> => {
    await app.close();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void close());
  try {
    await app.listen(config.port, config.host);
  } catch (error) {
    await app.close();
    if ((error as { code?: string }).code !== 'EADDRINUSE') throw error;
    throw new ConfigError(`Port ${config.port} is taken: stop what uses it or set PORT.`);
  }
  const url = await app.getUrl();
  console.log(`Muniment answers at ${url}, its OpenAPI page is ${url}/openapi`);
}

main().catch((error: unknown) => {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exit(1);
});
