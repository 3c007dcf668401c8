import { ConfigError, loadConfig } from './platform/config.js';
import { createApp } from './platform/create-app.js';

/** Runs the service against DATABASE_URL and RPC_URL. `npm start` is local/start.ts, which brings both along. */
async function main(): Promise<void> {
  const config = loadConfig();
  const app = await createApp({ config });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void app.close().then(() => process.exit(0)));
  await listen(app, config.port, config.host);
  console.log(`Muniment answers at ${await app.getUrl()}, its OpenAPI page at ${await app.getUrl()}/openapi`);
}

async function listen(app: Awaited<ReturnType<typeof createApp>>, port: number, host: string): Promise<void> {
  try {
    await app.listen(port, host);
  } catch (error) {
    await app.close();
    if ((error as { code?: string }).code === 'EADDRINUSE') throw new ConfigError(`Port ${port} is taken: stop what uses it or set PORT.`);
    throw error;
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exit(1);
});
