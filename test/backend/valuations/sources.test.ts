import { canonicalize } from 'json-canonicalize';
import { type Address, encodeFunctionData, getAddress, type Hex, keccak256, stringToHex, zeroAddress } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Operations } from '../../../backend/src/chain/operations.js';
import { SENDER_ROLES, type SenderRole } from '../../../backend/src/chain/signer.js';
import { Transactions } from '../../../backend/src/chain/transactions.js';
import { LOCAL_FEED, LOCAL_INDEX } from '../../../backend/src/local/accounts.js';
import { artifactOf } from '../../../backend/src/local/artifacts.js';
import { localAccount } from '../../../backend/src/local/people.js';
import { feedProxyAbi, issuerManagerAbi, quorumFeedAbi } from '../../../contracts/generated/abi.js';
import type { Answer } from '../support/api.js';
import { bringInstrument, members } from '../support/market.js';
import { approve, type Platform, startPlatform } from '../support/platform.js';
import { DAY, decided, HOUR, later, setFeed, submit } from './rounds.js';

const POLICY = { maxValuationAgeSeconds: 10 * DAY };
const ACCRUED = keccak256(stringToHex('ACCRUED'));
const because = { reason: 'The administrator is late.' };
const admin = localAccount(SENDER_ROLES.indexOf('admin') + 1);

let platform: Platform;
let fund: Answer['body'];
let accrued: Answer['body'];

beforeAll(async () => {
  platform = await startPlatform(new Date('2026-01-05T12:00:00Z'));
  const staff = await members(platform);
  [fund, accrued] = [await bringInstrument(staff, 'SIGNED'), await bringInstrument(staff, 'ACCRUED')];
  await setFeed(platform, fund.id, POLICY);
  await submit(platform, fund.id, { value: '99' });
});
afterAll(() => platform?.close());

const codeOf = ({ status, body }: Answer): [number, string] => [status, body?.code];
const valuation = async ({ id }: Answer['body']): Promise<Answer['body']> =>
  (await platform.staff.auditor.get(`/v1/instruments/${id}/valuation`)).body;
const halt = ({ id }: Answer['body']): Promise<Answer> => platform.staff.officer.post(`/v1/instruments/${id}/feed/halt`, because);

async function deploy(contract: string, ...args: unknown[]): Promise<Address> {
  const { client } = platform;
  const hash = await client.deployContract({ account: localAccount(LOCAL_INDEX.deployer), ...artifactOf(contract), args });
  const { contractAddress } = await client.waitForTransactionReceipt({ hash });
  if (!contractAddress) throw new Error(`${contract} was not deployed.`);
  return getAddress(contractAddress);
}

/** A feed of its own kind: the signed one, growing. */
function accruing(feedId: Hex): Promise<Address> {
  const { quorumFeed } = platform.deployment.contracts;
  const [minRate, maxRate] = [-(10n ** 30n), 10n ** 30n];
  const terms = { markFeed: LOCAL_FEED.id, rateFeed: LOCAL_FEED.id, minRate, maxRate, lead: 0, maxAccrual: 365 * DAY };
  return deploy('AccruingFeed', feedId, quorumFeed, terms);
}

const proxyOf = (source: Address): Promise<Address> =>
  deploy('FeedProxy', platform.deployment.contracts.accessManager, source, ACCRUED, 'Accrued', 5n * BigInt(DAY), zeroAddress);

async function isHalted(): Promise<boolean> {
  const read = { address: platform.deployment.contracts.quorumFeed, abi: quorumFeedAbi, args: [LOCAL_FEED.id] } as const;
  return (await platform.client.readContract({ ...read, functionName: 'configOf' }))[4];
}

/** What VALUATION_ADMIN announces and executes an hour later. */
async function administer(to: Address, data: Hex): Promise<void> {
  const { accessManager } = platform.deployment.contracts;
  const manage = (functionName: 'schedule' | 'execute'): Hex =>
    functionName === 'schedule'
      ? encodeFunctionData({ abi: issuerManagerAbi, functionName, args: [to, data, 0] })
      : encodeFunctionData({ abi: issuerManagerAbi, functionName, args: [to, data] });
  await platform.wallets.send(admin, { to: accessManager, data: manage('schedule') });
  await later(platform, HOUR);
  await platform.wallets.send(admin, { to: accessManager, data: manage('execute') });
}

test('a source of any kind values an instrument; what its proxy says of it counts, and it is decided about elsewhere', async () => {
  const feedProxy = await proxyOf(await accruing(ACCRUED));
  expect(await setFeed(platform, accrued.id, POLICY, feedProxy)).toMatchObject({ state: 'DONE', failure: null });
  expect(await valuation(accrued)).toMatchObject({ status: 'LIVE', description: 'Accrued', held: null });
  expect((await platform.staff.auditor.get(`/v1/instruments/${accrued.id}/rounds`)).body).toEqual([]);
  const refused = await halt(accrued);
  expect(codeOf(refused)).toEqual([409, 'FEED_SOURCE_FOREIGN']);

  await later(platform, DAY);
  const round = await submit(platform, fund.id, { value: '105' });
  expect(await valuation(fund)).toMatchObject({ status: 'HELD', held: { round } });
  expect(await valuation(accrued)).toMatchObject({ status: 'HELD', held: null, remedy: 'Wait for a round that is accepted.' });
  const approval = await platform.staff.officer.post(`/v1/instruments/${accrued.id}/rounds/${round}/approve`, because);
  expect(codeOf(approval)).toEqual([409, 'FEED_SOURCE_FOREIGN']);
  await submit(platform, fund.id, { value: '99.1' });
  expect((await valuation(accrued)).status).toBe('LIVE');
  const { quorumFeed: source } = platform.deployment.contracts;
  const { body: rounds } = await platform.staff.auditor.get(`/v1/instruments/${fund.id}/rounds`);
  expect(rounds[0]).toMatchObject({ value: '99.1', source, inForce: true });
});

/** As the service sends for one of its roles, whose nonces it counts. */
async function sendAs(sender: SenderRole, to: Address, data: Hex): Promise<void> {
  const { app } = platform.running;
  const { id } = await app.get(Transactions).enqueue({ businessKey: `test:${sender}:${data}`, sender, to, data });
  await app.get(Operations).confirmed(id);
}

test('an appraisal values an instrument once it is approved', async () => {
  const { accessManager, appraisalNavOracle: oracle, appraisalSource: source } = platform.deployment.contracts;
  const named = (name: string): Hex => keccak256(stringToHex(name));
  const [house, usd, perShare] = [named('HOUSE'), named('ERC-8330:CURRENCY:USD'), named('ERC-8330:NAV_BASIS:PER_SHARE')];
  const appraiser = localAccount(LOCAL_INDEX.people);
  const encode = (contract: string, functionName: string, ...args: unknown[]): Hex =>
    encodeFunctionData({ abi: artifactOf(contract).abi, functionName, args });
  const ofOracle = (functionName: string, ...args: unknown[]): [Address, Hex] => [
    oracle,
    encode('AppraisalNavOracle', functionName, house, usd, ...args),
  ];
  const calls: [Address, Hex][] = [
    ofOracle('setNAVBasis', perShare),
    ofOracle('setStalenessConfig', 100n * BigInt(DAY), 100n * BigInt(DAY)),
    ofOracle('setAggregationConfig', 1n, 0n),
    ofOracle('setProvider', appraiser.address, true),
    [source, encode('AppraisalSource', 'createFeed', house, house, usd, 8, 1_500)],
  ];
  const all = (each: (call: [Address, Hex]) => Hex): Hex => encode('IssuerManager', 'multicall', calls.map(each));
  await sendAs(
    'admin',
    accessManager,
    all(([to, data]) => encode('IssuerManager', 'schedule', to, data, 0)),
  );
  await later(platform, HOUR);
  await sendAs(
    'admin',
    accessManager,
    all(([to, data]) => encode('IssuerManager', 'execute', to, data)),
  );

  const staff = await members(platform);
  const instrument = await bringInstrument(staff, 'HOUSE');
  const feedProxy = await deploy('FeedProxy', accessManager, source, house, 'House', 100n * BigInt(DAY), zeroAddress);
  expect(await setFeed(platform, instrument.id, { maxValuationAgeSeconds: 100 * DAY }, feedProxy)).toMatchObject({ state: 'DONE' });
  expect(await valuation(instrument)).toMatchObject({ status: 'UNKNOWN', value: null });

  const { timestamp } = await platform.client.getBlock();
  const value = 5_059_000_000n;
  const [, published] = ofOracle('publishNAV', perShare, value, 8, timestamp, named('method'), '', 2n ** 256n - 1n);
  await platform.wallets.send(appraiser, { to: oracle, data: published });
  expect((await valuation(instrument)).status).toBe('UNKNOWN');
  await sendAs('approver', source, encode('AppraisalSource', 'approve', house, value, timestamp));
  expect(await valuation(instrument)).toMatchObject({ status: 'LIVE', value: '50.59', description: 'House', held: null });
});

test('a proxy whose source does not know its feed is refused', async () => {
  const { issuer } = platform.staff;
  const source = await accruing(ACCRUED);
  const feedProxy = await proxyOf(source);
  await platform.client.setCode({ address: source, bytecode: '0x' });
  expect(codeOf(await issuer.post(`/v1/instruments/${fund.id}/feed`, { feedProxy, ...POLICY }))).toEqual([400, 'FEED_UNKNOWN']);
});

test('a feed that the chain refuses changes nothing: the one before goes on', async () => {
  const { issuer, officer } = platform.staff;
  const before = await valuation(fund);
  const feedProxy = await proxyOf(await accruing(ACCRUED));
  const { body } = await issuer.post(`/v1/instruments/${fund.id}/feed`, { feedProxy, ...POLICY });
  await platform.client.setCode({ address: feedProxy, bytecode: '0x' });
  expect((await approve(officer, body.approvalId)).status).toBe(200);
  expect(await decided(platform, body.decisionId)).toMatchObject({ state: 'FAILED', failure: expect.stringContaining('PolicyInvalid') });
  expect(await valuation(fund)).toMatchObject({ status: 'LIVE', feedProxy: before.feedProxy, value: before.value });
});

test('after a swap of the source nothing is decided at the one before', async () => {
  const { officer, officer2 } = platform.staff;
  const { feedProxy } = platform.deployment.contracts;
  const { body: document } = await platform.staff.issuer.get(`/v1/assets/${fund.assetId}/documents`);
  const grounds = { ...because, documentId: document[0].id };
  const { body: before } = await officer.post(`/v1/instruments/${fund.id}/rounds/1/invalidate`, grounds);
  const source = await accruing(LOCAL_FEED.id);
  await administer(feedProxy, encodeFunctionData({ abi: feedProxyAbi, functionName: 'proposeAggregator', args: [source] }));
  await later(platform, 2 * DAY);
  await administer(feedProxy, encodeFunctionData({ abi: feedProxyAbi, functionName: 'confirmAggregator', args: [source] }));

  const refused = await halt(fund);
  expect(codeOf(refused)).toEqual([409, 'FEED_SOURCE_FOREIGN']);
  expect(refused.body).toMatchObject({ source, detail: expect.stringContaining(source) });
  expect(codeOf(await approve(officer2, before.approvalId))).toEqual([409, 'FEED_SOURCE_FOREIGN']);
  expect(await isHalted()).toBe(false);
  expect((await valuation(fund)).status).toBe('LIVE');
});

test('after a swap the rounds before it are there, with their source, their evidence and their corrections', async () => {
  const { issuer, auditor } = platform.staff;
  const path = `/v1/instruments/${fund.id}`;
  const rounds = async (): Promise<Answer['body']> => (await auditor.get(`${path}/rounds`)).body;
  const { feedProxy, quorumFeed: source } = platform.deployment.contracts;
  const read = { address: feedProxy, abi: feedProxyAbi } as const;
  expect(await platform.client.readContract({ ...read, functionName: 'aggregator' })).not.toBe(source);
  expect(await platform.client.readContract({ ...read, functionName: 'phaseAggregators', args: [1] })).toBe(source);
  expect(await rounds()).toMatchObject([
    { round: 3, source, inForce: false, state: 'ACCEPTED', value: '99.1' },
    { round: 2, source, inForce: false, state: 'DROPPED', value: '105' },
    { round: 1, source, inForce: false, state: 'ACCEPTED', value: '99', hasEvidence: false, correctedBy: null },
  ]);

  const record = canonicalize({ value: '99' });
  const { status, body } = await issuer.post(`${path}/evidence`, { contentBase64: Buffer.from(record).toString('base64') });
  expect([status, body.rounds]).toEqual([201, [1]]);
  expect((await auditor.get(`${path}/evidence/${body.hash}`)).body).toMatchObject({ rounds: [1], bytes: record.length });
  const { body: documents } = await issuer.get(`/v1/assets/${fund.assetId}/documents`);
  const correction = { round: 3, corrects: 1, reason: 'A fee was booked twice.', documentId: documents[0].id };
  expect((await issuer.post(`${path}/corrections`, correction)).status).toBe(201);
  expect(await rounds()).toMatchObject([{ corrects: 1 }, {}, { hasEvidence: true, correctedBy: 3 }]);
  expect((await auditor.get(`/v1/instruments/${accrued.id}/rounds`)).body).toEqual([]);
});
