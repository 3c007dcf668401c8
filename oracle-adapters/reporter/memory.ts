import { type FileHandle, mkdir, open, readFile, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Hex } from 'viem';
import { z } from 'zod';
import { type Observation, SignedObservation } from '../feed/observation.js';
import { Lock } from '../lock.js';

const common = { at: z.string(), evidence: z.unknown(), evidenceHash: z.custom<Hex>((v) => typeof v === 'string' && v.startsWith('0x')) };
const Entry = z.object({ outcome: z.literal('signed'), observation: SignedObservation, ...common });
const Decision = z.discriminatedUnion('outcome', [
  Entry,
  z.object({ outcome: z.enum(['refused', 'no-answer', 'halted']), feedIds: z.array(z.string()), reason: z.string(), ...common }),
]);
export type Entry = z.infer<typeof Entry>;
/** What a reporter decided, when, and what it knew: `evidenceHash` = keccak256 of the canonical JSON of `evidence`. */
export type Decision = z.infer<typeof Decision>;

/** Rounds of a feed kept in memory: as many as the contract keeps, far more than a chain reorganises. */
const KEPT = 64;

/** What a reporter has decided, one JSON line each; what it has signed is on disk before it is sent anywhere: a restarted reporter knows
 *  it and does not sign another value for the same round. The file is the reporter's own evidence too; nothing is ever removed from it. */
export class Memory {
  private readonly rounds = new Map<string, Map<number, Entry>>();
  /** where in the file the line of a piece of evidence stands */
  private readonly places = new Map<string, { position: number; length: number }>();
  private length = 0;
  private writing: Promise<unknown> = Promise.resolve();
  private deciding: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly file: FileHandle,
    private readonly lock: Lock,
  ) {}

  /** @throws when the file is already in use, here or by another process, or holds anything but its own lines (a torn last one is
   *  dropped: it was never sent) */
  static async open(path: string): Promise<Memory> {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, 'a+');
    let lock: Lock | undefined;
    try {
      lock = await Lock.take(await realpath(path));
      const bytes = await readFile(path);
      const memory = new Memory(file, lock);
      for (let line = 1, end = bytes.indexOf(10); end >= 0; line++, end = bytes.indexOf(10, memory.length)) {
        const decision = read(bytes.toString('utf8', memory.length, end));
        if (!decision) throw new Error(`${path}, line ${line}, is damaged; signing without it could contradict what was signed before.`);
        memory.keep(decision, end + 1 - memory.length);
      }
      await file.truncate(memory.length);
      await file.sync();
      await syncDirectory(dirname(path));
      return memory;
    } catch (error) {
      await file.close();
      await lock?.release();
      throw error;
    }
  }

  /** Runs one task after the other: between the look at what was signed and the keeping of what is signed now comes nothing else.
   *  @throws when another process has taken the file over; what the task signed must not be sent then: the other may not have read it */
  alone<T>(task: () => Promise<T>): Promise<T> {
    const next = this.deciding.then(async () => {
      const result = await task();
      await this.lock.check();
      return result;
    });
    this.deciding = next.catch(() => undefined);
    return next;
  }

  /** What was last signed for each round of an observation; 'forgotten' when one of them is long past. */
  signed(observation: Observation): Entry[] | 'forgotten' {
    const found: Entry[] = [];
    for (const [key, round] of keysOf(observation)) {
      const rounds = this.rounds.get(key);
      const entry = rounds?.get(round);
      if (entry) found.push(entry);
      else if (rounds && rounds.size >= KEPT && round < Math.min(...rounds.keys())) return 'forgotten';
    }
    return found;
  }

  /** Returns once the decision is on disk. */
  remember(decision: Decision): Promise<void> {
    const next = this.writing.then(async () => {
      const line = Buffer.from(`${JSON.stringify(decision)}\n`);
      try {
        // Not write(), which may stop halfway and say so only in its answer.
        await this.file.appendFile(line);
        await this.file.datasync();
      } catch (error) {
        // Half a line on a full disk would damage the file for the next.
        await this.file.truncate(this.length);
        throw error;
      }
      this.keep(decision, line.length);
    });
    this.writing = next.catch(() => undefined);
    return next;
  }

  /** A piece of evidence by its hash. */
  async evidence(hash: string): Promise<unknown> {
    const place = this.places.get(hash.toLowerCase());
    if (!place) return undefined;
    const { buffer } = await this.file.read(Buffer.alloc(place.length), 0, place.length, place.position);
    return read(buffer.toString('utf8'))?.evidence;
  }

  async close(): Promise<void> {
    await this.writing;
    await this.file.close();
    await this.lock.release();
  }

  private keep(decision: Decision, length: number): void {
    this.places.set(decision.evidenceHash, { position: this.length, length });
    this.length += length;
    if (decision.outcome !== 'signed') return;
    for (const [key, round] of keysOf(decision.observation)) {
      const feed = this.rounds.get(key) ?? new Map<number, Entry>();
      feed.set(round, decision);
      if (feed.size > KEPT) feed.delete(Math.min(...feed.keys()));
      this.rounds.set(key, feed);
    }
  }
}

/** Each feed of an observation, and its round. */
function keysOf({ chainId, feed, header }: Observation): [string, number][] {
  return header.feedIds.map((feedId, i) => [`${chainId}:${feed}:${feedId}`, header.rounds[i] as number]);
}

function read(line: string): Decision | undefined {
  try {
    return Decision.safeParse(JSON.parse(line)).data;
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
