// From a source's change to the value on chain: four reporters, each with an adapter and a source server of its own, and a transmitter;
// reporters, adapters and transmitter are processes as an operator runs them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPublicClient, createTestClient, http, parseEther, webSocket } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { deployFeed, idOf, keyOf } from './feed.mjs';
import { startSource } from './source.mjs';

const REPORTERS = 4;
const FEED_ID = idOf('latency');
const YEARS = 40 * 366 * 86_400;
/** Rounds that find caches empty and code cold. */
const WARM_UP = 5;
/** Milliseconds between two looks: of an adapter at its source, of a reporter at its adapter. */
const LOOK = 75;
/** A round that takes so long, milliseconds, never comes. */
const LOST = 30_000;

/** @returns p50 and p95 in milliseconds */
export async function measureLatency(chain, rounds) {
  const folder = mkdtempSync(join(tmpdir(), 'muniment-bench-'));
  const services = [];
  const sources = [];
  const socket = createPublicClient({ transport: webSocket(chain.url.replace('http', 'ws')) });
  const stopAll = () => {
    for (const { child } of services) child.kill('SIGTERM');
  };
  process.once('exit', stopAll);
  try {
    const { feed, create } = await deployFeed(chain);
    await create(FEED_ID, REPORTERS, 9_000);
    await createTestClient({ mode: 'anvil', transport: http(chain.url) }).setBalance({
      address: privateKeyToAccount(keyOf('gas')).address,
      value: parseEther('100'),
    });
    const run = async (name, environment) => services.push(await start(name, environment));

    const common = { RPC_URL: chain.url, FEED_ADDRESS: feed.address };
    const port = await freePort();
    await run('transmitter', {
      ...common,
      FEED_IDS: FEED_ID,
      TRANSMITTER_KEY: keyOf('gas'),
      TRANSMITTER_STATE_FILE: join(folder, 'transaction'),
      TRANSMITTER_PORT: String(port),
      TRANSMITTER_JITTER_MS: '0',
      TRANSMITTER_POLL_MS: '10',
    });
    for (let i = 0; i < REPORTERS; i++) {
      const source = await startSource();
      sources.push(source);
      const adapterPort = await freePort();
      await run('treasury-rates', {
        TREASURY_BASE_URL: source.url,
        EA_PORT: String(adapterPort),
        METRICS_PORT: String(await freePort()),
        LOG_LEVEL: 'error',
        BACKGROUND_EXECUTE_MS_HTTP: String(LOOK),
        CACHE_POLLING_SLEEP_MS: '20',
        RATE_LIMIT_CAPACITY_SECOND: '100',
        // Days that are published are not asked for again.
        WARMUP_SUBSCRIPTION_TTL: '2000',
      });
      const publications = join(folder, `publications-${i}.json`);
      writeFileSync(publications, JSON.stringify([publicationOf(`http://127.0.0.1:${adapterPort}`)]));
      await run('reporter', {
        ...common,
        PUBLICATIONS_FILE: publications,
        TRANSMITTER_URLS: `http://127.0.0.1:${port}`,
        REPORTER_KEY: keyOf(`signer ${i}`),
        REPORTER_STATE_FILE: join(folder, `reporter-${i}.jsonl`),
        REPORTER_PORT: '0',
      });
    }

    let arrived = () => {};
    const unwatch = socket.watchContractEvent({ ...feed, eventName: 'RoundAccepted', onLogs: () => arrived() });
    const times = [];
    for (let round = 1; round <= WARM_UP + rounds; round++) {
      // At any moment of the services' own rhythm.
      await sleep(LOOK + Math.random() * 4 * LOOK);
      const onChain = new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`Round ${round} is lost.\n${services.map(said).join('\n')}`)), LOST);
        arrived = () => {
          clearTimeout(timer);
          resolve(performance.now());
        };
      });
      const begun = performance.now();
      for (const source of sources) source.publish();
      const time = (await onChain) - begun;
      if (round > WARM_UP) times.push(time);
    }
    unwatch();
    times.sort((a, b) => a - b);
    const percentile = (share) => Math.round(times[Math.ceil(times.length * share) - 1]);
    return { p50: percentile(0.5), p95: percentile(0.95) };
  } finally {
    stopAll();
    process.off('exit', stopAll);
    await Promise.all(services.map(({ exited }) => exited));
    for (const source of sources) source.close();
    (await socket.transport.getRpcClient()).close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function publicationOf(adapterUrl) {
  const requests = [{ endpoint: 'bill-rate', tenor: '26WK' }];
  const feeds = [{ feedId: FEED_ID, adapterUrl, requests, range: { minimum: '0', maximum: '10' } }];
  return { feeds, validity: YEARS, since: Date.UTC(2018, 0, 1) / 1000, interval: LOOK };
}

/** Starts a service as its main module does and waits until it listens. */
async function start(name, environment) {
  const child = spawn(process.execPath, [`dist/oracle-adapters/${name}/main.js`], { env: { PATH: process.env.PATH, ...environment } });
  const service = { name, child, output: '', exited: once(child, 'close') };
  const listens = new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        service.output += chunk;
        if (service.output.includes(`${name} listens on`)) resolve();
      });
    }
    service.exited.then(() => reject(new Error(said(service))));
  });
  await listens;
  return service;
}

const said = ({ name, output }) => `${name}: ${output.slice(-2000)}`;

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}
