import { createHash } from 'node:crypto';

/** Numbers that a text decides, so that the same seed draws the same ones everywhere. */
export class Random {
  private drawn = 0;

  constructor(private readonly seed: string) {}

  /** In [0, 1). */
  next(): number {
    return (
      createHash('sha256')
        .update(`${this.seed}:${this.drawn++}`)
        .digest()
        .readUInt32BE() /
      2 ** 32
    );
  }

  /** An integer from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[Math.floor(this.next() * from.length)];
    if (picked === undefined) throw new Error('There is nothing to pick from.');
    return picked;
  }

  /** Different ones, in the order in which they were drawn. */
  sample<T>(from: readonly T[], count: number): T[] {
    const left = [...from];
    return Array.from({ length: Math.min(count, left.length) }, () => {
      const [taken] = left.splice(Math.floor(this.next() * left.length), 1);
      return taken as T;
    });
  }

  /** Numbers of their own for a part, whatever the others draw. */
  fork(part: string): Random {
    return new Random(`${this.seed}/${part}`);
  }
}
