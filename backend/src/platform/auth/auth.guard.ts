import { type CanActivate, type ExecutionContext, Inject, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { Config } from '../config.js';
import { Forbidden, Unauthenticated } from '../problem.js';
import { setActor } from './actor.js';
import { cookieOf } from './cookies.js';
import { allows, type Permission } from './permissions.js';
import { reachOf } from './scope.js';
import { type ActorOfSession, Sessions } from './sessions.service.js';

const PUBLIC = Symbol('public route');
const REQUIRED = Symbol('required permission');

/** Open to everybody. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(PUBLIC, true);

/** Open to signed-in persons whose roles carry the permission. */
export const Requires = (permission: Permission): MethodDecorator & ClassDecorator => SetMetadata(REQUIRED, permission);

/** Whether somebody else's request may come true by it: then a stolen session that lies about is not enough. */
const isDecision = (permission: Permission): boolean => permission === 'approval:decide' || permission.endsWith(':approve');

const isWrite = ({ method }: FastifyRequest): boolean => !['GET', 'HEAD', 'OPTIONS'].includes(method);

/** Deny by default: a route without `@Public()` or `@Requires()` answers 403 to everybody. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly sessions: Sessions,
    @Inject(Config) private readonly config: Config,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const places = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(PUBLIC, places)) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const session = await this.sessionOf(request);
    if (!session) {
      throw new Unauthenticated('NOT_SIGNED_IN', {
        detail: 'This needs a session; yours is missing, ended or expired.',
        remedy: 'Sign in at POST /v1/auth/sessions and send the token as `Authorization: Bearer`, or as staff at GET /v1/auth/oidc.',
        headers: { 'www-authenticate': 'Bearer' },
      });
    }
    const { actor, recent } = session;
    const permission = this.reflector.getAllAndOverride<Permission | undefined>(REQUIRED, places);
    if (permission === undefined || !allows(actor, permission)) {
      throw new Forbidden('PERMISSION_DENIED', {
        detail: `None of your roles (${actor.roles.join(', ') || 'none'}) may do this.`,
        extensions: { permission: permission ?? null },
      });
    }
    if (isDecision(permission) && !recent) throw this.signInAgain();
    setActor(request, { ...actor, reach: reachOf(actor, permission) });
    return true;
  }

  /** A cookie goes along whoever makes the browser ask, so a write that rests on one must come from our own pages. */
  private async sessionOf(request: FastifyRequest): Promise<ActorOfSession | undefined> {
    const { authorization, origin } = request.headers;
    if (authorization !== undefined) {
      const token = /^Bearer ([\w-]{20,100})$/i.exec(authorization)?.[1];
      return token === undefined ? undefined : this.sessions.actor(token);
    }
    const cookie = cookieOf(request, this.config, 'session');
    if (cookie === undefined) return undefined;
    const ours = new URL(this.config.publicUrl).origin;
    if (isWrite(request) && origin !== ours) {
      throw new Forbidden('ORIGIN_REFUSED', {
        detail: `A write with a cookie comes from a page of ${ours}, not from ${origin ?? 'nowhere'}.`,
        remedy: 'Programs send the token of POST /v1/auth/sessions as `Authorization: Bearer`.',
      });
    }
    return this.sessions.actor(cookie);
  }

  /** As RFC 9470 has it. */
  private signInAgain(): Unauthenticated {
    const { approvalSignInMinutes: minutes } = this.config;
    return new Unauthenticated('SIGN_IN_AGAIN', {
      detail: `You signed in more than ${minutes} minutes ago, which is too long to decide about something.`,
      remedy: 'Sign in again and decide then.',
      headers: { 'www-authenticate': `Bearer error="insufficient_user_authentication", max_age="${minutes * 60}"` },
    });
  }
}
