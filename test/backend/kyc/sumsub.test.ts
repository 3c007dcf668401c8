import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ProviderRefused, ProviderUnavailable } from '../../../backend/src/kyc/providers/kyc-provider.js';
import { SUMSUB_WEBHOOK_HEADERS, Sumsub, signRequest } from '../../../backend/src/kyc/providers/sumsub.js';
import { signHmac, type WebhookSecret } from '../../../backend/src/kyc/providers/webhook-signature.js';
import { SumsubServer } from './sumsub-server.js';

const server = new SumsubServer();
let baseUrl: string;
const now = new Date('2026-02-23T10:00:00Z');

function sumsub(settings: { webhookSecrets?: WebhookSecret[]; secretKey?: string; privateToo?: boolean; at?: string } = {}): Sumsub {
  return new Sumsub({
    baseUrl: settings.at ?? baseUrl,
    privateToo: settings.privateToo ?? true,
    appToken: server.appToken,
    secretKey: settings.secretKey ?? server.secretKey,
    webhookSecrets: settings.webhookSecrets ?? [{ value: 'webhook-secret' }],
    levels: { BASIC: 'basic-kyc-level', ENHANCED: 'enhanced' },
  });
}
const person = (caseId: string) =>
  ({
    caseId,
    kind: 'PERSON',
    level: 'BASIC',
    prefill: { legalName: 'Ada Maria Lindqvist', country: 'SE', dateOfBirth: '1980-12-10', email: 'ada@example.org' },
  }) as const;

beforeAll(async () => {
  baseUrl = await server.start();
});
afterAll(() => server.stop());
beforeEach(() => {
  server.requests.length = 0;
  server.failures.length = 0;
});

describe('requests', () => {
  test('are signed as the documented example says', () => {
    const text =
      '1607551635POST/resources/accessTokens?userId=cfd20712-24a2-4c7d-9ab0-146f3c142335&levelName=basic-kyc-level&ttlInSecs=600';
    const path = text.slice('1607551635POST'.length);
    expect(signRequest('secret', '1607551635', 'POST', path, '')).toBe(createHmac('sha256', 'secret').update(text).digest('hex'));
  });

  test('start an applicant of the level, known by our case only, and give a link', async () => {
    const verification = await sumsub().start(person('case-1'));
    expect(verification.url).toContain('case-1');
    expect(server.byCase('case-1')).toMatchObject({
      id: verification.providerRef,
      levelName: 'basic-kyc-level',
      type: 'individual',
      info: { firstName: 'Ada Maria', lastName: 'Lindqvist', country: 'SWE', dob: '1980-12-10' },
    });
  });

  test('do not go to a private address in production, nor where a redirect points (A7)', async () => {
    await expect(sumsub({ privateToo: false }).start(person('case-1'))).rejects.toThrow(ProviderUnavailable);
    expect(server.requests).toEqual([]);
    const redirecting = createServer((_, response) => response.writeHead(302, { location: baseUrl }).end());
    await new Promise<void>((done) => redirecting.listen(0, '127.0.0.1', done));
    const elsewhere = `http://127.0.0.1:${(redirecting.address() as AddressInfo).port}`;
    await expect(sumsub({ at: elsewhere }).start(person('case-1'))).rejects.toThrow(/Sumsub answers 302/);
    redirecting.close();
    expect(server.requests).toEqual([]);
  });

  test('a repeated start finds the applicant of the first', async () => {
    const first = await sumsub().start(person('case-2'));
    expect((await sumsub().start(person('case-2'))).providerRef).toBe(first.providerRef);
  });

  test('a start whose answer was lost finds it too', async () => {
    server.failures.push('drop-answer');
    await expect(sumsub().start(person('case-3'))).rejects.toThrow(ProviderUnavailable);
    expect((await sumsub().start(person('case-3'))).providerRef).toBe(server.byCase('case-3').id);
  });

  test.each([429, 500, 503])('%d may be asked again', async (status) => {
    server.failures.push(status);
    await expect(sumsub().fetchResult('x')).rejects.toThrow(ProviderUnavailable);
  });

  test('a wrong key and an unknown applicant may not', async () => {
    await expect(sumsub({ secretKey: 'other' }).fetchResult('x')).rejects.toThrow(ProviderRefused);
    await expect(sumsub().fetchResult('unknown')).rejects.toThrow(/refuses GET .* with 404/);
  });

  test('no personal data in an error', async () => {
    server.failures.push(400);
    const error: Error = await sumsub()
      .start(person('case-4'))
      .then(
        () => new Error('none'),
        (e: Error) => e,
      );
    expect(`${error.message} ${error.stack}`).not.toMatch(/Lindqvist|ada@|1980/);
  });
});

describe('results', () => {
  test.each([
    [{ reviewStatus: 'init' }, 'PENDING'],
    [{ reviewStatus: 'pending' }, 'PENDING'],
    [{ reviewStatus: 'onHold' }, 'PENDING'],
    [{ reviewStatus: 'completed', reviewResult: { reviewAnswer: 'GREEN' } }, 'CLEAR'],
    [{ reviewStatus: 'completed', reviewResult: { reviewAnswer: 'RED', reviewRejectType: 'RETRY' } }, 'RESUBMIT'],
    [{ reviewStatus: 'completed', reviewResult: { reviewAnswer: 'RED', reviewRejectType: 'FINAL' } }, 'REJECT_FINAL'],
    [{ reviewStatus: 'completed', reviewResult: { reviewAnswer: 'RED' } }, 'REJECT_FINAL'],
    [{ reviewStatus: 'completed' }, 'REJECT_FINAL'],
    // GREEN counts only when the review ended.
    [{ reviewStatus: 'pending', reviewResult: { reviewAnswer: 'GREEN' } }, 'PENDING'],
  ])('%j is %s', async (review, outcome) => {
    const { providerRef } = await sumsub().start(person('case-results'));
    server.review(providerRef, review);
    expect((await sumsub().fetchResult(providerRef)).outcome).toBe(outcome);
  });

  test('carry labels, both comments apart, the time, and documents with a hash for their number', async () => {
    const { providerRef } = await sumsub().start(person('case-5'));
    server.review(
      providerRef,
      {
        reviewStatus: 'completed',
        reviewDate: '2026-02-23 09:14:55+0000',
        reviewResult: {
          reviewAnswer: 'RED',
          reviewRejectType: 'FINAL',
          rejectLabels: ['FORGERY'],
          moderationComment: 'We could not accept the document.',
          clientComment: 'Looks edited.',
        },
      },
      { idDocs: [{ idDocType: 'PASSPORT', country: 'SWE', number: '12345678', validUntil: '2030-01-01' }] },
    );
    const result = await sumsub().fetchResult(providerRef);
    expect(result).toMatchObject({
      outcome: 'REJECT_FINAL',
      occurredAt: new Date('2026-02-23T09:14:55Z'),
      labels: ['FORGERY'],
      userMessage: 'We could not accept the document.',
      internalMessage: 'Looks edited.',
      person: { firstName: 'Ada Maria', lastName: 'Lindqvist', country: 'SE', dateOfBirth: '1980-12-10' },
      documents: [{ type: 'PASSPORT', country: 'SE', expiresOn: '2030-01-01' }],
    });
    expect(JSON.stringify(result)).not.toContain('12345678');
    expect(result.documents[0]?.numberHash).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('webhooks', () => {
  const body = Buffer.from('{"applicantId":"a1","externalUserId":"case-1","type":"applicantReviewed","createdAtMs":"1771838095123"}');
  const names = SUMSUB_WEBHOOK_HEADERS;
  const signed = (secret: string, algorithm?: 'HMAC_SHA256_HEX' | 'HMAC_SHA512_HEX') => signHmac(body, names, secret, algorithm);
  const verdict = (headers: Record<string, string>, secrets?: WebhookSecret[], raw = body) =>
    sumsub(secrets ? { webhookSecrets: secrets } : {}).verifyWebhook(raw, headers, now);

  test('pass with SHA-256 and SHA-512, in either case of hex', () => {
    expect(verdict(signed('webhook-secret'))).toEqual({ ok: true });
    expect(verdict(signed('webhook-secret', 'HMAC_SHA512_HEX'))).toEqual({ ok: true });
    const upper = signed('webhook-secret');
    expect(verdict({ ...upper, [names.digest]: String(upper[names.digest]).toUpperCase() })).toEqual({ ok: true });
  });

  test('pass with any active secret during a rotation, and with none that is over or not yet valid', () => {
    const secrets = [
      { value: 'old', validTo: new Date('2026-02-24T00:00:00Z') },
      { value: 'new', validFrom: new Date('2026-02-22T00:00:00Z') },
      { value: 'retired', validTo: now },
      { value: 'future', validFrom: new Date(now.getTime() + 1) },
    ];
    expect(verdict(signed('old'), secrets)).toEqual({ ok: true });
    expect(verdict(signed('new'), secrets)).toEqual({ ok: true });
    expect(verdict(signed('retired'), secrets)).toEqual({ ok: false, reason: 'MISMATCH' });
    expect(verdict(signed('future'), secrets)).toEqual({ ok: false, reason: 'MISMATCH' });
  });

  const sha1 = createHmac('sha1', 'webhook-secret').update(body).digest('hex');
  const good = signed('webhook-secret');
  test.each<[string, Record<string, string>, WebhookSecret[] | undefined, string]>([
    ['no signature', {}, undefined, 'MISSING'],
    ['no algorithm', { [names.digest]: String(good[names.digest]) }, undefined, 'ALGORITHM'],
    ['SHA-1', { [names.digest]: sha1, [names.algorithm]: 'HMAC_SHA1_HEX' }, undefined, 'ALGORITHM'],
    ['an unknown algorithm', { ...good, [names.algorithm]: 'NONE' }, undefined, 'ALGORITHM'],
    ['the name of an inherited property', { ...good, [names.algorithm]: 'constructor' }, undefined, 'ALGORITHM'],
    ['another secret', signed('wrong'), undefined, 'MISMATCH'],
    ['the right digest under the other algorithm', { ...good, [names.algorithm]: 'HMAC_SHA512_HEX' }, undefined, 'MISMATCH'],
    ['a cut digest', { ...good, [names.digest]: String(good[names.digest]).slice(0, 40) }, undefined, 'MISMATCH'],
    ['a digest that is no hex', { ...good, [names.digest]: 'zz'.repeat(32) }, undefined, 'MISMATCH'],
    ['no secret set', good, [], 'UNCONFIGURED'],
    ['an empty secret', signed(''), [{ value: '' }], 'UNCONFIGURED'],
  ])('%s refuses', (_what, headers, secrets, reason) => {
    expect(verdict(headers, secrets)).toEqual({ ok: false, reason });
  });

  test('any flipped bit of the body refuses, and so does the same JSON written anew', () => {
    fc.assert(
      fc.property(fc.nat(body.length * 8 - 1), (bit) => {
        const flipped = Buffer.from(body);
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(verdict(good, undefined, flipped)).toEqual({ ok: false, reason: 'MISMATCH' });
      }),
    );
    const rewritten = Buffer.from(JSON.stringify(JSON.parse(body.toString()), null, 1));
    expect(verdict(good, undefined, rewritten)).toEqual({ ok: false, reason: 'MISMATCH' });
  });

  test('say which applicant changed and when; what they claim about it is not read', () => {
    expect(sumsub().parseWebhook(body)).toEqual([
      { providerRef: 'a1', caseId: 'case-1', occurredAt: new Date(1771838095123), hint: 'RESULT' },
    ]);
    const changed = Buffer.from('{"applicantId":"a1","type":"applicantPersonalInfoChanged","createdAtMs":"2026-02-23 09:14:55.123"}');
    expect(sumsub().parseWebhook(changed)[0]).toMatchObject({ hint: 'DATA_CHANGED', occurredAt: new Date('2026-02-23T09:14:55.123Z') });
  });

  test.each([
    '{"applicantId":"a1","type":"applicantSomethingNew","createdAtMs":"1771838095123"}',
    '{"applicantId":"a1","type":"applicantReviewed"}',
    '{"applicantId":"a1","type":"applicantReviewed","createdAtMs":"yesterday"}',
    '[]',
    'no json',
    '',
  ])('%s is ignored', (text) => {
    expect(sumsub().parseWebhook(Buffer.from(text))).toEqual([]);
  });
});
