import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { Contracts } from '../../../backend/src/chain/contracts.js';
import { Operations } from '../../../backend/src/chain/operations.js';
import { LOCAL_INDEX, localAddress, localSender } from '../../../backend/src/local/accounts.js';
import { Workflows } from '../../../backend/src/platform/workflow/workflows.js';
import type { Answer, Api } from '../support/api.js';
import { bringInstrument, bringInvestor, give, members, OFFERING, openOffering, order, payOrder, settle } from '../support/market.js';
import { approve, type Platform, startPlatform, until } from '../support/platform.js';

const POOL = 15_000_000n;

let platform: Platform;
let issuer: Api;
let fund: Answer['body'];

beforeAll(async () => {
  platform = await startPlatform(new Date('2026-01-05T00:00:00Z'));
  ({ issuer } = platform.staff);
  const staff = await members(platform);
  fund = await bringInstrument(staff, 'FUNDING');
  const anna = await bringInvestor(platform, staff, 'anna');
  const dates = { opensAt: '2026-01-06T00:00:00Z', closesAt: '2026-01-08T00:00:00Z', settleBy: '2026-01-20T00:00:00Z' };
  const offering = await openOffering(platform, { ...OFFERING, ...dates, instrumentId: fund.id });
  await platform.wallets.advanceTo(dates.opensAt);
  await give(platform, anna.account.address, 250_000_000n);
  await payOrder(platform, anna, await order(anna, offering.id, '60'));
  await settle(platform, offering.id);
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(() => platform?.close());

const pathOf = ({ id }: { id: string }): string => `/v1/distributions/${id}`;
const fundIt = (distribution: { id: string }): Promise<Answer> => issuer.post(`${pathOf(distribution)}/fund`);

async function approved(): Promise<Answer['body']> {
  const { body: declared } = await issuer.post('/v1/distributions', {
    instrumentId: fund.id,
    kind: 'INTR',
    currency: 'LUSD',
    pool: '15',
    taxExemption: '26 USC 871(g)(1)(B)(i)',
    withholdingAgent: localAddress(LOCAL_INDEX.withholding),
    paymentDate: '2026-02-01',
  });
  await issuer.post(`${pathOf(declared)}/snapshot`);
  await until(issuer, pathOf(declared), ({ state }) => state === 'CALCULATED');
  const { body: submitted } = await issuer.post(`${pathOf(declared)}/submit`);
  await approve(platform.staff.officer, submitted.approvalId);
  return until(issuer, pathOf(declared), ({ state }) => state === 'APPROVED');
}

/** Lets the next read of this kind go wrong in a way that nobody foresaw. */
function breakNextRead(functionName: string): void {
  const contracts = platform.running.app.get(Contracts);
  const read = contracts.read.bind(contracts) as (given: { functionName: string }) => Promise<unknown>;
  let left = 1;
  vi.spyOn(contracts, 'read').mockImplementation((async (given: { functionName: string }) => {
    if (given.functionName === functionName && left-- > 0) throw new Error('Nobody foresaw this.');
    return read(given);
  }) as unknown as typeof contracts.read);
}

async function brokeOff({ id }: { id: string }): Promise<void> {
  await expect(platform.running.app.get(Workflows).finished(`distribution-funding:${id}:0`)).rejects.toThrow('Nobody foresaw this.');
}

test('a funding that broke off before anything was declared is asked for again', async () => {
  const distribution = await approved();
  await give(platform, localSender('payer'), POOL);
  breakNextRead('totalsOf');
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
  const operations = platform.running.app.get(Operations);
  const confirmed = operations.confirmed.bind(operations);
  vi.spyOn(operations, 'confirmed').mockImplementation(async (id) => {
    const operation = await confirmed(id);
    if (operation.businessKey === `distribution-fund:${distribution.id}:0`) throw new Error('Nobody foresaw this.');
    return operation;
  });
  expect((await fundIt(distribution)).status).toBe(202);
  await brokeOff(distribution);
  expect((await issuer.get(pathOf(distribution))).body.state).toBe('FUNDING');
  expect(await platform.money(localSender('payer'))).toBe(0n);
  expect((await fundIt(distribution)).status).toBe(202);
  await until(issuer, pathOf(distribution), ({ state }) => state === 'FUNDED');
  expect(await platform.money(platform.deployment.contracts.distributor)).toBe(escrow + POOL);
  expect(await operations.find(`distribution-allow:${distribution.id}:1`)).toBeUndefined();
});
