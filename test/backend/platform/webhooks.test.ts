import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'drizzle-orm';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Audit } from '../../../backend/src/platform/audit/audit.service.js';
import { SYSTEM } from '../../../backend/src/platform/auth/actor.js';
import { Config } from '../../../backend/src/platform/config.js';
import { Database } from '../../../backend/src/platform/database/database.js';
import { AddressRefused, askProvider, isPublicAddress, postOutbound } from '../../../backend/src/platform/webhooks/outbound.js';
import { SCHEDULE } from '../../../backend/src/platform/webhooks/webhook-sender.js';
import type { Answer, Api } from '../support/api.js';
import { type RunningApp, startApp } from '../support/app.js';

type Received = { headers: IncomingHttpHeaders; body: string };

let running: RunningApp;
let database: Database;
let issuer: Api;
let admin: Api;
let server: Server;
let url: string;
let received: Received[] = [];
let answer: (request: Received) => { status: number; location?: string } = () => ({ status: 204 });

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      const { status, location } = answer({ headers: request.headers, body });
      response.writeHead(status, location ? { location } : {}).end('an answer that nobody reads');
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  running = await startApp({ environment: { WEBHOOKS_PRIVATE: 'true' } });
  database = running.app.get(Database);
  issuer = await running.api.signIn(running.staff.issuer);
  admin = await running.api.signIn(running.staff.admin);
});
afterAll(async () => {
  await running.close();
  server.close();
});
afterEach(async () => {
  await database.query.execute(sql`update webhook_endpoints set disabled = 'its test is over'`);
  await database.query.execute(sql`update webhook_sendings set state = 'FAILED' where state = 'WAITING'`);
  received = [];
  answer = () => ({ status: 204 });
});

async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await condition())) await new Promise((done) => setTimeout(done, 30));
}

async function asked(types = ['offering.open'], by = issuer): Promise<{ id: string; approvalId: string; disabled: string | null }> {
  const { status, body } = await by.post('/v1/webhook-endpoints', { url, types });
  expect(status).toBe(201);
  return body;
}

/** Approves a request as it stands. */
async function decide(by: Api, approvalId: string): Promise<Answer> {
  const { body } = await by.get(`/v1/approvals/${approvalId}`);
  return by.post(`/v1/approvals/${approvalId}/approve`, { payloadHash: body.payloadHash ?? '0'.repeat(64) });
}

async function endpoint(types = ['offering.open']): Promise<{ id: string; secret: string }> {
  const body = await asked(types);
  expect((await decide(admin, body.approvalId)).status).toBe(200);
  return { id: body.id, secret: await secretOf(body.id) };
}
const secretOf = async (id: string): Promise<string> => (await issuer.get(`/v1/webhook-endpoints/${id}/secret`)).body.secret;

const happened = (action = 'offering.open', subject = 'offering:1', actor = SYSTEM) =>
  running.app.get(Audit).append({ actor, action, subject, payload: { price: '1' } });
const deliveries = async (id: string) => (await issuer.get(`/v1/webhook-endpoints/${id}/deliveries`)).body.items;
const reached = (id: string, state: string) => until(async () => (await deliveries(id))[0]?.state === state);
/** The time of the next attempt comes. */
const later = () => database.query.execute(sql`update webhook_sendings set next_at = now() where state = 'WAITING'`);
const verifies = ({ headers, body }: Received, secret: string): boolean => {
  try {
    return new Webhook(secret).verify(body, headers as Record<string, string>) !== undefined;
  } catch {
    return false;
  }
};

describe('what happened', () => {
  test('is told once, signed by Standard Webhooks, with nothing but what it was', async () => {
    const { id, secret } = await endpoint();
    const eventId = await happened();
    await happened('offering.created');
    await reached(id, 'DELIVERED');
    expect(received).toHaveLength(1);
    expect(verifies(received[0] as Received, secret)).toBe(true);
    expect(verifies({ ...(received[0] as Received), body: `${received[0]?.body} ` }, secret)).toBe(false);
    expect(JSON.parse(received[0]?.body ?? '')).toEqual({
      type: 'offering.open',
      timestamp: expect.any(String),
      data: { eventId, subject: 'offering:1' },
    });
    expect(await deliveries(id)).toMatchObject([
      { messageId: received[0]?.headers['webhook-id'], attempts: [{ status: 204, error: null }] },
    ]);
  });

  test('is not told when its transaction rolls back, when it was refused, or to another tenant', async () => {
    const { id } = await endpoint();
    const doomed = database.transaction(async () => {
      await happened();
      throw new Error('rolled back');
    });
    await expect(doomed).rejects.toThrow('rolled back');
    await running.app.get(Audit).refused({ actor: SYSTEM, action: 'offering.open', subject: 'offering:1' });
    await happened('offering.open', 'offering:1', { ...SYSTEM, tenantId: 'another' });
    expect(await deliveries(id)).toEqual([]);
  });

  test('is tried again on the published schedule, under the same id, until it is given up', async () => {
    answer = () => ({ status: 500 });
    const { id, secret } = await endpoint();
    await happened();
    for (let attempt = 1; attempt <= SCHEDULE.length; attempt++) {
      await until(async () => (await deliveries(id))[0]?.attempts.length === attempt);
      const [{ state, nextAt, attempts }] = await deliveries(id);
      expect(state).toBe(attempt === SCHEDULE.length ? 'FAILED' : 'WAITING');
      if (state === 'WAITING') {
        const wait = (Date.parse(nextAt) - Date.parse(attempts.at(-1).at)) / 1_000;
        expect(wait).toBeCloseTo(SCHEDULE[attempt] as number, 0);
      }
      await later();
    }
    expect(SCHEDULE).toEqual([0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]);
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(received.every((request) => verifies(request, secret))).toBe(true);
  });

  test('goes on after a failure, and can be replayed', async () => {
    answer = () => ({ status: received.length === 1 ? 503 : 200 });
    const { id } = await endpoint();
    await happened();
    await until(async () => (await deliveries(id))[0]?.attempts.length === 1);
    await later();
    await reached(id, 'DELIVERED');
    const [{ messageId }] = await deliveries(id);
    expect((await issuer.post(`/v1/webhook-endpoints/${id}/deliveries/${messageId}/replay`)).status).toBe(202);
    await until(() => received.length === 3);
    await reached(id, 'DELIVERED');
    const unknown = '01890000-0000-7000-8000-000000000000';
    expect(await issuer.post(`/v1/webhook-endpoints/${id}/deliveries/${unknown}/replay`)).toMatchObject({
      status: 404,
      body: { code: 'WEBHOOK_DELIVERY_NOT_FOUND' },
    });
  });

  test('is not told any more after 410, until the endpoint is enabled again', async () => {
    answer = () => ({ status: 410 });
    const { id } = await endpoint();
    await happened();
    await reached(id, 'FAILED');
    expect((await issuer.get('/v1/webhook-endpoints')).body.items[0]).toMatchObject({ id, disabled: 'it answered 410 Gone' });
    await happened();
    const all = await deliveries(id);
    expect(all).toHaveLength(1);
    expect(await issuer.post(`/v1/webhook-endpoints/${id}/deliveries/${all[0].messageId}/replay`)).toMatchObject({
      status: 409,
      body: { code: 'WEBHOOK_ENDPOINT_DISABLED' },
    });
    answer = () => ({ status: 200 });
    expect((await issuer.post(`/v1/webhook-endpoints/${id}/enable`)).body.disabled).toBeNull();
    await happened();
    await reached(id, 'DELIVERED');
  });

  test('is not sent to where a redirect points', async () => {
    answer = () => ({ status: 302, location: '/elsewhere' });
    const { id } = await endpoint();
    await happened();
    await until(async () => (await deliveries(id))[0]?.attempts.length === 1);
    expect((await deliveries(id))[0]).toMatchObject({ state: 'WAITING', attempts: [{ status: 302 }] });
    expect(received).toHaveLength(1);
  });

  test('does not wait for an endpoint that somebody disabled', async () => {
    answer = () => ({ status: 500 });
    const { id } = await endpoint();
    await happened();
    await until(async () => (await deliveries(id))[0]?.attempts.length === 1);
    expect((await issuer.post(`/v1/webhook-endpoints/${id}/disable`)).body.disabled).toMatch(/^disabled by /);
    expect((await deliveries(id))[0]).toMatchObject({ state: 'FAILED' });
  });
});

describe('secrets', () => {
  test('are rotated: for a day the old one signs too', async () => {
    const { id, secret: old } = await endpoint();
    expect((await issuer.post(`/v1/webhook-endpoints/${id}/rotate`)).status).toBe(200);
    const secret = await secretOf(id);
    expect(secret).not.toBe(old);
    await happened();
    await until(() => received.length === 1);
    expect([old, secret].map((each) => verifies(received[0] as Received, each))).toEqual([true, true]);
    await database.query.execute(sql`update webhook_endpoints set old_secret_until = now()`);
    await happened();
    await until(() => received.length === 2);
    expect([old, secret].map((each) => verifies(received[1] as Received, each))).toEqual([false, true]);
  });

  test('are nowhere in the clear, and who read one is logged', async () => {
    const { id, secret } = await endpoint();
    for (const table of ['webhook_endpoints', 'idempotency_keys', 'audit_events']) {
      const { rows } = await database.query.execute<{ row: string }>(sql.raw(`select t::text as row from ${table} t`));
      const dump = rows.map(({ row }) => row).join();
      for (const text of [
        secret,
        secret.slice(6),
        Buffer.from(secret).toString('hex'),
        Buffer.from(secret.slice(6), 'base64').toString('hex'),
      ])
        expect(dump).not.toContain(text);
    }
    const auditor = await running.api.signIn(running.staff.auditor);
    const { body } = await auditor.get(`/v1/audit-events?subject=webhook-endpoint:${id}`);
    expect(body.items.map(({ action }: { action: string }) => action)).toEqual([
      'webhook-endpoint.secret-read',
      'webhook-endpoint.opened',
      'webhook-endpoint.created',
    ]);
  });
});

describe('an endpoint', () => {
  test('is told nothing before another person approved it, and cannot be enabled around that', async () => {
    const { id, approvalId, disabled } = await asked();
    expect(disabled).toBe('nobody else has approved it yet');
    await happened();
    for (const path of ['enable', 'disable']) {
      expect(await issuer.post(`/v1/webhook-endpoints/${id}/${path}`)).toMatchObject({
        status: 409,
        body: { code: 'WEBHOOK_ENDPOINT_PENDING' },
      });
    }
    expect(await decide(issuer, approvalId)).toMatchObject({ status: 403, body: { code: 'APPROVAL_OWN_REQUEST' } });
    const officer = await running.api.signIn(running.staff.officer);
    expect((await decide(officer, approvalId)).status).toBe(404);
    expect(await deliveries(id)).toEqual([]);
    const { body: request } = await admin.get(`/v1/approvals/${approvalId}`);
    expect(request).toMatchObject({ action: 'webhook-endpoint.open', payload: { endpointId: id, url, types: ['offering.open'] } });
    expect((await decide(admin, approvalId)).body).toMatchObject({ status: 'EXECUTED', result: { id, disabled: null } });
    await happened();
    await reached(id, 'DELIVERED');
    expect(await deliveries(id)).toHaveLength(1);
  });

  test('of an admin is approved by a second one; rejected, it never opens', async () => {
    const admin2 = await running.api.signIn(running.staff.admin2);
    const first = await asked(['offering.open'], admin);
    expect((await decide(admin2, first.approvalId)).status).toBe(200);
    const second = await asked(['offering.open'], admin);
    expect((await admin2.post(`/v1/approvals/${second.approvalId}/reject`, { reason: 'Whose host is it?' })).status).toBe(200);
    expect(await admin.post(`/v1/webhook-endpoints/${second.id}/enable`)).toMatchObject({ status: 409 });
    await happened();
    await reached(first.id, 'DELIVERED');
    expect(await deliveries(second.id)).toEqual([]);
  });

  test('that is changed in the database after it was asked for is not opened', async () => {
    const { id, approvalId } = await asked();
    await database.query.execute(sql`update webhook_endpoints set url = 'https://evil.example' where id = ${id}`);
    expect(await decide(admin, approvalId)).toMatchObject({ status: 409, body: { code: 'WEBHOOK_ENDPOINT_CHANGED' } });
  });

  test('does not exist for another tenant', async () => {
    const { id } = await endpoint();
    await database.query.execute(sql`update webhook_endpoints set tenant_id = 'another' where id = ${id}`);
    const answers = await Promise.all([
      issuer.get(`/v1/webhook-endpoints/${id}/secret`),
      issuer.get(`/v1/webhook-endpoints/${id}/deliveries`),
      ...['rotate', 'disable', 'enable', `deliveries/${id}/replay`].map((path) => issuer.post(`/v1/webhook-endpoints/${id}/${path}`)),
    ]);
    for (const { status, body } of answers) expect([status, body.code]).toEqual([404, 'WEBHOOK_ENDPOINT_NOT_FOUND']);
    expect((await issuer.get('/v1/webhook-endpoints')).body.items.map((item: { id: string }) => item.id)).not.toContain(id);
  });

  test.each(['kyc-case.approve', 'investor.created', 'screening-hit.disposed', 'offering.*', 'offering', 'assets.created'])(
    'is not told of %s',
    async (type) => {
      expect(await issuer.post('/v1/webhook-endpoints', { url, types: [type] })).toMatchObject({ status: 400 });
    },
  );

  test.each(['ftp://example.org', 'https://user:password@example.org', 'no url'])('is not at %s', async (wrong) => {
    expect((await issuer.post('/v1/webhook-endpoints', { url: wrong, types: ['offering.open'] })).status).toBe(400);
  });

  test('belongs to issuers and admins', async () => {
    const officer = await running.api.signIn(running.staff.officer);
    expect((await officer.post('/v1/webhook-endpoints', { url, types: ['offering.open'] })).status).toBe(403);
    expect((await (await running.newInvestor()).get('/v1/webhook-endpoints')).status).toBe(403);
  });
});

describe('no private address is called (A7)', () => {
  const PRIVATE = [
    '0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '169.254.169.254', '172.16.0.1', '172.31.255.255', '192.0.0.1', '192.168.1.1', '198.18.0.1',
    '224.0.0.1', '255.255.255.255', '::', '::1', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '64:ff9b::7f00:1', 'fc00::1', 'fd00:ec2::254', 'fe80::1', 'ff02::1',
    '2001::1', '2001:db8::1', '2002:7f00:1::', '3fff::1',
  ]; // biome-ignore format: a list
  test.each(PRIVATE)('%s', async (address) => {
    expect(isPublicAddress(address)).toBe(false);
    const host = address.includes(':') ? `[${address}]` : address;
    await expect(postOutbound(`https://${host}/`, {}, '{}', { privateToo: false })).rejects.toThrow(AddressRefused);
    const resolve = async () => [
      { address: '8.8.8.8', family: 4 },
      { address, family: address.includes(':') ? 6 : 4 },
    ];
    await expect(postOutbound('https://rebound.example/', {}, '{}', { privateToo: false, resolve })).rejects.toThrow(/is not public$/);
  });

  test.each(['1.1.1.1', '8.8.8.8', '172.32.0.1', '2606:4700:4700::1111', '2a00:1450::1'])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  test.each([
    'https://0x7f000001/',
    'https://2130706433/',
    'https://127.1/',
    'https://017700000001/',
    'http://example.org/',
    'https://[::ffff:7f00:1]/',
  ])('%s, however it is written', async (text) => {
    await expect(postOutbound(text, {}, '{}', { privateToo: false })).rejects.toThrow(AddressRefused);
  });

  test('the connection goes to the address that was checked, whatever the name resolves to afterwards', async () => {
    let asked = 0;
    const resolve = async () => [{ address: ['127.0.0.1', '127.0.0.2'][asked++] ?? '127.0.0.2', family: 4 }];
    const named = url.replace('127.0.0.1', 'rebound.example');
    expect(await postOutbound(named, {}, '{}', { privateToo: true, resolve })).toBe(204);
    expect(asked).toBe(1);
    expect(received[0]?.headers.host).toContain('rebound.example');
  });

  test('a provider is asked at its own host, with all of the above, and not for more than it may say', async () => {
    const ask = (target: string, hosts: string[], privateToo = true) =>
      askProvider(target, { method: 'GET', headers: {} }, { hosts, privateToo });
    const { host } = new URL(url);
    expect(await ask(url, [host])).toEqual({ status: 204, body: '' });
    await expect(ask(url, ['api.provider.example'])).rejects.toThrow(/is none of the provider’s hosts$/);
    await expect(ask(`https://${host}/`, [host], false)).rejects.toThrow(/is no public address$/);
    const talker = createServer((_, response) => {
      response.on('error', () => {});
      response.end(Buffer.alloc(6_000_000));
    });
    await new Promise<void>((done) => talker.listen(0, '127.0.0.1', done));
    const talking = `127.0.0.1:${(talker.address() as AddressInfo).port}`;
    await expect(ask(`http://${talking}/`, [talking])).rejects.toThrow(/answers with more than 5000000 bytes$/);
    talker.close();
  });

  test('a private address is refused when the endpoint is made', async () => {
    const config = running.app.get<Config>(Config);
    config.webhooksPrivate = false;
    try {
      const made = await issuer.post('/v1/webhook-endpoints', { url: 'https://169.254.169.254/latest', types: ['offering.open'] });
      expect(made).toMatchObject({ status: 400, body: { code: 'WEBHOOK_URL_REFUSED' } });
    } finally {
      config.webhooksPrivate = true;
    }
  });
});
