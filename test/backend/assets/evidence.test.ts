import { createHash } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assets } from '../../../backend/src/assets/assets.tables.js';
import type { Staff } from '../../../backend/src/local/world/people.js';
import { Database } from '../../../backend/src/platform/database/database.js';
import type { Answer, Api } from '../support/api.js';
import { ASSET, bringInstrument, bringStranger, EVIDENCE, members, OFFERING } from '../support/market.js';
import { approve, type Platform, startPlatform } from '../support/platform.js';

let platform: Platform;
let staff: Staff;
let issuer: Api;
let investor: Api;
let fund: Answer['body'];

beforeAll(async () => {
  platform = await startPlatform(new Date('2026-01-05T00:00:00Z'));
  ({ issuer } = platform.staff);
  staff = await members(platform);
  fund = await bringInstrument(staff, 'EVIDENCE');
  ({ api: investor } = await bringStranger(platform, 'hana'));
});
afterAll(() => platform?.close());

const sha256 = (content: Buffer): string => `0x${createHash('sha256').update(content).digest('hex')}`;

function file(role: string, content: Buffer | string, change: object = {}) {
  const bytes = Buffer.from(content);
  return { role, title: role, mediaType: 'text/markdown', contentBase64: bytes.toString('base64'), sha256: sha256(bytes), ...change };
}

async function newAsset(): Promise<string> {
  return (await issuer.post('/v1/assets', ASSET)).body.id;
}

/** As if its token had been approved: from then on investors see the asset. */
async function offer(id: string): Promise<void> {
  await platform.running.app.get(Database).query.update(assets).set({ state: 'TOKENIZED' }).where(eq(assets.id, id));
}

/** An asset with all that its class needs, handed to an officer. */
async function submitted(): Promise<{ id: string; approvalId: string }> {
  const id = await newAsset();
  for (const { role, text } of EVIDENCE) expect((await issuer.post(`/v1/assets/${id}/documents`, file(role, text))).status).toBe(201);
  const { body } = await issuer.post(`/v1/assets/${id}/submit`);
  return { id, approvalId: body.approvalId };
}

const codeOf = ({ status, body }: Answer): [number, string] => [status, body?.code];

describe('a document', () => {
  test('comes back as it was given, by its hash; a newer one of the same role does not overwrite it', async () => {
    const id = await newAsset();
    const { body: first } = await issuer.post(`/v1/assets/${id}/documents`, file('TERM_SHEET', '# One\n'));
    const { body: second } = await issuer.post(`/v1/assets/${id}/documents`, file('TERM_SHEET', '# Two\n'));
    expect([first.version, second.version]).toEqual([1, 2]);
    expect((await issuer.get(`/v1/assets/${id}/documents`)).body).toMatchObject([{ id: second.id, version: 2 }]);
    expect(codeOf(await investor.get(`/v1/documents/${first.id}`))).toEqual([404, 'DOCUMENT_NOT_FOUND']);
    await offer(id);
    const { body: content } = await investor.get(`/v1/documents/${first.id}`);
    expect(Buffer.from(content.contentBase64, 'base64').toString()).toBe('# One\n');
    expect(content.sha256).toBe(sha256(Buffer.from('# One\n')));
  });

  test.each([
    ['a web page that says it is a PDF', '<html></html>', { mediaType: 'application/pdf' }],
    ['a PDF that says it is text', '%PDF-1.7 …', { mediaType: 'text/plain' }],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00]), {}],
  ])('is not %s', async (_, content, change) => {
    const id = await newAsset();
    const answer = await issuer.post(`/v1/assets/${id}/documents`, file('TERM_SHEET', content, change));
    expect(codeOf(answer)).toEqual([400, 'DOCUMENT_CONTENT_INVALID']);
    expect((await issuer.get(`/v1/assets/${id}/documents`)).body).toEqual([]);
  });

  test('for the staff is hidden from investors', async () => {
    const id = await newAsset();
    const { body: hidden } = await issuer.post(`/v1/assets/${id}/documents`, file('AUDIT', '# Audit\n', { visibility: 'STAFF' }));
    const { body: open } = await issuer.post(`/v1/assets/${id}/documents`, file('NOTICE', '# Notice\n'));
    await offer(id);
    const ids = async (api: Api) => (await api.get(`/v1/assets/${id}/documents`)).body.map((document: { id: string }) => document.id);
    expect(await ids(investor)).toEqual([open.id]);
    expect((await ids(platform.staff.auditor)).sort()).toEqual([hidden.id, open.id].sort());
    expect(codeOf(await investor.get(`/v1/documents/${hidden.id}`))).toEqual([404, 'DOCUMENT_NOT_FOUND']);
    expect((await platform.staff.auditor.get(`/v1/documents/${hidden.id}`)).status).toBe(200);
  });

  test('is filed by the issuer alone, with known fields', async () => {
    const id = await newAsset();
    const good = file('TERM_SHEET', '# One\n');
    for (const api of [investor, platform.staff.officer]) {
      expect((await api.post(`/v1/assets/${id}/documents`, good)).status).toBe(403);
    }
    expect(codeOf(await issuer.post(`/v1/assets/${id}/documents`, { ...good, sha: '0x' }))).toEqual([400, 'VALIDATION_FAILED']);
    expect(codeOf(await issuer.post(`/v1/assets/${id}/documents`, { ...good, contentBase64: 'not base64!' }))).toEqual([
      400,
      'VALIDATION_FAILED',
    ]);
    expect((await issuer.get(`/v1/assets/${id}/documents`)).body).toEqual([]);
  });
});

describe('an asset', () => {
  test('is approved only with the documents that the officer saw', async () => {
    const { officer } = platform.staff;
    const { id, approvalId } = await submitted();
    await issuer.post(`/v1/assets/${id}/documents`, file('TERM_SHEET', '# Other terms\n'));
    expect(codeOf(await approve(officer, approvalId))).toEqual([409, 'DOCUMENTS_CHANGED']);
    expect((await issuer.get(`/v1/assets/${id}`)).body.state).toBe('DUE_DILIGENCE');

    expect((await officer.post(`/v1/approvals/${approvalId}/reject`, { reason: 'The terms were replaced.' })).status).toBe(200);
    const { body: again } = await issuer.post(`/v1/assets/${id}/submit`);
    expect(again.approvalId).not.toBe(approvalId);
    expect((await approve(officer, again.approvalId)).status).toBeLessThan(300);
    expect((await issuer.get(`/v1/assets/${id}`)).body.state).toBe('READY');
    expect(codeOf(await issuer.post(`/v1/assets/${id}/submit`))).toEqual([409, 'ASSET_STATE']);
  });

  test('is tokenized once', async () => {
    const { body: asset } = await issuer.get(`/v1/assets/${fund.assetId}`);
    expect(asset.state).toBe('TOKENIZED');
    const second = {
      assetId: asset.id,
      name: 'Twice',
      symbol: 'TWICE',
      rightsType: 'EQUITY',
      terms: { authorisedUnits: '1', countriesAllowed: ['CH'] },
    };
    expect(codeOf(await issuer.post('/v1/instruments', second))).toEqual([409, 'ASSET_NOT_READY']);
  });

  test('two instruments that are approved for it make one token', async () => {
    const { officer, officer2 } = platform.staff;
    const { id, approvalId } = await submitted();
    await approve(officer, approvalId);
    const draft = (symbol: string) => ({
      assetId: id,
      name: symbol,
      symbol,
      rightsType: 'EQUITY',
      terms: { authorisedUnits: '1', countriesAllowed: ['CH'] },
    });
    const drafts = await Promise.all(['ONE', 'TWO'].map((symbol) => issuer.post('/v1/instruments', draft(symbol))));
    const answers = await Promise.all(drafts.map(({ body }, index) => approve(index ? officer : officer2, body.approvalId)));
    expect(answers.map(({ status }) => status < 300).sort()).toEqual([false, true]);
    const states = await Promise.all(drafts.map(async ({ body }) => (await issuer.get(`/v1/instruments/${body.id}`)).body.state));
    expect(states.filter((state) => state === 'DRAFT')).toHaveLength(1);
  });

  test.each([
    ['nothing to issue', { authorisedUnits: '0' }, 'TERMS_INVALID'],
    ['more than a token can hold', { authorisedUnits: String(2n ** 112n) }, 'TERMS_INVALID'],
    ['too many decimals', { authorisedUnits: '1.001' }, 'AMOUNT_INVALID'],
    ['a country that is none', { countriesAllowed: ['XX'] }, 'VALIDATION_FAILED'],
    ['a country twice', { countriesAllowed: ['CH', 'CH'] }, 'TERMS_INVALID'],
    ['an unknown term', { burnable: true }, 'VALIDATION_FAILED'],
  ])('is not tokenized with %s', async (_, change, code) => {
    const { id, approvalId } = await submitted();
    await approve(platform.staff.officer, approvalId);
    const terms = { authorisedUnits: '1', countriesAllowed: ['CH'], ...change };
    const instrument = { assetId: id, name: 'Wrong', symbol: 'WRONG', decimals: 2, rightsType: 'EQUITY', terms };
    const before = (await issuer.get('/v1/instruments?limit=100')).body.items.length;
    expect(codeOf(await issuer.post('/v1/instruments', instrument))).toEqual([400, code]);
    expect((await issuer.get('/v1/instruments?limit=100')).body.items).toHaveLength(before);
  });
});

test("an offering and an appraisal rest on the asset's own documents", async () => {
  const id = await newAsset();
  const { body: foreign } = await issuer.post(`/v1/assets/${id}/documents`, file('VALUATION_REPORT', '# Report\n'));
  const dates = { opensAt: '2026-01-06T00:00:00Z', closesAt: '2026-01-08T00:00:00Z', settleBy: '2026-01-20T00:00:00Z' };
  const offering = { ...OFFERING, ...dates, instrumentId: fund.id, documentIds: [foreign.id] };
  expect(codeOf(await issuer.post('/v1/offerings', offering))).toEqual([404, 'DOCUMENT_NOT_FOUND']);
  expect((await issuer.get('/v1/offerings')).body.items).toEqual([]);

  const appraisal = { value: '98000', currency: 'USD', asOf: '2026-01-05', method: 'COMPARABLES', documentId: foreign.id };
  expect(codeOf(await issuer.post(`/v1/assets/${fund.assetId}/valuations`, appraisal))).toEqual([404, 'DOCUMENT_NOT_FOUND']);
  const tomorrow = await issuer.post(`/v1/assets/${id}/valuations`, { ...appraisal, asOf: '2026-01-06' });
  expect(codeOf(tomorrow)).toEqual([422, 'APPRAISAL_IN_FUTURE']);
  expect((await issuer.post(`/v1/assets/${id}/valuations`, { ...appraisal, value: '1.001' })).status).toBe(400);
  expect((await issuer.post(`/v1/assets/${id}/valuations`, appraisal)).body).toMatchObject({ value: '98000', asOf: '2026-01-05' });
  await offer(id);
  expect((await investor.get(`/v1/assets/${id}/valuations`)).body).toHaveLength(1);
});

describe('the cap table', () => {
  test('of a token that nobody holds, also as a file', async () => {
    const path = `instrumentId=${fund.id}`;
    expect((await issuer.get(`/v1/cap-tables?${path}`)).body).toMatchObject({ supply: '0', holders: 0, positions: [] });
    const csv = await issuer.get(`/v1/cap-tables.csv?${path}`);
    expect(csv.headers.get('content-type')).toMatch(/^text\/csv/);
    expect(csv.body).toBe('identity,investorId,country,wallet,units,frozenUnits,frozen,retired\r\n');
  });

  test('at a block that is not there yet, at two times, and for an investor', async () => {
    const path = `/v1/cap-tables?instrumentId=${fund.id}`;
    expect(codeOf(await issuer.get(`${path}&block=999999999`))).toEqual([503, 'PROJECTION_BEHIND']);
    expect(codeOf(await issuer.get(`${path}&block=1&asOf=2026-01-05T00:00:00Z`))).toEqual([400, 'VALIDATION_FAILED']);
    expect(codeOf(await issuer.get(`${path}&block=-1`))).toEqual([400, 'VALIDATION_FAILED']);
    expect((await investor.get(path)).status).toBe(403);
  });
});
