import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as runMigrations } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import { ConfigError } from '../config.js';
import { projectRoot } from '../project.js';

const LOCK = 'muniment.migrations';
const LOCK_TIMEOUT_MS = 2_000;
const TRIES = 15;
const PAUSE_MS = 1_000;
const LOCK_NOT_AVAILABLE = '55P03';
const MIGRATIONS = join(projectRoot, 'backend/migrations');
const GUARDS = join(projectRoot, 'backend/src/platform/database/guards.sql');
/** First line of a migration that takes something away: builds that do not know the migration of this number would fail on it. */
const CONTRACTS = /^-- oldest build: (\d+)$/m;

/** Number of the newest migration that this build knows; a build's place in the order of builds. */
export function newestMigration(migrationsFolder = MIGRATIONS): number {
  const { entries } = JSON.parse(readFileSync(join(migrationsFolder, 'meta/_journal.json'), 'utf8')) as { entries: { idx: number }[] };
  return Math.max(...entries.map(({ idx }) => idx));
}

/** Brings the database to the newest schema, while other processes use it; those that start together take turns. A migration is one SQL
 *  transaction: it never waits long for a lock, because everybody else would wait behind it, and what does not come through changes nothing.
 *  A database that is newer than this build is left as it is.
 *  @throws ConfigError when the database cannot be reached, is in use in a way that excludes the change, or can no longer be read by this build */
export async function migrate(databaseUrl: string, migrationsFolder = MIGRATIONS): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'muniment migrations' });
  // Whatever is asked of a lost connection fails; unheard, the event would end the process without a sentence.
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (error) {
    throw new ConfigError(`The database at ${withoutPassword(databaseUrl)} cannot be reached: ${reason(error)}.`);
  }
  try {
    await client.query("set client_min_messages = 'warning'");
    await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [LOCK]);
    await client.query(`set lock_timeout = ${LOCK_TIMEOUT_MS}`);
    await requireReadable(client, newestMigration(migrationsFolder));
    await requireNoOlderProcess(client, oldestBuild(migrationsFolder));
    await patiently(() => runMigrations(drizzle(client), { migrationsFolder }));
    await patiently(() => settle(client, newestMigration(migrationsFolder), oldestBuild(migrationsFolder)));
  } finally {
    await client.end();
  }
}

/** Repeats what could not get a lock in time, and rolled back. */
async function patiently(work: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!isLockTimeout(error)) throw error;
      if (tries === TRIES) {
        throw new ConfigError(
          'The database is too busy for a migration: a transaction holds a lock that it needs. Nothing was changed; start again.',
        );
      }
      await sleep(PAUSE_MS);
    }
  }
}

/** Triggers and the like, when they changed, and which builds can read the schema from now on. */
async function settle(client: pg.Client, build: number, oldest: number): Promise<void> {
  const guards = readFileSync(GUARDS, 'utf8');
  const hash = createHash('sha256').update(guards).digest('hex');
  await client.query('begin');
  try {
    const { rows } = await client.query<{ build: number; guards: string }>('select build, guards from schema_state');
    const [state = { build: 0, guards: '' }] = rows;
    if (state.build <= build && state.guards !== hash) await client.query(guards);
    await client.query(
      `insert into schema_state as s (id, build, oldest_build, guards) values (1, $1, $2, $3)
       on conflict (id) do update set build = $1, oldest_build = greatest(s.oldest_build, $2), guards = $3 where s.build <= $1`,
      [build, oldest, hash],
    );
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

/** The lowest build that can read what the migrations of this build make of the database. */
function oldestBuild(migrationsFolder: string): number {
  const { entries } = JSON.parse(readFileSync(join(migrationsFolder, 'meta/_journal.json'), 'utf8')) as { entries: { tag: string }[] };
  const texts = entries.map(({ tag }) => readFileSync(join(migrationsFolder, `${tag}.sql`), 'utf8'));
  return Math.max(0, ...texts.map((text) => Number(CONTRACTS.exec(text)?.[1] ?? 0)));
}

async function requireReadable(client: pg.Client, build: number): Promise<void> {
  if (!(await exists(client, 'schema_state'))) return;
  const { rows } = await client.query<{ oldest: number }>('select oldest_build as oldest from schema_state');
  const oldest = rows[0]?.oldest ?? 0;
  if (oldest <= build) return;
  throw new ConfigError(
    `The database was changed by a newer build: it can be read from migration ${oldest} on, and this build ends at ${build}. Start the newer build.`,
  );
}

/** A migration that takes something away waits until nobody who needs it runs. */
async function requireNoOlderProcess(client: pg.Client, oldest: number): Promise<void> {
  if (!(await exists(client, 'processes'))) return;
  const { rows } = await client.query<{ n: number }>(
    "select count(*)::int as n from processes where build < $1 and beat_at > now() - interval '10 seconds'",
    [oldest],
  );
  if (!rows[0]?.n) return;
  throw new ConfigError(
    `${rows[0].n} processes of an older build run on this database, and a migration takes away what they need: stop them first. Nothing was changed.`,
  );
}

async function exists(client: pg.Client, table: string): Promise<boolean> {
  const { rows } = await client.query<{ name: string | null }>('select to_regclass($1) as name', [table]);
  return rows[0]?.name != null;
}

function isLockTimeout(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ((cause as { code?: unknown }).code === LOCK_NOT_AVAILABLE) return true;
  }
  return false;
}

function withoutPassword(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  return `${url.host}${url.pathname}`;
}

function reason(error: unknown): string {
  if (error instanceof AggregateError) return reason(error.errors[0]);
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\.$/, '') || 'no answer';
}
