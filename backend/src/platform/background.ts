/** A loop that works when nudged, and anyway every `everyMs`, one run at a time. Errors are reported and do not end it. */
export class Background {
  private stopping = false;
  private nudged = false;
  private wake: () => void = () => {};
  private loop: Promise<void> | undefined;

  constructor(
    private readonly work: () => Promise<unknown>,
    private readonly everyMs: number,
    private readonly report: (error: unknown) => void,
  ) {}

  start(): void {
    this.loop ??= this.run();
  }

  /** Asks for a run soon; a run in progress is followed by another. */
  nudge(): void {
    this.nudged = true;
    this.wake();
  }

  /** Ends after the run in progress. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.wake();
    await this.loop;
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      this.nudged = false;
      await this.work().catch(this.report);
      if (!this.stopping && !this.nudged) await this.rest();
    }
  }

  private rest(): Promise<void> {
    return new Promise((done) => {
      const timer = setTimeout(done, this.everyMs);
      this.wake = () => {
        clearTimeout(timer);
        done();
      };
    });
  }
}
