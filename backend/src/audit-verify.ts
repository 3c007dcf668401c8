import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { type Address, createPublicClient, http } from 'viem';
import { z } from 'zod';
import { checkAnchors } from './chain/anchor-check.js';
import { PostgresError, startPostgres } from './local/postgres.js';
import { type AuditRange, verifyAudit } from './platform/audit/verify.js';
import { type Config, ConfigError, loadConfig } from './platform/config.js';
import type { Queryable } from './platform/database/database.js';
import { WalletAddress } from './platform/schema/fields.js';

/** `npm run audit:verify`: reads the log of DATABASE_URL, or of the database that `npm start` keeps in MUNIMENT_HOME, and the chain at
 *  RPC_URL if there is one. Ends with 0 when all is as it was written, 1 when not, 2 when that cannot be said. */
async function main(): Promise<boolean> {
  const { sender, ...range } = parameters();
  const config = loadConfig();
  const { url, stop } = await database(config);
  const client = new pg.Client({ connectionString: url, application_name: 'muniment audit:verify' });
  try {
    await client.connect();
    const query = drizzle(client);
    const log = await reportLog(query, range);
    const anchors = config.rpcUrl ? await reportAnchors(query, config.rpcUrl, sender) : true;
    return log && anchors;
  } finally {
    await client.end();
    await stop();
  }
}

async function reportLog(query: Queryable, range: AuditRange): Promise<boolean> {
  const { entries, head, firstBad } = await verifyAudit(query, range);
  if (!firstBad) {
    console.log(`✓ The log is intact up to entry ${entries}, hash ${head}.`);
    return true;
  }
  const { sequence, eventId, reason } = firstBad;
  const row = [sequence === null ? '' : `entry ${sequence}`, eventId === null ? '' : `event ${eventId}`].filter(Boolean).join(', ');
  console.error(`✗ First bad row: ${row}: ${reason}.`);
  return false;
}

async function reportAnchors(query: Queryable, rpcUrl: string, sender: Address | undefined): Promise<boolean> {
  const { account, agreed, firstBad } = await checkAnchors(query, createPublicClient({ transport: http(rpcUrl, { batch: true }) }), sender);
  if (firstBad) {
    const which = firstBad.sequence === null ? '' : ` of entry ${firstBad.sequence}`;
    console.error(`✗ First bad anchor${which}: ${firstBad.reason}.`);
    return false;
  }
  console.log(`✓ ${agreed} anchors agree with the chain${account ? `; they are of the account ${account}` : ''}.`);
  return true;
}

const Place = z.coerce.number().int().positive().optional();
const Parameters = z
  .strictObject({ from: Place, to: Place, sender: WalletAddress.optional() })
  .refine(({ from = 1, to = Infinity }) => from <= to);

function parameters(): z.infer<typeof Parameters> {
  const text = { type: 'string' } as const;
  try {
    return Parameters.parse({ ...parseArgs({ options: { from: text, to: text, sender: text } }).values });
  } catch {
    throw new ConfigError('It takes --from n and --to n, entries of the log, and --sender 0x…, the account that is known to anchor it.');
  }
}

async function database({ databaseUrl, home }: Config): Promise<{ url: string; stop(): Promise<void> }> {
  if (databaseUrl) return { url: databaseUrl, stop: async () => {} };
  if (!existsSync(home)) throw new ConfigError(`DATABASE_URL is not set, and ${home} (MUNIMENT_HOME) holds no database.`);
  return startPostgres({ dataDirectory: join(home, 'postgres') });
}

main().then(
  (intact) => {
    process.exitCode = intact ? 0 : 1;
  },
  (error: unknown) => {
    console.error(error instanceof ConfigError || error instanceof PostgresError ? error.message : error);
    process.exitCode = 2;
  },
);
