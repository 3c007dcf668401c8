import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { projectRoot } from '../../../backend/src/platform/project.js';
import { eventually } from '../eventually.js';

export type Health = { code: number; status: string; alerts: { alert: string; feedId: string; detail: string }[] };

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A reporter or a transmitter as its operator runs it: a process of its own, with nothing but its settings. */
export class Service {
  output = '';
  private readonly child: ChildProcess;
  private readonly exited: Promise<unknown>;

  private constructor(
    main: string,
    environment: Record<string, string>,
    preload: string[],
    readonly url: string,
  ) {
    this.child = spawn(process.execPath, [...preload.flatMap((file) => ['--import', file]), main], {
      cwd: projectRoot,
      env: { PATH: process.env.PATH, ...environment },
    });
    for (const stream of [this.child.stdout, this.child.stderr]) stream?.on('data', (chunk) => (this.output += chunk));
    this.exited = once(this.child, 'close');
    running.add(this.child);
    void this.exited.then(() => running.delete(this.child));
  }

  /** @param built folder of the compiled project   @throws when it does not listen, with what it said */
  static async start(
    built: string,
    which: 'reporter' | 'transmitter',
    port: number,
    environment: Record<string, string>,
    preload: string[] = [],
  ): Promise<Service> {
    const main = join(built, 'oracle-adapters', which, 'main.js');
    const settings = { ...environment, [`${which.toUpperCase()}_PORT`]: String(port) };
    const service = new Service(main, settings, preload, `http://127.0.0.1:${port}`);
    const silent = (): Error => new Error(`The ${which} does not listen:\n${service.output}`);
    await eventually(() => {
      if (!service.output.includes(`${which} listens on`) && service.child.exitCode === null) throw silent();
    });
    if (service.child.exitCode !== null) throw silent();
    return service;
  }

  /** Ctrl-C, a crash, or a pause that SIGCONT ends. Returns once the process is gone, or at once when it is only paused. */
  async signal(signal: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    this.child.kill(signal);
    if (signal === 'SIGTERM' || signal === 'SIGKILL') await this.exited;
  }

  async health(): Promise<Health> {
    const response = await fetch(`${this.url}/health`);
    return { code: response.status, ...((await response.json()) as Omit<Health, 'code'>) };
  }

  /** A metric's value, by its name and labels as Prometheus writes them. */
  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    const line = text.split('\n').find((each) => each.startsWith(`${name} `));
    if (!line) throw new Error(`There is no ${name} in\n${text}`);
    return Number(line.slice(name.length + 1));
  }
}
