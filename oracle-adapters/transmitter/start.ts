import { randomInt } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type Logger, pino } from 'pino';
import { Counter, Gauge, Registry } from 'prom-client';
import { type Address, getAddress, type Hex, parseGwei } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { z } from 'zod';
import { Alerts } from '../feed/alerts.js';
import { type Header, SignedObservation } from '../feed/observation.js';
import { type FeedState, QuorumFeedReader, shortMessage } from '../feed/quorum-feed.js';
import { json, Refused, type Reply, serve } from '../server.js';
import { Collector } from './collector.js';
import { pause, Sender } from './sender.js';
import { TransactionFile } from './transaction-file.js';

export type TransmitterOptions = {
  rpcUrl: string;
  /** the QuorumFeed contract */
  feed: Address;
  feedIds: readonly Hex[];
  /** block of the contract's deployment, from which signer sets are looked up; default 0 */
  deployedAt?: bigint;
  /** a key that holds gas and has no role */
  key: Hex;
  /** file of the one transaction under way; one for each transmitter */
  stateFile: string;
  /** 0 takes a free port; default 0 */
  port?: number;
  /** default 127.0.0.1 */
  host?: string;
  /** before a submission wait a random time up to this, so that of several transmitters not all pay; milliseconds, default 0 */
  jitter?: number;
  /** between looks at a transaction under way, milliseconds; default 1,000 */
  pollInterval?: number;
  /** a transaction that blocks pass over for so long is signed again at a higher fee, milliseconds; default 30,000 */
  repriceAfter?: number;
  /** the most that is offered for a unit of gas, wei; default 500 gwei */
  maxFeePerGas?: bigint;
  /** between looks at the feeds for alerts, milliseconds; default 10,000 */
  watchInterval?: number;
  /** seconds within which each feed must have a round, weekends included; else an alert. Default: none is due. */
  heartbeat?: number;
  /** spread of a round's observations above which there is an alert and the farthest are left out, basis points; default 100 */
  spreadBps?: number;
  /** how long a round whose observations are that far apart waits for the other signers, milliseconds; default 3,000 */
  patience?: number;
  logger?: Logger;
};

export type Transmitter = { url: string; address: Address; close(): Promise<void> };

const MAX_BODY = 16_384;

/** Starts a transmitter: `POST /observations` takes one signed observation, `GET /health` says whether it can publish and what is amiss
 *  with its feeds, `GET /metrics` the same to Prometheus. As soon as 2f + 1 signers agree on a header it submits the round; anyone may
 *  run one, and several may run at once.
 *  @throws when the chain cannot be reached, the contract is not there, the port is taken or the state file is in use */
export async function startTransmitter(options: TransmitterOptions): Promise<Transmitter> {
  const account = privateKeyToAccount(options.key);
  const feedIds = options.feedIds.map((feedId) => feedId.toLowerCase() as Hex);
  const reader = await QuorumFeedReader.connect(options.rpcUrl, getAddress(options.feed), options.deployedAt);
  const file = await TransactionFile.open(options.stateFile);
  const log = (options.logger ?? pino()).child({ transmitter: account.address });
  const stopped = new AbortController();
  const fees = { repriceAfter: options.repriceAfter ?? 30_000, maxFeePerGas: options.maxFeePerGas ?? parseGwei('500') };
  const sender = new Sender(reader, account, file, options.pollInterval ?? 1000, fees, stopped.signal, log);
  const collector = new Collector(reader, feedIds);
  const spreadBps = options.spreadBps ?? 100;
  const registry = new Registry();
  const alerts = new Alerts(registry, log);
  const metrics = metricsOf(registry);

  const watch = async (): Promise<void> => {
    const states = await reader.states(feedIds);
    for (const [i, feedId] of feedIds.entries()) alerts.watch(feedId, states[i] as FeedState, options.heartbeat);
  };

  // One transaction at a time: the next begins where the one before ended.
  const waiting = new Set<string>();
  const patient = new Map<string, NodeJS.Timeout>();
  let queue: Promise<unknown> = sender.resume().catch((error) => log.warn(shortMessage(error)));
  const publish = (header: Header): void => {
    const key = JSON.stringify(header);
    if (waiting.has(key)) return;
    waiting.add(key);
    queue = queue
      .then(async () => {
        if (options.jitter) await pause(randomInt(options.jitter), stopped.signal);
        waiting.delete(key);
        const quorum = stopped.signal.aborted ? undefined : await collector.quorum(header, spreadBps);
        if (!quorum) return;
        const result = await sender.submit(quorum);
        metrics.submissions.inc({ outcome: result.outcome });
        const fine = result.outcome === 'published' || result.outcome === 'duplicate';
        log[fine ? 'info' : 'warn']({ ...result, gasUsed: result.gasUsed?.toString(), feedIds: header.feedIds, rounds: header.rounds });
        if (!fine) await watch();
      })
      .catch((error) => log.warn({ feedIds: header.feedIds, rounds: header.rounds, reason: shortMessage(error) }));
  };

  const publishLater = (header: Header): void => {
    const key = JSON.stringify(header);
    if (patient.has(key)) return;
    const timer = setTimeout(() => {
      patient.delete(key);
      publish(header);
    }, options.patience ?? 3000);
    patient.set(key, timer);
  };

  const take = async (request: IncomingMessage): Promise<Reply> => {
    const parsed = SignedObservation.safeParse(await json(request, MAX_BODY));
    if (!parsed.success) throw new Refused(400, 'OBSERVATION_INVALID', z.prettifyError(parsed.error));
    const { header } = parsed.data;
    const collected = await collector.take(parsed.data);
    if (collected.status === 'already-published') return { status: 200, body: collected };
    const spreads = collector.spread(header);
    for (const [i, { bps, farthest }] of spreads.entries()) {
      const feedId = header.feedIds[i] as Hex;
      metrics.spread.set({ feed: feedId }, bps);
      metrics.observations.set({ feed: feedId }, collected.observations);
      alerts.set(
        'SPREAD_WIDE',
        feedId,
        bps > spreadBps ? `Round ${header.rounds[i]}: ${bps} bp apart, ${farthest} the farthest.` : undefined,
      );
    }
    if (collected.observations < collected.quorum) return { status: 202, body: collected };
    const wide = spreads.some(({ bps }) => bps > spreadBps);
    if (wide && collected.observations < collected.signers) publishLater(header);
    else publish(header);
    return { status: 202, body: collected };
  };

  const health = async (): Promise<Reply> => {
    const [block, balance] = await Promise.all([
      reader.client.getBlockNumber({ cacheTime: 0 }),
      reader.client.getBalance({ address: account.address }),
      watch(),
    ]);
    return {
      status: balance > 0n ? 200 : 503,
      body: {
        status: balance === 0n ? 'no gas' : alerts.list().length > 0 ? 'alert' : 'ok',
        chainId: reader.chainId,
        block: `${block}`,
        address: account.address,
        balance: `${balance}`,
        observations: collector.size,
        alerts: alerts.list(),
      },
    };
  };

  const server = await serve(
    async (route, request) => {
      if (route === 'POST /observations') return take(request);
      if (route === 'GET /health') return health();
      if (route === 'GET /metrics') return { status: 200, body: await registry.metrics(), type: registry.contentType };
      throw new Refused(404, 'NOT_FOUND', 'POST /observations, GET /health or GET /metrics.');
    },
    options.port ?? 0,
    options.host ?? '127.0.0.1',
  ).catch(async (error) => {
    stopped.abort();
    await queue;
    await file.close();
    throw error;
  });

  const watching = (async () => {
    while (!stopped.signal.aborted) {
      await watch().catch((error) => log.warn(shortMessage(error)));
      await pause(options.watchInterval ?? 10_000, stopped.signal);
    }
  })();

  return {
    url: server.url,
    address: account.address,
    close: async () => {
      stopped.abort();
      for (const timer of patient.values()) clearTimeout(timer);
      await server.close();
      await Promise.all([queue, watching]);
      await file.close();
    },
  };
}

function metricsOf(registry: Registry) {
  const registers = [registry];
  return {
    submissions: new Counter({
      name: 'muniment_submissions_total',
      help: 'Rounds taken up for submission, by what became of them',
      labelNames: ['outcome'],
      registers,
    }),
    spread: new Gauge({
      name: 'muniment_spread_bps',
      help: 'Greatest less least observation of the round being collected, basis points of the median',
      labelNames: ['feed'],
      registers,
    }),
    observations: new Gauge({
      name: 'muniment_observations',
      help: 'Observations that agree on the header of the round being collected',
      labelNames: ['feed'],
      registers,
    }),
  };
}
