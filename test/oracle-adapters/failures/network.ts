import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Hex, keccak256, parseEther, stringToHex } from 'viem';
import type { SignedObservation } from '../../../oracle-adapters/feed/observation.js';
import type { Decision } from '../../../oracle-adapters/reporter/memory.js';
import type { Answer } from '../../../oracle-adapters/reporter/source.js';
import { buildLauncher } from '../../backend/local/launcher.js';
import { freePort } from '../../backend/support/anvil.js';
import { eventually } from '../eventually.js';
import { type Key, key, startQuorumChain } from '../quorum-chain.js';
import { type ScriptedAdapter, startScriptedAdapter, valuation } from '../scripted-adapter.js';
import { Service } from './process.js';

/** The feed of this network: more than 4 % in a day is held, and so are observations more than 10 % apart. */
export const FEED = keccak256(stringToHex('FAILURES/USD'));
export const HEARTBEAT = 2 * 86_400;
const YEARS = 20 * 366 * 86_400;
const NOT_PUBLISHED = { status: 502, body: '{"statusCode":502,"errorMessage":"NOT_PUBLISHED: nothing newer"}' };

type Source = ScriptedAdapter & { asked: number; change: (honest: Answer) => ReturnType<ScriptedAdapter['answer']> };
export type Network = Awaited<ReturnType<typeof startNetwork>>;

/** Four reporters and two transmitters, each a process, on one anvil; each reporter has a source of its own in the test's hand. */
export async function startNetwork() {
  const launcher = await buildLauncher();
  const chain = await startQuorumChain();
  const folder = await mkdtemp(join(tmpdir(), 'muniment-failures-'));
  await chain.create(FEED, { baseBps: 300, perDayBps: 100, maxBps: 1000, spreadBps: 1000 });

  const days: Answer[] = [];
  /** One answer of a source is another than what all sources publish; `asked` counts the questions. */
  const sources: Source[] = [];
  for (let i = 0; i < 4; i++) {
    const source: Source = Object.assign(
      await startScriptedAdapter(({ after }) => {
        source.asked++;
        const next = days.find((day) => day.valuationTimestamp > Number(after));
        return next ? source.change(next) : NOT_PUBLISHED;
      }),
      { asked: 0, change: (honest: Answer) => honest },
    );
    sources.push(source);
  }

  const gas: Key[] = [key(), key()];
  for (const { account } of gas) await chain.client.setBalance({ address: account.address, value: parseEther('10') });
  const ports = await Promise.all([0, 1].map(() => freePort()));
  const transmitters: Service[] = [];
  const reporters: Service[] = [];
  const transmission = (i: number) => join(folder, `transaction-${i}`);
  const journal = (i: number) => join(folder, `reporter-${i}.jsonl`);

  const startTransmitter = async (i: number, port = ports[i] as number): Promise<void> => {
    transmitters[i] = await Service.start(launcher.built, 'transmitter', port, {
      RPC_URL: chain.url,
      FEED_ADDRESS: chain.feed,
      FEED_IDS: FEED,
      TRANSMITTER_KEY: gas[i]?.key as Hex,
      TRANSMITTER_STATE_FILE: transmission(i),
      TRANSMITTER_JITTER_MS: '20',
      TRANSMITTER_POLL_MS: '20',
      TRANSMITTER_PATIENCE_MS: '500',
      HEARTBEAT_SECONDS: String(HEARTBEAT),
    });
  };
  const startReporter = async (i: number, skew?: number): Promise<void> => {
    const publications = join(folder, `publications-${i}.json`);
    const feed = { feedId: FEED, adapterUrl: sources[i]?.url, requests: [{ endpoint: 'test' }], range: { minimum: '50', maximum: '200' } };
    await writeFile(publications, JSON.stringify([{ feeds: [feed], validity: YEARS, interval: 50, heartbeat: HEARTBEAT }]));
    reporters[i] = await Service.start(
      launcher.built,
      'reporter',
      await freePort(),
      {
        RPC_URL: chain.url,
        FEED_ADDRESS: chain.feed,
        PUBLICATIONS_FILE: publications,
        TRANSMITTER_URLS: ports.map((port) => `http://127.0.0.1:${port}`).join(),
        REPORTER_KEY: chain.signers[i]?.key as Hex,
        REPORTER_STATE_FILE: journal(i),
        ...(skew !== undefined && { SKEW_MS: String(skew) }),
      },
      skew === undefined ? [] : [new URL('skewed-clock.mjs', import.meta.url).href],
    );
  };
  await Promise.all([startTransmitter(0), startTransmitter(1), ...sources.map((_, i) => startReporter(i))]);

  const decisions = async (i: number): Promise<Decision[]> => {
    const lines = (await readFile(journal(i), 'utf8')).split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Decision);
  };
  return {
    chain,
    sources,
    gas,
    transmitters,
    reporters,
    startTransmitter,
    startReporter,
    /** the bytes that a transmitter has under way, if any */
    transmission: (i: number) => readFile(transmission(i), 'utf8').catch(() => undefined),
    decisions,
    /** What a reporter signed for a round. */
    signed: (i: number, round: number): Promise<SignedObservation> =>
      eventually(async () => {
        const found = (await decisions(i)).flatMap((d) => (d.outcome === 'signed' && d.observation.header.rounds[0] === round ? [d] : []));
        if (!found[0]) throw new Error(`Reporter ${i} has not signed round ${round}: ${reporters[i]?.output}`);
        return found[0].observation;
      }),
    /** Lets all sources publish a value for the next day. */
    publish: (value: string, change: Partial<Answer> = {}): Answer => {
      const day = valuation(value, days.length, change);
      days.push(day);
      return day;
    },
    /** Until a value is the latest on chain. */
    published: (value: bigint) =>
      eventually(async () => {
        const latest = await chain.latest(FEED);
        if (latest.value !== value) throw new Error(`The latest value is ${latest.value}, not ${value}.`);
        return latest;
      }),
    /** Until every living reporter has asked its source so often again: whatever it would do, it has done. */
    turns: async (which: number[], count = 3): Promise<void> => {
      const before = sources.map(({ asked }) => asked);
      await eventually(() => {
        for (const i of which) if ((sources[i]?.asked ?? 0) < (before[i] ?? 0) + count) throw new Error(`Reporter ${i} does not ask.`);
      });
    },
    stop: async (): Promise<void> => {
      await Promise.all([...reporters, ...transmitters].map((service) => service.signal('SIGKILL')));
      await Promise.all(sources.map((source) => source.close()));
      await chain.stop();
      await Promise.all([rm(folder, { recursive: true, force: true }), launcher.remove()]);
    },
  };
}
