import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Config, ConfigError } from './platform/config.js';
import { createApp } from './platform/create-app.js';

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
