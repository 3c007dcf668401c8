import { encodeFunctionData } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LOCAL_FEED, LOCAL_INDEX, localSender } from '../../../backend/src/local/accounts.js';
import { localAccount } from '../../../backend/src/local/people.js';
import { issuerManagerAbi, quorumFeedAbi, valuationRegistryAbi } from '../../../contracts/generated/abi.js';
import type { Answer, Api } from '../support/api.js';
import { bringInstrument, bringInvestor, give, members, OFFERING, openOffering, order, payOrder, saleEnded } from '../support/market.js';
import { approve, type Platform, startPlatform, until } from '../support/platform.js';
import { DAY, decided, HOUR, later, setFeed, submit } from './rounds.js';

/** Wide enough for a held round to expire before its predecessor is stale. */
const POLICY = { currency: 'USD', maxPublishAgeSeconds: 6 * DAY, maxValuationAgeSeconds: 10 * DAY };
const SALE = {
  ...OFFERING,
  opensAt: '2026-01-05T01:00:00Z',
  closesAt: '2026-06-01T00:00:00Z',
  settleBy: '2026-07-01T00:00:00Z',
  softCap: '10',
};

let platform: Platform;
let fund: Answer['body'];
let path: string;
let document: string;
let anna: Awaited<ReturnType<typeof bringInvestor>>;
let mei: Awaited<ReturnType<typeof bringInvestor>>;

beforeAll(async () => {
  platform = await startPlatform(new Date('2026-01-05T00:00:00Z'));
  const staff = await members(platform);
  fund = await bringInstrument(staff, 'VALUED');
  path = `/v1/instruments/${fund.id}`;
  [{ id: document }] = (await platform.staff.issuer.get(`/v1/assets/${fund.assetId}/documents`)).body;
  [anna, mei] = await Promise.all([bringInvestor(platform, staff, 'anna'), bringInvestor(platform, staff, 'mei')]);
});
afterAll(() => platform?.close());

const codeOf = ({ status, body }: Answer): [number, string] => [status, body?.code];
const valuation = async (): Promise<Answer['body']> => (await platform.staff.auditor.get(`${path}/valuation`)).body;
const roundOf = async (round: number): Promise<Answer['body']> =>
  (await platform.staff.auditor.get(`${path}/rounds`)).body.find((one: Answer['body']) => one.round === round);
const because = { reason: 'Checked against the administrator’s statement.' };

/** An offering at the feed's price is refused, by a status and for its reason. */
async function refusesSales(status: string, code: string): Promise<void> {
  const { unitPrice: _, ...atFeedPrice } = SALE;
  const answer = await platform.staff.issuer.post('/v1/offerings', { ...atFeedPrice, instrumentId: fund.id });
  expect(codeOf(answer)).toEqual([422, code]);
  const now = await valuation();
  expect(now.status).toBe(status);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer.body).toMatchObject({ detail: now.reason, remedy: now.remedy, valuation: { status } });
}

const propose = (by: Api, round: number): Promise<Answer> => by.post(`${path}/rounds/${round}/approve`, because);

/** Approves the held round as two officers, an hour after it was held. */
async function publish(round: number): Promise<void> {
  const { body } = await propose(platform.staff.officer, round);
  await later(platform, HOUR);
  expect(await approve(platform.staff.officer2, body.approvalId)).toMatchObject({ status: 200 });
  expect(await decided(platform, body.id)).toMatchObject({ state: 'DONE' });
}

describe('a feed', () => {
  test('is set with four eyes, with a limit to the age of its value', async () => {
    const { issuer, officer, auditor } = platform.staff;
    const { feedProxy, quorumFeed } = platform.deployment.contracts;
    expect(codeOf(await auditor.get(`${path}/valuation`))).toEqual([404, 'FEED_NOT_SET']);
    expect(codeOf(await issuer.post(`${path}/feed`, { feedProxy }))).toEqual([400, 'FEED_POLICY_INVALID']);
    expect(codeOf(await issuer.post(`${path}/feed`, { feedProxy, maxBusinessDays: 3 }))).toEqual([400, 'FEED_POLICY_INVALID']);
    expect(codeOf(await issuer.post(`${path}/feed`, { feedProxy: quorumFeed, ...POLICY }))).toEqual([400, 'FEED_UNKNOWN']);
    expect((await officer.post(`${path}/feed`, { feedProxy, ...POLICY })).status).toBe(403);
    expect(await setFeed(platform, fund.id, POLICY)).toMatchObject({ kind: 'SET_FEED', state: 'DONE', failure: null });
    const { valuationRegistry } = platform.deployment.contracts;
    const policy = await platform.client.readContract({
      address: valuationRegistry,
      abi: valuationRegistryAbi,
      functionName: 'policyOf',
      args: [fund.token],
    });
    expect(policy).toMatchObject({ feed: feedProxy, quote: '0x0000000000000000000000000000000000000348', maxPublishAge: 6 * DAY });
  });

  test('without a round is UNKNOWN: nothing is sold', async () => {
    expect(await valuation()).toMatchObject({ status: 'UNKNOWN', value: null, round: null, limits: { maxValuationAgeSeconds: 10 * DAY } });
    await refusesSales('UNKNOWN', 'VALUATION_UNKNOWN');
  });

  test('with a round is LIVE', async () => {
    await later(platform, HOUR);
    expect(await submit(platform, fund.id, { value: '99.436306' })).toBe(1);
    expect(await valuation()).toMatchObject({ status: 'LIVE', value: '99.436306', currency: 'USD', held: null, remedy: null });
    expect((await valuation()).reason).toMatch(/^The value is .* old and may be used\.$/);
    expect(await roundOf(1)).toMatchObject({ state: 'ACCEPTED', value: '99.436306', signers: 3, hasEvidence: false, check: null });
  });
});

describe('a round that moves too far', () => {
  let offering: Answer['body'];
  let held: number;
  let signed: Answer['body'];

  beforeAll(async () => {
    const { unitPrice: _, ...atFeedPrice } = SALE;
    offering = await openOffering(platform, { ...atFeedPrice, instrumentId: fund.id });
    const paid = await order(anna, offering.id, '20');
    await give(platform, anna.account.address, BigInt(paid.payment.order.units) * 100_000_000n);
    await payOrder(platform, anna, paid);
    signed = (await mei.api.post('/v1/subscriptions', { offeringId: offering.id, wallet: mei.account.address, units: '10' })).body;
    await later(platform, DAY);
    held = await submit(platform, fund.id, { value: '102.5' });
  });

  test('is HELD: the last value is shown, and sales stop with the reason', async () => {
    expect(await valuation()).toMatchObject({
      status: 'HELD',
      value: '99.436306',
      held: { round: held, value: '102.5', check: 'band' },
      remedy: expect.stringContaining(`${path}/rounds/${held}/approve`),
    });
    expect((await valuation()).reason).toMatch(
      /^Round 2 of 102\.5 is held, for it moves further than the time since the last value allows;/,
    );
    expect(await roundOf(held)).toMatchObject({ state: 'HELD', check: 'band', publishedAt: null });
    await refusesSales('HELD', 'VALUATION_HELD');
    const asked = { offeringId: offering.id, wallet: mei.account.address, units: '10' };
    expect(codeOf(await mei.api.post('/v1/subscriptions', asked))).toEqual([422, 'VALUATION_HELD']);
    const signature = await mei.account.signMessage({ message: signed.agreement });
    expect(codeOf(await mei.api.post(`/v1/subscriptions/${signed.id}/sign`, { signature }))).toEqual([422, 'VALUATION_HELD']);
  });

  test('stops the allocation of what was paid', async () => {
    const { issuer } = platform.staff;
    await issuer.post(`/v1/offerings/${offering.id}/close`);
    await until(issuer, `/v1/offerings/${offering.id}`, ({ state }) => state === 'CLOSED');
    expect(codeOf(await issuer.post(`/v1/offerings/${offering.id}/allocate`))).toEqual([422, 'VALUATION_HELD']);
  });

  test('is published by two officers, one hour later at the earliest', async () => {
    const { issuer, officer, officer2, auditor } = platform.staff;
    for (const api of [issuer, auditor, anna.api]) expect((await propose(api, held)).status).toBe(403);
    expect(codeOf(await propose(officer, held + 1))).toEqual([409, 'ROUND_NOT_HELD']);
    expect(codeOf(await propose(officer, 1))).toEqual([409, 'ROUND_NOT_HELD']);
    const { status, body } = await propose(officer, held);
    expect([status, body.state, body.kind, body.round]).toEqual([202, 'REQUESTED', 'APPROVE_ROUND', held]);
    const { body: request } = await officer2.get(`/v1/approvals/${body.approvalId}`);
    expect(request.payload).toMatchObject({ round: held, value: '102.5', valueHash: expect.stringMatching(/^0x[0-9a-f]{64}$/) });

    expect(codeOf(await approve(officer, body.approvalId))).toEqual([403, 'APPROVAL_OWN_REQUEST']);
    expect(codeOf(await approve(officer2, body.approvalId))).toEqual([409, 'ROUND_APPROVAL_TOO_EARLY']);
    await later(platform, HOUR);
    expect((await approve(officer2, body.approvalId)).status).toBe(200);
    expect(await decided(platform, body.id)).toMatchObject({ state: 'DONE' });
    expect(await roundOf(held)).toMatchObject({ state: 'APPROVED', approver: localSender('approver'), value: '102.5' });
    expect(await valuation()).toMatchObject({ status: 'LIVE', value: '102.5', held: null });
    expect(codeOf(await propose(officer, held))).toEqual([409, 'ROUND_NOT_HELD']);
  });

  test('is published by a later round that other signers agree on; the request to approve it comes to nothing', async () => {
    const { issuer, officer, officer2 } = platform.staff;
    const { body: allocation } = await issuer.post(`/v1/offerings/${offering.id}/allocate`);
    await later(platform, DAY);
    const first = await submit(platform, fund.id, { value: '97', signers: [0, 1, 2] });
    expect(codeOf(await approve(officer, allocation.allocationApprovalId))).toEqual([422, 'VALUATION_HELD']);
    const { body } = await propose(officer, first);
    await later(platform, HOUR);
    expect((await valuation()).status).toBe('HELD');
    const second = await submit(platform, fund.id, { value: '97', signers: [1, 2, 3] });
    expect(await roundOf(first)).toMatchObject({ state: 'DROPPED' });
    expect(await roundOf(second)).toMatchObject({ state: 'ACCEPTED' });
    expect(await valuation()).toMatchObject({ status: 'LIVE', value: '97' });
    expect(codeOf(await approve(officer2, body.approvalId))).toEqual([409, 'ROUND_NOT_HELD']);

    expect((await approve(officer, allocation.allocationApprovalId)).status).toBe(200);
    await saleEnded(issuer, offering.id, 'COMPLETED');
  });

  test('expires after four days: nobody publishes it any more, and sales stay stopped', async () => {
    const { officer, officer2 } = platform.staff;
    await later(platform, DAY);
    const late = await submit(platform, fund.id, { value: '94' });
    const { body } = await propose(officer, late);
    await later(platform, 4 * DAY);
    expect(codeOf(await approve(officer2, body.approvalId))).toEqual([409, 'ROUND_EXPIRED']);
    expect(codeOf(await propose(officer, late))).toEqual([409, 'ROUND_EXPIRED']);
    expect(await roundOf(late)).toMatchObject({ state: 'EXPIRED', publishedAt: null });
    expect((await valuation()).reason).toMatch(/^Round \d+ of 94 is held, .*, and was not approved by /);
    await refusesSales('HELD', 'VALUATION_HELD');
  });

  test('may follow one that expired', async () => {
    await later(platform, HOUR);
    await publish(await submit(platform, fund.id, { value: '91' }));
    expect(await valuation()).toMatchObject({ status: 'LIVE', value: '91' });
  });
});

describe('a round that was wrong', () => {
  test('is taken out of use by two officers, with a document; the one before it counts again', async () => {
    const { issuer, officer, officer2 } = platform.staff;
    const before = await valuation();
    await later(platform, DAY);
    const wrong = await submit(platform, fund.id, { value: '90.9' });
    expect((await valuation()).value).toBe('90.9');
    const grounds = { reason: 'The administrator withdrew its statement.', documentId: document };
    const invalidate = (api: Api, round: number, change: object = {}) =>
      api.post(`${path}/rounds/${round}/invalidate`, { ...grounds, ...change });
    expect((await invalidate(issuer, wrong)).status).toBe(403);
    expect(codeOf(await invalidate(officer, 99))).toEqual([404, 'ROUND_NOT_FOUND']);
    expect(codeOf(await invalidate(officer, wrong, { documentId: fund.id }))).toEqual([404, 'DOCUMENT_NOT_FOUND']);
    const { body } = await invalidate(officer, wrong);
    expect(codeOf(await approve(officer, body.approvalId))).toEqual([403, 'APPROVAL_OWN_REQUEST']);
    expect((await approve(officer2, body.approvalId)).status).toBe(200);
    expect(await decided(platform, body.id)).toMatchObject({ state: 'DONE' });

    expect(await valuation()).toMatchObject({ status: 'LIVE', value: before.value, round: before.round });
    const { body: filed } = await issuer.get(`/v1/documents/${document}`);
    expect(await roundOf(wrong)).toMatchObject({ state: 'INVALIDATED', reasonHash: filed.sha256, reasonDocumentId: document });
    expect(codeOf(await invalidate(officer, wrong))).toEqual([409, 'ROUND_STATE']);
  });
});

describe('a value that is old', () => {
  test('is PUBLICATION_STALE, then VALUATION_STALE; nothing is sold at it', async () => {
    await later(platform, DAY);
    await submit(platform, fund.id, { value: '90.8' });
    await later(platform, 6 * DAY + HOUR);
    expect((await valuation()).reason).toBe(
      'Nothing has been published for 6 days; after 6 days the value must not be used for sales or redemptions.',
    );
    await refusesSales('PUBLICATION_STALE', 'PUBLICATION_STALE');
    await later(platform, 4 * DAY);
    expect((await valuation()).reason).toBe('The value is 10 days old; after 10 days it must not be used for sales or redemptions.');
    expect(await valuation()).toMatchObject({ value: '90.8' });
    await refusesSales('VALUATION_STALE', 'VALUATION_STALE');
  });
});

describe('a feed that is not to be trusted', () => {
  test('is halted by one officer at once, and resumed by two after the chain’s delay', async () => {
    const { issuer, officer, officer2 } = platform.staff;
    await submit(platform, fund.id, { value: '90.7' });
    expect((await valuation()).status).toBe('LIVE');
    expect(codeOf(await officer.post(`${path}/feed/resume`, because))).toEqual([409, 'FEED_STATE']);
    expect((await issuer.post(`${path}/feed/halt`, because)).status).toBe(403);
    const { body: halt } = await officer.post(`${path}/feed/halt`, because);
    expect(halt).toMatchObject({ kind: 'HALT', approvalId: null });
    expect(await decided(platform, halt.id)).toMatchObject({ state: 'DONE' });
    expect(await valuation()).toMatchObject({ status: 'HALTED', value: null, reason: expect.stringContaining('until it is resumed') });
    await refusesSales('HALTED', 'VALUATION_HALTED');
    expect(codeOf(await officer.post(`${path}/feed/halt`, because))).toEqual([409, 'FEED_STATE']);

    const { body: resume } = await officer.post(`${path}/feed/resume`, because);
    expect(codeOf(await approve(officer, resume.approvalId))).toEqual([403, 'APPROVAL_OWN_REQUEST']);
    expect((await approve(officer2, resume.approvalId)).status).toBe(200);
    await until(officer, '/v1/health/chain', async () => (await scheduled()) > 0);
    expect((await valuation()).status).toBe('HALTED');
    await later(platform, HOUR);
    expect(await decided(platform, resume.id)).toMatchObject({ state: 'DONE' });
    expect(await valuation()).toMatchObject({ status: 'LIVE', value: '90.7' });
  });

  test('stays halted when the guardian cancels the announced resumption', async () => {
    const { officer, officer2 } = platform.staff;
    const { body: halt } = await officer.post(`${path}/feed/halt`, because);
    await decided(platform, halt.id);
    const { body: resume } = await officer.post(`${path}/feed/resume`, because);
    const announced = await scheduled();
    await approve(officer2, resume.approvalId);
    await until(officer, '/v1/health/chain', async () => (await scheduled()) > announced);
    const { accessManager, quorumFeed } = platform.deployment.contracts;
    const data = encodeFunctionData({ abi: quorumFeedAbi, functionName: 'resume', args: [LOCAL_FEED.id] });
    await platform.wallets.send(localAccount(LOCAL_INDEX.guardian), {
      to: accessManager,
      data: encodeFunctionData({ abi: issuerManagerAbi, functionName: 'cancel', args: [localSender('admin'), quorumFeed, data] }),
    });
    expect(await decided(platform, resume.id)).toMatchObject({ state: 'FAILED', failure: expect.stringContaining('cancelled') });
    expect((await valuation()).status).toBe('HALTED');
    await resumed();
  });

  test('is halted by its signers; the reason says so', async () => {
    await later(platform, HOUR);
    const round = await submit(platform, fund.id, { value: '90.7', ripcords: 2 });
    expect(await roundOf(round)).toMatchObject({ state: 'RIPCORD', value: null, publishedAt: null });
    expect((await valuation()).reason).toBe('The feed is halted: the providers of its signers say that the value must not be used.');
    await refusesSales('HALTED', 'VALUATION_HALTED');
    await resumed();
    expect((await valuation()).status).toBe('LIVE');
  });

  /** Resumes with four eyes and lets the chain's delay pass. */
  async function resumed(): Promise<void> {
    const announced = await scheduled();
    const { body } = await platform.staff.officer.post(`${path}/feed/resume`, because);
    await approve(platform.staff.officer2, body.approvalId);
    await until(platform.staff.officer, '/v1/health/chain', async () => (await scheduled()) > announced);
    await later(platform, HOUR);
    expect(await decided(platform, body.id)).toMatchObject({ state: 'DONE' });
  }

  /** Operations that were ever announced to the manager. */
  async function scheduled(): Promise<number> {
    const logs = await platform.client.getContractEvents({
      address: platform.deployment.contracts.accessManager,
      abi: issuerManagerAbi,
      eventName: 'OperationScheduled',
      fromBlock: 0n,
    });
    return logs.length;
  }
});

describe('a policy in business days', () => {
  test('counts the days of its market, and is closed in a year that nobody reviewed', async () => {
    await setFeed(platform, fund.id, { maxBusinessDays: 3, calendar: 'nyse' });
    await platform.wallets.advanceTo('2026-04-02T15:00:00Z'); // the Thursday before Good Friday
    await submit(platform, fund.id, { value: '90.6' });
    await platform.wallets.advanceTo('2026-04-08T15:00:00Z'); // Friday and the weekend are closed: three days
    expect(await valuation()).toMatchObject({ status: 'LIVE', businessDays: 3, limits: { maxBusinessDays: 3, calendar: 'nyse' } });
    await platform.wallets.advanceTo('2026-04-09T15:00:00Z');
    expect((await valuation()).reason).toBe(
      'The value is 4 business days old; after 3 business days it must not be used for sales or redemptions.',
    );
    await refusesSales('VALUATION_STALE', 'VALUATION_STALE');
    await platform.wallets.advanceTo('2029-01-03T15:00:00Z');
    expect((await valuation()).reason).toMatch(/^The calendar nyse does not know every year since the value of 2026-04-02/);
  });
});

test('the feed’s decisions are listed, and audited', async () => {
  const { body } = await platform.staff.auditor.get(`${path}/feed/decisions?limit=200`);
  const kinds = new Set(body.items.map(({ kind }: { kind: string }) => kind));
  expect([...kinds].sort()).toEqual(['APPROVE_ROUND', 'HALT', 'INVALIDATE_ROUND', 'RESUME', 'SET_FEED']);
  const { body: events } = await platform.staff.auditor.get('/v1/audit-events?limit=200');
  const actions = new Set(events.items.map(({ action }: { action: string }) => action));
  for (const action of [
    'feed.set',
    'round.approved',
    'round.invalidated',
    'feed.halted',
    'feed.resumption-approved',
    'feed-decision.done',
  ]) {
    expect(actions).toContain(action);
  }
});
