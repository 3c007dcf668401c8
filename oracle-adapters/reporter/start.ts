import { type Logger, pino } from 'pino';
import { Counter, Gauge, Registry } from 'prom-client';
import { type Address, getAddress, type Hex } from 'viem';
import { Alerts } from '../feed/alerts.js';
import { QuorumFeedReader, shortMessage } from '../feed/quorum-feed.js';
import { Refused, type Reply, serve } from '../server.js';
import { Memory } from './memory.js';
import { Outbox } from './outbox.js';
import type { ObservationSigner } from './signer.js';
import { type PollOutcome, type Publication, Turn } from './turn.js';

export type ReporterOptions = {
  rpcUrl: string;
  /** the QuorumFeed contract */
  feed: Address;
  /** the reporter's key; it needs no gas */
  signer: ObservationSigner;
  /** file of what was decided; one for each reporter, kept over restarts */
  stateFile: string;
  publications: readonly Publication[];
  /** base URLs; any one of them suffices */
  transmitters: readonly string[];
  /** 0 takes a free port; default 0 */
  port?: number;
  /** default 127.0.0.1 */
  host?: string;
  logger?: Logger;
};

export type Reporter = {
  url: string;
  address: Address;
  /** One turn of each publication: read the chain, ask the adapters, sign if there is something new, send. A publication's turns never
   *  overlap. */
  pollOnce(): Promise<PollOutcome[]>;
  close(): Promise<void>;
};

const LEVEL = { sent: 'info', 'nothing-new': 'debug', 'no-answer': 'warn', halted: 'warn', refused: 'warn', failed: 'warn' } as const;

/** Starts a reporter: it polls until it is closed. Several may run in one process, each with its own key and state file. `GET /health`,
 *  `GET /metrics`, `GET /evidence/<hash>`.
 *  @throws when the chain cannot be reached, the contract is not there, the port is taken, a feed stands in two publications, or the state file is damaged or
 *  in use */
export async function startReporter(options: ReporterOptions): Promise<Reporter> {
  const { signer, stateFile } = options;
  const feed = getAddress(options.feed);
  const feedIds = options.publications.flatMap(({ feeds }) => feeds.map(({ feedId }) => feedId.toLowerCase()));
  const twice = feedIds.find((feedId, i) => feedIds.indexOf(feedId) !== i);
  if (twice) throw new Error(`The feed ${twice} stands in the publications twice: what is signed for it would contradict itself.`);
  const reader = await QuorumFeedReader.connect(options.rpcUrl, feed);
  const memory = await Memory.open(stateFile);
  const log = (options.logger ?? pino()).child({ reporter: signer.address });
  const registry = new Registry();
  const alerts = new Alerts(registry, log);
  const stopped = new AbortController();
  const outbox = new Outbox(options.transmitters, stopped.signal, registry, log);
  const turns = new Counter({ name: 'muniment_turns_total', help: 'Turns by outcome', labelNames: ['outcome'], registers: [registry] });
  const signedRound = new Gauge({
    name: 'muniment_signed_round',
    help: 'Number of the latest round that this reporter signed',
    labelNames: ['feed'],
    registers: [registry],
  });

  const publications = options.publications.map((given) => {
    const publication = { ...given, feeds: given.feeds.map((f) => ({ ...f, feedId: f.feedId.toLowerCase() as Hex })) };
    const turn = new Turn(publication, feed, reader, memory, signer, outbox, stopped.signal);
    const status = { feedIds: publication.feeds.map(({ feedId }) => feedId), outcome: 'starting', reason: '' };
    /** A line when the outcome is another than before, or another round is signed. */
    const tell = (outcome: keyof typeof LEVEL, reason: string, said: object): void => {
      turns.inc({ outcome });
      if (status.outcome !== outcome || status.reason !== reason) log[LEVEL[outcome]](said);
      Object.assign(status, { outcome, reason });
    };
    let queue: Promise<unknown> = Promise.resolve();
    const poll = (): Promise<PollOutcome> => {
      const next = queue.then(() => turn.take((feedId, state) => alerts.watch(feedId, state, publication.heartbeat)));
      queue = next.then(
        (result) => {
          if (result.outcome !== 'sent') return tell(result.outcome, result.reason, { ...result, feedIds: status.feedIds });
          const { header, values, flags } = result.observation;
          for (const [i, feedId] of header.feedIds.entries()) signedRound.set({ feed: feedId }, header.rounds[i] as number);
          tell('sent', `round ${header.rounds.join()}`, { outcome: 'sent', header, values, flags });
        },
        (error) => tell('failed', shortMessage(error), { outcome: 'failed', feedIds: status.feedIds, reason: shortMessage(error) }),
      );
      return next;
    };
    return { poll, status, interval: publication.interval ?? 60_000, idle: () => queue };
  });

  const answer = async (route: string): Promise<Reply> => {
    if (route === 'GET /metrics') return { status: 200, body: await registry.metrics(), type: registry.contentType };
    if (route.startsWith('GET /evidence/')) {
      const evidence = await memory.evidence(route.slice('GET /evidence/'.length));
      if (evidence === undefined) throw new Refused(404, 'EVIDENCE_UNKNOWN', 'There is no evidence of that hash here.');
      return { status: 200, body: evidence as object };
    }
    if (route !== 'GET /health') throw new Refused(404, 'NOT_FOUND', 'GET /health, /metrics or /evidence/<hash>.');
    const failing = publications.some(({ status }) => status.outcome === 'failed');
    return {
      status: failing ? 503 : 200,
      body: {
        status: failing ? 'failing' : alerts.list().length > 0 ? 'alert' : 'ok',
        chainId: reader.chainId,
        address: signer.address,
        publications: publications.map(({ status }) => status),
        alerts: alerts.list(),
      },
    };
  };
  const server = await serve(answer, options.port ?? 0, options.host ?? '127.0.0.1').catch(async (error) => {
    await memory.close();
    throw error;
  });

  const timers = new Set<NodeJS.Timeout>();
  for (const { poll, interval } of publications) {
    if (interval === 0) continue;
    const again = async (): Promise<void> => {
      await poll().catch(() => undefined);
      if (stopped.signal.aborted) return;
      const timer = setTimeout(() => {
        timers.delete(timer);
        void again();
      }, interval);
      timers.add(timer);
    };
    void again();
  }

  return {
    url: server.url,
    address: signer.address,
    pollOnce: () => Promise.all(publications.map(({ poll }) => poll())),
    close: async () => {
      stopped.abort();
      for (const timer of timers) clearTimeout(timer);
      await server.close();
      await Promise.all(publications.map(({ idle }) => idle()));
      await memory.close();
    },
  };
}
