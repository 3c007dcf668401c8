import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';

export type IdentityProviderOptions = {
  clientId: string;
  clientSecret: string;
  redirectUri: string;
  /** Who may sign in: each is a button. */
  people: { subject: string; name: string }[];
  /** Default: any free one. */
  port?: number;
};

type Grant = { subject: string; nonce: string; challenge: string; redirectUri: string; authTime: number };
type Key = { kid: string; privateKey: CryptoKey; publicKey: CryptoKey; jwk: JWK };

/** An OpenID Connect provider on this machine: discovery, authorization code with PKCE, tokens signed with ES256. Its sign-in page asks for
 *  no password: whoever opens it is the person whose button they press. */
export class IdentityProvider {
  readonly codes = new Map<string, Grant>();
  /** How long ago people signed in here, in seconds; who comes with a smaller `max_age` signs in anew. */
  signedInBefore = 0;
  /** What it publishes and signs with; tests put others here. */
  key!: Key;
  published!: JWK[];
  metadata: Record<string, unknown> = {};
  /** Makes the ID token; tests make wrong ones. */
  idToken = (claims: JWTPayload): Promise<string> => this.sign(claims);
  private readonly server: Server = createServer((request, response) => {
    this.answer(request, response).catch((error: unknown) =>
      json(response, 500, { error: 'server_error', error_description: String(error) }),
    );
  });

  constructor(readonly options: IdentityProviderOptions) {}

  get issuer(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async start(): Promise<string> {
    this.key = await newKey();
    this.published = [this.key.jwk];
    await new Promise<void>((done) => this.server.listen(this.options.port ?? 0, '127.0.0.1', done));
    return this.issuer;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  sign(claims: JWTPayload, key = this.key): Promise<string> {
    return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: key.kid }).sign(key.privateKey);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.issuer);
    switch (`${request.method} ${url.pathname}`) {
      case 'GET /.well-known/openid-configuration':
        return json(response, 200, {
          issuer: this.issuer,
          authorization_endpoint: `${this.issuer}/authorize`,
          token_endpoint: `${this.issuer}/token`,
          jwks_uri: `${this.issuer}/jwks`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['ES256'],
          code_challenge_methods_supported: ['S256'],
          authorization_response_iss_parameter_supported: true,
          ...this.metadata,
        });
      case 'GET /jwks':
        return json(response, 200, { keys: this.published });
      case 'GET /authorize':
        return this.authorize(url, response);
      case 'POST /token':
        return this.token(new URLSearchParams(await bodyOf(request)), response);
      default:
        return json(response, 404, { error: 'not_found' });
    }
  }

  /** Shows a button for each person, and sends the browser back once one is pressed. */
  private authorize({ searchParams: asked }: URL, response: ServerResponse): void {
    const { clientId, redirectUri, people } = this.options;
    const good =
      asked.get('client_id') === clientId &&
      asked.get('redirect_uri') === redirectUri &&
      asked.get('response_type') === 'code' &&
      asked.get('code_challenge_method') === 'S256' &&
      asked.get('scope')?.split(' ').includes('openid');
    if (!good) {
      json(response, 400, { error: 'invalid_request' });
      return;
    }
    const person = people.find(({ subject }) => subject === asked.get('subject'));
    if (!person) {
      const hidden = [...asked].map(([name, value]) => `<input type="hidden" name="${name}" value="${escaped(value)}">`).join('');
      const buttons = people
        .map(({ subject, name }) => `<button name="subject" value="${escaped(subject)}">${escaped(name)}</button>`)
        .join('');
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(`<form action="/authorize">${hidden}${buttons}</form>`);
      return;
    }
    const code = randomBytes(24).toString('base64url');
    const maxAge = Number(asked.get('max_age') ?? Number.POSITIVE_INFINITY);
    this.codes.set(code, {
      subject: person.subject,
      nonce: asked.get('nonce') ?? '',
      challenge: asked.get('code_challenge') ?? '',
      redirectUri,
      authTime: now() - (this.signedInBefore > maxAge ? 0 : this.signedInBefore),
    });
    const back = new URL(redirectUri);
    back.search = new URLSearchParams({ code, state: asked.get('state') ?? '', iss: this.issuer }).toString();
    response.writeHead(302, { location: back.href }).end();
  }

  private async token(given: URLSearchParams, response: ServerResponse): Promise<void> {
    const { clientId, clientSecret } = this.options;
    if (given.get('client_id') !== clientId || given.get('client_secret') !== clientSecret) {
      return json(response, 401, { error: 'invalid_client' });
    }
    const code = given.get('code') ?? '';
    const grant = this.codes.get(code);
    this.codes.delete(code);
    const challenge = createHash('sha256')
      .update(given.get('code_verifier') ?? '')
      .digest('base64url');
    if (!grant || grant.challenge !== challenge || grant.redirectUri !== given.get('redirect_uri')) {
      return json(response, 400, { error: 'invalid_grant' });
    }
    const { subject: sub, nonce, authTime: auth_time } = grant;
    const claims = { iss: this.issuer, aud: clientId, sub, nonce, auth_time, iat: now(), exp: now() + 300 };
    const tokens = { access_token: randomBytes(24).toString('base64url'), token_type: 'Bearer', expires_in: 300 };
    return json(response, 200, { ...tokens, id_token: await this.idToken(claims) });
  }
}

export async function newKey(kid = randomBytes(8).toString('hex')): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  return { kid, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } };
}

const now = (): number => Math.floor(Date.now() / 1_000);

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
