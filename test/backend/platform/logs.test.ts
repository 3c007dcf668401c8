import { randomBytes, randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { SUMSUB_WEBHOOK_HEADERS } from '../../../backend/src/kyc/providers/sumsub.js';
import { signHmac } from '../../../backend/src/kyc/providers/webhook-signature.js';
import { Database } from '../../../backend/src/platform/database/database.js';
import { SumsubServer } from '../kyc/sumsub-server.js';
import { startWorld, until, type World } from '../kyc/world.js';
import { Api, randomAccount } from '../support/api.js';

const PERSON = { legalName: 'Zebedea Quillfeather', email: 'zebedea@quillfeather.example', dateOfBirth: '1961-07-23' };
const PASSPORT = { firstName: 'Zebedea', lastName: 'Quillfeather', dob: PERSON.dateOfBirth, number: 'PQ7719264', email: PERSON.email };
const WEBHOOK_SECRET = 'a secret that webhooks are signed with';
const VAULT_KEY = randomBytes(32).toString('base64');

/** Whatever the process said, and what it must never say. */
const said: string[] = [];
const secrets = new Map<string, string>(
  Object.entries({ ...PERSON, ...PASSPORT, WEBHOOK_SECRET, VAULT_KEY, vaultKeyInHex: Buffer.from(VAULT_KEY, 'base64').toString('hex') }),
);
const sumsub = new SumsubServer();
let world: World;

beforeAll(async () => {
  // Pino writes to process.stdout where somebody listens to it; its own file descriptor would pass us by.
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      said.push(String(text));
      return true;
    });
  }
  world = await startWorld({
    environment: {
      LOG_LEVEL: 'trace',
      VAULT_KEY,
      KYC_PROVIDER: 'sumsub',
      SUMSUB_URL: await sumsub.start(),
      SUMSUB_APP_TOKEN: sumsub.appToken,
      SUMSUB_SECRET_KEY: sumsub.secretKey,
      SUMSUB_WEBHOOK_SECRETS: JSON.stringify([{ value: WEBHOOK_SECRET }]),
    },
  });
  secrets.set('SUMSUB_APP_TOKEN', sumsub.appToken).set('SUMSUB_SECRET_KEY', sumsub.secretKey);
});
afterAll(async () => {
  await world?.stop();
  await sumsub.stop();
  vi.restoreAllMocks();
});

/** While a table is not there, whatever writes to it fails with its values in the database's error. */
async function without(table: string, work: () => Promise<unknown>): Promise<void> {
  await world.sql(`alter table ${table} rename to ${table}_gone`);
  await work();
  await world.sql(`alter table ${table}_gone rename to ${table}`);
}

async function webhook(caseId: string, secret: string) {
  const { id, review } = sumsub.byCase(caseId);
  const body = JSON.stringify({
    applicantId: id,
    externalUserId: caseId,
    type: 'applicantReviewed',
    reviewStatus: review.reviewStatus,
    createdAtMs: String(Date.UTC(2026, 1, 23)),
  });
  const signed = signHmac(Buffer.from(body), SUMSUB_WEBHOOK_HEADERS, secret);
  for (const value of Object.values(signed)) if (/^[0-9a-f]{64}$/.test(value)) secrets.set(`digest ${value}`, value);
  return world.api.post('/v1/webhooks/sumsub', body, { key: null, headers: { 'content-type': 'application/json', ...signed } });
}

test('no log line holds personal data, a token, a signature or a key, whether things go well or fail', async () => {
  const account = randomAccount();
  // Each message serves once.
  const session = async (signer = account) => {
    const message = await world.api.siweMessage(account);
    const signature = await signer.signMessage({ message });
    secrets.set(`signature ${signature}`, signature);
    return world.api.post('/v1/auth/sessions', { message, signature }, { key: null });
  };
  expect(await session(randomAccount())).toMatchObject({ status: 401 });
  await without('sessions', async () => expect(await session()).toMatchObject({ status: 500 }));
  const { body } = await session();
  secrets.set('token', body.token);
  const person = new Api(world.api.url, body.token);

  const investor = { kind: 'PERSON', country: 'SE', taxCountry: 'SE', ...PERSON };
  expect(await person.post('/v1/investors', { ...investor, documentNumber: PASSPORT.number })).toMatchObject({ status: 400 });
  await without('parties', async () => expect(await person.post('/v1/investors', investor)).toMatchObject({ status: 500 }));
  const { body: created } = await person.post('/v1/investors', investor);
  const query = `/v1/investors?${new URLSearchParams({ cursor: PERSON.email, limit: '1' })}`;
  await without('parties', async () => expect(await world.officer.get(query)).toMatchObject({ status: 400 }));
  const named = `/v1/audit-events?${new URLSearchParams({ subject: PERSON.legalName })}`;
  await without('audit_events', async () => expect(await world.officer.get(named)).toMatchObject({ status: 500 }));

  sumsub.failures.push(500);
  const asked = { investorId: created.id, level: 'BASIC' };
  const { body: opened } = await person.post('/v1/kyc-cases', asked, { key: randomUUID() });
  await person.post(`/v1/kyc-cases/${opened.id}/submit`);
  const status = (wanted: string) =>
    until(
      async () => (await person.get(`/v1/kyc-cases/${opened.id}`)).body.status,
      (now) => now === wanted,
    );
  await status('PROVIDER_PENDING');
  const green = { reviewStatus: 'completed', reviewDate: '2026-02-23 09:00:00', reviewResult: { reviewAnswer: 'GREEN' } };
  sumsub.review(sumsub.byCase(opened.id).id, green, PASSPORT);
  expect(await webhook(opened.id, 'not the secret of anybody')).toMatchObject({ status: 401 });
  await without('webhook_deliveries', async () => expect(await webhook(opened.id, WEBHOOK_SECRET)).toMatchObject({ status: 500 }));
  sumsub.failures.push(500);
  expect(await webhook(opened.id, WEBHOOK_SECRET)).toMatchObject({ status: 200 });
  await status('IN_REVIEW');
  await world.officer.post(`/v1/kyc-cases/${opened.id}/recommend`, { decision: 'APPROVE', riskRating: 'LOW', note: PERSON.legalName });
  await world.officer.get(`/v1/investors/${created.id}`);
  const values = sql`select ${`${PERSON.legalName}\n${PASSPORT.number}`} from nowhere where ${VAULT_KEY} is null`;
  const error: Error = await world.app
    .get(Database)
    .query.execute(values)
    .then(
      () => new Error('It worked.'),
      (refused) => refused,
    );
  expect(error.message).toContain(PASSPORT.number);
  new Logger('Test').error(error.stack);
  new Logger('Test').warn({ err: error }, error.message);

  for (const one of [world.officer, world.officer2, world.issuer, world.auditor]) secrets.set(`token ${one.person.id}`, one.token ?? '');

  const log = said.join('');
  for (const expected of ['"/v1/auth/sessions"', '"/v1/webhooks/sumsub"', '"/v1/kyc-cases"', 'Failed query', 'request completed'])
    expect(log).toContain(expected);
  for (const [name, value] of secrets) {
    expect(value.length).toBeGreaterThan(6);
    const lines = said.filter((line) => line.toLowerCase().includes(value.toLowerCase()) || line.includes(encodeURIComponent(value)));
    expect([name, lines]).toEqual([name, []]);
  }
});
