// Onboardings a second: from the second officer's approval to identity, claims and wallet on chain, and the books that say so.
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { Member } from '../../../dist/backend/src/local/world/client.js';
import { signInStaff } from '../../../dist/backend/src/local/world/people.js';
import { bringToken } from './holders.mjs';
import { until } from './world.mjs';

const AT_ONCE = 8;
const VALID_MS = 300 * 86_400_000;

/** @param count investors who were verified, screened and recommended, and wait for an approval */
export async function measureOnboarding(place, count, say) {
  const world = await place.world(1);
  try {
    await bringToken(world);
    const api = await world.startApi();
    const staff = await signInStaff(api.url);
    say(`${count} investors are introduced …`);
    const cases = await inLanes(Array.from({ length: count }), () => introduce(api.url, staff));
    const validUntil = new Date(Number((await world.client.getBlock()).timestamp) * 1_000 + VALID_MS).toISOString();
    const since = performance.now();
    await inLanes(cases, (path) =>
      staff.officer2.post(`${path}/approve`, `approve ${path}`, { reason: 'Agrees with the evidence.', validUntil }),
    );
    await until(async () => {
      const { rows } = await world.sql.query(`select count(*) from kyc_cases where registration = 'REGISTERED'`);
      return Number(rows[0].count) === count;
    }, 600_000);
    const seconds = (performance.now() - since) / 1_000;
    await api.stop();
    return Math.round((10 * count) / seconds) / 10;
  } finally {
    await world.stop();
  }
}

/** From an unknown wallet to a case that wants one more decision. @returns its path */
async function introduce(url, { officer }) {
  const member = await Member.signIn(url, privateKeyToAccount(generatePrivateKey()));
  const { id } = await member.post('/v1/investors', 'introduce', {
    kind: 'PERSON',
    legalName: 'Bettina Measured',
    country: 'CH',
    taxCountry: 'CH',
    dateOfBirth: '1980-01-01',
  });
  const created = await member.post('/v1/kyc-cases', 'case', { investorId: id, level: 'BASIC' });
  const path = `/v1/kyc-cases/${created.id}`;
  await member.post(`${path}/submit`, 'submit');
  const { providerRef } = await member.until(path, ({ status }) => status === 'PROVIDER_PENDING');
  await member.post(`/v1/simulator/verifications/${providerRef}/complete`, 'verify');
  await officer.until(path, ({ status }) => status === 'IN_REVIEW');
  await officer.post(`${path}/recommend`, `recommend ${path}`, { decision: 'APPROVE', riskRating: 'LOW', note: 'Clear, no list match.' });
  return path;
}

async function inLanes(items, work) {
  const results = [];
  const waiting = items.entries();
  const lane = async () => {
    for (const [index, item] of waiting) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return results;
}
