import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type StartPostgresReturnType, startPostgres } from '../../backend/src/local/postgres.js';

/** A real PostgreSQL of the harness alone, which it may crash. */
export class Postgres {
  private restarting: Promise<void> | undefined;

  private constructor(
    private readonly folder: string,
    private server: StartPostgresReturnType,
  ) {}

  static async start(): Promise<Postgres> {
    const folder = await mkdtemp(join(tmpdir(), 'muniment-torture-'));
    await chmod(folder, 0o755);
    const postgres = new Postgres(folder, await startPostgres({ dataDirectory: join(folder, 'data'), disposable: true }));
    // A commit is in the write-ahead log before it is acknowledged, or a crash would lose it. Only the disk is not waited for.
    await postgres.administer('alter role muniment set synchronous_commit to on');
    process.once('exit', postgres.stopWithUs);
    return postgres;
  }

  get port(): number {
    return Number(new URL(this.server.url).port);
  }

  /** @param port another than the server's: a proxy's */
  urlOf(database: string, port = this.port): string {
    const url = new URL(this.server.url);
    url.pathname = `/${database}`;
    url.port = String(port);
    return url.href;
  }

  /** `pg_ctl stop -m immediate`, and a start. */
  restart(): Promise<void> {
    this.restarting ??= this.crash().finally(() => {
      this.restarting = undefined;
    });
    return this.restarting;
  }

  async administer(statement: string): Promise<void> {
    const client = new pg.Client(this.urlOf('postgres'));
    await client.connect();
    await client.query(statement).finally(() => client.end());
  }

  /** Copies a database that nobody is connected to. */
  async copy(from: string, to: string): Promise<void> {
    await this.restarting;
    await this.administer(`create database ${to} template ${from} strategy file_copy`);
  }

  async drop(database: string): Promise<void> {
    await this.administer(`drop database if exists ${database} with (force)`);
  }

  async stop(): Promise<void> {
    process.off('exit', this.stopWithUs);
    await this.restarting;
    await this.server.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  private readonly stopWithUs = (): void => {
    process.kill(this.pid, 'SIGQUIT');
  };

  private get pid(): number {
    return Number(readFileSync(join(this.server.dataDirectory, 'postmaster.pid'), 'utf8').split('\n')[0]);
  }

  private async crash(): Promise<void> {
    const { pid } = this;
    process.kill(pid, 'SIGQUIT');
    while (isAlive(pid)) await sleep(5);
    await this.server.stop();
    this.server = await startPostgres({ dataDirectory: join(this.folder, 'data'), disposable: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
