import { type Address, type ContractFunctionArgs, encodeFunctionData, type Hex, parseAbi } from 'viem';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Operations } from '../../../backend/src/chain/operations.js';
import { Transactions } from '../../../backend/src/chain/transactions.js';
import { LOCAL_INDEX, localSender } from '../../../backend/src/local/accounts.js';
import { localAccount } from '../../../backend/src/local/people.js';
import type { Staff } from '../../../backend/src/local/world/people.js';
import { bringAsset } from '../../../backend/src/local/world/sale.js';
import type { Answer, Api } from '../support/api.js';
import { ASSET, bringInstrument, EVIDENCE, members, OFFERING } from '../support/market.js';
import { approve, type Platform, startPlatform, until } from '../support/platform.js';
import { isSent, pooled } from '../support/pool.js';

const managerAbi = parseAbi([
  'function authority() view returns (address)',
  'function hasRole(uint64 roleId, address account) view returns (bool isMember, uint32 executionDelay)',
  'function grantRole(uint64 roleId, address account, uint32 executionDelay)',
  'function revokeRole(uint64 roleId, address account)',
  'function cancel(address caller, address target, bytes data) returns (uint32)',
]);
const ADMIN = 0n;
/** May bind registries to the identity storage: what the factory cannot deploy without. */
const BINDER = 1n;
const DAY = 86_400;

let platform: Platform;
let staff: Staff;
let issuer: Api;
let operations: Operations;
let factory: Address;
/** Governs all tokens of the issuer. */
let manager: Address;
const admin = localSender('admin');
/** A second administrator, who may cancel what the service announces. */
const guardian = localAccount(LOCAL_INDEX.guardian);

beforeAll(async () => {
  platform = await startPlatform(new Date('2026-01-05T00:00:00Z'));
  ({ issuer } = platform.staff);
  operations = platform.running.app.get(Operations);
  factory = platform.deployment.contracts.tokenFactory;
  staff = await members(platform);
  const { token } = await bringInstrument(staff, 'FIRST');
  manager = await platform.client.readContract({ address: token, abi: managerAbi, functionName: 'authority' });
  await byAdmin(manager, 'grantRole', [ADMIN, guardian.address, 0]);
});
afterAll(() => platform?.close());

type Change = 'grantRole' | 'revokeRole';
let sent = 0;

/** Through the pipeline, which keeps the count of this account's transactions. */
async function byAdmin<const name extends Change>(
  to: Address,
  functionName: name,
  args: ContractFunctionArgs<typeof managerAbi, 'nonpayable', name>,
): Promise<void> {
  const data = encodeFunctionData({ abi: managerAbi, functionName, args } as Parameters<typeof encodeFunctionData>[0]);
  const transactions = platform.running.app.get(Transactions);
  const { id } = await transactions.enqueue({ businessKey: `test:${sent++}`, sender: 'admin', to, data });
  await operations.confirmed(id);
}

const mayBind = (may: boolean): Promise<void> => {
  const { accessManager } = platform.deployment.contracts;
  return may ? byAdmin(accessManager, 'grantRole', [BINDER, factory, 0]) : byAdmin(accessManager, 'revokeRole', [BINDER, factory]);
};
const stateOf = async (path: string): Promise<string> => (await issuer.get(path)).body.state;
const isLent = async (): Promise<boolean> =>
  (await platform.client.readContract({ address: manager, abi: managerAbi, functionName: 'hasRole', args: [ADMIN, factory] }))[0];
const failures = async (id: string): Promise<Answer['body'][]> =>
  (await platform.staff.auditor.get(`/v1/audit-events?subject=instrument:${id}&action=instrument.failed`)).body.items;

/** An instrument whose terms a second officer has approved. */
async function approvedInstrument(symbol: string, assetId?: string): Promise<{ id: string; path: string; asset: string }> {
  const id = assetId ?? (await bringAsset(staff, { ...ASSET, name: `The bill of ${symbol}` }, EVIDENCE)).id;
  const terms = { authorisedUnits: '1000', countriesAllowed: ['CH'] };
  const drafted = await issuer.post('/v1/instruments', { assetId: id, name: symbol, symbol, decimals: 2, rightsType: 'EQUITY', terms });
  expect(drafted.status).toBe(201);
  expect((await approve(platform.staff.officer2, drafted.body.approvalId)).status).toBe(200);
  return { id: drafted.body.id, path: `/v1/instruments/${drafted.body.id}`, asset: id };
}

const ended = (path: string): Promise<Answer['body']> =>
  until(issuer, path, ({ state }: { state: string }) => state !== 'DRAFT' && state !== 'DEPLOYING');

describe('a deployment that the chain refuses', () => {
  afterEach(() => mayBind(true));

  test('fails with its reason, the factory gives its power back, and the asset is there for another', async () => {
    await mayBind(false);
    const { id, path, asset } = await approvedInstrument('REFUSED');
    expect(await ended(path)).toMatchObject({ state: 'FAILED', token: null, registry: null, caip19: null });
    expect(await failures(id)).toMatchObject([
      { result: 'FAILED', payload: { reason: expect.stringMatching(/AccessManagedUnauthorized/), openLoan: false } },
    ]);
    expect(await operations.find(`factory-grantRole:${id}:0`)).toMatchObject({ state: 'CONFIRMED' });
    expect(await isLent()).toBe(false);
    const dates = { opensAt: '2026-01-06T00:00:00Z', closesAt: '2026-01-08T00:00:00Z', settleBy: '2026-01-20T00:00:00Z' };
    const offering = await issuer.post('/v1/offerings', { ...OFFERING, ...dates, instrumentId: id });
    expect([offering.status, offering.body.code]).toEqual([409, 'INSTRUMENT_NOT_DEPLOYED']);

    expect(await stateOf(`/v1/assets/${asset}`)).toBe('READY');
    await mayBind(true);
    const second = await approvedInstrument('SECOND', asset);
    expect(await ended(second.path)).toMatchObject({ state: 'DEPLOYED', token: expect.stringMatching(/^0x/) });
    expect(await stateOf(`/v1/assets/${asset}`)).toBe('TOKENIZED');
    expect(await isLent()).toBe(false);
  });

  test('is failed, so that the issuer’s next one has its turn, only when the power is back', async () => {
    const { client } = platform;
    await mayBind(false);
    await client.setAutomine(false);
    const { id, path } = await approvedInstrument('SLOW');
    try {
      await pooled(platform, 1);
      await client.mine({ blocks: 1 });
      await pooled(platform, 1);
      expect(await operations.find(`factory-revokeRole:${id}:0`)).toBeDefined();
      expect(await isLent()).toBe(true);
      expect(await stateOf(path)).toBe('DEPLOYING');
    } finally {
      await client.mine({ blocks: 1 });
      await client.setAutomine(true);
    }
    expect(await ended(path)).toMatchObject({ state: 'FAILED' });
    expect(await isLent()).toBe(false);
  });
});

test('a token that stands but was never opened is failed, its asset is not there for another, and the issuer goes on', async () => {
  const { client, running } = platform;
  await client.setAutomine(false);
  const { id, path, asset } = await approvedInstrument('HALF-WAY');
  const [document] = (await issuer.get(`/v1/assets/${asset}/documents`)).body;
  try {
    for (const step of [`factory-grantRole:${id}:0`, `deploy:${id}`]) {
      await isSent(platform, step);
      await client.mine({ blocks: 1 });
    }
    // Somebody gives its first document up: nothing goes to the chain in its place.
    const first = `document:${id}:${document.id}:0`;
    await isSent(platform, first);
    await running.app.get(Transactions).abandon((await operations.find(first))?.id ?? '');
    await isSent(platform, first, 'NOOP');
  } finally {
    await client.mine({ blocks: 1 });
    await client.setAutomine(true);
  }
  const { state, token } = await ended(path);
  expect([state, token]).toEqual(['FAILED', expect.stringMatching(/^0x/)]);
  expect(await failures(id)).toMatchObject([{ payload: { reason: expect.stringMatching(/given up/), openLoan: false } }]);
  expect(await isLent()).toBe(false);
  expect(await stateOf(`/v1/assets/${asset}`)).toBe('TOKENIZED');
  const terms = { authorisedUnits: '1000', countriesAllowed: ['CH'] };
  const other = await issuer.post('/v1/instruments', { assetId: asset, name: 'Other', symbol: 'OTHER', rightsType: 'EQUITY', terms });
  expect([other.status, other.body.code]).toEqual([409, 'ASSET_NOT_READY']);
  expect((await issuer.post(`${path}/deploy`)).status).toBe(202);
  expect(await ended(path)).toMatchObject({ state: 'DEPLOYED', token });
});

describe('a deployment under an administrator who has to announce what he does', () => {
  beforeAll(async () => {
    await byGuardian('grantRole', [ADMIN, admin, DAY]);
  });

  function byGuardian(functionName: 'grantRole' | 'cancel', args: readonly unknown[]): Promise<Hex> {
    const data = encodeFunctionData({ abi: managerAbi, functionName, args } as Parameters<typeof encodeFunctionData>[0]);
    return platform.wallets.send(guardian, { to: manager, data });
  }

  const loan = (functionName: Change): Hex =>
    functionName === 'grantRole'
      ? encodeFunctionData({ abi: managerAbi, functionName, args: [ADMIN, factory, 0] })
      : encodeFunctionData({ abi: managerAbi, functionName, args: [ADMIN, factory] });
  const announced = ({ id, path }: { id: string; path: string }, what: Change): Promise<unknown> =>
    until(issuer, path, async () => (await operations.find(`factory-${what}:${id}:0:schedule`))?.state === 'CONFIRMED');
  const cancel = (what: Change): Promise<Hex> => byGuardian('cancel', [admin, manager, loan(what)]);

  async function aDayLater(): Promise<void> {
    const { timestamp } = await platform.client.getBlock();
    await platform.wallets.advanceTo(new Date((Number(timestamp) + DAY) * 1_000));
  }

  test('fails when the guardian cancels that the factory gets the power, and the asset is there for another', async () => {
    const instrument = await approvedInstrument('STOPPED');
    await announced(instrument, 'grantRole');
    await cancel('grantRole');
    expect(await ended(instrument.path)).toMatchObject({ state: 'FAILED', token: null });
    expect(await failures(instrument.id)).toMatchObject([{ payload: { reason: expect.stringMatching(/guardian cancelled/) } }]);
    expect(await stateOf(`/v1/assets/${instrument.asset}`)).toBe('READY');
    expect(await operations.find(`deploy:${instrument.id}`)).toBeUndefined();
    expect(await isLent()).toBe(false);
  });

  test('that cannot take the power back says so, and the next one lays it down', async () => {
    await mayBind(false);
    const refused = await approvedInstrument('OPEN-LOAN');
    await announced(refused, 'grantRole');
    await aDayLater();
    await announced(refused, 'revokeRole');
    expect(await stateOf(refused.path)).toBe('DEPLOYING');
    await cancel('revokeRole');
    expect(await ended(refused.path)).toMatchObject({ state: 'FAILED' });
    expect(await failures(refused.id)).toMatchObject([
      { payload: { reason: expect.stringMatching(/AccessManagedUnauthorized/), openLoan: true } },
    ]);
    expect(await isLent()).toBe(true);

    await mayBind(true);
    const next = await approvedInstrument('NEXT', refused.asset);
    await announced(next, 'grantRole');
    await aDayLater();
    expect(await ended(next.path)).toMatchObject({ state: 'DEPLOYED' });
    expect(await isLent()).toBe(false);
  });
});
