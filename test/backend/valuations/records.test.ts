import { canonicalize } from 'json-canonicalize';
import { keccak256, stringToHex } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer, Api } from '../support/api.js';
import { bringInstrument, bringStranger, members } from '../support/market.js';
import { type Platform, startPlatform } from '../support/platform.js';
import { DAY, later, setFeed, submit } from './rounds.js';

const RECORD = { source: 'administrator', date: '2026-01-05', navPerUnit: '99.4' };
const RESTATED = { source: 'administrator', date: '2026-01-05', navPerUnit: '99.5', restates: '99.4' };

let platform: Platform;
let fund: Answer['body'];
let path: string;
let document: { id: string; sha256: string };
let investor: Api;

beforeAll(async () => {
  platform = await startPlatform(new Date('2026-01-05T12:00:00Z'));
  fund = await bringInstrument(await members(platform), 'RECORDED');
  path = `/v1/instruments/${fund.id}`;
  [document] = (await platform.staff.issuer.get(`/v1/assets/${fund.assetId}/documents`)).body;
  ({ api: investor } = await bringStranger(platform, 'hana'));
  await setFeed(platform, fund.id, { maxValuationAgeSeconds: 10 * DAY });
  await submit(platform, fund.id, { value: '99.4', record: RECORD });
  await later(platform, DAY);
  await submit(platform, fund.id, { value: '99.5', record: RESTATED });
});
afterAll(() => platform?.close());

const codeOf = ({ status, body }: Answer): [number, string] => [status, body?.code];
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const rounds = async (): Promise<Answer['body']> => (await investor.get(`${path}/rounds`)).body;

describe('the evidence of a round', () => {
  const text = canonicalize(RECORD);
  const hash = keccak256(stringToHex(text));
  const file = (api: Api, content: string): Promise<Answer> => api.post(`${path}/evidence`, { contentBase64: base64(content) });

  test('is filed under the hash that the reporters signed, once, and comes back as it was', async () => {
    expect((await rounds())[1]).toMatchObject({ round: 1, evidenceRoot: hash, hasEvidence: false });
    expect(codeOf(await investor.get(`${path}/evidence/${hash}`))).toEqual([404, 'EVIDENCE_NOT_FOUND']);
    const { status, body } = await file(platform.staff.issuer, text);
    expect([status, body]).toEqual([201, expect.objectContaining({ hash, rounds: [1], bytes: text.length })]);
    expect((await file(platform.staff.officer, text)).body).toEqual(body);
    const { body: found } = await investor.get(`${path}/evidence/${hash}`);
    expect(Buffer.from(found.contentBase64, 'base64').toString()).toBe(text);
    expect(keccak256(Buffer.from(found.contentBase64, 'base64'))).toBe(hash);
    expect((await rounds())[1]).toMatchObject({ round: 1, hasEvidence: true });
  });

  test('is refused when no round rests on it, or from who has nothing to file', async () => {
    const other = await file(platform.staff.issuer, `${text} `);
    expect(codeOf(other)).toEqual([422, 'EVIDENCE_UNKNOWN']);
    expect(other.body.hash).toBe(keccak256(stringToHex(`${text} `)));
    for (const api of [investor, platform.staff.auditor]) expect((await file(api, text)).status).toBe(403);
    expect(codeOf(await platform.staff.issuer.post(`${path}/evidence`, { contentBase64: 'no base64!' }))).toEqual([
      400,
      'VALIDATION_FAILED',
    ]);
  });
});

describe('a restated value', () => {
  const correct = (change: object = {}, api: Api = platform.staff.issuer): Promise<Answer> =>
    api.post(`${path}/corrections`, { round: 2, corrects: 1, reason: 'A fee was booked twice.', documentId: document.id, ...change });

  test('is refused unless both rounds were published, in their order, and a document of the asset says why', async () => {
    expect(codeOf(await correct({ round: 1, corrects: 2 }))).toEqual([422, 'CORRECTION_INVALID']);
    expect(codeOf(await correct({ round: 1, corrects: 1 }))).toEqual([422, 'CORRECTION_INVALID']);
    expect(codeOf(await correct({ round: 9 }))).toEqual([404, 'ROUND_NOT_FOUND']);
    expect(codeOf(await correct({ documentId: fund.id }))).toEqual([404, 'DOCUMENT_NOT_FOUND']);
    expect((await correct({}, platform.staff.officer)).status).toBe(403);
    expect((await platform.staff.issuer.get(`${path}/corrections`)).body).toEqual([]);
  });

  test('is a new round, and a record of the round that it corrects', async () => {
    const { status, body } = await correct();
    expect([status, body]).toEqual([
      201,
      expect.objectContaining({ round: 2, correctsRound: 1, documentId: document.id, documentHash: document.sha256 }),
    ]);
    expect((await investor.get(`${path}/corrections`)).body).toEqual([body]);
    expect(await rounds()).toMatchObject([
      { round: 2, corrects: 1, correctedBy: null, value: '99.5' },
      { round: 1, corrects: null, correctedBy: 2, value: '99.4' },
    ]);
  });

  test('is restated by a later one, not a second time', async () => {
    await later(platform, DAY);
    const third = await submit(platform, fund.id, { value: '99.55' });
    expect(codeOf(await correct({ round: third, corrects: 1 }))).toEqual([409, 'ROUND_ALREADY_CORRECTED']);
    expect((await correct({ round: third, corrects: 2 })).status).toBe(201);
  });

  test('restates no round that is held, and none is restated by it', async () => {
    await later(platform, DAY);
    const held = await submit(platform, fund.id, { value: '105' });
    expect((await rounds())[0]).toMatchObject({ round: held, state: 'HELD' });
    expect(codeOf(await correct({ round: held, corrects: 3 }))).toEqual([422, 'CORRECTION_INVALID']);
    const after = await submit(platform, fund.id, { value: '99.6' });
    expect(codeOf(await correct({ round: after, corrects: held }))).toEqual([422, 'CORRECTION_INVALID']);
  });
});

describe('a restated appraisal', () => {
  const appraise = (change: object = {}): Promise<Answer> =>
    platform.staff.issuer.post(`/v1/assets/${fund.assetId}/valuations`, {
      value: '98000',
      currency: 'USD',
      asOf: '2026-01-05',
      method: 'COMPARABLES',
      documentId: document.id,
      ...change,
    });

  test('names the one it corrects, of the same day and currency, and only once', async () => {
    const { body: first } = await appraise();
    expect(first).toMatchObject({ value: '98000', correctsId: null, correctedById: null });
    expect(codeOf(await appraise({ corrects: fund.id }))).toEqual([404, 'APPRAISAL_NOT_FOUND']);
    expect(codeOf(await appraise({ corrects: first.id, asOf: '2026-01-04' }))).toEqual([422, 'CORRECTION_INVALID']);
    expect(codeOf(await appraise({ corrects: first.id, currency: 'EUR' }))).toEqual([422, 'CORRECTION_INVALID']);
    const { status, body: second } = await appraise({ corrects: first.id, value: '97500' });
    expect([status, second.correctsId]).toEqual([201, first.id]);
    expect(codeOf(await appraise({ corrects: first.id, value: '97000' }))).toEqual([409, 'APPRAISAL_ALREADY_CORRECTED']);
    expect((await appraise({ corrects: second.id, value: '97000' })).status).toBe(201);
    const { body: listed } = await investor.get(`/v1/assets/${fund.assetId}/valuations`);
    expect(listed.map(({ value, correctedById }: Answer['body']) => [value, correctedById === null])).toEqual([
      ['97000', true],
      ['97500', false],
      ['98000', false],
    ]);
  });
});
