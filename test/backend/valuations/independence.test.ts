import { afterAll, beforeAll, expect, test } from 'vitest';
import { localKey } from '../../../backend/src/chain/settings.js';
import { SENDER_ROLES } from '../../../backend/src/chain/signer.js';
import { LOCAL_INDEX } from '../../../backend/src/local/accounts.js';
import { bringInstrument, members } from '../support/market.js';
import { type Platform, startPlatform } from '../support/platform.js';
import { DAY, later, setFeed, submit } from './rounds.js';

/** As the local chain has them, but for the approver, who holds the key of the first reporter. */
const KEYS = {
  ...Object.fromEntries(SENDER_ROLES.map((role, index) => [role, localKey(index + 1)])),
  approver: localKey(LOCAL_INDEX.reporters[0]),
};

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform(new Date('2026-01-05T12:00:00Z'), { SENDER_KEYS: JSON.stringify(KEYS) });
});
afterAll(() => platform?.close());

test('who signs for a feed publishes no held round of it', async () => {
  const { officer } = platform.staff;
  const fund = await bringInstrument(await members(platform), 'DEPENDENT');
  await setFeed(platform, fund.id, { maxValuationAgeSeconds: 10 * DAY });
  await submit(platform, fund.id, { value: '99' });
  await later(platform, DAY);
  const held = await submit(platform, fund.id, { value: '105' });
  const { status, body } = await officer.post(`/v1/instruments/${fund.id}/rounds/${held}/approve`, { reason: 'It is right.' });
  expect([status, body.code]).toEqual([409, 'APPROVER_NOT_INDEPENDENT']);
  expect((await officer.get(`/v1/approvals?status=PENDING`)).body.items).toEqual([]);
  expect((await officer.get(`/v1/instruments/${fund.id}/feed/decisions`)).body.items).toHaveLength(1);
});
