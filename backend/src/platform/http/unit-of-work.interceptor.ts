import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { and, eq } from 'drizzle-orm';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { actorOf } from '../auth/actor.js';
import { crashPoint } from '../crash-point.js';
import { Database } from '../database/database.js';
import { canonical, type Json } from '../json.js';
import { Conflict, Invalid, Unprocessable } from '../problem.js';
import { Vault } from '../vault/vault.js';
import { idempotencyKeys } from './idempotency.tables.js';
import { requirePlainInput } from './plain-input.js';

const EXEMPTION = Symbol('idempotency exemption');
type Exemption = { reason: string; transaction: boolean };

/** Exempts a POST from the Idempotency-Key because it has an identity of its own (a provider's delivery id) or changes nothing.
 *  With `transaction: false` the service opens its own transactions. */
export const WithoutIdempotencyKey = (reason: string, { transaction = true } = {}): MethodDecorator =>
  SetMetadata(EXEMPTION, { reason, transaction } satisfies Exemption);

/** Runs every write in one SQL transaction together with its idempotency row, so that effect and stored answer both exist or neither. */
@Injectable()
export class UnitOfWorkInterceptor implements NestInterceptor {
  constructor(
    private readonly database: Database,
    private readonly reflector: Reflector,
    private readonly vault: Vault,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    requirePlainInput(request);
    if (request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS') return next.handle();
    const exemption = this.reflector.getAllAndOverride<Exemption | undefined>(EXEMPTION, [context.getHandler(), context.getClass()]);
    if (exemption && !exemption.transaction) return next.handle();

    const handle = () => lastValueFrom(next.handle(), { defaultValue: undefined });
    if (exemption || request.method !== 'POST') return from(this.database.transaction(handle));
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return from(this.once(request, reply, handle));
  }

  private async once(request: FastifyRequest, reply: FastifyReply, handle: () => Promise<unknown>): Promise<unknown> {
    const key = keyOf(request);
    const actor = actorOf(request);
    if (!actor) throw new Error(`${request.method} ${request.url} is public and cannot tell its callers' keys apart: exempt it.`);
    const scope = { tenantId: actor.tenantId, principal: actor.personId, key };
    // A plain hash of a small body could be guessed.
    const requestHash = this.vault.blindIndex('idempotency', textOf(request));
    const answer = await this.database.transaction(async () => {
      if (!(await this.database.tryLock(`idempotency ${canonical(scope)}`))) {
        throw new Conflict('IDEMPOTENCY_KEY_IN_FLIGHT', {
          detail: 'A request with this Idempotency-Key is still being worked on.',
          remedy: 'Send it again after a moment.',
          headers: { 'retry-after': '1' },
        });
      }
      const stored = await this.find(scope);
      if (stored) {
        if (stored.requestHash !== requestHash) {
          throw new Unprocessable('IDEMPOTENCY_KEY_REUSED', {
            detail: `This Idempotency-Key belongs to another request (${stored.route}).`,
            remedy: 'Use a new key for a new request.',
          });
        }
        void reply.status(stored.status).header('idempotent-replayed', 'true');
        return stored.body ?? undefined;
      }
      const body = await handle();
      await this.database.query
        .insert(idempotencyKeys)
        .values({ ...scope, route: routeOf(request), requestHash, status: reply.statusCode, body: body ?? null });
      return body;
    });
    crashPoint('K14');
    return answer;
  }

  private async find(scope: { tenantId: string; principal: string; key: string }) {
    const [row] = await this.database.query
      .select()
      .from(idempotencyKeys)
      .where(
        and(
          eq(idempotencyKeys.tenantId, scope.tenantId),
          eq(idempotencyKeys.principal, scope.principal),
          eq(idempotencyKeys.key, scope.key),
        ),
      );
    return row;
  }
}

function keyOf(request: FastifyRequest): string {
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string' || key.trim() === '') {
    throw new Invalid('IDEMPOTENCY_KEY_REQUIRED', {
      detail: 'This request needs an Idempotency-Key header.',
      remedy: 'Send a key of your own, e.g. a UUID, and the same one whenever you repeat the request.',
    });
  }
  if (key.length > 255) throw new Invalid('IDEMPOTENCY_KEY_INVALID', 'The Idempotency-Key is longer than 255 characters.');
  return key;
}

function routeOf(request: FastifyRequest): string {
  return `${request.method} ${request.url}`;
}

function textOf(request: FastifyRequest): string {
  const body = request.body === undefined ? '' : canonical(request.body as Json);
  return `${routeOf(request)}\n${body}`;
}
