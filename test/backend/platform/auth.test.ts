import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Database } from '../../../backend/src/platform/database/database.js';
import { Api, randomAccount } from '../support/api.js';
import { type RunningApp, startApp } from '../support/app.js';

let running: RunningApp;
beforeAll(async () => {
  running = await startApp();
});
afterAll(() => running.close());

test('an unknown wallet that signs in becomes an investor, and stays the same person', async () => {
  const account = randomAccount();
  const first = await running.api.signIn(account);
  const second = await running.api.signIn(account);
  expect(first.person.roles).toEqual(['INVESTOR']);
  expect(second.person.id).toBe(first.person.id);
  expect(second.token).not.toBe(first.token);
  expect((await first.get('/v1/auth/me')).body).toMatchObject({ id: first.person.id, partyId: null });
});

test('staff of the settings sign in with their roles', async () => {
  const officer = await running.api.signIn(running.staff.officer);
  expect(officer.person.roles).toEqual(['OFFICER']);
});

test('a session ends with sign-out', async () => {
  const investor = await running.newInvestor();
  expect((await investor.post('/v1/auth/sign-out')).status).toBe(204);
  expect(await investor.get('/v1/auth/me')).toMatchObject({ status: 401, body: { code: 'NOT_SIGNED_IN' } });
});

describe('sessions', () => {
  const account = randomAccount();
  const ofOne = (n: number) => Promise.all(Array.from({ length: n }, () => running.api.signIn(account)));
  const status = async (by: Api | undefined) => (await (by as Api).get('/v1/auth/me')).status;

  test('are listed for their person, and ended by them: one, or all', async () => {
    const [first, second, third] = await ofOne(3);
    const { body } = await (first as Api).get('/v1/auth/sessions');
    expect(body).toHaveLength(3);
    expect(body.filter(({ current }: { current: boolean }) => current)).toMatchObject([
      { method: 'WALLET', authenticatedAt: expect.any(String) },
    ]);
    expect(JSON.stringify(body)).not.toContain((first as Api).token);
    const other = (await (second as Api).get('/v1/auth/sessions')).body.find(({ current }: { current: boolean }) => current);
    expect(await (await running.newInvestor()).call('DELETE', `/v1/auth/sessions/${other.id}`)).toMatchObject({
      status: 404,
      body: { code: 'SESSION_NOT_FOUND' },
    });
    expect((await (first as Api).call('DELETE', `/v1/auth/sessions/${other.id}`)).status).toBe(204);
    expect([await status(first), await status(second), await status(third)]).toEqual([200, 401, 200]);
    expect((await (first as Api).call('DELETE', '/v1/auth/sessions')).status).toBe(204);
    expect([await status(first), await status(third)]).toEqual([401, 401]);
  });

  test('are ended by an officer or an admin, not by others, and each end is on record', async () => {
    const [investor] = await ofOne(1);
    const id = investor?.person.id;
    const [issuer, officer, admin, auditor] = await Promise.all(
      (['issuer', 'officer', 'admin', 'auditor'] as const).map((name) => running.api.signIn(running.staff[name])),
    );
    const end = (by: Api | undefined) => (by as Api).call('DELETE', `/v1/people/${id}/sessions`);
    for (const one of [issuer, auditor, investor]) expect((await end(one)).status).toBe(403);
    expect(await status(investor)).toBe(200);
    expect((await end(officer)).status).toBe(204);
    expect(await status(investor)).toBe(401);
    const [again] = await ofOne(1);
    expect((await end(admin)).status).toBe(204);
    expect(await status(again)).toBe(401);
    const unknown = await (admin as Api).call('DELETE', '/v1/people/01890a5d-ac96-774b-bcce-b302099a8057/sessions');
    expect(unknown).toMatchObject({ status: 404, body: { code: 'PERSON_NOT_FOUND' } });
    const { body } = await (auditor as Api).get(`/v1/audit-events?subject=person:${id}&action=session.ended`);
    expect(body.items.slice(0, 2)).toMatchObject([
      { actor: { name: 'admin' }, payload: { reason: 'ended by admin' } },
      { actor: { name: 'officer' }, payload: { reason: 'ended by officer' } },
    ]);
  });

  test('of another tenant’s people do not exist, but for the operator', async () => {
    const other = await running.newInvestor();
    const officer = await running.api.signIn(running.staff.officer);
    const move = (tenant: string) =>
      running.app.get(Database).query.execute(sql`update people set tenant_id = ${tenant} where id = ${officer.person.id}`);
    const end = async () => (await officer.call('DELETE', `/v1/people/${other.person.id}/sessions`)).status;
    await move('another');
    expect(await end()).toBe(404);
    expect(await status(other)).toBe(200);
    await move('main');
    expect(await end()).toBe(204);
    expect(await status(other)).toBe(401);
  });

  test('that began long ago read and do not decide', async () => {
    const officer = await running.api.signIn(running.staff.officer);
    const { rows } = await running.app
      .get(Database)
      .query.execute<{ id: string }>(sql`update sessions set authenticated_at = now() - interval '31 minutes'
        where person_id = ${officer.person.id} returning id`);
    expect(rows.length).toBeGreaterThan(0);
    const one = '01890a5d-ac96-774b-bcce-b302099a8057';
    for (const path of [`/v1/approvals/${one}/approve`, `/v1/kyc-cases/${one}/approve`, `/v1/kyc-cases/${one}/reject`]) {
      expect(await officer.post(path, {})).toMatchObject({ status: 401, body: { code: 'SIGN_IN_AGAIN' } });
    }
    expect((await officer.get('/v1/approvals')).status).toBe(200);
    const fresh = await running.api.signIn(running.staff.officer);
    expect((await fresh.post(`/v1/approvals/${one}/approve`, {})).status).toBe(400);
  });
});

test('without a session a protected route answers 401 as a problem document', async () => {
  const answer = await running.api.get('/v1/auth/me');
  expect(answer.status).toBe(401);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(answer.body).toMatchObject({ status: 401, code: 'NOT_SIGNED_IN', title: 'Not signed in' });
});

async function attempt(changes: Parameters<typeof running.api.siweMessage>[1], by = randomAccount(), signer = by) {
  const message = await running.api.siweMessage(by, changes);
  const signature = await signer.signMessage({ message });
  return running.api.post('/v1/auth/sessions', { message, signature }, { key: null });
}

test.each([
  ['another domain', { domain: 'evil.example' }],
  ['another uri', { uri: 'http://evil.example' }],
  ['another chain', { chainId: 1 }],
  ['an expired message', { expirationTime: new Date(Date.now() - 1000) }],
  ['a message not valid yet', { notBefore: new Date(Date.now() + 60_000) }],
  ['a message from the future', { issuedAt: new Date(Date.now() + 3_600_000) }],
  ['an old message', { issuedAt: new Date(Date.now() - 3_600_000) }],
])('%s is refused (A9)', async (_, changes) => {
  expect(await attempt(changes)).toMatchObject({ status: 401, body: { code: 'SIWE_INVALID' } });
});

test('a nonce of our own making is refused (A9)', async () => {
  expect(await attempt({ nonce: 'abcdefgh12345678' })).toMatchObject({ status: 401, body: { code: 'SIWE_NONCE_INVALID' } });
});

test('a nonce serves once, also when the first signature was wrong (A9)', async () => {
  const [account, other] = [randomAccount(), randomAccount()];
  const message = await running.api.siweMessage(account);
  const signIn = async (signer: typeof account) =>
    running.api.post('/v1/auth/sessions', { message, signature: await signer.signMessage({ message }) }, { key: null });
  expect(await signIn(other)).toMatchObject({ status: 401, body: { code: 'SIWE_SIGNATURE_INVALID' } });
  expect(await signIn(account)).toMatchObject({ status: 401, body: { code: 'SIWE_NONCE_INVALID' } });
});

test('the same signed message sent ten times at once opens one session (A9)', async () => {
  const account = randomAccount();
  const message = await running.api.siweMessage(account);
  const body = { message, signature: await account.signMessage({ message }) };
  const answers = await Promise.all(Array.from({ length: 10 }, () => running.api.post('/v1/auth/sessions', body, { key: null })));
  expect(answers.map((answer) => answer.status).sort()).toEqual([201, ...Array(9).fill(401)]);
});

test('text around a message is refused (A9)', async () => {
  const account = randomAccount();
  const message = `${await running.api.siweMessage(account)}\nand more`;
  const signature = await account.signMessage({ message });
  expect(await running.api.post('/v1/auth/sessions', { message, signature }, { key: null })).toMatchObject({ status: 401 });
});

test('who is no longer in the settings is staff no more: powers and sessions end with the next start', async () => {
  const { officer: leaves, officer2: stays } = running.staff;
  const [before, kept] = await Promise.all([leaves, stays].map((account) => running.api.signIn(account)));
  const investor = await running.newInvestor();
  await running.close({ keepDatabase: true });
  const STAFF = JSON.stringify([{ wallet: stays.address, name: 'Olga Officer', roles: ['OFFICER'] }]);
  running = await startApp({ database: running.database, environment: { STAFF } });

  const again = (person: Api | undefined, path: string) => new Api(running.api.url, person?.token).get(path);
  expect(await again(before, '/v1/auth/me')).toMatchObject({ status: 401, body: { code: 'NOT_SIGNED_IN' } });
  const former = await running.api.signIn(leaves);
  expect(former.person).toMatchObject({ id: before?.person.id, roles: [] });
  expect(await former.get('/v1/approvals')).toMatchObject({ status: 403, body: { code: 'PERMISSION_DENIED' } });
  expect(await again(kept, '/v1/auth/me')).toMatchObject({ status: 200, body: { roles: ['OFFICER'], name: 'Olga Officer' } });
  expect(await again(investor, '/v1/auth/me')).toMatchObject({ status: 200, body: { roles: ['INVESTOR'] } });
});
