import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { and, asc, count, eq, isNotNull, isNull, ne, or, sql } from 'drizzle-orm';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { Config, ConfigError } from '../config.js';
import { Database, type Queryable } from '../database/database.js';
import { isLostDatabase } from '../database/lost.js';
import { HealthChecks } from '../health/health.controller.js';
import { vaultKeys } from './vault.tables.js';

export type WrappedKey = { subject: string; wrapped: Buffer; wrappedBy: string | null };

/** In a store of its own there are no migrations: the table as `vault.tables.ts` has it. */
const TABLE = sql`create table if not exists vault_keys (subject text primary key, wrapped bytea, wrapped_by text,
  created_at timestamptz not null default now(), destroyed_at timestamptz)`;

/** Where the data keys are: among everything else, or in VAULT_DATABASE_URL, so that a backup of the one opens nothing without the other.
 *  There they take no part in our transactions: a key that is made stays, used or not, and one that is destroyed is gone. */
@Injectable()
export class VaultKeys implements OnApplicationShutdown {
  private readonly log = new Logger(VaultKeys.name);
  private readonly pool: pg.Pool | undefined;
  private readonly apart: NodePgDatabase | undefined;

  constructor(
    private readonly database: Database,
    private readonly health: HealthChecks,
    @Inject(Config) { vaultDatabaseUrl }: Config,
  ) {
    if (!vaultDatabaseUrl) return;
    this.pool = new pg.Pool({
      connectionString: vaultDatabaseUrl,
      max: 4,
      application_name: 'muniment vault',
      connectionTimeoutMillis: 30_000,
    });
    this.pool.on('error', (error) => this.log.warn(`An idle connection to the vault was lost: ${error.message}`));
    this.apart = drizzle(this.pool);
  }

  /** Before anything else.
   *  @throws ConfigError when the keys would be looked for where they are not */
  async prepare(): Promise<void> {
    const { apart } = this;
    if (!apart) return;
    const prepared = apart.transaction(async (tx) => {
      await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('muniment.vault', 0))`);
      await tx.execute(TABLE);
    });
    await prepared.catch((error: unknown) => {
      throw new ConfigError(
        `The database at VAULT_DATABASE_URL cannot be used: ${isLostDatabase(error) ? 'it does not answer' : String(error)}.`,
      );
    });
    const [left] = await this.database.query.select({ n: count() }).from(vaultKeys);
    if (left && left.n > 0) {
      throw new ConfigError(
        `VAULT_DATABASE_URL is set, and ${left.n} data keys are still in DATABASE_URL: move the table vault_keys there and empty it here.`,
      );
    }
    this.health.add('vault', async () => {
      await apart.execute(sql`select 1`);
      return {};
    });
  }

  async find(subject: string): Promise<WrappedKey | undefined> {
    const [row] = await this.query.select().from(vaultKeys).where(eq(vaultKeys.subject, subject));
    return row?.wrapped ? { ...row, wrapped: row.wrapped } : undefined;
  }

  /** Keeps the key unless the subject has one, or had. */
  async add(key: WrappedKey): Promise<void> {
    await this.query.insert(vaultKeys).values(key).onConflictDoNothing();
  }

  async destroy(subject: string): Promise<void> {
    await this.query.update(vaultKeys).set({ wrapped: null, destroyedAt: sql`now()` }).where(eq(vaultKeys.subject, subject));
  }

  /** Some keys that another one than this wraps, in order of subject, after a subject. */
  async notWrappedBy(id: string, after: string, limit: number): Promise<WrappedKey[]> {
    const rows = await this.query
      .select()
      .from(vaultKeys)
      .where(
        and(
          isNotNull(vaultKeys.wrapped),
          or(isNull(vaultKeys.wrappedBy), ne(vaultKeys.wrappedBy, id)),
          sql`${vaultKeys.subject} > ${after}`,
        ),
      )
      .orderBy(asc(vaultKeys.subject))
      .limit(limit);
    return rows.flatMap((row) => (row.wrapped ? [{ ...row, wrapped: row.wrapped }] : []));
  }

  /** Exchanges a wrapping, unless the key was destroyed or wrapped anew in the meantime. */
  async rewrap({ subject, wrapped }: WrappedKey, anew: Pick<WrappedKey, 'wrapped' | 'wrappedBy'>): Promise<void> {
    await this.query
      .update(vaultKeys)
      .set(anew)
      .where(and(eq(vaultKeys.subject, subject), eq(vaultKeys.wrapped, wrapped)));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool?.end();
  }

  private get query(): Queryable {
    return this.apart ?? this.database.query;
  }
}
