import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startAnvil } from '../support/anvil.js';
import { buildLauncher, Launcher } from './launcher.js';

let launcher: Awaited<ReturnType<typeof buildLauncher>>;
let home: string;

beforeAll(async () => {
  launcher = await buildLauncher();
  home = await mkdtemp(join(tmpdir(), 'muniment-home-'));
});
afterAll(() => Promise.all([launcher?.remove(), rm(home, { recursive: true, force: true })]));

async function start(environment: Record<string, string>) {
  const started = new Launcher(launcher.built, home, environment);
  return { exit: await started.exited, said: started.errors };
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
