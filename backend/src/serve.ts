import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Config, ConfigError } from './platform/config.js';
import { createApp } from './platform/create-app.js';

/** What has not ended by then is cut off, as a crash would; the next process goes on with it. */
const PATIENCE_MS = 9_000;

/** Builds the service and listens.
 *  @throws ConfigError with one sentence when a setting, the database, the chain or the port does not allow it */
export async function serve(config: Config): Promise<NestFastifyApplication> {
  const app = await createApp({ config });
  try {
    await app.listen(config.port, config.host);
  } catch (error) {
    await app.close();
    if ((error as { code?: string }).code === 'EADDRINUSE')
      throw new ConfigError(`Port ${config.port} is taken: stop what uses it or set PORT.`);
    throw error;
  }
  console.log(`Muniment answers at ${await app.getUrl()}, its OpenAPI page at ${await app.getUrl()}/openapi`);
  return app;
}

/** SIGINT and SIGTERM end the process: what runs finishes its step, leases and workflows are given back. */
export function endOnSignal(app: NestFastifyApplication): void {
  const close = async (): Promise<never> => {
    setTimeout(() => process.exit(1), PATIENCE_MS).unref();
    await app.close();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void close());
}
