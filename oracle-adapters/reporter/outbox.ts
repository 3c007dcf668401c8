import type { Logger } from 'pino';
import { Counter, type Registry } from 'prom-client';
import type { SignedObservation } from '../feed/observation.js';

type Delivery = { body: string; since: number; stop: AbortController; done: Promise<void> };

/** What was taken is sent again after so many milliseconds: the transmitter may have been restarted, or its transaction have failed. */
const AGAIN = 1000;

/** Carries observations to the transmitters, to each at its own pace: one that is slow or away delays no other. */
export class Outbox {
  private readonly last = new Map<string, Delivery>();
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

  /** One delivery at a time to a transmitter and of the same feeds: the same text joins it, or is spared if it was just taken; another
   *  takes its place. */
  private deliver(url: string, feeds: string, body: string): Promise<void> {
    const key = `${url} ${feeds}`;
    const before = this.last.get(key);
    if (before?.body === body && performance.now() < before.since + AGAIN) return before.done;
    before?.stop.abort();
    const stop = new AbortController();
    const delivery = { body, since: Infinity, stop, done: this.post(url, body, stop.signal) };
    this.last.set(key, delivery);
    delivery.done.then(
      () => Object.assign(delivery, { since: performance.now() }),
      () => Object.assign(delivery, { since: -Infinity }),
    );
    return delivery.done;
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
