import { Body, Controller, Injectable, Module, Param, Post } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ApprovalView } from '../../../backend/src/platform/approvals/approvals.schema.js';
import { type Approval, Approvals } from '../../../backend/src/platform/approvals/approvals.service.js';
import { Actor } from '../../../backend/src/platform/auth/actor.js';
import { Requires } from '../../../backend/src/platform/auth/auth.guard.js';
import { Database } from '../../../backend/src/platform/database/database.js';
import { Returns } from '../../../backend/src/platform/http/returns.js';
import { Conflict } from '../../../backend/src/platform/problem.js';
import type { Api } from '../support/api.js';
import { type RunningApp, startApp } from '../support/app.js';

const Change = z.strictObject({ wallet: z.string(), units: z.string(), fail: z.boolean().default(false) });
type Change = z.infer<typeof Change>;

@Injectable()
class Changes {
  private readonly one: Approval<Change>;
  private readonly two: Approval<Change>;
  private readonly many: Approval<Change>;

  constructor(
    private readonly database: Database,
    approvals: Approvals,
  ) {
    const payload = z.strictObject({ wallet: z.string(), units: z.string(), fail: z.boolean() });
    const define = (action: string, required: number) =>
      approvals.define({ action, permission: 'rule:approve', required, payload, execute: (change, { id }) => this.execute(change, id) });
    this.one = define('test.one', 1);
    this.two = define('test.two', 2);
    this.many = define('test.many', 9);
  }

  request(kind: string, payload: Change, actor: Actor): Promise<ApprovalView> {
    const approval = kind === 'two' ? this.two : kind === 'many' ? this.many : this.one;
    return approval.request({ payload, subject: `wallet:${payload.wallet}`, actor });
  }

  amend(id: string, payload: Change, actor: Actor): Promise<ApprovalView> {
    return this.two.amend(id, payload, actor);
  }

  private async execute(change: Change, id: string): Promise<{ executed: string }> {
    await this.database.query.execute(sql`insert into test_executions (approval, units) values (${id}, ${change.units})`);
    if (change.fail) throw new Conflict('TEST_FAILED', 'The effect is refused.');
    return { executed: change.units };
  }
}

@Controller('v1/test-changes')
class ChangesController {
  constructor(private readonly changes: Changes) {}

  @Post(':kind')
  @Requires('rule:request')
  @Returns(ApprovalView, 201)
  request(@Param('kind') kind: string, @Body({ schema: Change }) body: Change, @Actor() actor: Actor): Promise<ApprovalView> {
    return this.changes.request(kind, body, actor);
  }

  @Post(':id/amend')
  @Requires('rule:request')
  @Returns(ApprovalView)
  amend(@Param('id') id: string, @Body({ schema: Change }) body: Change, @Actor() actor: Actor): Promise<ApprovalView> {
    return this.changes.amend(id, body, actor);
  }
}

@Module({ controllers: [ChangesController], providers: [Changes] })
class ChangesModule {}

let running: RunningApp;
let [officer, officer2, officer3, issuer, auditor, investor]: Api[] = [];
beforeAll(async () => {
  running = await startApp({ modules: [ChangesModule], environment: { DATABASE_POOL: '20' } });
  await database().query.execute(sql`create table test_executions (approval text, units text)`);
  const { staff, api } = running;
  officer = await api.signIn(staff.officer);
  officer2 = await api.signIn(staff.officer2);
  officer3 = await api.signIn(staff.officer3);
  issuer = await api.signIn(staff.issuer);
  auditor = await api.signIn(staff.auditor);
  investor = await running.newInvestor();
});
afterAll(() => running.close());

const database = () => running.app.get(Database);
const executions = async (id: string): Promise<string[]> =>
  (await database().query.execute<{ units: string }>(sql`select units from test_executions where approval = ${id}`)).rows.map(
    ({ units }) => units,
  );
const ask = async (kind = 'one', change: Partial<Change> = {}, by: Api = officer as Api) =>
  (await by.post(`/v1/test-changes/${kind}`, { wallet: '0x1', units: '5', ...change })).body;
const approve = (by: Api | undefined, request: { id: string; payloadHash: string }, key?: string) =>
  (by as Api).post(`/v1/approvals/${request.id}/approve`, { payloadHash: request.payloadHash }, key ? { key } : {});

describe('four eyes', () => {
  test('what another person approves is carried out once and recorded', async () => {
    const request = await ask();
    expect(request).toMatchObject({ status: 'PENDING', required: 1, version: 1, decisions: [] });
    const answer = await approve(officer2, request);
    expect(answer).toMatchObject({ status: 200, body: { status: 'EXECUTED', result: { executed: '5' } } });
    expect(await executions(request.id)).toEqual(['5']);
    expect(await approve(officer3, request)).toMatchObject({ status: 409, body: { code: 'APPROVAL_CLOSED' } });
    const { body } = await (auditor as Api).get(`/v1/audit-events?subject=approval:${request.id}`);
    expect(body.items.map((item: { action: string }) => item.action)).toEqual([
      'approval.executed',
      'approval.approved',
      'approval.requested',
    ]);
  });

  test('nobody approves or rejects their own request (A1)', async () => {
    const request = await ask();
    expect(await approve(officer, request)).toMatchObject({ status: 403, body: { code: 'APPROVAL_OWN_REQUEST' } });
    const second = await running.api.signIn(running.staff.officer);
    expect(await approve(second, request)).toMatchObject({ status: 403, body: { code: 'APPROVAL_OWN_REQUEST' } });
    expect(await executions(request.id)).toEqual([]);
  });

  test('the database itself refuses a maker as approver (A1)', async () => {
    const request = await ask();
    const insert = sql`insert into approval_decisions (approval_id, maker_id, version, approver_id, payload_hash, decision)
      values (${request.id}, ${request.makerId}, 1, ${request.makerId}, 'x', 'APPROVED')`;
    await expect(database().query.execute(insert)).rejects.toMatchObject({ cause: { constraint: 'approval_decisions_four_eyes' } });
  });

  test('two approvals are two persons', async () => {
    const request = await ask('two');
    expect((await approve(officer2, request)).body.status).toBe('PENDING');
    expect(await approve(officer2, request)).toMatchObject({ status: 409, body: { code: 'APPROVAL_ALREADY_GIVEN' } });
    expect(await executions(request.id)).toEqual([]);
    expect((await approve(officer3, request)).body.status).toBe('EXECUTED');
    expect(await executions(request.id)).toEqual(['5']);
  });

  test('an edit between approvals voids them; the old payload cannot be approved any more (A2)', async () => {
    const request = await ask('two');
    await approve(officer2, request);
    const amended = (await (officer as Api).post(`/v1/test-changes/${request.id}/amend`, { wallet: '0x1', units: '500' })).body;
    expect(amended).toMatchObject({ version: 2, status: 'PENDING' });
    expect(await approve(officer3, request)).toMatchObject({ status: 409, body: { code: 'APPROVAL_CHANGED' } });
    expect((await approve(officer3, amended)).body.status).toBe('PENDING');
    expect(await executions(request.id)).toEqual([]);
    expect((await approve(officer2, amended)).body.status).toBe('EXECUTED');
    expect(await executions(request.id)).toEqual(['500']);
  });

  test('only the maker amends', async () => {
    const request = await ask('two');
    const answer = await (officer2 as Api).post(`/v1/test-changes/${request.id}/amend`, { wallet: '0x1', units: '9' });
    expect(answer).toMatchObject({ status: 403, body: { code: 'APPROVAL_NOT_YOURS' } });
  });

  test('a payload swapped in the database is not carried out (A2)', async () => {
    const request = await ask();
    await database().query.execute(sql`update approvals set payload = jsonb_set(payload, '{units}', '"999"') where id = ${request.id}`);
    expect(await approve(officer2, request)).toMatchObject({ status: 409, body: { code: 'APPROVAL_TAMPERED' } });
    expect(await executions(request.id)).toEqual([]);
  });

  test('an effect that fails undoes the approval that triggered it', async () => {
    const request = await ask('one', { fail: true });
    expect(await approve(officer2, request)).toMatchObject({ status: 409, body: { code: 'TEST_FAILED' } });
    expect(await executions(request.id)).toEqual([]);
    expect((await (officer as Api).get(`/v1/approvals/${request.id}`)).body).toMatchObject({ status: 'PENDING', decisions: [] });
  });

  test('a rejection ends the request, and the maker may withdraw', async () => {
    const rejected = await ask('two');
    expect((await (officer2 as Api).post(`/v1/approvals/${rejected.id}/reject`, { reason: 'wrong wallet' })).body.status).toBe('REJECTED');
    expect((await approve(officer3, rejected)).body.code).toBe('APPROVAL_CLOSED');
    const cancelled = await ask();
    expect((await (officer2 as Api).post(`/v1/approvals/${cancelled.id}/cancel`)).body.code).toBe('APPROVAL_NOT_YOURS');
    expect((await (officer as Api).post(`/v1/approvals/${cancelled.id}/cancel`)).body.status).toBe('CANCELLED');
  });

  test('a lapsed request is not approved', async () => {
    const request = await ask();
    await database().query.execute(sql`update approvals set expires_at = now() - interval '1 second' where id = ${request.id}`);
    expect((await approve(officer2, request)).body.code).toBe('APPROVAL_EXPIRED');
  });

  test('a request that too few persons could approve is refused', async () => {
    expect(await (officer as Api).post('/v1/test-changes/many', { wallet: '0x1', units: '1' })).toMatchObject({
      status: 409,
      body: { code: 'APPROVAL_UNDERSTAFFED' },
    });
  });

  test('who may neither make nor decide does not see it', async () => {
    const request = await ask();
    expect((await (auditor as Api).get(`/v1/approvals/${request.id}`)).status).toBe(200);
    expect(await approve(auditor, request)).toMatchObject({ status: 403, body: { code: 'PERMISSION_DENIED' } });
    expect((await (issuer as Api).get(`/v1/approvals/${request.id}`)).body.code).toBe('APPROVAL_NOT_FOUND');
    expect((await (investor as Api).get(`/v1/approvals/${request.id}`)).status).toBe(403);
    const list = await (officer2 as Api).get('/v1/approvals?status=PENDING&limit=2');
    expect(list.body.items).toHaveLength(2);
    expect(list.body.next).not.toBeNull();
  });

  test('a role taken away counts at once (A13)', async () => {
    const request = await ask('two');
    await approve(officer2, request);
    await database().query.execute(sql`update people set roles = '{INVESTOR}' where name = 'officer2'`);
    expect((await approve(officer2, request)).status).toBe(403);
    expect((await approve(officer3, request)).body.status).toBe('PENDING');
    expect(await executions(request.id)).toEqual([]);
    await database().query.execute(sql`update people set roles = '{OFFICER}' where name = 'officer2'`);
  });

  test('100 requests with three approvers each at the same moment are carried out exactly once each (F31)', async () => {
    const requests = await Promise.all(
      Array.from({ length: 100 }, (_, index) => ask(index % 2 ? 'two' : 'one', { units: String(index) }, issuer)),
    );
    const answers = await Promise.all(
      requests.flatMap((request) => [officer, officer2, officer3].map((person) => approve(person, request, `race ${request.id}`))),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]));
    const { rows } = await database().query.execute<{ n: string; distinct: string }>(
      sql`select count(*) as n, count(distinct approval) as "distinct" from test_executions where approval = any(${sql.param(requests.map(({ id }) => id))}::text[])`,
    );
    expect(rows).toEqual([{ n: '100', distinct: '100' }]);
  });
});
