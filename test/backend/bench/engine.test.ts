import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { projectRoot } from '../../../backend/src/platform/project.js';

type Distribution = Record<'funded' | 'paid' | 'withheld' | 'held' | 'dust', string> &
  Record<'seconds' | 'kills' | 'gasPerRecipient', number>;

const AMOUNT = expect.stringMatching(/^[1-9]\d*$/);
const RATE = expect.any(Number);
const DISTRIBUTION = {
  seconds: RATE,
  funded: AMOUNT,
  paid: AMOUNT,
  withheld: AMOUNT,
  held: AMOUNT,
  dust: AMOUNT,
  kills: RATE,
  gasPerRecipient: RATE,
};

/** It fails by itself when an effect is missing or double on chain, or when a unit is not where the books say. */
test('npm run bench:engine -- --json prints its figures, and every unit of a distribution whose process was killed adds up', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['backend/bench/engine.mjs', '--json', '--quick'], {
    cwd: projectRoot,
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
  });
  const figures = JSON.parse(stdout) as Record<'distribution10k' | 'distribution100k', Distribution>;
  expect(figures).toEqual({
    txPerSecond: { oneSender: RATE, oneProcess: RATE, twoProcesses: RATE, threeProcesses: RATE, naive: RATE },
    onboardingsPerSecond: RATE,
    eventsPerSecond: { backfill: RATE, live: RATE, lagBlocks: RATE },
    distribution10k: DISTRIBUTION,
    distribution100k: DISTRIBUTION,
  });
  for (const { funded, paid, withheld, held, dust, kills } of [figures.distribution10k, figures.distribution100k]) {
    expect(BigInt(paid) + BigInt(withheld) + BigInt(held) + BigInt(dust)).toBe(BigInt(funded));
    expect(kills).toBeGreaterThan(0);
  }
}, 1_800_000);
