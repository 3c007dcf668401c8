import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Database } from '../../../backend/src/platform/database/database.js';
import { RateLimits } from '../../../backend/src/platform/http/rate-limit.js';
import { type Anvil, startAnvil } from '../support/anvil.js';
import { type Api, randomAccount } from '../support/api.js';
import { type RunningApp, startApp } from '../support/app.js';

async function statuses(times: number, call: () => Promise<{ status: number }>): Promise<number[]> {
  const seen: number[] = [];
  for (let n = 0; n < times; n++) seen.push((await call()).status);
  return seen;
}

describe('a minute allows', () => {
  let running: RunningApp;
  beforeAll(async () => {
    running = await startApp({ environment: { RATE_LIMIT_SIGN_IN: '10', RATE_LIMIT_WRITES: '3', RATE_LIMIT_REQUESTS: '20' } });
  });
  afterAll(() => running.close());

  test('so many writes, so many requests of one person, and so many attempts to sign in', async () => {
    const [officer, officer2] = [await running.api.signIn(running.staff.officer), await running.api.signIn(running.staff.officer2)];
    const write = (by: typeof officer) => () => by.post('/v1/approvals/01890a5d-ac96-774b-bcce-b302099a8057/cancel');
    expect(await statuses(4, write(officer))).toEqual([404, 404, 404, 429]);
    expect(await statuses(1, write(officer2))).toEqual([404]);
    const read = () => officer.get('/v1/auth/me');
    expect(await statuses(21, read)).toEqual([...Array(20).fill(200), 429]);
    expect(await statuses(1, () => officer2.get('/v1/auth/me'))).toEqual([200]);
    const nonce = () => running.api.post('/v1/auth/nonces', undefined, { key: null });
    expect(await statuses(7, nonce)).toEqual([201, 201, 201, 201, 201, 201, 429]);
    const refused = await nonce();
    expect(refused.body.code).toBe('RATE_LIMITED');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

describe('an hour or a minute allows', () => {
  const NOBODY = '01890a5d-ac96-774b-bcce-b302099a8057';
  let running: RunningApp;
  beforeAll(async () => {
    const limits = { RATE_LIMIT_SIGN_IN: '30', RATE_LIMIT_UPLOADS: '2', RATE_LIMIT_EXPORTS: '2', RATE_LIMIT_WEBHOOKS: '4' };
    running = await startApp({ environment: limits });
  });
  afterAll(() => running.close());

  test('so many uploads and exports of one person, and deliveries of one sender', async () => {
    const [issuer, issuer2] = [await running.api.signIn(running.staff.issuer), await running.api.signIn(running.staff.issuer2)];
    const upload = (by: Api) => () => by.post(`/v1/assets/${NOBODY}/documents`, {});
    expect(await statuses(3, upload(issuer))).toEqual([400, 400, 429]);
    expect(await statuses(1, upload(issuer2))).toEqual([400]);
    expect(await statuses(3, () => issuer.get('/v1/cap-tables.csv'))).toEqual([400, 400, 429]);
    const deliver = () => running.api.post('/v1/webhooks/sumsub', {}, { key: null });
    expect((await statuses(5, deliver)).map((status) => status === 429)).toEqual([false, false, false, false, true]);
  });

  test('so many attempts to sign in with one wallet, wherever they come from', async () => {
    const account = randomAccount();
    for (let attempt = 0; attempt < 30; attempt++) await running.app.get(RateLimits).count('signIn', account.address);
    await expect(running.api.signIn(account)).rejects.toThrow(/RATE_LIMITED/);
    expect((await running.newInvestor()).person.roles).toEqual(['INVESTOR']);
  });
});

test('a database that cannot count lets nobody pass', async () => {
  const running = await startApp();
  const rename = (from: string, to: string) => running.app.get(Database).query.execute(sql.raw(`alter table ${from} rename to ${to}`));
  try {
    await rename('rate_limits', 'rate_limits_gone');
    expect(await running.api.post('/v1/auth/nonces', undefined, { key: null })).toMatchObject({ status: 500, body: { code: 'INTERNAL' } });
    expect((await running.api.get('/health')).status).toBe(200);
    await rename('rate_limits_gone', 'rate_limits');
    expect((await running.api.post('/v1/auth/nonces', undefined, { key: null })).status).toBe(201);
  } finally {
    await running.close();
  }
});

test('a contract wallet signs in when its contract says so (EIP-1271), and not otherwise', async () => {
  const anvil: Anvil = await startAnvil();
  const running = await startApp({ environment: { RPC_URL: anvil.url } });
  try {
    const contract = async (answer: string) => {
      const { address } = randomAccount();
      const code = `0x7f${answer.padEnd(64, '0')}5f5260205ff3`;
      await fetch(anvil.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'anvil_setCode', params: [address, code] }),
      });
      return address;
    };
    const signIn = async (address: `0x${string}`) => {
      const owner = randomAccount();
      const message = await running.api.siweMessage({ ...owner, address });
      return running.api.post('/v1/auth/sessions', { message, signature: await owner.signMessage({ message }) }, { key: null });
    };
    expect(await signIn(await contract('1626ba7e'))).toMatchObject({ status: 201, body: { person: { roles: ['INVESTOR'] } } });
    expect(await signIn(await contract('ffffffff'))).toMatchObject({ status: 401, body: { code: 'SIWE_SIGNATURE_INVALID' } });
  } finally {
    await running.close();
    await anvil.stop();
  }
});
