import type { Logger } from 'pino';
import { Gauge, type Registry } from 'prom-client';
import type { Hex } from 'viem';
import type { FeedState } from './quorum-feed.js';

export type AlertName = 'HEARTBEAT_MISSED' | 'ROUND_HELD' | 'FEED_HALTED' | 'SPREAD_WIDE';
export type Alert = { alert: AlertName; feedId: Hex; detail: string };

/** What an operator must know of: a line in the log when an alert is raised and when it is over, the metric `muniment_alert`, and a list
 *  for the health endpoint. */
export class Alerts {
  private readonly raised = new Map<string, Alert>();
  private readonly gauge: Gauge<'alert' | 'feed'>;
  private readonly rounds: Gauge<'feed'>;
  private readonly valuations: Gauge<'feed'>;

  constructor(
    registry: Registry,
    private readonly log: Logger,
  ) {
    const of = <T extends string>(name: string, help: string, labelNames: T[]) =>
      new Gauge({ name, help, labelNames, registers: [registry] });
    this.gauge = of('muniment_alert', '1 while the alert is raised', ['alert', 'feed']);
    this.rounds = of('muniment_feed_round', 'Number of the latest accepted round', ['feed']);
    this.valuations = of('muniment_feed_valuation_timestamp_seconds', 'Instant at which the latest accepted value holds', ['feed']);
  }

  /** Raises an alert, or ends it when there is no detail. */
  set(alert: AlertName, feedId: Hex, detail: string | undefined): void {
    const key = `${alert} ${feedId}`;
    this.gauge.set({ alert, feed: feedId }, detail === undefined ? 0 : 1);
    if (detail === undefined) {
      if (this.raised.delete(key)) this.log.info({ alert, feedId }, 'the alert is over');
      return;
    }
    if (!this.raised.has(key)) this.log.warn({ alert, feedId }, detail);
    this.raised.set(key, { alert, feedId, detail });
  }

  /** Draws the alerts that the chain alone decides.
   *  @param heartbeat seconds within which a round must follow the last; absent: any time */
  watch(feedId: Hex, { latest, held, halted, time }: FeedState, heartbeat: number | undefined): void {
    if (latest) {
      this.rounds.set({ feed: feedId }, Number(latest.round));
      this.valuations.set({ feed: feedId }, latest.valuationTimestamp);
    }
    // A chain that stands still has a clock that stands still.
    const now = Math.max(time, Math.floor(Date.now() / 1000));
    const late = latest && heartbeat !== undefined && now > latest.publishedAt + heartbeat;
    this.set('HEARTBEAT_MISSED', feedId, late ? `No round since ${iso(latest.publishedAt)}; one is due every ${heartbeat} s.` : undefined);
    this.set(
      'ROUND_HELD',
      feedId,
      held && `Round ${held.round} of ${iso(held.valuationTimestamp)}, value ${held.value}, waits for approval.`,
    );
    this.set('FEED_HALTED', feedId, halted ? 'The feed is halted: nothing is accepted or read.' : undefined);
  }

  list(): Alert[] {
    return [...this.raised.values()];
  }
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
