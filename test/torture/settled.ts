import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Run } from './seed.js';

const EVERY_MS = 150;

/** Runs `work` on a connection of its own, past every proxy. */
export async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url);
  await client.connect();
  return work(client).finally(() => client.end());
}

/** The first column of what a query finds. */
export function column(url: string, query: string): Promise<string[]> {
  return connected(url, async (client) => {
    const { rows } = await client.query({ text: query, rowMode: 'array' });
    return rows.map(([value]: unknown[]) => String(value));
  });
}

/** Waits until nothing is left to do, and holds all processes still then.
 *  @returns what is still open when the time is over, as sentences; empty when all is done */
export async function settled(run: Run, patienceMs: number): Promise<string[]> {
  const giveUp = Date.now() + patienceMs;
  for (;;) {
    if ((await open(run)).length === 0) {
      // Looked at once more while nobody moves: an anchor of the audit log may have set out in between.
      for (const process of run.processes) process.freeze();
      const left = await open(run);
      if (left.length === 0) return [];
      for (const process of run.processes) process.thaw();
    }
    if (Date.now() > giveUp) return open(run);
    await sleep(EVERY_MS);
  }
}

/** What is left to do, as sentences. */
export async function open({ ground, database, chain }: Run): Promise<string[]> {
  const head = await chain.client.getBlockNumber();
  const { pending, queued } = await chain.client.getTxpoolStatus();
  const query = `
    select 'workflow ' || workflow_id || ' waits in the outbox' from outbox where started_at is null
    union all select 'workflow ' || workflow_uuid || ' is ' || status from dbos.workflow_status where status in ('PENDING', 'ENQUEUED', 'DELAYED')
    union all select 'intent ' || business_key || ' is ' || state || coalesce(', ' || last_error, '') from tx_intent
      where state in ('ALLOCATED', 'SIGNED', 'SENT', 'MINED')
    union all select 'audit event ' || event_id || ' has no link' from audit_pending
    union all select 'webhook ' || message_id || ' waits' from webhook_sendings where state = 'WAITING'
    union all select 'the projection is at block ' || number || ' of ${head}' || coalesce(', ' || halted, '') from chain_cursor
      where number <> ${head} or halted is not null`;
  const url = ground.postgres.urlOf(database);
  const found = await column(url, query).catch((error: unknown) => [`the database does not answer: ${error}`]);
  // Hours and minutes between two attempts at a webhook are not waited for.
  await connected(url, (client) =>
    client.query(`update webhook_sendings set next_at = now() where state = 'WAITING' and next_at > now() + interval '2 seconds'`),
  ).catch(() => {});
  if (pending + queued > 0) found.push(`${pending + queued} transactions wait in the pool`);
  return found;
}

/** What no patience cures, as sentences. What should have moved is only held against the service while a process of it is up. */
export class Watcher {
  /** Looks in a row at which a process answered, and at which the projection stood where it stands. */
  private up = 0;
  private still = 0;
  private at: string | undefined;

  constructor(private readonly run: Run) {}

  async hopeless(): Promise<string[]> {
    const { ground, database, chain, processes } = this.run;
    const query = `
      select 'workflow ' || workflow_uuid || ' ended as ' || status || ': ' || left(coalesce(error, ''), 400) from dbos.workflow_status
        where status not in ('PENDING', 'ENQUEUED', 'DELAYED', 'SUCCESS')
      union all select 'sender ' || address || ' is halted: ' || halt_reason from tx_sender where state = 'HALTED'
      union all select 'the projection stopped: ' || halted from chain_cursor where halted is not null
      union all select what from torture_findings`;
    const late = `
      select 'workflow ' || workflow_id || ' was never started' from outbox
        where started_at < now() - interval '30 seconds' and not exists (select from dbos.workflow_status where workflow_uuid = workflow_id)
      union all select 'intent ' || business_key || ' is ' || state || ' and nobody sends it' from tx_intent
        where state = 'SENT' and sent_at < now() - interval '30 seconds'`;
    const url = ground.postgres.urlOf(database);
    const ask = (text: string): Promise<string[]> => column(url, text).catch(() => []);
    this.up = (await Promise.all(processes.map((process) => process.isUp()))).some(Boolean) ? this.up + 1 : 0;
    const [number] = await ask('select number from chain_cursor');
    const behind = number !== undefined && BigInt(number) < (await chain.client.getBlockNumber());
    this.still = this.up && behind && number === this.at ? this.still + 1 : 0;
    this.at = number;
    return [
      ...(await ask(query)),
      ...(this.up > LOOKS ? await ask(late) : []),
      ...(this.still > LOOKS ? [`the projection stays at block ${number}`] : []),
    ];
  }
}

const LOOKS = 15;
