import { spawn } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { PostgresError, startPostgres } from '../../../backend/src/local/postgres.js';
import { npmBinaries, reachableBinaries, reachableData, serverUser } from '../../../backend/src/local/postgres-place.js';
import { migrate } from '../../../backend/src/platform/database/migrate.js';

const asRoot = process.getuid?.() === 0;
const stops: (() => Promise<void>)[] = [];
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muniment-postgres-'));
  await chmod(folder, 0o755);
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function start(directory = join(folder, 'open/data'), port?: number) {
  const server = await startPostgres({ dataDirectory: directory, disposable: true, ...(port === undefined ? {} : { port }) });
  stops.push(server.stop);
  return server;
}

async function query<T>(url: string, statement: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

test('the data of the first start are there at the second, on the same port', async () => {
  const first = await start();
  await query(first.url, "create table note as select 'kept' as text");
  expect(first.attached).toBe(false);
  await first.stop();
  await expect(query(first.url, 'select 1')).rejects.toThrow();
  const second = await start();
  expect(second.url).toBe(first.url);
  expect(await query(second.url, 'select text from note')).toEqual([{ text: 'kept' }]);
});

test('a second start while the first is running attaches, and its stop leaves the server alone (F37)', async () => {
  const first = await start();
  const second = await start();
  expect(second).toMatchObject({ attached: true, url: first.url });
  await second.stop();
  expect(await query(first.url, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('the server that a killed process left running is attached to and stopped in the end', async () => {
  const first = await start();
  const gone = spawn('true');
  await new Promise((done) => gone.once('exit', done));
  await writeFile(`${first.dataDirectory}.lock`, `${gone.pid} 1`);
  const second = await start();
  expect(second).toMatchObject({ attached: true, url: first.url });
  await second.stop();
  await expect(query(first.url, 'select 1')).rejects.toThrow();
});

test('a taken port is one clear sentence, and the lock is free again', async () => {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  await expect(start(undefined, port)).rejects.toThrow(new PostgresError(`Port ${port} is taken: the local database cannot start there.`));
  await new Promise((done) => server.close(done));
  expect((await start(undefined, port)).url).toContain(`:${port}/`);
});

test('only those who know the password get in', async () => {
  const { url } = await start();
  await expect(query(url.replace(/:[^:@]+@/, ':wrong@'), 'select 1')).rejects.toThrow(/password/);
});

test('migrations of processes that start together take turns, and running them again changes nothing', async () => {
  const { url } = await start();
  await Promise.all(Array.from({ length: 4 }, () => migrate(url)));
  await migrate(url);
  expect(await query(url, 'select count(*)::int as n from people')).toEqual([{ n: 0 }]);
});

test('a database that cannot be reached is one clear sentence without its password', async () => {
  const attempt = migrate('postgres://somebody:secret@127.0.0.1:1/muniment');
  await expect(attempt).rejects.toThrow(/^The database at 127\.0\.0\.1:1\/muniment cannot be reached: .*ECONNREFUSED.*\.$/);
  await expect(attempt).rejects.not.toThrow(/secret/);
});

test.runIf(asRoot)('as root below a folder nobody else may enter, data and server files go where the server can reach them', async () => {
  const closed = join(folder, 'closed');
  await mkdir(closed, { mode: 0o700 });
  const native = join(closed, 'package/native');
  await cp(await npmBinaries(), native, { recursive: true, verbatimSymlinks: true });
  await writeFile(join(closed, 'package/package.json'), JSON.stringify({ closed }));
  const user = serverUser();

  const copy = await reachableBinaries(native, user);
  expect(copy.startsWith(closed)).toBe(false);
  expect(await reachableBinaries(native, user)).toBe(copy);

  const wanted = join(closed, 'project/.muniment/postgres');
  const server = await start(wanted);
  expect(server.dataDirectory).toBe(await reachableData(wanted, user));
  expect(server.dataDirectory.startsWith(closed)).toBe(false);
  expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await server.stop();
  expect(await readFile(join(server.dataDirectory, 'PG_VERSION'), 'utf8')).toBe('18\n');
  await rm(dirname(server.dataDirectory), { recursive: true });
  await rm(copy, { recursive: true });
});
