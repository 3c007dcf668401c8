// Runs one reporter by itself; its settings are the names below.
import { z } from 'zod';
import { environment, keyFrom, setting } from '../environment.js';
import { run } from '../run.js';
import { startReporter } from './start.js';

await run('reporter', async () => {
  const env = environment({
    RPC_URL: setting.url,
    FEED_ADDRESS: setting.address,
    FEED_ID: setting.bytes32,
    FEED_DECIMALS: setting.whole.default(8),
    ADAPTER_URL: setting.url,
    ADAPTER_REQUESTS: setting.json(z.array(z.object({ endpoint: z.string() }).catchall(z.union([z.string(), z.number()]))).nonempty()),
    TRANSMITTER_URLS: setting.urls,
    VALUE_MINIMUM: setting.decimal,
    VALUE_MAXIMUM: setting.decimal,
    VALIDITY_SECONDS: setting.whole,
    SINCE: setting.whole.optional(),
    POLL_INTERVAL_MS: setting.whole.default(60_000),
    REPORTER_STATE_FILE: z.string(),
  });
  return startReporter({
    rpcUrl: env.RPC_URL,
    feed: env.FEED_ADDRESS,
    feedId: env.FEED_ID,
    decimals: env.FEED_DECIMALS,
    key: await keyFrom('REPORTER_KEY'),
    stateFile: env.REPORTER_STATE_FILE,
    adapterUrl: env.ADAPTER_URL,
    requests: env.ADAPTER_REQUESTS,
    transmitters: env.TRANSMITTER_URLS,
    range: { minimum: env.VALUE_MINIMUM, maximum: env.VALUE_MAXIMUM },
    validity: env.VALIDITY_SECONDS,
    since: env.SINCE,
    interval: env.POLL_INTERVAL_MS,
  });
});
