import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningAdapter } from '../../oracle-adapters/adapter/start.js';
import { ATTESTATION, type Attestation } from '../../oracle-adapters/custodian-reserves/attestation.js';
import { startCustodianReserves } from '../../oracle-adapters/custodian-reserves/start.js';
import { ask } from '../../oracle-adapters/reporter/source.js';
import { askOverHttp, type Documents, startDocuments } from './adapter-over-http.js';
import { eventually } from './eventually.js';

const custodian = privateKeyToAccount(generatePrivateKey());
const accountant = privateKeyToAccount(generatePrivateKey());
const stranger = privateKeyToAccount(generatePrivateKey());

const attestation = (asOfDate: string, change: Partial<Attestation> = {}): Attestation => ({
  accountName: 'VAULT-7',
  totalReserve: '1250000.25',
  unit: 'USD',
  asOfDate,
  timeZone: 'America/New_York',
  ripcord: false,
  ripcordDetails: '',
  ...change,
});

async function sign(document: Attestation, signer = custodian) {
  const { domain, primaryType, fields } = ATTESTATION;
  return { document, signature: await signer.signTypedData({ domain, types: { [primaryType]: fields }, primaryType, message: document }) };
}

describe('a custodian’s attestations over HTTP', () => {
  let provider: Documents;
  let adapter: RunningAdapter;
  const reserves = (data: Record<string, unknown> = {}) => askOverHttp(adapter.url, { endpoint: 'reserves', account: 'VAULT-7', ...data });
  const publish = (...documents: unknown[]) => provider.served.set('/attestations/VAULT-7', JSON.stringify(documents));
  const expectError = (message: string) =>
    eventually(async () => {
      const { status, body } = await reserves();
      expect(body.errorMessage).toContain(message);
      expect(body.errorMessage).not.toContain('NOT_PUBLISHED');
      expect(status).toBe(502);
    });

  beforeAll(async () => {
    provider = await startDocuments();
    publish(await sign(attestation('2026-03-31')), await sign(attestation('2026-03-30', { totalReserve: '1250000.10' }), accountant));
    adapter = await startCustodianReserves({
      port: 0,
      metricsPort: 0,
      url: provider.url,
      signers: `${custodian.address}, ${accountant.address.toLowerCase()}`,
      requestsPerMinute: 1200,
      logLevel: 'silent',
    });
  });
  afterAll(async () => {
    await adapter?.close();
    await provider?.close();
  });

  it('gives the latest reserve that was signed, as a valuation and as Chainlink’s providers of reserves do', async () => {
    const { status, body } = await reserves();
    expect(status).toBe(200);
    expect(body.result).toBe('1250000.25');
    expect(body.data).toEqual({
      value: '1250000.25',
      valuationTimestamp: Date.UTC(2026, 2, 31, 21) / 1000, // 17:00 in New York
      ripcord: false,
      record: {
        publisher: 'custodian',
        signer: custodian.address,
        account: 'VAULT-7',
        asOfDate: '2026-03-31',
        totalReserve: '1250000.25',
        unit: 'USD',
        ripcord: 0,
        ripcordDetails: '',
      },
      result: '1250000.25',
      ripcordAsInt: 0,
      ripcordDetails: '',
    });
  });

  it('answers a reporter with the first day that the chain does not have', async () => {
    const question = { endpoint: 'reserves', account: 'VAULT-7', after: 0 };
    const first = await ask(adapter.url, question, AbortSignal.timeout(10_000));
    expect(first).toMatchObject({ value: '1250000.10', record: { asOfDate: '2026-03-30', signer: accountant.address } });
    const second = await ask(adapter.url, { ...question, after: first.valuationTimestamp }, AbortSignal.timeout(10_000));
    expect(second.record.asOfDate).toBe('2026-03-31');
    await expect(ask(adapter.url, { ...question, after: second.valuationTimestamp }, AbortSignal.timeout(10_000))).rejects.toThrow(
      'NOT_PUBLISHED: There is no attestation of account VAULT-7 after',
    );
  });

  it('passes a ripcord on with the value, so that it can be signed', async () => {
    publish(await sign(attestation('2026-04-01', { ripcord: true, ripcordDetails: 'count not finished' })));
    await eventually(async () =>
      expect((await reserves()).body.data).toMatchObject({ ripcord: true, ripcordAsInt: 1, ripcordDetails: 'count not finished' }),
    );
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['signed by a stranger', () => sign(attestation('2026-03-31'), stranger), `is signed by ${stranger.address}`],
    [
      'changed after it was signed',
      async () => ({ ...(await sign(attestation('2026-03-31'))), document: attestation('2026-03-31', { totalReserve: '1250001' }) }),
      'whose signature does not count',
    ],
    [
      'with a signature that is none',
      async () => ({ document: attestation('2026-03-31'), signature: `0x${'00'.repeat(65)}` }),
      'no valid signature',
    ],
    ['with a signature of another length', async () => ({ document: attestation('2026-03-31'), signature: '0x00' }), 'must be 65 bytes'],
    ['of another account', () => sign(attestation('2026-03-31', { accountName: 'VAULT-8' })), 'is of account VAULT-8'],
    ['that is negative', () => sign(attestation('2026-03-31', { totalReserve: '-1' })), 'must be a plain decimal string'],
    ['of a day that does not exist', () => sign(attestation('2026-02-30')), 'must be a date'],
    ['of a zone that does not exist', () => sign(attestation('2026-03-31', { timeZone: 'EST' })), 'must name a time zone'],
    ['with a field that nobody signs', async () => ({ ...(await sign(attestation('2026-03-31'))), remark: 'x' }), 'another form'],
  ])('refuses an attestation %s', async (_, document, message) => {
    publish(await document());
    await expectError(message);
  });

  it('refuses two attestations of one day that differ, and what is no list', async () => {
    publish(await sign(attestation('2026-03-31')), await sign(attestation('2026-03-31', { totalReserve: '5' })));
    await expectError('two different statements of the attestation of account VAULT-7 for 2026-03-31');
    provider.served.set('/attestations/VAULT-7', '<html>');
    await expectError('no JSON');
    provider.served.set('/attestations/VAULT-7', 503);
    await expectError('503');
    provider.served.set('/attestations/VAULT-7', '[]');
    await eventually(async () =>
      expect((await reserves()).body.errorMessage).toBe('NOT_PUBLISHED: There is no attestation of account VAULT-7 yet.'),
    );
  });

  it.each([
    [{ account: '../secret' }, 'account must be 1 to 64 capitals'],
    [{ account: 'x-1' }, 'account must be 1 to 64 capitals'],
    [{ account: undefined }, 'account'],
    [{ date: '31.03.2026' }, 'date must be a date'],
  ])('refuses %j with 400', async (data, message) => {
    const { status, body } = await reserves(data);
    expect(status).toBe(400);
    expect(body.error?.message).toContain(message);
  });

  it('serves health and metrics', async () => {
    expect((await fetch(`${adapter.url}/health`)).status).toBe(200);
    expect(await (await fetch(String(adapter.metricsUrl))).text()).toContain('app_name="CUSTODIAN_RESERVES"');
  });

  it('does not start with signers that are no addresses', async () => {
    const start = startCustodianReserves({ port: 0, url: provider.url, signers: '0x12', logLevel: 'silent' });
    await expect(start).rejects.toThrow('CUSTODIAN_SIGNERS: Value must be addresses');
  });
});
