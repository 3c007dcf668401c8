import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Audit } from '../../../backend/src/platform/audit/audit.service.js';
import { auditPending } from '../../../backend/src/platform/audit/audit.tables.js';
import { SYSTEM } from '../../../backend/src/platform/auth/actor.js';
import { Database } from '../../../backend/src/platform/database/database.js';
import { type RunningApp, startApp } from '../support/app.js';

let running: RunningApp;
let audit: Audit;
let database: Database;
beforeAll(async () => {
  running = await startApp();
  audit = running.app.get(Audit);
  database = running.app.get(Database);
});
afterAll(() => running.close());

const entry = (n: number) => ({
  actor: SYSTEM,
  action: 'test.done',
  subject: `test:${n}`,
  payload: { n, amount: 10n ** 30n, at: new Date(0) },
});

/** Changes a protected row the way somebody with the database's own powers would. */
async function tamper(statement: ReturnType<typeof sql>): Promise<void> {
  await database.transaction(async () => {
    await database.query.execute(sql`set local session_replication_role = replica`);
    await database.query.execute(statement);
  });
}

test('an entry commits with its cause and disappears with it', async () => {
  await database.transaction(() => audit.append(entry(1)));
  const doomed = database.transaction(async () => {
    await audit.append(entry(2));
    throw new Error('rolled back');
  });
  await expect(doomed).rejects.toThrow('rolled back');
  const { rows } = await database.query.execute<{ subject: string }>(sql`select subject from audit_events where action = 'test.done'`);
  expect(rows.map(({ subject }) => subject)).toEqual(['test:1']);
});

test('a refusal stays although its transaction rolls back', async () => {
  const refused = database.transaction(async () => {
    await audit.refused({ actor: SYSTEM, action: 'transfer.refused', subject: 'test:refused' });
    throw new Error('refused');
  });
  await expect(refused).rejects.toThrow('refused');
  const auditor = await running.api.signIn(running.staff.auditor);
  const { body } = await auditor.get('/v1/audit-events?subject=test:refused');
  expect(body.items).toMatchObject([{ action: 'transfer.refused', result: 'REFUSED', actor: { personId: 'system' } }]);
});

test('entries that come by the thousand are written and linked as single ones are, or not at all', async () => {
  const many = Array.from({ length: 2_500 }, (_, n) => ({ ...entry(n), action: 'test.many', subject: `many:${n}` }));
  const doomed = database.transaction(async () => {
    await audit.appendAll(many);
    throw new Error('rolled back');
  });
  await expect(doomed).rejects.toThrow('rolled back');
  const ids = await audit.appendAll(many);
  const waiting = async (): Promise<number> => database.query.$count(auditPending);
  while ((await waiting()) > 0) await audit.verify();
  expect(await audit.verify()).toMatchObject({ intact: true });
  const { rows } = await database.query.execute<{ id: string; subject: string }>(sql`
    select e.id, e.subject from audit_events e join audit_links l on l.event_id = e.id where e.action = 'test.many'`);
  expect(new Map(rows.map(({ id, subject }) => [id, subject]))).toEqual(new Map(many.map(({ subject }, n) => [ids[n], subject])));
});

test('entries written at the same time form one chain that verifies', async () => {
  await Promise.all(Array.from({ length: 200 }, (_, n) => database.transaction(() => audit.append(entry(100 + n)))));
  await Promise.all([audit.verify(), audit.verify()]);
  const auditor = await running.api.signIn(running.staff.auditor);
  expect((await auditor.get('/v1/audit-events/verification')).body).toMatchObject({ intact: true, firstBad: null });
  const { rows } = await database.query.execute(sql`
    select (select count(*) from audit_pending) as waiting, (select count(*) from audit_links l join audit_events e on e.id = l.event_id
      where e.subject like 'test:1__' or e.subject like 'test:2__') as linked`);
  expect(rows).toEqual([{ waiting: '0', linked: '200' }]);
});

test.each([
  ['update', sql`update audit_events set action = 'nothing'`],
  ['delete', sql`delete from audit_events`],
  ['truncate', sql`truncate audit_events cascade`],
  ['update of links', sql`update audit_links set hash = ''`],
  ['delete of links', sql`delete from audit_links`],
])('%s is refused by the database (A11)', async (_, statement) => {
  await expect(database.query.execute(statement)).rejects.toMatchObject({ cause: { message: expect.stringContaining('append-only') } });
});

test.each([
  [
    'a changed result',
    sql`update audit_events set result = 'REFUSED' where id = (select event_id from audit_links where sequence = 50)`,
    50,
    'it was changed',
  ],
  [
    'a changed payload',
    sql`update audit_events set payload = '{}' where id = (select event_id from audit_links where sequence = 40)`,
    40,
    'its payload was changed',
  ],
  ['a deleted entry', sql`delete from audit_links where sequence = 30`, 30, 'the entry is missing'],
])('%s behind our back is found and named (A11)', async (_, statement, sequence, reason) => {
  await tamper(statement);
  expect(await audit.verify()).toMatchObject({ intact: false, firstBad: { sequence, reason } });
});

test('only an auditor verifies, an investor reads nothing', async () => {
  const officer = await running.api.signIn(running.staff.officer);
  expect((await officer.get('/v1/audit-events/verification')).status).toBe(403);
  expect((await (await running.newInvestor()).get('/v1/audit-events')).status).toBe(403);
});
