import type { EndpointContext } from '@chainlink/external-adapter-framework/adapter/index.js';
import type { BaseAdapterSettings } from '@chainlink/external-adapter-framework/config/index.js';
import { SubscriptionTransport } from '@chainlink/external-adapter-framework/transports/abstract/subscription.js';
import type { TransportDependencies } from '@chainlink/external-adapter-framework/transports/index.js';
import { makeLogger, sleep } from '@chainlink/external-adapter-framework/util/index.js';
import type { Requester } from '@chainlink/external-adapter-framework/util/requester.js';
import type { InputParametersDefinition, TypeFromDefinition } from '@chainlink/external-adapter-framework/validation/input-params.js';
import { answer } from './answer.js';
import type { Valuation } from './valuation.js';

const logger = makeLogger('SourceTransport');

const LARGEST_DOCUMENT = 64 * 1024 * 1024;

/** Types of an endpoint: its parameters, the settings of its adapter, and what it answers beside a valuation's own fields. */
export type EndpointTypes<P extends InputParametersDefinition, S extends BaseAdapterSettings, V extends Valuation = Valuation> = {
  Parameters: P;
  Response: { Data: V; Result: string };
  Settings: S;
};

/** Fetches documents at the pace of the adapter's rate limit. Whoever asks for a document that is on its way shares it. */
export type Source = { text(url: string | URL): Promise<string>; bytes(url: string | URL): Promise<Buffer> };

/** Keeps the answer to every question of the last minutes fresh in the framework's cache: asks the source again and again, in the
 *  background, and turns what it says into a valuation. */
export class SourceTransport<
  P extends InputParametersDefinition,
  S extends BaseAdapterSettings,
  V extends Valuation = Valuation,
> extends SubscriptionTransport<EndpointTypes<P, S, V>> {
  private source: Source | undefined;

  /** @param valuation  answers one question; throws NotPublished or SourceUnreadable when it cannot */
  constructor(private readonly valuation: (params: TypeFromDefinition<P>, source: Source, settings: S) => Promise<V>) {
    super();
  }

  override async initialize(
    dependencies: TransportDependencies<EndpointTypes<P, S, V>>,
    settings: S,
    endpointName: string,
    name: string,
  ): Promise<void> {
    await super.initialize(dependencies, settings, endpointName, name);
    this.source = sourceOf(dependencies.requester);
  }

  getSubscriptionTtlFromConfig(settings: S): number {
    return settings.WARMUP_SUBSCRIPTION_TTL;
  }

  async backgroundHandler(context: EndpointContext<EndpointTypes<P, S, V>>, questions: TypeFromDefinition<P>[]): Promise<void> {
    const { source } = this;
    if (!source) throw new Error('The transport is not initialized.');
    await Promise.all(
      questions.map(async (params) => {
        try {
          const response = await answer(() => this.valuation(params, source, context.adapterSettings));
          // The framework would keep the last value beside an error, for CACHE_MAX_AGE: here there is none from now on.
          if (response.statusCode !== 200) await this.responseCache.writeTTL(this.name, [params], 0);
          await this.responseCache.write(this.name, [{ params, response }]);
        } catch (error) {
          logger.error(error);
        }
      }),
    );
    await sleep(context.adapterSettings.BACKGROUND_EXECUTE_MS_HTTP);
  }
}

function sourceOf(requester: Requester): Source {
  const get = async <T>(url: string, responseType: 'text' | 'arraybuffer'): Promise<T> => {
    const { response } = await requester.request<T>(`${responseType} ${url}`, { url, responseType, maxContentLength: LARGEST_DOCUMENT });
    return response.data;
  };
  return { text: (url) => get<string>(String(url), 'text'), bytes: (url) => get<Buffer>(String(url), 'arraybuffer') };
}
