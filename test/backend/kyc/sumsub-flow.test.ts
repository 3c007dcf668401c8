import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SIMULATOR_WEBHOOK_HEADERS } from '../../../backend/src/kyc/providers/simulator.js';
import { SUMSUB_WEBHOOK_HEADERS } from '../../../backend/src/kyc/providers/sumsub.js';
import { signHmac } from '../../../backend/src/kyc/providers/webhook-signature.js';
import { SumsubServer } from './sumsub-server.js';
import { type InvestorPerson, startWorld, until, type World } from './world.js';

const SECRETS = ['the secret before', 'the secret now on'];
const sumsub = new SumsubServer();
let world: World;
beforeAll(async () => {
  world = await startWorld({
    environment: {
      KYC_PROVIDER: 'sumsub',
      SUMSUB_URL: await sumsub.start(),
      SUMSUB_APP_TOKEN: sumsub.appToken,
      SUMSUB_SECRET_KEY: sumsub.secretKey,
      SUMSUB_WEBHOOK_SECRETS: JSON.stringify(SECRETS.map((value) => ({ value }))),
    },
  });
});
afterAll(async () => {
  await world.stop();
  await sumsub.stop();
});

const T0 = Date.UTC(2026, 1, 23, 9, 0, 0);
const time = (minutes: number): string => new Date(T0 + minutes * 60_000).toISOString().slice(0, 19).replace('T', ' ');

/** What Sumsub posts, as it posts it. */
async function webhook(caseId: string, type: string, minutes: number, secret = SECRETS[1] as string) {
  const applicant = sumsub.byCase(caseId);
  const body = JSON.stringify({
    applicantId: applicant.id,
    inspectionId: 'i',
    correlationId: 'c',
    externalUserId: caseId,
    levelName: 'basic-kyc-level',
    type,
    reviewStatus: applicant.review.reviewStatus,
    createdAtMs: String(T0 + minutes * 60_000),
  });
  const headers = { 'content-type': 'application/json', ...signHmac(Buffer.from(body), SUMSUB_WEBHOOK_HEADERS, secret) };
  return world.api.post('/v1/webhooks/sumsub', body, { key: null, headers });
}

async function submitted(investor: InvestorPerson): Promise<string> {
  const { id, providerRef } = await world.submittedCase(investor);
  expect(sumsub.byCase(id).id).toBe(providerRef);
  return id;
}
const reached = (id: string, status: string) =>
  until(
    async () => (await world.officer.get(`/v1/kyc-cases/${id}`)).body.status,
    (now) => now === status,
  );
const idle = () =>
  until(
    () => world.sql(`select 1 from dbos.workflow_status where status in ('ENQUEUED', 'PENDING')`),
    (rows) => rows.length === 0,
  );

test('a person is sent to Sumsub, rejected for a retry, cleared, and screened under the name in his passport', async () => {
  const ada = await world.investor();
  const id = await submitted(ada);
  expect((await ada.get(`/v1/kyc-cases/${id}`)).body.providerUrl).toContain(id);

  const retry = {
    reviewAnswer: 'RED',
    reviewRejectType: 'RETRY',
    rejectLabels: ['BAD_SELFIE'],
    moderationComment: 'Please take the picture again.',
    clientComment: 'internal',
  };
  sumsub.review(sumsub.byCase(id).id, { reviewStatus: 'completed', reviewDate: time(1), reviewResult: retry });
  expect(await webhook(id, 'applicantReviewed', 1, SECRETS[0])).toMatchObject({ status: 200 });
  await reached(id, 'RESUBMISSION_REQUIRED');
  const own = (await ada.get(`/v1/kyc-cases/${id}`)).body;
  expect(own.userMessage).toBe('Please take the picture again.');
  expect(JSON.stringify(own)).not.toContain('internal');
  expect((await world.officer.get(`/v1/kyc-cases/${id}`)).body.review.internalMessage).toBe('internal');

  // The name he gave is clear, the one in the passport is on the list.
  const green = { reviewStatus: 'completed', reviewDate: time(5), reviewResult: { reviewAnswer: 'GREEN' } };
  sumsub.review(sumsub.byCase(id).id, green, { firstName: 'Viktor', lastName: 'Zztestov', dob: '1961-03-14' });
  await webhook(id, 'applicantReviewed', 5);
  await reached(id, 'ESCALATED');
});

test('whatever order its webhooks arrive in, and however often, the newest result stands', async () => {
  const orders = [
    [1, 2, 3, 4],
    [4, 3, 2, 1],
    [2, 4, 1, 3, 2, 4],
  ];
  for (const order of orders) {
    const id = await submitted(await world.investor());
    sumsub.review(sumsub.byCase(id).id, { reviewStatus: 'completed', reviewDate: time(4), reviewResult: { reviewAnswer: 'GREEN' } });
    const types = ['applicantCreated', 'applicantPending', 'applicantOnHold', 'applicantReviewed'];
    for (const minute of order) await webhook(id, types[minute - 1] as string, minute);
    await reached(id, 'IN_REVIEW');
    await idle();
    const { history, status } = (await world.officer.get(`/v1/kyc-cases/${id}`)).body;
    expect(status).toBe('IN_REVIEW');
    expect(history.filter((event: { event: string }) => event.event === 'provider')).toHaveLength(1);
  }
});

test('hundreds of deliveries in any order, repeated, with forgeries among them, end in the newest result (F30)', async () => {
  const types = ['applicantCreated', 'applicantPending', 'applicantOnHold', 'applicantReviewed'] as const;
  const delivery = fc.record({ minute: fc.integer({ min: 1, max: 4 }), forged: fc.boolean() });
  const lists = fc.sample(fc.array(delivery, { minLength: 60, maxLength: 60 }), { numRuns: 5, seed: 30 });
  await Promise.all(
    lists.map(async (list, n) => {
      const id = await submitted(await world.investor());
      const review = { reviewStatus: 'completed', reviewDate: time(4 + n), reviewResult: { reviewAnswer: 'GREEN' } };
      sumsub.review(sumsub.byCase(id).id, review);
      for (const { minute, forged } of [...list, { minute: 4, forged: false }]) {
        const { status } = await webhook(id, types[minute - 1] as string, minute, forged ? 'a secret of somebody else' : undefined);
        expect(status).toBe(forged ? 401 : 200);
      }
      await reached(id, 'IN_REVIEW');
      await idle();
      const { history, status } = (await world.officer.get(`/v1/kyc-cases/${id}`)).body;
      expect(status).toBe('IN_REVIEW');
      expect(history.filter((event: { event: string }) => event.event === 'provider')).toHaveLength(1);
    }),
  );
}, 300_000);

test('a late webhook about an older result does not take a decision back', async () => {
  const id = await submitted(await world.investor());
  const { id: ref } = sumsub.byCase(id);
  sumsub.review(ref, { reviewStatus: 'completed', reviewDate: time(10), reviewResult: { reviewAnswer: 'GREEN' } });
  await webhook(id, 'applicantReviewed', 10);
  await reached(id, 'IN_REVIEW');
  // A stale replica answers with the result before.
  sumsub.review(ref, { reviewStatus: 'completed', reviewDate: time(8), reviewResult: { reviewAnswer: 'RED', reviewRejectType: 'RETRY' } });
  await webhook(id, 'applicantReviewed', 8);
  await idle();
  expect((await world.officer.get(`/v1/kyc-cases/${id}`)).body.status).toBe('IN_REVIEW');
});

test('when Sumsub is down the case waits, and goes on by itself', async () => {
  sumsub.failures.push(503, 'drop-answer', 429);
  const id = await submitted(await world.investor());
  expect(sumsub.failures).toEqual([]);
  sumsub.failures.push(500, 500);
  sumsub.review(sumsub.byCase(id).id, { reviewStatus: 'completed', reviewDate: time(3), reviewResult: { reviewAnswer: 'GREEN' } });
  await webhook(id, 'applicantReviewed', 3);
  await reached(id, 'IN_REVIEW');
});

test('a change of the person’s data takes the case back from the officers', async () => {
  const id = await submitted(await world.investor());
  sumsub.review(sumsub.byCase(id).id, { reviewStatus: 'completed', reviewDate: time(3), reviewResult: { reviewAnswer: 'GREEN' } });
  await webhook(id, 'applicantReviewed', 3);
  await reached(id, 'IN_REVIEW');
  await world.officer.post(`/v1/kyc-cases/${id}/recommend`, { decision: 'APPROVE', riskRating: 'LOW', note: 'Fine.' });
  await webhook(id, 'applicantPersonalInfoChanged', 20);
  await reached(id, 'PROVIDER_PENDING');
  const approval = { reason: 'Too late.', validUntil: await world.inDays(9) };
  expect(await world.officer2.post(`/v1/kyc-cases/${id}/approve`, approval)).toMatchObject({ status: 409, body: { code: 'KYC_STATE' } });
});

test('the simulator cannot speak for a case of Sumsub', async () => {
  const id = await submitted(await world.investor());
  const body = JSON.stringify({ ref: `sim-${id}`, attempt: 1, at: new Date().toISOString() });
  const headers = {
    'content-type': 'application/json',
    ...signHmac(Buffer.from(body), SIMULATOR_WEBHOOK_HEADERS, 'muniment development only'),
  };
  expect(await world.api.post('/v1/webhooks/simulator', body, { key: null, headers })).toMatchObject({ status: 200 });
  await idle();
  expect((await world.officer.get(`/v1/kyc-cases/${id}`)).body.status).toBe('PROVIDER_PENDING');
});
