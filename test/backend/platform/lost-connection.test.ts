import { sql } from 'drizzle-orm';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../../backend/src/platform/config.js';
import { Database } from '../../../backend/src/platform/database/database.js';
import { isLostDatabase } from '../../../backend/src/platform/database/lost.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let own: TestDatabase;
let database: Database;

beforeAll(async () => {
  own = await createTestDatabase();
  database = new Database(loadConfig({ NODE_ENV: 'test', DATABASE_URL: own.url }));
});
afterAll(async () => {
  await database.onApplicationShutdown();
  await own.drop();
});

async function terminate(pid: number): Promise<void> {
  const client = new pg.Client(own.url);
  await client.connect();
  await client.query('select pg_terminate_backend($1, 5000)', [pid]);
  await client.end();
}

it('a connection that is lost between two statements fails the transaction and nothing else', async () => {
  const lost = await database
    .transaction(async () => {
      const { rows } = await database.query.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
      await terminate(rows[0]?.pid ?? 0);
      // The loss reaches the program while it waits for something else.
      await new Promise((done) => setTimeout(done, 50));
      await database.query.execute(sql`select 1`);
    })
    .catch((error: unknown) => error);
  expect(isLostDatabase(lost), String(lost)).toBe(true);
  const { rows } = await database.query.execute<{ one: number }>(sql`select 1 as one`);
  expect(rows[0]?.one).toBe(1);
});
