import { Injectable, Module } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Database } from '../../../backend/src/platform/database/database.js';
import { Conflict } from '../../../backend/src/platform/problem.js';
import { RetryableError } from '../../../backend/src/platform/workflow/retryable.js';
import { type Workflow, Workflows } from '../../../backend/src/platform/workflow/workflows.js';
import { type RunningApp, startApp } from '../support/app.js';

@Injectable()
class Payments {
  readonly pay: Workflow<{ id: string; outages: number; refuse: boolean }>;
  readonly wait: Workflow<{ id: string }>;
  readonly ran: string[] = [];
  /** While true, the second step of `wait` never comes back, like one of a process that dies in it. */
  stuck = false;

  constructor(
    readonly database: Database,
    readonly workflows: Workflows,
  ) {
    this.wait = workflows.define('test.wait', async ({ id }) => {
      await workflows.step('first', async () => this.ran.push(`${id} first`));
      await workflows.step('second', async () => {
        this.ran.push(`${id} second`);
        if (this.stuck) await new Promise(() => {});
      });
      return `${id} done`;
    });
    this.pay = workflows.define('test.pay', async ({ id, outages, refuse }) => {
      let left = outages;
      await workflows.step('note', async () => {
        this.ran.push(`${id} note`);
        if (left-- > 0) throw new RetryableError('provider down');
        if (refuse) throw new Conflict('TEST_REFUSED', 'No.');
      });
      await workflows.sleep(10);
      return workflows.step('book', () =>
        database.transaction(async () => {
          await database.query.execute(sql`insert into test_payments (id) values (${id}) on conflict do nothing`);
          return `${id} paid`;
        }),
      );
    });
  }
}

@Module({ providers: [Payments] })
class PaymentsModule {}

let running: RunningApp;
let payments: Payments;
const boot = async (database?: RunningApp['database']) => {
  running = await startApp({ modules: [PaymentsModule], ...(database ? { database } : {}) });
  payments = running.app.get(Payments);
};
beforeAll(async () => {
  await boot();
  await payments.database.query.execute(sql`create table test_payments (id text primary key)`);
});
afterAll(() => running.close());

const input = (id: string) => ({ id, outages: 0, refuse: false });
const rows = async (id: string) => (await payments.database.query.execute(sql`select id from test_payments where id = ${id}`)).rows.length;

test('a workflow starts after its transaction commits, once for a business key', async () => {
  await payments.database.transaction(async () => {
    await payments.pay.start('pay:1', input('1'));
    await payments.pay.start('pay:1', input('1'));
    expect(payments.ran).toEqual([]);
  });
  await payments.pay.start('pay:1', input('1'));
  expect(await payments.workflows.finished('pay:1')).toBe('1 paid');
  expect(payments.ran.filter((line) => line === '1 note')).toHaveLength(1);
  expect(await rows('1')).toBe(1);
});

test('a workflow of a transaction that rolls back never starts', async () => {
  const doomed = payments.database.transaction(async () => {
    await payments.pay.start('pay:2', input('2'));
    throw new Error('rolled back');
  });
  await expect(doomed).rejects.toThrow('rolled back');
  await payments.pay.start('pay:3', input('3'));
  await payments.workflows.finished('pay:3');
  expect(await payments.workflows.state('pay:2')).toBeUndefined();
  expect(await rows('2')).toBe(0);
});

test('an outage is waited out, a refusal ends the workflow', async () => {
  await payments.pay.start('pay:4', { ...input('4'), outages: 2 });
  expect(await payments.workflows.finished('pay:4')).toBe('4 paid');
  expect(payments.ran.filter((line) => line === '4 note')).toHaveLength(3);
  await payments.pay.start('pay:5', { ...input('5'), refuse: true });
  await expect(payments.workflows.finished('pay:5')).rejects.toThrow('No.');
  expect(await payments.workflows.state('pay:5')).toEqual({ status: 'FAILED', error: 'No.' });
  expect(payments.ran.filter((line) => line === '5 note')).toHaveLength(1);
});

test('what was decided but not started when the process ended starts with the next one', async () => {
  const { database } = running;
  await running.close({ keepDatabase: true });
  const pg = await import('pg');
  const client = new pg.default.Client({ connectionString: database.url });
  await client.connect();
  await client.query(
    `insert into outbox (id, workflow, workflow_id, input) values ('x', 'test.pay', 'pay:6', '{"id":"6","outages":0,"refuse":false}')`,
  );
  await client.end();
  await boot(database);
  expect(await payments.workflows.finished('pay:6')).toBe('6 paid');
});

test('a workflow interrupted in a step goes on there after a restart and repeats nothing before it', async () => {
  payments.stuck = true;
  await payments.wait.start('wait:1', { id: '1' });
  while (!payments.ran.includes('1 second')) await new Promise((done) => setTimeout(done, 20));
  expect(await payments.workflows.state('wait:1')).toEqual({ status: 'RUNNING' });
  const { database } = running;
  await running.close({ keepDatabase: true });
  await boot(database);
  expect(await payments.workflows.finished('wait:1')).toBe('1 done');
  expect(payments.ran).toEqual(['1 second']);
});

test('fifty workflows started together do not queue up one poll each', async () => {
  const before = Date.now();
  await payments.database.transaction(async () => {
    for (let n = 100; n < 150; n++) await payments.pay.start(`pay:${n}`, input(String(n)));
  });
  await Promise.all(Array.from({ length: 50 }, (_, n) => payments.workflows.finished(`pay:${100 + n}`)));
  expect(Date.now() - before).toBeLessThan(30_000);
});
