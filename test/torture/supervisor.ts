import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectRoot } from '../../backend/src/platform/project.js';
import type { Plan } from './plan.js';

export type ProcessOptions = {
  number: number;
  /** Where the compiled service is. */
  dist: string;
  port: number;
  environment: Record<string, string>;
  plan: Pick<Plan, 'seed' | 'kills' | 'skew'>;
};

const SKEWED_CLOCK = join(projectRoot, 'test/oracle-adapters/failures/skewed-clock.mjs');
const PAUSE_MS = 50;
const PATIENCE_MS = 5_000;

/** One process of the service, which is started again at once whenever it ends, as an orchestrator would. */
export class Supervised {
  private child: ChildProcess | undefined;
  private lives = 0;
  private wanted = true;
  private armed = true;
  private running: Promise<void> | undefined;
  /** All that it wrote in all its lives. */
  log = '';
  kills = 0;
  /** Deaths at each crash point. */
  readonly killedAt = new Map<string, number>();

  constructor(private readonly options: ProcessOptions) {}

  get url(): string {
    return `http://127.0.0.1:${this.options.port}`;
  }

  start(): void {
    this.running ??= this.live();
  }

  /** From now on it is killed no more. */
  disarm(): void {
    this.armed = false;
  }

  /** Whether the life that runs now is one without crash points. */
  get isArmed(): boolean {
    return this.killOf(this.lives - 1) !== undefined;
  }

  kill(): boolean {
    const killed = this.child?.kill('SIGKILL') ?? false;
    if (killed) this.kills++;
    return killed;
  }

  terminate(): boolean {
    return this.child?.kill('SIGTERM') ?? false;
  }

  /** Stops it as a machine that hangs, and lets it go on. */
  async pause(ms: number): Promise<boolean> {
    const { child } = this;
    if (!child?.kill('SIGSTOP')) return false;
    await sleep(ms);
    child.kill('SIGCONT');
    return true;
  }

  /** Holds it still, so that what it has written can be looked at. */
  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }

  /** Ends it for good. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    this.wanted = false;
    this.child?.kill('SIGCONT');
    this.child?.kill(signal);
    const patience = setTimeout(() => this.child?.kill('SIGKILL'), 10_000);
    await this.running;
    clearTimeout(patience);
  }

  /** Whether it answers anything at all. */
  async isUp(): Promise<boolean> {
    return fetch(`${this.url}/nothing`, { signal: AbortSignal.timeout(PATIENCE_MS) }).then(
      async (response) => {
        await response.body?.cancel();
        return true;
      },
      () => false,
    );
  }

  private async live(): Promise<void> {
    while (this.wanted) {
      const started = Date.now();
      await this.oneLife(this.lives++);
      // One that cannot start is not started in a hurry.
      if (this.wanted && Date.now() - started < 1_000) await sleep(PAUSE_MS);
    }
  }

  private async oneLife(life: number): Promise<void> {
    const { number, dist, port, environment, plan } = this.options;
    const kill = this.killOf(life);
    const skewed = plan.skew?.process === number ? plan.skew : undefined;
    const child = spawn(process.execPath, [...(skewed ? ['--import', SKEWED_CLOCK] : []), join(dist, 'backend/src/main.js')], {
      cwd: projectRoot,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH ?? '',
        HOME: process.env.HOME ?? '',
        ...environment,
        PORT: String(port),
        ...(skewed ? { SKEW_MS: String(skewed.ms) } : {}),
        ...(kill ? { FAULT_KILL: `${kill.point}:${kill.probability}`, FAULT_SEED: `${plan.seed}/${number}/${life}` } : {}),
      },
    });
    this.child = child;
    const killWithUs = (): boolean => child.kill('SIGKILL');
    process.once('exit', killWithUs);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await new Promise((done) => child.once('close', done).once('error', done));
    process.off('exit', killWithUs);
    this.log += said;
    this.child = undefined;
    const point = /^Killed at (K\d+)\.$/m.exec(said)?.[1];
    if (!point) return;
    this.kills++;
    this.killedAt.set(point, (this.killedAt.get(point) ?? 0) + 1);
  }

  private killOf(life: number) {
    const { number, plan } = this.options;
    return this.armed ? plan.kills.find((kill) => kill.process === number && kill.life === life) : undefined;
  }
}
