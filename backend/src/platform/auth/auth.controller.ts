import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { SignInLimit } from '../http/rate-limit.js';
import { Returns } from '../http/returns.js';
import { WithoutIdempotencyKey } from '../http/unit-of-work.interceptor.js';
import { Actor } from './actor.js';
import { Public, Requires } from './auth.guard.js';
import { Challenge, PersonView, Session, SignIn } from './auth.schema.js';
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
  ) {}

  @Post('nonces')
  @Public()
  @SignInLimit()
  @WithoutIdempotencyKey('a nonce is worthless until it is signed', { transaction: false })
  @Returns(Challenge, 201)
  challenge(): Promise<SiweChallenge> {
    return this.siwe.challenge();
  }

  @Post('sessions')
  @Public()
  @SignInLimit()
  @WithoutIdempotencyKey('the nonce in the message serves only once', { transaction: false })
  @Returns(Session, 201)
  signIn(@Body({ schema: SignIn }) body: SignIn): Promise<{ token: string; expiresAt: Date; person: Person }> {
    return this.sessions.signIn(body.message, body.signature);
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
  signOut(@Actor() actor: Actor): Promise<void> {
    return this.sessions.signOut(actor);
  }
}
