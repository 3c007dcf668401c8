import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';

/** Points at which a fault harness kills the process, in the order in which a transaction passes them:
 *  K1 allocating · K2 nonce taken, not committed · K3 allocated · K4 signed, not persisted · K5 persisted, not broadcast ·
 *  K6 broadcast, not marked · K7 marked as sent · K8 receipt seen, not saved · K9 amid a projection · K10 projected;
 *  and what surrounds it: K11 step of a workflow done, not recorded · K12 workflows handed over, outbox not marked ·
 *  K13 events handled by a follower, its position not committed · K14 request committed, not answered */
export type CrashPoint = 'K1' | 'K2' | 'K3' | 'K4' | 'K5' | 'K6' | 'K7' | 'K8' | 'K9' | 'K10' | 'K11' | 'K12' | 'K13' | 'K14';

let armed: { point: string; probability: number; seed: string } | undefined;
let passes = 0;

/** Arms one point, e.g. `K6:0.5` = killed at K6 in half of the passes. The seed decides in which. The configuration refuses it in production. */
export function armCrashPoint(setting: string | undefined, seed: string): void {
  const [point = '', probability = '1'] = setting?.split(':') ?? [];
  armed = setting ? { point, probability: Number(probability), seed } : undefined;
  passes = 0;
}

/** Ends the process with SIGKILL where this point is armed: nothing after it runs, and nothing is closed. */
export function crashPoint(point: CrashPoint): void {
  if (armed?.point !== point || draw(armed.seed, passes++) >= armed.probability) return;
  writeSync(2, `Killed at ${point}.\n`);
  process.kill(process.pid, 'SIGKILL');
}

/** The n-th number that a seed gives, in [0, 1). */
function draw(seed: string, n: number): number {
  return createHash('sha256').update(`${seed}:${n}`).digest().readUInt32BE() / 2 ** 32;
}
