import { type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { chown, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { takeLock } from './lock.js';
import { npmBinaries, PostgresError, reachableBinaries, reachableData, type ServerUser, serverUser } from './postgres-place.js';

export { PostgresError } from './postgres-place.js';

export type StartPostgresParameters = {
  /** Where the cluster lives; made on the first start. Its lock, settings and log stand beside it. */
  dataDirectory: string;
  /** Default: the port of the last start, else a free one. */
  port?: number;
  /** For tests: nothing is synced to disk. */
  disposable?: boolean;
  /** Begins with an empty database, whatever was in it. */
  anew?: boolean;
};

export type StartPostgresReturnType = {
  /** Connection string of the database `muniment`. */
  url: string;
  /** True when a server was running already. */
  attached: boolean;
  /** Where the data lies: `dataDirectory`, or a place that the server's user can reach. */
  dataDirectory: string;
  /** Stops the server, unless another living process started it. */
  stop(): Promise<void>;
};

type Settings = { port: number; password: string };

const USER = 'muniment';
const DATABASE = 'muniment';
const PATIENCE_MS = 30_000;

/** Starts the PostgreSQL that npm brought along, or attaches to the one that a killed process left running on the same data.
 *  @throws PostgresError */
export async function startPostgres({
  dataDirectory,
  port,
  disposable = false,
  anew = false,
}: StartPostgresParameters): Promise<StartPostgresReturnType> {
  const user = serverUser();
  const binaries = await reachableBinaries(await npmBinaries(), user);
  const directory = await reachableData(resolve(dataDirectory), user);
  const lock = await takeLock(`${directory}.lock`);

  const running = await connectToRunning(directory, lock ? PATIENCE_MS : 2_000);
  if (!lock) {
    if (running) return { url: urlOf(running), attached: true, dataDirectory: directory, stop: async () => {} };
    throw new PostgresError(`The database in ${directory} is being used by another process that does not let anyone in: stop it first.`);
  }
  try {
    const settings = running ?? (await initAndStart({ directory, binaries, user, disposable, ...(port === undefined ? {} : { port }) }));
    await createDatabase(settings, anew);
    const stop = once(async () => {
      await stopServer(directory);
      await lock.release();
    });
    return { url: urlOf(settings), attached: running !== undefined, dataDirectory: directory, stop };
  } catch (error) {
    await stopServer(directory);
    await lock.release();
    throw error;
  }
}

/* THE SERVER */

type Start = { directory: string; binaries: string; user: ServerUser; port?: number; disposable: boolean };

async function initAndStart({ directory, binaries, user, port, disposable }: Start): Promise<Settings> {
  const known = await readSettings(directory);
  if (!known || !existsSync(join(directory, 'PG_VERSION'))) await initialise({ directory, binaries, user, disposable });
  const { password, port: lastPort } = (await readSettings(directory)) ?? { password: '', port: 0 };
  const settings = { password, port: await choosePort(port, lastPort) };
  await writeSettings(directory, settings);

  const logFile = await open(`${directory}.log`, 'w', 0o600);
  const flags = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    ...(disposable ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
  };
  // A session of its own: Ctrl-C reaches us, and we decide when the database goes.
  const server = spawn(
    join(binaries, 'bin/postgres'),
    ['-D', directory, '-p', String(settings.port), ...Object.entries(flags).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { ...user, cwd: '/', detached: true, stdio: ['ignore', logFile.fd, logFile.fd], env: serverEnvironment() },
  );
  let ended: string | undefined;
  server.on('error', (error) => (ended = error.message));
  server.on('exit', (code) => (ended = `it ended with code ${code}`));
  server.unref();
  await logFile.close();

  const giveUp = Date.now() + PATIENCE_MS;
  while (ended === undefined && Date.now() < giveUp) {
    if (await answers(settings)) return settings;
    await sleep(25);
  }
  const log = await readFile(`${directory}.log`, 'utf8').catch(() => '');
  const line = log.split('\n').find((text) => /FATAL|PANIC/.test(text));
  throw new PostgresError(
    `The local database did not start: ${line?.replace(/^.*?(FATAL|PANIC):\s*/, '') ?? ended ?? 'no answer in time'} (log: ${directory}.log).`,
  );
}

async function initialise({ directory, binaries, user, disposable }: Omit<Start, 'port'>): Promise<void> {
  // What a broken first start left behind has no settings beside it and never served anyone.
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { mode: 0o700 });
  if (user) await chown(directory, user.uid, user.gid);
  const password = randomBytes(18).toString('base64url');
  const passwordFile = `${directory}.password.${process.pid}`;
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600, flag: 'wx' });
  try {
    if (user) await chown(passwordFile, user.uid, user.gid);
    const result = spawnSync(
      join(binaries, 'bin/initdb'),
      [
        `--pgdata=${directory}`,
        `--username=${USER}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--locale=C',
        ...(disposable ? ['--no-sync'] : []),
      ],
      { ...user, cwd: '/', encoding: 'utf8', env: serverEnvironment() },
    );
    if (result.status !== 0) {
      const line = `${result.stderr}`.split('\n').find((text) => /error|fatal/i.test(text)) ?? result.error?.message ?? 'unknown reason';
      throw new PostgresError(`The database in ${directory} could not be created: ${line.trim()}.`);
    }
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  } finally {
    await rm(passwordFile, { force: true });
  }
  await writeSettings(directory, { port: 0, password });
}

/** Asks the server that postmaster.pid names, waiting while it starts or stops. */
async function connectToRunning(directory: string, patienceMs: number): Promise<Settings | undefined> {
  const settings = await readSettings(directory);
  if (!settings) return undefined;
  const giveUp = Date.now() + patienceMs;
  do {
    const server = await readPostmaster(directory);
    if (!server || !isServer(server.pid)) return undefined;
    const there = { ...settings, port: server.port };
    if (await answers(there)) return there;
    await sleep(50);
  } while (Date.now() < giveUp);
  return undefined;
}

async function stopServer(directory: string): Promise<void> {
  const server = await readPostmaster(directory);
  if (!server || !isServer(server.pid)) return;
  process.kill(server.pid, 'SIGINT');
  const giveUp = Date.now() + PATIENCE_MS;
  while (isAlive(server.pid) && Date.now() < giveUp) await sleep(20);
  if (isAlive(server.pid)) process.kill(server.pid, 'SIGQUIT');
}

async function createDatabase(settings: Settings, anew: boolean): Promise<void> {
  const client = new pg.Client(urlOf(settings, 'postgres'));
  await client.connect();
  try {
    if (anew) await client.query(`drop database if exists ${DATABASE} with (force)`);
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
}

async function answers(settings: Settings): Promise<boolean> {
  const client = new pg.Client({ connectionString: urlOf(settings, 'postgres'), connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  try {
    await client.connect();
  } catch {
    // Not awaited: whatever listens there may never say goodbye.
    void client.end().catch(() => {});
    return false;
  }
  await client.end();
  return true;
}

/* SMALL THINGS */

const settingsFile = (directory: string): string => `${directory}.json`;

async function readSettings(directory: string): Promise<Settings | undefined> {
  const text = await readFile(settingsFile(directory), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Settings);
}

async function writeSettings(directory: string, settings: Settings): Promise<void> {
  const draft = `${settingsFile(directory)}.${process.pid}`;
  await writeFile(draft, JSON.stringify(settings), { mode: 0o600 });
  await rename(draft, settingsFile(directory));
}

async function readPostmaster(directory: string): Promise<{ pid: number; port: number } | undefined> {
  const text = await readFile(join(directory, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  return pid > 0 && port > 0 ? { pid, port } : undefined;
}

/** Whether the process lives and is a PostgreSQL: after a restart of the machine the number may belong to anything. */
function isServer(pid: number): boolean {
  if (!isAlive(pid)) return false;
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('postgres');
  } catch {
    return !existsSync('/proc/self/comm');
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM';
  }
}

/** @param wanted must be free   @param preferred is taken when it is free, else any other */
async function choosePort(wanted: number | undefined, preferred: number): Promise<number> {
  if (wanted !== undefined) {
    if ((await bindable(wanted)) !== undefined) return wanted;
    throw new PostgresError(`Port ${wanted} is taken: the local database cannot start there.`);
  }
  const port = (preferred > 0 ? await bindable(preferred) : undefined) ?? (await bindable(0));
  if (port === undefined) throw new PostgresError('There is no free port on 127.0.0.1 for the local database.');
  return port;
}

/** The port that can be listened on: the given one, or any for 0. */
function bindable(port: number): Promise<number | undefined> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address ? address.port : undefined));
    });
  });
}

function urlOf({ port, password }: Settings, database = DATABASE): string {
  return `postgres://${USER}:${password}@127.0.0.1:${port}/${database}`;
}

function serverEnvironment(): SpawnOptions['env'] {
  return { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
}

function once(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= action());
}
