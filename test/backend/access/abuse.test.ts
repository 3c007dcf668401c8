import { readFileSync } from 'node:fs';
import { eq } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { subscriptions } from '../../../backend/src/issuance/issuance.tables.js';
import { people } from '../../../backend/src/platform/auth/people.tables.js';
import { Database } from '../../../backend/src/platform/database/database.js';
import { toCsv } from '../../../backend/src/reports/csv.js';
import { identityRegistryAbi } from '../../../contracts/generated/abi.js';
import type { Answer, Api } from '../support/api.js';
import { OFFERING, openOffering } from '../support/market.js';
import { approve, until } from '../support/platform.js';
import { requests } from './requests.js';
import { startAccessWorld, type World } from './world.js';

let world: World;
let database: Database;
let acme: Api;
let officer: Api;
let officer2: Api;
beforeAll(async () => {
  world = await startAccessWorld();
  database = world.platform.running.app.get(Database);
  acme = world.persons['acme ISSUER'];
  officer = world.persons['main OFFICER'];
  officer2 = world.platform.staff.officer2;
}, 600_000);
afterAll(() => world?.close());

const codeOf = ({ status, body }: Answer): [number, string] => [status, body?.code];
const actionsOf = async (reader: Api, subject: string): Promise<string[]> =>
  (await reader.get(`/v1/audit-events?limit=200&subject=${subject}`)).body.items.map(({ action }: { action: string }) => action);

describe('a tenant', () => {
  test('finds what the operator’s officers and its investors do about its things in its own log, and another one does not (A3)', async () => {
    const { things, persons } = world;
    const own = persons['acme AUDITOR'];
    expect(await actionsOf(own, `offering:${things.offering}`)).toEqual(
      expect.arrayContaining(['offering.created', 'offering.approved', 'offering.open']),
    );
    expect(await actionsOf(own, `subscription:${things.subscription}`)).toEqual(['subscription.signed', 'subscription.created']);
    expect(await actionsOf(own, `instrument:${things.instrument}`)).toEqual(expect.arrayContaining(['instrument.deployed', 'feed.set']));
    for (const subject of [`offering:${things.offering}`, `subscription:${things.subscription}`, `instrument:${things.instrument}`]) {
      expect(await actionsOf(persons['bolt AUDITOR'], subject)).toEqual([]);
    }
  });

  test('is told of what the operator’s officer decides about its things, and nobody else is (A3)', async () => {
    const type = 'offering.approved';
    const endpoint = async (tenant: 'main' | 'acme' | 'bolt'): Promise<string> => {
      const { body } = await world.persons[`${tenant} ISSUER`].post('/v1/webhook-endpoints', {
        url: 'https://receiver.invalid',
        types: [type],
      });
      expect((await approve(world.persons[`${tenant} ADMIN`], body.approvalId)).status).toBe(200);
      return body.id;
    };
    const [told, operators, another] = [await endpoint('acme'), await endpoint('main'), await endpoint('bolt')];
    const { body } = await acme.get(`/v1/approvals/${world.things.approval}`);
    expect((await officer.post(`/v1/approvals/${world.things.approval}/approve`, { payloadHash: body.payloadHash })).status).toBe(200);
    const deliveries = async (reader: Api, id: string): Promise<string[]> =>
      (await reader.get(`/v1/webhook-endpoints/${id}/deliveries`)).body.items.map((item: { type: string }) => item.type);
    expect(await deliveries(acme, told)).toEqual([type]);
    expect(await deliveries(world.persons['main ISSUER'], operators)).toEqual([]);
    expect(await deliveries(world.persons['bolt ISSUER'], another)).toEqual([]);
  });
});

test('no body of any route takes a field that it does not know (A4)', async () => {
  const careless: string[] = [];
  const persons = [world.persons.investor, acme, officer, world.persons['main ADMIN']];
  for (const [route, { path = {}, body }] of Object.entries(requests(world.things))) {
    if (body === undefined || route.startsWith('POST /v1/webhooks/')) continue;
    const template = route.slice('POST '.length);
    const url = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => path[name] ?? '');
    const answers = await Promise.all(
      persons.map((person) => person.post(url, { ...(body as object), isAdmin: true, approvalStatus: 'APPROVED' })),
    );
    const refused = answers.filter(({ body: problem }) => problem?.code !== 'PERMISSION_DENIED');
    if (refused.length === 0 || !refused.every(({ body: problem }) => /unrecognized keys?/i.test(problem?.detail))) {
      careless.push(`${route}: ${JSON.stringify(refused.map(codeOf))}`);
    }
  }
  expect(careless).toEqual([]);
});

test('a role or a tenant taken away counts with the next request of the same session (A13)', async () => {
  const { id } = (await acme.get('/v1/auth/me')).body;
  const set = (values: Partial<typeof people.$inferInsert>) => database.query.update(people).set(values).where(eq(people.id, id));
  expect((await acme.get(`/v1/offerings/${world.things.offering}`)).status).toBe(200);
  await set({ tenantId: 'bolt' });
  expect(codeOf(await acme.get(`/v1/offerings/${world.things.offering}`))).toEqual([404, 'OFFERING_NOT_FOUND']);
  await set({ tenantId: 'acme', roles: [] });
  expect(codeOf(await acme.get(`/v1/offerings/${world.things.offering}`))).toEqual([403, 'PERMISSION_DENIED']);
  await set({ roles: ['ISSUER'] });
  expect((await acme.get(`/v1/offerings/${world.things.offering}`)).status).toBe(200);
});

describe('personal data', () => {
  test('leaves in pages only, each with its reader and its size in the log (A17)', async () => {
    expect(codeOf(await officer.get('/v1/investors?limit=201'))).toEqual([400, 'VALIDATION_FAILED']);
    const { id } = (await officer.get('/v1/auth/me')).body;
    const { items } = (await officer.get('/v1/investors?limit=1')).body;
    expect(items).toHaveLength(1);
    const [event] = (await officer2.get('/v1/audit-events?subject=investor:*&limit=1')).body.items;
    expect(event).toMatchObject({ action: 'investors.listed', actor: { personId: id }, payload: { detail: 'FULL', count: 1 } });
  });

  test('is in no file: the only one, the cap table, names nobody, and who took it is in the log (A17)', async () => {
    const { status, body } = await acme.get(`/v1/cap-tables.csv?instrumentId=${world.things.instrument}`);
    expect([status, body.split('\r\n')[0]]).toEqual([200, 'identity,investorId,country,wallet,units,frozenUnits,frozen,retired']);
    expect(body).not.toContain('Keller');
    expect((await actionsOf(officer, `instrument:${world.things.instrument}`))[0]).toBe('cap-table.exported');
  });
});

test('no cell of a file is a formula, whatever a name is (A18)', () => {
  const text = fc.oneof(
    fc.constantFrom('=1+1', '@SUM(A1)', '+1', '-1', '\t=1', '\r=1', '"=1', 'a,b', 'a\nb'),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), (row) => {
      const cells = readCsv(toCsv(['a'], [row]))[1] ?? [];
      expect(cells.map((cell) => cell.replace(/^'/, ''))).toEqual(row.map((cell) => cell.replace(/^'/, '')));
      for (const cell of cells) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
    }),
    { numRuns: 500 },
  );
});

/** What a spreadsheet makes of RFC 4180 text. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const [here, next] = [text[at], text[at + 1]];
    if (quoted && here === '"' && next === '"') cell += text[++at];
    else if (here === '"' && (quoted || cell === '')) quoted = !quoted;
    else if (!quoted && (here === ',' || (here === '\r' && next === '\n'))) {
      rows.at(-1)?.push(cell);
      cell = '';
      if (here === '\r') {
        at++;
        rows.push([]);
      }
    } else cell += here;
  }
  return rows;
}

test('500 orders at the same moment: together they are allocated the cap, and not a unit more (F34)', async () => {
  const dates = { opensAt: '2026-01-04T00:00:00Z', closesAt: '2026-06-01T00:00:00Z', settleBy: '2026-07-01T00:00:00Z' };
  const terms = {
    ...OFFERING,
    ...dates,
    minTicket: '5',
    softCap: '5',
    hardCap: '145',
    allocation: 'FCFS',
    instrumentId: world.things.instrument,
  };
  const { id } = await openOffering({ ...world.platform, staff: { ...world.platform.staff, issuer: acme } }, terms);
  const wallet = world.things.wallet;
  const orders = await Promise.all(
    Array.from({ length: 500 }, async (_, n) => {
      const answer = await world.investor.api.post('/v1/subscriptions', { offeringId: id, wallet, units: n % 2 ? '10' : '15' });
      // As the chain's word of the payment leaves it.
      await database.query.update(subscriptions).set({ state: 'FUNDED', fundedAt: new Date() }).where(eq(subscriptions.id, answer.body.id));
      return answer.status;
    }),
  );
  expect(orders).toEqual(orders.map(() => 201));
  const { body } = await acme.get(`/v1/offerings/${id}/allocation`);
  expect(body).toMatchObject({ demand: '6250', supply: '145', allocated: '145', oversubscribed: true });
  const lines = body.lines as { requested: string; allocated: string }[];
  expect(lines).toHaveLength(500);
  expect(lines.reduce((sum, { allocated }) => sum + Number(allocated), 0)).toBe(145);
  expect(lines.every(({ requested, allocated }) => Number(allocated) <= Number(requested))).toBe(true);
}, 300_000);

test('a revocation reaches the chain within a minute, and nothing is received from then on (A15)', async () => {
  const { investor, wallet, instrument, otherWallet } = world.things;
  const { body: sold } = await acme.get(`/v1/instruments/${instrument}`);
  const read = { address: sold.registry, abi: identityRegistryAbi, functionName: 'isVerified', args: [wallet as `0x${string}`] } as const;
  expect(await world.platform.client.readContract(read)).toBe(true);
  const grounds = { legalBasis: 'SANCTIONS_BLOCKING', reference: 'A test' };
  const { body } = await officer.post(`/v1/investors/${investor}/claims/2/revoke`, grounds);
  const decidedAt = performance.now();
  expect((await approve(officer2, body.approvalId)).status).toBe(200);
  await until(officer, '/health', async () => !(await world.platform.client.readContract(read)));
  expect(performance.now() - decidedAt).toBeLessThan(60_000);
  const preview = { instrumentId: instrument, from: otherWallet, to: wallet, units: '1' };
  expect((await acme.post('/v1/transfers/preview', preview)).body.allowed).toBe(false);
  const order = { offeringId: world.things.offering, wallet, units: '20' };
  expect(codeOf(await world.investor.api.post('/v1/subscriptions', order))).toEqual([422, 'NOT_ELIGIBLE']);
});

describe('the cases of the README', () => {
  const root = new URL('../../../', import.meta.url);
  const rows = readFileSync(new URL('README.md', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => /^\| [AF]\d+ /.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()));

  test('are all of A1 to A23', () => {
    const named = new Set(rows.map(([, name]) => name));
    expect(Array.from({ length: 23 }, (_, n) => `A${n + 1}`).filter((name) => !named.has(name))).toEqual([]);
  });

  test.each(rows.map(([, name = '', , file = '', title = '']) => [name, file.replaceAll('`', ''), title] as const))(
    '%s is a test in %s: %s',
    (_, file, title) => {
      expect(title.length).toBeGreaterThan(3);
      expect(readFileSync(new URL(file, root), 'utf8').replaceAll("\\'", "'")).toContain(title);
    },
  );
});
