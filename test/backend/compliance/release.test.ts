import type { Address } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { securityTokenAbi } from '../../../contracts/generated/abi.js';
import type { Answer } from '../support/api.js';
import { bringInstrument, bringInvestor, members } from '../support/market.js';
import { approve, type Platform, startPlatform, until } from '../support/platform.js';
import { givenUp } from '../support/pool.js';

let platform: Platform;
let fund: Answer['body'];
let wallet: Address;

beforeAll(async () => {
  platform = await startPlatform(new Date('2026-01-05T00:00:00Z'));
  const staff = await members(platform);
  fund = await bringInstrument(staff, 'RELEASE');
  wallet = (await bringInvestor(platform, staff, 'anna')).account.address;
});
afterAll(() => platform?.close());

test('a release that the chain did not carry out is decided again', async () => {
  const { officer, officer2 } = platform.staff;
  const isFrozen = () =>
    platform.client.readContract({ address: fund.token, abi: securityTokenAbi, functionName: 'isFrozen', args: [wallet] });
  const order = { instrumentId: fund.id, wallet, reasonCode: 'LEGAL_ORDER', legalBasis: 'COURT_ORDER', reference: 'AG 12 C 34/26' };
  const { body: freeze } = await officer.post('/v1/freezes', order);
  const path = `/v1/freezes/${freeze.id}`;
  await until(officer, path, ({ state }) => state === 'ACTIVE');
  const request = async (): Promise<string> => {
    const { body } = await officer.post(`${path}/release`, { legalBasis: 'COURT_ORDER', reference: 'AG 12 C 34/26 II' });
    return body.releaseApprovalId;
  };

  const first = await request();
  await givenUp(platform, async () => {
    expect((await approve(officer2, first)).status).toBeLessThan(300);
    return `unfreeze:${freeze.id}:${first}`;
  });
  await until(officer, path, ({ state }) => state === 'ACTIVE');
  expect(await isFrozen()).toBe(true);

  const second = await request();
  expect((await approve(officer2, second)).status).toBeLessThan(300);
  await until(officer, path, ({ state }) => state === 'RELEASED');
  expect(await isFrozen()).toBe(false);
});
