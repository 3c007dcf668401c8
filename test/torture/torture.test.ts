import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../backend/src/platform/project.js';
import { type Ground, prepareGround } from './ground.js';
import { MUTANTS, withMutant } from './mutants.js';
import { runSeed } from './seed.js';

const DIST = join(projectRoot, 'dist');
/** Number 2 has found a projection that believed a node which left logs out, and processes that ended with a connection to PostgreSQL. */
const SEEDS = Array.from({ length: 20 }, (_, n) => n + 1);
const PATIENCE_MS = 900_000;

let ground: Ground;

beforeAll(async () => {
  const compiled = spawnSync(join(projectRoot, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.build.json', '--noCheck'], {
    cwd: projectRoot,
    encoding: 'utf8',
  });
  expect(compiled.status, compiled.stdout).toBe(0);
  ground = await prepareGround(DIST);
}, PATIENCE_MS);
afterAll(() => ground?.close());

describe('the service', () => {
  it.each(SEEDS)(
    'keeps every invariant under the faults of seed %i',
    async (seed) => {
      const { violations } = await runSeed(seed, ground, DIST);
      expect(violations).toEqual([]);
    },
    PATIENCE_MS,
  );
});

describe('the harness', () => {
  it.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
    'finds out that %s',
    async (_, mutant) => {
      expect(await withMutant(mutant, DIST, ground)).toMatchObject({ caught: true });
    },
    PATIENCE_MS,
  );
});
