import { type Address, concat, type Hex } from 'viem';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { Operations } from '../../../backend/src/chain/operations.js';
import { ChainRefused } from '../../../backend/src/chain/refusal.js';
import { Transactions } from '../../../backend/src/chain/transactions.js';
import { localAddress } from '../../../backend/src/local/accounts.js';
import type { Staff } from '../../../backend/src/local/world/people.js';
import { Workflows } from '../../../backend/src/platform/workflow/workflows.js';
import { offeringAbi } from '../../../contracts/generated/abi.js';
import type { Answer, Api } from '../support/api.js';
import { bringInstrument, bringInvestor, give, members, OFFERING, openOffering, order, payOrder } from '../support/market.js';
import { approve, type Platform, startPlatform, until } from '../support/platform.js';
import { givenUp, inOneBlock, isSent } from '../support/pool.js';

const DAY = 86_400_000;

let platform: Platform;
let staff: Staff;
let issuer: Api;
let fund: Answer['body'];
let anna: Awaited<ReturnType<typeof bringInvestor>>;
let mei: Awaited<ReturnType<typeof bringInvestor>>;
/** Each sale has days of its own. */
let day = Date.parse('2026-01-06T00:00:00Z');

beforeAll(async () => {
  platform = await startPlatform(new Date('2026-01-05T00:00:00Z'));
  ({ issuer } = platform.staff);
  staff = await members(platform);
  fund = await bringInstrument(staff, 'WAYS');
  [anna, mei] = await Promise.all([bringInvestor(platform, staff, 'anna'), bringInvestor(platform, staff, 'mei')]);
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(() => platform?.close());

const pathOf = ({ id }: { id: string }): string => `/v1/offerings/${id}`;
const reached = (offering: { id: string }, state: string): Promise<Answer['body']> =>
  until(issuer, pathOf(offering), (body) => body.state === state);
const subscription = async ({ id }: { id: string }): Promise<Answer['body']> => (await issuer.get(`/v1/subscriptions/${id}`)).body;
const failures = async ({ id }: { id: string }): Promise<Answer['body'][]> => {
  const { body } = await platform.staff.officer.get(`/v1/audit-events?subject=offering:${id}&limit=100`);
  return body.items.filter(({ result }: { result: string }) => result === 'FAILED');
};

function nextDates() {
  const at = (days: number): string => new Date(day + days * DAY).toISOString();
  const dates = { opensAt: at(0), closesAt: at(1), settleBy: at(4) };
  day += 5 * DAY;
  return dates;
}

async function draft(): Promise<Answer['body']> {
  const { body } = await issuer.post('/v1/offerings', { ...OFFERING, ...nextDates(), softCap: '50', instrumentId: fund.id });
  await approve(platform.staff.officer, body.approvalId);
  return body;
}

/** An open sale; what is asked for is paid in the order given. */
async function sale(softCap: string, asked: [typeof anna, string][]): Promise<{ offering: Answer['body']; orders: Answer['body'][] }> {
  const offering = await openOffering(platform, { ...OFFERING, ...nextDates(), softCap, instrumentId: fund.id });
  await platform.wallets.advanceTo(offering.opensAt);
  const orders: Answer['body'][] = [];
  for (const [investor, units] of asked) {
    await give(platform, investor.account.address, 250_000_000n);
    const signed = await order(investor, offering.id, units);
    await payOrder(platform, investor, signed);
    orders.push(signed);
  }
  return { offering, orders };
}

/** @returns the business key under which it was asked for */
async function asked(offering: { id: string }, what: 'open' | 'close' | 'cancel', attempt: number): Promise<string> {
  expect((await issuer.post(`${pathOf(offering)}/${what}`)).status).toBe(202);
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

describe('a refund that the chain refuses', () => {
  test('holds that order with its reason; the others are refunded, and it is when the reason is gone', async () => {
    const { offering, orders } = await sale('100', [
      [mei, '20'],
      [anna, '10'],
    ]);
    const before = await Promise.all([mei, anna].map(({ account }) => platform.money(account.address)));
    const lift = await blocklist(mei.account.address);
    await platform.wallets.advanceTo(offering.closesAt);
    expect((await issuer.post(`${pathOf(offering)}/close`)).status).toBe(202);
    await reached(offering, 'REFUNDED');
    const [meis, annas] = orders;
    await until(issuer, `/v1/subscriptions/${annas.id}`, ({ state }) => state === 'REFUNDED');
    expect(await subscription(meis)).toMatchObject({ state: 'HELD', held: expect.stringMatching(/^The chain refuses it/) });
    expect(await platform.money(anna.account.address)).toBe((before[1] ?? 0n) + 25_000_000n);
    expect(await platform.money(platform.deployment.contracts.offering)).toBe(50_000_000n);

    const again = (): Promise<Answer> => issuer.post(`/v1/subscriptions/${meis.id}/refund`);
    expect(await again()).toMatchObject({ status: 422, body: { code: 'CHAIN_REFUSED' } });
    await lift();
    expect((await again()).status).toBe(202);
    await until(issuer, `/v1/subscriptions/${meis.id}`, ({ state }) => state === 'REFUNDED');
    expect(await platform.money(mei.account.address)).toBe((before[0] ?? 0n) + 50_000_000n);
    expect(await platform.money(platform.deployment.contracts.offering)).toBe(0n);
  });
});

describe('a settlement that the chain refuses as a whole', () => {
  /** Approved when the time to settle is over. */
  async function settledTooLate(): Promise<{ offering: Answer['body']; orders: Answer['body'][] }> {
    const { offering, orders } = await sale('10', [[anna, '10']]);
    await platform.wallets.advanceTo(offering.closesAt);
    await issuer.post(`${pathOf(offering)}/close`);
    await reached(offering, 'CLOSED');
    const { body } = await issuer.post(`${pathOf(offering)}/allocate`);
    await platform.wallets.advanceTo(offering.settleBy);
    expect((await approve(platform.staff.officer, body.allocationApprovalId)).status).toBeLessThan(300);
    return { offering, orders };
  }

  test('is called off, also when the service was restarted in between', async () => {
    replayedSteps();
    const { offering, orders } = await settledTooLate();
    await reached(offering, 'REFUNDED');
    await until(issuer, `/v1/subscriptions/${orders[0].id}`, ({ state }) => state === 'REFUNDED');
  });

  test('is CLOSED again when the chain refuses that too, and the issuer calls it off', async () => {
    refuseOnce('offering-call-off:');
    const { offering, orders } = await settledTooLate();
    await reached(offering, 'CLOSED');
    expect(await failures(offering)).toMatchObject([
      { action: 'offering.settlement-failed', payload: { state: 'CLOSED', reason: expect.stringMatching(/OfferingUnauthorized/) } },
      { action: 'offering.settlement-failed', payload: { settled: '0' } },
    ]);
    expect((await issuer.post(`${pathOf(offering)}/cancel`)).status).toBe(202);
    await reached(offering, 'REFUNDED');
    await until(issuer, `/v1/subscriptions/${orders[0].id}`, ({ state }) => state === 'REFUNDED');
  });
});

describe('what the chain did not do can be asked for again:', () => {
  test('an opening', async () => {
    const offering = await draft();
    await givenUp(platform, () => asked(offering, 'open', 0));
    await reached(offering, 'APPROVED');
    expect(await failures(offering)).toMatchObject([{ action: 'offering.opening', payload: { state: 'APPROVED' } }]);
    expect((await issuer.post(`${pathOf(offering)}/open`)).status).toBe(202);
    await reached(offering, 'OPEN');
  });

  test('a close, and a cancellation of what is closed', async () => {
    const { offering } = await sale('10', [[anna, '10']]);
    await platform.wallets.advanceTo(offering.closesAt);
    await givenUp(platform, () => asked(offering, 'close', 1));
    await reached(offering, 'OPEN');
    await issuer.post(`${pathOf(offering)}/close`);
    await reached(offering, 'CLOSED');
    await givenUp(platform, () => asked(offering, 'cancel', 3));
    await reached(offering, 'CLOSED');
    await issuer.post(`${pathOf(offering)}/cancel`);
    await reached(offering, 'REFUNDED');
  });
});

test('a sale that somebody closes while its cancellation is on the way is refunded all the same', async () => {
  const { offering, orders } = await sale('100', [[anna, '10']]);
  await platform.wallets.advanceTo(offering.closesAt);
  const { client } = platform;
  const close = { address: platform.deployment.contracts.offering, abi: offeringAbi, functionName: 'close' } as const;
  const dear = { gas: 500_000n, maxFeePerGas: 10n ** 12n, maxPriorityFeePerGas: 10n ** 11n };
  await inOneBlock(platform, async () => {
    expect((await issuer.post(`${pathOf(offering)}/cancel`)).status).toBe(202);
    await isSent(platform, `offering-cancel:${offering.id}:1`);
    await client.writeContract({ ...close, args: [offering.chainOfferingId], account: anna.account, ...dear });
  });
  await reached(offering, 'REFUNDED');
  await until(issuer, `/v1/subscriptions/${orders[0].id}`, ({ state }) => state === 'REFUNDED');
  const operation = await platform.running.app.get(Operations).find(`offering-cancel:${offering.id}:1`);
  expect(operation).toMatchObject({ state: 'REVERTED', error: { name: 'OfferingStateInvalid' } });
});
