import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { encodeAbiParameters, encodeEventTopics, type Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { readDeployment } from '../../../backend/src/chain/deployment.js';
import { localAddress, localSender } from '../../../backend/src/local/accounts.js';
import { deployInfrastructure } from '../../../backend/src/local/deploy.js';
import { tokenFactoryAbi } from '../../../contracts/generated/abi.js';
import type { Anvil } from '../support/anvil.js';
import { Api, randomAccount } from '../support/api.js';
import { administer, withDatabase } from '../support/global-setup.js';
import { compile, type Gate, type Process, startGate, startProcess } from './processes.js';
import { dataOf, ECHO, emitAs, startChain, type TestClient, until } from './world.js';

let chain: Anvil & { client: TestClient };
let gate: Gate;
let folder: string;
let sql: pg.Client;
let environment: Record<string, string>;
let a: Process;
let b: Process;
let c: Process;
/** Nonces that the sender had used before. */
let before: number;
const living: Process[] = [];
const all: string[] = [];

/** On an empty database: the processes bring the schema themselves. */
beforeAll(async () => {
  compile();
  chain = await startChain(['--hardfork', 'cancun']);
  gate = await startGate(chain.url);
  folder = mkdtempSync(join(tmpdir(), 'muniment-processes-'));
  await deployInfrastructure({ rpcUrl: chain.url, manifestFile: join(folder, 'deployment.json') });
  before = await chain.client.getTransactionCount({ address: localSender('registrar') });
  const { url } = inject('postgres');
  const name = `muniment_processes_${process.pid}`;
  await administer(url, `create database ${name}`);
  const databaseUrl = withDatabase(url, name);
  sql = new pg.Client({ connectionString: databaseUrl });
  await sql.connect();
  environment = { DATABASE_URL: databaseUrl, RPC_URL: chain.url, DEPLOYMENT_FILE: join(folder, 'deployment.json') };
});
afterAll(async () => {
  gate?.release();
  await Promise.all(living.map((each) => each.signal('SIGKILL')));
  const database = sql?.database;
  await sql?.end();
  if (database) await administer(inject('postgres').url, `drop database ${database} with (force)`);
  await gate?.stop();
  await chain?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function bring(changes: Record<string, string> = {}): Promise<Process> {
  const started = await startProcess({ ...environment, ...changes });
  living.push(started);
  return started;
}

/** Starts workflows of three effects each at one process. */
async function begin(at: Process, prefix: string, count: number): Promise<void> {
  const keys = Array.from({ length: count }, (_, n) => `${prefix}-${n}`);
  all.push(...keys);
  await at.start(keys);
}

async function number(query: string, values: unknown[] = []): Promise<number> {
  const { rows } = await sql.query<{ n: number }>(`select (${query})::int as n`, values);
  return rows[0]?.n ?? Number.NaN;
}

/** Until every workflow has ended well. */
const everythingIsDone = (): Promise<void> =>
  until(async () => (await number(`select count(*) from dbos.workflow_status where status = 'SUCCESS'`)) === all.length);

/** Until nothing waits for this process any more: its workflows and its sessions are gone. @returns how long it took, ms */
async function takenOver({ id }: Process): Promise<number> {
  const since = performance.now();
  const left = `(select count(*) from dbos.workflow_status where status = 'PENDING' and executor_id = $1)
    + (select count(*) from pg_stat_activity where application_name = 'muniment ' || $1)`;
  await until(async () => (await number(left, [id])) === 0);
  return performance.now() - since;
}

/** Lets `a` win a race for a lease or a lock. */
async function theOtherIsStill(race: () => Promise<void>): Promise<void> {
  await b.signal('SIGSTOP');
  await race();
  await b.signal('SIGCONT');
}

const intents = (): Promise<number> => number('select count(*) from tx_intent');
const areKnown = async (...processes: Process[]): Promise<boolean> =>
  (await number('select count(*) from processes where id = any($1)', [processes.map(({ id }) => id)])) === processes.length;

/** Every effect once (I1), none that nobody asked for (I2), and nonces without a gap, as many as the chain counts (I3). */
async function nothingIsLostOrDoubled(): Promise<void> {
  const effects = all.flatMap((key) => ['a', 'b', 'c'].map((part) => dataOf(`${key}:${part}`)));
  const logs = await chain.client.getLogs({ address: ECHO, fromBlock: 0n });
  expect(logs.map(({ data }) => data).toSorted()).toEqual(effects.toSorted());
  const { rows } = await sql.query<{ nonce: string; state: string }>('select nonce, state from tx_intent order by nonce');
  expect(rows.map(({ nonce }) => Number(nonce))).toEqual(effects.map((_, index) => before + index));
  expect(new Set(rows.map(({ state }) => state))).toEqual(new Set(['CONFIRMED']));
  expect(await chain.client.getTransactionCount({ address: localSender('registrar') })).toBe(before + effects.length);
}

describe('two processes on one database', () => {
  it('start at the same time on an empty one and share the work', async () => {
    [a, b] = await Promise.all([bring({ RPC_URL: gate.url }), bring()]);
    await begin(a, 'shared', 30);
    await everythingIsDone();
    await nothingIsLostOrDoubled();
    const { rows } = await sql.query<{ id: string }>('select distinct executor_id as id from dbos.workflow_status');
    expect(rows.map(({ id }) => id).toSorted()).toEqual([a.id, b.id].toSorted());
  });

  it('know the same sessions, and answer one key once', async () => {
    const investor = await new Api(a.url).signIn(randomAccount());
    const elsewhere = new Api(b.url, investor.token);
    const body = { kind: 'PERSON', legalName: 'Anna Muster', country: 'CH', taxCountry: 'CH', dateOfBirth: '1980-01-01' };
    const answers = await Promise.all([
      investor.post('/v1/investors', body, { key: 'once' }),
      elsewhere.post('/v1/investors', body, { key: 'once' }),
    ]);
    for (const { status } of answers) expect([201, 409]).toContain(status);
    for (const api of [investor, elsewhere]) {
      const again = await api.post('/v1/investors', body, { key: 'once' });
      expect(again.status).toBe(201);
      expect(again.headers.get('idempotent-replayed')).toBe('true');
    }
    expect(await number('select count(*) from parties')).toBe(1);
  });
});

describe('one that is paused for longer than its lease', () => {
  const stopped = { still: () => a.signal('SIGSTOP'), awake: () => a.signal('SIGCONT') };
  const blocked = {
    still: () => {
      execFileSync('mkfifo', [join(folder, 'pipe')]);
      a.block(join(folder, 'pipe'));
    },
    awake: () => writeFileSync(join(folder, 'pipe'), ''),
  };

  it.each([
    ['stopped by the system', stopped],
    ['by an event loop that is blocked (F42)', blocked],
  ])('%s in the middle of sending, is replaced, and writes nothing when it wakes up', async (why, pause) => {
    gate.hold('eth_sendRawTransaction');
    await theOtherIsStill(async () => {
      await begin(a, why, 5);
      await until(async () => gate.held() > 0);
      await pause.still();
    });
    expect(await takenOver(a)).toBeLessThan(30_000);
    await everythingIsDone();
    const written = await sql.query('select * from tx_intent order by nonce');

    await pause.awake();
    gate.release();
    await until(() => areKnown(a, b));
    await begin(a, `awake: ${why}`, 5);
    await everythingIsDone();
    const { rows } = await sql.query('select * from tx_intent order by nonce');
    expect(rows.slice(0, written.rows.length)).toEqual(written.rows);
    await nothingIsLostOrDoubled();
  });

  it('with the projection locked gives it up to the other, and what it had read is not written', async () => {
    const factory = readDeployment(join(folder, 'deployment.json')).contracts.tokenFactory;
    const token = localAddress(24);
    const projected = (): Promise<number> => number(`select count(*) from chain_event where name = 'TREXSuiteDeployed'`);
    gate.hold('eth_getLogs');
    await theOtherIsStill(async () => {
      const topics = encodeEventTopics({ abi: tokenFactoryAbi, eventName: 'TREXSuiteDeployed', args: { token, salt: 'odd' } }) as Hex[];
      await emitAs(chain.client, factory, topics, encodeAbiParameters(Array(5).fill({ type: 'address' }), Array(5).fill(token)));
      await until(async () => gate.held() > 0);
      await a.signal('SIGSTOP');
    });
    const since = performance.now();
    const locks = `select count(*) from pg_locks l join pg_stat_activity s using (pid)
      where l.locktype = 'advisory' and s.application_name = 'muniment ' || $1`;
    expect(await number(locks, [a.id])).toBeGreaterThan(0);
    await until(async () => (await projected()) === 1);
    expect(performance.now() - since).toBeLessThan(30_000);

    await a.signal('SIGCONT');
    gate.release();
    await until(() => areKnown(a, b));
    await until(async () => (await new Api(a.url).get('/health')).status === 200);
    expect(await projected()).toBe(1);
  });
});

describe('one that ends', () => {
  it('by a kill is replaced by the other within 30 s', async () => {
    const sofar = await intents();
    await begin(b, 'killed', 40);
    await until(async () => (await intents()) > sofar + 20);
    await a.signal('SIGKILL');
    expect(await takenOver(a)).toBeLessThan(30_000);
    await everythingIsDone();
    await nothingIsLostOrDoubled();
    expect(await areKnown(a)).toBe(false);
  });

  it('for want of memory is replaced as well (F42)', async () => {
    const starved = await bring({ NODE_OPTIONS: '--max-old-space-size=256' });
    const sofar = await intents();
    await begin(b, 'starved', 40);
    await until(async () => (await intents()) > sofar + 20);
    expect(await starved.starve()).toBe('SIGABRT');
    expect(await takenOver(starved)).toBeLessThan(30_000);
    await everythingIsDone();
    await nothingIsLostOrDoubled();
  });

  it('by SIGTERM under load lets go within 10 s, and the other finishes what it had not', async () => {
    c = await bring();
    const sofar = await intents();
    await begin(b, 'ended', 40);
    await until(async () => (await intents()) > sofar + 20);
    const since = performance.now();
    expect(await b.signal('SIGTERM')).toBe(0);
    expect(performance.now() - since).toBeLessThan(10_000);
    expect(await takenOver(b)).toBeLessThan(30_000);
    await everythingIsDone();
    await nothingIsLostOrDoubled();
    await until(async () => !(await areKnown(b)));
    expect(await areKnown(c)).toBe(true);
  });
});
