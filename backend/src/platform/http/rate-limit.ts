import { type CanActivate, type ExecutionContext, Inject, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { getTableName } from 'drizzle-orm';
import type { FastifyRequest } from 'fastify';
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { actorOf } from '../auth/actor.js';
import { Config } from '../config.js';
import { Database } from '../database/database.js';
import { TooMany } from '../problem.js';
import { rateLimits } from './rate-limits.tables.js';

const KIND = Symbol('kind of route');
const MINUTE = 60;
const HOUR = 3_600;

type Kind = keyof Config['rateLimits'] | 'health';

/** What a route is counted as; without it, a read or a write. */
export const Limit = (kind: Exclude<Kind, 'reads' | 'writes'>): MethodDecorator => SetMetadata(KIND, kind);

/** Counts in the database what principals do, so that all processes see one count. A count that cannot be made lets nobody pass. */
@Injectable()
export class RateLimits {
  private readonly limiters: Record<Kind, RateLimiterAbstract>;

  constructor(database: Database, @Inject(Config) { rateLimits: limits }: Config) {
    const shared = (keyPrefix: Kind, points: number, duration: number) =>
      new RateLimiterPostgres({
        storeClient: database.connections,
        storeType: 'pool',
        tableName: getTableName(rateLimits),
        tableCreated: true,
        clearExpiredByTimeout: keyPrefix === 'reads',
        keyPrefix,
        points,
        duration,
        // Who is over the limit is told so without asking the database again.
        inMemoryBlockOnConsumed: points + 1,
      });
    this.limiters = {
      reads: shared('reads', limits.reads, MINUTE),
      writes: shared('writes', limits.writes, MINUTE),
      signIn: shared('signIn', limits.signIn, MINUTE),
      webhooks: shared('webhooks', limits.webhooks, MINUTE),
      uploads: shared('uploads', limits.uploads, HOUR),
      exports: shared('exports', limits.exports, HOUR),
      // It has to answer when the database does not.
      health: new RateLimiterMemory({ points: limits.reads, duration: MINUTE }),
    };
  }

  /** @throws TooMany RATE_LIMITED */
  async count(kind: Kind, principal: string): Promise<void> {
    const limiter = this.limiters[kind];
    try {
      await limiter.consume(principal);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      const seconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1_000));
      throw new TooMany('RATE_LIMITED', {
        detail: `More than ${limiter.points} of these in ${limiter.duration === HOUR ? 'an hour' : 'a minute'}.`,
        remedy: `Wait ${seconds} seconds.`,
        headers: { 'retry-after': String(seconds) },
      });
    }
  }
}

/** Counts each request once: by person where one is signed in (uploads: by the party they act for), else by address. */
@Injectable()
export class RateLimitGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly limits: RateLimits,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const kind = this.reflector.get<Kind | undefined>(KIND, context.getHandler()) ?? kindOf(request);
    await this.limits.count(kind, principalOf(request, kind));
    return true;
  }
}

function kindOf({ method }: FastifyRequest): Kind {
  return ['GET', 'HEAD'].includes(method) ? 'reads' : 'writes';
}

function principalOf(request: FastifyRequest, kind: Kind): string {
  const actor = actorOf(request);
  if (!actor) return request.ip;
  return (kind === 'uploads' && actor.partyId) || actor.personId;
}
