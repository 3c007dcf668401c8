import { encodeFunctionData, erc20Abi, type Hex } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LOCAL_INDEX } from '../../../backend/src/local/accounts.js';
import { localAccount } from '../../../backend/src/local/people.js';
import { dealingAbi } from '../../../contracts/generated/abi.js';
import type { Answer } from '../support/api.js';
import { bringInstrument, bringInvestor, DESK, give, members } from '../support/market.js';
import { approve, type Platform, startPlatform, until } from '../support/platform.js';
import { DAY, later, setFeed, submit } from '../valuations/rounds.js';

const TERMS = { ...DESK, settleWithinSeconds: 5 * DAY };
const [SUBSCRIPTION, REDEMPTION] = ['SUBSCRIPTION', 'REDEMPTION'] as const;
const LUSD = 1_000_000n;

let platform: Platform;
let fund: Answer['body'];
let path: string;
let chainDeskId: Hex;
let anna: Awaited<ReturnType<typeof bringInvestor>>;

beforeAll(async () => {
  platform = await startPlatform(new Date('2026-01-05T12:00:00Z'));
  const { issuer, officer } = platform.staff;
  const staff = await members(platform);
  fund = await bringInstrument(staff, 'SOLD');
  anna = await bringInvestor(platform, staff, 'anna');
  await setFeed(platform, fund.id, { maxValuationAgeSeconds: 10 * DAY });
  await submit(platform, fund.id, { value: '100' });
  const { body: draft } = await issuer.post('/v1/dealing-desks', { ...TERMS, instrumentId: fund.id });
  path = `/v1/dealing-desks/${draft.id}`;
  await approve(officer, draft.approvalId);
  ({ chainDeskId } = await until(issuer, path, ({ state }) => state === 'OPEN'));
  await give(platform, anna.account.address, 10_000n * LUSD);
});
afterAll(() => platform?.close());

const codeOf = ({ status, body }: Answer): [number, string] => [status, body?.code];
const act = (what: string, body: object = {}): Promise<Answer> => platform.staff.issuer.post(`${path}/${what}`, body);
const desk = (wanted: (desk: Answer['body']) => boolean): Promise<Answer['body']> => until(platform.staff.issuer, path, wanted);

/** Makes a request with the wallet and waits until the service knows it. */
async function ask(what: 'subscriptions' | 'redemptions', amount: string): Promise<void> {
  const known = (await platform.staff.auditor.get(`${path}/requests`)).body.length;
  const given = what === 'subscriptions' ? { amount } : { units: amount };
  const { body } = await anna.api.post(`${path}/${what}`, { wallet: anna.account.address, ...given });
  for (const call of body.calls) await platform.wallets.send(anna.account, call);
  await until(platform.staff.auditor, `${path}/requests`, (all) => all.length > known);
}

/** Waits until a request is as wanted. */
async function becomes(side: string, index: number, state: string): Promise<void> {
  await until(platform.staff.auditor, `${path}/requests`, (all) =>
    all.some((one: Answer['body']) => one.side === side && one.index === index && one.state === state),
  );
}

/** The next cut-off passes, and a round after it is published. */
async function nextRound(): Promise<void> {
  await later(platform, DAY);
  await submit(platform, fund.id, { value: '100' });
}

async function audited(action: string): Promise<Answer['body'][]> {
  return (await platform.staff.auditor.get(`/v1/audit-events?subject=dealing-desk:${path.split('/').at(-1)}&action=${action}`)).body.items;
}

async function cutOffsPriced(): Promise<number[]> {
  const { dealing: address } = platform.deployment.contracts;
  const logs = await platform.client.getContractEvents({ address, abi: dealingAbi, eventName: 'CutOffPriced', fromBlock: 0n });
  return logs.map(({ args }) => Number(args.cutOff));
}

/** Money for redemptions, from the treasury. */
async function fundPool(amount: bigint): Promise<void> {
  const { dealing, stablecoin } = platform.deployment.contracts;
  const treasury = localAccount(LOCAL_INDEX.treasury);
  const approval = encodeFunctionData({ abi: erc20Abi, functionName: 'approve', args: [dealing, amount] });
  await give(platform, treasury.address, amount);
  await platform.wallets.send(treasury, { to: stablecoin, data: approval });
  const data = encodeFunctionData({ abi: dealingAbi, functionName: 'fund', args: [chainDeskId, amount] });
  await platform.wallets.send(treasury, { to: dealing, data });
}

test('only what waits and may still be settled is priced', async () => {
  await ask('subscriptions', '100');
  const data = encodeFunctionData({ abi: dealingAbi, functionName: 'cancel', args: [chainDeskId, 0, 0n] });
  await platform.wallets.send(anna.account, { to: platform.deployment.contracts.dealing, data });
  await becomes(SUBSCRIPTION, 0, 'CANCELLED');
  await nextRound();
  await ask('subscriptions', '100');
  await later(platform, 6 * DAY);
  await nextRound();
  await ask('subscriptions', '2000');
  const { body: all } = await platform.staff.auditor.get(`${path}/requests`);
  await nextRound();
  expect((await act('settle', { side: SUBSCRIPTION })).status).toBe(202);
  await becomes(SUBSCRIPTION, 2, 'SETTLED');
  expect(await cutOffsPriced()).toEqual([Date.parse(all[2].cutOff) / 1_000]);
});

test('two who price the same cut-off at once both go on to settle', async () => {
  await fundPool(200n * LUSD);
  await ask('subscriptions', '100');
  await ask('redemptions', '2');
  await nextRound();
  const before = (await cutOffsPriced()).length;
  await platform.client.setAutomine(false);
  await Promise.all([SUBSCRIPTION, REDEMPTION].map((side) => act('settle', { side })));
  await expect.poll(async () => (await platform.client.getTxpoolStatus()).pending, { timeout: 30_000 }).toBe(2);
  await platform.client.mine({ blocks: 1 });
  await platform.client.setAutomine(true);
  await becomes(SUBSCRIPTION, 3, 'SETTLED');
  await becomes(REDEMPTION, 0, 'SETTLED');
  expect(await cutOffsPriced()).toHaveLength(before + 1);
  await expect.poll(async () => (await audited('dealing-desk.settled')).length, { timeout: 30_000 }).toBe(3);
  expect(await audited('dealing-desk.settlement-failed')).toEqual([]);
});

test('a pool that is short is told, not taken for settled', async () => {
  await ask('redemptions', '5');
  await nextRound();
  await act('settle', { side: REDEMPTION });
  const { failure } = await desk((now) => now.failure !== null);
  expect(failure).toBe('The pool lacks 500 LUSD for redemption 1: fund it, then settle again.');
  expect(await audited('dealing-desk.pool-short')).toMatchObject([{ result: 'FAILED', payload: { failure } }]);
  await fundPool(500n * LUSD);
  await act('settle', { side: REDEMPTION });
  await becomes(REDEMPTION, 1, 'SETTLED');
  await desk((now) => now.failure === null);
});

test('a held request is tried again by the issuer, or given back with an officer', async () => {
  const { auditor, officer, officer2 } = platform.staff;
  await ask('subscriptions', '300');
  await ask('subscriptions', '400');
  const order = {
    instrumentId: fund.id,
    wallet: anna.account.address,
    reasonCode: 'LEGAL_ORDER',
    legalBasis: 'COURT_ORDER',
    reference: 'AG 1',
  };
  const { body: freeze } = await officer.post('/v1/freezes', order);
  await until(officer, `/v1/freezes/${freeze.id}`, ({ state }) => state === 'ACTIVE');
  await nextRound();
  const retry = { side: SUBSCRIPTION, indexes: [4] };
  expect(codeOf(await act('retry', retry))).toEqual([409, 'REQUEST_STATE']);
  await act('settle', { side: SUBSCRIPTION });
  await becomes(SUBSCRIPTION, 5, 'HELD');

  const refund = { side: SUBSCRIPTION, index: 5 };
  expect((await auditor.post(`${path}/refund`, refund)).status).toBe(403);
  expect((await anna.api.post(`${path}/retry`, retry)).status).toBe(403);
  expect(codeOf(await act('refund', { side: SUBSCRIPTION, index: 9 }))).toEqual([404, 'REQUEST_NOT_FOUND']);
  expect(codeOf(await act('refund', { side: SUBSCRIPTION, index: 3 }))).toEqual([409, 'REQUEST_STATE']);
  const money = await platform.money(anna.account.address);
  const { body: proposal } = await act('refund', refund);
  const { body: asked } = await officer.get(`/v1/approvals/${proposal.approvalId}`);
  expect(asked.payload).toMatchObject({ ...refund, wallet: anna.account.address, amount: '400' });
  expect((await approve(officer, proposal.approvalId)).status).toBe(200);
  await becomes(SUBSCRIPTION, 5, 'REFUNDED');
  expect(await platform.money(anna.account.address)).toBe(money + 400n * LUSD);

  const { body: release } = await officer.post(`/v1/freezes/${freeze.id}/release`, { legalBasis: 'COURT_ORDER', reference: 'AG 2' });
  await approve(officer2, release.releaseApprovalId);
  await until(officer, `/v1/freezes/${freeze.id}`, ({ state }) => state === 'RELEASED');
  expect((await act('retry', retry)).status).toBe(202);
  await becomes(SUBSCRIPTION, 4, 'SETTLED');
});

test('money leaves the pool with an officer’s approval', async () => {
  const { officer, auditor } = platform.staff;
  await fundPool(70n * LUSD);
  const treasury = await platform.money(TERMS.settlementWallet);
  expect((await auditor.post(`${path}/withdraw`, { amount: '70' })).status).toBe(403);
  expect(codeOf(await act('withdraw', { amount: '0' }))).toEqual([400, 'TERMS_INVALID']);
  const { body: proposal } = await act('withdraw', { amount: '70' });
  expect(await platform.money(TERMS.settlementWallet)).toBe(treasury);
  const { body: asked } = await officer.get(`/v1/approvals/${proposal.approvalId}`);
  expect(asked.payload).toMatchObject({ amount: '70', currency: 'LUSD', settlementWallet: TERMS.settlementWallet });
  await approve(officer, proposal.approvalId);
  await expect.poll(async () => (await audited('dealing-desk.withdrawn')).length, { timeout: 30_000 }).toBe(1);
  expect(await platform.money(TERMS.settlementWallet)).toBe(treasury + 70n * LUSD);

  const { body: more } = await act('withdraw', { amount: '1' });
  await approve(officer, more.approvalId);
  expect((await desk((now) => now.failure !== null)).failure).toContain('PoolExceeded');
  expect(await audited('dealing-desk.withdraw-failed')).toHaveLength(1);
});

test('a desk that is closed takes no more requests, and what was asked before is still settled', async () => {
  await ask('redemptions', '1');
  expect((await anna.api.post(`${path}/close`)).status).toBe(403);
  expect((await act('close')).status).toBe(202);
  await desk(({ state }) => state === 'CLOSED');
  expect(codeOf(await act('close'))).toEqual([409, 'DESK_NOT_OPEN']);
  const wallet = anna.account.address;
  expect(codeOf(await anna.api.post(`${path}/redemptions`, { wallet, units: '1' }))).toEqual([409, 'DESK_NOT_OPEN']);
  await fundPool(100n * LUSD);
  await nextRound();
  expect((await act('settle', { side: REDEMPTION })).status).toBe(202);
  await becomes(REDEMPTION, 2, 'SETTLED');
});
