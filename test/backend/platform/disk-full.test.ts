import { execFileSync } from 'node:child_process';
import { appendFile, mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres } from '../../../backend/src/local/postgres.js';
import { migrate } from '../../../backend/src/platform/database/migrate.js';
import { effectsOf, startChain, startWorld, type TestClient, until, type World } from '../chain/world.js';
import type { Anvil } from '../support/anvil.js';

/** Mounting a small disk needs root. */
const asRoot = process.platform === 'linux' && process.getuid?.() === 0;
const DISK_MIB = 128;

let disk: string;
let chain: Anvil & { client: TestClient };
const ends: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  if (!asRoot) return;
  disk = await mkdtemp(join(tmpdir(), 'muniment-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m,mode=755`, 'tmpfs', disk]);
  ends.push(() => rm(disk, { recursive: true, force: true }));
  ends.push(async () => execFileSync('umount', ['-l', disk]));
  chain = await startChain();
  ends.push(chain.stop);
});
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

const start = () => startPostgres({ dataDirectory: join(disk, 'postgres') });

/** Takes what is left of the disk, also what the server has freed since. */
async function fill(): Promise<void> {
  const { bavail, bsize } = await statfs(disk);
  await appendFile(join(disk, 'ballast'), Buffer.alloc(Number(bavail) * Number(bsize))).catch(() => {});
}

/** Enqueues until the health page says that something cannot be written. @returns what was acknowledged meanwhile */
async function enqueueUntilUnwell(world: World): Promise<string[]> {
  const acknowledged: string[] = [];
  for (let n = 0; (await world.api.get('/health')).status !== 503; n++) {
    await fill();
    const enqueued = await world.effect(`full:${n}`).catch(() => undefined);
    if (enqueued) acknowledged.push(enqueued.businessKey);
  }
  return acknowledged;
}

/** By hand as anyone else this is skipped, for only root can mount a disk that is small enough to fill. */
test.runIf(asRoot)('a full disk stops what would be written and loses nothing that was acknowledged (F41)', async () => {
  let server = await start();
  ends.push(() => server.stop());
  await migrate(server.url);
  await DBOS.migrate(server.url);
  const world = await startWorld(chain.url, { database: { url: server.url, drop: async () => {} } });
  ends.push(() => world.close());
  await world.operations.confirmed((await world.effect('before')).id);

  const acknowledged = await enqueueUntilUnwell(world);

  await rm(join(disk, 'ballast'));
  // As an operator would: whether the server outlived it or not.
  await server.stop();
  server = await start();
  for (const key of acknowledged) {
    const operation = await world.operations.find(key);
    await world.operations.confirmed(operation?.id ?? key);
    expect(await effectsOf(chain.client, key), key).toBe(1);
  }
  await world.operations.confirmed((await world.effect('after')).id);
  await until(async () => (await world.api.get('/health')).status === 200);
  // What was not acknowledged may have been kept all the same, as with any lost answer.
  const { rows } = await world.sql.query.execute<{ intents: number; last: number }>(
    sql`select count(*)::int as intents, max(nonce)::int as last from tx_intent`,
  );
  const [{ intents, last } = { intents: 0, last: 0 }] = rows;
  expect(intents).toBeGreaterThanOrEqual(acknowledged.length + 2);
  expect(last).toBe(intents - 1);
  expect(await chain.client.getTransactionCount({ address: world.sender })).toBe(intents);
});
