import type { Params } from 'nestjs-pino';
import type { Config } from '../config.js';

/** Fields that never reach a log, wherever they occur (§12: no personal data in logs). */
const REDACTED = [
  'req.headers.authorization',
  'req.headers.cookie',
  'req.headers["x-payload-digest"]',
  '*.token',
  '*.signature',
  '*.message',
  '*.name',
  '*.email',
  '*.dateOfBirth',
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
      },
    },
  };
}
