/** Points at which a fault harness kills the process, in the order in which a transaction passes them:
 *  K1 allocating · K2 nonce taken, not committed · K3 allocated · K4 signed, not persisted · K5 persisted, not broadcast ·
 *  K6 broadcast, not marked · K7 marked as sent · K8 receipt seen, not saved · K9 amid a projection · K10 projected */
export type CrashPoint = 'K1' | 'K2' | 'K3' | 'K4' | 'K5' | 'K6' | 'K7' | 'K8' | 'K9' | 'K10';

let armed: { point: string; probability: number } | undefined;

/** Arms one point, e.g. `K6:0.5` = killed at K6 in half of the passes. The configuration refuses it in production. */
export function armCrashPoint(setting: string | undefined): void {
  const [point = '', probability = '1'] = setting?.split(':') ?? [];
  armed = setting ? { point, probability: Number(probability) } : undefined;
}

/** Ends the process with SIGKILL, as a power cut would, where this point is armed. */
export function crashPoint(point: CrashPoint): void {
  if (armed?.point === point && Math.random() < armed.probability) process.kill(process.pid, 'SIGKILL');
}
