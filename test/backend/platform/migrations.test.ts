import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { migrate, newestMigration } from '../../../backend/src/platform/database/migrate.js';
import { projectRoot } from '../../../backend/src/platform/project.js';
import { randomAccount } from '../support/api.js';
import { type RunningApp, startApp } from '../support/app.js';

const OURS = join(projectRoot, 'backend/migrations');
/** Later than every real one. */
const LATER = 4_000_000_000_000;

let running: RunningApp;
let sql: pg.Client;
let folder: string;

beforeAll(async () => {
  running = await startApp();
  sql = new pg.Client({ connectionString: running.database.url });
  await sql.connect();
});
afterAll(async () => {
  await sql?.end();
  await running?.close();
});
beforeEach(() => {
  if (folder) rmSync(folder, { recursive: true, force: true });
  folder = mkdtempSync(join(tmpdir(), 'muniment-migrations-'));
  cpSync(OURS, folder, { recursive: true });
});

/** The migrations of a later build: ours, and one more. @returns its number */
function laterBuild(statements: string): number {
  const journalFile = join(folder, 'meta/_journal.json');
  const journal = JSON.parse(readFileSync(journalFile, 'utf8')) as { entries: { idx: number; when: number; tag: string }[] };
  const idx = newestMigration(folder) + 1;
  const when = LATER + Date.now();
  journal.entries.push({ ...(journal.entries[0] as object), idx, when, tag: `${idx}_later` } as (typeof journal.entries)[number]);
  writeFileSync(journalFile, JSON.stringify(journal));
  writeFileSync(join(folder, `${idx}_later.sql`), statements);
  return idx;
}

/** Everything that a schema is: tables, columns, indexes. */
async function schema(): Promise<unknown> {
  const columns = await sql.query(
    `select table_name, column_name, data_type from information_schema.columns where table_schema = 'public' order by 1, 2`,
  );
  const indexes = await sql.query(`select indexdef from pg_indexes where schemaname = 'public' order by 1`);
  const done = await sql.query('select hash from drizzle.__drizzle_migrations order by id');
  return [columns.rows, indexes.rows, done.rows];
}

describe('a migration of the next build', () => {
  it('runs while the present build works: no request fails, and nothing is lost', async () => {
    let migrating = true;
    const statuses: number[] = [];
    const signedIn: string[] = [];
    const load = async (): Promise<void> => {
      while (migrating) {
        const account = randomAccount();
        await running.api.signIn(account);
        signedIn.push(account.address);
        statuses.push((await running.api.get('/health')).status);
      }
    };
    const loads = [load(), load(), load()];
    while (signedIn.length < 5) await new Promise((resolve) => setTimeout(resolve, 20));
    laterBuild(`alter table people add column nickname text default '' not null;
--> statement-breakpoint
create index people_nickname on people (nickname);`);
    await migrate(running.database.url, folder);
    const during = signedIn.length;
    while (signedIn.length < during + 5) await new Promise((resolve) => setTimeout(resolve, 20));
    migrating = false;
    await Promise.all(loads);
    expect(new Set(statuses)).toEqual(new Set([200]));
    const { rows } = await sql.query('select count(*)::int as n from person_wallets where address = any($1)', [signedIn]);
    expect(rows).toEqual([{ n: signedIn.length }]);
    await migrate(running.database.url);
  });

  it('that fails changes nothing', async () => {
    const before = await schema();
    laterBuild(`alter table people add column half text;
--> statement-breakpoint
alter table people add column half text;`);
    await expect(migrate(running.database.url, folder)).rejects.toThrow();
    expect(await schema()).toEqual(before);
  });

  it('that cannot get its lock gives up, so that nobody waits behind it, and comes through once the lock is free', async () => {
    laterBuild('alter table people add column patient text;');
    const holder = new pg.Client({ connectionString: running.database.url });
    await holder.connect();
    await holder.query('begin');
    await holder.query('lock table people in access share mode');
    const migrated = migrate(running.database.url, folder);
    let waiting = false;
    while (!waiting) {
      const { rows } = await sql.query(
        `select 1 from pg_stat_activity where application_name = 'muniment migrations' and wait_event_type = 'Lock'`,
      );
      waiting = rows.length > 0;
    }
    // Whoever asks for the table now is served at the latest when the migration has given up.
    await running.api.signIn(randomAccount());
    await holder.query('commit');
    await holder.end();
    await migrated;
    const { rows } = await sql.query(`select 1 from information_schema.columns where table_name = 'people' and column_name = 'patient'`);
    expect(rows).toHaveLength(1);
  });

  it('that takes something away waits until no process of an older build runs, and keeps older builds out from then on', async () => {
    const build = newestMigration(folder) + 1;
    laterBuild(`-- oldest build: ${build}\nalter table people drop column nickname;`);
    const before = await schema();
    await expect(migrate(running.database.url, folder)).rejects.toThrow(/1 processes of an older build run on this database/);
    expect(await schema()).toEqual(before);

    await running.close({ keepDatabase: true });
    await migrate(running.database.url, folder);
    await expect(migrate(running.database.url)).rejects.toThrow(`it can be read from migration ${build} on`);
  });
});
