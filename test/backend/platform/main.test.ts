import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectRoot } from '../../../backend/src/platform/project.js';
import { freePort } from '../support/anvil.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
beforeAll(async () => {
  const build = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
    cwd: projectRoot,
    encoding: 'utf8',
  });
  expect(build.stdout + build.stderr).toBe('');
  database = await createTestDatabase();
});
afterAll(() => database.drop());

type Run = { child: ChildProcess; output: () => string; exit: Promise<number | null> };

function run(environment: Record<string, string>): Run {
  const child = spawn(process.execPath, [join(projectRoot, 'dist/backend/src/main.js')], {
    env: { PATH: process.env.PATH, LOG_LEVEL: 'silent', ...environment },
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  return { child, output: () => output, exit: once(child, 'exit').then(([code]) => code as number | null) };
}

async function answering({ child, output }: Run): Promise<void> {
  for (let waited = 0; !output().includes('answers at') && child.exitCode === null && waited < 60_000; waited += 100) {
    await new Promise((done) => setTimeout(done, 100));
  }
}

test('two processes count the requests of one principal together', async () => {
  const ports = [await freePort(), await freePort()];
  const runs = ports.map((port) => run({ DATABASE_URL: database.url, PORT: String(port), RATE_LIMIT_SIGN_IN: '10' }));
  await Promise.all(runs.map(answering));
  const ask = (port: number | undefined) => fetch(`http://127.0.0.1:${port}/v1/auth/nonces`, { method: 'POST' });
  const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => ask(ports[n % 2])));
  expect(answers.map(({ status }) => status).sort()).toEqual([...Array(10).fill(201), ...Array(20).fill(429)]);
  for (const { child, exit } of runs) {
    child.kill('SIGTERM');
    expect(await exit).toBe(0);
  }
});

test('the compiled service answers, and ends cleanly on SIGTERM', async () => {
  const port = await freePort();
  const service = run({ DATABASE_URL: database.url, PORT: String(port) });
  const { child, output, exit } = service;
  await answering(service);
  expect(output()).toContain(`Muniment answers at http://127.0.0.1:${port}`);
  expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
  child.kill('SIGTERM');
  expect(await exit).toBe(0);
});

async function takenPort() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return { port: String(typeof address === 'object' && address ? address.port : 0), close: () => server.close() };
}

test('a taken port, a missing or unreachable database and a missing secret are one sentence and exit 1', async () => {
  const { port, close } = await takenPort();
  const runs = {
    port: run({ DATABASE_URL: database.url, PORT: port }),
    none: run({}),
    unreachable: run({ DATABASE_URL: 'postgres://user:secret@127.0.0.1:1/x' }),
    secret: run({
      NODE_ENV: 'production',
      DATABASE_URL: database.url,
      RPC_URL: 'http://127.0.0.1:1',
      PUBLIC_URL: 'https://muniment.example',
    }),
  };
  for (const { exit } of Object.values(runs)) expect(await exit).toBe(1);
  close();
  const lines = Object.fromEntries(Object.entries(runs).map(([name, { output }]) => [name, output().trim()]));
  expect(lines.port).toBe(`Port ${port} is taken: stop what uses it or set PORT.`);
  expect(lines.none).toBe('DATABASE_URL is not set: the service needs a PostgreSQL.');
  expect(lines.unreachable).toMatch(/^The database at 127\.0\.0\.1:1\/x cannot be reached: [^\n]*\.$/);
  expect(lines.secret).toMatch(/^[A-Z_]+ is required in production[^\n]*\.$/);
});
