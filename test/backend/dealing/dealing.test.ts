import { eq } from 'drizzle-orm';
import { encodeFunctionData, erc20Abi } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dealingDesks } from '../../../backend/src/dealing/dealing.tables.js';
import { LOCAL_INDEX } from '../../../backend/src/local/accounts.js';
import { localAccount } from '../../../backend/src/local/people.js';
import { Database } from '../../../backend/src/platform/database/database.js';
import { dealingAbi, securityTokenAbi } from '../../../contracts/generated/abi.js';
import type { Answer } from '../support/api.js';
import { bringInstrument, bringInvestor, DESK, give, members, refusal } from '../support/market.js';
import { approve, type Platform, startPlatform, until } from '../support/platform.js';
import { DAY, decided, HOUR, later, setFeed, submit } from '../valuations/rounds.js';

let platform: Platform;
let fund: Answer['body'];
let path: string;
let desk: Answer['body'];
let anna: Awaited<ReturnType<typeof bringInvestor>>;
let mei: Awaited<ReturnType<typeof bringInvestor>>;

beforeAll(async () => {
  platform = await startPlatform(new Date('2026-01-05T12:00:00Z'));
  const staff = await members(platform);
  fund = await bringInstrument(staff, 'DEALT');
  [anna, mei] = await Promise.all([bringInvestor(platform, staff, 'anna'), bringInvestor(platform, staff, 'mei')]);
  await setFeed(platform, fund.id, { maxValuationAgeSeconds: 10 * DAY });
});
afterAll(() => platform?.close());

const codeOf = ({ status, body }: Answer): [number, string] => [status, body?.code];
const subscribe = (person = anna, change: object = {}): Promise<Answer> =>
  person.api.post(`${path}/subscriptions`, { wallet: anna.account.address, amount: '1000', ...change });
const redeem = (units: string): Promise<Answer> => anna.api.post(`${path}/redemptions`, { wallet: anna.account.address, units });
const settle = (side: string): Promise<Answer> => platform.staff.issuer.post(`${path}/settle`, { side });
const requests = async (api = platform.staff.auditor): Promise<Answer['body']> => (await api.get(`${path}/requests`)).body;
const unitsOf = (): Promise<bigint> =>
  platform.client.readContract({ address: fund.token, abi: erc20Abi, functionName: 'balanceOf', args: [anna.account.address] });

/** What the contract may mint of the token in a day. */
async function mintCap(): Promise<bigint> {
  const args = [platform.deployment.contracts.dealing] as const;
  return (await platform.client.readContract({ address: fund.token, abi: securityTokenAbi, functionName: 'mintAllowance', args }))[0];
}

async function send({ body }: Answer): Promise<void> {
  for (const call of body.calls) await platform.wallets.send(anna.account, call);
}

test('a desk is opened by the issuer and an officer, on a feed', async () => {
  const { issuer, officer } = platform.staff;
  const draft = { ...DESK, instrumentId: fund.id };
  expect((await anna.api.post('/v1/dealing-desks', draft)).status).toBe(403);
  expect(codeOf(await issuer.post('/v1/dealing-desks', { ...draft, minSubscription: '0' }))).toEqual([400, 'TERMS_INVALID']);
  for (const dailyMintCap of ['0', '1000.01']) {
    expect(codeOf(await issuer.post('/v1/dealing-desks', { ...draft, dailyMintCap }))).toEqual([400, 'TERMS_INVALID']);
  }
  expect(codeOf(await issuer.post('/v1/dealing-desks', { ...draft, currency: 'EUR' }))).toEqual([400, 'CURRENCY_UNKNOWN']);
  const { status, body } = await issuer.post('/v1/dealing-desks', draft);
  expect([status, body.state]).toEqual([201, 'DRAFT']);
  path = `/v1/dealing-desks/${body.id}`;
  expect(codeOf(await subscribe())).toEqual([404, 'DESK_NOT_FOUND']);
  expect((await officer.get(`/v1/approvals/${body.approvalId}`)).body.payload.terms).toMatchObject({ dailyMintCap: '500' });
  expect((await approve(officer, body.approvalId)).status).toBe(200);
  desk = await until(issuer, path, ({ state }) => state !== 'OPENING');
  expect(desk).toMatchObject({ state: 'OPEN', failure: null, minSubscription: '100', dailyMintCap: '500' });
  expect(await mintCap()).toBe(50_000n);
});

test('nothing is subscribed while the value is unknown; a request is made by the investor’s own wallet', async () => {
  const unknown = await subscribe();
  expect(codeOf(unknown)).toEqual([422, 'VALUATION_UNKNOWN']);
  expect(unknown.body).toMatchObject({ detail: expect.stringContaining('no value'), remedy: expect.any(String) });
  await submit(platform, fund.id, { value: '100' });
  expect(codeOf(await subscribe(mei))).toEqual([403, 'WALLET_NOT_YOURS']);
  const asked = await subscribe();
  expect([asked.status, asked.body.cutOff, asked.body.notice]).toEqual([200, '2026-01-06T16:00:00.000Z', null]);
  await give(platform, anna.account.address, 1_000_000_000n);
  await send(asked);
  await until(platform.staff.auditor, `${path}/requests`, (all) => all.length === 1);
  expect(await requests()).toMatchObject([{ side: 'SUBSCRIPTION', index: 0, amount: '1000', state: 'PENDING', units: null }]);
  expect(await requests(anna.api)).toHaveLength(1);
  expect(await requests(mei.api)).toEqual([]);
});

test('while a round is held nothing is subscribed or settled, with the reason; the round that is approved prices the request', async () => {
  const { officer, officer2 } = platform.staff;
  await platform.wallets.advanceTo('2026-01-06T20:00:00Z');
  const round = await submit(platform, fund.id, { value: '103' });
  for (const answer of [await subscribe(), await settle('SUBSCRIPTION'), await settle('REDEMPTION')]) {
    expect(codeOf(answer)).toEqual([422, 'VALUATION_HELD']);
    expect(answer.body.detail).toMatch(new RegExp(`^Round ${round} of 103 is held, `));
  }
  const { body } = await officer.post(`/v1/instruments/${fund.id}/rounds/${round}/approve`, { reason: 'It is right.' });
  await later(platform, HOUR);
  await approve(officer2, body.approvalId);
  await decided(platform, body.id);

  expect((await settle('SUBSCRIPTION')).status).toBe(202);
  await until(platform.staff.auditor, `${path}/requests`, ([first]) => first.state !== 'PENDING');
  // 1,000 at 103, rounded down to the token's two decimals.
  expect(await requests()).toMatchObject([{ state: 'SETTLED', units: '9.7', money: '1000', held: null }]);
  expect(await unitsOf()).toBe(970n);
});

test('a redemption is taken at any time and says when it has to wait; it is settled once the value may be relied on', async () => {
  const { issuer, officer, officer2 } = platform.staff;
  const { body: halt } = await officer.post(`/v1/instruments/${fund.id}/feed/halt`, { reason: 'The administrator is late.' });
  await decided(platform, halt.id);
  const asked = await redeem('5');
  expect([asked.status, asked.body.notice]).toEqual([200, expect.stringMatching(/^The redemption will wait: The feed is halted/)]);
  await send(asked);
  await until(platform.staff.auditor, `${path}/requests`, (all) => all.length === 2);
  expect(codeOf(await settle('REDEMPTION'))).toEqual([422, 'VALUATION_HALTED']);

  const { body: resume } = await officer.post(`/v1/instruments/${fund.id}/feed/resume`, { reason: 'It has answered.' });
  await approve(officer2, resume.approvalId);
  await until(officer, `/v1/feed-decisions/${resume.id}`, async ({ state }) => {
    if (state !== 'DONE') await later(platform, HOUR);
    return state === 'DONE';
  });
  await later(platform, DAY);
  await submit(platform, fund.id, { value: '103.1' });
  await fundPool(1_000_000_000n);
  expect((await settle('REDEMPTION')).status).toBe(202);
  await until(issuer, `${path}/requests`, ([, second]) => second.state !== 'PENDING');
  expect((await requests())[1]).toMatchObject({ side: 'REDEMPTION', amount: '5', state: 'SETTLED', units: '5', money: '515.5' });
  expect(await unitsOf()).toBe(470n);
  expect((await issuer.get(path)).body.failure).toBeNull();
});

test('a redemption of more than a day’s is refused before the wallet signs, and the contract would refuse it', async () => {
  const refused = await redeem('100.01');
  expect(codeOf(refused)).toEqual([422, 'REDEMPTION_TOO_LARGE']);
  expect(refused.body).toMatchObject({ limit: '100', remedy: expect.stringContaining('100 units at most') });
  const { dealing: address } = platform.deployment.contracts;
  const call = { address, abi: dealingAbi, functionName: 'redeem', args: [desk.chainDeskId, 10_001n], account: anna.account } as const;
  expect(await refusal(platform.client.simulateContract(call))).toMatchObject({ name: 'RequestTooLarge', args: [10_001n, 10_000n] });
  expect((await redeem('100')).status).toBe(200);
});

test('the desk that is opened last sets how much may be minted in a day', async () => {
  const { issuer, officer } = platform.staff;
  const { body } = await issuer.post('/v1/dealing-desks', { ...DESK, dailyMintCap: '20.5', instrumentId: fund.id });
  await approve(officer, body.approvalId);
  const second = await until(issuer, `/v1/dealing-desks/${body.id}`, ({ state }) => state !== 'DRAFT' && state !== 'OPENING');
  expect(second).toMatchObject({ state: 'OPEN', dailyMintCap: '20.5' });
  expect(await mintCap()).toBe(2_050n);
});

test('a desk that was drafted before a cap was stated is opened with all authorised units, as its officer saw it then', async () => {
  const { issuer, officer } = platform.staff;
  const { body } = await issuer.post('/v1/dealing-desks', { ...DESK, instrumentId: fund.id });
  const { query } = platform.running.app.get(Database);
  await query.update(dealingDesks).set({ dailyMintCap: null }).where(eq(dealingDesks.id, body.id));
  await approve(officer, body.approvalId);
  const old = await until(issuer, `/v1/dealing-desks/${body.id}`, ({ state }) => state !== 'DRAFT' && state !== 'OPENING');
  expect(old).toMatchObject({ state: 'OPEN', dailyMintCap: null });
  expect(await mintCap()).toBe(100_000n);
});

/** Money for redemptions, from the treasury. */
async function fundPool(amount: bigint): Promise<void> {
  const { dealing, stablecoin } = platform.deployment.contracts;
  const treasury = localAccount(LOCAL_INDEX.treasury);
  await give(platform, treasury.address, amount);
  await platform.wallets.send(treasury, {
    to: stablecoin,
    data: encodeFunctionData({ abi: erc20Abi, functionName: 'approve', args: [dealing, amount] }),
  });
  const data = encodeFunctionData({ abi: dealingAbi, functionName: 'fund', args: [desk.chainDeskId, amount] });
  await platform.wallets.send(treasury, { to: dealing, data });
}
