import 'reflect-metadata';
import type { IncomingMessage } from 'node:http';
import helmet from '@fastify/helmet';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Logger } from 'nestjs-pino';
import { AppModule } from '../app.module.js';
import { type Config, ConfigError } from './config.js';
import { migrate } from './database/migrate.js';
import { openApi } from './http/open-api.js';
import { sendProblem, toProblem } from './http/problem.filter.js';
import { uuidv7 } from './ids.js';

export type CreateAppOptions = {
  config: Config;
  /** Run pending migrations first (default true). */
  migrate?: boolean;
  /** Further modules, e.g. a test's own routes. */
  modules?: Type[];
};

const BODY_LIMIT = 1_048_576;

/** Builds the whole application, ready for `app.listen(port, host)`; `app.close()` ends everything it started.
 *  @throws ConfigError when the database is missing or cannot be reached */
export async function createApp({ config, migrate: wanted = true, modules = [] }: CreateAppOptions): Promise<NestFastifyApplication> {
  if (!config.databaseUrl) throw new ConfigError('DATABASE_URL is not set: the service needs a PostgreSQL.');
  if (wanted) await migrate(config.databaseUrl);
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    genReqId: (_: IncomingMessage) => uuidv7(),
    routerOptions: { maxParamLength: 500 },
    forceCloseConnections: 'idle',
    trustProxy: config.trustProxy,
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => sendProblem(toProblem(error), request, reply),
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.for(config, modules), adapter, {
    bufferLogs: true,
    rawBody: true,
    abortOnError: false,
  });
  app.useLogger(app.get(Logger));
  await app.register(helmet, {
    contentSecurityPolicy: {
      directives: { 'script-src': ["'self'"], 'style-src': ["'self'", "'unsafe-inline'"], 'img-src': ["'self'", 'data:'] },
    },
  });
  SwaggerModule.setup('openapi', app, () => openApi(app), { jsonDocumentUrl: 'openapi.json', yamlDocumentUrl: 'openapi.yaml' });
  try {
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
  } catch (error) {
    await app.close().catch(() => {});
    throw error;
  }
  return app;
}
