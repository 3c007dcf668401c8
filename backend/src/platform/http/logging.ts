import { RequestMethod } from '@nestjs/common';
import type { Params } from 'nestjs-pino';
import type { Config } from '../config.js';

/** Fields that never reach a log. Bodies, queries and headers are not logged at all. */
const REDACTED = [
  'req.headers.authorization',
  'req.headers.cookie',
  'req.headers["x-payload-digest"]',
  '*.token',
  '*.signature',
  '*.password',
  '*.privateKey',
];

/** Structured logs: one line a request without body, query or headers. */
export function logging(config: Config): Params {
  return {
    // The module's own pattern matches no route of Fastify's.
    forRoutes: [{ path: '*path', method: RequestMethod.ALL }],
    pinoHttp: {
      level: config.logLevel,
      redact: { paths: REDACTED, censor: '[redacted]' },
      quietReqLogger: true,
      hooks: {
        logMethod(args, method) {
          const cleaned = args.map((arg: unknown) => (typeof arg === 'string' ? withoutValues(arg) : arg));
          method.apply(this, cleaned as typeof args);
        },
      },
      autoLogging: { ignore: (request) => request.url === '/health' },
      customLogLevel: (_, response, error) => (error || response.statusCode >= 500 ? 'error' : 'debug'),
      serializers: {
        req: (request: { id: unknown; method: string; url: string }) => ({
          id: request.id,
          method: request.method,
          url: request.url.split('?')[0],
        }),
        res: (response: { statusCode: number }) => ({ statusCode: response.statusCode }),
        // pino-http hands over its own summary with the error inside.
        err: (summary: { raw?: unknown }) => describeError(summary.raw ?? summary),
      },
    },
  };
}

function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return String(error);
  return {
    type: error.name,
    message: withoutValues(error.message),
    stack: withoutValues(error.stack ?? ''),
    ...('code' in error ? { code: error.code } : {}),
    ...(error.cause === undefined || depth > 3 ? {} : { cause: describeError(error.cause, depth + 1) }),
  };
}

/** Drizzle appends a statement's values to its message, and those may be personal. They may have several lines; a stack follows. */
function withoutValues(text: string): string {
  return text.replace(/\nparams:[\s\S]*?(?=\n {4}at |$)/g, '');
}
