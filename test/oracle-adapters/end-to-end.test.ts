import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { parseEventLogs } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quorumFeedAbi } from '../../contracts/generated/abi.js';
import { billPrice, daysBetween } from '../../oracle-adapters/bill.js';
import { toFeedUnits } from '../../oracle-adapters/feed/decimal.js';
import type { Decision } from '../../oracle-adapters/reporter/memory.js';
import { LocalSigner } from '../../oracle-adapters/reporter/signer.js';
import { Answer } from '../../oracle-adapters/reporter/source.js';
import { type Reporter, type ReporterOptions, startReporter } from '../../oracle-adapters/reporter/start.js';
import { evidenceRoot } from '../../oracle-adapters/reporter/turn.js';
import { startTransmitter, type Transmitter } from '../../oracle-adapters/transmitter/start.js';
import { type RecordedTreasury, startRecordedTreasury } from '../../oracle-adapters/treasury-rates/serve-recorded.js';
import { startTreasuryRates, type TreasuryRates } from '../../oracle-adapters/treasury-rates/start.js';
import { valuationTimestamp } from '../../oracle-adapters/valuation-time.js';
import { eventually } from './eventually.js';
import { FEED_ID, type QuorumChain, startQuorumChain } from './quorum-chain.js';
import { type ScriptedAdapter, startScriptedAdapter } from './scripted-adapter.js';

const MATURITY = '2018-03-01';
const DAILY = { endpoint: 'bill-price', tenor: '26WK', period: '2017', maturityDate: MATURITY };
const logger = pino({ level: 'silent' });

/** The real adapter on the recorded source, four reporters, a transmitter, the real contract on a real anvil; one story, in order. */
describe('a Treasury bill’s price, from the Treasury’s XML to the chain', () => {
  let chain: QuorumChain;
  let treasury: RecordedTreasury;
  let adapter: TreasuryRates;
  let transmitter: Transmitter;
  let liar: ScriptedAdapter;
  let lie: (value: string) => string = (value) => value;
  let folder: string;
  const reporters = new Map<number, Reporter>();

  const optionsOf = (i: number): ReporterOptions => ({
    rpcUrl: chain.url,
    feed: chain.feed,
    signer: new LocalSigner(chain.signers[i]?.key ?? '0x'),
    stateFile: join(folder, `reporter-${i}.jsonl`),
    publications: [
      {
        feeds: [
          {
            feedId: FEED_ID,
            // the fourth reporter's adapter is in other hands
            adapterUrl: i === 3 ? liar.url : adapter.url,
            requests: [{ endpoint: 'auction-price', document: 'R_20170828_1' }, DAILY],
            range: { minimum: '50', maximum: '200' },
          },
        ],
        validity: 20 * 366 * 86_400,
        since: valuationTimestamp('2017-08-25'),
        interval: 0,
      },
    ],
    transmitters: [transmitter.url],
    logger,
  });
  const start = async (...which: number[]): Promise<void> => {
    for (const i of which) reporters.set(i, await startReporter(optionsOf(i)));
  };
  const stop = async (...which: number[]): Promise<void> => {
    for (const i of which) {
      await reporters.get(i)?.close();
      reporters.delete(i);
    }
  };
  const poll = async () => (await Promise.all([...reporters.values()].map((reporter) => reporter.pollOnce()))).flat();
  /** Polls until the round is on chain. */
  const published = (round: number) =>
    eventually(async () => {
      await poll();
      return await chain.round(round);
    });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muniment-oracle-'));
    chain = await startQuorumChain();
    treasury = await startRecordedTreasury({ through: '2017-08-28' });
    const source = { port: 0, treasuryUrl: treasury.url, treasuryDirectUrl: treasury.url };
    adapter = await startTreasuryRates({ ...source, requestsPerMinute: 1200, logLevel: 'silent' });
    transmitter = await startTransmitter({
      rpcUrl: chain.url,
      feed: chain.feed,
      feedIds: [FEED_ID],
      key: chain.gas.key,
      stateFile: join(folder, 'transaction'),
      pollInterval: 20,
      logger,
    });
    liar = await startScriptedAdapter(async (data) => {
      const response = await fetch(adapter.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ data }),
      });
      const body = await response.text();
      const honest = Answer.safeParse((JSON.parse(body) as { data?: unknown }).data);
      return honest.success ? { ...honest.data, value: lie(honest.data.value) } : { status: response.status, body };
    });
    await start(0, 1, 2, 3);
  });
  afterAll(async () => {
    await stop(0, 1, 2, 3);
    await liar?.close();
    await transmitter?.close();
    await adapter?.close();
    await treasury?.close();
    await chain?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('publishes the auction price 99.436306 as of the day of the auction', async () => {
    const round = await published(1);
    expect(round).toMatchObject({ value: 99_43630600n, valuationTimestamp: Date.UTC(2017, 7, 28, 19, 30) / 1000, flags: 0 });
  });

  it('roots the evidence in the Treasury’s record and names who signed', async () => {
    const logs = await chain.client.getLogs({ address: chain.feed, fromBlock: 0n });
    const accepted = parseEventLogs({ abi: quorumFeedAbi, logs, eventName: 'RoundAccepted' });
    expect(accepted).toHaveLength(1);
    expect(accepted[0]?.args.evidenceRoot).toBe(
      evidenceRoot({
        publisher: 'US Treasury',
        series: 'auction',
        term: '26-WEEK',
        auctionDate: '2017-08-28',
        issueDate: '2017-08-31',
        maturityDate: '2018-03-01',
        discountRate: '1.115',
        price: '99.436306',
        investmentRate: '1.137',
      }),
    );
    expect(accepted[0]?.args.signerBitmap.toString(2).replaceAll('0', '').length).toBeGreaterThanOrEqual(3);
  });

  it('signs nothing more while the source has nothing newer', async () => {
    const nothing = 'nothing-new';
    await eventually(async () => expect((await poll()).map((result) => result.outcome)).toEqual([nothing, nothing, nothing, nothing]));
    expect(await chain.nextRound()).toBe(2);
  });

  it('publishes each further day at that day’s rate', async () => {
    treasury.publishThrough('2017-08-29');
    expect(await published(2)).toMatchObject({ value: toFeedUnits(billPrice('1.11', daysBetween('2017-08-29', MATURITY)), 8) });
  });

  it('publishes the honest median when one lies, low or high', async () => {
    treasury.publishThrough('2017-08-30');
    lie = () => '180.000000';
    expect((await published(3)).value).toBe(toFeedUnits(billPrice('1.09', 183), 8));
    treasury.publishThrough('2017-08-31');
    lie = () => '60.000000';
    expect((await published(4)).value).toBe(99_46411100n);
    lie = (value) => value;
  });

  it('publishes without the one that is down', async () => {
    await stop(3);
    treasury.publishThrough('2017-09-01');
    expect((await published(5)).value).toBe(99_45700000n);
  });

  it('publishes nothing while two are down, and catches up day by day once one is back', async () => {
    await stop(2);
    // Labor Day lies between: the next day is the Tuesday.
    treasury.publishThrough('2017-09-06');
    await eventually(async () => expect((await poll()).map((result) => result.outcome)).toEqual(['sent', 'sent']));
    expect(await poll()).toMatchObject([{ delivered: true }, { delivered: true }]);
    expect(await chain.nextRound()).toBe(6);

    await start(2);
    expect(await published(6)).toMatchObject({ valuationTimestamp: valuationTimestamp('2017-09-05') });
    expect(await published(7)).toMatchObject({ valuationTimestamp: valuationTimestamp('2017-09-06') });
  });

  it('never has two values of one reporter for one round, whatever it went through', async () => {
    await stop(2);
    treasury.publishThrough('2017-09-07');
    await start(2);
    await published(8);
    for (const i of [0, 1, 2, 3]) {
      const lines = (await readFile(join(folder, `reporter-${i}.jsonl`), 'utf8')).trim().split('\n');
      const decisions = lines.map((line) => JSON.parse(line) as Decision);
      const signed = decisions.flatMap((decision) => (decision.outcome === 'signed' ? [decision.observation] : []));
      expect(new Set(signed.map((o) => o.header.rounds[0])).size).toBe(signed.length);
    }
  });

  it('prints the time from the adapter’s answer to the block', async () => {
    await start(3);
    const times: number[] = [];
    const days = ['2017-09-08', '2017-09-11', '2017-09-12', '2017-09-13', '2017-09-14', '2017-09-15'];
    for (const [i, day] of days.entries()) {
      treasury.publishThrough(day);
      // The cache of the adapter is warm as soon as one reporter is answered; from there on the clock runs.
      const after = valuationTimestamp(days[i - 1] ?? '2017-09-07');
      const request = { ...DAILY, after };
      await eventually(async () => {
        const body = JSON.stringify({ data: request });
        const answer = await fetch(adapter.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
        expect(answer.status).toBe(200);
      });
      const begun = performance.now();
      await poll();
      await eventually(() => chain.round(9 + i));
      times.push(performance.now() - begun);
    }
    times.sort((a, b) => a - b);
    const p95 = times[Math.ceil(times.length * 0.95) - 1] ?? Number.POSITIVE_INFINITY;
    console.log(
      `oracle: fetch to mined over ${times.length} rounds: p50 ${times[Math.floor(times.length / 2)]?.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms`,
    );
    expect(await chain.nextRound()).toBe(9 + days.length);
  });
});
