import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as runMigrations } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import { ConfigError } from '../config.js';
import { projectRoot } from '../project.js';

const LOCK = 'muniment.migrations';

/** Brings the database to the newest schema; processes that start together take turns (drizzle's migrator is not safe concurrently).
 *  @throws ConfigError when the database cannot be reached */
export async function migrate(databaseUrl: string): Promise<void> {
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
    await runMigrations(drizzle(client), { migrationsFolder: join(projectRoot, 'backend/migrations') });
    await client.query(await readFile(join(projectRoot, 'backend/src/platform/database/guards.sql'), 'utf8'));
  } finally {
    await client.end();
  }
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
