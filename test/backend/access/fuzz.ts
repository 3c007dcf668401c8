import http from 'node:http';
import fc from 'fast-check';
import type { Things } from './world.js';

/** As much of a JSON schema as the OpenAPI document holds. */
type Schema = {
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: unknown[];
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
  $ref?: string;
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  example?: unknown;
  additionalProperties?: boolean | Schema;
};
type Operation = {
  parameters?: { name: string; in: string; required?: boolean; schema?: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
};
export type Document = { paths: Record<string, Record<string, Operation>>; components?: { schemas?: Record<string, Schema> } };

/** What came back; status 0 when the server closed the connection without an answer. */
export type WireAnswer = { status: number; type: string; text: string };

/** A request as bytes on the wire know it. */
export type WireRequest = { route: string; method: string; path: string; headers: Record<string, string>; body?: Buffer };

const NASTY_TEXTS = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\udfffx',
  '\u202e',
  '💰'.repeat(40),
  '%00',
  '../../etc/passwd',
  "'; drop table assets; --",
  '=1+1',
  '{{7*7}}',
  '__proto__',
  'constructor',
  'null',
  'NaN',
  '-0',
  '1e309',
  '9'.repeat(159),
  `0.${'0'.repeat(150)}1`,
  'x'.repeat(5_000),
  '9999-12-31',
  '0001-01-01',
  '+275760-09-13T00:00:00Z',
  '9999-12-31T23:59:59.999999999+23:59',
  '0000-01-01T00:00:00Z',
];
const NASTY_VALUES: unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 31,
  2 ** 53,
  -(2 ** 63),
  1e308,
  [],
  {},
  [[]],
  { __proto__: null, constructor: { prototype: {} } },
];

const fullUnicode = fc.string({ unit: 'binary', maxLength: 60 });
const nastyText = fc.oneof(fc.constantFrom(...NASTY_TEXTS), fullUnicode);
const nastyValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: nastyText },
  { weight: 3, arbitrary: fc.constantFrom(...NASTY_VALUES) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 2_000 }).map(nested) },
);

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let n = 0; n < depth; n++) value = n % 2 ? [value] : { a: value };
  return value;
}

const amount = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 256n + 10n }).map(String),
  fc.integer({ min: 0, max: 1_000 }).map(String),
  fc.tuple(fc.nat(1_000), fc.nat(99)).map(([whole, cents]) => `${whole}.${cents}`),
);
const instant = fc.oneof(
  fc.date({ min: new Date('2025-06-01'), max: new Date('2027-06-01'), noInvalidDate: true }).map((date) => date.toISOString()),
  fc
    .date({ min: new Date('0000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true })
    .map((date) => date.toISOString()),
);
const hex = (bytes: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((array) => `0x${Buffer.from(array).toString('hex')}`);

/** Makes requests of the routes of a document: right ones about the given things, nearly right ones, and anything else. */
export class Fuzz {
  private readonly routes: { route: string; method: string; template: string; operation: Operation }[];
  private readonly ids: fc.Arbitrary<string>;

  constructor(
    private readonly document: Document,
    private readonly things: Things,
    private readonly excluded: readonly string[] = [],
  ) {
    this.routes = Object.entries(document.paths)
      .flatMap(([template, methods]) =>
        Object.entries(methods).map(([method, operation]) => ({
          route: `${method.toUpperCase()} ${template}`,
          method: method.toUpperCase(),
          template,
          operation,
        })),
      )
      .filter(({ route }) => !excluded.includes(route));
    this.ids = fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...Object.values(things)) },
      { weight: 1, arbitrary: fc.uuid() },
      { weight: 1, arbitrary: nastyText },
    );
  }

  get names(): string[] {
    return this.routes.map(({ route }) => route);
  }

  /** Requests of any route; what makes those of one is built once. */
  request(): fc.Arbitrary<WireRequest> {
    const each = this.routes.map(({ route, method, template, operation }) =>
      fc
        .record({
          path: this.path(template),
          query: this.query(operation),
          body: this.body(operation, method),
          headers: this.headers(method),
          odd: fc.oneof(
            { weight: 30, arbitrary: fc.constant(null) },
            { weight: 1, arbitrary: fc.constantFrom('PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD') },
          ),
        })
        .map(({ path, query, body, headers, odd }) => ({
          route,
          method: odd && !this.excluded.includes(`${odd} ${template}`) ? odd : method,
          path: `${path}${query}`,
          headers: { ...body.headers, ...headers },
          ...(body.bytes === undefined ? {} : { body: body.bytes }),
        })),
    );
    return fc.oneof(...each);
  }

  private path(template: string): fc.Arbitrary<string> {
    const parts = template.split('/').map((part): fc.Arbitrary<string> => {
      if (!part.startsWith('{')) return fc.constant(part);
      return (
        part === '{id}' || part === '{messageId}'
          ? this.idFor(template)
          : fc.oneof(fc.constantFrom('1', '0', '-1', '2147483648', 'simulator', 'sumsub', `0x${'ab'.repeat(32)}`), nastyText)
      ).map(encode);
    });
    return fc.tuple(...parts).map((chosen) => chosen.join('/'));
  }

  /** Mostly the thing that the route is about. */
  private idFor(template: string): fc.Arbitrary<string> {
    const resource = template.split('/')[2] ?? '';
    const own = Object.entries(this.things).find(([name]) =>
      resource.replaceAll('-', '').startsWith(name.toLowerCase().replaceAll('-', '')),
    );
    return own ? fc.oneof({ weight: 3, arbitrary: fc.constant(own[1]) }, { weight: 1, arbitrary: this.ids }) : this.ids;
  }

  private query({ parameters = [] }: Operation): fc.Arbitrary<string> {
    const known = parameters.filter((parameter) => parameter.in === 'query');
    const value = fc.oneof(
      this.ids,
      nastyText,
      fc.constantFrom('1', '200', '201', '-1', '2026-01-05T00:00:00Z', Buffer.from('\u0000').toString('base64url')),
    );
    const pairs = known.map(({ name, required, schema }) =>
      fc.oneof(
        { weight: required ? 1 : 3, arbitrary: fc.constant<string[]>([]) },
        { weight: 3, arbitrary: fc.oneof(this.value(schema ?? {}, name, 0).map(String), value).map((text) => [`${name}=${encode(text)}`]) },
        { weight: 1, arbitrary: fc.tuple(value, value).map((texts) => texts.map((text) => `${name}=${encode(text)}`)) },
        { weight: 1, arbitrary: value.map((text) => [`${name}[]=${encode(text)}`, `${name}[a]=1`]) },
      ),
    );
    const stray = fc.oneof(
      { weight: 9, arbitrary: fc.constant<string[]>([]) },
      { weight: 1, arbitrary: nastyText.map((text) => [`${encode(text)}=%ff`, '&&=', '%zz']) },
    );
    return fc.tuple(...pairs, stray).map((all) => (all.flat().length > 0 ? `?${all.flat().join('&')}` : ''));
  }

  private headers(method: string): fc.Arbitrary<Record<string, string>> {
    const key = fc.oneof(
      { weight: 12, arbitrary: fc.uuid() },
      { weight: 1, arbitrary: fc.constantFrom('', ' ', 'same', 'x'.repeat(300), 'ä\u0080') },
    );
    const extra = fc.oneof(
      { weight: 20, arbitrary: fc.constant({}) },
      {
        weight: 1,
        arbitrary: fc.constantFrom<Record<string, string>>(
          { 'if-match': '"\u00ff"' },
          { accept: 'text/html' },
          { 'content-encoding': 'gzip' },
          { expect: '100-continue' },
          { origin: 'null' },
          { cookie: 'a=b; session=%00' },
          { authorization: 'Basic eA==' },
          { authorization: `Bearer ${'x'.repeat(90)}` },
          { 'x-forwarded-for': 'nonsense' },
          { 'x-payload-digest': '00', 'x-payload-digest-alg': 'HMAC_SHA256_HEX' },
          { 'accept-language': 'x'.repeat(4_000) },
        ),
      },
    );
    return fc.tuple(key, extra).map(([text, more]) => ({ ...(method === 'POST' ? { 'idempotency-key': text } : {}), ...more }));
  }

  private body({ requestBody }: Operation, method: string): fc.Arbitrary<{ headers: Record<string, string>; bytes?: Buffer }> {
    const none = fc.constant({ headers: {} });
    if (method === 'GET') return fc.oneof({ weight: 20, arbitrary: none }, { weight: 1, arbitrary: this.json(nastyValue) });
    const schema = requestBody?.content['application/json']?.schema;
    const right = schema ? this.json(this.value(schema, '', 0)) : none;
    return fc.oneof(
      { weight: 10, arbitrary: right },
      { weight: 8, arbitrary: schema ? this.json(this.broken(schema)) : this.json(nastyValue) },
      { weight: 1, arbitrary: this.json(nastyValue) },
      { weight: 1, arbitrary: this.strange() },
    );
  }

  private json(value: fc.Arbitrary<unknown>): fc.Arbitrary<{ headers: Record<string, string>; bytes: Buffer }> {
    return value.map((given) => ({
      headers: { 'content-type': 'application/json' },
      bytes: Buffer.from(JSON.stringify(given) ?? 'undefined'),
    }));
  }

  /** No JSON, or JSON under another name. */
  private strange(): fc.Arbitrary<{ headers: Record<string, string>; bytes: Buffer }> {
    const type = fc.constantFrom(
      'application/json',
      'application/json; charset=utf-16',
      'text/plain',
      'application/xml',
      'multipart/form-data',
      'application/x-www-form-urlencoded',
      'application/octet-stream',
      'a/b;c="',
      '',
    );
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
      fc
        .constantFrom('{"a":', '{"a":1,"a":2}', '{"__proto__":{"x":1}}', '[1,2', '\ufeff{}', '"\\ud800"', '1e400', 'a=b&a=c')
        .map((text) => Buffer.from(text)),
      fc.constantFrom(
        Buffer.alloc(1_100_000, '['),
        Buffer.from('['.repeat(200_000) + ']'.repeat(200_000)),
        Buffer.from(`${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}`),
      ),
    );
    return fc.tuple(type, bytes).map(([contentType, content]) => ({ headers: { 'content-type': contentType }, bytes: content }));
  }

  /** A right body with one thing wrong: a field of another kind, missing, or unknown. */
  private broken(schema: Schema): fc.Arbitrary<unknown> {
    return fc
      .tuple(this.value(schema, '', 0), fc.nat(), nastyValue, fc.constantFrom('replace', 'drop', 'add'))
      .map(([right, place, value, how]) => {
        if (typeof right !== 'object' || right === null) return value;
        const body = structuredClone(right) as Record<string, unknown>;
        const paths = pathsOf(body);
        const chosen = paths[place % Math.max(1, paths.length)] ?? [];
        const last = chosen.at(-1);
        const holder = chosen.slice(0, -1).reduce<Record<string, unknown>>((at, name) => at[name] as Record<string, unknown>, body);
        if (how === 'add' || last === undefined) body.unknown = value;
        else if (how === 'drop') delete holder[last];
        else holder[last] = value;
        return body;
      });
  }

  private value(given: Schema, name: string, depth: number): fc.Arbitrary<unknown> {
    const schema = given.$ref ? (this.document.components?.schemas?.[given.$ref.split('/').at(-1) ?? ''] ?? {}) : given;
    const choices = schema.oneOf ?? schema.anyOf;
    if (choices && depth < 6) return fc.oneof(...choices.map((choice) => this.value(choice, name, depth + 1)));
    if (schema.allOf?.[0]) return this.value(schema.allOf[0], name, depth + 1);
    if (schema.enum) return fc.constantFrom(...schema.enum);
    if (schema.type === 'object') return this.object(schema, depth);
    if (schema.type === 'array') {
      const { minItems = 0, maxItems = 4 } = schema;
      return fc.array(this.value(schema.items ?? {}, name, depth + 1), {
        minLength: minItems,
        maxLength: Math.min(maxItems, minItems + 4),
      });
    }
    if (schema.type === 'integer' || schema.type === 'number') {
      const min = Math.max(schema.minimum ?? -2_147_483_648, Number.MIN_SAFE_INTEGER);
      const max = Math.min(schema.maximum ?? 2_147_483_647, Number.MAX_SAFE_INTEGER);
      return fc.oneof(fc.integer({ min, max }), fc.constantFrom(min, max));
    }
    if (schema.type === 'boolean') return fc.boolean();
    if (schema.type === 'string') return this.text(schema, name);
    return nastyValue;
  }

  private object({ properties = {}, required = [] }: Schema, depth: number): fc.Arbitrary<unknown> {
    const fields = Object.fromEntries(Object.entries(properties).map(([field, schema]) => [field, this.value(schema, field, depth + 1)]));
    return fc.record(fields, { requiredKeys: required.filter((field) => field in fields) });
  }

  private text({ format, pattern, example, minLength = 0, maxLength = 60 }: Schema, name: string): fc.Arbitrary<string> {
    if (format === 'uuid') return this.ids;
    if (format === 'date-time') return instant;
    if (format === 'date') return instant.map((text) => text.slice(0, 10));
    if (format === 'email') return fc.constantFrom('ada@example.org', '"a b"@example.org');
    if (format === 'uri') return fc.constantFrom('https://receiver.invalid', 'https://user@receiver.invalid:1/%00', 'https://[::1]');
    if (name === 'contentBase64' || format === 'base64')
      return fc.uint8Array({ minLength: 1, maxLength: 60 }).map((array) => Buffer.from(array).toString('base64'));
    if (/wallet|proxy|agent|address|^from$|^to$/i.test(name))
      return fc.oneof(fc.constantFrom(this.things.wallet, this.things.otherWallet, this.things.token), hex(20));
    if (pattern?.includes('0-9a-fA-F]{64}') || /sha256|hash/i.test(name)) return hex(32);
    if (/signature/i.test(name)) return fc.oneof(hex(65), hex(0), hex(7));
    if (pattern === '^[A-Z]{2}$' || /country|jurisdiction/i.test(name)) return fc.constantFrom('CH', 'SG', 'US', 'ZZ');
    if (name === 'currency') return fc.constantFrom('LUSD', 'USD', 'EUR');
    if (example === '100.5') return amount;
    if (pattern?.includes('A-Z0-9')) return fc.string({ unit: fc.constantFrom('A', 'Z', '9', '-'), minLength: 1, maxLength: 9 });
    return fc.oneof(
      fc.string({ minLength, maxLength: Math.min(maxLength, 60) }),
      fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, 60) }),
      nastyText,
    );
  }
}

function pathsOf(value: unknown, at: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [[...at, name], ...pathsOf(member, [...at, name])]);
}

/** Percent-encoded; a lone surrogate travels as the three bytes it would have. */
function encode(text: string): string {
  return [...text].map((point) => (/^[\w.~-]$/.test(point) ? point : bytesOf(point))).join('');
}

function bytesOf(point: string): string {
  const code = point.codePointAt(0) ?? 0;
  const bytes =
    code >= 0xd800 && code <= 0xdfff ? [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)] : [...Buffer.from(point)];
  return bytes.map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}

/** Sends over sockets that stay open. */
export class Wire {
  private readonly agent: http.Agent;

  constructor(
    private readonly url: string,
    sockets: number,
  ) {
    this.agent = new http.Agent({ keepAlive: true, maxSockets: sockets });
  }

  /** A socket that the server has just closed is no answer: asked once more, on another. */
  async send(request: WireRequest, token: string | undefined): Promise<WireAnswer> {
    const answer = await this.sendOnce(request, token);
    return answer.status === 0 ? this.sendOnce(request, token) : answer;
  }

  private sendOnce({ method, path, headers, body }: WireRequest, token: string | undefined): Promise<WireAnswer> {
    return new Promise((resolve) => {
      const request = http.request(`${this.url}${path.startsWith('/') ? '' : '/'}`, {
        agent: this.agent,
        method,
        path,
        headers: {
          ...(token ? { authorization: `Bearer ${token}` } : {}),
          ...headers,
          ...(body ? { 'content-length': String(body.length) } : {}),
        },
      });
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', () => resolve({ status: 0, type: '', text: '' }));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            type: response.headers['content-type'] ?? '',
            text: Buffer.concat(chunks).toString(),
          }),
        );
      });
      request.on('error', () => resolve({ status: 0, type: '', text: '' }));
      request.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
