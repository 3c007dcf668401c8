import { DBOS } from '@dbos-inc/dbos-sdk';
import { type BeforeApplicationShutdown, Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { asc, inArray, isNull, sql } from 'drizzle-orm';
import { Background } from '../background.js';
import { Config } from '../config.js';
import { crashPoint } from '../crash-point.js';
import { Database } from '../database/database.js';
import { type Json, toJson } from '../json.js';
import { outbox } from './outbox.tables.js';
import { Processes } from './processes.js';
import { isRetryable } from './retryable.js';

/** Pinned: a workflow of the previous build goes on in the next one. A change that old runs cannot follow gets a new workflow name. */
const APPLICATION_VERSION = '1';
const QUEUE = 'muniment';
const POLLING_MS = 50;
const SHUTDOWN_PATIENCE_MS = 3_000;

/** A workflow that was defined; starting it is part of the transaction that decided it. */
export type Workflow<Input extends Json> = {
  readonly name: string;
  /** Asks for one run under this business key, e.g. `pay:{distributionId}`. It starts after the ambient transaction commits, also when
   *  the process dies in between; asking again for the same key changes nothing. */
  start(businessKey: string, input: Input): Promise<void>;
};

export type WorkflowState = { status: 'WAITING' | 'RUNNING' | 'DONE' | 'FAILED'; error?: string };

/** Long-running work that survives a crash (DBOS on our PostgreSQL). One application a process; several processes on one database share
 *  the queue, and take over what a dead one was running. A workflow body holds the order of steps and nothing else: no clock, randomness or I/O outside `step`. Steps run at least once, so each
 *  is idempotent. */
@Injectable()
export class Workflows implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger(Workflows.name);
  private readonly bodies = new Map<string, (input: Json) => Promise<unknown>>();
  private readonly relay = new Background(
    () => this.handOver(),
    1_000,
    (error) => this.log.warn({ err: error }, 'The outbox could not be handed over; it is tried again.'),
  );

  constructor(
    private readonly database: Database,
    private readonly processes: Processes,
    @Inject(Config) private readonly config: Config,
  ) {}

  /** Defines a workflow; call it while the application is being built (in a service's constructor). */
  define<Input extends Json>(name: string, run: (input: Input) => Promise<unknown>): Workflow<Input> {
    if (this.bodies.has(name)) throw new Error(`The workflow ${name} is defined twice.`);
    const body = DBOS.registerWorkflow(run as (input: Json) => Promise<unknown>, { name });
    this.bodies.set(name, body);
    return { name, start: (businessKey, input) => this.ask(name, businessKey, input) };
  }

  /** One step: runs at least once and its result is kept. An outage (database, chain, provider) is waited out; any other error ends
   *  the workflow. */
  step<T>(name: string, run: () => Promise<T>): Promise<T> {
    const done = async (): Promise<T> => {
      const result = await run();
      crashPoint('K11');
      return result;
    };
    return DBOS.runStep(done, {
      name,
      retriesAllowed: true,
      maxAttempts: 1_000,
      intervalSeconds: 0.25,
      backoffRate: 1.5,
      shouldRetry: isRetryable,
    });
  }

  /** Waits, also across restarts. */
  sleep(milliseconds: number): Promise<void> {
    return DBOS.sleep(milliseconds);
  }

  /** How far the run under a business key is; undefined when nobody asked for it. */
  async state(businessKey: string): Promise<WorkflowState | undefined> {
    const status = await DBOS.getWorkflowStatus(businessKey);
    switch (status?.status) {
      case undefined: {
        const [row] = await this.database.query.select().from(outbox).where(sql`workflow_id = ${businessKey}`);
        return row && { status: 'WAITING' };
      }
      case 'SUCCESS':
        return { status: 'DONE' };
      case 'ENQUEUED':
      case 'DELAYED':
        return { status: 'WAITING' };
      case 'PENDING':
        return { status: 'RUNNING' };
      default:
        return { status: 'FAILED', error: status?.error instanceof Error ? status.error.message : String(status?.error ?? status?.status) };
    }
  }

  /** Waits until the run under a business key is over, and gives what it returned or throws what it threw. */
  async finished<T>(businessKey: string, timeoutMs = 60_000): Promise<T> {
    const giveUp = performance.now() + timeoutMs;
    const waiting = async () => (await DBOS.getWorkflowStatus(businessKey)) === null;
    while (performance.now() < giveUp && (await waiting())) await new Promise((done) => setTimeout(done, POLLING_MS));
    const options = { timeoutSeconds: Math.max(0.001, (giveUp - performance.now()) / 1_000), pollingIntervalMs: POLLING_MS };
    const result = await DBOS.getResult<T>(businessKey, options);
    if (result === null && (await this.state(businessKey))?.status !== 'DONE') {
      throw new Error(`The workflow ${businessKey} did not finish within ${timeoutMs} ms.`);
    }
    return result as T;
  }

  async onApplicationBootstrap(): Promise<void> {
    const { databaseUrl } = this.config;
    if (!databaseUrl) throw new Error('No database.');
    await this.processes.join();
    DBOS.setConfig({
      name: 'muniment',
      executorID: this.processes.id,
      systemDatabaseUrl: systemDatabaseUrl(databaseUrl),
      applicationVersion: APPLICATION_VERSION,
      systemDatabasePoolSize: this.config.databasePool,
      schedulerPollingIntervalMs: 1_000,
      logger: {
        debug: (entry) => this.log.debug(entry),
        info: (entry) => this.log.debug(entry),
        warn: (entry) => this.log.warn(entry),
        error: (entry) => this.log.error(entry),
      },
    });
    // It brings its own tables, which processes that start together must not do at the same time.
    await this.database.alone('workflows.launch', async () => {
      await DBOS.launch();
      await DBOS.registerQueue(QUEUE, { workerConcurrency: 100, minPollingIntervalMs: POLLING_MS, onConflict: 'always_update' });
    });
    await this.processes.watch(QUEUE);
    this.relay.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.relay.stop();
    await this.processes.rest();
    await DBOS.shutdown({ deregister: true, workflowCompletionTimeoutMS: SHUTDOWN_PATIENCE_MS });
    await this.processes.leave();
  }

  private async ask(workflow: string, workflowId: string, input: Json): Promise<void> {
    await this.database.query
      .insert(outbox)
      .values({ workflow, workflowId, input: toJson(input) })
      .onConflictDoNothing({ target: outbox.workflowId });
    this.database.afterCommit(() => this.relay.nudge());
  }

  /** Starts what waits, then marks it; dying in between starts it again under the same id, which is the same run. */
  private handOver(): Promise<void> {
    return this.database.transaction(async () => {
      const rows = await this.database.query
        .select()
        .from(outbox)
        .where(isNull(outbox.startedAt))
        .orderBy(asc(outbox.id))
        .limit(200)
        .for('update', { skipLocked: true });
      const known = rows.filter((row) => this.bodies.has(row.workflow));
      if (known.length === 0) return;
      for (const row of known) {
        const body = this.bodies.get(row.workflow);
        if (body) await DBOS.startWorkflow(body, { workflowID: row.workflowId, queueName: QUEUE })(row.input);
      }
      crashPoint('K12');
      const ids = known.map((row) => row.id);
      await this.database.query.update(outbox).set({ startedAt: sql`now()` }).where(inArray(outbox.id, ids));
      if (rows.length === 200) this.relay.nudge();
    });
  }
}

/** Says in the connection string what DBOS would otherwise say in a statement on every new connection, which pg warns about. */
function systemDatabaseUrl(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  if (!url.searchParams.has('options')) url.searchParams.set('options', '-c idle_in_transaction_session_timeout=60000');
  return url.href;
}
