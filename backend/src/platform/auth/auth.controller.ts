import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Config } from '../config.js';
import { Limit } from '../http/rate-limit.js';
import { Returns } from '../http/returns.js';
import { WithoutIdempotencyKey } from '../http/unit-of-work.interceptor.js';
import { Id } from '../schema/fields.js';
import { Actor } from './actor.js';
import { Public, Requires } from './auth.guard.js';
import { Challenge, PersonView, Session, SessionView, SignIn } from './auth.schema.js';
import { cookieOf, setCookie } from './cookies.js';
import { Oidc } from './oidc.service.js';
import { People, type Person } from './people.service.js';
import { Sessions } from './sessions.service.js';
import { Siwe, type SiweChallenge } from './siwe.service.js';

@ApiTags('auth')
@Controller('v1/auth')
export class AuthController {
  constructor(
    private readonly siwe: Siwe,
    private readonly sessions: Sessions,
    private readonly people: People,
    private readonly oidc: Oidc,
    @Inject(Config) private readonly config: Config,
  ) {}

  @Post('nonces')
  @Public()
  @Limit('signIn')
  @WithoutIdempotencyKey('a nonce is worthless until it is signed', { transaction: false })
  @Returns(Challenge, 201)
  challenge(): Promise<SiweChallenge> {
    return this.siwe.challenge();
  }

  @Post('sessions')
  @Public()
  @Limit('signIn')
  @WithoutIdempotencyKey('the nonce in the message serves only once', { transaction: false })
  @Returns(Session, 201)
  signIn(@Body({ schema: SignIn }) body: SignIn): Promise<{ token: string; expiresAt: Date; person: Person }> {
    return this.sessions.signIn(body.message, body.signature);
  }

  /** A browser goes to the identity provider of staff. */
  @Get('oidc')
  @Public()
  @Limit('signIn')
  @HttpCode(303)
  async beginOidc(@Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    const { location, cookie, seconds } = await this.oidc.begin();
    // It has to come along when the provider sends the browser back, which is another site.
    setCookie(reply, this.config, { name: 'sign-in', value: cookie, seconds, sameSite: 'Lax' });
    void reply.header('location', location).header('cache-control', 'no-store');
  }

  /** …and comes back with a code. The session is in a cookie that no script can read. */
  @Get('oidc/callback')
  @Public()
  @Limit('signIn')
  @HttpCode(303)
  async finishOidc(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    const query = new URL(request.url, this.config.publicUrl).search;
    const { token, expiresAt } = await this.sessions.signInWithOidc(cookieOf(request, this.config, 'sign-in'), query);
    setCookie(reply, this.config, { name: 'sign-in' });
    setCookie(reply, this.config, { name: 'session', value: token, seconds: (expiresAt.getTime() - Date.now()) / 1_000 });
    void reply.header('location', this.config.publicUrl).header('cache-control', 'no-store');
  }

  @Get('me')
  @Requires('session:own')
  @Returns(PersonView)
  me(@Actor() actor: Actor): Promise<Person> {
    return this.people.get(actor.personId);
  }

  @Post('sign-out')
  @Requires('session:own')
  @WithoutIdempotencyKey('ending a session twice is the same as once')
  @HttpCode(204)
  async signOut(@Actor() actor: Actor, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    await this.sessions.signOut(actor);
    setCookie(reply, this.config, { name: 'session' });
  }

  @Get('sessions')
  @Requires('session:own')
  @Returns(z.array(SessionView))
  listSessions(@Actor() actor: Actor): Promise<SessionView[]> {
    return this.sessions.list(actor);
  }

  /** Signs out everywhere. */
  @Delete('sessions')
  @Requires('session:own')
  @HttpCode(204)
  endSessions(@Actor() actor: Actor): Promise<void> {
    return this.sessions.endAll(actor);
  }

  @Delete('sessions/:id')
  @Requires('session:own')
  @HttpCode(204)
  endSession(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<void> {
    return this.sessions.endOne(id, actor);
  }
}

@ApiTags('auth')
@Controller('v1/people')
export class PeopleSessionsController {
  constructor(private readonly sessions: Sessions) {}

  /** Signs somebody else out everywhere. */
  @Delete(':id/sessions')
  @Requires('session:end')
  @HttpCode(204)
  endSessions(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<void> {
    return this.sessions.endOf(id, actor);
  }
}
