import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RecordedTreasury, startRecordedTreasury } from '../../oracle-adapters/treasury-rates/serve-recorded.js';
import { startTreasuryRates, type TreasuryRates } from '../../oracle-adapters/treasury-rates/start.js';
import { eventually } from './eventually.js';

type Response = {
  status: number;
  body: { result?: string; errorMessage?: string; data?: Record<string, unknown>; error?: { message: string } };
};

describe('the External Adapter over HTTP', () => {
  let treasury: RecordedTreasury;
  let adapter: TreasuryRates;

  const ask = async (data: Record<string, unknown>, url = adapter.url): Promise<Response> => {
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ data }) });
    return { status: response.status, body: (await response.json()) as Response['body'] };
  };

  beforeAll(async () => {
    treasury = await startRecordedTreasury();
    adapter = await startTreasuryRates({
      port: 0,
      metricsPort: 0,
      treasuryUrl: treasury.url,
      treasuryDirectUrl: treasury.url,
      requestsPerMinute: 1200,
      logLevel: 'silent',
    });
  });
  afterAll(async () => {
    await adapter?.close();
    await treasury?.close();
  });

  it('gives the bank discount of a day and tenor, exact and dated by the source', async () => {
    const { status, body } = await ask({ endpoint: 'bill-rate', tenor: '26WK', date: '2017-08-31' });
    expect(status).toBe(200);
    expect(body.result).toBe('1.06');
    expect(body.data).toMatchObject({ value: '1.06', valuationTimestamp: Date.UTC(2017, 7, 31, 19, 30) / 1000, ripcord: false });
  });

  it('prices the bill that is held at the day’s rate', async () => {
    const { body } = await ask({ endpoint: 'bill-price', tenor: '26WK', date: '2017-08-31', maturityDate: '2018-03-01' });
    expect(body.data).toMatchObject({
      value: '99.464111',
      record: { date: '2017-08-31', discountRate: '1.06', maturityDate: '2018-03-01' },
    });
  });

  it('finds the next day after a time, in the file of the right year', async () => {
    const { body } = await ask({
      endpoint: 'bill-price',
      tenor: '26WK',
      after: Date.UTC(2017, 7, 31, 19, 30) / 1000,
      maturityDate: '2018-03-01',
    });
    expect(body.data).toMatchObject({ value: '99.457000', record: { date: '2017-09-01' } });
    // 2016-12-30 was the last weekday of its year, so the next day is in the file of 2017
    const year = await ask({ endpoint: 'bill-rate', tenor: '26WK', after: Date.UTC(2016, 11, 30, 20, 30) / 1000 });
    expect(year.body.data).toMatchObject({ record: { date: '2017-08-01' } });
  });

  it('prices at a given rate, without asking anyone', async () => {
    const { body } = await ask({ endpoint: 'bill-price', discountRate: '7.610', daysToMaturity: 90, date: '2017-08-31' });
    expect(body.result).toBe('98.097500');
  });

  it('gives the price of the auction of 2017-08-28', async () => {
    const { body } = await ask({ endpoint: 'auction-price', document: 'R_20170828_1' });
    expect(body.data).toMatchObject({ value: '99.436306', valuationTimestamp: Date.UTC(2017, 7, 28, 19, 30) / 1000 });
  });

  it('answers 502 and a sentence, never 0, when a tenor, a day or a maturity is not published', async () => {
    const period = '2017';
    expect(await ask({ endpoint: 'bill-rate', tenor: '13WK', period })).toMatchObject({
      status: 502,
      body: { errorMessage: 'NOT_PUBLISHED: The Treasury published no 13WK discount rate for 2017-09-29.' },
    });
    expect(await ask({ endpoint: 'bill-rate', tenor: '26WK', date: '2017-09-04' })).toMatchObject({
      status: 502,
      body: { errorMessage: 'NOT_PUBLISHED: The Treasury published no bill rates for 2017-09-04.' },
    });
    expect(await ask({ endpoint: 'bill-price', tenor: '26WK', period })).toMatchObject({ status: 502 });
    expect((await ask({ endpoint: 'bill-price', tenor: '26WK', date: '2018-03-02', maturityDate: '2018-03-01' })).status).toBe(502);
  });

  it.each([
    [{ endpoint: 'bill-rate' }, 'tenor'],
    [{ endpoint: 'bill-rate', tenor: '26 weeks' }, 'tenor must be written like 26WK.'],
    [{ endpoint: 'bill-rate', tenor: '26WK', date: '2017-02-29' }, 'date must be a date'],
    [{ endpoint: 'bill-rate', tenor: '26WK', period: '20171' }, 'period must be written'],
    [{ endpoint: 'bill-price', discountRate: '1.115', daysToMaturity: 0, date: '2017-08-28' }, 'daysToMaturity'],
    [{ endpoint: 'bill-price', discountRate: '1,115', daysToMaturity: 182, date: '2017-08-28' }, 'discountRate'],
    [{ endpoint: 'bill-price', discountRate: '1.115', daysToMaturity: 182 }, 'date is needed'],
    [{ endpoint: 'auction-price', document: '../../secret' }, 'document must be written'],
  ])('refuses %j with 400', async (data, message) => {
    const { status, body } = await ask(data);
    expect(status).toBe(400);
    expect(body.error?.message).toContain(message);
  });

  it('follows the source as it publishes', async () => {
    treasury.publishThrough('2017-08-30');
    const request = { endpoint: 'bill-price', tenor: '26WK', period: '201708', maturityDate: '2018-03-01' };
    expect((await ask(request)).body.data).toMatchObject({ record: { date: '2017-08-30' } });
    treasury.publishThrough('2017-08-31');
    await eventually(async () => expect((await ask(request)).body.data).toMatchObject({ record: { date: '2017-08-31' } }));
    treasury.publishThrough('9999-12-31');
  });

  it('serves health, status and metrics', async () => {
    expect((await fetch(`${adapter.url}/health`)).status).toBe(200);
    expect((await fetch(`${adapter.url}/status`)).status).toBe(200);
    expect(await (await fetch(String(adapter.metricsUrl))).text()).toContain('app_name="TREASURY_RATES"');
  });

  describe('when the source fails', () => {
    let server: Server;
    let broken: TreasuryRates;
    let reply: { status: number; body: string } = { status: 200, body: '' };

    beforeAll(async () => {
      server = createServer((_, response) => response.writeHead(reply.status, { 'content-type': 'text/html' }).end(reply.body));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      broken = await startTreasuryRates({
        port: 0,
        treasuryUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        requestsPerMinute: 1200,
        logLevel: 'silent',
      });
    });
    afterAll(async () => {
      await broken?.close();
      server?.close();
    });

    it('answers 502 to its error and to what is no feed', async () => {
      reply = { status: 503, body: 'Service Unavailable' };
      expect((await ask({ endpoint: 'bill-rate', tenor: '26WK', period: '2017' }, broken.url)).status).toBe(502);
      reply = { status: 200, body: '<html><body>Access denied</body></html>' };
      expect(await ask({ endpoint: 'bill-rate', tenor: '26WK', period: '2018' }, broken.url)).toMatchObject({
        status: 502,
        body: { errorMessage: 'The document is no Atom feed of bill rates.' },
      });
    });
  });

  it('has no value when the CSV says something else than the XML', async () => {
    const other = createServer(async (request, response) => {
      const recorded = await fetch(new URL(request.url ?? '/', treasury.url));
      response.end((await recorded.text()).replace('08/31/2017,1.06', '08/31/2017,1.60'));
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    const doubtful = await startTreasuryRates({ port: 0, treasuryUrl: url, requestsPerMinute: 1200, logLevel: 'silent' });
    for (const period of ['2017', '201708']) {
      expect(await ask({ endpoint: 'bill-rate', tenor: '26WK', period }, doubtful.url)).toMatchObject({
        status: 502,
        body: { errorMessage: "The Treasury's XML and CSV differ in the 26WK discount of 2017-08-31: 1.06 and 1.60." },
      });
    }
    expect((await ask({ endpoint: 'bill-rate', tenor: '26WK', period: '201709' }, doubtful.url)).body.result).toBe('1.18');
    await doubtful.close();
    other.close();
  });

  it('says so when its port is taken', async () => {
    await expect(startTreasuryRates({ port: Number(new URL(adapter.url).port), logLevel: 'silent' })).rejects.toThrow('EADDRINUSE');
  });
});
