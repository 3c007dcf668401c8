import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../../../backend/src/platform/project.js';

/** Compiles the backend into a folder of its own inside the project, where modules are found; other tests build into dist at the same
 *  time. @returns the folder, and how to remove it */
export async function buildLauncher(): Promise<{ built: string; remove(): Promise<void> }> {
  const dist = join(projectRoot, 'dist');
  await mkdir(dist, { recursive: true });
  const built = await mkdtemp(join(dist, 'start-test-'));
  const files = ['-p', 'tsconfig.build.json', '--noCheck', '--outDir', built, '--tsBuildInfoFile', join(built, '.tsbuildinfo')];
  const { status, stdout } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', ...files], {
    cwd: projectRoot,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The launcher does not compile: ${stdout}`);
  return { built, remove: () => rm(built, { recursive: true, force: true }) };
}

/** The launcher as a process, as `npm start` runs it once everything is compiled. */
export class Launcher {
  output = '';
  errors = '';
  readonly exited: Promise<number | null>;
  private readonly child: ChildProcess;

  /** @param home MUNIMENT_HOME */
  constructor(
    built: string,
    private readonly home: string,
    environment: Record<string, string> = {},
  ) {
    const code = `import(${JSON.stringify(join(built, 'backend/src/local/start.js'))}).then(({ start }) => start({ since: performance.now() }))`;
    this.child = spawn(process.execPath, ['-e', code], {
      cwd: projectRoot,
      env: { PATH: process.env.PATH, PORT: '0', MUNIMENT_HOME: home, ...environment },
      detached: true,
    });
    this.child.stdout?.on('data', (chunk) => (this.output += chunk));
    this.child.stderr?.on('data', (chunk) => (this.errors += chunk));
    this.exited = once(this.child, 'close').then(([exit]) => exit);
  }

  /** Waits until it has printed a text.
   *  @throws when it ends before, with what it said */
  async says(text: string): Promise<void> {
    while (!this.output.includes(text)) {
      const said = once(this.child.stdout as NodeJS.ReadableStream, 'data').then(() => true);
      if (!(await Promise.race([said, this.exited.then(() => this.output.includes(text))])))
        throw new Error(`The launcher ended before it said "${text}":\n${this.output}${this.errors}`);
    }
  }

  /** The step's line as it was printed. */
  line(step: string): string | undefined {
    return this.output.split('\n').find((line) => line.startsWith(`✓ ${step}`));
  }

  /** Ctrl-C, as a terminal sends it. @returns the exit code */
  interrupt(): Promise<number | null> {
    process.kill(-(this.child.pid as number), 'SIGINT');
    return this.exited;
  }

  /** Kills the launcher; what it started runs on. */
  async kill(): Promise<void> {
    process.kill(-(this.child.pid as number), 'SIGKILL');
    await this.exited;
  }

  /** As a crash of the machine: nothing that was started survives. */
  async crash(): Promise<void> {
    const all = this.processes();
    for (const pid of all) process.kill(pid, 'SIGSTOP');
    for (const pid of all) process.kill(pid, 'SIGKILL');
    await this.exited;
  }

  /** Whatever this launcher or an earlier one on the same home started and is alive, with its children. */
  processes(): number[] {
    const { stdout } = spawnSync('ps', ['-ww', '-eo', 'pid=,ppid=,stat=,args='], { encoding: 'utf8' });
    const living = stdout
      .split('\n')
      .map((line) => /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line))
      .flatMap((match) =>
        match && !match[3]?.startsWith('Z') ? [{ pid: Number(match[1]), parent: Number(match[2]), args: match[4] ?? '' }] : [],
      );
    const found = living.filter(({ pid, args }) => pid === this.child.pid || args.includes(this.home)).map(({ pid }) => pid);
    for (const root of found) {
      for (const { pid, parent } of living) if (parent === root && !found.includes(pid)) found.push(pid);
    }
    return found;
  }
}
