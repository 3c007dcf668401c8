import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { desc, sql } from 'drizzle-orm';
import type { Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AnchorCheck, checkAnchors } from '../../../backend/src/chain/anchor-check.js';
import { AuditAnchors, anchorData, anchorOf } from '../../../backend/src/chain/audit-anchors.js';
import { localSender } from '../../../backend/src/local/accounts.js';
import { Audit } from '../../../backend/src/platform/audit/audit.service.js';
import { auditAnchors, auditEvents, auditPending } from '../../../backend/src/platform/audit/audit.tables.js';
import { SYSTEM } from '../../../backend/src/platform/auth/actor.js';
import { uuidv7 } from '../../../backend/src/platform/ids.js';
import { hashOf } from '../../../backend/src/platform/json.js';
import { projectRoot } from '../../../backend/src/platform/project.js';
import type { Anvil } from '../support/anvil.js';
import { ECHO, startChain, startWorld, type TestClient, until, type World } from './world.js';

const ACCOUNT = localSender('snapshotter');

let chain: Anvil & { client: TestClient };
let world: World;
let anchors: AuditAnchors;
beforeAll(async () => {
  chain = await startChain();
  world = await startWorld(chain.url);
  anchors = world.app.get(AuditAnchors);
});
afterAll(async () => {
  await world?.close();
  await chain?.stop();
});

const recorded = () => world.sql.query.select().from(auditAnchors).orderBy(desc(auditAnchors.sequence));

/** An entry that is so many minutes old, linked. */
async function entry(minutes = 10): Promise<void> {
  const [id, payload] = [uuidv7(), {}];
  const at = new Date(Date.now() - minutes * 60_000);
  await world.sql.transaction(async () => {
    const { roles, personId, name, sessionId } = SYSTEM;
    const actor = { roles, personId, name, sessionId };
    const event = {
      id,
      tenantId: 'main',
      at,
      actor,
      action: 'test.done',
      subject: 'test:1',
      payload,
      payloadHash: hashOf(payload),
      result: 'DONE',
    };
    await world.sql.query.insert(auditEvents).values(event);
    await world.sql.query.insert(auditPending).values({ eventId: id });
  });
  await world.app.get(Audit).verify();
}

/** Writes an entry and anchors it. */
async function anchored(): Promise<typeof auditAnchors.$inferSelect> {
  await entry();
  // The loop of the application may be the one that does it.
  let [row] = await recorded();
  const before = row?.sequence;
  await until(async () => {
    await anchors.anchor();
    [row] = await recorded();
    return row?.sequence !== before || (await world.operations.get(row?.operationId ?? '')).state !== 'CONFIRMED';
  });
  if (!row) throw new Error('Nothing was anchored.');
  await world.operations.confirmed(row.operationId);
  return row;
}

describe('the audit log', () => {
  it('is anchored by a transaction that carries its head', async () => {
    const row = await anchored();
    const { head } = await world.app.get(Audit).verify();
    expect(row).toMatchObject({ hash: head });
    const { transactionHash } = await world.operations.get(row.operationId);
    const transaction = await chain.client.getTransaction({ hash: transactionHash as Hex });
    expect(transaction).toMatchObject({ from: ACCOUNT.toLowerCase(), to: ACCOUNT.toLowerCase(), value: 0n });
    expect(anchorOf(transaction.input)).toEqual({ sequence: row.sequence, hash: row.hash });

    const auditor = await world.api.signIn(world.staff.auditor);
    expect((await auditor.get('/v1/audit-anchors?limit=1')).body.items).toMatchObject([
      { sequence: row.sequence, hash: row.hash, operationId: row.operationId, state: 'CONFIRMED', transactionHash },
    ]);
    expect((await (await world.newInvestor()).get('/v1/audit-anchors')).status).toBe(403);
  });

  it('is anchored once, whoever is at it', async () => {
    await anchored();
    await entry();
    const before = (await recorded()).length;
    await Promise.all(Array.from({ length: 8 }, () => anchors.anchor()));
    await until(async () => (await recorded()).length > before);
    await world.operations.confirmed((await recorded())[0]?.operationId ?? '');
    await anchors.anchor();
    expect((await recorded()).length).toBe(before + 1);
  });

  it('waits with the next anchor for the one on its way, and for something new after one that was given up', async () => {
    await anchored();
    await chain.client.setAutomine(false);
    try {
      await entry();
      await until(async () => {
        await anchors.anchor();
        return (await world.operations.get((await recorded())[0]?.operationId ?? '')).state !== 'CONFIRMED';
      });
      const [open] = await recorded();
      const id = open?.operationId ?? '';
      await entry();
      await anchors.anchor();
      expect((await recorded())[0]).toEqual(open);
      const attempts = async (kind: string) =>
        (await world.sql.query.execute(sql`select 1 from tx_attempt where intent_id = ${id} and kind = ${kind}`)).rowCount;
      await until(async () => (await attempts('CALL')) === 1);
      await world.transactions.abandon(id);
      await until(async () => (await attempts('NOOP')) === 1 && (await world.operations.get(id)).state === 'SUBMITTED');
      await until(async () => Number((await chain.client.getTxpoolStatus()).pending) === 1);
      await new Promise((done) => setTimeout(done, 300));
      await chain.client.mine({ blocks: 1 });
      expect(await world.operations.wait(id)).toMatchObject({ state: 'REPLACED' });
    } finally {
      await chain.client.setAutomine(true);
    }
    await anchored();
    expect(await checkAnchors(world.sql.query, chain.client)).toMatchObject({ account: ACCOUNT, firstBad: null });
  });

  it('is not anchored before its oldest new entry is ten minutes old', async () => {
    await anchored();
    const before = await recorded();
    await entry(9.9);
    await anchors.anchor();
    expect(await recorded()).toEqual(before);
  });

  it('knows its anchors among other data', () => {
    const anchor = { sequence: 2 ** 40, hash: 'ab'.repeat(32) };
    expect(anchorOf(anchorData(anchor))).toEqual(anchor);
    for (const other of ['0x', `0x${'00'.repeat(56)}`, `${anchorData(anchor)}00`] as Hex[]) expect(anchorOf(other)).toBeUndefined();
  });
});

class RolledBack extends Error {}

/** What the comparison says after somebody with the database's own powers did something; then it is undone. */
async function afterwards(statements: ReturnType<typeof sql>[], account?: Hex): Promise<AnchorCheck> {
  let result: AnchorCheck | undefined;
  const undone = world.sql.transaction(async () => {
    await world.sql.query.execute(sql`set local session_replication_role = replica`);
    for (const statement of statements) await world.sql.query.execute(statement);
    result = await checkAnchors(world.sql.query, chain.client, account);
    throw new RolledBack();
  });
  await undone.catch((error: unknown) => {
    if (!(error instanceof RolledBack)) throw error;
  });
  if (!result) throw new Error('Nothing was compared.');
  return result;
}

describe('the comparison with the chain', () => {
  const ofLast = sql`(select operation_id from audit_anchors order by sequence desc limit 1)`;
  const last = sql`(select max(sequence) from audit_anchors)`;
  let first: number;
  let latest: typeof auditAnchors.$inferSelect;
  beforeAll(async () => {
    await anchored();
    latest = await anchored();
    first = (await recorded()).at(-1)?.sequence ?? 0;
  });

  it('agrees with what nobody touched', async () => {
    const check = await afterwards([]);
    expect(check).toMatchObject({ account: ACCOUNT, firstBad: null });
    expect(check.agreed).toBeGreaterThan(2);
  });

  it('finds an anchor that was edited', async () => {
    const { firstBad } = await afterwards([sql`update audit_anchors set hash = repeat('0', 64) where sequence = ${first}`]);
    expect(firstBad).toMatchObject({ sequence: first, reason: expect.stringContaining('says something else') });
  });

  it('finds an anchor whose row was deleted, through the nonces of the account', async () => {
    const { firstBad } = await afterwards([sql`delete from audit_anchors where sequence = ${last}`]);
    expect(firstBad).toEqual({ sequence: latest.sequence, reason: `it was anchored as ${latest.hash}, and that is no longer recorded` });
  });

  it('finds that the row and its transaction were deleted', async () => {
    const { firstBad } = await afterwards([
      sql`delete from tx_attempt where intent_id = ${ofLast}`,
      sql`delete from tx_intent where id = ${ofLast}`,
      sql`delete from audit_anchors where sequence = ${last}`,
    ]);
    expect(firstBad).toMatchObject({ sequence: null, reason: expect.stringMatching(/is on chain and not in the database/) });
  });

  it('finds that only its operation was deleted', async () => {
    const { firstBad } = await afterwards([sql`delete from tx_intent where id = ${ofLast}`]);
    expect(firstBad).toMatchObject({ sequence: latest.sequence, reason: 'the operation that anchored it was deleted' });
  });

  it('finds a transaction that is not on chain, and one of another account', async () => {
    const nowhere = await afterwards([sql`update tx_intent set mined_hash = ${`0x${'12'.repeat(32)}`} where id = ${ofLast}`]);
    expect(nowhere.firstBad).toMatchObject({ sequence: latest.sequence, reason: expect.stringContaining('is not on chain') });
    const foreign = await afterwards([], localSender('admin'));
    expect(foreign.firstBad).toMatchObject({ sequence: first, reason: expect.stringContaining(`is of ${ACCOUNT.toLowerCase()}, not of`) });
  });

  it('finds that all anchors and transactions were deleted, for who knows the account', async () => {
    const wipe = [sql`delete from audit_anchors`, sql`delete from tx_attempt`, sql`delete from tx_intent`];
    expect(await afterwards(wipe)).toEqual({ account: null, agreed: 0, firstBad: null });
    expect((await afterwards(wipe, ACCOUNT)).firstBad).toMatchObject({ reason: expect.stringMatching(/^transaction 0 of/) });
  });

  it('looks through transactions that are no anchors', async () => {
    const { id } = await world.transactions.enqueue({ businessKey: 'other', sender: 'snapshotter', to: ECHO, data: '0x01' });
    await world.operations.confirmed(id);
    expect((await afterwards([])).firstBad).toBeNull();
  });

  it('refuses a chain that the database does not belong to', async () => {
    await expect(afterwards([sql`update chain_pin set genesis_hash = '0x00'`])).rejects.toThrow(/is not the one this database belongs to/);
  });
});

describe('npm run audit:verify', () => {
  beforeAll(() => {
    const tsc = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], { cwd: projectRoot });
    expect(String(tsc.stdout) + String(tsc.stderr)).toBe('');
  });

  async function verify(args: string[] = [], environment: Record<string, string> = {}): Promise<{ code: number; output: string }> {
    const child = spawn(process.execPath, [join(projectRoot, 'dist/backend/src/audit-verify.js'), ...args], {
      env: { PATH: process.env.PATH, DATABASE_URL: world.database.url, RPC_URL: chain.url, ...environment },
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    const [code] = (await once(child, 'close')) as [number];
    return { code, output };
  }

  it('says that all is well', async () => {
    const { code, output } = await verify();
    expect(output).toMatch(/^✓ The log is intact up to entry \d+, hash [0-9a-f]{64}\.\n✓ \d+ anchors agree with the chain; .*0x/);
    expect(code).toBe(0);
    expect(await verify(['--from', '2', '--to', '3'], { RPC_URL: '' })).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^✓ The log is intact up to entry 3, hash [0-9a-f]{64}\.\n$/),
    });
  });

  it.each([
    [['--from', '0'], {}, /takes --from n and --to n/],
    [['--from', '3', '--to', '2'], {}, /takes --from n and --to n/],
    [['--all'], {}, /takes --from n and --to n/],
    [[], { DATABASE_URL: '', MUNIMENT_HOME: '/nowhere/muniment' }, /^DATABASE_URL is not set, and \/nowhere\/muniment/],
    [[], { DATABASE_URL: 'postgres://u:p@127.0.0.1:1/x' }, /ECONNREFUSED/],
  ])('%o with %o ends with 2', async (args, environment, sentence) => {
    const { code, output } = await verify(args, environment);
    expect(output).toMatch(sentence);
    expect(code).toBe(2);
  });

  it('names the first bad row, and then the anchor that says so', async () => {
    // Its loop would anchor anew what is deleted here.
    await anchors.beforeApplicationShutdown();
    await world.sql.transaction(async () => {
      await world.sql.query.execute(sql`set local session_replication_role = replica`);
      await world.sql.query.execute(
        sql`update audit_events set result = 'REFUSED' where id = (select event_id from audit_links where sequence = 3)`,
      );
      await world.sql.query.execute(sql`delete from audit_anchors where sequence = ${latestAnchor()}`);
    });
    const { code, output } = await verify();
    expect(output).toMatch(
      /^✗ First bad row: entry 3, event [0-9a-f-]{36}: it was changed\.\n✗ First bad anchor of entry \d+: it was anchored as /,
    );
    expect(code).toBe(1);
    expect(await verify(['--from', '4'], { RPC_URL: '' })).toMatchObject({ code: 0 });
  });
});

const latestAnchor = () => sql`(select max(sequence) from audit_anchors)`;
