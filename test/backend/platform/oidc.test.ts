import { sql } from 'drizzle-orm';
import { type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Database } from '../../../backend/src/platform/database/database.js';
import { type Answer, Api, randomAccount } from '../support/api.js';
import { type RunningApp, startApp } from '../support/app.js';
import { IdentityProvider, newKey } from '../support/identity-provider.js';

const ORIGIN = 'http://localhost:3000';
const wallet = randomAccount();
const STAFF = [
  { subject: 'olga', wallet: wallet.address, name: 'Olga Officer', roles: ['OFFICER', 'ISSUER'] },
  { subject: 'otto', name: 'Otto Officer', roles: ['OFFICER'] },
  { subject: 'ines', name: 'Ines Issuer', roles: ['ISSUER'] },
];

const provider = new IdentityProvider({
  clientId: 'muniment',
  clientSecret: 'a secret of the client',
  redirectUri: `${ORIGIN}/v1/auth/oidc/callback`,
  people: ['olga', 'otto', 'ines', 'a stranger'].map((subject) => ({ subject, name: subject })),
});
const environment = () => ({
  OIDC_ISSUER: provider.issuer,
  OIDC_CLIENT_ID: 'muniment',
  OIDC_CLIENT_SECRET: provider.options.clientSecret,
  STAFF: JSON.stringify(STAFF),
});

let running: RunningApp;
beforeAll(async () => {
  await provider.start();
  running = await startApp({ environment: environment() });
});
afterAll(async () => {
  await running.close();
  await provider.stop();
});
afterEach(() => {
  provider.idToken = (claims) => provider.sign(claims);
  provider.published = [provider.key.jwk];
  provider.signedInBefore = 0;
});

/** A browser: keeps cookies, follows no redirect by itself. */
class Browser {
  readonly cookies = new Map<string, string>();

  async open(
    url: string,
    { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: string } = {},
  ): Promise<Answer> {
    const ours = url.startsWith(ORIGIN) ? `${running.api.url}${url.slice(ORIGIN.length)}` : url;
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(ours, {
      method,
      redirect: 'manual',
      ...(body === undefined ? {} : { body }),
      headers: { ...(cookie && ours !== url ? { cookie } : {}), ...headers },
    });
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (value) this.cookies.set(name, value);
      else this.cookies.delete(name);
    }
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  }

  /** Up to the press of the button, and to where it leads. */
  async leave(subject: string): Promise<URL> {
    const begun = await this.open(`${ORIGIN}/v1/auth/oidc`);
    expect(begun.status).toBe(303);
    const page = begun.headers.get('location') ?? '';
    expect((await this.open(page)).body).toContain(`value="${subject}"`);
    const pressed = await this.open(`${page}&subject=${encodeURIComponent(subject)}`);
    return new URL(pressed.headers.get('location') ?? '');
  }

  async signIn(subject: string): Promise<Answer> {
    return this.open((await this.leave(subject)).href);
  }

  me(): Promise<Answer> {
    return this.open(`${ORIGIN}/v1/auth/me`);
  }
}

const refused = { status: 401, body: { code: 'OIDC_REFUSED' } };
const sessions = async (): Promise<number> => {
  const { rows } = await running.app.get(Database).query.execute<{ n: number }>(sql`select count(*)::int as n from sessions`);
  return rows[0]?.n ?? 0;
};

describe('staff sign in at their identity provider', () => {
  test('and get a session in a cookie that no script reads, and nothing of the provider’s', async () => {
    const browser = new Browser();
    const back = await browser.leave('olga');
    const done = await browser.open(back.href);
    expect([done.status, done.headers.get('location'), done.body]).toEqual([303, ORIGIN, '']);
    const set = done.headers.getSetCookie().find((cookie) => cookie.startsWith('muniment-session='));
    expect(set).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/);
    expect([...browser.cookies.keys()]).toEqual(['muniment-session']);
    expect(await browser.me()).toMatchObject({ status: 200, body: { name: 'Olga Officer', roles: ['OFFICER', 'ISSUER'] } });
  });

  test('over https the cookie is Secure and tied to the host', async () => {
    await running.close({ keepDatabase: true });
    running = await startApp({ database: running.database, environment: { ...environment(), PUBLIC_URL: 'https://muniment.example' } });
    const answer = await fetch(`${running.api.url}/v1/auth/oidc`, { redirect: 'manual' });
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^__Host-muniment-sign-in=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax; Secure$/),
    ]);
    await running.close({ keepDatabase: true });
    running = await startApp({ database: running.database, environment: environment() });
  });

  test('a person with a wallet and a subject is one person, also for four eyes', async () => {
    const browser = new Browser();
    await browser.signIn('olga');
    const byWallet = await running.api.signIn(wallet);
    expect(byWallet.person.id).toBe((await browser.me()).body.id);
    const { body } = await byWallet.post('/v1/webhook-endpoints', { url: 'https://example.org/hook', types: ['offering.open'] });
    const { body: request } = await byWallet.get(`/v1/approvals/${body.approvalId}`);
    const approve = (by: Browser) =>
      by.open(`${ORIGIN}/v1/approvals/${request.id}/approve`, {
        method: 'POST',
        headers: { origin: ORIGIN, 'idempotency-key': crypto.randomUUID(), 'content-type': 'application/json' },
        body: JSON.stringify({ payloadHash: request.payloadHash }),
      });
    expect(await approve(browser)).toMatchObject({ status: 403, body: { code: 'APPROVAL_OWN_REQUEST' } });
    const other = new Browser();
    await other.signIn('ines');
    expect(await approve(other)).toMatchObject({ status: 200, body: { status: 'EXECUTED' } });
  });

  test('whom the provider knows and the settings do not is refused', async () => {
    const before = await sessions();
    expect(await new Browser().signIn('a stranger')).toMatchObject({ status: 403, body: { code: 'OIDC_NOT_STAFF' } });
    expect(await sessions()).toBe(before);
  });

  test('wallet and subject of two persons do not become one', async () => {
    const [investor, known] = [randomAccount(), 'otto'];
    await running.api.signIn(investor);
    const joined = STAFF.map((member) => (member.subject === known ? { ...member, wallet: investor.address } : member));
    await running.close({ keepDatabase: true });
    const start = startApp({ database: running.database, environment: { ...environment(), STAFF: JSON.stringify(joined) } });
    await expect(start).rejects.toThrow(/^STAFF makes one person of .* which belong to two/);
    running = await startApp({ database: running.database, environment: environment() });
  });
});

describe('what does not prove who somebody is is refused (A8)', () => {
  type Forge = (claims: JWTPayload) => Promise<string>;
  const forgeries: [string, Forge][] = [
    ['a token without a signature (alg none)', async (claims) => new UnsecuredJWT(claims).encode()],
    [
      'a token signed with the public key as a shared secret (HS256)',
      (claims) =>
        new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: provider.key.kid }).sign(Buffer.from(JSON.stringify(provider.key.jwk))),
    ],
    [
      'a token signed with the secret of the client (HS256)',
      (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(provider.options.clientSecret.padEnd(32, '.'))),
    ],
    ['another audience', (claims) => provider.sign({ ...claims, aud: 'another client' })],
    ['another issuer', (claims) => provider.sign({ ...claims, iss: 'https://evil.example' })],
    ['the issuer with a slash more', (claims) => provider.sign({ ...claims, iss: `${claims.iss}/` })],
    ['another nonce', (claims) => provider.sign({ ...claims, nonce: 'another' })],
    ['no nonce', ({ nonce: _, ...claims }) => provider.sign(claims)],
    ['an expired token', (claims) => provider.sign({ ...claims, iat: Number(claims.iat) - 7_200, exp: Number(claims.iat) - 3_600 })],
    ['a sign-in of long ago', (claims) => provider.sign({ ...claims, auth_time: Number(claims.auth_time) - 86_400 })],
    ['a token that does not say when the person signed in', ({ auth_time: _, ...claims }) => provider.sign(claims)],
    ['a key that the provider does not publish', async (claims) => provider.sign(claims, await newKey())],
    ['a key that only bears the name of a published one', async (claims) => provider.sign(claims, await newKey(provider.key.kid))],
    [
      'a key that the token brings along',
      async (claims) => {
        const own = await newKey(provider.key.kid);
        return new SignJWT(claims)
          .setProtectedHeader({ alg: 'ES256', kid: own.kid, jwk: own.jwk, jku: `${provider.issuer}/evil` })
          .sign(own.privateKey);
      },
    ],
    [
      'changed claims under a good signature',
      async (claims) => {
        const [header, , signature] = (await provider.sign(claims)).split('.');
        return [header, Buffer.from(JSON.stringify({ ...claims, sub: 'olga' })).toString('base64url'), signature].join('.');
      },
    ],
  ];

  test.each(forgeries)('%s', async (_, forge) => {
    const before = await sessions();
    provider.idToken = forge;
    const browser = new Browser();
    expect(await browser.signIn('ines')).toMatchObject(refused);
    expect(browser.cookies.has('muniment-session')).toBe(false);
    expect(await sessions()).toBe(before);
  });

  test('keys swapped for other ones of the same name (JWKS swap)', async () => {
    await new Browser().signIn('ines');
    const swapped = await newKey(provider.key.kid);
    provider.published = [swapped.jwk];
    provider.idToken = (claims) => provider.sign(claims, swapped);
    expect(await new Browser().signIn('ines')).toMatchObject(refused);
  });

  test('an answer that was used already, and a code that was', async () => {
    const browser = new Browser();
    const back = await browser.leave('ines');
    const kept = new Map(browser.cookies);
    expect((await browser.open(back.href)).status).toBe(303);
    for (const [name, value] of kept) browser.cookies.set(name, value);
    expect(await browser.open(back.href)).toMatchObject(refused);
    const again = await browser.leave('ines');
    again.searchParams.set('code', back.searchParams.get('code') ?? '');
    expect(await browser.open(again.href)).toMatchObject(refused);
  });

  test('the answer to somebody else’s question: another browser, another state, no cookie', async () => {
    const [victim, attacker] = [new Browser(), new Browser()];
    const back = await attacker.leave('ines');
    expect(await new Browser().open(back.href)).toMatchObject(refused);
    const own = await victim.leave('otto');
    expect(await victim.open(back.href)).toMatchObject(refused);
    const fresh = await victim.leave('otto');
    fresh.searchParams.set('state', own.searchParams.get('state') ?? '');
    expect(await victim.open(fresh.href)).toMatchObject(refused);
  });

  test('a code for another browser’s PKCE challenge', async () => {
    const [victim, attacker] = [new Browser(), new Browser()];
    const stolen = (await victim.leave('ines')).searchParams.get('code') ?? '';
    const back = await attacker.leave('otto');
    back.searchParams.set('code', stolen);
    expect(await attacker.open(back.href)).toMatchObject(refused);
  });

  test.each([
    ['an answer of another provider (mix-up)', (back: URL) => back.searchParams.set('iss', 'https://evil.example')],
    ['an answer that does not say of which provider it is', (back: URL) => back.searchParams.delete('iss')],
    ['an error', (back: URL) => back.searchParams.set('error', 'access_denied')],
    ['an ID token in the answer itself', (back: URL) => back.searchParams.set('id_token', 'a.b.c')],
    ['no code', (back: URL) => back.searchParams.delete('code')],
  ])('%s', async (_, change) => {
    const browser = new Browser();
    const back = await browser.leave('ines');
    change(back);
    expect(await browser.open(back.href)).toMatchObject(refused);
  });

  test('a provider that offers none and shared secrets is not believed', async () => {
    provider.metadata = { id_token_signing_alg_values_supported: ['none', 'HS256', 'ES256'] };
    await running.close({ keepDatabase: true });
    running = await startApp({ database: running.database, environment: environment() });
    for (const [, forge] of forgeries.slice(0, 3)) {
      provider.idToken = forge;
      expect(await new Browser().signIn('ines')).toMatchObject(refused);
    }
    provider.idToken = (claims) => provider.sign(claims);
    expect((await new Browser().signIn('ines')).status).toBe(303);
  });

  test.each([
    ['its token endpoint is at a host that nobody named', { token_endpoint: 'http://169.254.169.254/token' }, 'on the way back'],
    ['it names itself differently', { issuer: 'http://evil.example' }, 'at once'],
  ])('a provider is not used when %s', async (_, metadata, where) => {
    provider.metadata = metadata;
    await running.close({ keepDatabase: true });
    running = await startApp({ database: running.database, environment: environment() });
    const browser = new Browser();
    const answer = where === 'on the way back' ? await browser.signIn('ines') : await browser.open(`${ORIGIN}/v1/auth/oidc`);
    expect(answer).toMatchObject({ status: 503, body: { code: 'OIDC_UNAVAILABLE' } });
    provider.metadata = {};
    await running.close({ keepDatabase: true });
    running = await startApp({ database: running.database, environment: environment() });
  });
});

describe('a session in a cookie', () => {
  test('writes only for a page of ours', async () => {
    const browser = new Browser();
    await browser.signIn('ines');
    const end = (headers: Record<string, string>) => browser.open(`${ORIGIN}/v1/auth/sign-out`, { method: 'POST', headers });
    for (const headers of [{}, { origin: 'https://evil.example' }, { origin: 'null' }, { origin: `${ORIGIN}.evil.example` }]) {
      expect(await end(headers as Record<string, string>)).toMatchObject({ status: 403, body: { code: 'ORIGIN_REFUSED' } });
    }
    expect((await browser.me()).status).toBe(200);
    const token = browser.cookies.get('muniment-session') ?? '';
    expect((await end({ origin: ORIGIN })).status).toBe(204);
    expect(browser.cookies.size).toBe(0);
    browser.cookies.set('muniment-session', token);
    expect((await browser.me()).status).toBe(401);
  });

  test('counts for nothing beside a token that is wrong', async () => {
    const browser = new Browser();
    await browser.signIn('ines');
    expect(await browser.open(`${ORIGIN}/v1/auth/me`, { headers: { authorization: 'Bearer x' } })).toMatchObject({ status: 401 });
  });
});

test('who signed in at the provider some time ago has that much less time to approve', async () => {
  provider.signedInBefore = 1_700;
  const browser = new Browser();
  await browser.signIn('otto');
  const decide = () =>
    browser.open(`${ORIGIN}/v1/approvals/01890a5d-ac96-774b-bcce-b302099a8057/reject`, {
      method: 'POST',
      headers: { origin: ORIGIN, 'idempotency-key': crypto.randomUUID() },
    });
  expect((await decide()).status).toBe(400);
  await running.app.get(Database).query.execute(sql`update sessions set authenticated_at = authenticated_at - interval '101 seconds'`);
  const late = await decide();
  expect(late).toMatchObject({ status: 401, body: { code: 'SIGN_IN_AGAIN' } });
  expect(late.headers.get('www-authenticate')).toBe('Bearer error="insufficient_user_authentication", max_age="1800"');
  provider.signedInBefore = 100_000;
  await browser.signIn('otto');
  expect((await decide()).status).toBe(400);
});

test('a subject or a wallet that is taken out of the settings signs in no more, and its sessions end', async () => {
  const browser = new Browser();
  await browser.signIn('olga');
  const byWallet = await running.api.signIn(wallet);
  await running.close({ keepDatabase: true });
  const changed = STAFF.map(({ wallet: _, ...member }) => (member.subject === 'olga' ? member : member));
  running = await startApp({ database: running.database, environment: { ...environment(), STAFF: JSON.stringify(changed) } });
  expect(await browser.me()).toMatchObject({ status: 401 });
  expect(await new Api(running.api.url, byWallet.token).get('/v1/auth/me')).toMatchObject({ status: 401 });
  expect((await running.api.signIn(wallet)).person.roles).toEqual(['INVESTOR']);
  expect((await browser.signIn('olga')).status).toBe(303);
  expect((await browser.me()).body.roles).toEqual(['OFFICER', 'ISSUER']);
});

test('without settings nobody signs in that way', async () => {
  await running.close({ keepDatabase: true });
  running = await startApp({ database: running.database });
  for (const path of ['/v1/auth/oidc', '/v1/auth/oidc/callback?code=x']) {
    expect(await running.api.get(path)).toMatchObject({ status: 404, body: { code: 'OIDC_DISABLED' } });
  }
});
