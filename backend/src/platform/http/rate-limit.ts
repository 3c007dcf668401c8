import { type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { ThrottlerGuard, type ThrottlerLimitDetail, type ThrottlerModuleOptions } from '@nestjs/throttler';
import type { FastifyRequest } from 'fastify';
import { actorOf } from '../auth/actor.js';
import type { Config } from '../config.js';
import { TooMany } from '../problem.js';

const SIGN_IN = Symbol('sign-in route');

/** Puts a route under the tight limit for guessing. */
export const SignInLimit = (): MethodDecorator => SetMetadata(SIGN_IN, true);

const isWrite = (context: ExecutionContext): boolean =>
  !['GET', 'HEAD'].includes(context.switchToHttp().getRequest<FastifyRequest>().method);
const isSignIn = (context: ExecutionContext): boolean => Reflect.getMetadata(SIGN_IN, context.getHandler()) === true;

/** Three counters a minute: everything, writes, sign-in attempts. Each counts over all routes of its class. */
export function rateLimits({ rateLimits: limits }: Config): ThrottlerModuleOptions {
  const minute = 60_000;
  return [
    { name: 'requests', ttl: minute, limit: limits.requests },
    { name: 'writes', ttl: minute, limit: limits.writes, skipIf: (context) => !isWrite(context) || isSignIn(context) },
    { name: 'sign-in', ttl: minute, limit: limits.signIn, skipIf: (context) => !isSignIn(context) },
  ];
}

/** Counts by person where one is signed in, else by address. */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  protected override async getTracker(request: FastifyRequest): Promise<string> {
    return actorOf(request)?.personId ?? request.ip;
  }

  protected override generateKey(_: ExecutionContext, tracker: string, name: string): string {
    return `${name} ${tracker}`;
  }

  protected override async throwThrottlingException(_: ExecutionContext, detail: ThrottlerLimitDetail): Promise<void> {
    const seconds = Math.max(1, Math.ceil(detail.timeToBlockExpire || detail.timeToExpire));
    throw new TooMany('RATE_LIMITED', {
      detail: `More than ${detail.limit} requests in a minute.`,
      remedy: `Wait ${seconds} seconds.`,
      headers: { 'retry-after': String(seconds) },
    });
  }
}
