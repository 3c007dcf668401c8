import type { AddressInfo } from 'node:net';
import { start } from '@chainlink/external-adapter-framework';
import type { Adapter } from '@chainlink/external-adapter-framework/adapter/index.js';
import { AdapterConfig, type SettingsDefinitionMap } from '@chainlink/external-adapter-framework/config/index.js';
import { type LevelWithSilent, pino } from 'pino';

/** How an adapter is run. The environment's settings of Chainlink's framework hold before the options. */
export type AdapterOptions = {
  /** 0 takes a free port; default EA_PORT, else 8080 */
  port?: number;
  /** default EA_HOST, else 127.0.0.1 */
  host?: string;
  /** Prometheus metrics under /metrics; off when absent. One adapter a process may have it: the framework's registry is global. */
  metricsPort?: number;
  /** how often the source may be asked, for all its documents together */
  requestsPerMinute?: number;
  /** of the adapter's log; default LOG_LEVEL, else info */
  logLevel?: LevelWithSilent;
};

export type RunningAdapter = { url: string; metricsUrl?: string; close(): Promise<void> };

/** The framework's configuration of an adapter. A setting of text that is not marked `sensitive: false` is blotted out wherever an answer
 *  repeats it.
 *  @param given values of settings where the environment names none
 *  @param pause between two looks at the source, milliseconds, beside the rate limit */
export function adapterConfig<S extends SettingsDefinitionMap>(
  settings: S,
  given: { [Name in keyof S]?: string | undefined },
  options: AdapterOptions,
  pause = 20,
): AdapterConfig<S> {
  const named = Object.entries(settings).map(([name, setting]) => [
    name,
    given[name] === undefined ? setting : { ...setting, default: given[name] },
  ]);
  return new AdapterConfig(Object.fromEntries(named) as S, {
    envDefaultOverrides: {
      EA_HOST: '127.0.0.1',
      METRICS_ENABLED: options.metricsPort !== undefined,
      // The next turn is soon enough; until then the answer says that the source failed.
      RETRY: 0,
      // A source that hangs is as good as down.
      API_TIMEOUT: 10_000,
      // A first request is answered when the source has answered, not a second later.
      BACKGROUND_EXECUTE_MS_HTTP: pause,
      CACHE_POLLING_SLEEP_MS: 100,
      CACHE_POLLING_MAX_RETRIES: 20,
    },
  });
}

/** Starts an External Adapter and returns once it listens: `POST /`, `GET /health`, `GET /status`.
 *  @throws when a setting is missing or the port is taken */
export async function startAdapter<S extends SettingsDefinitionMap>(adapter: Adapter<S>, options: AdapterOptions): Promise<RunningAdapter> {
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
    const { EA_HOST, EA_PORT, METRICS_PORT } = adapter.config.settings;
    const host = options.host ?? EA_HOST;
    await api.listen({ host, port: options.port ?? EA_PORT });
    await metricsApi?.listen({ host, port: options.metricsPort ?? METRICS_PORT });
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
