import { readFileSync } from 'node:fs';
import { link, readFile, rm, writeFile } from 'node:fs/promises';

export type Lock = { release(): Promise<void> };

/** Takes an exclusive lock file. A lock whose process is gone is taken over, one of a living process never.
 *  @returns undefined when a living process holds it */
export async function takeLock(file: string): Promise<Lock | undefined> {
  for (let attempt = 0; attempt < 5; attempt++) {
    if (await claim(file)) return { release: () => rm(file, { force: true }) };
    const [pid = '', start = ''] = (await readFile(file, 'utf8').catch(() => '')).split(' ');
    if (isHolder(Number(pid), start)) return undefined;
    await rm(file, { force: true });
  }
  return undefined;
}

/** Creates the file together with its content, so that nobody ever reads an empty lock. */
async function claim(file: string): Promise<boolean> {
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${process.pid} ${startOf(process.pid)}`, { mode: 0o600 });
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

function isHolder(pid: number, start: string): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as { code?: string }).code === 'ESRCH') return false;
  }
  return start === startOf(pid);
}

/** When the process began (clock ticks since boot), so that a number used again is not taken for the old holder. Linux only. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
