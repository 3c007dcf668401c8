import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Fuzz, Wire, type WireRequest } from './fuzz.js';
import { PERSONS, type PersonName, startAccessWorld, type World } from './world.js';

/** FUZZ_REQUESTS and FUZZ_SEED ask for more, or for the same ones again. */
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 3_000);
const SEED = Number(process.env.FUZZ_SEED ?? 5);
const AT_ONCE = 8;

/** End the sessions that the other requests need. */
const EXCLUDED = ['POST /v1/auth/sign-out', 'DELETE /v1/auth/sessions'];

let world: World;
let wire: Wire;
beforeAll(async () => {
  world = await startAccessWorld();
  wire = new Wire(world.platform.url, AT_ONCE);
}, 600_000);
afterAll(async () => {
  wire?.close();
  await world?.close();
});

/** Who gets past the guard, by the reviewed matrix. */
const admitted = new Map(
  readFileSync(new URL('matrix.md', import.meta.url), 'utf8')
    .split('\n')
    .slice(2)
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, route = '', ...cells]) => [route, PERSONS.filter((_, n) => cells[n] !== '401' && cells[n] !== '403')]),
);

/** What each of so many requests is, and who sends it, mostly somebody who may: the same for the same seed. */
function* sample(fuzz: Fuzz): Generator<{ request: WireRequest; person: PersonName }> {
  const anybody = fc.constantFrom(...PERSONS);
  const each = fuzz.request().chain((request) => {
    const may = admitted.get(request.route) ?? [];
    const person =
      may.length === 0 ? anybody : fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...may) }, { weight: 1, arbitrary: anybody });
    return fc.record({ request: fc.constant(request), person });
  });
  for (let from = 0; from < REQUESTS; from += 500) {
    yield* fc.sample(each, { numRuns: Math.min(500, REQUESTS - from), seed: SEED + from });
  }
}

test(
  `${REQUESTS} requests that nobody would send, and many that somebody might, are all answered without an error of ours`,
  async () => {
    const { body: document } = await world.platform.running.api.get('/openapi.json');
    const fuzz = new Fuzz(document, world.things, EXCLUDED);
    const answers = new Map<number, number>();
    const reached = new Set<string>();
    const broken: string[] = [];
    const queue = sample(fuzz);
    const work = async (): Promise<void> => {
      for (const { request, person } of queue) {
        const { status, type, text } = await wire.send(request, world.persons[person].token);
        answers.set(status, (answers.get(status) ?? 0) + 1);
        if (status >= 200 && status < 300) reached.add(request.route);
        const refusal = status >= 400 && !type.startsWith('application/problem+json');
        if (status >= 500 ? !isMeant(request, status, text) : status === 0 || (refusal && request.method !== 'HEAD')) {
          broken.push(`${person} ${describeRequest(request)} → ${status} ${type} ${text.slice(0, 300)}`);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    const total = [...answers.values()].reduce((sum, n) => sum + n, 0);
    const counts = [...answers].sort(([a], [b]) => a - b).map(([status, n]) => `${status}: ${n}`);
    console.log(
      `${total} requests with seed ${SEED}: ${counts.join(', ')}; ${reached.size} of ${fuzz.names.length} routes carried one out.`,
    );
    expect(broken).toEqual([]);
    expect(total).toBe(REQUESTS);
    expect((await world.platform.running.api.get('/health')).status).toBe(200);
  },
  120_000 + REQUESTS * 150,
);

const json = { 'content-type': 'application/json' };

test.each<[string, string, Record<string, string>, string, number, string]>([
  ['a cursor with U+0000', 'GET /v1/webhook-endpoints?cursor=AA', {}, '', 400, 'CURSOR_INVALID'],
  ['a query with U+0000', 'GET /v1/approvals?subject=%00', {}, '', 400, 'INPUT_NOT_PLAIN'],
  ['a text with U+0000', 'POST /v1/webhook-endpoints', json, '{"url":"https://a.invalid","types":["\\u0000"]}', 400, 'INPUT_NOT_PLAIN'],
  ['half a surrogate pair', 'POST /v1/webhook-endpoints', json, '{"url":"\\ud800","types":[]}', 400, 'INPUT_NOT_PLAIN'],
  ['a number beyond every number', 'POST /v1/webhook-endpoints', json, '1e400', 400, 'INPUT_NOT_PLAIN'],
  ['200,000 brackets', 'POST /v1/webhook-endpoints', json, '['.repeat(200_000) + ']'.repeat(200_000), 400, 'INPUT_NOT_PLAIN'],
  ['a path that is no text', 'GET /v1/approvals/%ed%a0%80', {}, '', 400, 'REQUEST_INVALID'],
  ['a path beyond every id', `GET /v1/approvals/${'x'.repeat(600)}`, {}, '', 414, 'REQUEST_REFUSED'],
])('%s, which was found so, is refused with a code', async (_, route, headers, text, status, code) => {
  const [method = '', path = ''] = route.split(' ');
  const body = text === '' ? {} : { body: Buffer.from(text) };
  const request = { route, method, path, headers: { 'idempotency-key': randomUUID(), ...headers }, ...body };
  const answer = await wire.send(request, world.persons['main ADMIN'].token);
  expect([answer.status, answer.type, JSON.parse(answer.text).code]).toEqual([status, 'application/problem+json; charset=utf-8', code]);
});

/** The chain may be behind what a request asks for: said with a code, and worth asking again. */
function isMeant({ route }: WireRequest, status: number, text: string): boolean {
  return status === 503 && /cap-tables/.test(route) && text.includes('"PROJECTION_BEHIND"');
}

function describeRequest({ method, path, headers, body }: WireRequest): string {
  return `${method} ${path} ${JSON.stringify(headers)} ${body === undefined ? '' : body.subarray(0, 1_000).toString()}`;
}
