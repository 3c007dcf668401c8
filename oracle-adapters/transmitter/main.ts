// Runs one transmitter by itself; its settings are the names below.
import { parseGwei } from 'viem';
import { z } from 'zod';
import { environment, keyFrom, setting } from '../environment.js';
import { run } from '../run.js';
import { startTransmitter } from './start.js';

await run('transmitter', async () => {
  const env = environment({
    RPC_URL: setting.url,
    FEED_ADDRESS: setting.address,
    FEED_IDS: z
      .string()
      .transform((v) => v.split(',').map((id) => id.trim()))
      .pipe(z.array(setting.bytes32).nonempty()),
    FEED_DEPLOYED_AT: z.coerce.bigint().default(0n),
    TRANSMITTER_STATE_FILE: z.string(),
    TRANSMITTER_HOST: z.string().default('127.0.0.1'),
    TRANSMITTER_PORT: setting.whole.default(8090),
    TRANSMITTER_JITTER_MS: setting.whole.default(2000),
    TRANSMITTER_POLL_MS: setting.whole.default(1000),
    TRANSMITTER_REPRICE_MS: setting.whole.optional(),
    TRANSMITTER_MAX_FEE_GWEI: setting.whole.optional(),
    HEARTBEAT_SECONDS: setting.whole.optional(),
    SPREAD_ALERT_BPS: setting.whole.optional(),
    TRANSMITTER_PATIENCE_MS: setting.whole.optional(),
  });
  return startTransmitter({
    rpcUrl: env.RPC_URL,
    feed: env.FEED_ADDRESS,
    feedIds: env.FEED_IDS,
    deployedAt: env.FEED_DEPLOYED_AT,
    key: await keyFrom('TRANSMITTER_KEY'),
    stateFile: env.TRANSMITTER_STATE_FILE,
    host: env.TRANSMITTER_HOST,
    port: env.TRANSMITTER_PORT,
    jitter: env.TRANSMITTER_JITTER_MS,
    pollInterval: env.TRANSMITTER_POLL_MS,
    repriceAfter: env.TRANSMITTER_REPRICE_MS,
    maxFeePerGas: env.TRANSMITTER_MAX_FEE_GWEI === undefined ? undefined : parseGwei(String(env.TRANSMITTER_MAX_FEE_GWEI)),
    heartbeat: env.HEARTBEAT_SECONDS,
    spreadBps: env.SPREAD_ALERT_BPS,
    patience: env.TRANSMITTER_PATIENCE_MS,
  });
});
