import { createHash } from 'node:crypto';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningAdapter } from '../../oracle-adapters/adapter/start.js';
import { REPORT, type Report } from '../../oracle-adapters/property-appraisal/report.js';
import { startPropertyAppraisal } from '../../oracle-adapters/property-appraisal/start.js';
import { ask } from '../../oracle-adapters/reporter/source.js';
import { askOverHttp, type Documents, startDocuments } from './adapter-over-http.js';
import { eventually } from './eventually.js';

const appraiser = privateKeyToAccount(generatePrivateKey());
const stranger = privateKeyToAccount(generatePrivateKey());

const PDF = Buffer.from('%PDF-1.7 the report that a person reads');
const pdfSha256 = `0x${createHash('sha256').update(PDF).digest('hex')}` as const;

const common = {
  propertyId: 'HARBOUR-12',
  value: '18250000',
  currency: 'GBP',
  basisOfValue: 'Market value',
  valuationDate: '2026-03-31',
  timeZone: 'Europe/London',
  inspectionDate: '2026-03-20',
  reportDate: '2026-04-14',
  interest: 'freehold',
  approach: 'income',
  client: 'Harbour Twelve Ltd',
  purpose: 'net asset value of the token',
  specialAssumptions: '',
  appraiserName: 'A. Valuer MRICS',
  credential: '1234567',
  pdfSha256,
};
const rics: Report = { ...common, standard: 'RICS', valuerStatus: 'external', certificationState: '' };
const uspap: Report = {
  ...common,
  standard: 'USPAP',
  currency: 'USD',
  timeZone: 'America/Chicago',
  valuationDate: '2025-12-31',
  reportDate: '2026-01-20',
  inspectionDate: '2026-01-05',
  valuerStatus: '',
  certificationState: 'IL',
};

async function sign(document: Record<string, unknown>, signer = appraiser) {
  const { domain, primaryType, fields } = REPORT;
  return { document, signature: await signer.signTypedData({ domain, types: { [primaryType]: fields }, primaryType, message: document }) };
}

describe('appraisals over HTTP', () => {
  let provider: Documents;
  let adapter: RunningAdapter;
  const appraisal = (data: Record<string, unknown> = {}) =>
    askOverHttp(adapter.url, { endpoint: 'appraisal', propertyId: 'HARBOUR-12', ...data });
  const publish = (...documents: unknown[]) => provider.served.set('/properties/HARBOUR-12/reports', JSON.stringify(documents));
  const expectError = (message: string) =>
    eventually(async () => {
      const { status, body } = await appraisal();
      expect(body.errorMessage).toContain(message);
      expect(status).toBe(502);
    });

  beforeAll(async () => {
    provider = await startDocuments();
    provider.served.set(`/documents/${pdfSha256}.pdf`, PDF);
    publish(await sign(rics), await sign(uspap));
    adapter = await startPropertyAppraisal({
      port: 0,
      metricsPort: 0,
      url: provider.url,
      appraisers: appraiser.address,
      requestsPerMinute: 1200,
      logLevel: 'silent',
    });
  });
  afterAll(async () => {
    await adapter?.close();
    await provider?.close();
  });

  it('gives the latest opinion of value, its appraiser and the hash of the PDF', async () => {
    const { status, body } = await appraisal();
    expect(status).toBe(200);
    expect(body.data).toEqual({
      value: '18250000',
      valuationTimestamp: Date.UTC(2026, 2, 31, 16) / 1000, // 17:00 in London, summer time
      ripcord: false,
      record: {
        publisher: 'appraiser',
        appraiser: appraiser.address,
        propertyId: 'HARBOUR-12',
        standard: 'RICS',
        value: '18250000',
        currency: 'GBP',
        basisOfValue: 'Market value',
        valuationDate: '2026-03-31',
        reportDate: '2026-04-14',
        pdfSha256,
      },
    });
  });

  it('answers a reporter with the first one that the chain does not have', async () => {
    const question = { endpoint: 'appraisal', propertyId: 'HARBOUR-12', after: 0 };
    const first = await ask(adapter.url, question, AbortSignal.timeout(10_000));
    expect(first).toMatchObject({ record: { standard: 'USPAP', valuationDate: '2025-12-31' } });
    expect(first.valuationTimestamp).toBe(Date.UTC(2025, 11, 31, 23) / 1000);
    const second = await ask(adapter.url, { ...question, after: first.valuationTimestamp }, AbortSignal.timeout(10_000));
    expect(second.record.standard).toBe('RICS');
    await expect(ask(adapter.url, { ...question, after: second.valuationTimestamp }, AbortSignal.timeout(10_000))).rejects.toThrow(
      'NOT_PUBLISHED: There is no appraisal of HARBOUR-12 after',
    );
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['signed by a stranger', () => sign(rics, stranger), `is signed by ${stranger.address}`],
    ['changed after it was signed', async () => ({ ...(await sign(rics)), document: { ...rics, value: '81250000' } }), 'does not count'],
    ['of another property', () => sign({ ...rics, propertyId: 'HARBOUR-13' }), 'is of property HARBOUR-13'],
    ['that says nothing of the valuer’s status (RICS)', () => sign({ ...rics, valuerStatus: '' }), 'valuerStatus'],
    ['without a state certification (USPAP)', () => sign({ ...uspap, certificationState: '' }), 'certificationState'],
    ['of another standard', () => sign({ ...rics, standard: 'own' }), 'standard'],
    ['older than its valuation', () => sign({ ...rics, reportDate: '2026-03-30' }), 'must not be older'],
    ['older than its inspection', () => sign({ ...rics, inspectionDate: '2026-04-15' }), 'must not be older'],
    ['without its basis of value', () => sign({ ...rics, basisOfValue: '' }), 'basisOfValue'],
    ['whose value is no plain decimal', () => sign({ ...rics, value: '18,250,000' }), 'must be a plain decimal string'],
  ])('refuses a report %s', async (_, document, message) => {
    publish(await document());
    await expectError(message);
  });

  it('refuses a report whose PDF is missing or another one', async () => {
    const other = `0x${'ab'.repeat(32)}`;
    publish(await sign({ ...rics, pdfSha256: other }));
    await expectError('404');
    provider.served.set(`/documents/${other}.pdf`, PDF);
    await expectError(`The PDF is not the one that was signed, ${other}.`);
  });

  it('refuses two reports of one valuation date that differ', async () => {
    publish(await sign(rics), await sign({ ...rics, value: '18000000' }));
    await expectError('two different statements of the appraisal of HARBOUR-12 for 2026-03-31');
  });

  it.each([
    [{ propertyId: '../x' }, 'propertyId must be 1 to 64 capitals'],
    [{ propertyId: 'x-1' }, 'propertyId must be 1 to 64 capitals'],
    [{ after: 1.5 }, 'after must be unix seconds.'],
  ])('refuses %j with 400', async (data, message) => {
    const { status, body } = await appraisal(data);
    expect(status).toBe(400);
    expect(body.error?.message).toContain(message);
  });

  it('serves health and metrics', async () => {
    expect((await fetch(`${adapter.url}/health`)).status).toBe(200);
    expect(await (await fetch(String(adapter.metricsUrl))).text()).toContain('app_name="PROPERTY_APPRAISAL"');
  });

  it('does not start without appraisers', async () => {
    await expect(startPropertyAppraisal({ port: 0, url: provider.url, logLevel: 'silent' })).rejects.toThrow(
      'APPRAISERS: Value is required',
    );
  });
});
