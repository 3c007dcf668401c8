import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import pino from 'pino';
import { createPublicClient, type Hex, http } from 'viem';
import { type LocalOracle, startLocalOracle } from '../../../oracle-adapters/local/start.js';
import type { Deployment } from '../chain/deployment.js';
import { localKey } from '../chain/settings.js';
import { type Config, ConfigError, loadConfig } from '../platform/config.js';
import { createApp } from '../platform/create-app.js';
import { serve } from '../serve.js';
import { LOCAL_FEED, LOCAL_INDEX, localSender } from './accounts.js';
import { LOCAL_CHAIN_ID, startAnvil, wasCutOff } from './chain.js';
import { deployInfrastructure } from './deploy.js';
import { localStaff } from './people.js';
import { PostgresError, startPostgres } from './postgres.js';
import { note, step } from './progress.js';
import { LocalWorldChain } from './world/chain.js';
import { logIns, summary } from './world/summary.js';
import { playWorld, type World } from './world/world.js';

/** The local chain begins a week before the bill of the seeded world is auctioned, each at a second of its own, so that a database never
 *  takes a new chain for the one it knows. */
const GENESIS = Date.parse('2017-08-21T00:00:00Z');
const DAY_MS = 86_400_000;

type Part = { close(): Promise<void> };

/** `npm start`: in production the service alone, against the database and chain of its settings; else everything it needs comes along.
 *  @param options.since `performance.now()` at which the start began */
export async function start({ since }: { since: number }): Promise<void> {
  const parts: Part[] = [];
  let ending: Promise<void> | undefined;
  const end = (): Promise<void> =>
    (ending ??= (async () => {
      for (const part of parts.splice(0).reverse()) await part.close().catch((error: unknown) => console.error(describe(error)));
    })());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (ending) process.exit(130);
      console.log('\nStopping …');
      void end().then(() => process.exit(0));
    });
  }
  try {
    const settings = loadConfig();
    if (settings.production) parts.push(await serve(settings));
    else await startLocally(settings, parts, since);
  } catch (error) {
    if (ending) return ending;
    console.error(describe(error));
    await end();
    process.exit(1);
  }
}

async function startLocally(settings: Config, parts: Part[], since: number): Promise<void> {
  const { home } = settings;
  mkdirSync(home, { recursive: true });
  await requireFreePort(settings.host, settings.port);
  await Promise.all([requireDatabase(settings), requireChain(settings)]);
  const anew = clearTornWorld(settings);

  const database = step('Database', () => bringDatabase(settings, { home, anew }, parts));
  // Killed before it is empty, the next start still sees the crash.
  if (anew) await database;
  const [databaseUrl, chain] = await Promise.all([database, step('Chain', () => bringChain(settings, home, parts))]);
  const manifestFile = join(home, 'deployment.json');
  const deployment = await step('Contracts', async () => {
    const value = await deployInfrastructure({
      rpcUrl: chain.url,
      manifestFile,
      onProgress: (done, total, name) => note(`Contracts: ${done} of ${total}, ${name}`),
    });
    return { value, detail: `token factory ${value.contracts.tokenFactory}` };
  });
  await step('API', () => bringApi(settings, { databaseUrl, rpcUrl: chain.url, manifestFile }, parts));
  const oracle = await step('Oracle', () => bringOracle(chain.url, deployment, home, parts));
  const url = `http://${settings.host}:${settings.port}`;
  const world = chain.ours ? await step('World', () => bringWorld(url, chain.url, deployment, oracle, home)) : undefined;

  const members = await logIns(url);
  console.log(summary({ url, rpcUrl: chain.url, databaseUrl, deployment, world, members }));
  console.log(`\nMuniment is ready after ${((performance.now() - since) / 1000).toFixed(1)} s. Ctrl-C stops everything.`);
}

type Step<T> = { value: T; detail?: string };

/** A crash that takes the local chain along takes blocks that the database has acted on already. A world that it interrupted begins anew;
 *  one that was finished goes on, with what the chain has.
 *  @returns whether the database has to be emptied, too */
function clearTornWorld({ home, databaseUrl, rpcUrl }: Config): boolean {
  if (rpcUrl || existsSync(join(home, 'world.json')) || !wasCutOff(chainFile(home))) return false;
  if (databaseUrl)
    throw new ConfigError(
      `A crash interrupted the first start: delete ${home} and empty the database that DATABASE_URL names to begin anew.`,
    );
  for (const part of ['chain.json', 'deployment.json', 'oracle']) rmSync(join(home, part), { recursive: true, force: true });
  console.log('A crash interrupted the first start: it begins anew.');
  return true;
}

const chainFile = (home: string): string => join(home, 'chain.json');

async function bringDatabase(settings: Config, { home, anew }: { home: string; anew: boolean }, parts: Part[]): Promise<Step<string>> {
  if (settings.databaseUrl) return { value: settings.databaseUrl, detail: `PostgreSQL at ${new URL(settings.databaseUrl).host}` };
  const { url, attached, stop } = await startPostgres({ dataDirectory: join(home, 'postgres'), anew });
  parts.push({ close: stop });
  return { value: url, detail: `embedded PostgreSQL on port ${new URL(url).port}${attached ? ', found running' : ''}` };
}

async function bringChain(settings: Config, home: string, parts: Part[]): Promise<Step<{ url: string; ours: boolean }>> {
  const { rpcUrl, chainId } = settings;
  if (rpcUrl) return { value: { url: rpcUrl, ours: false }, detail: `id ${chainId} at ${new URL(rpcUrl).host}` };
  const { url, stop } = await startAnvil({
    stateFile: chainFile(home),
    genesis: new Date(GENESIS + 1_000 * randomInt(DAY_MS / 1_000)),
  });
  parts.push({ close: stop });
  return { value: { url, ours: true }, detail: `local, id ${LOCAL_CHAIN_ID}, on port ${new URL(url).port}` };
}

async function bringApi(
  settings: Config,
  { databaseUrl, rpcUrl, manifestFile }: { databaseUrl: string; rpcUrl: string; manifestFile: string },
  parts: Part[],
): Promise<Step<void>> {
  const config = loadConfig({
    LOG_LEVEL: 'warn',
    STAFF: JSON.stringify(localStaff()),
    RATE_LIMIT_REQUESTS: '100000',
    RATE_LIMIT_WRITES: '100000',
    RATE_LIMIT_SIGN_IN: '1000',
    RATE_LIMIT_UPLOADS: '1000',
    RATE_LIMIT_EXPORTS: '1000',
    ...process.env,
    DATABASE_URL: databaseUrl,
    RPC_URL: rpcUrl,
    DEPLOYMENT_FILE: manifestFile,
  });
  const app = await createApp({ config });
  parts.push(app);
  await app.listen(settings.port, settings.host);
  return { value: undefined, detail: `http://${settings.host}:${settings.port}/openapi` };
}

async function bringOracle(rpcUrl: string, deployment: Deployment, home: string, parts: Part[]): Promise<Step<LocalOracle>> {
  const oracle = await startLocalOracle({
    rpcUrl,
    feed: deployment.contracts.quorumFeed,
    feedId: LOCAL_FEED.id,
    signerKeys: LOCAL_INDEX.reporters.map(localKey),
    gasKey: localKey(LOCAL_INDEX.transmitter),
    folder: join(home, 'oracle'),
    logger: pino({ level: 'fatal' }),
  });
  parts.push(oracle);
  return { value: oracle, detail: `treasury-rates adapter at ${oracle.adapterUrl}, 4 reporters, 1 transmitter` };
}

/** Played once per chain; what an interrupted start has done is not done again. */
async function bringWorld(url: string, rpcUrl: string, deployment: Deployment, oracle: LocalOracle, home: string): Promise<Step<World>> {
  const file = join(home, 'world.json');
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { genesisHash: Hex; world: World }) : undefined;
  if (known?.genesisHash === deployment.genesisHash) {
    await new LocalWorldChain(rpcUrl, deployment.contracts.stablecoin).advanceTo(new Date());
    return { value: known.world, detail: 'found again' };
  }
  const { stablecoin, feedProxy } = deployment.contracts;
  const world = await playWorld({
    url,
    rpcUrl,
    stablecoin,
    feedProxy,
    payer: localSender('payer'),
    today: firstDay(home),
    publish: (date) => oracle.publish(date),
  });
  writeFileSync(`${file}.new`, JSON.stringify({ genesisHash: deployment.genesisHash, world }));
  renameSync(`${file}.new`, file);
  return { value: world, detail: 'two assets tokenized, sold, valued and paid' };
}

/** The day of the first start, kept so that an interrupted world goes on with the same dates. */
function firstDay(home: string): Date {
  const file = join(home, 'first-day');
  if (!existsSync(file)) writeFileSync(file, new Date().toISOString());
  return new Date(readFileSync(file, 'utf8'));
}

/** What was named is asked before anything of ours is started. */
async function requireDatabase({ databaseUrl }: Config): Promise<void> {
  if (!databaseUrl) return;
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (error) {
    const why = error instanceof Error ? error.message || (error as NodeJS.ErrnoException).code : String(error);
    throw new ConfigError(`The database at ${new URL(databaseUrl).host} (DATABASE_URL) cannot be reached: ${why}.`);
  } finally {
    await client.end().catch(() => {});
  }
}

async function requireChain({ rpcUrl, chainId }: Config): Promise<void> {
  if (!rpcUrl) return;
  const { host } = new URL(rpcUrl);
  const client = createPublicClient({ transport: http(rpcUrl, { retryCount: 0, timeout: 5_000 }) });
  const id = await client.getChainId().catch(() => {
    throw new ConfigError(`The chain at ${host} (RPC_URL) cannot be reached.`);
  });
  if (id !== chainId) throw new ConfigError(`The chain at ${host} (RPC_URL) has id ${id}, CHAIN_ID says ${chainId}.`);
}

async function requireFreePort(host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once('error', () => reject(new ConfigError(`Port ${port} is taken: stop what uses it or set PORT.`)));
    probe.listen(port, host, () => probe.close(() => resolve()));
  });
}

/** One sentence where the failure is a known one. */
function describe(error: unknown): string {
  if (error instanceof ConfigError || error instanceof PostgresError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
