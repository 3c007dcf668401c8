import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SIMULATOR_WEBHOOK_HEADERS } from '../../../backend/src/kyc/providers/simulator.js';
import { signHmac } from '../../../backend/src/kyc/providers/webhook-signature.js';
import { expectStatus, type InvestorPerson, startWorld, until, type World } from './world.js';

const SECRET = 'a secret of the simulator';
let world: World;
beforeAll(async () => {
  world = await startWorld({
    environment: {
      SIMULATOR_WEBHOOK_SECRETS: JSON.stringify([{ value: SECRET }, { value: 'the secret before it', validTo: '2020-01-01' }]),
    },
  });
});
afterAll(() => world.stop());

const recommendation = { decision: 'APPROVE', riskRating: 'LOW', note: 'Everything is in order.' };
const status = async (id: string): Promise<string> => (await world.officer.get(`/v1/kyc-cases/${id}`)).body.status;
const complete = (investor: InvestorPerson, ref: string) => investor.post(`/v1/simulator/verifications/${ref}/complete`);
const reached = (id: string, wanted: string) =>
  until(
    () => status(id),
    (now) => now === wanted,
  );

describe('a case', () => {
  test('goes from the investor over the provider and the screening to two officers', async () => {
    const ada = await world.investor();
    const { id } = await world.reviewableCase(ada);
    expect(await status(id)).toBe('IN_REVIEW');
    expectStatus(await world.officer.post(`/v1/kyc-cases/${id}/recommend`, recommendation), 200);
    const validUntil = await world.inDays(365);
    const approved = await world.officer2.post(`/v1/kyc-cases/${id}/approve`, { reason: 'Agreed.', validUntil });
    expect(approved).toMatchObject({ status: 200, body: { status: 'APPROVED', registration: 'PENDING', validUntil } });
    expect((await ada.get('/v1/investors/me')).body).toMatchObject({ approved: true, approvedUntil: validUntil, registered: false });

    const { body } = await world.officer.get(`/v1/kyc-cases/${id}`);
    expect(body.history.map((event: { event: string; to: string }) => [event.event, event.to])).toEqual([
      ['create', 'DRAFT'],
      ['submit', 'SUBMITTED'],
      ['verification-started', 'PROVIDER_PENDING'],
      ['provider', 'SCREENING'],
      ['screened', 'IN_REVIEW'],
      ['recommend', 'PENDING_APPROVAL'],
      ['approve', 'APPROVED'],
    ]);
    expect(body.review).toMatchObject({
      screening: { outcome: 'CLEAR', algorithm: 'sorted-token-jaro-winkler/1', hits: [] },
      recommendation: { by: world.officer.person.id, note: recommendation.note },
      decision: { by: world.officer2.person.id, reason: 'Agreed.' },
    });
    const log = await world.auditor.get(`/v1/audit-events?subject=kyc-case:${id}`);
    expect(log.body.items.map((item: { action: string }) => item.action)).toEqual(
      expect.arrayContaining([
        'kyc-case.create',
        'kyc-case.submit',
        'kyc-case.provider',
        'kyc-case.screened',
        'kyc-case.recommend',
        'kyc-case.approve',
      ]),
    );
  });

  test('is not approved by the officer who recommended it', async () => {
    const { id } = await world.reviewableCase(await world.investor());
    expectStatus(await world.officer.post(`/v1/kyc-cases/${id}/recommend`, recommendation), 200);
    const own = { reason: 'I agree with myself.', validUntil: await world.inDays(30) };
    expect(await world.officer.post(`/v1/kyc-cases/${id}/approve`, own)).toMatchObject({ status: 409, body: { code: 'KYC_SAME_PERSON' } });
    expect(await world.officer.post(`/v1/kyc-cases/${id}/reject`, { reason: 'Or not.' })).toMatchObject({ status: 409 });
    expect(await status(id)).toBe('PENDING_APPROVAL');
  });

  test('is approved once, when several officers do so at the same time', async () => {
    const { id } = await world.reviewableCase(await world.investor());
    expectStatus(await world.officer.post(`/v1/kyc-cases/${id}/recommend`, recommendation), 200);
    const third = await world.api.signIn(world.staff.officer3);
    const approval = { reason: 'Agreed.', validUntil: await world.inDays(30) };
    const answers = await Promise.all(
      [world.officer2, third, world.officer2, third].map((o) => o.post(`/v1/kyc-cases/${id}/approve`, approval)),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409, 409, 409]);
  });

  test('is not approved without a recommendation, or without a screening', async () => {
    const ada = await world.investor();
    const { id } = await world.submittedCase(ada);
    const approval = { reason: 'Just do it.', validUntil: await world.inDays(30) };
    expect(await world.officer2.post(`/v1/kyc-cases/${id}/approve`, approval)).toMatchObject({ status: 409, body: { code: 'KYC_STATE' } });
    expect(await world.officer.post(`/v1/kyc-cases/${id}/recommend`, recommendation)).toMatchObject({
      status: 409,
      body: { code: 'KYC_STATE' },
    });
    // The database itself refuses it too.
    const bypass = `update kyc_cases set status = 'APPROVED', decided_by = 'b', recommended_by = 'a' where id = $1`;
    await expect(world.sql(bypass, [id])).rejects.toThrow(/kyc_cases_screened/);
    const alone = `update kyc_cases set status = 'APPROVED', decided_by = 'a', recommended_by = 'a', screened_at = now() where id = $1`;
    await expect(world.sql(alone, [id])).rejects.toThrow(/kyc_cases_four_eyes/);
  });

  test('is not approved on an old screening, but after a new one and a new recommendation', async () => {
    const { id } = await world.reviewableCase(await world.investor());
    expectStatus(await world.officer.post(`/v1/kyc-cases/${id}/recommend`, recommendation), 200);
    await world.sql(`update kyc_cases set screened_at = screened_at - interval '73 hours' where id = $1`, [id]);
    const approval = { reason: 'Agreed.', validUntil: await world.inDays(30) };
    expect(await world.officer2.post(`/v1/kyc-cases/${id}/approve`, approval)).toMatchObject({ body: { code: 'KYC_SCREENING_TOO_OLD' } });
    expect(await world.officer.post(`/v1/kyc-cases/${id}/screen`)).toMatchObject({ status: 200, body: { status: 'IN_REVIEW' } });
    expect(await world.officer2.post(`/v1/kyc-cases/${id}/approve`, approval)).toMatchObject({ body: { code: 'KYC_STATE' } });
    expectStatus(await world.officer.post(`/v1/kyc-cases/${id}/recommend`, recommendation), 200);
    expectStatus(await world.officer2.post(`/v1/kyc-cases/${id}/approve`, approval), 200);
  });

  test('lasts until a time that chain and policy can take', async () => {
    const { id } = await world.reviewableCase(await world.investor());
    expectStatus(await world.officer.post(`/v1/kyc-cases/${id}/recommend`, recommendation), 200);
    for (const days of [-1, 0, 2_000]) {
      const answer = await world.officer2.post(`/v1/kyc-cases/${id}/approve`, { reason: 'Agreed.', validUntil: await world.inDays(days) });
      expect(answer).toMatchObject({ status: 422, body: { code: 'VALID_UNTIL_INVALID' } });
    }
    const unknown = { reason: 'Agreed.', validUntil: await world.inDays(3), approvedBy: 'me' };
    expect(await world.officer2.post(`/v1/kyc-cases/${id}/approve`, unknown)).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION_FAILED' },
    });
  });

  test('belongs to its investor: others neither see nor touch it, and he sees no evidence', async () => {
    const [ada, bo] = [await world.investor(), await world.investor()];
    const { id } = await world.reviewableCase(ada);
    expect(await bo.get(`/v1/kyc-cases/${id}`)).toMatchObject({ status: 404, body: { code: 'KYC_CASE_NOT_FOUND' } });
    expect(await bo.post(`/v1/kyc-cases/${id}/submit`)).toMatchObject({ status: 404 });
    expect(await bo.post('/v1/kyc-cases', { investorId: ada.investorId })).toMatchObject({
      status: 404,
      body: { code: 'INVESTOR_NOT_FOUND' },
    });
    expect((await bo.get(`/v1/kyc-cases?investorId=${ada.investorId}`)).body.items).toEqual([]);
    expect((await ada.get('/v1/kyc-cases')).body.items).toMatchObject([{ id }]);
    const own = (await ada.get(`/v1/kyc-cases/${id}`)).body;
    expect(own.review).toBeNull();
    expect(own.history.every((event: { actor: null; detail: null }) => event.actor === null && event.detail === null)).toBe(true);
    for (const action of ['recommend', 'approve', 'reject', 'hold', 'release', 'screen']) {
      expect((await ada.post(`/v1/kyc-cases/${id}/${action}`, recommendation)).status).toBe(403);
    }
    expect((await world.issuer.get(`/v1/kyc-cases/${id}`)).status).toBe(403);
    expect((await world.auditor.get(`/v1/kyc-cases/${id}`)).body.review.recommendation).toBeNull();
  });

  test('is one at a time', async () => {
    const ada = await world.investor();
    await world.submittedCase(ada);
    expect(await ada.post('/v1/kyc-cases', { investorId: ada.investorId })).toMatchObject({ status: 409, body: { code: 'KYC_CASE_OPEN' } });
  });

  test('waits on hold and goes on where it was', async () => {
    const { id } = await world.reviewableCase(await world.investor());
    expect(await world.officer.post(`/v1/kyc-cases/${id}/hold`, { reason: 'Asked the issuer.' })).toMatchObject({
      body: { status: 'ON_HOLD' },
    });
    expect(await world.officer.post(`/v1/kyc-cases/${id}/recommend`, recommendation)).toMatchObject({ status: 409 });
    expect(await world.officer.post(`/v1/kyc-cases/${id}/release`)).toMatchObject({ body: { status: 'IN_REVIEW' } });
  });

  test('stands in the queue by its state', async () => {
    const { id } = await world.reviewableCase(await world.investor());
    const queue = await world.officer.get('/v1/kyc-cases?status=IN_REVIEW&limit=200');
    expect(queue.body.items.map((item: { id: string }) => item.id)).toContain(id);
    expect((await world.officer.get('/v1/kyc-cases?status=NO_SUCH')).status).toBe(400);
  });
});

describe('the provider’s outcomes', () => {
  test('another document is asked for, brought, and accepted', async () => {
    const ada = await world.investor({ legalName: 'Ada Lindqvist 7' });
    const { id, providerRef } = await world.submittedCase(ada);
    await complete(ada, providerRef);
    await reached(id, 'RESUBMISSION_REQUIRED');
    expect((await ada.get(`/v1/kyc-cases/${id}`)).body.userMessage).toContain('page of the document');
    expect(await ada.post(`/v1/kyc-cases/${id}/resubmit`)).toMatchObject({ body: { status: 'PROVIDER_PENDING' } });
    await complete(ada, providerRef);
    await reached(id, 'IN_REVIEW');
  });

  test('a final rejection is confirmed by an officer', async () => {
    const ada = await world.investor({ legalName: 'Ada Lindqvist 8' });
    const { id, providerRef } = await world.submittedCase(ada);
    expect(await world.officer.post(`/v1/kyc-cases/${id}/reject`, { reason: 'Too early.' })).toMatchObject({ status: 409 });
    await complete(ada, providerRef);
    await until(
      async () => (await world.officer.get(`/v1/kyc-cases/${id}`)).body.review.labels,
      (labels) => labels.includes('BAD_PROOF_OF_IDENTITY'),
    );
    expect(await world.officer.post(`/v1/kyc-cases/${id}/reject`, { reason: 'As the provider says.' })).toMatchObject({
      body: { status: 'REJECTED' },
    });
    // Without a fraud label he may try again.
    expect((await ada.post('/v1/kyc-cases', { investorId: ada.investorId })).status).toBe(201);
  });

  test('a rejection for fraud cannot be started over', async () => {
    const ada = await world.investor({ legalName: 'Ada Lindqvist 9' });
    const { id, providerRef } = await world.submittedCase(ada);
    await complete(ada, providerRef);
    await until(
      async () => (await world.officer.get(`/v1/kyc-cases/${id}`)).body.review.labels,
      (labels) => labels.includes('FORGERY'),
    );
    expectStatus(await world.officer.post(`/v1/kyc-cases/${id}/reject`, { reason: 'Forged.' }), 200);
    expect(await ada.post('/v1/kyc-cases', { investorId: ada.investorId })).toMatchObject({
      status: 409,
      body: { code: 'KYC_RESTART_REFUSED' },
    });
  });
});

describe('a possible match', () => {
  test('is escalated, decided by an officer, and silent for this entry from then on', async () => {
    const viktor = await world.investor({ legalName: 'Viktor Zztestov', dateOfBirth: '1961-05-01' });
    const { id } = await world.reviewableCase(viktor);
    const { body } = await world.officer.get(`/v1/kyc-cases/${id}`);
    expect(body.status).toBe('ESCALATED');
    const [hit] = body.review.screening.hits;
    expect(hit).toMatchObject({ entryNumber: 90001, status: 'OPEN', programs: ['ZZTEST-PROGRAM', 'ZZTEST-SECOND'] });
    expect(await world.officer.post(`/v1/kyc-cases/${id}/recommend`, recommendation)).toMatchObject({
      status: 409,
      body: { code: 'KYC_OPEN_HIT' },
    });

    const decide = (officer: typeof world.officer, disposition: string) =>
      officer.post(`/v1/screening-hits/${hit.id}/disposition`, { disposition, reason: 'Compared the passports.' });
    expect(await decide(world.officer, 'TRUE_MATCH')).toMatchObject({
      status: 200,
      body: { status: 'TRUE_MATCH', case: { status: 'ESCALATED' } },
    });
    expect(await world.officer2.post(`/v1/kyc-cases/${id}/recommend`, recommendation)).toMatchObject({ body: { code: 'KYC_TRUE_MATCH' } });
    expect(await decide(world.officer, 'FALSE_POSITIVE')).toMatchObject({ status: 403, body: { code: 'HIT_NEEDS_ANOTHER_OFFICER' } });
    expectStatus(await decide(world.officer2, 'FALSE_POSITIVE'), 200);
    expect(await decide(world.officer2, 'TRUE_MATCH')).toMatchObject({ status: 409, body: { code: 'HIT_DECIDED' } });

    expect(await world.officer.post(`/v1/kyc-cases/${id}/screen`)).toMatchObject({ body: { status: 'IN_REVIEW' } });
    const again = (await world.officer.get(`/v1/kyc-cases/${id}`)).body.review.screening.hits;
    expect(again).toMatchObject([{ entryNumber: 90001, status: 'FALSE_POSITIVE' }]);
    expectStatus(await world.officer.post(`/v1/kyc-cases/${id}/recommend`, recommendation), 200);
  });
});

describe('a webhook', () => {
  const deliver = (body: string, headers: Record<string, string>, provider = 'simulator') =>
    world.api.post(`/v1/webhooks/${provider}`, body, { key: null, headers: { 'content-type': 'application/json', ...headers } });
  const signed = (body: string, secret = SECRET, algorithm?: 'HMAC_SHA512_HEX') =>
    signHmac(Buffer.from(body), SIMULATOR_WEBHOOK_HEADERS, secret, algorithm);
  const deliveries = async () => Number((await world.sql<{ n: string }>('select count(*) n from webhook_deliveries'))[0]?.n);

  test('without, or with a wrong signature is refused; only an audit entry stays', async () => {
    const ada = await world.investor();
    const { id, providerRef } = await world.submittedCase(ada);
    const body = JSON.stringify({ ref: providerRef, attempt: 1, at: new Date().toISOString() });
    const before = await deliveries();
    const good = signed(body);
    const bad: [string, Record<string, string>][] = [
      ['MISSING', {}],
      ['MISMATCH', signed(body, 'another secret')],
      ['MISMATCH', signed(body, 'the secret before it')],
      ['MISMATCH', signed(`${body} `)],
      ['ALGORITHM', { ...good, [SIMULATOR_WEBHOOK_HEADERS.algorithm]: 'HMAC_SHA1_HEX' }],
      ['ALGORITHM', { [SIMULATOR_WEBHOOK_HEADERS.digest]: String(good[SIMULATOR_WEBHOOK_HEADERS.digest]) }],
      ['MISMATCH', { ...good, [SIMULATOR_WEBHOOK_HEADERS.digest]: 'not hex' }],
    ];
    for (const [reason, headers] of bad) {
      expect(await deliver(body, headers)).toMatchObject({ status: 401, body: { code: 'WEBHOOK_REFUSED' } });
      const [event] = (await world.auditor.get('/v1/audit-events?subject=webhook:simulator&limit=1')).body.items;
      expect(event).toMatchObject({ action: 'webhook.received', result: 'REFUSED', payload: { reason } });
    }
    expect(await deliveries()).toBe(before);
    expect(await status(id)).toBe('PROVIDER_PENDING');
  });

  test('of a provider without a secret is refused, whatever it says', async () => {
    const body = '{"applicantId":"a","type":"applicantReviewed","createdAtMs":"1771838095123"}';
    const headers = signHmac(Buffer.from(body), { digest: 'x-payload-digest', algorithm: 'x-payload-digest-alg' }, '');
    expect(await deliver(body, headers, 'sumsub')).toMatchObject({ status: 401 });
    const [event] = (await world.auditor.get('/v1/audit-events?subject=webhook:sumsub&limit=1')).body.items;
    expect(event.payload).toEqual({ reason: 'UNCONFIGURED' });
    expect(await deliver(body, headers, 'no-such')).toMatchObject({ status: 404, body: { code: 'PROVIDER_UNKNOWN' } });
  });

  test('that claims what the provider does not say changes nothing: the result is fetched', async () => {
    const ada = await world.investor();
    const { id, providerRef } = await world.submittedCase(ada);
    const body = JSON.stringify({ ref: providerRef, attempt: 1, at: new Date().toISOString() });
    expect(await deliver(body, signed(body))).toMatchObject({ status: 200, body: { received: true } });
    // The person has not gone through the flow, so the authority answers PENDING.
    await until(
      async () => (await world.officer.get(`/v1/kyc-cases/${id}`)).body.history.at(-1).event,
      (event) => event === 'provider',
    );
    expect(await status(id)).toBe('PROVIDER_PENDING');
  });

  test('that comes again, also re-signed with another algorithm, is answered and does nothing', async () => {
    const ada = await world.investor();
    const { id } = await world.reviewableCase(ada);
    const [kept] = await world.sql<{ attempt: number; completed_at: Date; ref: string }>(
      'select * from simulator_verifications where case_id = $1',
      [id],
    );
    const body = JSON.stringify({ ref: kept?.ref, attempt: kept?.attempt, at: kept?.completed_at.toISOString() });
    const [before, history] = [await deliveries(), (await world.officer.get(`/v1/kyc-cases/${id}`)).body.history.length];
    for (const headers of [signed(body), signed(body), signed(body, SECRET, 'HMAC_SHA512_HEX')]) {
      expect(await deliver(body, headers)).toMatchObject({ status: 200 });
    }
    expect(await deliveries()).toBe(before);
    expect((await world.officer.get(`/v1/kyc-cases/${id}`)).body.history.length).toBe(history);
    // Other bytes about the same result: a known statement.
    const later = JSON.stringify({ ref: kept?.ref, attempt: kept?.attempt, at: new Date().toISOString() });
    expect(await deliver(later, signed(later))).toMatchObject({ status: 200 });
    await until(
      () => world.sql('select 1 from outbox where workflow = $1 and started_at is null', ['kyc-result']),
      (waiting) => waiting.length === 0,
    );
    expect((await world.officer.get(`/v1/kyc-cases/${id}`)).body).toMatchObject({ status: 'IN_REVIEW' });
  });

  test('that is no JSON is refused, signed or not, and nothing is kept', async () => {
    const before = await deliveries();
    for (const headers of [{}, signed('{"ref":')]) {
      const { status: answered } = await deliver('{"ref":', headers);
      expect(answered).toBeGreaterThanOrEqual(400);
      expect(answered).toBeLessThan(500);
    }
    const text = { ...signed('plain'), 'content-type': 'text/plain' };
    expect((await deliver('plain', text)).status).toBeLessThan(500);
    expect(await deliveries()).toBe(before);
  });

  test('about nobody we know, or of an unknown kind, is answered and ignored', async () => {
    for (const body of [
      '{"ref":"sim-01890000-0000-7000-8000-000000000000","attempt":1,"at":"2026-01-01T00:00:00Z"}',
      '{"type":"something new"}',
    ]) {
      expect(await deliver(body, signed(body))).toMatchObject({ status: 200, body: { received: true } });
    }
  });
});

test('no case, hit or delivery keeps words or names in plain text', async () => {
  const ada = await world.investor({ legalName: 'Zebedee Quartzworth' });
  const { id } = await world.reviewableCase(ada);
  const note = { ...recommendation, note: 'Zebedee showed his plutonium licence.' };
  expectStatus(await world.officer.post(`/v1/kyc-cases/${id}/recommend`, note), 200);
  expectStatus(
    await world.officer2.post(`/v1/kyc-cases/${id}/approve`, { reason: 'The plutonium is fine.', validUntil: await world.inDays(9) }),
    200,
  );
  const tables = await world.sql<{ s: string; t: string }>(
    `select table_schema s, table_name t from information_schema.tables where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
  );
  for (const { s, t } of tables) {
    const rows = await world.sql<{ text: string }>(`select x::text as text from "${s}"."${t}" x`);
    const all = rows
      .map(({ text }) => text)
      .join('\n')
      .toLowerCase();
    for (const word of [
      'quartzworth',
      'plutonium',
      Buffer.from('plutonium').toString('hex'),
      Buffer.from('Quartzworth').toString('base64'),
    ]) {
      expect(all.includes(word.toLowerCase()), `${t} holds ${word}`).toBe(false);
    }
  }
});
