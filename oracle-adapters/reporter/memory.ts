import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { type Observation, SignedObservation } from '../feed/observation.js';

const Entry = z.object({ observation: SignedObservation, evidence: z.unknown(), evidenceHash: z.string() });
export type Entry = z.infer<typeof Entry>;

/** Rounds of a feed kept in memory: as many as the contract keeps, far more than a chain reorganises. */
const KEPT = 64;

const opened = new Set<string>();

/** What a reporter has signed, one JSON line each, on disk before it is sent anywhere: a restarted reporter knows it and does not sign
 *  another value for the same round. The file is the reporter's own evidence too; nothing is ever removed from it. */
export class Memory {
  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
    private readonly rounds: Map<string, Map<number, Entry>>,
  ) {}

  /** @throws when the file is already open in this process, or holds anything but its own lines (a torn last one is dropped: it was
   *  never sent) */
  static async open(path: string): Promise<Memory> {
    if (opened.has(path)) throw new Error(`${path} is already in use: each reporter needs a state file of its own.`);
    opened.add(path);
    try {
      await mkdir(dirname(path), { recursive: true });
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return '';
        throw error;
      });
      const whole = text.slice(0, text.lastIndexOf('\n') + 1);
      const rounds = new Map<string, Map<number, Entry>>();
      for (const [i, line] of whole.split('\n').slice(0, -1).entries()) {
        const entry = read(line);
        if (!entry) throw new Error(`${path}, line ${i + 1}, is damaged; signing without it could contradict what was signed before.`);
        keep(rounds, entry);
      }
      const file = await open(path, 'a');
      await file.truncate(Buffer.byteLength(whole));
      await file.sync();
      await syncDirectory(dirname(path));
      return new Memory(path, file, rounds);
    } catch (error) {
      opened.delete(path);
      throw error;
    }
  }

  /** What was last signed for a round of a feed: an entry, undefined if nothing, 'forgotten' for rounds long past. */
  signed(observation: Observation): Entry | 'forgotten' | undefined {
    const rounds = this.rounds.get(key(observation));
    const entry = rounds?.get(observation.header.round);
    if (entry || !rounds) return entry;
    return rounds.size >= KEPT && observation.header.round < Math.min(...rounds.keys()) ? 'forgotten' : undefined;
  }

  /** Returns once the entry is on disk. */
  async remember(entry: Entry): Promise<void> {
    await this.file.write(`${JSON.stringify(entry)}\n`);
    await this.file.sync();
    keep(this.rounds, entry);
  }

  async close(): Promise<void> {
    opened.delete(this.path);
    await this.file.close();
  }
}

function keep(rounds: Map<string, Map<number, Entry>>, entry: Entry): void {
  const id = key(entry.observation);
  const feed = rounds.get(id) ?? new Map<number, Entry>();
  feed.set(entry.observation.header.round, entry);
  if (feed.size > KEPT) feed.delete(Math.min(...feed.keys()));
  rounds.set(id, feed);
}

function key(o: Observation): string {
  return `${o.chainId}:${o.feed}:${o.header.feedId}`;
}

function read(line: string): Entry | undefined {
  try {
    return Entry.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
