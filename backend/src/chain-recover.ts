import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { createPublicClient, http } from 'viem';
import { recover } from './chain/recovery.js';
import { chainSettings } from './chain/settings.js';
import { openSigner } from './chain/signers/open-signer.js';
import { ConfigError, loadConfig } from './platform/config.js';
import { migrate } from './platform/database/migrate.js';

/** `npm run chain:recover`: after a backup was restored, and while no process of the service runs. Reads from the chain what the accounts
 *  have sent since the backup, so that nothing of it is sent again. Ends with 0, or with 1 and one sentence, and then nothing was changed. */
async function main(): Promise<void> {
  const config = loadConfig();
  if (!config.databaseUrl || !config.rpcUrl) throw new ConfigError('DATABASE_URL and RPC_URL name the restored database and its chain.');
  await migrate(config.databaseUrl);
  const settings = chainSettings(config);
  const signer = await openSigner(settings);
  const chain = createPublicClient({ transport: http(config.rpcUrl, { batch: true }), cacheTime: 0 });
  const client = new pg.Client({ connectionString: config.databaseUrl, application_name: 'muniment chain:recover' });
  await client.connect();
  try {
    const results = await drizzle(client).transaction(async (query) => {
      const { rows } = await query.execute<{ genesis: string; n: number }>(sql`select genesis_hash as genesis,
        (select count(*)::int from processes where beat_at > now() - interval '10 seconds') as n from chain_pin`);
      const [pin] = rows;
      if (pin && pin.genesis !== (await chain.getBlock({ blockNumber: 0n })).hash)
        throw new ConfigError('The chain at RPC_URL is not the one this database belongs to.');
      if (pin?.n) throw new ConfigError('A process of the service runs on this database: stop it first.');
      return recover(query, chain, settings.chainId, signer);
    });
    for (const { address, role, recovered, rejoined } of results)
      console.log(`${role} (${address}): ${recovered} transactions recovered, ${rejoined} open ones found mined.`);
    console.log(results.length ? 'The senders send again. Start the service.' : 'The database knows all that its accounts have sent.');
  } finally {
    await client.end();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
