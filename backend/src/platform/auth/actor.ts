import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { OPERATOR, type Role } from '../config.js';
import { Unauthenticated } from '../problem.js';
import type { Reach } from './scope.js';

/** Who acts: a person (not an account), with the roles they have at this moment. */
export type Actor = {
  personId: string;
  name: string;
  roles: Role[];
  tenantId: string;
  sessionId: string;
  /** The party this person acts for, once there is one. */
  partyId: string | null;
  /** Whose rows he reaches in this request; the guard sets it. */
  reach?: Reach;
};

type RequestWithActor = FastifyRequest & { actor?: Actor };

/** Parameter decorator: `approve(@Actor() actor: Actor)`. On a public route without a session it answers 401. */
export const Actor = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const actor = actorOf(context.switchToHttp().getRequest<FastifyRequest>());
  if (!actor) throw new Unauthenticated('NOT_SIGNED_IN', 'Sign in first.');
  return actor;
});

export function actorOf(request: FastifyRequest): Actor | undefined {
  return (request as RequestWithActor).actor;
}

/** Only the guard calls this. */
export function setActor(request: FastifyRequest, actor: Actor): void {
  (request as RequestWithActor).actor = actor;
}

/** What the program itself does on its own account (a schedule, the seed of staff). */
export const SYSTEM: Actor = {
  personId: 'system',
  name: 'Muniment',
  roles: [],
  tenantId: OPERATOR,
  sessionId: 'system',
  partyId: null,
  reach: { all: true, tenant: true, investor: false },
};
