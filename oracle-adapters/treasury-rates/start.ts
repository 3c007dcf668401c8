import type { AddressInfo } from 'node:net';
import { start } from '@chainlink/external-adapter-framework';
import type { BaseAdapterSettings } from '@chainlink/external-adapter-framework/config/index.js';
import { type LevelWithSilent, pino } from 'pino';
import { treasuryRates } from './adapter.js';

export type TreasuryRatesOptions = {
  /** 0 takes a free port; default EA_PORT, else 8080 */
  port?: number;
  /** default EA_HOST, else 127.0.0.1 */
  host?: string;
  /** Prometheus metrics under /metrics; off when absent. One adapter a process may have it: the framework's registry is global. */
  metricsPort?: number;
  /** where the daily rates are published; default TREASURY_BASE_URL, else the Treasury */
  treasuryUrl?: string;
  /** where the auction results are published; default TREASURY_DIRECT_BASE_URL, else TreasuryDirect */
  treasuryDirectUrl?: string;
  /** how often the source may be asked; default 6 */
  requestsPerMinute?: number;
  /** of the adapter's log; default LOG_LEVEL, else info */
  logLevel?: LevelWithSilent;
};

export type TreasuryRates = { url: string; metricsUrl?: string; close(): Promise<void> };

/** Starts the External Adapter and returns once it listens. The environment's settings of Chainlink's framework hold besides the
 *  options. `GET /health`, `GET /status`, `POST /`.
 *  @throws when the port is taken */
export async function startTreasuryRates(options: TreasuryRatesOptions = {}): Promise<TreasuryRates> {
  const defaults: Partial<BaseAdapterSettings> = {
    EA_HOST: '127.0.0.1',
    METRICS_ENABLED: options.metricsPort !== undefined,
    // The next turn is soon enough; until then the answer says that the source failed.
    RETRY: 0,
    // A first request is answered when the source has answered, not a second later.
    BACKGROUND_EXECUTE_MS_HTTP: 100,
    CACHE_POLLING_SLEEP_MS: 100,
    CACHE_POLLING_MAX_RETRIES: 20,
  };
  const adapter = treasuryRates(
    defaults,
    { treasury: options.treasuryUrl, treasuryDirect: options.treasuryDirectUrl },
    options.requestsPerMinute ?? 6,
  );

  // The framework answers every unhandled rejection of the process by logging it; that is for the process to decide.
  const listeners = process.listeners('unhandledRejection');
  const { api, metricsApi } = await start(adapter, options.logLevel && { loggerFactory: pino({ level: options.logLevel }) });
  for (const added of process.listeners('unhandledRejection')) {
    if (!listeners.includes(added)) process.off('unhandledRejection', added);
  }
  if (!api) throw new Error('The adapter serves no API: EA_MODE must be reader-writer.');

  const close = async (): Promise<void> => {
    await Promise.all([api.close(), metricsApi?.close()]);
  };
  try {
    const host = options.host ?? adapter.config.settings.EA_HOST;
    await api.listen({ host, port: options.port ?? adapter.config.settings.EA_PORT });
    await metricsApi?.listen({ host, port: options.metricsPort ?? adapter.config.settings.METRICS_PORT });
    const urlOf = (address: string | AddressInfo | null): string =>
      `http://${host.includes(':') ? `[${host}]` : host}:${(address as AddressInfo).port}`;
    return {
      url: urlOf(api.server.address()),
      ...(metricsApi && { metricsUrl: `${urlOf(metricsApi.server.address())}/metrics` }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
