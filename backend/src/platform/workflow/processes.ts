import { DBOS } from '@dbos-inc/dbos-sdk';
import { Injectable, Logger } from '@nestjs/common';
import { eq, type SQL, sql } from 'drizzle-orm';
import { Background } from '../background.js';
import { Database } from '../database/database.js';
import { newestMigration } from '../database/migrate.js';
import { processes } from './processes.tables.js';

const BEAT_MS = 1_000;
/** A process whose connections are gone has died; the time is for one that is just connecting again. */
const GONE_SECONDS = 3;
/** A process that keeps its connections and is silent for this long hangs, is paused, or is cut off. */
const SILENT_SECONDS = 10;

/** The processes that share this database. Each gives a sign of life every second; what one leaves behind the others take over: its
 *  connections are closed, with them its transactions and locks, and its workflows go back to the queue. One that wakes up later can
 *  commit nothing of what it had begun, and DBOS keeps no step of a run that somebody else owns by then. */
@Injectable()
export class Processes {
  private readonly log = new Logger(Processes.name);
  private readonly beats = new Background(
    () => this.beat(),
    BEAT_MS,
    (error) => this.log.warn({ err: error }, 'No sign of life could be given; it is tried again.'),
  );
  private queue = '';

  constructor(private readonly database: Database) {}

  get id(): string {
    return this.database.processId;
  }

  /** Makes this process known, before it takes any workflow. */
  async join(): Promise<void> {
    await this.note(sql`now()`);
  }

  /** Watches over the others, once workflows can run here.
   *  @param queue where workflows that somebody left behind go */
  async watch(queue: string): Promise<void> {
    this.queue = queue;
    await this.requeueOrphans();
    this.beats.start();
  }

  /** Stops watching, before workflows end here. */
  async rest(): Promise<void> {
    await this.beats.stop();
  }

  /** Lets the others take over at once what this process did not finish. */
  async leave(): Promise<void> {
    await this.note(sql`'-infinity'`);
  }

  private async beat(): Promise<void> {
    await this.note(sql`now()`);
    for (const { id, silent } of await this.dead()) await this.takeOver(id, silent);
  }

  private async note(beatAt: SQL): Promise<void> {
    await this.database.query
      .insert(processes)
      .values({ id: this.id, build: newestMigration(), beatAt })
      .onConflictDoUpdate({ target: processes.id, set: { beatAt } });
  }

  private async dead(): Promise<{ id: string; silent: boolean }[]> {
    const { rows } = await this.database.query.execute<{ id: string; silent: boolean }>(sql`
      select id, beat_at > '-infinity' as silent from processes p where id <> ${this.id} and (
        beat_at < now() - make_interval(secs => ${SILENT_SECONDS})
        or beat_at < now() - make_interval(secs => ${GONE_SECONDS}) and not exists (select from pg_stat_activity a
          where a.datname = current_database() and a.application_name = 'muniment ' || p.id))`);
    return rows;
  }

  /** Repeatable: whoever dies in it leaves the row, and the next one does it again. */
  private async takeOver(id: string, silent: boolean): Promise<void> {
    await this.database.transaction(async () => {
      if (!(await this.database.tryLock(`processes.take-over ${id}`))) return;
      if (silent) await this.endSessions(id);
      const taken = await this.requeue(id);
      await this.database.query.delete(processes).where(eq(processes.id, id));
      await this.requeueOrphans();
      if (silent) this.log.warn(`The process ${id} gave no sign of life: ${taken} workflows of it are taken over.`);
    });
  }

  /** Ends what it had begun: its transactions roll back and its locks are free, also while it is only paused. */
  private async endSessions(id: string): Promise<void> {
    await this.database.query.execute(sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and position(${id} in application_name) > 0`);
  }

  /** What ran in processes that nobody knows: those of a build that had no such list, or one that died before it could wake up. */
  private async requeueOrphans(): Promise<void> {
    const running = await DBOS.listWorkflows({ status: 'PENDING', loadInput: false, loadOutput: false });
    const known = new Set((await this.database.query.select({ id: processes.id }).from(processes)).map(({ id }) => id));
    const orphaned = new Set(running.flatMap(({ executorId }) => (executorId && !known.has(executorId) ? [executorId] : [])));
    for (const executorId of orphaned) await this.requeue(executorId);
  }

  private async requeue(executorId: string): Promise<number> {
    const left = await DBOS.listWorkflows({ status: 'PENDING', executorId, loadInput: false, loadOutput: false });
    const ids = left.map(({ workflowID }) => workflowID);
    if (ids.length) await DBOS.resumeWorkflows(ids, { queueName: this.queue });
    return ids.length;
  }
}
