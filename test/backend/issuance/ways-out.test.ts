import { type Address, erc20Abi, type Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { offeringAbi } from '../../../contracts/generated/abi.js';
import type { Answer, Api } from '../support/api.js';
import {
  bringInstrument,
  bringInvestor,
  give,
  members,
  OFFERING,
  openOffering,
  order,
  payOrder,
  refusal,
  saleEnded,
  settle,
} from '../support/market.js';
import { approve, type Platform, startPlatform, until } from '../support/platform.js';

const DAY = 86_400;
/** What each investor has before each sale, minor units. */
const PURSE = 250_000_000n;
/** IOffering.State */
const FAILED = 3;
const CANCELLED = 4;
const GAS = 1_000_000n;

type Person = Awaited<ReturnType<typeof bringInvestor>>;
type Order = { buyer: Person; id: string; path: string; chain: { offeringId: Hex; orderId: Hex } };
type Sale = { id: string; path: string; chainId: Hex; closesAt: string; settleBy: string; orders: Order[] };

let platform: Platform;
let issuer: Api;
let officer: Api;
let fund: Answer['body'];
let anna: Person;
let mei: Person;

beforeAll(async () => {
  platform = await startPlatform(new Date('2026-01-05T00:00:00Z'));
  ({ issuer, officer } = platform.staff);
  const staff = await members(platform);
  fund = await bringInstrument(staff, 'WAYS-OUT');
  [anna, mei] = await Promise.all([bringInvestor(platform, staff, 'anna'), bringInvestor(platform, staff, 'mei')]);
});
afterAll(() => platform?.close());

const contract = () => ({ address: platform.deployment.contracts.offering, abi: offeringAbi });
const supply = () => platform.client.readContract({ address: fund.token, abi: erc20Abi, functionName: 'totalSupply' });
const escrow = () => platform.money(contract().address);
const units = ({ account }: Person) =>
  platform.client.readContract({ address: fund.token as Address, abi: erc20Abi, functionName: 'balanceOf', args: [account.address] });
const purses = () => Promise.all([anna, mei].map(({ account }) => platform.money(account.address)));
const stateOf = async ({ path }: { path: string }): Promise<string> => (await issuer.get(path)).body.state;
const reached = ({ path }: { path: string }, wanted: string) => until(issuer, path, ({ state }) => state === wanted);
const stateOnChain = async ({ chainId }: Sale) =>
  (await platform.client.readContract({ ...contract(), functionName: 'totalsOf', args: [chainId] })).state;

/** What was done to an offering or a subscription, oldest first. */
async function deeds(subject: string): Promise<string[]> {
  const { body } = await platform.staff.auditor.get(`/v1/audit-events?limit=100&subject=${subject}`);
  return body.items.map(({ action }: { action: string }) => action).reverse();
}

async function signedOrder(buyer: Person, offeringId: string, asked: string): Promise<Order & { signed: Answer['body'] }> {
  const signed = await order(buyer, offeringId, asked);
  const { offeringId: chainId, orderId } = signed.payment.order;
  return { buyer, id: signed.id, path: `/v1/subscriptions/${signed.id}`, chain: { offeringId: chainId, orderId }, signed };
}

/** A sale that is open, with everybody's purse full before these orders are paid. */
async function sale(orders: [Person, string][], terms: object = {}): Promise<Sale> {
  const now = Number((await platform.client.getBlock()).timestamp);
  const at = (days: number) => new Date((now + days * DAY) * 1_000).toISOString();
  const [opensAt, closesAt, settleBy] = [at(1), at(3), at(13)];
  const drafted = { ...OFFERING, softCap: '10', opensAt, closesAt, settleBy, instrumentId: fund.id, ...terms };
  const { id, chainOfferingId } = await openOffering(platform, drafted);
  await platform.wallets.advanceTo(opensAt);
  for (const { account } of [anna, mei]) await give(platform, account.address, PURSE);
  const paid: Order[] = [];
  for (const [buyer, asked] of orders) {
    const { signed, ...placed } = await signedOrder(buyer, id, asked);
    await payOrder(platform, buyer, signed);
    paid.push(placed);
  }
  return { id, path: `/v1/offerings/${id}`, chainId: chainOfferingId, closesAt, settleBy, orders: paid };
}

/** @returns the approval that starts the settlement */
async function closedAndAllocated(offering: Sale): Promise<string> {
  await issuer.post(`${offering.path}/close`);
  await reached(offering, 'CLOSED');
  const { status, body } = await issuer.post(`${offering.path}/allocate`);
  expect(status).toBe(202);
  return body.allocationApprovalId;
}

/** Everything that happens in between is mined in one block. */
async function inOneBlock(happens: () => Promise<void>): Promise<void> {
  const { client } = platform;
  await client.setAutomine(false);
  try {
    await happens();
  } finally {
    await client.mine({ blocks: 1 });
    await client.setAutomine(true);
  }
}

async function pending(transactions: number): Promise<void> {
  await until(issuer, '/v1/offerings?limit=1', async () => Number((await platform.client.getTxpoolStatus()).pending) === transactions);
}

/** Refused with a code; the state and the money stay as they were. */
async function refused(what: { path: string }, how: string, status: number, code: string, by: Api = issuer): Promise<void> {
  const seen = async () => [await stateOf(what), await purses(), await escrow(), await supply()];
  const before = await seen();
  const answer = await by.post(`${what.path}/${how}`);
  expect([how, answer.status, answer.body?.code]).toEqual([how, status, code]);
  expect(await seen()).toEqual(before);
}

describe('an offering that is called off', () => {
  test('is not while it is a draft, or by somebody who is not the issuer', async () => {
    const offering = await sale([]);
    for (const by of [officer, anna.api]) expect((await by.post(`${offering.path}/cancel`)).status).toBe(403);
    expect(await stateOf(offering)).toBe('OPEN');

    const dates = { opensAt: '2026-06-01T00:00:00Z', closesAt: '2026-06-02T00:00:00Z', settleBy: '2026-06-03T00:00:00Z' };
    const { body: drafted } = await issuer.post('/v1/offerings', { ...OFFERING, ...dates, instrumentId: fund.id });
    const draft = { path: `/v1/offerings/${drafted.id}` };
    await refused(draft, 'cancel', 409, 'OFFERING_STATE');
    await approve(officer, drafted.approvalId);
    await refused(draft, 'cancel', 409, 'OFFERING_STATE');
    expect((await issuer.post('/v1/offerings/00000000-0000-7000-8000-000000000000/cancel')).body.code).toBe('OFFERING_NOT_FOUND');
  });

  test('before anybody has paid is over: nobody subscribes or pays any more', async () => {
    const offering = await sale([]);
    const { path, signed } = await signedOrder(anna, offering.id, '10');
    const { status, body } = await issuer.post(`${offering.path}/cancel`);
    expect([status, body.state]).toEqual([202, 'CANCELLING']);
    await saleEnded(issuer, offering.id, 'REFUNDED');
    expect(await stateOnChain(offering)).toBe(CANCELLED);

    const again = await anna.api.post('/v1/subscriptions', { offeringId: offering.id, wallet: anna.account.address, units: '10' });
    expect([again.status, again.body.code]).toEqual([409, 'OFFERING_NOT_OPEN']);
    const { order: accepted, signature } = signed.payment;
    const late = { ...accepted, units: BigInt(accepted.units), validUntil: Number(accepted.validUntil) };
    const paying = { ...contract(), functionName: 'pay', args: [late, signature], account: anna.account } as const;
    expect(await refusal(platform.client.simulateContract(paying))).toEqual({
      name: 'OfferingStateInvalid',
      args: [offering.chainId, CANCELLED],
    });
    expect((await anna.api.get(path)).body).toMatchObject({ state: 'AWAITING_FUNDS', refunded: null });
    expect(await purses()).toEqual([PURSE, PURSE]);
    for (const how of ['cancel', 'close', 'allocate']) await refused(offering, how, 409, 'OFFERING_STATE');
    expect((await deeds(`offering:${offering.id}`)).slice(-3)).toEqual(['offering.cancelling', 'offering.failed', 'offering.refunded']);
  });

  test('gives everybody his money back, also while an officer looks at the allocation', async () => {
    const before = await supply();
    const offering = await sale([
      [anna, '40'],
      [mei, '60'],
    ]);
    expect(await escrow()).toBe(250_000_000n);
    const approvalId = await closedAndAllocated(offering);
    expect((await issuer.post(`${offering.path}/cancel`)).status).toBe(202);
    await saleEnded(issuer, offering.id, 'REFUNDED');

    expect(await purses()).toEqual([PURSE, PURSE]);
    expect(await escrow()).toBe(0n);
    const refunds = await Promise.all(offering.orders.map(async ({ path }) => (await issuer.get(path)).body));
    expect(refunds).toMatchObject([
      { state: 'REFUNDED', refunded: '100', allocatedUnits: null },
      { state: 'REFUNDED', refunded: '150', allocatedUnits: null },
    ]);
    const late = await approve(officer, approvalId);
    expect([late.status, late.body.code]).toEqual([409, 'OFFERING_STATE']);
    expect(await supply()).toBe(before);
    for (const placed of offering.orders) await refused(placed, 'refund', 409, 'SUBSCRIPTION_STATE');
  });

  test('is not any more once it is settled', async () => {
    const before = await units(anna);
    const offering = await sale([[anna, '40']]);
    await settle(platform, offering.id);
    await refused(offering, 'cancel', 409, 'OFFERING_STATE');
    expect(await units(anna)).toBe(before + 4_000n);
    expect(await purses()).toEqual([PURSE - 100_000_000n, PURSE]);
  });

  test('in the moment in which an investor closes it below its soft cap gives the money back all the same', async () => {
    const offering = await sale([[anna, '10']], { softCap: '50' });
    await platform.wallets.advanceTo(offering.closesAt);
    await inOneBlock(async () => {
      const first = { gas: GAS, maxPriorityFeePerGas: 50_000_000_000n, maxFeePerGas: 500_000_000_000n };
      await platform.client.writeContract({
        ...contract(),
        functionName: 'close',
        args: [offering.chainId],
        account: anna.account,
        ...first,
      });
      expect((await issuer.post(`${offering.path}/cancel`)).body).toMatchObject({ state: 'CANCELLING' });
      await pending(2);
    });
    await saleEnded(issuer, offering.id, 'REFUNDED');
    expect(await stateOnChain(offering)).toBe(FAILED);
    expect(await purses()).toEqual([PURSE, PURSE]);
    expect(await escrow()).toBe(0n);
  });
});

test('what cannot be shared out up to the soft cap is not delivered, and goes back when the offering is called off', async () => {
  const before = await supply();
  const orders: [Person, string][] = [
    [anna, '95'],
    [mei, '40'],
  ];
  // 135 are subscribed, 100 promised; after 95 the 5 that are left are less than the least that is sold.
  const offering = await sale(orders, { softCap: '100', hardCap: '100', allocation: 'FCFS' });
  await issuer.post(`${offering.path}/close`);
  await reached(offering, 'CLOSED');
  await refused(offering, 'allocate', 422, 'ALLOCATION_BELOW_SOFT_CAP');
  expect((await issuer.get(offering.path)).body).toMatchObject({ state: 'CLOSED', allocationApprovalId: null });
  expect((await issuer.get(`${offering.path}/allocation`)).body).toMatchObject({ demand: '135', allocated: '95' });

  expect((await issuer.post(`${offering.path}/cancel`)).status).toBe(202);
  await saleEnded(issuer, offering.id, 'REFUNDED');
  expect(await purses()).toEqual([PURSE, PURSE]);
  expect(await escrow()).toBe(0n);
  expect(await supply()).toBe(before);
});

describe('a settlement that the chain refuses', () => {
  test('is called off while nothing is delivered: every payment goes back', async () => {
    const before = await supply();
    const offering = await sale([
      [anna, '40'],
      [mei, '60'],
    ]);
    const approvalId = await closedAndAllocated(offering);
    await platform.wallets.advanceTo(offering.settleBy);
    expect((await approve(officer, approvalId)).status).toBe(200);
    await saleEnded(issuer, offering.id, 'REFUNDED');

    expect(await stateOnChain(offering)).toBe(CANCELLED);
    expect(await purses()).toEqual([PURSE, PURSE]);
    expect(await escrow()).toBe(0n);
    expect(await supply()).toBe(before);
    expect(await Promise.all(offering.orders.map(stateOf))).toEqual(['REFUNDED', 'REFUNDED']);
    const { body } = await platform.staff.auditor.get(`/v1/audit-events?subject=offering:${offering.id}&action=offering.settlement-failed`);
    expect(body.items).toMatchObject([{ result: 'FAILED', payload: { settled: '0', reason: expect.stringMatching(/SettlementOver/) } }]);
  });

  test('halfway leaves what is delivered and sends the rest back', async () => {
    const { client } = platform;
    const before = { anna: await units(anna), mei: await units(mei) };
    // Eight orders are delivered in one transaction: Mei's last is the ninth.
    const offering = await sale([...Array(4).fill([anna, '10']), ...Array(5).fill([mei, '10'])]);
    const approvalId = await closedAndAllocated(offering);
    await platform.wallets.advanceTo(new Date(Date.parse(offering.settleBy) - 2.5 * DAY * 1_000));
    // Allocation, first delivery, second delivery: a day passes with each, and the second comes too late.
    await client.setBlockTimestampInterval({ interval: DAY });
    try {
      expect((await approve(officer, approvalId)).status).toBe(200);
      await saleEnded(issuer, offering.id, 'COMPLETED');
    } finally {
      await client.removeBlockTimestampInterval();
    }
    expect(await Promise.all(offering.orders.map(stateOf))).toEqual([...Array(8).fill('SETTLED'), 'REFUNDED']);
    expect([await units(anna), await units(mei)]).toEqual([before.anna + 4_000n, before.mei + 4_000n]);
    expect(await purses()).toEqual([PURSE - 100_000_000n, PURSE - 100_000_000n]);
    expect(await escrow()).toBe(0n);
    expect(await deeds(`offering:${offering.id}`)).toContain('offering.settlement-failed');
  });
});

describe('an order that is held', () => {
  const GROUNDS = { legalBasis: 'COURT_ORDER', reference: 'District court 4' };
  let freezeId: string;

  /** Mei is frozen between payment and delivery, until `release`. */
  async function held(): Promise<{ offering: Sale; placed: Order }> {
    const offering = await sale([
      [anna, '10'],
      [mei, '20'],
    ]);
    const wallet = mei.account.address;
    const { body } = await officer.post('/v1/freezes', { instrumentId: fund.id, wallet, reasonCode: 'LEGAL_ORDER', ...GROUNDS });
    freezeId = body.id;
    await until(officer, `/v1/freezes/${freezeId}`, ({ state }) => state === 'ACTIVE');
    await settle(platform, offering.id);
    const [, placed] = offering.orders as [Order, Order];
    expect(await stateOf(placed)).toBe('HELD');
    expect(await escrow()).toBe(50_000_000n);
    return { offering, placed };
  }

  async function release(): Promise<void> {
    const { body } = await officer.post(`/v1/freezes/${freezeId}/release`, GROUNDS);
    await approve(platform.staff.officer2, body.releaseApprovalId);
    await until(officer, `/v1/freezes/${freezeId}`, ({ state }) => state === 'RELEASED');
  }

  const times = async ({ id }: Order, action: string) => (await deeds(`subscription:${id}`)).filter((deed) => deed === action).length;

  test('stays held while its cause lasts, is delivered once that is gone, and then it is over', async () => {
    const before = { supply: await supply(), mei: await units(mei), treasury: await platform.money(OFFERING.settlementWallet) };
    const { placed } = await held();
    expect((await issuer.post(`${placed.path}/settle`)).status).toBe(202);
    await until(issuer, placed.path, async () => (await times(placed, 'subscription.held')) === 2);
    expect((await issuer.get(placed.path)).body).toMatchObject({ state: 'HELD', held: expect.stringMatching(/frozen/i) });
    expect(await units(mei)).toBe(before.mei);
    expect(await escrow()).toBe(50_000_000n);

    await release();
    expect((await issuer.post(`${placed.path}/settle`)).status).toBe(202);
    await reached(placed, 'SETTLED');
    expect((await mei.api.get(placed.path)).body).toMatchObject({ allocatedUnits: '20', refunded: '0', held: null });
    expect(await units(mei)).toBe(before.mei + 2_000n);
    expect(await supply()).toBe(before.supply + 3_000n);
    expect(await platform.money(OFFERING.settlementWallet)).toBe(before.treasury + 75_000_000n);
    expect(await escrow()).toBe(0n);
    for (const how of ['settle', 'refund']) await refused(placed, how, 409, 'SUBSCRIPTION_STATE');
  });

  test('is paid back, to the wallet that paid, once', async () => {
    const before = await units(mei);
    const { placed } = await held();
    await inOneBlock(async () => {
      for (let asked = 0; asked < 2; asked++) expect((await issuer.post(`${placed.path}/refund`)).status).toBe(202);
      await pending(2);
    });
    await reached(placed, 'REFUNDED');
    expect((await mei.api.get(placed.path)).body).toMatchObject({ refunded: '50', settledTx: null });
    expect(await purses()).toEqual([PURSE - 25_000_000n, PURSE]);
    expect(await escrow()).toBe(0n);
    expect(await times(placed, 'subscription.refunded')).toBe(1);
    await release();
    for (const how of ['settle', 'refund']) await refused(placed, how, 409, 'SUBSCRIPTION_STATE');
    expect(await units(mei)).toBe(before);
  });

  test('that is delivered and paid back at the same time is only the first of the two', async () => {
    const before = await units(mei);
    const { placed } = await held();
    await release();
    await inOneBlock(async () => {
      for (const how of ['settle', 'refund']) expect((await issuer.post(`${placed.path}/${how}`)).status).toBe(202);
      await pending(2);
    });
    await reached(placed, 'SETTLED');
    expect(await units(mei)).toBe(before + 2_000n);
    expect(await purses()).toEqual([PURSE - 25_000_000n, PURSE - 50_000_000n]);
    expect(await escrow()).toBe(0n);
  });

  test('is not delivered after the time to settle, but paid back', async () => {
    const { offering, placed } = await held();
    await release();
    await platform.wallets.advanceTo(offering.settleBy);
    await refused(placed, 'settle', 422, 'CHAIN_REFUSED');
    expect((await issuer.post(`${placed.path}/refund`)).status).toBe(202);
    await reached(placed, 'REFUNDED');
    expect(await purses()).toEqual([PURSE - 25_000_000n, PURSE]);
  });

  test('is for the issuer to decide about, and no other order is', async () => {
    const offering = await sale([[anna, '10']]);
    const [paid] = offering.orders as [Order];
    const signed = await signedOrder(mei, offering.id, '10');
    for (const how of ['settle', 'refund']) {
      for (const placed of [paid, signed]) await refused(placed, how, 409, 'SUBSCRIPTION_STATE');
      for (const by of [officer, anna.api]) expect((await by.post(`${paid.path}/${how}`)).status).toBe(403);
      const unknown = await issuer.post(`/v1/subscriptions/${offering.id}/${how}`);
      expect([unknown.status, unknown.body.code]).toEqual([404, 'SUBSCRIPTION_NOT_FOUND']);
    }
    await settle(platform, offering.id);
    for (const how of ['settle', 'refund']) await refused(paid, how, 409, 'SUBSCRIPTION_STATE');
    const { offeringId, orderId } = paid.chain;
    const back = { ...contract(), functionName: 'refund', args: [offeringId, orderId], account: anna.account } as const;
    expect(await refusal(platform.client.simulateContract(back))).toMatchObject({ name: 'OrderStateInvalid' });
  });
});
