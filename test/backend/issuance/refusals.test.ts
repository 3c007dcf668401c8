import pg from 'pg';
import { type Address, erc20Abi, type Hex, keccak256, toHex } from 'viem';
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localKey } from '../../../backend/src/chain/settings.js';
import { SENDER_ROLES } from '../../../backend/src/chain/signer.js';
import { localAccount } from '../../../backend/src/local/people.js';
import type { Staff } from '../../../backend/src/local/world/people.js';
import { offeringAbi } from '../../../contracts/generated/abi.js';
import type { Answer } from '../support/api.js';
import {
  ASSET,
  bringInstrument,
  bringInvestor,
  bringStranger,
  EVIDENCE,
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

const OPENS = '2026-01-06T00:00:00Z';
const CLOSES = '2026-01-08T00:00:00Z';
const DATES = { opensAt: OPENS, closesAt: CLOSES, settleBy: '2026-01-20T00:00:00Z' };
const UINT256 = 2n ** 256n;

type Person = Awaited<ReturnType<typeof bringStranger>>;

let platform: Platform;
let staff: Staff;
let fund: Answer['body'];
let anna: Person;
let mei: Person;
let stranger: Person;

beforeAll(async () => {
  platform = await startPlatform(new Date('2026-01-05T00:00:00Z'));
  staff = await members(platform);
  fund = await bringInstrument(staff, 'TEST-1');
  [anna, mei, stranger] = await Promise.all([
    bringInvestor(platform, staff, 'anna'),
    bringInvestor(platform, staff, 'mei'),
    bringStranger(platform, 'hana'),
  ]);
});
afterAll(() => platform?.close());

const supplyOf = (token: Address): Promise<bigint> =>
  platform.client.readContract({ address: token, abi: erc20Abi, functionName: 'totalSupply' });

async function counts() {
  const all = async (path: string): Promise<number> => (await platform.staff.issuer.get(path)).body.items.length;
  return { offerings: await all('/v1/offerings?limit=100'), subscriptions: await all('/v1/subscriptions?limit=100') };
}

/** Refused with a code, and nothing came of it. */
async function refused(call: () => Promise<Answer>, status: number, code: string): Promise<Answer['body']> {
  const before = await counts();
  const answer = await call();
  expect([answer.status, answer.body?.code]).toEqual([status, code]);
  expect(await counts()).toEqual(before);
  return answer.body;
}

describe('before there is anything to sell', () => {
  test('a document whose content is not what its hash says', async () => {
    const { body: asset } = await platform.staff.issuer.post('/v1/assets', ASSET);
    const document = {
      role: 'TERM_SHEET',
      title: 'Terms',
      mediaType: 'text/markdown',
      contentBase64: Buffer.from('# Terms').toString('base64'),
      sha256: keccak256(toHex('other')),
    };
    await refused(() => platform.staff.issuer.post(`/v1/assets/${asset.id}/documents`, document), 400, 'DOCUMENT_HASH_MISMATCH');
    expect((await platform.staff.issuer.get(`/v1/assets/${asset.id}/documents`)).body).toEqual([]);
  });

  test('an asset with missing evidence, and an instrument of an asset that nobody approved', async () => {
    const { issuer } = platform.staff;
    const { body: asset } = await issuer.post('/v1/assets', ASSET);
    const problem = await refused(() => issuer.post(`/v1/assets/${asset.id}/submit`), 422, 'DUE_DILIGENCE_INCOMPLETE');
    expect(problem.items.map(({ role }: { role: string }) => role).sort()).toEqual(EVIDENCE.map(({ role }) => role).sort());
    const instrument = {
      assetId: asset.id,
      name: 'Too early',
      symbol: 'EARLY',
      rightsType: 'FUND_UNIT',
      terms: { authorisedUnits: '1000', countriesAllowed: ['CH'] },
    };
    const before = (await issuer.get('/v1/instruments?limit=100')).body.items.length;
    await refused(() => issuer.post('/v1/instruments', instrument), 409, 'ASSET_NOT_READY');
    expect((await issuer.get('/v1/instruments?limit=100')).body.items).toHaveLength(before);
    expect((await issuer.get(`/v1/assets/${asset.id}`)).body).toMatchObject({ state: 'DRAFT', approvalId: null });
  });

  test.each([
    ['an unknown field', { unitPirce: '1' }, 'VALIDATION_FAILED'],
    ['a negative cap', { hardCap: '-150' }, 'AMOUNT_INVALID'],
    ['a price with more decimals than the currency has', { unitPrice: '2.5000001' }, 'AMOUNT_INVALID'],
    ['units with more decimals than the token has', { minTicket: '10.001' }, 'AMOUNT_INVALID'],
    ['a cap beyond uint256', { hardCap: String(UINT256) }, 'AMOUNT_INVALID'],
    ['a cap that is beyond uint256 only in the smallest units', { hardCap: String(UINT256 / 50n) }, 'AMOUNT_INVALID'],
    ['an exponent', { hardCap: '1e3' }, 'AMOUNT_INVALID'],
    ['a price of nothing', { unitPrice: '0' }, 'TERMS_INVALID'],
    ['a sale that ends before it begins', { closesAt: '2026-01-05T12:00:00Z' }, 'TERMS_INVALID'],
    ['more than is authorised', { hardCap: '1005' }, 'TERMS_INVALID'],
    ['money that nobody knows', { currency: 'EUR' }, 'CURRENCY_UNKNOWN'],
  ])('an offering with %s', async (_, change, code) => {
    const body = { ...OFFERING, ...DATES, instrumentId: fund.id, ...change };
    await refused(() => platform.staff.issuer.post('/v1/offerings', body), 400, code);
  });

  test('an offering at the price of a feed that says nothing, and of one whose value is old', async () => {
    const { issuer } = platform.staff;
    const { unitPrice: _, ...atFeedPrice } = { ...OFFERING, ...DATES, instrumentId: fund.id };
    await refused(() => issuer.post('/v1/offerings', atFeedPrice), 404, 'FEED_NOT_SET');
    const { feedProxy } = platform.deployment.contracts;
    const feed = await issuer.post(`/v1/instruments/${fund.id}/feed`, { feedProxy, maxValuationAgeSeconds: 5 * 86_400 });
    await refused(() => issuer.post('/v1/offerings', atFeedPrice), 404, 'FEED_NOT_SET');
    await approve(platform.staff.officer, feed.body.approvalId);
    await until(issuer, `/v1/feed-decisions/${feed.body.decisionId}`, ({ state }) => state === 'DONE');
    const { body } = await issuer.get(`/v1/instruments/${fund.id}/valuation`);
    expect(body).toMatchObject({ status: 'UNKNOWN', value: null });
    await refused(() => issuer.post('/v1/offerings', atFeedPrice), 422, 'VALUATION_UNKNOWN');
    await (await platform.startOracle()).publish('2017-08-28', 60);
    const problem = await refused(() => issuer.post('/v1/offerings', atFeedPrice), 422, 'VALUATION_STALE');
    expect((await issuer.get(`/v1/instruments/${fund.id}/rounds`)).body).toMatchObject([{ round: 1, value: '99.436306' }]);
    expect(problem.valuation).toMatchObject({ status: 'VALUATION_STALE', ageSeconds: expect.any(Number) });
  });
});

describe('a sale that misses its soft cap', () => {
  let offering: Answer['body'];
  let signed: Answer['body'];
  let late: Answer['body'];

  const sale = () => ({ address: platform.deployment.contracts.offering, abi: offeringAbi });
  const pay = (payer: PrivateKeyAccount, order: SignedOrder, signature: Hex) =>
    platform.client.simulateContract({ ...sale(), functionName: 'pay', args: [order, signature], account: payer });

  type SignedOrder = { offeringId: Hex; orderId: Hex; wallet: Address; units: bigint; validUntil: number };
  const orderOf = ({ payment }: Answer['body']): SignedOrder => ({
    ...payment.order,
    units: BigInt(payment.order.units),
    validUntil: Number(payment.order.validUntil),
  });

  /** An order as only the seller's key can accept it, past the service. */
  async function accepted(person: Person, units: bigint): Promise<[SignedOrder, Hex]> {
    const message = { offeringId: offering.chainOfferingId, orderId: keccak256(toHex(`${units}`)), wallet: person.account.address, units };
    const seller = privateKeyToAccount(localKey(SENDER_ROLES.indexOf('seller') + 1));
    const full = { ...message, validUntil: Date.parse(CLOSES) / 1_000 };
    const signature = await seller.signTypedData({
      domain: { name: 'Muniment Offering', version: '1', chainId: 31337, verifyingContract: sale().address },
      types: {
        Order: [
          { name: 'offeringId', type: 'bytes32' },
          { name: 'orderId', type: 'bytes32' },
          { name: 'wallet', type: 'address' },
          { name: 'units', type: 'uint256' },
          { name: 'validUntil', type: 'uint40' },
        ],
      },
      primaryType: 'Order',
      message: full,
    });
    return [full, signature];
  }

  beforeAll(async () => {
    offering = await openOffering(platform, { ...OFFERING, ...DATES, instrumentId: fund.id });
  });

  const subscribe = (person: Person, change: object = {}) =>
    person.api.post('/v1/subscriptions', { offeringId: offering.id, wallet: person.account.address, units: '10', ...change });

  test('nobody subscribes or pays before it opens', async () => {
    await refused(() => subscribe(anna), 409, 'OFFERING_NOT_OPEN');
    expect(await refusal(pay(anna.account, ...(await accepted(anna, 1_000n))))).toMatchObject({ name: 'OfferingNotOpen' });
    await platform.wallets.advanceTo(OPENS);
  });

  test.each([
    ['5', 422, 'SUBSCRIPTION_UNITS_INVALID', /below the minimum of 10/],
    ['105', 422, 'SUBSCRIPTION_UNITS_INVALID', /above the maximum of 100/],
    ['12', 422, 'SUBSCRIPTION_UNITS_INVALID', /not a multiple of 5/],
    ['0', 422, 'SUBSCRIPTION_UNITS_INVALID', /below the minimum/],
    ['10.001', 400, 'AMOUNT_INVALID', /3 decimals, at most 2/],
    ['-10', 400, 'AMOUNT_INVALID', /negative/],
    [String(UINT256), 400, 'AMOUNT_INVALID', /uint256/],
  ])('%s units', async (units, status, code, sentence) => {
    const problem = await refused(() => subscribe(anna, { units }), status, code);
    expect(JSON.stringify(problem)).toMatch(sentence);
  });

  test('the contract refuses such units also with the signature of the seller', async () => {
    for (const units of [500n, 10_500n, 1_200n, 0n]) {
      expect(await refusal(pay(anna.account, ...(await accepted(anna, units))))).toEqual({
        name: 'OrderUnitsInvalid',
        args: [units, 1_000n, 10_000n, 500n],
      });
    }
  });

  test('somebody whom nobody has verified, in the API and on chain', async () => {
    const problem = await refused(() => subscribe(stranger), 422, 'NOT_ELIGIBLE');
    expect(problem.detail).toEqual(expect.any(String));
    expect(await refusal(pay(stranger.account, ...(await accepted(stranger, 1_000n))))).toMatchObject({ name: 'OrderNotEligible' });
  });

  test("another person's wallet, and an unknown field", async () => {
    await refused(() => subscribe(anna, { wallet: mei.account.address }), 403, 'WALLET_NOT_YOURS');
    await refused(() => subscribe(anna, { wallet: localAccount(50).address }), 403, 'WALLET_NOT_YOURS');
    await refused(() => subscribe(anna, { discount: '1' }), 400, 'VALIDATION_FAILED');
  });

  test('an agreement that another wallet signed, or that says something else', async () => {
    const { body: created } = await subscribe(anna, { units: '40' });
    const path = `/v1/subscriptions/${created.id}`;
    const wrong = [
      await mei.account.signMessage({ message: created.agreement }),
      await anna.account.signMessage({ message: created.agreement.replace('Units: 40', 'Units: 400') }),
      '0x00',
    ];
    for (const signature of wrong) await refused(() => anna.api.post(`${path}/sign`, { signature }), 422, 'SIGNATURE_INVALID');
    expect((await anna.api.get(path)).body).toMatchObject({ state: 'AGREEMENT_SENT', payment: null });
    await refused(() => mei.api.post(`${path}/sign`, { signature: wrong[0] }), 404, 'SUBSCRIPTION_NOT_FOUND');

    const signature = await anna.account.signMessage({ message: created.agreement });
    signed = (await anna.api.post(`${path}/sign`, { signature })).body;
    expect(signed).toMatchObject({ state: 'AWAITING_FUNDS', payment: { amount: '100' } });
    await refused(() => anna.api.post(`${path}/sign`, { signature }), 409, 'SUBSCRIPTION_STATE');
  });

  test('paid by another wallet, with other units, twice', async () => {
    await give(platform, anna.account.address, 250_000_000n);
    await give(platform, mei.account.address, 250_000_000n);
    const { signature } = signed.payment;
    expect(await refusal(pay(mei.account, orderOf(signed), signature))).toEqual({
      name: 'OrderWalletMismatch',
      args: [mei.account.address, anna.account.address],
    });
    expect(await refusal(pay(anna.account, { ...orderOf(signed), units: 10_000n }, signature))).toMatchObject({
      name: 'OrderSignatureInvalid',
    });
    await payOrder(platform, anna, signed);
    expect(await refusal(pay(anna.account, orderOf(signed), signature))).toEqual({
      name: 'OrderAlreadyPaid',
      args: [orderOf(signed).orderId],
    });
    expect(await platform.money(anna.account.address)).toBe(150_000_000n);
    expect(await platform.money(sale().address)).toBe(100_000_000n);
    expect((await anna.api.get(`/v1/subscriptions/${signed.id}`)).body).toMatchObject({ state: 'FUNDED', payment: null });
    await refused(() => anna.api.post(`/v1/subscriptions/${signed.id}/withdraw`), 409, 'SUBSCRIPTION_STATE');
    expect((await mei.api.get(`/v1/subscriptions/${signed.id}`)).status).toBe(404);
  });

  test('after the close nobody subscribes, signs or pays', async () => {
    late = await order(mei, offering.id, '20');
    const { body: unsigned } = await subscribe(mei);
    await platform.wallets.advanceTo(CLOSES);
    await refused(() => subscribe(mei), 409, 'OFFERING_NOT_OPEN');
    const signature = await mei.account.signMessage({ message: unsigned.agreement });
    await refused(() => mei.api.post(`/v1/subscriptions/${unsigned.id}/sign`, { signature }), 409, 'OFFERING_NOT_OPEN');
    expect(await refusal(pay(mei.account, orderOf(late), late.payment.signature))).toMatchObject({ name: 'OfferingNotOpen' });
    expect(await platform.money(mei.account.address)).toBe(250_000_000n);
  });

  test('everybody gets his money back and nothing is issued', async () => {
    const { issuer } = platform.staff;
    const path = `/v1/offerings/${offering.id}`;
    await refused(() => issuer.post(`${path}/allocate`), 409, 'OFFERING_STATE');
    expect((await issuer.post(`${path}/close`)).status).toBe(202);
    await saleEnded(issuer, offering.id, 'REFUNDED');
    expect(await platform.money(anna.account.address)).toBe(250_000_000n);
    expect(await platform.money(sale().address)).toBe(0n);
    expect(await supplyOf(fund.token)).toBe(0n);
    expect((await anna.api.get(`/v1/subscriptions/${signed.id}`)).body).toMatchObject({
      state: 'REFUNDED',
      refunded: '100',
      allocatedUnits: null,
    });
    expect((await mei.api.get(`/v1/subscriptions/${late.id}`)).body).toMatchObject({ state: 'AWAITING_FUNDS', refunded: null });
    await refused(() => issuer.post(`${path}/allocate`), 409, 'OFFERING_STATE');
    await refused(() => issuer.post(`${path}/close`), 409, 'OFFERING_STATE');
  });
});

describe('an allocation', () => {
  const DAYS = { opensAt: '2026-01-08T00:00:00Z', closesAt: '2026-01-10T00:00:00Z', settleBy: '2026-01-20T00:00:00Z' };

  test('is settled only as it was requested, by another person', async () => {
    const { issuer, officer } = platform.staff;
    const offering = await openOffering(platform, { ...OFFERING, ...DAYS, softCap: '10', instrumentId: fund.id });
    const path = `/v1/offerings/${offering.id}`;
    const annas = await order(anna, offering.id, '60');
    const meis = await order(mei, offering.id, '100');
    await payOrder(platform, anna, annas);
    await payOrder(platform, mei, meis);
    await issuer.post(`${path}/close`);
    await until(issuer, path, ({ state }) => state === 'CLOSED');

    const { body: requested } = await issuer.post(`${path}/allocate`);
    expect((await approve(issuer, requested.allocationApprovalId)).status).toBeGreaterThanOrEqual(400);
    await sql('update subscriptions set units = 9000 where id = $1', [annas.id]);
    const answer = await approve(officer, requested.allocationApprovalId);
    expect([answer.status, answer.body.code]).toEqual([409, 'ALLOCATION_CHANGED']);
    expect((await issuer.get(path)).body).toMatchObject({ state: 'CLOSED' });
    expect((await anna.api.get(`/v1/subscriptions/${annas.id}`)).body).toMatchObject({ state: 'FUNDED', allocatedUnits: null });
    expect(await supplyOf(fund.token)).toBe(0n);

    await sql('update subscriptions set units = 6000 where id = $1', [annas.id]);
    expect((await approve(officer, requested.allocationApprovalId)).status).toBeLessThan(300);
    await saleEnded(issuer, offering.id, 'COMPLETED');
    // 160 asked for, 150 to sell in steps of 5: 30 lots at 12 : 20 are 11.25 and 18.75.
    expect((await issuer.get(`${path}/allocation`)).body).toMatchObject({ demand: '160', allocated: '150', oversubscribed: true });
    const shares = await Promise.all(
      [annas, meis].map(async ({ id }, index) => (await (index === 0 ? anna : mei).api.get(`/v1/subscriptions/${id}`)).body),
    );
    expect(shares).toMatchObject([
      { state: 'SETTLED', allocatedUnits: '55', refunded: '12.5' },
      { state: 'SETTLED', allocatedUnits: '95', refunded: '12.5' },
    ]);
    expect(await supplyOf(fund.token)).toBe(15_000n);
  });
});

test('first come, first served: who comes too late gets his money back, and the record keeps what was asked', async () => {
  const dates = { opensAt: '2026-01-10T00:00:00Z', closesAt: '2026-01-12T00:00:00Z', settleBy: '2026-01-20T00:00:00Z' };
  const terms = { ...OFFERING, ...dates, softCap: '10', hardCap: '100', allocation: 'FCFS', instrumentId: fund.id };
  const offering = await openOffering(platform, terms);
  await platform.wallets.advanceTo(dates.opensAt);
  const orders = [await order(anna, offering.id, '95'), await order(mei, offering.id, '40')] as const;
  await Promise.all([anna, mei].map(({ account }) => give(platform, account.address, 250_000_000n)));
  const before = await Promise.all([anna, mei].map(({ account }) => platform.money(account.address)));
  await payOrder(platform, anna, orders[0]);
  await payOrder(platform, mei, orders[1]);
  const wanted = {
    demand: '135',
    allocated: '95',
    oversubscribed: true,
    lines: [
      { subscriptionId: orders[0].id, requested: '95', allocated: '95' },
      // 5 are left, which is less than the least that is sold.
      { subscriptionId: orders[1].id, requested: '40', allocated: '0' },
    ],
  };
  const allocation = async () => (await platform.staff.officer.get(`/v1/offerings/${offering.id}/allocation`)).body;
  expect(await allocation()).toMatchObject(wanted);
  await settle(platform, offering.id);
  expect(await allocation()).toMatchObject(wanted);
  expect((await mei.api.get(`/v1/subscriptions/${orders[1].id}`)).body).toMatchObject({ state: 'REFUNDED', refunded: '100' });
  expect(await platform.money(mei.account.address)).toBe(before[1]);
  expect(await platform.money(anna.account.address)).toBe((before[0] ?? 0n) - 237_500_000n);
  expect(await platform.money(platform.deployment.contracts.offering)).toBe(0n);
});

describe('an offering whose ground gives way', () => {
  test('evidence that has expired stops a new offering and the opening of an approved one', async () => {
    const { issuer, officer } = platform.staff;
    const evidence = EVIDENCE.map((item) => (item.role === 'CUSTODY_STATEMENT' ? { ...item, expiresOn: '2026-02-01' } : item));
    const other = await bringInstrument(staff, 'TEST-2', evidence);
    const offering = {
      ...OFFERING,
      instrumentId: other.id,
      opensAt: '2026-02-10T00:00:00Z',
      closesAt: '2026-02-12T00:00:00Z',
      settleBy: '2026-02-20T00:00:00Z',
    };
    const { body: drafted } = await issuer.post('/v1/offerings', offering);
    await refused(() => issuer.post(`/v1/offerings/${drafted.id}/open`), 409, 'OFFERING_STATE');
    await approve(officer, drafted.approvalId);
    await platform.wallets.advanceTo('2026-02-02T00:00:00Z');
    const problem = await refused(() => issuer.post(`/v1/offerings/${drafted.id}/open`), 422, 'DUE_DILIGENCE_INCOMPLETE');
    expect(problem.items).toMatchObject([{ role: 'CUSTODY_STATEMENT', status: 'STALE' }]);
    await refused(() => issuer.post('/v1/offerings', offering), 422, 'DUE_DILIGENCE_INCOMPLETE');
    expect((await issuer.get(`/v1/offerings/${drafted.id}`)).body).toMatchObject({ state: 'APPROVED', chainOfferingId: null });
  });

  test('an approved offering whose time is over is not opened', async () => {
    const { issuer, officer } = platform.staff;
    const offering = {
      ...OFFERING,
      instrumentId: fund.id,
      opensAt: '2026-02-03T00:00:00Z',
      closesAt: '2026-02-04T00:00:00Z',
      settleBy: '2026-02-20T00:00:00Z',
    };
    const { body: drafted } = await issuer.post('/v1/offerings', offering);
    await approve(officer, drafted.approvalId);
    await platform.wallets.advanceTo('2026-02-04T00:00:00Z');
    await refused(() => issuer.post(`/v1/offerings/${drafted.id}/open`), 409, 'OFFERING_OVER');
    expect((await issuer.get(`/v1/offerings/${drafted.id}`)).body).toMatchObject({ state: 'APPROVED' });
  });
});

describe('money that the service does not bring back itself', () => {
  const sale = () => ({ address: platform.deployment.contracts.offering, abi: offeringAbi });
  const REFUND_GAS = 500_000n;

  test('of a failed sale, taken by the investor who closed it himself', async () => {
    const { client } = platform;
    const dates = { opensAt: '2026-02-05T00:00:00Z', closesAt: '2026-02-06T00:00:00Z', settleBy: '2026-02-20T00:00:00Z' };
    const offering = await openOffering(platform, { ...OFFERING, ...dates, instrumentId: fund.id });
    await platform.wallets.advanceTo(dates.opensAt);
    const [annas, meis] = [await order(anna, offering.id, '10'), await order(mei, offering.id, '20')];
    await Promise.all([anna, mei].map(({ account }) => give(platform, account.address, 250_000_000n)));
    const before = await Promise.all([anna, mei].map(({ account }) => platform.money(account.address)));
    await payOrder(platform, anna, annas);
    await payOrder(platform, mei, meis);
    await platform.wallets.advanceTo(dates.closesAt);
    const nonce = await client.getTransactionCount({ address: anna.account.address });
    const { offeringId, orderId } = annas.payment.order;
    await client.setAutomine(false);
    try {
      const from = { account: anna.account, gas: REFUND_GAS };
      await client.writeContract({ ...sale(), functionName: 'close', args: [offeringId], ...from, nonce });
      await client.writeContract({ ...sale(), functionName: 'refund', args: [offeringId, orderId], ...from, nonce: nonce + 1 });
    } finally {
      await client.mine({ blocks: 1 });
      await client.setAutomine(true);
    }
    await saleEnded(platform.staff.issuer, offering.id, 'REFUNDED');
    expect(await Promise.all([anna, mei].map(({ account }) => platform.money(account.address)))).toEqual(before);
    for (const [{ api }, { id }] of [
      [anna, annas],
      [mei, meis],
    ] as const) {
      expect((await api.get(`/v1/subscriptions/${id}`)).body).toMatchObject({ state: 'REFUNDED' });
    }
  });

  test('of an order that cannot be delivered: the others are, his money waits and goes back when the time is over', async () => {
    const { client, staff } = platform;
    const dates = { opensAt: '2026-02-07T00:00:00Z', closesAt: '2026-02-08T00:00:00Z', settleBy: '2026-02-20T00:00:00Z' };
    const offering = await openOffering(platform, { ...OFFERING, ...dates, softCap: '10', instrumentId: fund.id });
    await platform.wallets.advanceTo(dates.opensAt);
    const [annas, meis] = [await order(anna, offering.id, '10'), await order(mei, offering.id, '20')];
    await Promise.all([anna, mei].map(({ account }) => give(platform, account.address, 250_000_000n)));
    const before = await platform.money(mei.account.address);
    const supply = await supplyOf(fund.token);
    await payOrder(platform, anna, annas);
    await payOrder(platform, mei, meis);
    const { body: freeze } = await staff.officer.post('/v1/freezes', {
      instrumentId: fund.id,
      wallet: mei.account.address,
      reasonCode: 'LEGAL_ORDER',
      legalBasis: 'COURT_ORDER',
      reference: 'District court 4',
    });
    await until(staff.officer, `/v1/freezes/${freeze.id}`, ({ state }) => state === 'ACTIVE');
    await settle(platform, offering.id);

    expect((await anna.api.get(`/v1/subscriptions/${annas.id}`)).body).toMatchObject({ state: 'SETTLED', allocatedUnits: '10' });
    expect((await mei.api.get(`/v1/subscriptions/${meis.id}`)).body).toMatchObject({
      state: 'HELD',
      allocatedUnits: '20',
      held: expect.stringMatching(/frozen/i),
    });
    expect(await supplyOf(fund.token)).toBe(supply + 1_000n);
    expect(await platform.money(sale().address)).toBe(50_000_000n);

    const { offeringId, orderId } = meis.payment.order;
    const back = { ...sale(), functionName: 'refund', args: [offeringId, orderId], account: mei.account } as const;
    expect(await refusal(client.simulateContract(back))).toMatchObject({ name: 'RefundNotDue' });
    await platform.wallets.advanceTo(dates.settleBy);
    await client.writeContract({ ...back, gas: REFUND_GAS });
    await until(mei.api, `/v1/subscriptions/${meis.id}`, ({ state }) => state === 'REFUNDED');
    expect(await platform.money(mei.account.address)).toBe(before);
    expect(await platform.money(sale().address)).toBe(0n);
  });
});

/** What no call of the API does. */
async function sql(statement: string, values: unknown[]): Promise<void> {
  const client = new pg.Client({ connectionString: platform.running.database.url });
  await client.connect();
  try {
    await client.query(statement, values);
  } finally {
    await client.end();
  }
}
