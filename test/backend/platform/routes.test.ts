import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningApp, startApp } from '../support/app.js';

/** The only routes that answer people who are not signed in. */
const PUBLIC = [
  /^GET \/health$/,
  /^GET \/v1\/proof$/,
  /^POST \/v1\/auth\/(nonces|sessions)$/,
  /^GET \/v1\/auth\/oidc(\/callback)?$/,
  /^POST \/v1\/webhooks\//,
];
/** POSTs with an identity of their own. */
const WITHOUT_KEY = [...PUBLIC, /^POST \/v1\/auth\/sign-out$/, /^POST \/v1\/proof$/];

let running: RunningApp;
let routes: { method: string; path: string; name: string }[];
beforeAll(async () => {
  running = await startApp();
  const { body } = await running.api.get('/openapi.json');
  routes = Object.entries<Record<string, unknown>>(body.paths).flatMap(([template, methods]) =>
    Object.keys(methods).map((method) => ({
      method: method.toUpperCase(),
      path: template.replaceAll(/\{[^}]+\}/g, '01890a5d-ac96-774b-bcce-b302099a8057'),
      name: `${method.toUpperCase()} ${template}`,
    })),
  );
});
afterAll(() => running.close());

const matches = (name: string, list: RegExp[]): boolean => list.some((pattern) => pattern.test(name));

describe('every route', () => {
  test('answers 401 to those who are not signed in, unless it is meant to be public', async () => {
    const open: string[] = [];
    for (const { method, path, name } of routes) {
      const { status } = await running.api.call(method, path, method === 'GET' ? undefined : {});
      if (status !== 401 && !matches(name, PUBLIC)) open.push(`${name} answered ${status}`);
    }
    expect(open).toEqual([]);
  });

  test('is open to somebody: it declares a permission that a role carries', async () => {
    const persons = await Promise.all(
      (['issuer', 'officer', 'admin', 'auditor'] as const).map((name) => running.api.signIn(running.staff[name])),
    );
    persons.push(await running.newInvestor());
    const closed: string[] = [];
    for (const { method, path, name } of routes.filter((route) => !matches(route.name, WITHOUT_KEY))) {
      const answers = await Promise.all(persons.map((person) => person.call(method, path, undefined, { key: null })));
      if (answers.every(({ body }) => body?.code === 'PERMISSION_DENIED')) closed.push(name);
    }
    expect(closed).toEqual([]);
  });

  test('that is a POST wants an Idempotency-Key before anything else', async () => {
    const persons = await Promise.all(
      (['issuer', 'officer', 'admin', 'auditor'] as const).map((name) => running.api.signIn(running.staff[name])),
    );
    persons.push(await running.newInvestor());
    const careless: string[] = [];
    for (const { path, name } of routes.filter((route) => route.method === 'POST' && !matches(route.name, WITHOUT_KEY))) {
      const codes = await Promise.all(persons.map(async (person) => (await person.post(path, {}, { key: null })).body?.code));
      const allowed = ['PERMISSION_DENIED', 'IDEMPOTENCY_KEY_REQUIRED'];
      if (!codes.every((code) => allowed.includes(code))) careless.push(`${name}: ${codes}`);
    }
    expect(careless).toEqual([]);
  });
});
