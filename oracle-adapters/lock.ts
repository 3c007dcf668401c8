import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { z } from 'zod';
import { setting } from './environment.js';

const Holder = setting.json(z.object({ pid: z.int().positive(), host: z.string(), began: z.string().optional() }));
type Holder = z.infer<typeof Holder>;

/** That a file is in use, as a file `<path>.lock` beside it which names the process. What a dead process left is taken over. */
export class Lock {
  private constructor(
    private readonly path: string,
    private readonly text: string,
  ) {}

  /** @throws when a living process has it, or one of which that cannot be known */
  static async take(file: string): Promise<Lock> {
    const path = `${file}.lock`;
    const holder: Holder = { pid: process.pid, host: hostname(), began: await beginningOf(process.pid) };
    const text = JSON.stringify({ ...holder, id: randomUUID() });
    for (;;) {
      try {
        await writeFile(path, text, { flag: 'wx', flush: true });
        return new Lock(path, text);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const other = Holder.safeParse(await read(path)).data;
      if (!other || (await mayLive(other))) {
        const who = other ? `process ${other.pid} of ${other.host}` : 'a process that it does not name';
        throw new Error(
          `${file} is already in use by ${who}: each process needs a state file of its own. If that process is gone, delete ${path}.`,
        );
      }
      await rm(path, { force: true });
    }
  }

  /** @throws when another has it by now: two that found the same dead process, or somebody deleted it */
  async check(): Promise<void> {
    if ((await read(this.path)) !== this.text) throw new Error(`${this.path} is no longer this process’s: another uses the state file.`);
  }

  async release(): Promise<void> {
    if ((await read(this.path)) === this.text) await rm(this.path, { force: true });
  }
}

function read(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

/** Whether a process may be alive: of another machine nothing is known. */
async function mayLive({ pid, host, began }: Holder): Promise<boolean> {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const begins = await beginningOf(pid);
  return began === undefined || begins === undefined || began === begins;
}

/** When a process began, in ticks of the machine: tells it from a later one of the same number. Undefined where there is no /proc. */
async function beginningOf(pid: number): Promise<string | undefined> {
  const stat = await read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}
