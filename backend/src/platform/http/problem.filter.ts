import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isLostDatabase } from '../database/lost.js';
import { HttpProblem, Invalid, NotFound, Problem, TooMany, Unauthenticated, Unavailable } from '../problem.js';

/** The only place where an error becomes an answer: application/problem+json, never a stack or SQL. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log = new Logger('Http');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = toProblem(error);
    if (problem.status >= 500) this.log.error({ err: error, code: problem.code, url: request.url.split('?')[0] }, problem.message);
    // Anything already set for the good answer (a cache hint, a replay mark) does not belong to the refusal.
    reply.raw.removeHeader('idempotent-replayed');
    sendProblem(problem, request, reply);
  }
}

/** Also for what Fastify refuses before there is a route. */
export function sendProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply): void {
  void reply
    .status(problem.status)
    .headers(problem.headers)
    .type('application/problem+json; charset=utf-8')
    .send(
      JSON.stringify({ ...problem.toDocument(), instance: request.id === undefined ? undefined : `urn:muniment:request:${request.id}` }),
    );
}

/** Names every kind of error that can reach the edge; what nobody expected is a 500 without details. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const status = statusOf(error);
  const message = error instanceof Error ? error.message : '';
  switch (status) {
    case 400:
      return new Invalid('REQUEST_INVALID', message || 'The request is malformed.');
    case 401:
      return new Unauthenticated('NOT_SIGNED_IN', 'Sign in first.');
    case 404:
      return new NotFound('ROUTE_NOT_FOUND', message || 'There is no such route.');
    case 413:
      return new HttpProblem(413, 'Too large', 'BODY_TOO_LARGE', 'The body is larger than 1 MB.');
    case 415:
      return new HttpProblem(415, 'Unsupported media type', 'MEDIA_TYPE_UNSUPPORTED', 'Send application/json.');
    case 429:
      return new TooMany('RATE_LIMITED', 'Too many requests.');
    case 503:
      return new Unavailable('NOT_HEALTHY', { detail: 'A part of the service does not answer.', extensions: healthOf(error) });
    default:
      if (status && status < 500) return new HttpProblem(status, 'Refused', 'REQUEST_REFUSED', message || 'The request is refused.');
  }
  if (isLostDatabase(error)) {
    return new Unavailable('DATABASE_UNAVAILABLE', {
      detail: 'The database does not answer.',
      remedy: 'Try again; nothing was done.',
      headers: { 'retry-after': '1' },
    });
  }
  return new HttpProblem(500, 'Internal error', 'INTERNAL', 'Something went wrong here; nothing was done.');
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' ? status : undefined;
}

/** What a failed health check found. */
function healthOf(error: unknown): Record<string, unknown> {
  const response = error instanceof HttpException ? error.getResponse() : undefined;
  return typeof response === 'object' && 'details' in response ? { details: response.details } : {};
}
