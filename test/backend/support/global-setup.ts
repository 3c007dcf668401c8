import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DBOS } from '@dbos-inc/dbos-sdk';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startPostgres } from '../../../backend/src/local/postgres.js';
import { migrate } from '../../../backend/src/platform/database/migrate.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** A server on which test files make their databases, and the migrated template they copy. */
    postgres: { url: string; template: string };
  }
}

const FOLDER = 'muniment-test-';

/** One PostgreSQL a run: DATABASE_URL, or the embedded one in a folder of its own; one migrated template for all files. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.DATABASE_URL;
  const server = given ? { url: given, stop: async () => {} } : await startDisposable();
  const template = `muniment_template_${process.pid}`;
  try {
    await administer(server.url, `create database ${template}`);
    const templateUrl = withDatabase(server.url, template);
    await migrate(templateUrl);
    await DBOS.migrate(templateUrl);
  } catch (error) {
    await server.stop();
    throw error;
  }
  project.provide('postgres', { url: server.url, template });
  return async () => {
    await administer(server.url, `drop database if exists ${template} with (force)`);
    await server.stop();
  };
}

async function startDisposable(): Promise<{ url: string; stop(): Promise<void> }> {
  await removeOrphans();
  const folder = await mkdtemp(join(tmpdir(), FOLDER));
  await chmod(folder, 0o755);
  const server = await startPostgres({ dataDirectory: join(folder, 'data'), disposable: true });
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Stops and removes what killed runs left behind; a living run keeps its lock and is left alone. */
async function removeOrphans(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(FOLDER)) continue;
    const folder = join(tmpdir(), name);
    const left = await readdir(folder).catch((): string[] => []);
    if (!left.includes('data.json') || !left.includes('data.lock')) continue;
    const server = await startPostgres({ dataDirectory: join(folder, 'data'), disposable: true }).catch(() => undefined);
    if (!server) continue;
    await server.stop();
    if (!(await readdir(folder)).includes('data.lock')) await rm(folder, { recursive: true, force: true });
  }
}

export async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}
