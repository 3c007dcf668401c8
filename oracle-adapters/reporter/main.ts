// Runs one reporter by itself; its settings are the names below. The file of publications is JSON: see `Publications`.
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { environment, keyFrom, setting } from '../environment.js';
import { MAX_FEEDS } from '../feed/observation.js';
import { run } from '../run.js';
import { LocalSigner, RemoteSigner } from './signer.js';
import { startReporter } from './start.js';

const Publications = z
  .array(
    z.strictObject({
      feeds: z
        .array(
          z.strictObject({
            feedId: setting.bytes32,
            decimals: z.int().min(0).max(18).optional(),
            adapterUrl: setting.url,
            requests: z.array(z.object({ endpoint: z.string() }).catchall(z.union([z.string(), z.number()]))).nonempty(),
            range: z.strictObject({ minimum: setting.decimal, maximum: setting.decimal }),
          }),
        )
        .min(1)
        .max(MAX_FEEDS),
      validity: z.int().positive(),
      since: z.int().nonnegative().optional(),
      interval: z.int().positive().optional(),
      heartbeat: z.int().positive().optional(),
    }),
  )
  .nonempty();

await run('reporter', async () => {
  const env = environment({
    RPC_URL: setting.url,
    FEED_ADDRESS: setting.address,
    PUBLICATIONS_FILE: z.string(),
    TRANSMITTER_URLS: setting.urls,
    REPORTER_STATE_FILE: z.string(),
    REPORTER_HOST: z.string().default('127.0.0.1'),
    REPORTER_PORT: setting.whole.default(8091),
    /** a remote signer; without it the key is read from REPORTER_KEY_FILE */
    REPORTER_SIGNER_URL: setting.url.optional(),
    REPORTER_SIGNER_ADDRESS: setting.address.optional(),
    REPORTER_SIGNER_METHOD: z.string().optional(),
  });
  const { REPORTER_SIGNER_URL: url, REPORTER_SIGNER_ADDRESS: address } = env;
  if ((url === undefined) !== (address === undefined)) throw new Error('REPORTER_SIGNER_URL and REPORTER_SIGNER_ADDRESS belong together.');
  const publications = setting.json(Publications).safeParse(await readFile(env.PUBLICATIONS_FILE, 'utf8'));
  if (!publications.success) throw new Error(`${env.PUBLICATIONS_FILE}: ${z.prettifyError(publications.error)}`);
  return startReporter({
    rpcUrl: env.RPC_URL,
    feed: env.FEED_ADDRESS,
    signer: url && address ? new RemoteSigner(url, address, env.REPORTER_SIGNER_METHOD) : new LocalSigner(await keyFrom('REPORTER_KEY')),
    stateFile: env.REPORTER_STATE_FILE,
    publications: publications.data,
    transmitters: env.TRANSMITTER_URLS,
    host: env.REPORTER_HOST,
    port: env.REPORTER_PORT,
  });
});
