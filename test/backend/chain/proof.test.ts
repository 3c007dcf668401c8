import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Reconciliation } from '../../../backend/src/chain/proof/reconciliation.js';
import { Database } from '../../../backend/src/platform/database/database.js';
import { type Anvil, startAnvil } from '../support/anvil.js';
import { type Answer, Api } from '../support/api.js';
import { bringInstrument, bringInvestor, fundedDistribution, members, POOL, sell } from '../support/market.js';
import { type Platform, startPlatform, until } from '../support/platform.js';
import { testClient } from './world.js';

let witness: Anvil;
let platform: Platform;
let issuer: Api;
let auditor: Api;
let fund: Answer['body'];
let anna: Awaited<ReturnType<typeof bringInvestor>>;

/** Anna holds 60 units, of which nothing is frozen. */
beforeAll(async () => {
  witness = await startAnvil();
  platform = await startPlatform(new Date('2026-01-05T00:00:00Z'), { RPC_WITNESS_URL: witness.url });
  ({ issuer, auditor } = platform.staff);
  const staff = await members(platform);
  fund = await bringInstrument(staff, 'PROOF');
  anna = await bringInvestor(platform, staff, 'anna');
  await sell(platform, fund.id, [[anna, '60']]);
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(async () => {
  await platform?.close();
  await witness?.stop();
});

const database = () => platform.running.app.get(Database).query;
const check = async (): Promise<Answer['body']> => {
  const { status, body } = await auditor.post('/v1/proof', undefined, { key: null });
  expect([status, body.code]).toEqual([200, undefined]);
  return body;
};
/** Waits until the workflow step has asked so often and was refused each time. */
async function refusedPayments(times: number): Promise<unknown[]> {
  const asked = vi.spyOn(platform.running.app.get(Reconciliation), 'requireAgreement');
  const settled = () => asked.mock.settledResults.filter(({ type }) => type !== 'incomplete');
  while (settled().length < times) await new Promise((resolve) => setTimeout(resolve, 20));
  return settled();
}

const funded = (): Promise<Answer['body']> => fundedDistribution(platform, fund.id);

describe('the public proof', () => {
  it('says in numbers that register and chain agree, at one final block, and names nobody', async () => {
    const proof = await check();
    const [token] = proof.tokens;
    expect(proof).toMatchObject({
      status: 'AGREES',
      witness: 'BEHIND',
      tokens: [{ token: fund.token, supply: '6000', holders: 1, differing: 0 }],
    });
    const block = await platform.client.getBlock({ blockNumber: BigInt(proof.block.number) });
    expect(proof.block).toEqual({ number: String(block.number), hash: block.hash, stateRoot: block.stateRoot });
    expect(proof.invariants).toMatchObject({
      I1: { doubled: 0 },
      I2: { unknown: 0 },
      I3: { gaps: 0, unsent: 0 },
      I4: { differing: 0, compared: 2 + 3 * token.wallets },
      I7: { missing: 0 },
    });
    expect(proof.invariants.I1.decided).toBeGreaterThan(5);
    expect(token.registerHash).toMatch(/^[0-9a-f]{64}$/);
    const nobody = await new Api(platform.url).get('/v1/proof');
    expect(nobody.status).toBe(200);
    expect(JSON.stringify(nobody.body)).not.toContain(anna.account.address);
    expect((await issuer.post('/v1/proof', undefined, { key: null })).status).toBe(403);
  });

  it('comes about by itself, once for all processes', async () => {
    const read = async () => (await database().execute<{ proof: { checkedAt: string } }>(sql`select proof from chain_proof`)).rows[0];
    const before = (await read())?.proof.checkedAt ?? '';
    await database().execute(sql`update chain_proof set due_at = now()`);
    while (((await read())?.proof.checkedAt ?? '') <= before) await new Promise((resolve) => setTimeout(resolve, 50));
    const { rows } = await database().execute<{ due: boolean }>(sql`select due_at > now() + interval '30 seconds' as due from chain_proof`);
    expect(rows).toEqual([{ due: true }]);
  });
});

describe('a database that was tampered with', () => {
  const tampered = async (change: string, back: string, expected: object): Promise<void> => {
    await database().execute(sql.raw(change));
    const proof = await check();
    expect(proof.status).toBe('DIFFERS');
    expect(proof.tokens[0].differences).toContainEqual(expect.objectContaining(expected));
    expect((await new Api(platform.url).get('/health')).status).toBe(503);
    await database().execute(sql.raw(back));
    expect((await check()).status).toBe('AGREES');
  };

  it('is found in a balance, in the supply, in a freeze and in a holder that is missing, and the row is named', async () => {
    const wallet = anna.account.address;
    await tampered(
      `update holding set balance = balance + 1 where wallet = '${wallet}'`,
      `update holding set balance = balance - 1 where wallet = '${wallet}'`,
      { what: 'BALANCE', subject: wallet, projected: '6001', chain: '6000' },
    );
    await tampered('update supply set total = total * 2', 'update supply set total = total / 2', { what: 'SUPPLY', projected: '12000' });
    await tampered(
      `insert into frozen_holding values ('${fund.token}', '${wallet}', 1, 0, true, 7)`,
      `delete from frozen_holding where wallet = '${wallet}'`,
      { what: 'FROZEN_UNITS', subject: wallet, projected: '7', chain: '0' },
    );
    await tampered(
      `create table kept as select * from holding where wallet = '${wallet}'; delete from holding where wallet = '${wallet}'`,
      'insert into holding select * from kept; drop table kept',
      { what: 'SUM_OF_BALANCES', projected: '0', chain: '6000' },
    );
  });

  it('pays nobody until it agrees again, and then everybody once', async () => {
    const distribution = await funded();
    const path = `/v1/distributions/${distribution.id}`;
    const before = await platform.money(anna.account.address);
    await database().execute(sql`update holding set balance = balance + 1 where wallet = ${anna.account.address}`);
    await check();
    await issuer.post(`${path}/pay`);
    for (const { type, value } of (await refusedPayments(2)) as { type: string; value: unknown }[]) {
      expect([type, value]).toEqual(['rejected', expect.objectContaining({ code: 'RECONCILIATION_DIFFERS', status: 503 })]);
    }
    expect(await platform.money(anna.account.address)).toBe(before);
    expect((await issuer.get(path)).body.state).toBe('PAYING');

    await database().execute(sql`update holding set balance = balance - 1 where wallet = ${anna.account.address}`);
    await until(issuer, path, ({ state }) => state === 'COMPLETED');
    expect(await platform.money(anna.account.address)).toBe(before + POOL);
    await until(issuer, `/v1/entitlements?distributionId=${distribution.id}`, ({ items }) => items[0].state === 'PAID');
    const proof = await check();
    expect(proof).toMatchObject({
      status: 'AGREES',
      tokens: [{ distributions: 1 }],
      invariants: { I5: { distributions: 1, differing: 0 } },
    });
    expect(proof.invariants.I6).toEqual([expect.objectContaining({ owed: '0', short: '0' })]);
  });

  it('is found in what investors are owed and were paid', async () => {
    await tampered(
      `update entitlements set state = 'HELD' where state = 'PAID'`,
      `update entitlements set state = 'PAID' where state = 'HELD'`,
      { what: 'ENTITLEMENTS', projected: '0 0', chain: `1 ${POOL}` },
    );
    await tampered(`update entitlements set net = net - 5`, `update entitlements set net = net + 5`, { what: 'ENTITLEMENTS' });
    await tampered(
      `update chain_event set args = jsonb_set(args, '{amount}', '"1"') where name = 'EntitlementPaid'`,
      `update chain_event set args = jsonb_set(args, '{amount}', '"${POOL}"') where name = 'EntitlementPaid'`,
      { what: 'PAID', projected: '1', chain: String(POOL) },
    );
  });
});

describe('two nodes', () => {
  it('that have different final blocks stop payments and turn the health red', async () => {
    const client = testClient(witness.url);
    await client.mine({ blocks: Number((await check()).block.number) + 1 });
    expect((await check()).witness).toBe('DISAGREES');
    expect((await new Api(platform.url).get('/health')).status).toBe(503);
    const reconciliation = platform.running.app.get(Reconciliation);
    await expect(reconciliation.requireAgreement(fund.token)).rejects.toMatchObject({ code: 'RECONCILIATION_DIFFERS' });
    await witness.stop();
    expect((await check()).witness).toBe('SILENT');
    await reconciliation.requireAgreement(fund.token);
  });
});
