// What the measurements run on: an embedded PostgreSQL that syncs to disk, an anvil, the contracts, API processes of `dist`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { createTestClient, http, publicActions, walletActions } from 'viem';
import { foundry } from 'viem/chains';
import { foundryBinary } from '#foundry';
import { deployInfrastructure } from '../../../dist/backend/src/local/deploy.js';
import { localStaff } from '../../../dist/backend/src/local/people.js';
import { startPostgres } from '../../../dist/backend/src/local/postgres.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const MAIN = join(ROOT, 'dist/backend/src/main.js');
const WORKER = fileURLToPath(new URL('worker.mjs', import.meta.url));
/** Gas of a block, as on Ethereum's main chain since November 2025. */
const BLOCK_GAS = 60_000_000;
const PATIENCE_MS = 300_000;

/** One PostgreSQL for all measurements, each with a database and a chain of its own. */
export async function startPlace() {
  const folder = mkdtempSync(join(tmpdir(), 'muniment-bench-'));
  chmodSync(folder, 0o755);
  const postgres = await startPostgres({ dataDirectory: join(folder, 'postgres') });
  let count = 0;
  return {
    /** @param confirmations blocks after which a receipt is final */
    async world(confirmations) {
      count++;
      const database = `bench_${count}`;
      const admin = new pg.Client({ connectionString: postgres.url });
      await admin.connect();
      await admin.query(`create database ${database}`);
      await admin.end();
      const databaseUrl = Object.assign(new URL(postgres.url), { pathname: `/${database}` }).href;
      return startWorld({ folder: join(folder, database), databaseUrl, confirmations });
    },
    async stop() {
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startWorld({ folder, databaseUrl, confirmations }) {
  const chain = await startChain();
  const manifestFile = join(folder, 'deployment.json');
  const deployment = await deployInfrastructure({ rpcUrl: chain.url, manifestFile });
  const environment = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    NODE_ENV: 'development',
    LOG_LEVEL: 'error',
    HOST: '127.0.0.1',
    DATABASE_URL: databaseUrl,
    RPC_URL: chain.url,
    DEPLOYMENT_FILE: manifestFile,
    CHAIN_CONFIRMATIONS: String(confirmations),
    STAFF: JSON.stringify(localStaff()),
    RATE_LIMIT_REQUESTS: '1000000',
    RATE_LIMIT_WRITES: '1000000',
    RATE_LIMIT_SIGN_IN: '1000000',
  };
  const sql = new pg.Pool({ connectionString: databaseUrl, max: 4 });
  sql.on('error', () => {});
  const client = createTestClient({
    mode: 'anvil',
    chain: foundry,
    transport: http(chain.url, { timeout: 120_000 }),
    cacheTime: 0,
    pollingInterval: 20,
  })
    .extend(publicActions)
    .extend(walletActions);
  const running = new Set();
  return {
    rpcUrl: chain.url,
    deployment,
    client,
    sql,
    /** An API process; resolves when it answers. @param more environment of its own */
    startApi: (more) => startApi({ ...environment, ...more }, running),
    /** A process of the compiled service that does what it is told (worker.mjs). */
    startWorker: (more) => startWorker({ ...environment, PORT: '0', ...more }, running),
    async stop() {
      for (const child of running) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      await sql.end();
      await chain.stop();
    },
  };
}

async function startChain() {
  const port = await freePort();
  const args = [
    '--port',
    String(port),
    '--chain-id',
    '31337',
    '--accounts',
    '60',
    '--hardfork',
    'cancun',
    '--gas-limit',
    String(BLOCK_GAS),
  ];
  const child = spawn(foundryBinary('anvil'), [...args, '--silent'], { stdio: 'ignore' });
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  const url = `http://127.0.0.1:${port}`;
  await until(async () => {
    if (child.exitCode !== null) throw new Error('anvil ended at its start.');
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] });
    return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body }).then(
      ({ ok }) => ok,
      () => false,
    );
  });
  return {
    url,
    async stop() {
      process.off('exit', killWithUs);
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

async function startApi(environment, running) {
  const port = environment.PORT ?? String(await freePort());
  const child = start([MAIN], { ...environment, PORT: port }, running, ['ignore', 'ignore', 'inherit']);
  const url = `http://127.0.0.1:${port}`;
  await until(async () => {
    if (child.exitCode !== null) throw new Error('An API process ended at its start.');
    return fetch(`${url}/openapi.json`).then(
      ({ ok }) => ok,
      () => false,
    );
  });
  return {
    url,
    kill: () => end(child, 'SIGKILL'),
    stop: () => end(child, 'SIGTERM'),
  };
}

/** @returns `ask(work)`, which resolves with what the worker answers */
async function startWorker(environment, running) {
  const child = start([WORKER], environment, running, ['ignore', 'inherit', 'inherit', 'ipc']);
  const next = () =>
    new Promise((resolve, reject) => {
      child.once('message', resolve);
      child.once('exit', (code) => reject(new Error(`A worker ended with code ${code}.`)));
    });
  await next();
  return {
    ask(work) {
      const answer = next();
      child.send(work);
      return answer;
    },
    stop: () => end(child, 'SIGTERM'),
  };
}

function start(args, environment, running, stdio) {
  const child = spawn(process.execPath, args, { cwd: ROOT, env: environment, stdio });
  child.setMaxListeners(100);
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

async function end(child, signal) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

/** Asks again and again until the answer is true.
 *  @throws Error when it takes longer than `patienceMs` */
export async function until(condition, patienceMs = PATIENCE_MS, everyMs = 20) {
  const giveUp = Date.now() + patienceMs;
  while (!(await condition())) {
    if (Date.now() > giveUp) throw new Error(`It did not happen within ${patienceMs / 1_000} s: ${condition}`);
    await sleep(everyMs);
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
