import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDeployment } from '../../../backend/src/chain/deployment.js';
import { deployInfrastructure } from '../../../backend/src/local/deploy.js';
import { projectRoot } from '../../../backend/src/platform/project.js';
import type { Anvil } from '../support/anvil.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { ECHO, effectsOf, startChain, startWorld, type TestClient } from './world.js';

/** K9 first: the contracts' own events are what there is to project. */
const POINTS = ['K9', 'K1', 'K2', 'K3', 'K4', 'K5', 'K6', 'K7', 'K8', 'K10'] as const;
const COMPILED = join(projectRoot, 'dist');

let chain: Anvil & { client: TestClient };
let database: TestDatabase;
let folder: string;
const keys: string[] = [];

beforeAll(async () => {
  const compiled = await exitOf(join(projectRoot, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.build.json'], {});
  expect(compiled.code, compiled.said).toBe(0);
  chain = await startChain(['--hardfork', 'cancun']);
  folder = mkdtempSync(join(tmpdir(), 'muniment-crash-'));
  await deployInfrastructure({ rpcUrl: chain.url, manifestFile: join(folder, 'deployment.json') });
  database = await createTestDatabase();
});
afterAll(async () => {
  await database?.drop();
  await chain?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the service until it has confirmed all effects asked for so far, or until the armed point kills it. */
function run(killAt?: string): Promise<{ code: number | null; signal: string | null; said: string }> {
  return exitOf(process.execPath, [join(import.meta.dirname, 'crash-child.mjs'), ...keys], {
    NODE_ENV: 'test',
    LOG_LEVEL: 'fatal',
    PORT: '0',
    DATABASE_URL: database.url,
    RPC_URL: chain.url,
    DEPLOYMENT_FILE: join(folder, 'deployment.json'),
    COMPILED,
    TARGET: ECHO,
    ...(killAt ? { FAULT_KILL: killAt } : {}),
  });
}

function exitOf(command: string, args: string[], environment: Record<string, string>): ReturnType<typeof run> {
  const child = spawn(command, args, {
    cwd: projectRoot,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...environment },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, said }));
  });
}

describe('a process that is killed', () => {
  it.each(POINTS)('at %s doubles nothing', async (point) => {
    for (let n = 1; n <= 5; n++) keys.push(`${point}:${n}`);
    const killed = await run(point);
    expect(killed.signal, killed.said).toBe('SIGKILL');
    for (const key of keys) expect(await effectsOf(chain.client, key), key).toBeLessThanOrEqual(1);
  });

  it('is made good by the next one', async () => {
    const recovered = await run();
    expect(recovered.code, recovered.said).toBe(0);
    for (const key of keys) expect(await effectsOf(chain.client, key), key).toBe(1);
  });

  it('leaves nonces without a gap, equal to the chain, and every event once', async () => {
    const world = await startWorld(chain.url, { database });
    try {
      const { rows } = await world.sql.query.execute<{ nonce: string; state: string }>(
        sql`select nonce::text, state from tx_intent order by tx_intent.nonce`,
      );
      expect(rows.map((row) => Number(row.nonce))).toEqual(rows.map((_, index) => index));
      expect(rows.every((row) => row.state === 'CONFIRMED')).toBe(true);
      expect(await chain.client.getTransactionCount({ address: world.sender })).toBe(keys.length);
      expect(rows).toHaveLength(keys.length);
      const { contracts } = readDeployment(join(folder, 'deployment.json'));
      const logs = await chain.client.getLogs({ address: [contracts.identityStorage, contracts.quorumFeed], fromBlock: 0n });
      const events = await world.sql.query.execute<{ count: string }>(sql`select count(*) from chain_event`);
      expect(Number(events.rows[0]?.count)).toBe(logs.length);
    } finally {
      await world.close({ keepDatabase: true });
    }
  });
});
