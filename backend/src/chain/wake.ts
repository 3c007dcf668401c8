import { Injectable } from '@nestjs/common';

/** - intent: something waits to be signed or sent · block: the chain moved · final: an operation ended · projected: the projection moved */
export type WakeReason = 'intent' | 'block' | 'final' | 'projected';

/** Wakes the loops of this process at once. Nothing depends on it: whoever waits also looks again after a while, which is how
 *  processes learn of each other. */
@Injectable()
export class Wake {
  private readonly waiting = new Map<WakeReason, Set<() => void>>();
  private readonly counts = new Map<WakeReason, number>();

  signal(reason: WakeReason): void {
    this.counts.set(reason, this.count(reason) + 1);
    for (const wake of [...(this.waiting.get(reason) ?? [])]) wake();
  }

  /** Number of signals so far. Read it before looking, so that a signal between looking and waiting is not lost. */
  count(reason: WakeReason): number {
    return this.counts.get(reason) ?? 0;
  }

  /** Resolves at the first signal after the `seen`-th, after `ms`, or when `stop` aborts. */
  async wait(reason: WakeReason, seen: number, ms: number, stop?: AbortSignal): Promise<void> {
    if (this.count(reason) !== seen || stop?.aborted) return;
    const set = this.waiting.get(reason) ?? new Set();
    this.waiting.set(reason, set);
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        set.delete(done);
        stop?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      set.add(done);
      stop?.addEventListener('abort', done, { once: true });
    });
  }
}
