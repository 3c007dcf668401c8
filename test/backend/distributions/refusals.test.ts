import pg from 'pg';
import { type Address, encodeAbiParameters, type Hex, keccak256, parseEventLogs, toHex } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LOCAL_INDEX, localAddress, localSender } from '../../../backend/src/local/accounts.js';
import type { WalletCall } from '../../../backend/src/local/world/chain.js';
import type { Staff } from '../../../backend/src/local/world/people.js';
import { Workflows } from '../../../backend/src/platform/workflow/workflows.js';
import { distributorAbi, securityTokenAbi } from '../../../contracts/generated/abi.js';
import type { Answer, Api } from '../support/api.js';
import { bringInstrument, bringInvestor, give, members, refusal, sell } from '../support/market.js';
import { approve, type Platform, startPlatform, until } from '../support/platform.js';

const UINT256 = 2n ** 256n;
const EXEMPT = '26 USC 871(g)(1)(B)(i)';
/** 150 units: 60 of Anna's, 90 of Mei's. */
const POOL = '15.000001';

let platform: Platform;
let staff: Staff;
let fund: Answer['body'];
let anna: Awaited<ReturnType<typeof bringInvestor>>;
let mei: Awaited<ReturnType<typeof bringInvestor>>;
let issuer: Api;
let distributor: { address: Address; abi: typeof distributorAbi };

beforeAll(async () => {
  platform = await startPlatform(new Date('2026-01-05T00:00:00Z'));
  ({ issuer } = platform.staff);
  distributor = { address: platform.deployment.contracts.distributor, abi: distributorAbi };
  staff = await members(platform);
  fund = await bringInstrument(staff, 'INCOME');
  [anna, mei] = await Promise.all([bringInvestor(platform, staff, 'anna'), bringInvestor(platform, staff, 'mei')]);
  await sell(platform, fund.id, [
    [anna, '60'],
    [mei, '90'],
  ]);
});
afterAll(() => platform?.close());

const body = () => ({
  instrumentId: fund.id,
  kind: 'INTR',
  currency: 'LUSD',
  pool: POOL,
  taxExemption: EXEMPT,
  withholdingAgent: localAddress(LOCAL_INDEX.withholding),
  paymentDate: '2026-02-01',
});
const payer = localSender('payer');
const pathOf = ({ id }: { id: string }): string => `/v1/distributions/${id}`;
const stateOf = async (distribution: { id: string }): Promise<string> => (await issuer.get(pathOf(distribution))).body.state;
const count = async (): Promise<number> => (await issuer.get('/v1/distributions?limit=100')).body.items.length;

/** Declared, recorded and calculated. */
async function calculated(change: object = {}): Promise<Answer['body']> {
  const declared = await issuer.post('/v1/distributions', { ...body(), ...change });
  expect(declared.status).toBe(201);
  expect((await issuer.post(`${pathOf(declared.body)}/snapshot`)).status).toBe(202);
  return until(issuer, pathOf(declared.body), ({ state }) => state === 'CALCULATED');
}

async function approved(change: object = {}): Promise<Answer['body']> {
  const distribution = await calculated(change);
  const { body: submitted } = await issuer.post(`${pathOf(distribution)}/submit`);
  expect((await approve(platform.staff.officer, submitted.approvalId)).status).toBeLessThan(300);
  return until(issuer, pathOf(distribution), ({ state }) => state === 'APPROVED');
}

async function funded(change: object = {}): Promise<Answer['body']> {
  const distribution = await approved(change);
  await give(platform, payer, 15_000_001n);
  expect((await issuer.post(`${pathOf(distribution)}/fund`)).status).toBe(202);
  return until(issuer, pathOf(distribution), ({ state }) => state === 'FUNDED');
}

/** Refused with a code; the distribution and the money stay as they were. */
async function refused(distribution: { id: string }, what: string, status: number, code: string): Promise<Answer['body']> {
  const seen = async () => [
    (await issuer.get(pathOf(distribution))).body,
    await platform.money(payer),
    await platform.money(distributor.address),
  ];
  const before = await seen();
  const answer = await issuer.post(`${pathOf(distribution)}/${what}`);
  expect([what, answer.status, answer.body?.code]).toEqual([what, status, code]);
  expect(await seen()).toEqual(before);
  return answer.body;
}

describe('a declaration', () => {
  test.each([
    ['an unknown field', { pol: '1' }, 'VALIDATION_FAILED'],
    ['neither pool nor rent', { pool: undefined }, 'VALIDATION_FAILED'],
    ['both a pool and a rent', { rentStatement: rentWith('1') }, 'VALIDATION_FAILED'],
    ['a negative pool', { pool: '-1' }, 'AMOUNT_INVALID'],
    ['more decimals than the currency has', { pool: '1.0000001' }, 'AMOUNT_INVALID'],
    ['a pool beyond uint256', { pool: String(UINT256) }, 'AMOUNT_INVALID'],
    ['a pool that is beyond uint256 only in minor units', { pool: String(UINT256 / 10n) }, 'AMOUNT_INVALID'],
    ['a pool of nothing', { pool: '0' }, 'POOL_EMPTY'],
    ['a rent that its costs eat up', { pool: undefined, rentStatement: rentWith('100') }, 'POOL_EMPTY'],
    ['money that nobody knows', { currency: 'EUR' }, 'CURRENCY_UNKNOWN'],
    ['a date that is none', { paymentDate: '2026-02-30' }, 'VALIDATION_FAILED'],
  ])('with %s', async (_, change, code) => {
    const before = await count();
    const answer = await issuer.post('/v1/distributions', { ...body(), ...change });
    expect([answer.status, answer.body.code]).toEqual([400, code]);
    expect(await count()).toBe(before);
  });

  test('by somebody who is not the issuer', async () => {
    for (const api of [platform.staff.officer, anna.api, platform.running.api]) {
      expect((await api.post('/v1/distributions', body())).status).toBeGreaterThanOrEqual(401);
    }
    expect(await count()).toBe(0);
  });

  test('without a withholding rate is not recorded: no snapshot is taken', async () => {
    const { body: declared } = await issuer.post('/v1/distributions', { ...body(), kind: 'DVCA', taxExemption: undefined });
    const snapshots = (): Promise<bigint> =>
      platform.client.readContract({ address: fund.token, abi: securityTokenAbi, functionName: 'lastSnapshotId' });
    const before = await snapshots();
    await refused(declared, 'snapshot', 422, 'WITHHOLDING_RATE_MISSING');
    expect(await snapshots()).toBe(before);
    expect(await stateOf(declared)).toBe('DECLARED');

    // Once an officer has entered it, the same distribution goes on.
    const rate = { kind: 'DVCA', country: null, rateBps: 3_000, validFrom: '2018-01-01', source: '26 USC 1441(a)' };
    expect((await issuer.post('/v1/withholding-rates', rate)).status).toBe(403);
    const entered = await platform.staff.officer.post('/v1/withholding-rates', rate);
    expect(entered.status).toBe(201);
    expect((await issuer.post(`${pathOf(declared)}/snapshot`)).status).toBe(202);
    const { totals } = await until(issuer, pathOf(declared), ({ state }) => state === 'CALCULATED');
    // 15.000001 × 0.4 = 6.0000004 and × 0.6 = 9.0000006: the unit left goes to Mei; 30 % of each, to the cent.
    expect(totals).toMatchObject({ withheld: '4.5', net: '10.500001', dust: '0', funded: POOL, count: 2 });

    // What is withheld is not the decision of one officer: who entered the rate does not approve its use, which the approval shows.
    const { approvalId } = (await issuer.post(`${pathOf(declared)}/submit`)).body;
    expect((await platform.staff.officer2.get(`/v1/approvals/${approvalId}`)).body.payload.rates).toEqual([
      { id: entered.body.id, country: null, rateBps: 3_000, holders: 2, tax: '4500000' },
    ]);
    expect(await approve(platform.staff.officer, approvalId)).toMatchObject({ status: 403, body: { code: 'WITHHOLDING_RATE_OWN' } });
    expect(await stateOf(declared)).toBe('CALCULATED');
    expect(await approve(platform.staff.officer2, approvalId)).toMatchObject({ status: 200, body: { status: 'EXECUTED' } });
    expect(await stateOf(declared)).toBe('APPROVED');
  });
});

function rentWith(insurance: string) {
  return { gross: '100', managementBps: 0, platformBps: 0, insurance, taxes: '0', utilities: '0', maintenance: '0' };
}

describe('before it is funded', () => {
  test('nothing skips a step', async () => {
    const { body: declared } = await issuer.post('/v1/distributions', body());
    for (const what of ['submit', 'retry']) await refused(declared, what, 409, 'DISTRIBUTION_STATE');
    await refused(declared, 'fund', 409, 'DISTRIBUTION_STATE');
    await refused(declared, 'pay', 409, 'DISTRIBUTION_NOT_FUNDED');
  });

  test('it is not paid, in the API or on chain, and the issuer does not approve his own', async () => {
    const distribution = await calculated();
    await refused(distribution, 'pay', 409, 'DISTRIBUTION_NOT_FUNDED');
    await refused(distribution, 'fund', 409, 'DISTRIBUTION_STATE');
    const { body: submitted } = await issuer.post(`${pathOf(distribution)}/submit`);
    expect(await approve(issuer, submitted.approvalId)).toMatchObject({ status: 403, body: { code: 'APPROVAL_OWN_REQUEST' } });
    expect(await stateOf(distribution)).toBe('CALCULATED');
    await approve(platform.staff.officer, submitted.approvalId);
    await refused(distribution, 'pay', 409, 'DISTRIBUTION_NOT_FUNDED');
    const leaf = { index: 0n, investor: anna.account.address, amount: 1n };
    const id = distribution.chainDistributionId as Hex;
    const calls = [
      platform.client.simulateContract({ ...distributor, functionName: 'claim', args: [id, leaf, []], account: anna.account }),
      platform.client.simulateContract({
        ...distributor,
        functionName: 'push',
        args: [id, [leaf], [anna.account.address], [[]]],
        account: payer,
      }),
    ];
    for (const told of await Promise.all(calls.map(refusal))) expect(told).toMatchObject({ name: 'DistributionNotFunded', args: [id] });
    expect((await entitlements(distribution)).map(({ state }) => state)).toEqual(['PENDING', 'PENDING']);
  });

  test('a payer who is short of money funds nothing', async () => {
    const distribution = await approved();
    const problem = await refused(distribution, 'fund', 422, 'FUNDS_SHORT');
    expect(problem).toMatchObject({ payer, balance: '0', needed: POOL });
    expect(await stateOf(distribution)).toBe('APPROVED');
    await give(platform, payer, 15_000_000n);
    await refused(distribution, 'fund', 422, 'FUNDS_SHORT');
    await give(platform, payer, 15_000_001n);
    expect((await issuer.post(`${pathOf(distribution)}/fund`)).status).toBe(202);
    await until(issuer, pathOf(distribution), ({ state }) => state === 'FUNDED');
    expect(await platform.money(distributor.address)).toBe(15_000_001n);

    // Called off, all of it comes back; then it is over for good.
    expect((await issuer.post(`${pathOf(distribution)}/cancel`)).status).toBe(202);
    await until(issuer, pathOf(distribution), ({ state }) => state === 'CANCELLED');
    expect(await platform.money(distributor.address)).toBe(0n);
    expect(await platform.money(payer)).toBe(15_000_001n);
    await refused(distribution, 'pay', 409, 'DISTRIBUTION_NOT_FUNDED');
    for (const what of ['fund', 'cancel', 'retry', 'snapshot']) await refused(distribution, what, 409, 'DISTRIBUTION_STATE');
  });

  test('one account funds one distribution at a time', async () => {
    const [first, second] = [await approved(), await approved()];
    await give(platform, payer, 15_000_001n);
    const answers = await Promise.all([first, second].map((distribution) => issuer.post(`${pathOf(distribution)}/fund`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409]);
    const [winner, loser] = answers[0]?.status === 202 ? [first, second] : [second, first];
    await until(issuer, pathOf(winner), ({ state }) => state === 'FUNDED');
    expect(await stateOf(loser)).toBe('APPROVED');
    await refused(loser, 'fund', 422, 'FUNDS_SHORT');
    for (const distribution of [winner, loser]) {
      await issuer.post(`${pathOf(distribution)}/cancel`);
      await until(issuer, pathOf(distribution), ({ state }) => state === 'CANCELLED');
    }
  });

  test('money that is gone before it is taken: the distribution can be funded again', async () => {
    const { client } = platform;
    const distribution = await approved();
    await give(platform, payer, 15_000_001n);
    const deal = (amount: bigint) =>
      client.request({
        method: 'anvil_dealERC20' as never,
        params: [payer, platform.deployment.contracts.stablecoin, toHex(amount)] as never,
      });
    await client.setAutomine(false);
    try {
      expect((await issuer.post(`${pathOf(distribution)}/fund`)).status).toBe(202);
      await until(issuer, pathOf(distribution), async () => Number((await client.getTxpoolStatus()).pending) === 1);
      await deal(1n);
    } finally {
      await client.setAutomine(true);
      await client.mine({ blocks: 1 });
    }
    await until(issuer, pathOf(distribution), ({ state }) => state === 'APPROVED');
    expect(await platform.money(distributor.address)).toBe(0n);
    await refused(distribution, 'fund', 422, 'FUNDS_SHORT');
    await give(platform, payer, 15_000_001n);
    expect((await issuer.post(`${pathOf(distribution)}/fund`)).status).toBe(202);
    await until(issuer, pathOf(distribution), ({ state }) => state === 'FUNDED');
    await issuer.post(`${pathOf(distribution)}/cancel`);
    await until(issuer, pathOf(distribution), ({ state }) => state === 'CANCELLED');
  });

  test('called off before anything happened', async () => {
    const { body: declared } = await issuer.post('/v1/distributions', body());
    expect((await issuer.post(`${pathOf(declared)}/cancel`)).body).toMatchObject({ state: 'CANCELLED' });
    await refused(declared, 'snapshot', 409, 'DISTRIBUTION_STATE');
  });
});

async function entitlements({ id }: { id: string }): Promise<Answer['body'][]> {
  return (await issuer.get(`/v1/entitlements?distributionId=${id}`)).body.items;
}

test('a cancellation that a claim overtakes gives the distribution back, and it is paid', async () => {
  const distribution = await funded();
  const due = (await entitlements(distribution)).find(({ investorId }) => investorId === anna.id);
  const claim = (await anna.api.get(`/v1/entitlements/${due.id}/claim`)).body;
  const { client } = platform;
  await client.setAutomine(false);
  try {
    const fee = { gas: 500_000n, maxPriorityFeePerGas: 50_000_000_000n, maxFeePerGas: 500_000_000_000n };
    await client.sendTransaction({ account: anna.account, to: claim.to, data: claim.data, ...fee });
    expect((await issuer.post(`${pathOf(distribution)}/cancel`)).body).toMatchObject({ state: 'CANCELLING' });
    await until(issuer, pathOf(distribution), async () => Number((await client.getTxpoolStatus()).pending) === 2);
  } finally {
    await client.setAutomine(true);
    await client.mine({ blocks: 1 });
  }
  await until(issuer, pathOf(distribution), ({ state }) => state === 'FUNDED');
  expect(await platform.money(distributor.address)).toBe(9_000_001n);
  await issuer.post(`${pathOf(distribution)}/pay`);
  const { totals } = await until(issuer, pathOf(distribution), ({ state }) => state === 'COMPLETED');
  expect(totals).toMatchObject({ paid: POOL, held: '0' });
});

/** Sets a balance of the stablecoin behind its back, minor units. */
async function setMoney(owner: Address, amount: bigint): Promise<void> {
  const slot = keccak256(encodeAbiParameters([{ type: 'address' }, { type: 'uint256' }], [owner, 0n]));
  const { stablecoin } = platform.deployment.contracts;
  await platform.client.setStorageAt({ address: stablecoin, index: slot, value: toHex(amount, { size: 32 }) });
  expect(await platform.money(owner)).toBe(amount);
}

describe('what the chain refuses can be asked for again', () => {
  test('a cancellation whose refund fails', async () => {
    const distribution = await funded();
    await setMoney(distributor.address, 0n);
    expect((await issuer.post(`${pathOf(distribution)}/cancel`)).body).toMatchObject({ state: 'CANCELLING' });
    await until(issuer, pathOf(distribution), ({ state }) => state === 'FUNDED');
    await setMoney(distributor.address, 15_000_001n);
    expect((await issuer.post(`${pathOf(distribution)}/cancel`)).status).toBe(202);
    await until(issuer, pathOf(distribution), ({ state }) => state === 'CANCELLED');
    expect(await platform.money(distributor.address)).toBe(0n);
  });

  test('a payment that broke off: everybody is paid, and the dust goes back', async () => {
    const distribution = await funded({ method: 'PER_UNIT' });
    expect(distribution.totals).toMatchObject({ net: '15', dust: '0.000001' });
    const before = await platform.money(payer);
    await setMoney(distributor.address, 0n);
    expect((await issuer.post(`${pathOf(distribution)}/pay`)).status).toBe(202);
    const workflows = platform.running.app.get(Workflows);
    const over = async () => (await workflows.state(`distribution-payment:${distribution.id}`))?.status === 'FAILED';
    await until(issuer, pathOf(distribution), over);
    expect(await stateOf(distribution)).toBe('PAYING');
    await setMoney(distributor.address, 15_000_001n);
    expect((await issuer.post(`${pathOf(distribution)}/retry`)).status).toBe(202);
    const { totals } = await until(issuer, pathOf(distribution), ({ state }) => state === 'COMPLETED');
    expect(totals).toMatchObject({ paid: '15', held: '0' });
    expect(await platform.money(distributor.address)).toBe(0n);
    expect(await platform.money(payer)).toBe(before + 1n);
  });
});

test('an approval covers who gets the tax: another agent is not approved', async () => {
  const distribution = await calculated();
  const { body: submitted } = await issuer.post(`${pathOf(distribution)}/submit`);
  const database = new pg.Client({ connectionString: platform.running.database.url });
  await database.connect();
  await database.query('update distributions set withholding_agent = $1 where id = $2', [mei.account.address, distribution.id]);
  await database.end();
  expect((await approve(platform.staff.officer, submitted.approvalId)).body.code).toBe('CALCULATION_CHANGED');
  expect(await stateOf(distribution)).toBe('CALCULATED');
});

describe('once it is funded', () => {
  let distribution: Answer['body'];
  let due: Answer['body'];
  let claim: WalletCall & Answer['body'];
  let before: bigint[];

  beforeAll(async () => {
    distribution = await funded();
    due = (await entitlements(distribution)).find(({ investorId }) => investorId === anna.id);
    claim = (await anna.api.get(`/v1/entitlements/${due.id}/claim`)).body;
    before = await Promise.all([anna, mei].map(({ account }) => platform.money(account.address)));
  });
  const leaf = () => ({
    index: BigInt(claim.entitlement.index),
    investor: claim.entitlement.investor,
    amount: BigInt(claim.entitlement.amount),
  });
  const simulateClaim = (investor: typeof anna, change: object = {}) =>
    platform.client.simulateContract({
      ...distributor,
      functionName: 'claim',
      args: [distribution.chainDistributionId, { ...leaf(), ...change }, claim.proof],
      account: investor.account,
    });

  test('it is not funded again, in the API or on chain', async () => {
    await refused(distribution, 'fund', 409, 'DISTRIBUTION_ALREADY_FUNDED');
    const again = { ...distributor, functionName: 'fund', args: [distribution.chainDistributionId as Hex], account: payer } as const;
    expect(await refusal(platform.client.simulateContract(again))).toEqual({
      name: 'DistributionAlreadyFunded',
      args: [distribution.chainDistributionId],
    });
  });

  test("nobody claims another's part, or more than his", async () => {
    expect((await mei.api.get(`/v1/entitlements/${due.id}/claim`)).status).toBe(404);
    expect(await refusal(simulateClaim(mei))).toMatchObject({ name: 'WalletNotPayable' });
    expect(await refusal(simulateClaim(anna, { amount: 7_000_000n }))).toMatchObject({ name: 'EntitlementProofInvalid' });
  });

  test('an investor claims once; then it cannot be called off any more', async () => {
    await platform.wallets.send(anna.account, claim);
    await until(issuer, `/v1/entitlements?distributionId=${distribution.id}`, ({ items }) =>
      items.some(({ id, state }: { id: string; state: string }) => id === due.id && state === 'PAID'),
    );
    expect(await platform.money(anna.account.address)).toBe((before[0] ?? 0n) + 6_000_000n);
    expect(await refusal(simulateClaim(anna))).toEqual({
      name: 'EntitlementAlreadyPaid',
      args: [distribution.chainDistributionId, leaf().index],
    });
    const answer = await anna.api.get(`/v1/entitlements/${due.id}/claim`);
    expect([answer.status, answer.body.code]).toEqual([409, 'ENTITLEMENT_NOT_CLAIMABLE']);
    await refused(distribution, 'cancel', 409, 'CANCELLATION_TOO_LATE');
    expect(await stateOf(distribution)).toBe('FUNDED');
  });

  test('it is paid: the rest, once, and nobody twice', async () => {
    expect((await issuer.post(`${pathOf(distribution)}/pay`)).status).toBe(202);
    const { totals } = await until(issuer, pathOf(distribution), ({ state }) => state === 'COMPLETED');
    expect(totals).toMatchObject({ paid: POOL, held: '0' });
    const after = await Promise.all([anna, mei].map(({ account }) => platform.money(account.address)));
    expect(after).toEqual([(before[0] ?? 0n) + 6_000_000n, (before[1] ?? 0n) + 9_000_001n]);
    expect(await platform.money(distributor.address)).toBe(0n);
    expect((await entitlements(distribution)).map(({ state }) => state)).toEqual(['PAID', 'PAID']);
    const paid = parseEventLogs({
      abi: distributorAbi,
      eventName: 'EntitlementPaid',
      logs: await platform.client.getLogs({ address: distributor.address, fromBlock: 0n }),
    });
    expect(paid.filter(({ args }) => args.distributionId === distribution.chainDistributionId)).toHaveLength(2);

    await refused(distribution, 'pay', 409, 'DISTRIBUTION_NOT_FUNDED');
    await refused(distribution, 'fund', 409, 'DISTRIBUTION_ALREADY_FUNDED');
    for (const what of ['cancel', 'retry', 'snapshot', 'submit']) await refused(distribution, what, 409, 'DISTRIBUTION_STATE');
  });
});
