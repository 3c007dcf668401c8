import { type Hex, parseEventLogs, parseUnits } from 'viem';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { LOCAL_INDEX, localAddress } from '../../../backend/src/local/accounts.js';
import { Workflows } from '../../../backend/src/platform/workflow/workflows.js';
import { securityTokenAbi } from '../../../contracts/generated/abi.js';
import type { Answer, Api } from '../support/api.js';
import { breakNextRead, UNFORESEEN } from '../support/faults.js';
import { bringInstrument, bringInvestor, members, sell } from '../support/market.js';
import { approve, type Platform, startPlatform, until } from '../support/platform.js';
import { givenUp, inOneBlock, pooled } from '../support/pool.js';

const GWEI = 1_000_000_000n;
const DECIMALS = 2;

type Person = Awaited<ReturnType<typeof bringInvestor>>;

let platform: Platform;
let issuer: Api;
let fund: Answer['body'];
let anna: Person;
let mei: Person;
let bruno: Person;
let ravi: Person;

/** 150 units: 60 of Anna's, 90 of Mei's; Bruno and Ravi may hold some. */
beforeAll(async () => {
  platform = await startPlatform(new Date('2026-01-05T00:00:00Z'));
  ({ issuer } = platform.staff);
  const staff = await members(platform);
  fund = await bringInstrument(staff, 'RECORD');
  const bring = (name: 'anna' | 'mei' | 'bruno' | 'ravi') => bringInvestor(platform, staff, name);
  [anna, mei, bruno, ravi] = await Promise.all([bring('anna'), bring('mei'), bring('bruno'), bring('ravi')]);
  await sell(platform, fund.id, [
    [anna, '60'],
    [mei, '90'],
  ]);
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(() => platform?.close());

async function declared(): Promise<{ id: string; path: string }> {
  const { status, body } = await issuer.post('/v1/distributions', {
    instrumentId: fund.id,
    kind: 'INTR',
    currency: 'LUSD',
    pool: '15',
    taxExemption: '26 USC 871(g)(1)(B)(i)',
    withholdingAgent: localAddress(LOCAL_INDEX.withholding),
    paymentDate: '2026-02-01',
  });
  expect(status).toBe(201);
  return { id: body.id, path: `/v1/distributions/${body.id}` };
}

const reached = (path: string, wanted: string) => until(issuer, path, ({ state }) => state === wanted);
const entitlements = async (id: string): Promise<Answer['body'][]> =>
  (await issuer.get(`/v1/entitlements?distributionId=${id}`)).body.items;
const token = () => ({ address: fund.token, abi: securityTokenAbi });

/** Asks for the record date; the snapshot waits to be mined, with so many transactions of others. */
async function record(path: string, others = 0): Promise<void> {
  expect((await issuer.post(`${path}/snapshot`)).body).toMatchObject({ state: 'RECORDING' });
  await pooled(platform, others + 1);
}

test('the register is that of the snapshot itself: what moves in its block counts only before it', async () => {
  const { client } = platform;
  const { baseFeePerGas } = await client.getBlock();
  const base = baseFeePerGas ?? 0n;
  /** The service offers twice the base fee and a tip. */
  const DEAR = { maxFeePerGas: 500n * GWEI, maxPriorityFeePerGas: 50n * GWEI };
  const CHEAP = { maxFeePerGas: (base * 3n) / 2n, maxPriorityFeePerGas: 0n };
  const hashes: Hex[] = [];
  const nonces = new Map<Person, number>();
  async function move(from: Person, to: Person, units: string, fees: object): Promise<void> {
    const nonce = nonces.get(from) ?? (await client.getTransactionCount({ address: from.account.address }));
    nonces.set(from, nonce + 1);
    const args = [to.account.address, parseUnits(units, DECIMALS)] as const;
    hashes.push(
      await client.writeContract({ ...token(), functionName: 'transfer', args, account: from.account, gas: 500_000n, nonce, ...fees }),
    );
  }
  const { id, path } = await declared();
  await inOneBlock(platform, async () => {
    await move(mei, anna, '40', DEAR);
    await move(anna, bruno, '30', { ...DEAR, maxFeePerGas: 400n * GWEI, maxPriorityFeePerGas: 40n * GWEI });
    // Bruno has none before and none after the block, Mei some before, Ravi some after.
    await move(bruno, ravi, '30', CHEAP);
    await move(mei, anna, '50', CHEAP);
    await record(path, hashes.length);
  });
  const { snapshotId } = await reached(path, 'CALCULATED');

  const [taken] = parseEventLogs({
    abi: securityTokenAbi,
    eventName: 'SnapshotTaken',
    logs: await client.getLogs({ address: fund.token, fromBlock: 'latest' }),
  });
  const places = await Promise.all(hashes.map((hash) => client.getTransactionReceipt({ hash })));
  expect(places.map(({ status, blockNumber }) => [status, blockNumber])).toEqual(Array(4).fill(['success', taken?.blockNumber]));
  expect(places.map(({ transactionIndex }) => transactionIndex < (taken?.transactionIndex ?? 0))).toEqual([true, true, false, false]);

  const due = await entitlements(id);
  const of = (person: Person) => due.find(({ investorId }) => investorId === person.id);
  expect([of(anna), of(mei), of(bruno)]).toMatchObject([
    { units: '70', gross: '7' },
    { units: '50', gross: '5' },
    { units: '30', gross: '3' },
  ]);
  expect(of(ravi)).toBeUndefined();
  for (const person of [anna, mei, bruno, ravi]) {
    const args = [person.account.address, BigInt(snapshotId)] as const;
    expect(parseUnits(of(person)?.units ?? '0', DECIMALS)).toBe(
      await client.readContract({ ...token(), functionName: 'balanceOfAt', args }),
    );
  }
  const supply = await client.readContract({ ...token(), functionName: 'totalSupplyAt', args: [BigInt(snapshotId)] });
  expect(due.reduce((sum, { units }) => sum + parseUnits(units, DECIMALS), 0n)).toBe(supply);
});

describe('called off', () => {
  test('while its record date is taken it stays so: nothing is calculated from the snapshot', async () => {
    const { id, path } = await declared();
    await inOneBlock(platform, async () => {
      await record(path);
      expect((await issuer.post(`${path}/cancel`)).body).toMatchObject({ state: 'CANCELLED' });
    });
    await platform.running.app.get(Workflows).finished(`record-date:${id}:0`);
    expect((await issuer.get(path)).body).toMatchObject({ state: 'CANCELLED', snapshotId: null, totals: null });
    expect(await entitlements(id)).toEqual([]);
    const again = await issuer.post(`${path}/submit`);
    expect([again.status, again.body.code]).toEqual([409, 'DISTRIBUTION_STATE']);
    const { body } = await platform.staff.auditor.get(`/v1/audit-events?subject=distribution:${id}`);
    expect(body.items.map(({ action }: { action: string }) => action).reverse()).toEqual([
      'distribution.declared',
      'distribution.recording',
      'distribution.cancelled',
    ]);
  });

  test('while an officer looks at it, it cannot be approved any more', async () => {
    const { path } = await declared();
    expect((await issuer.post(`${path}/snapshot`)).status).toBe(202);
    await reached(path, 'CALCULATED');
    const { body: submitted } = await issuer.post(`${path}/submit`);
    expect((await issuer.post(`${path}/cancel`)).body).toMatchObject({ state: 'CANCELLED' });
    const late = await approve(platform.staff.officer, submitted.approvalId);
    expect([late.status, late.body.code]).toEqual([409, 'DISTRIBUTION_STATE']);
    expect((await issuer.get(path)).body.state).toBe('CANCELLED');
  });
});

describe('a record date that broke off', () => {
  const lastSnapshot = (): Promise<bigint> => platform.client.readContract({ ...token(), functionName: 'lastSnapshotId' });
  const outcome = (id: string, attempt: number): Promise<void> =>
    platform.running.app.get(Workflows).finished(`record-date:${id}:${attempt}`);

  test('when its snapshot was taken stays that of the snapshot: what moves afterwards does not count', async () => {
    const { id, path } = await declared();
    breakNextRead(platform, 'balanceOfAt');
    await issuer.post(`${path}/snapshot`);
    await expect(outcome(id, 0)).rejects.toThrow(UNFORESEEN);
    const taken = await lastSnapshot();
    const units = await platform.client.readContract({ ...token(), functionName: 'balanceOf', args: [anna.account.address] });
    await platform.client.writeContract({
      ...token(),
      functionName: 'transfer',
      args: [bruno.account.address, units],
      account: anna.account,
    });

    const other = await issuer.post(`${path}/submit`);
    expect([other.status, other.body.code]).toEqual([409, 'DISTRIBUTION_STATE']);
    expect(other.body.remedy).toMatch(/go on with POST .*\/snapshot/);
    expect((await issuer.post(`${path}/snapshot`)).body).toMatchObject({ state: 'RECORDING' });
    expect(await reached(path, 'CALCULATED')).toMatchObject({ snapshotId: taken.toString() });
    expect(await lastSnapshot()).toBe(taken);
    const due = (await entitlements(id)).find(({ investorId }) => investorId === anna.id);
    expect(parseUnits(due?.units ?? '0', DECIMALS)).toBe(units);
    const again = await issuer.post(`${path}/snapshot`);
    expect([again.status, again.body.code]).toEqual([409, 'DISTRIBUTION_STATE']);
  });

  test('before its snapshot was taken takes it then', async () => {
    const before = await lastSnapshot();
    const { id, path } = await declared();
    await givenUp(platform, async () => {
      await issuer.post(`${path}/snapshot`);
      return `snapshot:${id}:0`;
    });
    await expect(outcome(id, 0)).rejects.toThrow('was given up');
    expect(await lastSnapshot()).toBe(before);
    expect((await issuer.post(`${path}/snapshot`)).status).toBe(202);
    expect(await reached(path, 'CALCULATED')).toMatchObject({ snapshotId: (before + 1n).toString() });
  });
});
