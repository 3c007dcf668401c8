import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from '../support/api.js';
import { type Request, requests } from './requests.js';
import { PERSONS, type PersonName, startAccessWorld, type World } from './world.js';

/** What a request comes to, as the matrix says it. */
type Cell = '401' | '403' | '404' | 'not his' | 'sees' | 'none' | 'yes';

/** Refusals for a reason of the object's own, which only who reaches it is told. */
const REACHED = ['ROUND_NOT_FOUND', 'REQUEST_NOT_FOUND', 'OIDC_DISABLED', 'PROOF_NOT_FOUND'];

/** After these somebody has no session any more. */
const ENDS_SESSIONS = ['POST /v1/auth/sign-out', 'DELETE /v1/auth/sessions'];

let world: World;
let routes: string[];
const matrix = new Map<string, Map<PersonName, Cell>>();
const broken: string[] = [];

beforeAll(async () => {
  world = await startAccessWorld();
  const { body } = await world.platform.running.api.get('/openapi.json');
  routes = Object.entries<object>(body.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  for (const [route, request] of Object.entries(requests(world.things))) {
    if (ENDS_SESSIONS.includes(route)) world.persons = await world.signIn();
    const row = new Map<PersonName, Cell>();
    for (const person of PERSONS) row.set(person, await ask(route, request, person));
    matrix.set(route, row);
  }
}, 600_000);
afterAll(() => world?.close());

async function ask(route: string, request: Request, person: PersonName): Promise<Cell> {
  const [method = '', template = ''] = route.split(' ');
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => request.path?.[name] ?? `no ${name}`);
  const query = request.query ? `?${new URLSearchParams(request.query)}` : '';
  const answer = await world.persons[person].call(method, `${path}${query}`, request.body);
  if (answer.status >= 500) broken.push(`${person}: ${route} answered ${answer.status} ${JSON.stringify(answer.body)}`);
  return cellOf(answer, request);
}

function cellOf({ status, body }: Answer, { shows }: Request): Cell {
  if (body?.code === 'NOT_SIGNED_IN') return '401';
  if (body?.code === 'PERMISSION_DENIED') return '403';
  if (status === 403) return 'not his';
  if (status === 404 && !REACHED.includes(body?.code)) return '404';
  if (shows === undefined) return 'yes';
  return JSON.stringify(body).includes(shows) ? 'sees' : 'none';
}

const cells = (wanted: (person: PersonName) => boolean, allowed: Cell[], except: string[] = []): string[] =>
  [...matrix].flatMap(([route, row]) =>
    except.includes(route)
      ? []
      : [...row]
          .filter(([person, cell]) => wanted(person) && !allowed.includes(cell))
          .map(([person, cell]) => `${person}: ${route}: ${cell}`),
  );

describe('the authorisation matrix', () => {
  test('has a row for every route of the OpenAPI document, and no other', () => {
    expect([...matrix.keys()].sort()).toEqual([...routes].sort());
  });

  test('is the one that was reviewed', async () => {
    await expect(table()).toMatchFileSnapshot('matrix.md');
  });

  test('answers nothing with an error of ours', () => {
    expect(broken).toEqual([]);
  });

  test('lets nobody in who is not signed in, but to sign in, to look at health and proof, and to deliver what a provider says', () => {
    const signIn = ['POST /v1/auth/nonces', 'POST /v1/auth/sessions', 'GET /v1/auth/oidc', 'GET /v1/auth/oidc/callback'];
    const open = [...signIn, 'GET /health', 'GET /v1/proof', 'POST /v1/webhooks/{provider}'];
    expect(cells((person) => person === 'nobody', ['401'], open)).toEqual([]);
  });

  test('shows nothing of a tenant to the staff of another one', () => {
    const ofNobody = [...matrix.keys()].filter((route) => {
      const { path, query, body, shows } = requests(world.things)[route] ?? {};
      const text = JSON.stringify([path, query, body, shows]);
      return !Object.values(world.things).some((id) => text.includes(id));
    });
    const foreign = (person: PersonName) => person.startsWith('bolt') || person === 'main ISSUER';
    expect(cells(foreign, ['403', '404', 'none'], ofNobody)).toEqual([]);
    for (const route of ['GET /v1/assets/{id}', 'POST /v1/offerings', 'GET /v1/cap-tables']) expect(ofNobody).not.toContain(route);
  });

  test('gives what only the operator decides to no other tenant', () => {
    const deciders = ['POST /v1/kyc-cases/{id}/approve', 'POST /v1/withholding-rates', 'POST /v1/instruments/{id}/feed/halt'];
    for (const route of deciders) {
      expect(matrix.get(route)?.get('main OFFICER')).toBe('yes');
      for (const person of ['acme OFFICER', 'bolt OFFICER'] as const)
        expect([route, matrix.get(route)?.get(person)]).toEqual([route, '403']);
    }
  });
});

/** One line a route, as wide as its widest cell. */
function table(): string {
  const width = Math.max(...[...matrix.keys()].map((route) => route.length));
  const line = (first: string, rest: readonly string[]): string =>
    `| ${first.padEnd(width)} | ${rest.map((cell, n) => cell.padEnd(PERSONS[n]?.length ?? 0)).join(' | ')} |`;
  const rows = [...matrix].map(([route, row]) => line(route, [...row.values()]));
  return `${[line('', PERSONS), `|${'-'.repeat(width + 2)}|${PERSONS.map(({ length }) => '-'.repeat(length + 2)).join('|')}|`, ...rows].join('\n')}\n`;
}
