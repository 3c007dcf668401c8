import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectRoot } from '../../../backend/src/platform/project.js';
import { startAnvil } from '../support/anvil.js';

let built: string;
let home: string;

beforeAll(async () => {
  // A folder of its own inside the project, where modules are found; other tests build into dist at the same time.
  built = await mkdtemp(join(await distFolder(), 'start-test-'));
  home = await mkdtemp(join(tmpdir(), 'muniment-home-'));
  const args = [
    'node_modules/typescript/bin/tsc',
    '-p',
    'tsconfig.build.json',
    '--noCheck',
    '--outDir',
    built,
    '--tsBuildInfoFile',
    join(built, '.tsbuildinfo'),
  ];
  const { status, stdout } = spawnSync(process.execPath, args, { cwd: projectRoot, encoding: 'utf8' });
  expect([status, stdout]).toEqual([0, '']);
});
afterAll(() => Promise.all([built, home].map((folder) => rm(folder, { recursive: true, force: true }))));

async function distFolder(): Promise<string> {
  const folder = join(projectRoot, 'dist');
  await mkdir(folder, { recursive: true });
  return folder;
}

/** Starts as `npm start` does once everything is compiled. */
async function start(environment: Record<string, string>) {
  const code = `import(${JSON.stringify(join(built, 'backend/src/local/start.js'))}).then(({ start }) => start({ since: performance.now() }))`;
  const child = spawn(process.execPath, ['-e', code], {
    cwd: projectRoot,
    env: { PATH: process.env.PATH, PORT: '0', MUNIMENT_HOME: home, ...environment },
  });
  let said = '';
  child.stderr.on('data', (chunk) => (said += chunk));
  const [exit] = await once(child, 'close');
  return { exit, said };
}

/** Nothing of ours was brought up for a start that had to fail. */
async function expectNothingStarted(): Promise<void> {
  expect(existsSync(home) ? await readdir(home) : []).toEqual([]);
}

test('a taken port', async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  try {
    expect(await start({ PORT: String(port) })).toEqual({ exit: 1, said: `Port ${port} is taken: stop what uses it or set PORT.\n` });
  } finally {
    server.close();
  }
  await expectNothingStarted();
});

test('a database that cannot be reached', async () => {
  const { exit, said } = await start({ DATABASE_URL: 'postgres://somebody:secret@127.0.0.1:1/muniment' });
  expect(exit).toBe(1);
  expect(said).toMatch(/^The database at 127\.0\.0\.1:1 \(DATABASE_URL\) cannot be reached: [^\n]*ECONNREFUSED[^\n]*\.\n$/);
  expect(said).not.toContain('secret');
  await expectNothingStarted();
});

test('a chain that cannot be reached', async () => {
  expect(await start({ RPC_URL: 'http://127.0.0.1:1' })).toEqual({
    exit: 1,
    said: 'The chain at 127.0.0.1:1 (RPC_URL) cannot be reached.\n',
  });
  await expectNothingStarted();
});

test('a chain with another id', async () => {
  const anvil = await startAnvil();
  try {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'anvil_setChainId', params: [4242] });
    await fetch(anvil.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect(await start({ RPC_URL: anvil.url })).toEqual({
      exit: 1,
      said: `The chain at ${new URL(anvil.url).host} (RPC_URL) has id 4242, CHAIN_ID says 31337.\n`,
    });
  } finally {
    await anvil.stop();
  }
  await expectNothingStarted();
});

test('a production start without its secrets', async () => {
  expect(await start({ NODE_ENV: 'production' })).toEqual({
    exit: 1,
    said: 'VAULT_KEY is required in production: 32 random bytes in base64 that encrypt personal data.\n',
  });
});
