import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { drizzle, type NodePgDatabase, type NodePgQueryResultHKT } from 'drizzle-orm/node-postgres';
import type { PgDatabase } from 'drizzle-orm/pg-core';
import pg from 'pg';
import { Config, ConfigError } from '../config.js';
import { uuidv7 } from '../ids.js';

/** The pool or an open transaction: the same query builder. */
export type Queryable = PgDatabase<NodePgQueryResultHKT, Record<string, never>>;

type Unit = { tx: Queryable; afterCommit: (() => void)[] };

/** PostgreSQL and the unit of work. `query` is the ambient transaction where there is one, else the pool, so a service neither
 *  opens nor passes transactions: a POST runs in one already, a workflow step calls `transaction`. */
@Injectable()
export class Database implements OnApplicationShutdown {
  private readonly log = new Logger(Database.name);
  /** Names this process to the others, and its connections to PostgreSQL. */
  readonly processId = uuidv7();
  private readonly units = new AsyncLocalStorage<Unit | undefined>();
  private readonly pool: pg.Pool;
  private readonly root: NodePgDatabase;
  private readonly asidePool: pg.Pool;
  private readonly aside: NodePgDatabase;
  private readonly enginePool: pg.Pool;
  private readonly engine: NodePgDatabase;
  private readonly roots = new AsyncLocalStorage<NodePgDatabase>();

  constructor(@Inject(Config) config: Config) {
    if (!config.databaseUrl) throw new ConfigError('DATABASE_URL is not set: the service needs a PostgreSQL.');
    this.pool = this.openPool(config.databaseUrl, config.databasePool);
    this.root = drizzle(this.pool);
    // A pool of its own, so that a transaction waiting for an independent one never waits for its own kind.
    this.asidePool = this.openPool(config.databaseUrl, 4);
    this.aside = drizzle(this.asidePool);
    this.enginePool = this.openPool(config.databaseUrl, 4);
    this.engine = drizzle(this.enginePool);
  }

  get query(): Queryable {
    return this.units.getStore()?.tx ?? this.pooled;
  }

  /** For a library that writes its own SQL; never part of a transaction. */
  get connections(): pg.Pool {
    return this.pool;
  }

  get inTransaction(): boolean {
    return this.units.getStore() !== undefined;
  }

  /** Runs `work` in the ambient transaction, or in a new one that commits when it returns and rolls back when it throws. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    return this.inTransaction ? work() : this.run(this.pooled, work);
  }

  /** Starts what keeps running, on connections of its own: loops that move the engine never queue behind requests, however many come. */
  apart<T>(start: () => T): T {
    return this.roots.run(this.engine, start);
  }

  /** Runs `work` in a transaction of its own that stays even if the ambient one rolls back, e.g. to record a refusal.
   *  Warning: it must not touch rows that the ambient transaction has locked. */
  async independently<T>(work: () => Promise<T>): Promise<T> {
    return this.run(this.inTransaction ? this.aside : this.pooled, work);
  }

  /** Calls `action` once the ambient transaction is committed (at once without one). Not durable: what must happen goes to the outbox. */
  afterCommit(action: () => void): void {
    const unit = this.units.getStore();
    if (unit) unit.afterCommit.push(action);
    else action();
  }

  /** Holds a named lock until the ambient transaction ends; waits for it. */
  async lock(name: string): Promise<void> {
    await this.query.execute(sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`);
  }

  /** Takes a named lock until the ambient transaction ends, if it is free. */
  async tryLock(name: string): Promise<boolean> {
    const { rows } = await this.query.execute<{ taken: boolean }>(
      sql`select pg_try_advisory_xact_lock(hashtextextended(${name}, 0)) as taken`,
    );
    return rows[0]?.taken === true;
  }

  /** Runs `work` while no other process does so under this name. Unlike `lock` it opens no transaction, and whoever waits is in none: for
   *  work that itself waits for all transactions to end. */
  async alone<T>(name: string, work: () => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    const call = async (lock: string): Promise<boolean> => {
      const { rows } = await client.query<{ done: boolean }>(`select ${lock}(hashtextextended($1, 0)) as done`, [name]);
      return rows[0]?.done === true;
    };
    try {
      while (!(await call('pg_try_advisory_lock'))) await sleep(100);
      return await work().finally(() => call('pg_advisory_unlock'));
    } finally {
      client.release();
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.pool.end(), this.asidePool.end(), this.enginePool.end()]);
  }

  private get pooled(): NodePgDatabase {
    return this.roots.getStore() ?? this.root;
  }

  private async run<T>(on: NodePgDatabase, work: () => Promise<T>): Promise<T> {
    const afterCommit: (() => void)[] = [];
    const result = await on.transaction((tx) => this.units.run({ tx, afterCommit }, work));
    for (const action of afterCommit) this.units.run(undefined, action);
    return result;
  }

  private openPool(connectionString: string, max: number): pg.Pool {
    const pool = new pg.Pool({
      connectionString,
      max,
      application_name: `muniment ${this.processId}`,
      connectionTimeoutMillis: 30_000,
      // A process that stops in the middle of a transaction does not keep its locks.
      idle_in_transaction_session_timeout: 60_000,
    });
    pool.on('error', (error) => this.log.warn(`An idle database connection was lost: ${error.message}`));
    // One that is lost in the middle of a transaction fails its next statement; unheard, it would end the process.
    pool.on('connect', (client) => client.on('error', () => {}));
    return pool;
  }
}
