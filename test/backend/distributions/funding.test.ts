import pg from 'pg';
import { encodeFunctionData } from 'viem';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { Operations } from '../../../backend/src/chain/operations.js';
import { Transactions } from '../../../backend/src/chain/transactions.js';
import { localSender } from '../../../backend/src/local/accounts.js';
import { Workflows } from '../../../backend/src/platform/workflow/workflows.js';
import { distributorAbi } from '../../../contracts/generated/abi.js';
import type { Answer, Api } from '../support/api.js';
import { breakBeforeSending, breakNextRead, breakWhenConfirmed, UNFORESEEN } from '../support/faults.js';
import { approvedDistribution, bringInstrument, bringInvestor, fundedDistribution, give, members, POOL, sell } from '../support/market.js';
import { type Platform, startPlatform, until } from '../support/platform.js';

let platform: Platform;
let issuer: Api;
let fund: Answer['body'];
let anna: Awaited<ReturnType<typeof bringInvestor>>;

beforeAll(async () => {
  platform = await startPlatform(new Date('2026-01-05T00:00:00Z'));
  ({ issuer } = platform.staff);
  const staff = await members(platform);
  fund = await bringInstrument(staff, 'FUNDING');
  anna = await bringInvestor(platform, staff, 'anna');
  await sell(platform, fund.id, [[anna, '60']]);
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(() => platform?.close());

const pathOf = ({ id }: { id: string }): string => `/v1/distributions/${id}`;
const fundIt = (distribution: { id: string }): Promise<Answer> => issuer.post(`${pathOf(distribution)}/fund`);

const approved = (): Promise<Answer['body']> => approvedDistribution(platform, fund.id);
const funded = (): Promise<Answer['body']> => fundedDistribution(platform, fund.id);

async function brokeOff({ id }: { id: string }, what = 'funding'): Promise<void> {
  await expect(platform.running.app.get(Workflows).finished(`distribution-${what}:${id}:0`)).rejects.toThrow(UNFORESEEN);
}

test('a funding that broke off before anything was declared is asked for again', async () => {
  const distribution = await approved();
  await give(platform, localSender('payer'), POOL);
  breakNextRead(platform, 'totalsOf');
  expect((await fundIt(distribution)).status).toBe(202);
  await brokeOff(distribution);
  expect((await fundIt(distribution)).status).toBe(202);
  await until(issuer, pathOf(distribution), ({ state }) => state === 'FUNDED');
  expect(await fundIt(distribution)).toMatchObject({ status: 409, body: { code: 'DISTRIBUTION_ALREADY_FUNDED' } });
  expect(await platform.money(platform.deployment.contracts.distributor)).toBe(POOL);
});

test('one that broke off when the money was there already takes none again', async () => {
  const distribution = await approved();
  await give(platform, localSender('payer'), POOL);
  const escrow = await platform.money(platform.deployment.contracts.distributor);
  breakWhenConfirmed(platform, `distribution-fund:${distribution.id}:0`);
  expect((await fundIt(distribution)).status).toBe(202);
  await brokeOff(distribution);
  expect((await issuer.get(pathOf(distribution))).body.state).toBe('FUNDING');
  expect(await platform.money(localSender('payer'))).toBe(0n);
  expect((await fundIt(distribution)).status).toBe(202);
  await until(issuer, pathOf(distribution), ({ state }) => state === 'FUNDED');
  expect(await platform.money(platform.deployment.contracts.distributor)).toBe(escrow + POOL);
  expect(await platform.running.app.get(Operations).find(`distribution-allow:${distribution.id}:1`)).toBeUndefined();
});

describe('a cancellation that broke off', () => {
  const cancel = (distribution: { id: string }): Promise<Answer> => issuer.post(`${pathOf(distribution)}/cancel`);
  const escrow = (): Promise<bigint> => platform.money(platform.deployment.contracts.distributor);

  /** @param breaks lets the cancellation break off */
  async function halfCancelled(distribution: { id: string }, breaks: typeof breakWhenConfirmed): Promise<void> {
    breaks(platform, `distribution-cancel:${distribution.id}:0`);
    expect((await cancel(distribution)).body).toMatchObject({ state: 'CANCELLING' });
    await brokeOff(distribution, 'cancellation');
  }

  test('is asked for again, as every other step says meanwhile, and what was funded goes back', async () => {
    const before = await escrow();
    const distribution = await funded();
    await halfCancelled(distribution, breakBeforeSending);
    for (const what of ['snapshot', 'submit', 'fund', 'pay', 'retry']) {
      const { status, body } = await issuer.post(`${pathOf(distribution)}/${what}`);
      expect([what, status]).toEqual([what, 409]);
      expect(body.remedy).toMatch(/go on with POST .*\/cancel/);
    }
    expect((await cancel(distribution)).status).toBe(202);
    await until(issuer, pathOf(distribution), ({ state }) => state === 'CANCELLED');
    expect(await escrow()).toBe(before);
    expect(await cancel(distribution)).toMatchObject({ status: 409, body: { code: 'DISTRIBUTION_STATE' } });
  });

  test('and that an investor’s claim overtook leaves it FUNDED, to be paid', async () => {
    const distribution = await funded();
    const [due] = (await anna.api.get(`/v1/entitlements?distributionId=${distribution.id}`)).body.items;
    const { body: claim } = await anna.api.get(`/v1/entitlements/${due.id}/claim`);
    await halfCancelled(distribution, breakBeforeSending);
    await platform.wallets.send(anna.account, claim);
    expect((await cancel(distribution)).status).toBe(202);
    await until(issuer, pathOf(distribution), ({ state }) => state === 'FUNDED');
    expect(await cancel(distribution)).toMatchObject({ status: 409, body: { code: 'CANCELLATION_TOO_LATE' } });
    expect((await issuer.post(`${pathOf(distribution)}/pay`)).status).toBe(202);
    await until(issuer, pathOf(distribution), ({ state }) => state === 'COMPLETED');
  });

  test('when the money was back already is not FUNDED again, also before the service has read that', async () => {
    const distribution = await funded();
    await halfCancelled(distribution, breakWhenConfirmed);
    await until(issuer, pathOf(distribution), ({ state }) => state === 'CANCELLED');
    const database = new pg.Client({ connectionString: platform.running.database.url });
    await database.connect();
    await database.query("update distributions set state = 'CANCELLING' where id = $1", [distribution.id]);
    await database.end();
    expect((await cancel(distribution)).status).toBe(202);
    await platform.running.app.get(Workflows).finished(`distribution-cancellation:${distribution.id}:1`);
    expect((await issuer.get(pathOf(distribution))).body.state).toBe('CANCELLING');
  });
});

test('what is not claimed in time goes back to the payer, and is not offered any more', async () => {
  const { client, wallets, deployment } = platform;
  const { distributor: address } = deployment.contracts;
  const distribution = await funded();
  const claim = async (): Promise<Answer> => {
    const { body } = await anna.api.get(`/v1/entitlements?distributionId=${distribution.id}`);
    expect(body.items).toHaveLength(1);
    return anna.api.get(`/v1/entitlements/${body.items[0].id}/claim`);
  };
  const args = [distribution.chainDistributionId] as const;
  const end = Number((await client.getBlock()).timestamp) + 366 * 86_400;
  const data = encodeFunctionData({ abi: distributorAbi, functionName: 'limitClaims', args: [...args, end] });
  const { app } = platform.running;
  const { id } = await app.get(Transactions).enqueue({ businessKey: 'test:limit', sender: 'payer', to: address, data });
  await app.get(Operations).confirmed(id);
  await wallets.advanceTo(new Date(end * 1_000));
  const offered = await claim();
  expect(offered.status).toBe(200);

  const before = await platform.money(localSender('payer'));
  await wallets.send(anna.account, { to: address, data: encodeFunctionData({ abi: distributorAbi, functionName: 'returnRest', args }) });
  const ended = await until(issuer, pathOf(distribution), ({ state }) => state === 'COMPLETED');
  expect(ended.totals).toMatchObject({ paid: '0', held: '0' });
  expect(await platform.money(localSender('payer'))).toBe(before + POOL);
  const { body } = await anna.api.get(`/v1/entitlements?distributionId=${distribution.id}`);
  expect(body.items).toMatchObject([{ state: 'RETURNED', paidTx: null, reason: null }]);
  const late = await claim();
  expect([late.status, late.body.code]).toEqual([409, 'ENTITLEMENT_NOT_CLAIMABLE']);
  expect(late.body.remedy).toMatch(/time to claim is over/);
  const { to, data: signed } = offered.body;
  await expect(client.call({ account: anna.account, to, data: signed })).rejects.toThrow(/revert/);
  expect((await issuer.post(`${pathOf(distribution)}/retry`)).body.code).toBe('DISTRIBUTION_STATE');
});
