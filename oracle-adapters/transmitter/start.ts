import { randomInt } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Logger, pino } from 'pino';
import { type Address, getAddress, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { z } from 'zod';
import { type Header, SignedObservation } from '../feed/observation.js';
import { QuorumFeedReader, shortMessage } from '../feed/quorum-feed.js';
import { Collector, Refused } from './collector.js';
import { pause, Sender } from './sender.js';

export type TransmitterOptions = {
  rpcUrl: string;
  /** the QuorumFeed contract */
  feed: Address;
  feedIds: readonly Hex[];
  /** block of the contract's deployment, from which signer sets are looked up; default 0 */
  deployedAt?: bigint;
  /** a key that holds gas and has no role */
  key: Hex;
  /** file of the one transaction under way */
  stateFile: string;
  /** 0 takes a free port; default 0 */
  port?: number;
  /** default 127.0.0.1 */
  host?: string;
  /** before a submission wait a random time up to this, so that of several transmitters not all pay; milliseconds, default 0 */
  jitter?: number;
  /** between looks at a transaction under way, milliseconds; default 1,000 */
  pollInterval?: number;
  logger?: Logger;
};

export type Transmitter = { url: string; address: Address; close(): Promise<void> };

const MAX_BODY = 16_384;

/** Starts a transmitter: `POST /observations` takes one signed observation, `GET /health` says whether it can publish. As soon as 2f + 1
 *  signers agree on a header it submits the round; anyone may run one, and several may run at once.
 *  @throws when the chain cannot be reached, the contract is not there or the port is taken */
export async function startTransmitter(options: TransmitterOptions): Promise<Transmitter> {
  const account = privateKeyToAccount(options.key);
  const reader = await QuorumFeedReader.connect(options.rpcUrl, getAddress(options.feed), options.deployedAt);
  const log = (options.logger ?? pino()).child({ transmitter: account.address });
  const stopped = new AbortController();
  const sender = new Sender(reader, account, options.stateFile, options.pollInterval ?? 1000, stopped.signal, log);
  const collectors = new Map(options.feedIds.map((feedId) => [feedId.toLowerCase(), new Collector(reader, feedId)]));

  // One transaction at a time: the next begins where the one before ended.
  const waiting = new Set<Collector>();
  let queue: Promise<unknown> = sender.resume().catch((error) => log.warn(shortMessage(error)));
  const publish = (collector: Collector, header: Header): void => {
    if (waiting.has(collector)) return;
    waiting.add(collector);
    queue = queue
      .then(async () => {
        waiting.delete(collector);
        if (options.jitter) await pause(randomInt(options.jitter), stopped.signal);
        const quorum = stopped.signal.aborted ? undefined : await collector.quorum(header);
        if (!quorum) return;
        const result = await sender.submit(quorum);
        log[result.outcome === 'refused' ? 'warn' : 'info']({ ...result, gasUsed: result.gasUsed?.toString(), round: header.round });
      })
      .catch((error) => log.warn({ round: header.round, reason: shortMessage(error) }));
  };

  const take = async (request: IncomingMessage): Promise<[number, object]> => {
    const parsed = SignedObservation.safeParse(await json(request));
    if (!parsed.success) throw new Refused(400, 'OBSERVATION_INVALID', z.prettifyError(parsed.error));
    const { header } = parsed.data;
    const collector = collectors.get(header.feedId.toLowerCase());
    if (!collector) throw new Refused(422, 'FEED_WRONG', `The feed ${header.feedId} is not transmitted here.`);
    const collected = await collector.take(parsed.data);
    if (collected.observations >= collected.quorum) publish(collector, header);
    return [collected.status === 'collected' ? 202 : 200, collected];
  };

  const health = async (): Promise<[number, object]> => {
    const [block, balance] = await Promise.all([
      reader.client.getBlockNumber({ cacheTime: 0 }),
      reader.client.getBalance({ address: account.address }),
    ]);
    const observations = [...collectors.values()].reduce((sum, collector) => sum + collector.size, 0);
    return [
      balance > 0n ? 200 : 503,
      {
        status: balance > 0n ? 'ok' : 'no gas',
        chainId: reader.chainId,
        block: `${block}`,
        address: account.address,
        balance: `${balance}`,
        observations,
      },
    ];
  };

  const server = createServer((request, response) => {
    const route = `${request.method} ${request.url?.split('?')[0]}`;
    const handler = route === 'POST /observations' ? take(request) : route === 'GET /health' ? health() : undefined;
    if (!handler) return reply(response, 404, { code: 'NOT_FOUND', detail: 'POST /observations or GET /health.' });
    handler.then(
      ([status, body]) => reply(response, status, body),
      (error) => {
        if (error instanceof Refused) return reply(response, error.status, { code: error.code, detail: error.message });
        log.warn(shortMessage(error));
        reply(response, 503, { code: 'CHAIN_UNAVAILABLE', detail: shortMessage(error) });
      },
    );
  });
  await listen(server, options.port ?? 0, options.host ?? '127.0.0.1');
  return {
    url: `http://${options.host ?? '127.0.0.1'}:${(server.address() as AddressInfo).port}`,
    address: account.address,
    close: async () => {
      stopped.abort();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await queue;
    },
  };
}

async function json(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY) throw new Refused(413, 'OBSERVATION_TOO_LARGE', `An observation has at most ${MAX_BODY} bytes.`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new Refused(400, 'OBSERVATION_INVALID', 'The body is no JSON.');
  }
}

function reply(response: ServerResponse, status: number, body: object): void {
  if (!response.headersSent) response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
}
