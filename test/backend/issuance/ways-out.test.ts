import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Operations } from '../../../backend/src/chain/operations.js';
import type { Api } from '../support/api.js';
import { OFFERING, refusal, saleEnded, settle } from '../support/market.js';
import { approve, type Platform, startPlatform, until } from '../support/platform.js';
import { inOneBlock, pooled } from '../support/pool.js';
import { bringSales, DAY, type Order, type Person, PURSE, type Sale, type Sales } from './sales.js';

/** IOffering.State */
const FAILED = 3;
const CANCELLED = 4;
const GAS = 1_000_000n;

let platform: Platform;
let sales: Sales;
let issuer: Api;
let officer: Api;
let anna: Person;
let mei: Person;

beforeAll(async () => {
  platform = await startPlatform(new Date('2026-01-05T00:00:00Z'));
  ({ issuer, officer } = platform.staff);
  sales = await bringSales(platform, 'WAYS-OUT');
  ({ anna, mei } = sales);
});
afterAll(() => platform?.close());

const stateOnChain = async ({ chainId }: Sale) =>
  (await platform.client.readContract({ ...sales.contract, functionName: 'totalsOf', args: [chainId] })).state;

/** What was done to an offering or a subscription, oldest first. */
async function deeds(subject: string): Promise<string[]> {
  const { body } = await platform.staff.auditor.get(`/v1/audit-events?limit=100&subject=${subject}`);
  return body.items.map(({ action }: { action: string }) => action).reverse();
}

/** Refused with a code; the state and the money stay as they were. */
async function refused(what: { path: string }, how: string, status: number, code: string, by: Api = issuer): Promise<void> {
  const seen = async () => [await sales.stateOf(what), await sales.purses(), await sales.escrow(), await sales.supply()];
  const before = await seen();
  const answer = await by.post(`${what.path}/${how}`);
  expect([how, answer.status, answer.body?.code]).toEqual([how, status, code]);
  expect(await seen()).toEqual(before);
}

describe('an offering that is called off', () => {
  test('is not while it is a draft, or by somebody who is not the issuer', async () => {
    const offering = await sales.open([]);
    for (const by of [officer, anna.api]) expect((await by.post(`${offering.path}/cancel`)).status).toBe(403);
    expect(await sales.stateOf(offering)).toBe('OPEN');

    const dates = { opensAt: '2026-06-01T00:00:00Z', closesAt: '2026-06-02T00:00:00Z', settleBy: '2026-06-03T00:00:00Z' };
    const { body: drafted } = await issuer.post('/v1/offerings', { ...OFFERING, ...dates, instrumentId: sales.fund.id });
    const draft = { path: `/v1/offerings/${drafted.id}` };
    await refused(draft, 'cancel', 409, 'OFFERING_STATE');
    await approve(officer, drafted.approvalId);
    await refused(draft, 'cancel', 409, 'OFFERING_STATE');
    expect((await issuer.post('/v1/offerings/00000000-0000-7000-8000-000000000000/cancel')).body.code).toBe('OFFERING_NOT_FOUND');
  });

  test('before anybody has paid is over: nobody subscribes or pays any more', async () => {
    const offering = await sales.open([]);
    const { path, signed } = await sales.signedOrder(anna, offering.id, '10');
    const { status, body } = await issuer.post(`${offering.path}/cancel`);
    expect([status, body.state]).toEqual([202, 'CANCELLING']);
    await saleEnded(issuer, offering.id, 'REFUNDED');
    expect(await stateOnChain(offering)).toBe(CANCELLED);

    const again = await anna.api.post('/v1/subscriptions', { offeringId: offering.id, wallet: anna.account.address, units: '10' });
    expect([again.status, again.body.code]).toEqual([409, 'OFFERING_NOT_OPEN']);
    const { order: accepted, signature } = signed.payment;
    const late = { ...accepted, units: BigInt(accepted.units), validUntil: Number(accepted.validUntil) };
    const paying = { ...sales.contract, functionName: 'pay', args: [late, signature], account: anna.account } as const;
    expect(await refusal(platform.client.simulateContract(paying))).toEqual({
      name: 'OfferingStateInvalid',
      args: [offering.chainId, CANCELLED],
    });
    expect((await anna.api.get(path)).body).toMatchObject({ state: 'AWAITING_FUNDS', refunded: null });
    expect(await sales.purses()).toEqual([PURSE, PURSE]);
    for (const how of ['cancel', 'close', 'allocate']) await refused(offering, how, 409, 'OFFERING_STATE');
    expect((await deeds(`offering:${offering.id}`)).slice(-3)).toEqual(['offering.cancelling', 'offering.failed', 'offering.refunded']);
  });

  test('gives everybody his money back, also while an officer looks at the allocation', async () => {
    const before = await sales.supply();
    const offering = await sales.open([
      [anna, '40'],
      [mei, '60'],
    ]);
    expect(await sales.escrow()).toBe(250_000_000n);
    const approvalId = await sales.closedAndAllocated(offering);
    expect((await issuer.post(`${offering.path}/cancel`)).status).toBe(202);
    await saleEnded(issuer, offering.id, 'REFUNDED');

    expect(await sales.purses()).toEqual([PURSE, PURSE]);
    expect(await sales.escrow()).toBe(0n);
    const refunds = await Promise.all(offering.orders.map(async ({ path }) => (await issuer.get(path)).body));
    expect(refunds).toMatchObject([
      { state: 'REFUNDED', refunded: '100', allocatedUnits: null },
      { state: 'REFUNDED', refunded: '150', allocatedUnits: null },
    ]);
    const late = await approve(officer, approvalId);
    expect([late.status, late.body.code]).toEqual([409, 'OFFERING_STATE']);
    expect(await sales.supply()).toBe(before);
    for (const placed of offering.orders) await refused(placed, 'refund', 409, 'SUBSCRIPTION_STATE');
  });

  test('is not any more once it is settled', async () => {
    const before = await sales.units(anna);
    const offering = await sales.open([[anna, '40']]);
    await settle(platform, offering.id);
    await refused(offering, 'cancel', 409, 'OFFERING_STATE');
    expect(await sales.units(anna)).toBe(before + 4_000n);
    expect(await sales.purses()).toEqual([PURSE - 100_000_000n, PURSE]);
  });

  test('in the moment in which an investor closes it below its soft cap gives the money back all the same', async () => {
    const offering = await sales.open([[anna, '10']], { softCap: '50' });
    await platform.wallets.advanceTo(offering.closesAt);
    await inOneBlock(platform, async () => {
      const first = { gas: GAS, maxPriorityFeePerGas: 50_000_000_000n, maxFeePerGas: 500_000_000_000n };
      await platform.client.writeContract({
        ...sales.contract,
        functionName: 'close',
        args: [offering.chainId],
        account: anna.account,
        ...first,
      });
      expect((await issuer.post(`${offering.path}/cancel`)).body).toMatchObject({ state: 'CANCELLING' });
      await pooled(platform, 2);
    });
    await saleEnded(issuer, offering.id, 'REFUNDED');
    const operation = await platform.running.app.get(Operations).find(`offering-cancel:${offering.id}:1`);
    expect(operation).toMatchObject({ state: 'REVERTED', error: { name: 'OfferingStateInvalid' } });
    expect(await stateOnChain(offering)).toBe(FAILED);
    expect(await sales.purses()).toEqual([PURSE, PURSE]);
    expect(await sales.escrow()).toBe(0n);
  });
});

test('what cannot be shared out up to the soft cap is not delivered, and goes back when the offering is called off', async () => {
  const before = await sales.supply();
  const orders: [Person, string][] = [
    [anna, '95'],
    [mei, '40'],
  ];
  // 135 are subscribed, 100 promised; after 95 the 5 that are left are less than the least that is sold.
  const offering = await sales.open(orders, { softCap: '100', hardCap: '100', allocation: 'FCFS' });
  await issuer.post(`${offering.path}/close`);
  await sales.reached(offering, 'CLOSED');
  await refused(offering, 'allocate', 422, 'ALLOCATION_BELOW_SOFT_CAP');
  expect((await issuer.get(offering.path)).body).toMatchObject({ state: 'CLOSED', allocationApprovalId: null });
  expect((await issuer.get(`${offering.path}/allocation`)).body).toMatchObject({ demand: '135', allocated: '95' });

  expect((await issuer.post(`${offering.path}/cancel`)).status).toBe(202);
  await saleEnded(issuer, offering.id, 'REFUNDED');
  expect(await sales.purses()).toEqual([PURSE, PURSE]);
  expect(await sales.escrow()).toBe(0n);
  expect(await sales.supply()).toBe(before);
});

describe('a settlement that the chain refuses', () => {
  test('is called off while nothing is delivered: every payment goes back', async () => {
    const before = await sales.supply();
    const offering = await sales.open([
      [anna, '40'],
      [mei, '60'],
    ]);
    const approvalId = await sales.closedAndAllocated(offering);
    await platform.wallets.advanceTo(offering.settleBy);
    expect((await approve(officer, approvalId)).status).toBe(200);
    await saleEnded(issuer, offering.id, 'REFUNDED');

    expect(await stateOnChain(offering)).toBe(CANCELLED);
    expect(await sales.purses()).toEqual([PURSE, PURSE]);
    expect(await sales.escrow()).toBe(0n);
    expect(await sales.supply()).toBe(before);
    expect(await Promise.all(offering.orders.map(sales.stateOf))).toEqual(['REFUNDED', 'REFUNDED']);
    const { body } = await platform.staff.auditor.get(`/v1/audit-events?subject=offering:${offering.id}&action=offering.settlement-failed`);
    expect(body.items).toMatchObject([{ result: 'FAILED', payload: { settled: '0', reason: expect.stringMatching(/SettlementOver/) } }]);
  });

  test('halfway leaves what is delivered and sends the rest back', async () => {
    const { client } = platform;
    const before = { anna: await sales.units(anna), mei: await sales.units(mei) };
    // Eight orders are delivered in one transaction: Mei's last is the ninth.
    const offering = await sales.open([...Array(4).fill([anna, '10']), ...Array(5).fill([mei, '10'])]);
    const approvalId = await sales.closedAndAllocated(offering);
    await platform.wallets.advanceTo(new Date(Date.parse(offering.settleBy) - 2.5 * DAY * 1_000));
    // Allocation, first delivery, second delivery: a day passes with each, and the second comes too late.
    await client.setBlockTimestampInterval({ interval: DAY });
    try {
      expect((await approve(officer, approvalId)).status).toBe(200);
      await saleEnded(issuer, offering.id, 'COMPLETED');
    } finally {
      await client.removeBlockTimestampInterval();
    }
    expect(await Promise.all(offering.orders.map(sales.stateOf))).toEqual([...Array(8).fill('SETTLED'), 'REFUNDED']);
    expect([await sales.units(anna), await sales.units(mei)]).toEqual([before.anna + 4_000n, before.mei + 4_000n]);
    expect(await sales.purses()).toEqual([PURSE - 100_000_000n, PURSE - 100_000_000n]);
    expect(await sales.escrow()).toBe(0n);
    expect(await deeds(`offering:${offering.id}`)).toContain('offering.settlement-failed');
  });
});

describe('an order that is held', () => {
  const GROUNDS = { legalBasis: 'COURT_ORDER', reference: 'District court 4' };
  let freezeId: string;

  /** Mei is frozen between payment and delivery, until `release`. */
  async function held(): Promise<{ offering: Sale; placed: Order }> {
    const offering = await sales.open([
      [anna, '10'],
      [mei, '20'],
    ]);
    const wallet = mei.account.address;
    const { body } = await officer.post('/v1/freezes', { instrumentId: sales.fund.id, wallet, reasonCode: 'LEGAL_ORDER', ...GROUNDS });
    freezeId = body.id;
    await until(officer, `/v1/freezes/${freezeId}`, ({ state }) => state === 'ACTIVE');
    await settle(platform, offering.id);
    const [, placed] = offering.orders as [Order, Order];
    expect(await sales.stateOf(placed)).toBe('HELD');
    expect(await sales.escrow()).toBe(50_000_000n);
    return { offering, placed };
  }

  async function release(): Promise<void> {
    const { body } = await officer.post(`/v1/freezes/${freezeId}/release`, GROUNDS);
    await approve(platform.staff.officer2, body.releaseApprovalId);
    await until(officer, `/v1/freezes/${freezeId}`, ({ state }) => state === 'RELEASED');
  }

  const times = async ({ id }: Order, action: string) => (await deeds(`subscription:${id}`)).filter((deed) => deed === action).length;

  test('stays held while its cause lasts, is delivered once that is gone, and then it is over', async () => {
    const before = { supply: await sales.supply(), mei: await sales.units(mei), treasury: await platform.money(OFFERING.settlementWallet) };
    const { placed } = await held();
    expect((await issuer.post(`${placed.path}/settle`)).status).toBe(202);
    await until(issuer, placed.path, async () => (await times(placed, 'subscription.held')) === 2);
    expect((await issuer.get(placed.path)).body).toMatchObject({ state: 'HELD', held: expect.stringMatching(/frozen/i) });
    expect(await sales.units(mei)).toBe(before.mei);
    expect(await sales.escrow()).toBe(50_000_000n);

    await release();
    expect((await issuer.post(`${placed.path}/settle`)).status).toBe(202);
    await sales.reached(placed, 'SETTLED');
    expect((await mei.api.get(placed.path)).body).toMatchObject({ allocatedUnits: '20', refunded: '0', held: null });
    expect(await sales.units(mei)).toBe(before.mei + 2_000n);
    expect(await sales.supply()).toBe(before.supply + 3_000n);
    expect(await platform.money(OFFERING.settlementWallet)).toBe(before.treasury + 75_000_000n);
    expect(await sales.escrow()).toBe(0n);
    for (const how of ['settle', 'refund']) await refused(placed, how, 409, 'SUBSCRIPTION_STATE');
  });

  test('is paid back, to the wallet that paid, once', async () => {
    const before = await sales.units(mei);
    const { placed } = await held();
    await inOneBlock(platform, async () => {
      for (let asked = 0; asked < 2; asked++) expect((await issuer.post(`${placed.path}/refund`)).status).toBe(202);
      await pooled(platform, 2);
    });
    await sales.reached(placed, 'REFUNDED');
    expect((await mei.api.get(placed.path)).body).toMatchObject({ refunded: '50', settledTx: null });
    expect(await sales.purses()).toEqual([PURSE - 25_000_000n, PURSE]);
    expect(await sales.escrow()).toBe(0n);
    expect(await times(placed, 'subscription.refunded')).toBe(1);
    await release();
    for (const how of ['settle', 'refund']) await refused(placed, how, 409, 'SUBSCRIPTION_STATE');
    expect(await sales.units(mei)).toBe(before);
  });

  test('that is delivered and paid back at the same time is only the first of the two', async () => {
    const before = await sales.units(mei);
    const { placed } = await held();
    await release();
    await inOneBlock(platform, async () => {
      for (const how of ['settle', 'refund']) expect((await issuer.post(`${placed.path}/${how}`)).status).toBe(202);
      await pooled(platform, 2);
    });
    await sales.reached(placed, 'SETTLED');
    expect(await sales.units(mei)).toBe(before + 2_000n);
    expect(await sales.purses()).toEqual([PURSE - 25_000_000n, PURSE - 50_000_000n]);
    expect(await sales.escrow()).toBe(0n);
  });

  test('is not delivered after the time to settle, but paid back', async () => {
    const { offering, placed } = await held();
    await release();
    await platform.wallets.advanceTo(offering.settleBy);
    await refused(placed, 'settle', 422, 'CHAIN_REFUSED');
    expect((await issuer.post(`${placed.path}/refund`)).status).toBe(202);
    await sales.reached(placed, 'REFUNDED');
    expect(await sales.purses()).toEqual([PURSE - 25_000_000n, PURSE]);
  });

  test('is for the issuer to decide about, and no other order is', async () => {
    const offering = await sales.open([[anna, '10']]);
    const [paid] = offering.orders as [Order];
    const signed = await sales.signedOrder(mei, offering.id, '10');
    for (const how of ['settle', 'refund']) {
      for (const placed of [paid, signed]) await refused(placed, how, 409, 'SUBSCRIPTION_STATE');
      for (const by of [officer, anna.api]) expect((await by.post(`${paid.path}/${how}`)).status).toBe(403);
      const unknown = await issuer.post(`/v1/subscriptions/${offering.id}/${how}`);
      expect([unknown.status, unknown.body.code]).toEqual([404, 'SUBSCRIPTION_NOT_FOUND']);
    }
    await settle(platform, offering.id);
    for (const how of ['settle', 'refund']) await refused(paid, how, 409, 'SUBSCRIPTION_STATE');
    const { offeringId, orderId } = paid.chain;
    const back = { ...sales.contract, functionName: 'refund', args: [offeringId, orderId], account: anna.account } as const;
    expect(await refusal(platform.client.simulateContract(back))).toMatchObject({ name: 'OrderStateInvalid' });
  });
});
