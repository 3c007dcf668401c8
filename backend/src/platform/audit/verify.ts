import { sql } from 'drizzle-orm';
import type { Queryable } from '../database/database.js';
import { hashOf, type Json } from '../json.js';
import type { AuditVerification } from './audit.schema.js';
import { type ChainedEvent, chainHash, GENESIS } from './chain.js';

/** Entries to look at, both included. */
export type AuditRange = { from?: number | undefined; to?: number | undefined };

type FirstBad = NonNullable<AuditVerification['firstBad']>;
/** A link with what it links, as PostgreSQL writes it; `event` is null when the event is gone. */
type Row = { sequence: string; eventId: string; previousHash: string; hash: string; event: (ChainedEvent & { payload: Json }) | null };
type Anchor = { sequence: string; hash: string; operationId: string };

const ROWS_AT_A_TIME = 1_000;

/** Recomputes the chain in one snapshot and names the first row that is not as it was written: edited, deleted, inserted, moved, or cut off
 *  below an anchor. It changes nothing, so a role that may only read is enough. Entries before `from` are believed. */
export function verifyAudit(database: Queryable, { from = 1, to = Number.MAX_SAFE_INTEGER }: AuditRange = {}): Promise<AuditVerification> {
  return database.transaction(
    async (snapshot) => {
      const chain = new ChainWalk(from, await hashBefore(snapshot, from), await anchorsOf(snapshot, from, to));
      for await (const row of linksOf(snapshot, from, to)) {
        const reason = chain.defect(row);
        if (reason) return chain.ended({ sequence: chain.next, eventId: row.eventId, reason });
        const rewritten = chain.pass(row);
        if (rewritten) return chain.ended(rewritten);
      }
      return chain.ended(chain.cutOff() ?? (await looseRow(snapshot)));
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
}

/** The state of a walk along the chain. */
class ChainWalk {
  private anchored: number;
  private readonly anchors: Anchor[];

  constructor(
    public next: number,
    private head: string,
    anchors: Anchor[],
  ) {
    this.anchored = next - 1;
    this.anchors = anchors.toReversed();
  }

  /** What is wrong with the entry that should come next. */
  defect({ sequence, previousHash, hash, event }: Row): string | undefined {
    if (Number(sequence) > this.next) return 'the entry is missing';
    if (Number(sequence) < this.next) return 'a second entry claims a place that is taken';
    if (previousHash !== this.head) return 'it does not follow the entry before it';
    if (!event) return 'what it links was deleted';
    if (hashOf(event.payload) !== event.payloadHash) return 'its payload was changed';
    if (chainHash(this.head, this.next, event) !== hash) return 'it was changed';
    return undefined;
  }

  /** Goes on to the entry after `row`. A chain that is consistent and was rewritten as a whole differs from what was anchored. */
  pass({ hash, eventId }: Row): FirstBad | undefined {
    const anchor = this.anchors.at(-1);
    if (anchor && Number(anchor.sequence) === this.next) {
      this.anchors.pop();
      const reason = `of entries ${this.anchored + 1} to ${this.next} at least one was rewritten: operation ${anchor.operationId} anchored another hash`;
      if (anchor.hash !== hash) return { sequence: this.anchored + 1, eventId: this.anchored + 1 === this.next ? eventId : null, reason };
      this.anchored = this.next;
    }
    this.head = hash;
    this.next++;
    return undefined;
  }

  /** What an anchor covers, or was asked for, and the chain does not have. */
  cutOff(): FirstBad | undefined {
    if (!this.head) return { sequence: this.next - 1, eventId: null, reason: 'the entry is missing' };
    const anchor = this.anchors[0];
    if (!anchor) return undefined;
    return { sequence: this.next, eventId: null, reason: `the entry is missing: ${anchor.sequence} entries were anchored` };
  }

  ended(firstBad: FirstBad | undefined): AuditVerification {
    return { entries: this.next - 1, head: this.head, intact: !firstBad, firstBad: firstBad ?? null };
  }
}

/** Through a cursor, so that a log of any length fits. A place below 1 comes first and is found, when it is asked from the beginning. */
async function* linksOf(snapshot: Queryable, from: number, to: number): AsyncGenerator<Row> {
  const lowest = from === 1 ? sql`true` : sql`l.sequence >= ${from}`;
  await snapshot.execute(sql`declare audit_walk no scroll cursor for
    select l.sequence::text as sequence, l.event_id as "eventId", l.previous_hash as "previousHash", l.hash,
      case when e.id is not null then jsonb_build_object('id', e.id, 'tenantId', e.tenant_id, 'actor', e.actor, 'action', e.action,
        'subject', e.subject, 'payload', e.payload, 'payloadHash', e.payload_hash, 'decisionId', e.decision_id, 'result', e.result,
        'at', regexp_replace(to_char(e.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '000$', '') || 'Z') end as event
    from audit_links l left join audit_events e on e.id = l.event_id
    where ${lowest} and l.sequence <= ${to} order by l.sequence`);
  for (;;) {
    const { rows } = await snapshot.execute<Row>(sql.raw(`fetch ${ROWS_AT_A_TIME} from audit_walk`));
    yield* rows;
    if (rows.length < ROWS_AT_A_TIME) break;
  }
  await snapshot.execute(sql`close audit_walk`);
}

/** An entry that is not there has no hash, and nothing follows it. */
async function hashBefore(snapshot: Queryable, from: number): Promise<string> {
  if (from === 1) return GENESIS;
  const { rows } = await snapshot.execute<{ hash: string }>(sql`select hash from audit_links where sequence = ${from - 1}`);
  return rows[0]?.hash ?? '';
}

async function anchorsOf(snapshot: Queryable, from: number, to: number): Promise<Anchor[]> {
  const { rows } = await snapshot.execute<Anchor>(sql`select sequence::text as sequence, hash, operation_id as "operationId"
    from audit_anchors where sequence between ${from} and ${to} order by audit_anchors.sequence`);
  return rows;
}

/** Every event is in the chain or waits for its place; what waits exists. */
async function looseRow(snapshot: Queryable): Promise<FirstBad | undefined> {
  const { rows } = await snapshot.execute<{ id: string; reason: string }>(sql`
    (select id, 'it was inserted past the log: it has no place in the chain and waits for none' as reason from audit_events e
      where not exists (select from audit_links where event_id = e.id) and not exists (select from audit_pending where event_id = e.id)
      order by id limit 1)
    union all
    (select event_id, 'it waits for its place in the chain, and was deleted or has one already' from audit_pending p
      where not exists (select from audit_events where id = p.event_id) or exists (select from audit_links where event_id = p.event_id)
      order by event_id limit 1)`);
  const [row] = rows;
  return row && { sequence: null, eventId: row.id, reason: row.reason };
}
