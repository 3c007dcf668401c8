import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { and, eq, gt, lt, sql } from 'drizzle-orm';
import * as client from 'openid-client';
import { Audit } from '../audit/audit.service.js';
import { Config } from '../config.js';
import { Database } from '../database/database.js';
import { Forbidden, NotFound, Problem, Unauthenticated, Unavailable } from '../problem.js';
import { SYSTEM } from './actor.js';
import { People, type Person } from './people.service.js';
import { oidcAttempts } from './people.tables.js';

const ATTEMPT_MINUTES = 10;
const TIMEOUT_SECONDS = 10;
/** What an ID token may be signed with, whatever the provider offers: never `none`, never a shared secret. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA', 'Ed25519'];

/** Sign-in of staff at their identity provider (OpenID Connect): authorization code flow with PKCE. The provider's tokens are read here
 *  and forgotten: none is kept or handed on, and none is refreshed; who wants to stay signed in signs in again. */
@Injectable()
export class Oidc {
  private readonly log = new Logger(Oidc.name);
  private discovered: client.Configuration | undefined;

  constructor(
    private readonly database: Database,
    private readonly persons: People,
    private readonly audit: Audit,
    @Inject(Config) private readonly config: Config,
  ) {}

  /** @returns where to send the browser, and what it has to bring back in a cookie besides
   *  @throws NotFound OIDC_DISABLED · Unavailable OIDC_UNAVAILABLE */
  async begin(): Promise<{ location: string; cookie: string; seconds: number }> {
    const provider = await this.provider();
    const [cookie, state, nonce, verifier] = [randomToken(), client.randomState(), client.randomNonce(), client.randomPKCECodeVerifier()];
    const expiresAt = new Date(Date.now() + ATTEMPT_MINUTES * 60_000);
    await this.database.transaction(async () => {
      await this.database.query.delete(oidcAttempts).where(lt(oidcAttempts.expiresAt, sql`now()`));
      await this.database.query.insert(oidcAttempts).values({ cookieHash: hash(cookie), state, nonce, verifier, expiresAt });
    });
    const location = client.buildAuthorizationUrl(provider, {
      redirect_uri: this.callback,
      scope: 'openid',
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      // Whoever proved who they are longer ago than an approval allows proves it again.
      max_age: String(this.maxAge),
    });
    return { location: location.href, cookie, seconds: ATTEMPT_MINUTES * 60 };
  }

  /** Takes a browser that comes back.
   *  @param query of the URL at which it arrived, with its question mark
   *  @throws Unauthenticated OIDC_REFUSED · Forbidden OIDC_NOT_STAFF · NotFound OIDC_DISABLED · Unavailable OIDC_UNAVAILABLE */
  async finish(cookie: string | undefined, query: string): Promise<{ person: Person; authenticatedAt: Date }> {
    const provider = await this.provider();
    const attempt = cookie === undefined ? undefined : await this.useAttempt(cookie);
    if (!attempt) throw refused('This browser has not asked to sign in, or did so long ago.');
    const claims = await this.exchange(provider, attempt, query);
    const person = await this.persons.bySubject(claims.sub);
    if (!person?.roles.some((role) => role !== 'INVESTOR')) {
      await this.audit.refused({ actor: SYSTEM, action: 'session.opened', subject: 'oidc', payload: { reason: 'not staff' } });
      throw new Forbidden('OIDC_NOT_STAFF', {
        detail: 'The identity provider knows you, and STAFF does not.',
        remedy: 'Let an operator add your subject to STAFF.',
      });
    }
    return { person, authenticatedAt: new Date(Number(claims.auth_time) * 1_000) };
  }

  /** Deletes it in a transaction of its own, before anything else can fail: it never serves twice. */
  private async useAttempt(cookie: string): Promise<typeof oidcAttempts.$inferSelect | undefined> {
    const used = await this.database.independently(() =>
      this.database.query
        .delete(oidcAttempts)
        .where(and(eq(oidcAttempts.cookieHash, hash(cookie)), gt(oidcAttempts.expiresAt, sql`now()`)))
        .returning(),
    );
    return used[0];
  }

  /** The library checks `iss` and `state` of the answer, and of the ID token its signature by a key the provider publishes, algorithm,
   *  issuer, audience, times, nonce and the age of the sign-in. */
  private async exchange(
    provider: client.Configuration,
    { state, nonce, verifier }: { state: string; nonce: string; verifier: string },
    query: string,
  ): Promise<client.IDToken> {
    try {
      const tokens = await client.authorizationCodeGrant(provider, new URL(`${this.callback}${query}`), {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        maxAge: this.maxAge,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (!claims) throw new Error('There is no ID token.');
      return claims;
    } catch (error) {
      rethrowOurs(error);
      const reason = reasonOf(error);
      this.log.warn(`A sign-in at ${this.config.oidc?.issuer} is refused: ${reason}`);
      await this.audit.refused({ actor: SYSTEM, action: 'session.opened', subject: 'oidc', payload: { reason } });
      throw refused('What came back from the identity provider does not prove who you are.');
    }
  }

  /** Asked for once it is needed, so that the service starts while the provider is away. */
  private async provider(): Promise<client.Configuration> {
    const { oidc } = this.config;
    if (!oidc) throw new NotFound('OIDC_DISABLED', 'Nobody signs in with OpenID Connect here: OIDC_ISSUER is not set.');
    this.discovered ??= await this.discover(oidc);
    return this.discovered;
  }

  private async discover({ issuer, clientId, clientSecret }: NonNullable<Config['oidc']>): Promise<client.Configuration> {
    const insecure = issuer.startsWith('http:') ? [client.allowInsecureRequests] : [];
    const options = { execute: insecure, timeout: TIMEOUT_SECONDS, [client.customFetch]: this.fetch };
    const found = await client.discovery(new URL(issuer), clientId, clientSecret, undefined, options).catch((error: unknown) => {
      rethrowOurs(error);
      throw unavailable(error);
    });
    const { supportsPKCE: _, ...metadata } = found.serverMetadata();
    if (metadata.issuer !== issuer) throw unavailable(new Error(`It names itself ${metadata.issuer}, not ${issuer}.`));
    const offered = metadata.id_token_signing_alg_values_supported ?? ['RS256'];
    const allowed = { ...metadata, id_token_signing_alg_values_supported: offered.filter((name) => ALGORITHMS.includes(name)) };
    const provider = new client.Configuration(allowed, clientId, clientSecret);
    provider[client.customFetch] = this.fetch;
    provider.timeout = TIMEOUT_SECONDS;
    client.enableNonRepudiationChecks(provider);
    for (const extension of insecure) extension(provider);
    return provider;
  }

  /** Goes to the hosts of the settings only, whatever the provider's own documents name, and follows no redirect. */
  private readonly fetch: client.CustomFetch = async (url, options) => {
    if (!this.config.oidc?.hosts.includes(new URL(url).host)) {
      throw unavailable(new Error(`${new URL(url).host} is neither the host of OIDC_ISSUER nor one of OIDC_HOSTS.`));
    }
    const response = await fetch(url, { ...options, redirect: 'manual' } as RequestInit).catch((error: unknown) => {
      throw unavailable(error);
    });
    if (response.status >= 500) throw unavailable(new Error(`It answers ${response.status}.`));
    return response;
  };

  private get callback(): string {
    return `${this.config.publicUrl.replace(/\/$/, '')}/v1/auth/oidc/callback`;
  }

  private get maxAge(): number {
    return this.config.approvalSignInMinutes * 60;
  }
}

function refused(detail: string): Unauthenticated {
  return new Unauthenticated('OIDC_REFUSED', { detail, remedy: 'Begin again at GET /v1/auth/oidc.' });
}

function unavailable(cause: unknown): Unavailable {
  return new Unavailable('OIDC_UNAVAILABLE', {
    detail: 'The identity provider does not answer as it should.',
    remedy: 'Try again in a moment; the log says more.',
    cause,
  });
}

/** The library wraps what our own `fetch` throws. */
function rethrowOurs(error: unknown): void {
  if (error instanceof Error && error.cause instanceof Problem) throw error.cause;
}

/** What the library says of it, without anything that the provider or the browser sent. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${error.message}${cause}`;
}

const randomToken = (): string => randomBytes(32).toString('base64url');
const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
