import { type Address, parseAbi, stringToHex } from 'viem';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { Contracts } from '../../../backend/src/chain/contracts.js';
import { ChainRefused } from '../../../backend/src/chain/refusal.js';
import { RestrictedCalls } from '../../../backend/src/chain/restricted-call.js';
import { Transactions } from '../../../backend/src/chain/transactions.js';
import type { Staff } from '../../../backend/src/local/world/people.js';
import { bringAsset } from '../../../backend/src/local/world/sale.js';
import { Workflows } from '../../../backend/src/platform/workflow/workflows.js';
import { securityTokenAbi } from '../../../contracts/generated/abi.js';
import type { Answer, Api } from '../support/api.js';
import { ASSET, bringInstrument, EVIDENCE, members } from '../support/market.js';
import { approve, type Platform, startPlatform, until } from '../support/platform.js';

const managerAbi = parseAbi([
  'function authority() view returns (address)',
  'function hasRole(uint64 roleId, address account) view returns (bool isMember, uint32 executionDelay)',
]);

let platform: Platform;
let staff: Staff;
let issuer: Api;
/** Governs the first instrument, and so the later ones too. */
let manager: Address;

beforeAll(async () => {
  platform = await startPlatform(new Date('2026-01-05T00:00:00Z'));
  ({ issuer } = platform.staff);
  staff = await members(platform);
  const { token } = await bringInstrument(staff, 'FIRST');
  manager = await platform.client.readContract({ address: token, abi: managerAbi, functionName: 'authority' });
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(() => platform?.close());

const pathOf = ({ id }: { id: string }): string => `/v1/instruments/${id}`;
const reached = (instrument: { id: string }, state: string): Promise<Answer['body']> =>
  until(issuer, pathOf(instrument), (body) => body.state === state);
const goOn = (instrument: { id: string }): Promise<Answer> => issuer.post(`${pathOf(instrument)}/deploy`);
const assetState = async ({ assetId }: { assetId: string }): Promise<string> => (await issuer.get(`/v1/assets/${assetId}`)).body.state;

/** Terms of an asset of its own, approved. */
async function approved(symbol: string): Promise<Answer['body']> {
  const asset = await bringAsset(staff, { ...ASSET, name: `The bill of ${symbol}` }, EVIDENCE);
  const { body } = await issuer.post('/v1/instruments', {
    assetId: asset.id,
    name: `Fund ${symbol}`,
    symbol,
    decimals: 2,
    rightsType: 'FUND_UNIT',
    terms: { authorisedUnits: '1000', countriesAllowed: ['CH'] },
  });
  expect((await approve(platform.staff.officer, body.approvalId)).status).toBeLessThan(300);
  return body;
}

/** The factory has no power over the issuer's manager. */
async function loanIsBack(): Promise<void> {
  const args = [0n, platform.deployment.contracts.tokenFactory] as const;
  expect(await platform.client.readContract({ address: manager, abi: managerAbi, functionName: 'hasRole', args })).toEqual([false, 0]);
}

/** Open, with each document once. */
async function stands(instrument: { id: string }): Promise<void> {
  const { token } = await reached(instrument, 'DEPLOYED');
  const on = { address: token, abi: securityTokenAbi } as const;
  expect(await platform.client.readContract({ ...on, functionName: 'paused' })).toBe(false);
  for (const { role } of EVIDENCE) {
    const args = [stringToHex(role, { size: 32 })] as const;
    expect(await platform.client.readContract({ ...on, functionName: 'documentVersions', args })).toBe(1n);
  }
  await loanIsBack();
}

test('contracts that stand but were not opened are opened when the issuer asks again', async () => {
  const restricted = platform.running.app.get(RestrictedCalls);
  const run = restricted.run.bind(restricted);
  let left = 1;
  vi.spyOn(restricted, 'run').mockImplementation(async (request) =>
    request.businessKey.startsWith('unpause:') && left-- > 0 ? 'The guardian cancelled it.' : run(request),
  );
  const instrument = await approved('UNOPENED');
  const failed = await reached(instrument, 'FAILED');
  expect(failed.token).toMatch(/^0x/);
  expect(await assetState(instrument)).toBe('TOKENIZED');
  expect(await goOn(instrument)).toMatchObject({ status: 202, body: { state: 'DEPLOYING' } });
  await stands(instrument);
  expect((await issuer.get(pathOf(instrument))).body.token).toBe(failed.token);
  expect(await goOn(instrument)).toMatchObject({ status: 409, body: { code: 'INSTRUMENT_STATE' } });
});

test('a deployment that the chain refuses gives the loan and the asset back, also when the service was restarted in between', async () => {
  const workflows = platform.running.app.get(Workflows);
  const step = workflows.step.bind(workflows);
  vi.spyOn(workflows, 'step').mockImplementation((name, run) =>
    step(name, run).catch((error: Error) => {
      throw new Error(error.message);
    }),
  );
  const transactions = platform.running.app.get(Transactions);
  const enqueue = transactions.enqueue.bind(transactions);
  vi.spyOn(transactions, 'enqueue').mockImplementation(async (request) => {
    if (request.businessKey.startsWith('deploy:')) throw new ChainRefused({ name: 'SuiteInvalid', args: {} });
    return enqueue(request);
  });
  const instrument = await approved('REFUSED');
  expect((await reached(instrument, 'FAILED')).token).toBeNull();
  await loanIsBack();
  expect(await assetState(instrument)).toBe('READY');
  expect(await goOn(instrument)).toMatchObject({ status: 409, body: { code: 'INSTRUMENT_STATE' } });
});

test('a deployment that broke off goes on where it was, and the next one follows', async () => {
  const contracts = platform.running.app.get(Contracts);
  const read = contracts.read.bind(contracts) as (given: { functionName: string }) => Promise<unknown>;
  let left = 1;
  vi.spyOn(contracts, 'read').mockImplementation((async (given: { functionName: string }) => {
    if (given.functionName === 'authority' && left-- > 0) throw new Error('Nobody foresaw this.');
    return read(given);
  }) as unknown as typeof contracts.read);
  const instrument = await approved('BROKEN');
  const run = platform.running.app.get(Workflows).finished(`instrument-deployment:${instrument.id}:0`);
  await expect(run).rejects.toThrow('Nobody foresaw this.');
  const next = await approved('NEXT');
  expect((await issuer.get(pathOf(instrument))).body).toMatchObject({ state: 'DEPLOYING', token: null });
  expect((await goOn(instrument)).status).toBe(202);
  await stands(instrument);
  await stands(next);
});
