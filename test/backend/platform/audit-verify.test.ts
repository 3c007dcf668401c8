import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AuditVerification } from '../../../backend/src/platform/audit/audit.schema.js';
import { Audit } from '../../../backend/src/platform/audit/audit.service.js';
import { auditAnchors, auditEvents, auditLinks, auditPending } from '../../../backend/src/platform/audit/audit.tables.js';
import { type ChainedEvent, chainHash, GENESIS } from '../../../backend/src/platform/audit/chain.js';
import { type AuditRange, verifyAudit } from '../../../backend/src/platform/audit/verify.js';
import { SYSTEM } from '../../../backend/src/platform/auth/actor.js';
import { Database } from '../../../backend/src/platform/database/database.js';
import { uuidv7 } from '../../../backend/src/platform/ids.js';
import { hashOf, type Json } from '../../../backend/src/platform/json.js';
import { type RunningApp, startApp } from '../support/app.js';

const ANCHORED = [20, 40];

let running: RunningApp;
let database: Database;
/** The log as it was written: entry n at n − 1. */
let log: { link: typeof auditLinks.$inferSelect; event: typeof auditEvents.$inferSelect }[];
let last: number;

beforeAll(async () => {
  running = await startApp();
  database = running.app.get(Database);
  const audit = running.app.get(Audit);
  for (let n = 0; n < 50; n++) {
    await audit.append({ actor: SYSTEM, action: 'test.done', subject: `test:${n}`, payload: { n, nested: { amount: 10n ** 30n } } });
  }
  // The sequencer of the application may be at it.
  while ((await database.query.select().from(auditPending)).length) await audit.verify();
  log = await database.query
    .select({ link: auditLinks, event: auditEvents })
    .from(auditLinks)
    .innerJoin(auditEvents, sql`${auditEvents.id} = ${auditLinks.eventId}`)
    .orderBy(auditLinks.sequence);
  last = log.length;
  await database.query
    .insert(auditAnchors)
    .values(ANCHORED.map((sequence) => ({ sequence, hash: at(sequence).link.hash, operationId: `operation ${sequence}` })));
});
afterAll(() => running.close());

const at = (n: number): (typeof log)[number] => {
  const row = log[n - 1];
  if (!row) throw new Error(`There is no entry ${n}.`);
  return row;
};

class RolledBack extends Error {}

type Tamper = () => Promise<unknown>;

/** What `verifyAudit` says after somebody with the database's own powers did something; then it is undone. */
async function verdict(tamper: Tamper, range: AuditRange = {}): Promise<AuditVerification> {
  let result: AuditVerification | undefined;
  const undone = database.transaction(async () => {
    await database.query.execute(sql`set local session_replication_role = replica`);
    await tamper();
    result = await verifyAudit(database.query, range);
    throw new RolledBack();
  });
  await undone.catch((error: unknown) => {
    if (!(error instanceof RolledBack)) throw error;
  });
  if (!result) throw new Error('Nothing was verified.');
  return result;
}

const run = (statement: ReturnType<typeof sql>) => database.query.execute(statement);
const editEvent = (n: number, assignment: string) =>
  run(sql`update audit_events set ${sql.raw(assignment)} where id = ${at(n).link.eventId}`);
const editLink = (n: number, assignment: string) => run(sql`update audit_links set ${sql.raw(assignment)} where sequence = ${n}`);

const chained = (event: typeof auditEvents.$inferSelect): ChainedEvent => ({ ...event, at: event.at.toISOString() });
const forged = (changes: Partial<typeof auditEvents.$inferSelect> = {}): typeof auditEvents.$inferSelect => {
  const payload: Json = { forged: true };
  return { ...at(1).event, id: uuidv7(), payload, payloadHash: hashOf(payload), ...changes };
};

/** Writes links n, n + 1, … anew over `events`, consistent with the link before. */
async function relink(n: number, events: (typeof auditEvents.$inferSelect)[]): Promise<void> {
  await run(sql`delete from audit_links where sequence >= ${n}`);
  let previousHash = n === 1 ? GENESIS : at(n - 1).link.hash;
  for (const [index, event] of events.entries()) {
    const hash = chainHash(previousHash, n + index, chained(event));
    await database.query.insert(auditLinks).values({ sequence: n + index, eventId: event.id, previousHash, hash });
    previousHash = hash;
  }
}

const EDITS = [
  "id = id || 'x'",
  "tenant_id = 'other'",
  "created_at = created_at + interval '1 microsecond'",
  "created_at = 'infinity'",
  `actor = actor || '{"name": "Somebody else"}'`,
  `actor = actor || '{"more": null}'`,
  "action = 'nothing.done'",
  "subject = subject || ' '",
  `payload = '{}'`,
  `payload = jsonb_set(payload, '{nested,amount}', '"1"')`,
  "payload_hash = repeat('0', 64)",
  "decision_id = 'an approval'",
  "result = 'REFUSED'",
];
const LINK_EDITS = [
  "previous_hash = repeat('1', 64)",
  "hash = repeat('1', 64)",
  "hash = ''",
  'sequence = sequence + 1000',
  'sequence = -sequence',
];

/** A way to tamper with entry `n` (and a later one, `m`), and where it has to be found: the entry, or the row that is in no place. */
const WAYS: Record<string, (n: number, m: number, pick: number) => { tamper: Tamper; bad: number | string }> = {
  'an event is edited': (n, _, pick) => ({ tamper: () => editEvent(n, EDITS[pick % EDITS.length] as string), bad: n }),
  'a link is edited': (n, _, pick) => {
    const edit = LINK_EDITS[pick % LINK_EDITS.length] as string;
    return { tamper: () => editLink(n, edit), bad: edit.startsWith('sequence = -') ? 1 : n };
  },
  'an event is deleted': (n) => ({ tamper: () => run(sql`delete from audit_events where id = ${at(n).event.id}`), bad: n }),
  'a link is deleted': (n) => ({
    tamper: () => run(sql`delete from audit_links where sequence = ${n}`),
    bad: n === last ? at(n).event.id : n,
  }),
  'an entry is deleted': (n) => ({
    tamper: async () => {
      await run(sql`delete from audit_links where sequence = ${n}`);
      await run(sql`delete from audit_events where id = ${at(n).event.id}`);
    },
    bad: n,
  }),
  'the tail is cut off below the last anchor': (n) => {
    const kept = n % (ANCHORED[1] as number);
    return {
      tamper: async () => {
        await run(sql`delete from audit_links where sequence > ${kept}`);
        await run(sql`delete from audit_events where id not in (select event_id from audit_links)`);
      },
      bad: kept + 1,
    };
  },
  'an event is inserted': () => {
    const event = forged();
    return { tamper: () => database.query.insert(auditEvents).values(event), bad: event.id };
  },
  'an entry is inserted with a hash of its own making, what follows is moved': (n) => ({
    tamper: async () => {
      const event = forged();
      await database.query.insert(auditEvents).values(event);
      await run(sql`update audit_links set sequence = -sequence - 1 where sequence > ${n}`);
      await run(sql`update audit_links set sequence = -sequence where sequence < 0`);
      const previousHash = at(n).link.hash;
      const hash = chainHash(previousHash, n + 1, chained(event));
      await database.query.insert(auditLinks).values({ sequence: n + 1, eventId: event.id, previousHash, hash });
    },
    // The forged one follows rightly; the one after it no longer does. In an anchored place, the anchor says so of all since the one before.
    bad: n + 1 === ANCHORED[0] ? 1 : n + 1 === ANCHORED[1] ? (ANCHORED[0] as number) + 1 : n + 2,
  }),
  'two entries change places': (n, m) => ({
    tamper: async () => {
      await run(sql`update audit_links set sequence = -1000 where sequence = ${n}`);
      await run(sql`update audit_links set sequence = ${n} where sequence = ${m}`);
      await run(sql`update audit_links set sequence = ${m} where sequence = -1000`);
    },
    bad: n,
  }),
  'two events change places': (n, m) => ({
    tamper: async () => {
      await run(sql`update audit_links set event_id = 'aside' where sequence = ${n}`);
      await run(sql`update audit_links set event_id = ${at(n).event.id} where sequence = ${m}`);
      await run(sql`update audit_links set event_id = ${at(m).event.id} where sequence = ${n}`);
    },
    bad: n,
  }),
  'everything from an entry on is written anew, consistently': (n) => {
    const changed = (n % (ANCHORED[1] as number)) + 1;
    return {
      tamper: async () => {
        await editEvent(changed, "result = 'REFUSED'");
        const events = log.slice(changed - 1).map(({ event }) => event);
        await relink(changed, [{ ...(events[0] as (typeof events)[0]), result: 'REFUSED' }, ...events.slice(1)]);
      },
      bad: changed <= (ANCHORED[0] as number) ? 1 : (ANCHORED[0] as number) + 1,
    };
  },
  'what waits for its place is deleted': () => {
    const event = forged();
    return { tamper: () => database.query.insert(auditPending).values({ eventId: event.id }), bad: event.id };
  },
};

test('an untouched log is intact', async () => {
  expect(await verdict(async () => {})).toEqual({ entries: last, head: at(last).link.hash, intact: true, firstBad: null });
});

test.each(Object.entries(WAYS))('%s: it is found, and the first bad row is named (A11)', async (_, way) => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 48 }), fc.integer({ min: 1, max: 50 }), fc.nat(1_000), async (n, distance, pick) => {
      const { tamper, bad } = way(n, Math.min(n + distance, last), pick);
      const { intact, firstBad } = await verdict(tamper);
      expect(intact).toBe(false);
      expect(typeof bad === 'number' ? firstBad?.sequence : firstBad?.eventId).toBe(bad);
    }),
    { numRuns: 15 },
  );
});

test.each(EDITS)('any entry with %s is found', async (assignment) => {
  expect((await verdict(() => editEvent(33, assignment))).firstBad?.sequence).toBe(33);
});

test.each(LINK_EDITS)('any link with %s is found', async (assignment) => {
  expect((await verdict(() => editLink(33, assignment))).intact).toBe(false);
});

test('a part is verified by itself, and does not see what is outside', async () => {
  const edit: Tamper = () => editEvent(10, "result = 'REFUSED'");
  expect(await verdict(edit, { from: 11, to: 30 })).toMatchObject({ intact: true, entries: 30, head: at(30).link.hash });
  expect(await verdict(edit, { from: 5, to: 30 })).toMatchObject({ intact: false, firstBad: { sequence: 10 } });
  expect(await verdict(edit, { to: 9 })).toMatchObject({ intact: true, entries: 9 });
  expect(await verdict(edit, { from: 9_000 })).toMatchObject({ intact: false, firstBad: { sequence: 8_999 } });
});

test('the last entry is missed when it is anchored, and only then', async () => {
  const cut: Tamper = async () => {
    await run(sql`delete from audit_links where sequence = ${last}`);
    await run(sql`delete from audit_events where id = ${at(last).event.id}`);
  };
  expect((await verdict(cut)).intact).toBe(true);
  const anchored = await verdict(async () => {
    await database.query.insert(auditAnchors).values({ sequence: last, hash: at(last).link.hash, operationId: 'the last' });
    await cut();
  });
  expect(anchored.firstBad).toMatchObject({ sequence: last, reason: `the entry is missing: ${last} entries were anchored` });
});

test.each([
  ['update', sql`update audit_anchors set hash = ''`],
  ['delete', sql`delete from audit_anchors`],
  ['truncate', sql`truncate audit_anchors`],
])('%s of anchors is refused by the database', async (_, statement) => {
  await expect(run(statement)).rejects.toMatchObject({ cause: { message: expect.stringContaining('append-only') } });
});
