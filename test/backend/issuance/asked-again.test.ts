import { type Address, concat, type Hex } from 'viem';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { ChainRefused } from '../../../backend/src/chain/refusal.js';
import { Transactions } from '../../../backend/src/chain/transactions.js';
import { localAddress } from '../../../backend/src/local/accounts.js';
import { Workflows } from '../../../backend/src/platform/workflow/workflows.js';
import type { Answer, Api } from '../support/api.js';
import { breakBeforeSending, breakWhenConfirmed, UNFORESEEN } from '../support/faults.js';
import { saleEnded } from '../support/market.js';
import { approve, type Platform, startPlatform } from '../support/platform.js';
import { givenUp, inOneBlock } from '../support/pool.js';
import { bringSales, type Order, type Person, PURSE, type Sale, type Sales } from './sales.js';

let platform: Platform;
let sales: Sales;
let issuer: Api;
let officer: Api;
let anna: Person;
let mei: Person;

beforeAll(async () => {
  platform = await startPlatform(new Date('2026-01-05T00:00:00Z'));
  ({ issuer, officer } = platform.staff);
  sales = await bringSales(platform, 'AGAIN');
  ({ anna, mei } = sales);
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(() => platform?.close());

const failures = async ({ id }: { id: string }): Promise<Answer['body'][]> => {
  const { body } = await officer.get(`/v1/audit-events?subject=offering:${id}&limit=100`);
  return body.items.filter(({ result }: { result: string }) => result === 'FAILED');
};

/** @returns the business key under which it was asked for */
async function asked(offering: { id: string; path: string }, what: 'open' | 'close' | 'cancel', attempt: number): Promise<string> {
  expect((await issuer.post(`${offering.path}/${what}`)).status).toBe(202);
  return `offering-${what}:${offering.id}:${attempt}`;
}

/** Puts a blocklist in front of the stablecoin: nobody can send money to `blocked`. @returns what takes it away again */
async function blocklist(blocked: Address): Promise<() => Promise<void>> {
  const { client } = platform;
  const address = platform.deployment.contracts.stablecoin;
  const code = (await client.getCode({ address })) ?? '0x';
  const behind = localAddress(59);
  await client.setCode({ address: behind, bytecode: code });
  const bytecode = concat([
    // Is it transfer(blocked, …)? Then go to 0x55 and revert.
    ...(['0x73', blocked, '0x60043514', '0x5f3560e01c', '0x63a9059cbb14', '0x16', '0x605557'] as Hex[]),
    // Else the code behind decides, on this storage.
    ...(['0x365f5f37', '0x5f5f365f', '0x73', behind, '0x5af4', '0x3d5f5f3e', '0x605157', '0x3d5ffd'] as Hex[]),
    '0x5b3d5ff3',
    '0x5b5f5ffd',
  ]);
  await client.setCode({ address, bytecode });
  return () => client.setCode({ address, bytecode: code });
}

/** Steps as they are replayed after a restart: an error comes back without its class. */
function replayedSteps(): void {
  const workflows = platform.running.app.get(Workflows);
  const step = workflows.step.bind(workflows);
  vi.spyOn(workflows, 'step').mockImplementation((name, run) =>
    step(name, run).catch((error: Error) => {
      throw new Error(error.message);
    }),
  );
}

/** The chain refuses what is enqueued under keys that begin so, once. */
function refuseOnce(prefix: string): void {
  const transactions = platform.running.app.get(Transactions);
  const enqueue = transactions.enqueue.bind(transactions);
  let left = 1;
  vi.spyOn(transactions, 'enqueue').mockImplementation(async (request) => {
    if (request.businessKey.startsWith(prefix) && left-- > 0) throw new ChainRefused({ name: 'OfferingUnauthorized', args: {} });
    return enqueue(request);
  });
}

test('a refund that the chain refuses holds that order with its reason; the others are refunded, and it is when the reason is gone', async () => {
  const offering = await sales.open(
    [
      [mei, '20'],
      [anna, '10'],
    ],
    { softCap: '100' },
  );
  const [meis, annas] = offering.orders as [Order, Order];
  const lift = await blocklist(mei.account.address);
  await platform.wallets.advanceTo(offering.closesAt);
  expect((await issuer.post(`${offering.path}/close`)).status).toBe(202);
  await saleEnded(issuer, offering.id, 'REFUNDED');
  expect(await sales.stateOf(annas)).toBe('REFUNDED');
  expect((await issuer.get(meis.path)).body).toMatchObject({ state: 'HELD', held: expect.stringMatching(/^The chain refuses it/) });
  expect(await sales.purses()).toEqual([PURSE, PURSE - 50_000_000n]);
  expect(await sales.escrow()).toBe(50_000_000n);

  const again = (): Promise<Answer> => issuer.post(`${meis.path}/refund`);
  expect(await again()).toMatchObject({ status: 422, body: { code: 'CHAIN_REFUSED' } });
  await lift();
  expect((await again()).status).toBe(202);
  await sales.reached(meis, 'REFUNDED');
  expect(await sales.purses()).toEqual([PURSE, PURSE]);
  expect(await sales.escrow()).toBe(0n);
});

/** Its settlement, or the refunds in which that ended, broke off for such a reason. */
async function brokeOff({ id }: Sale, attempt: number, reason: string, what = 'settlement'): Promise<void> {
  await expect(platform.running.app.get(Workflows).finished(`offering-${what}:${id}:${attempt}`)).rejects.toThrow(reason);
}

describe('a settlement that the chain refuses for good', () => {
  /** Approved when the time to settle is over. */
  async function settledTooLate(): Promise<Sale> {
    const offering = await sales.open([[anna, '10']]);
    const approvalId = await sales.closedAndAllocated(offering);
    await platform.wallets.advanceTo(offering.settleBy);
    expect((await approve(officer, approvalId)).status).toBe(200);
    return offering;
  }

  test('is called off, also when the service was restarted in between', async () => {
    replayedSteps();
    const offering = await settledTooLate();
    await saleEnded(issuer, offering.id, 'REFUNDED');
    expect(await sales.purses()).toEqual([PURSE, PURSE]);
  });

  test.each(['cancel', 'settle'])('and whose end the chain refuses too breaks off, until the issuer asks again: %s', async (how) => {
    refuseOnce('offering-call-off:');
    const offering = await settledTooLate();
    await brokeOff(offering, 2, 'OfferingUnauthorized');
    expect(await failures(offering)).toMatchObject([
      { action: 'offering.settlement-failed', payload: { reason: expect.stringMatching(/OfferingUnauthorized/) } },
      { action: 'offering.settlement-failed', payload: { settled: '0' } },
    ]);
    expect((await issuer.post(`${offering.path}/${how}`)).status).toBe(202);
    await saleEnded(issuer, offering.id, 'REFUNDED');
    expect(await sales.purses()).toEqual([PURSE, PURSE]);
  });
});

describe('a settlement that broke off', () => {
  const again = (offering: Sale): Promise<Answer> => issuer.post(`${offering.path}/settle`);
  const KEY = ({ id }: Sale, what: 'allocate' | 'settle', from = 0): string => `offering-${what}:${id}:2:${from}`;

  /** @param breaks what is in the way of the settlement, now that its approval is asked for */
  async function settling(orders: [Person, string][], breaks: (offering: Sale) => void): Promise<Sale> {
    const offering = await sales.open(orders);
    const approvalId = await sales.closedAndAllocated(offering);
    breaks(offering);
    expect((await approve(officer, approvalId)).status).toBe(200);
    return offering;
  }

  async function isSettledAgain(offering: Sale): Promise<void> {
    expect((await again(offering)).body).toMatchObject({ state: 'SETTLING' });
    await saleEnded(issuer, offering.id, 'COMPLETED');
    expect(await Promise.all(offering.orders.map(sales.stateOf))).toEqual(offering.orders.map(() => 'SETTLED'));
    expect(await sales.escrow()).toBe(0n);
    expect(await again(offering)).toMatchObject({ status: 409, body: { code: 'OFFERING_STATE' } });
  }

  test('because its transaction was given up is not called off, but gone on with', async () => {
    const offering = await sales.open([[anna, '10']]);
    const approvalId = await sales.closedAndAllocated(offering);
    await givenUp(platform, async () => {
      await approve(officer, approvalId);
      return KEY(offering, 'allocate');
    });
    await brokeOff(offering, 2, 'was given up');
    expect(await sales.stateOf(offering)).toBe('SETTLING');
    expect(await failures(offering)).toMatchObject([
      { action: 'offering.settlement-failed', payload: { reason: expect.stringMatching(/was given up/) } },
    ]);
    await isSettledAgain(offering);
    expect(await sales.purses()).toEqual([PURSE - 25_000_000n, PURSE]);
  });

  test('because the seller was refused for a moment keeps what was allocated, as every other step says', async () => {
    const offering = await settling([[anna, '10']], () => refuseOnce('offering-settle:'));
    await brokeOff(offering, 2, 'OfferingUnauthorized');
    for (const what of ['open', 'close', 'allocate']) {
      const { status, body } = await issuer.post(`${offering.path}/${what}`);
      expect([what, status, body.code]).toEqual([what, 409, 'OFFERING_STATE']);
      expect(body.remedy).toMatch(/go on with POST .*\/settle/);
    }
    expect((await officer.post(`${offering.path}/settle`)).status).toBe(403);
    await isSettledAgain(offering);
  });

  test('in a way that nobody foresaw is gone on with', async () => {
    const offering = await settling([[anna, '10']], (sale) => breakBeforeSending(platform, KEY(sale, 'settle')));
    await brokeOff(offering, 2, UNFORESEEN);
    await isSettledAgain(offering);
  });

  test('is called off while nothing is delivered, if the issuer would rather', async () => {
    const offering = await settling([[anna, '10']], (sale) => breakBeforeSending(platform, KEY(sale, 'settle')));
    await brokeOff(offering, 2, UNFORESEEN);
    expect((await issuer.post(`${offering.path}/cancel`)).status).toBe(202);
    await saleEnded(issuer, offering.id, 'REFUNDED');
    expect(await sales.purses()).toEqual([PURSE, PURSE]);
  });

  test('and whose cancellation was given up is gone on with', async () => {
    const offering = await settling([[anna, '10']], () => refuseOnce('offering-settle:'));
    await brokeOff(offering, 2, 'OfferingUnauthorized');
    await givenUp(platform, () => asked(offering, 'cancel', 2));
    await sales.reached(offering, 'SETTLING');
    await isSettledAgain(offering);
  });

  test('halfway is not called off; what its time does not allow any more is refunded, also when that broke off', async () => {
    // Eight orders are delivered in one transaction: Mei's last is the ninth.
    const orders: [Person, string][] = [...Array(4).fill([anna, '10']), ...Array(5).fill([mei, '10'])];
    const offering = await settling(orders, (sale) => refuseOnce(KEY(sale, 'settle', 8)));
    await brokeOff(offering, 2, 'OfferingUnauthorized');
    expect(await issuer.post(`${offering.path}/cancel`)).toMatchObject({ status: 422, body: { code: 'CHAIN_REFUSED' } });
    await platform.wallets.advanceTo(offering.settleBy);
    const last = offering.orders[8] as Order;
    breakWhenConfirmed(platform, `offering-refund:${offering.id}:3:${last.chain.orderId}`);
    expect((await again(offering)).status).toBe(202);
    await brokeOff(offering, 3, UNFORESEEN, 'refund');
    expect(await sales.stateOf(offering)).toBe('SETTLING');
    expect((await again(offering)).status).toBe(202);
    await saleEnded(issuer, offering.id, 'COMPLETED');
    expect(await Promise.all(offering.orders.map(sales.stateOf))).toEqual([...Array(8).fill('SETTLED'), 'REFUNDED']);
    expect(await sales.escrow()).toBe(0n);
  });

  test('is none while it is on its way', async () => {
    const offering = await sales.open([[anna, '10']]);
    expect(await again(offering)).toMatchObject({ status: 409, body: { code: 'OFFERING_STATE' } });
    const approvalId = await sales.closedAndAllocated(offering);
    await inOneBlock(platform, async () => {
      await approve(officer, approvalId);
      for (const how of ['settle', 'cancel']) {
        expect(await issuer.post(`${offering.path}/${how}`)).toMatchObject({ status: 409, body: { code: 'OFFERING_STATE' } });
      }
    });
    await saleEnded(issuer, offering.id, 'COMPLETED');
  });
});

test('refunds of a failed offering that broke off are gone on with, by the issuer, and nothing is refunded twice', async () => {
  const offering = await sales.open([
    [anna, '10'],
    [mei, '20'],
  ]);
  const again = (by = issuer): Promise<Answer> => by.post(`${offering.path}/refund`);
  const refused = { status: 409, body: { code: 'OFFERING_STATE' } };
  expect(await again()).toMatchObject(refused);
  const [first] = offering.orders as [Order, Order];
  breakWhenConfirmed(platform, `offering-refund:${offering.id}:2:${first.chain.orderId}`);
  expect((await issuer.post(`${offering.path}/cancel`)).status).toBe(202);
  await sales.reached(offering, 'FAILED');
  await brokeOff(offering, 2, UNFORESEEN, 'refund');
  expect(await sales.stateOf(offering)).toBe('FAILED');
  expect(await sales.purses()).toEqual([PURSE, PURSE - 50_000_000n]);

  for (const by of [officer, anna.api]) expect((await again(by)).status).toBe(403);
  const asked = await Promise.all([again(), again()]);
  expect(asked.map(({ status }) => status).sort()).toEqual([202, 409]);
  await saleEnded(issuer, offering.id, 'REFUNDED');
  expect(await Promise.all(offering.orders.map(sales.stateOf))).toEqual(['REFUNDED', 'REFUNDED']);
  expect(await sales.purses()).toEqual([PURSE, PURSE]);
  expect(await sales.escrow()).toBe(0n);
  expect(await again()).toMatchObject(refused);
});

describe('what the chain did not do can be asked for again:', () => {
  test('an opening', async () => {
    const { body } = await issuer.post('/v1/offerings', await sales.terms());
    await approve(officer, body.approvalId);
    const offering = { id: body.id, path: `/v1/offerings/${body.id}` };
    await givenUp(platform, () => asked(offering, 'open', 0));
    await sales.reached(offering, 'APPROVED');
    expect(await failures(offering)).toMatchObject([{ action: 'offering.opening', payload: { state: 'APPROVED' } }]);
    expect((await issuer.post(`${offering.path}/open`)).status).toBe(202);
    await sales.reached(offering, 'OPEN');
  });

  test('a close, and a cancellation of what is closed', async () => {
    const offering = await sales.open([[anna, '10']]);
    await platform.wallets.advanceTo(offering.closesAt);
    await givenUp(platform, () => asked(offering, 'close', 1));
    await sales.reached(offering, 'OPEN');
    await issuer.post(`${offering.path}/close`);
    await sales.reached(offering, 'CLOSED');
    await givenUp(platform, () => asked(offering, 'cancel', 3));
    await sales.reached(offering, 'CLOSED');
    await issuer.post(`${offering.path}/cancel`);
    await saleEnded(issuer, offering.id, 'REFUNDED');
  });
});
