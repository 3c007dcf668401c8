import { createHash } from 'node:crypto';
import { Body, Controller, Get, Injectable, Module, Param, Post, Query } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Actor } from '../../../backend/src/platform/auth/actor.js';
import { Public, Requires } from '../../../backend/src/platform/auth/auth.guard.js';
import { Database } from '../../../backend/src/platform/database/database.js';
import { HealthChecks } from '../../../backend/src/platform/health/health.controller.js';
import { Returns } from '../../../backend/src/platform/http/returns.js';
import { canonical } from '../../../backend/src/platform/json.js';
import { Conflict } from '../../../backend/src/platform/problem.js';
import { amount, amountOut } from '../../../backend/src/platform/schema/amount.js';
import { Bytes32, Id, Instant, WalletAddress } from '../../../backend/src/platform/schema/fields.js';
import { fromCursor, PageQuery, page, toPage } from '../../../backend/src/platform/schema/page.js';
import { Vault } from '../../../backend/src/platform/vault/vault.js';
import { type RunningApp, startApp } from '../support/app.js';

const Order = z.strictObject({
  label: z.string().min(1),
  amount: amount(6),
  delayMs: z.number().int().default(0),
  fail: z.boolean().default(false),
});
type Order = z.infer<typeof Order>;
const OrderView = z.object({ id: z.string(), label: z.string(), amount: amountOut(6), at: Instant });
type OrderView = z.input<typeof OrderView>;
const Fields = z.strictObject({ wallet: WalletAddress, digest: Bytes32 });

@Injectable()
class Orders {
  constructor(private readonly database: Database) {}

  async create(order: Order, actor: Actor): Promise<OrderView> {
    const { rows } = await this.database.query.execute<{ id: string }>(
      sql`insert into test_orders (label, person) values (${order.label}, ${actor.personId}) returning id::text`,
    );
    if (order.delayMs) await new Promise((done) => setTimeout(done, order.delayMs));
    if (order.fail) throw new Conflict('TEST_FAILED', { detail: 'It fails after the insert.', remedy: 'Do not fail.' });
    return { id: rows[0]?.id ?? '', label: order.label, amount: order.amount, at: new Date() };
  }

  async count(): Promise<number> {
    const { rows } = await this.database.query.execute<{ n: string }>(sql`select count(*) as n from test_orders`);
    return Number(rows[0]?.n);
  }
}

@Controller('v1/test-orders')
class OrdersController {
  constructor(private readonly orders: Orders) {}

  @Post()
  @Requires('session:own')
  @Returns(OrderView, 202)
  create(@Body({ schema: Order }) order: Order, @Actor() actor: Actor): Promise<OrderView> {
    return this.orders.create(order, actor);
  }

  @Get()
  @Public()
  @Returns(page(z.object({ n: z.number() })))
  list(@Query({ schema: PageQuery }) query: PageQuery): { items: { n: number }[]; next: string | null } {
    const start = Number(fromCursor(query.cursor) ?? 0);
    const rows = Array.from({ length: Math.min(query.limit + 1, 5 - start) }, (_, index) => ({ n: start + index + 1 }));
    return toPage(rows, query.limit, (row) => String(row.n));
  }

  @Post('fields')
  @Requires('session:own')
  @Returns(z.object({ wallet: z.string(), digest: z.string() }))
  fields(@Body({ schema: Fields }) fields: z.infer<typeof Fields>): z.infer<typeof Fields> {
    return fields;
  }

  @Get('undeclared')
  undeclared(): string {
    return 'nobody should read this';
  }

  @Get('broken')
  @Public()
  broken(): never {
    throw new Error('secret text with SQL: select password from users');
  }

  @Get('by-id/:id')
  @Public()
  byId(@Param('id', { schema: Id }) id: string): string {
    return id;
  }
}

@Module({ controllers: [OrdersController], providers: [Orders] })
class OrdersModule {}

let running: RunningApp;
let investor: Awaited<ReturnType<RunningApp['newInvestor']>>;
beforeAll(async () => {
  running = await startApp({ modules: [OrdersModule] });
  await running.app.get(Database).query.execute(sql`create table test_orders (id serial, label text, person text)`);
  investor = await running.newInvestor();
});
afterAll(() => running.close());

const count = () => running.app.get(Orders).count();

describe('Idempotency-Key', () => {
  test('a POST without one is refused', async () => {
    expect(await investor.post('/v1/test-orders', { label: 'a', amount: '1' }, { key: null })).toMatchObject({
      status: 400,
      body: { code: 'IDEMPOTENCY_KEY_REQUIRED' },
    });
    expect(await investor.post('/v1/test-orders', { label: 'a', amount: '1' }, { key: 'k'.repeat(256) })).toMatchObject({
      status: 400,
      body: { code: 'IDEMPOTENCY_KEY_INVALID' },
    });
  });

  test('the same key and body give the stored answer and act once, whatever the order of members', async () => {
    const before = await count();
    const first = await investor.post('/v1/test-orders', { label: 'once', amount: '1.5' }, { key: 'once' });
    const second = await investor.post('/v1/test-orders', { amount: '1.5', label: 'once' }, { key: 'once' });
    expect(first.status).toBe(202);
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect(second).toMatchObject({ status: 202, body: first.body });
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(first.body).toEqual({ id: expect.any(String), label: 'once', amount: '1.5', at: expect.stringMatching(/Z$/) });
    expect(await count()).toBe(before + 1);
  });

  test('what was sent cannot be guessed from what is stored of it', async () => {
    const body = { label: 'guess', amount: '1' };
    await investor.post('/v1/test-orders', body, { key: 'guess me' });
    const { rows } = await running.app
      .get(Database)
      .query.execute<{ hash: string }>(sql`select request_hash as hash from idempotency_keys where key = 'guess me'`);
    const guess = `POST /v1/test-orders\n${canonical({ amount: '1', label: 'guess' })}`;
    expect(rows[0]?.hash).toBe(running.app.get(Vault).blindIndex('idempotency', guess));
    expect(rows[0]?.hash).not.toBe(createHash('sha256').update(guess).digest('hex'));
  });

  test('the same key with another body or another route is refused (A10)', async () => {
    await investor.post('/v1/test-orders', { label: 'x', amount: '1' }, { key: 'reused' });
    expect(await investor.post('/v1/test-orders', { label: 'x', amount: '2' }, { key: 'reused' })).toMatchObject({
      status: 422,
      body: { code: 'IDEMPOTENCY_KEY_REUSED' },
    });
    const fields = { wallet: investor.account.address, digest: `0x${'00'.repeat(32)}` };
    expect((await investor.post('/v1/test-orders/fields', fields, { key: 'reused' })).status).toBe(422);
  });

  test('a second request while the first is in flight answers 409 with Retry-After, and acts once (A10)', async () => {
    const before = await count();
    const slow = { label: 'slow', amount: '1', delayMs: 400 };
    const answers = await Promise.all(Array.from({ length: 5 }, () => investor.post('/v1/test-orders', slow, { key: 'slow' })));
    expect(answers.map((answer) => answer.status).sort()).toEqual([202, 409, 409, 409, 409]);
    const refused = answers.find((answer) => answer.status === 409);
    expect(refused?.body.code).toBe('IDEMPOTENCY_KEY_IN_FLIGHT');
    expect(refused?.headers.get('retry-after')).toBe('1');
    expect(await count()).toBe(before + 1);
    expect((await investor.post('/v1/test-orders', slow, { key: 'slow' })).headers.get('idempotent-replayed')).toBe('true');
  });

  test('another person may use the same key (A10)', async () => {
    const other = await running.newInvestor();
    const [mine, theirs] = [
      await investor.post('/v1/test-orders', { label: 'mine', amount: '1' }, { key: 'shared' }),
      await other.post('/v1/test-orders', { label: 'theirs', amount: '1' }, { key: 'shared' }),
    ];
    expect([mine.body.label, theirs.body.label]).toEqual(['mine', 'theirs']);
  });

  test('a refusal rolls everything back and does not burn the key', async () => {
    const before = await count();
    const body = { label: 'fails', amount: '1', fail: true };
    expect(await investor.post('/v1/test-orders', body, { key: 'fails' })).toMatchObject({
      status: 409,
      body: { code: 'TEST_FAILED', remedy: 'Do not fail.' },
    });
    expect(await count()).toBe(before);
    expect((await investor.post('/v1/test-orders', { ...body, fail: false }, { key: 'fails' })).status).toBe(202);
  });
});

describe('input', () => {
  test('an unknown field is refused with its name (A4)', async () => {
    const answer = await investor.post('/v1/test-orders', { label: 'a', amount: '1', role: 'ADMIN', status: 'approved' });
    expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    expect(answer.body.detail).toMatch(/role.*status/);
  });

  test('every wrong field is named with its path', async () => {
    const answer = await investor.post('/v1/test-orders', { label: '', delayMs: 1.5 });
    expect(answer.body.errors.map((error: { path: string }) => error.path).sort()).toEqual(['amount', 'delayMs', 'label']);
  });

  test.each([
    ['too many decimals', '1.0000001'],
    ['negative', '-1'],
    ['beyond uint256', (2n ** 256n).toString()],
    ['an exponent', '1e3'],
    ['a leading zero', '01'],
    ['hexadecimal', '0x10'],
    ['blank', ''],
    ['spaces', ' 1'],
    ['a thousands separator', '1,000'],
    ['very long', '9'.repeat(5_000)],
  ])('an amount that is %s is refused', async (_, amount) => {
    expect(await investor.post('/v1/test-orders', { label: 'a', amount })).toMatchObject({
      status: 400,
      body: { code: 'AMOUNT_INVALID', errors: [{ path: 'amount' }] },
    });
  });

  test('an amount that is a number is refused', async () => {
    expect(await investor.post('/v1/test-orders', { label: 'a', amount: 1.5 })).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION_FAILED' },
    });
  });

  test('addresses come out with their checksum; a wrong checksum is refused', async () => {
    const digest = `0x${'AB'.repeat(32)}`;
    const lower = investor.account.address.toLowerCase();
    const answer = await investor.post('/v1/test-orders/fields', { wallet: lower, digest });
    expect(answer.body).toEqual({ wallet: investor.account.address, digest: digest.toLowerCase() });
    const wrong = '0x70997970c51812dc3A010C7d01b50e0d17dc79C8';
    for (const body of [
      { wallet: wrong, digest },
      { wallet: lower, digest: '0x12' },
      { wallet: 'Alice', digest },
    ]) {
      expect((await investor.post('/v1/test-orders/fields', body)).body.code).toBe('VALIDATION_FAILED');
    }
  });

  test.each([
    ['broken JSON', '{"a":', {}, 400],
    ['another media type', '<a/>', { 'content-type': 'application/xml' }, 415],
    ['a body over 1 MB', JSON.stringify({ label: 'a'.repeat(1_100_000) }), {}, 413],
  ])('%s answers a problem document', async (_, body, headers, status) => {
    const answer = await investor.call('POST', '/v1/test-orders', body, { headers });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body.code).toEqual(expect.stringMatching(/^[A-Z_]+$/));
  });

  test('pages follow each other by cursor; a cursor of our own making is refused', async () => {
    const seen: number[] = [];
    for (let path = '/v1/test-orders?limit=2'; path; ) {
      const { body } = await running.api.get(path);
      seen.push(...body.items.map((item: { n: number }) => item.n));
      path = body.next ? `/v1/test-orders?limit=2&cursor=${body.next}` : '';
    }
    expect(seen).toEqual([1, 2, 3, 4, 5]);
    expect((await running.api.get('/v1/test-orders?cursor=***')).body.code).toBe('CURSOR_INVALID');
    expect((await running.api.get('/v1/test-orders?limit=1000')).body.code).toBe('VALIDATION_FAILED');
    expect((await running.api.get('/v1/test-orders?limit=1&admin=1')).body.code).toBe('VALIDATION_FAILED');
    expect((await running.api.get('/v1/test-orders/by-id/1')).body.code).toBe('VALIDATION_FAILED');
  });
});

describe('edges', () => {
  test('a route that declares no permission is closed to everybody', async () => {
    const officer = await running.api.signIn(running.staff.officer);
    expect((await officer.get('/v1/test-orders/undeclared')).body.code).toBe('PERMISSION_DENIED');
    expect((await running.api.get('/v1/test-orders/undeclared')).status).toBe(401);
  });

  test('an unexpected error shows nothing of its inside', async () => {
    const answer = await running.api.get('/v1/test-orders/broken');
    expect(answer).toMatchObject({ status: 500, body: { code: 'INTERNAL' } });
    expect(JSON.stringify(answer.body)).not.toContain('secret');
  });

  test('an unknown route is a problem document', async () => {
    expect(await running.api.get('/nowhere')).toMatchObject({ status: 404, body: { code: 'ROUTE_NOT_FOUND' } });
  });

  test('the OpenAPI page and document are made from the schemas', async () => {
    expect((await running.api.get('/openapi')).status).toBe(200);
    const { body } = await running.api.get('/openapi.json');
    const operation = body.paths['/v1/test-orders'].post;
    expect(operation.requestBody.content['application/json'].schema).toMatchObject({
      properties: { label: { type: 'string' }, amount: { type: 'string' } },
      additionalProperties: false,
    });
    expect(operation.responses['202'].content['application/json'].schema.properties.amount.type).toBe('string');
  });

  test('every route of the document refuses with a problem document, and everything that it refers to is in it', async () => {
    const { body } = await running.api.get('/openapi.json');
    const operations = Object.entries<Record<string, { responses: Record<string, unknown> }>>(body.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { responses }]) => ({ name: `${method.toUpperCase()} ${path}`, responses })),
    );
    expect(operations.length).toBeGreaterThan(80);
    for (const { name, responses } of operations) {
      expect([name, responses.default]).toEqual([name, { $ref: '#/components/responses/Problem' }]);
      // The one that says with its usual answer what is wrong.
      const others = name === 'GET /v1/health/chain' ? ['503'] : [];
      expect([name, ...Object.keys(responses).filter((status) => Number(status) >= 400)]).toEqual([name, ...others]);
    }
    expect(body.components.responses.Problem.content).toEqual({
      'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
    });
    const references = [...JSON.stringify(body).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) => path);
    for (const path of new Set(references)) {
      expect([path, path.split('/').reduce((part, name) => part?.[name], body)]).toEqual([path, expect.any(Object)]);
    }
  });

  test('what routes really refuse with is what the document says', async () => {
    const { body: document } = await running.api.get('/openapi.json');
    const problem = z.fromJSONSchema(document.components.schemas.Problem);
    const key = 'refused twice';
    running.app.get(HealthChecks).add('part', () => Promise.reject(new Error('It does not answer.')));
    await investor.post('/v1/test-orders', { label: 'a', amount: '1' }, { key });
    const refused = {
      400: await investor.post('/v1/test-orders', { label: '', amount: 1 }),
      401: await running.api.get('/v1/auth/me'),
      403: await investor.get('/v1/audit-events'),
      404: await running.api.get('/nowhere'),
      409: await investor.post('/v1/test-orders', { label: 'a', amount: '1', fail: true }),
      413: await investor.post('/v1/test-orders', { label: 'a'.repeat(1_100_000) }),
      415: await investor.call('POST', '/v1/test-orders', '<a/>', { headers: { 'content-type': 'application/xml' } }),
      422: await investor.post('/v1/test-orders', { label: 'b', amount: '1' }, { key }),
      500: await running.api.get('/v1/test-orders/broken'),
      503: await running.api.get('/health'),
    };
    for (const [status, answer] of Object.entries(refused)) {
      expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
      expect(answer.body).toMatchObject({ status: Number(status), code: expect.stringMatching(/^[A-Z_]+$/) });
      expect(answer.status).toBe(Number(status));
      expect(problem.safeParse(answer.body)).toMatchObject({ success: true });
      const { code: _, ...without } = answer.body;
      expect(problem.safeParse(without).success).toBe(false);
    }
    running.app.get(HealthChecks).checks.delete('part');
    expect(refused[400].body.errors).not.toEqual([]);
  });

  test('security headers are set', async () => {
    const { headers } = await running.api.get('/openapi.json');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
  });
});
