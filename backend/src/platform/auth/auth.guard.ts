import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { Forbidden, Unauthenticated } from '../problem.js';
import { setActor } from './actor.js';
import { allows, type Permission } from './permissions.js';
import { reachOf } from './scope.js';
import { Sessions } from './sessions.service.js';

const PUBLIC = Symbol('public route');
const REQUIRED = Symbol('required permission');

/** Open to everybody. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(PUBLIC, true);

/** Open to signed-in persons whose roles carry the permission. */
export const Requires = (permission: Permission): MethodDecorator & ClassDecorator => SetMetadata(REQUIRED, permission);

/** Deny by default: a route without `@Public()` or `@Requires()` answers 403 to everybody. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly sessions: Sessions,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const places = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(PUBLIC, places)) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const token = /^Bearer ([\w-]{20,100})$/i.exec(request.headers.authorization ?? '')?.[1];
    const actor = token === undefined ? undefined : await this.sessions.actor(token);
    if (!actor) {
      throw new Unauthenticated('NOT_SIGNED_IN', {
        detail: 'This needs a session; yours is missing, ended or expired.',
        remedy: 'Sign in at POST /v1/auth/sessions and send the token as `Authorization: Bearer`.',
        headers: { 'www-authenticate': 'Bearer' },
      });
    }
    const permission = this.reflector.getAllAndOverride<Permission | undefined>(REQUIRED, places);
    if (permission === undefined || !allows(actor, permission)) {
      throw new Forbidden('PERMISSION_DENIED', {
        detail: `None of your roles (${actor.roles.join(', ') || 'none'}) may do this.`,
        extensions: { permission: permission ?? null },
      });
    }
    setActor(request, { ...actor, reach: reachOf(actor, permission) });
    return true;
  }
}
