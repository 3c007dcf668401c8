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
    pinoHttp: {
      level: config.logLevel,
      redact: { paths: REDACTED, censor: '[redacted]' },
      quietReqLogger: true,
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

/** An error for the log: Drizzle appends a statement's values to its message, and those may be personal. */
function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return String(error);
  const clean = (text: string) => text.replace(/\nparams:[^\n]*/g, '');
  return {
    type: error.name,
    message: clean(error.message),
    stack: clean(error.stack ?? ''),
    ...('code' in error ? { code: error.code } : {}),
    ...(error.cause === undefined || depth > 3 ? {} : { cause: describeError(error.cause, depth + 1) }),
  };
}
