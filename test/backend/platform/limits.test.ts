import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Anvil, startAnvil } from '../support/anvil.js';
import { randomAccount } from '../support/api.js';
import { type RunningApp, startApp } from '../support/app.js';

describe('a minute allows', () => {
  let running: RunningApp;
  beforeAll(async () => {
    running = await startApp({ environment: { RATE_LIMIT_SIGN_IN: '10', RATE_LIMIT_WRITES: '3', RATE_LIMIT_REQUESTS: '20' } });
  });
  afterAll(() => running.close());

  async function statuses(times: number, call: () => Promise<{ status: number }>): Promise<number[]> {
    const seen: number[] = [];
    for (let n = 0; n < times; n++) seen.push((await call()).status);
    return seen;
  }

  test('so many writes, so many requests of one person, and so many attempts to sign in', async () => {
    const [officer, officer2] = [await running.api.signIn(running.staff.officer), await running.api.signIn(running.staff.officer2)];
    const write = (by: typeof officer) => () => by.post('/v1/approvals/01890a5d-ac96-774b-bcce-b302099a8057/cancel');
    expect(await statuses(4, write(officer))).toEqual([404, 404, 404, 429]);
    expect(await statuses(1, write(officer2))).toEqual([404]);
    const read = () => officer.get('/v1/auth/me');
    expect((await statuses(20, read)).at(-1)).toBe(429);
    expect(await statuses(1, () => officer2.get('/v1/auth/me'))).toEqual([200]);
    const nonce = () => running.api.post('/v1/auth/nonces', undefined, { key: null });
    expect(await statuses(7, nonce)).toEqual([201, 201, 201, 201, 201, 201, 429]);
    const refused = await nonce();
    expect(refused.body.code).toBe('RATE_LIMITED');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });
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
