const FAILURES = 5;

/** Leaves alone what failed several times in a row: for a while nothing is asked of it, then one call tries whether it is back. */
export class Breaker {
  private failures = 0;
  private closedUntil = 0;

  /** @param pauseMs asked at each failure */
  constructor(private readonly pauseMs: () => number) {}

  /** @throws what the call throws, or an Error that it was not made */
  async run<T>(call: () => Promise<T>): Promise<T> {
    if (this.failures >= FAILURES) {
      if (performance.now() < this.closedUntil) throw new Error(`it failed ${this.failures} times and is left alone for a while`);
      this.pause();
    }
    try {
      const result = await call();
      this.failures = 0;
      return result;
    } catch (error) {
      this.failures++;
      this.pause();
      throw error;
    }
  }

  private pause(): void {
    this.closedUntil = performance.now() + this.pauseMs();
  }
}
