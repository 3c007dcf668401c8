import type { Logger } from 'pino';
import { Counter, type Registry } from 'prom-client';
import type { SignedObservation } from '../feed/observation.js';

type Delivery = { body: string; stop: AbortController; done: Promise<void> };

/** Carries observations to the transmitters, to each at its own pace: one that is slow or away delays no other. */
export class Outbox {
  private readonly underWay = new Map<string, Delivery>();
  private readonly said = new Map<string, string>();
  private readonly deliveries: Counter<'transmitter' | 'result'>;

  constructor(
    private readonly transmitters: readonly string[],
    private readonly signal: AbortSignal,
    registry: Registry,
    private readonly log: Logger,
  ) {
    this.deliveries = new Counter({
      name: 'muniment_deliveries_total',
      help: 'Observations carried to a transmitter',
      labelNames: ['transmitter', 'result'],
      registers: [registry],
    });
  }

  /** @returns true as soon as one transmitter has taken it, false when none does. The others go on by themselves. */
  async send(observation: SignedObservation): Promise<boolean> {
    const body = JSON.stringify(observation);
    const deliveries = this.transmitters.map((url) => this.deliver(url, observation.header.feedIds.join(), body));
    return Promise.any(deliveries).then(
      () => true,
      () => false,
    );
  }

  /** One delivery at a time to a transmitter and of the same feeds: the same text joins it, another takes its place. */
  private deliver(url: string, feeds: string, body: string): Promise<void> {
    const key = `${url} ${feeds}`;
    const before = this.underWay.get(key);
    if (before?.body === body) return before.done;
    before?.stop.abort();
    const stop = new AbortController();
    const done = this.post(url, body, stop.signal).finally(() => {
      if (this.underWay.get(key)?.stop === stop) this.underWay.delete(key);
    });
    this.underWay.set(key, { body, stop, done });
    return done;
  }

  private async post(url: string, body: string, stop: AbortSignal): Promise<void> {
    try {
      const response = await fetch(new URL('/observations', url), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        signal: AbortSignal.any([this.signal, stop, AbortSignal.timeout(5_000)]),
      });
      const answer = await response.text();
      if (!response.ok) throw new Error(answer);
      this.report(url, 'taken');
    } catch (error) {
      if (!this.signal.aborted && !stop.aborted) this.report(url, 'failed', error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  private report(url: string, result: 'taken' | 'failed', reason = ''): void {
    this.deliveries.inc({ transmitter: url, result });
    if (this.said.get(url) === reason) return;
    if (reason || this.said.has(url)) this.log[reason ? 'warn' : 'info']({ transmitter: url, result, ...(reason && { reason }) });
    this.said.set(url, reason);
  }
}
