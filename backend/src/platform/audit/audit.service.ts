import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { and, asc, desc, eq, inArray, lt } from 'drizzle-orm';
import type { Actor } from '../auth/actor.js';
import { scope } from '../auth/scope.js';
import { Background } from '../background.js';
import { Database } from '../database/database.js';
import { uuidv7 } from '../ids.js';
import { hashOf, toJson } from '../json.js';
import { fromCursor, toPage } from '../schema/page.js';
import { WebhookOutbox } from '../webhooks/webhook-outbox.js';
import type { AuditEventView, AuditQuery, AuditVerification } from './audit.schema.js';
import { auditEvents, auditLinks, auditPending } from './audit.tables.js';
import { chainHash, GENESIS } from './chain.js';
import { verifyAudit } from './verify.js';

export type AuditEntry = {
  actor: Actor;
  /** `<resource>.<past tense>`, e.g. `kyc-case.approved`. */
  action: string;
  /** `<resource>:<id>`. */
  subject: string;
  /** What was decided, without personal data (or only as ciphertext). bigint and Date are written as text. */
  payload?: unknown;
  /** The approval it rests on. */
  decisionId?: string;
  result?: 'DONE' | 'REFUSED' | 'FAILED';
};

const BATCH = 500;

/** The audit log. An entry commits with its cause; one sequencer at a time links committed entries into a hash chain, so that no
 *  business transaction waits for another one's entry. */
@Injectable()
export class Audit implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger(Audit.name);
  private readonly sequencer = new Background(
    () => this.link(),
    500,
    (error) => this.log.warn({ err: error }, 'Audit entries could not be linked; it is tried again.'),
  );

  constructor(
    private readonly database: Database,
    private readonly webhooks: WebhookOutbox,
  ) {}

  /** Writes an entry in the ambient transaction. A refusal, whose transaction rolls back, goes through `refused`. */
  async append(entry: AuditEntry): Promise<string> {
    const [id] = await this.appendAll([entry]);
    if (id === undefined) throw new Error('The audit entry was not stored.');
    return id;
  }

  /** As `append`, for entries that come by the hundred (at most 5,000). */
  async appendAll(entries: readonly AuditEntry[]): Promise<string[]> {
    if (entries.length === 0) return [];
    const rows = entries.map(rowOf);
    await this.database.transaction(async () => {
      await this.database.query.insert(auditEvents).values(rows);
      await this.database.query.insert(auditPending).values(rows.map(({ id }) => ({ eventId: id })));
      for (const { id, tenantId, at, action, subject, result } of rows) {
        if (result !== 'REFUSED') await this.webhooks.publish({ tenantId, type: action, at, data: { eventId: id, subject } });
      }
    });
    this.database.afterCommit(() => this.sequencer.nudge());
    return rows.map(({ id }) => id);
  }

  /** Records a refusal in a transaction of its own, because the ambient one is about to roll back. */
  async refused(entry: Omit<AuditEntry, 'result'>): Promise<void> {
    await this.database.independently(() => this.append({ ...entry, result: 'REFUSED' }));
  }

  async list({ limit, cursor, subject, action }: AuditQuery, actor: Actor): Promise<{ items: AuditEventView[]; next: string | null }> {
    const before = fromCursor(cursor);
    const rows = await this.database.query
      .select({ event: auditEvents, sequence: auditLinks.sequence, hash: auditLinks.hash })
      .from(auditEvents)
      .leftJoin(auditLinks, eq(auditLinks.eventId, auditEvents.id))
      .where(
        and(
          scope(actor, auditEvents.tenantId),
          before ? lt(auditEvents.id, before) : undefined,
          subject ? eq(auditEvents.subject, subject) : undefined,
          action ? eq(auditEvents.action, action) : undefined,
        ),
      )
      .orderBy(desc(auditEvents.id))
      .limit(limit + 1);
    const items = rows.map(({ event, sequence, hash }) => ({ ...event, sequence, hash }));
    return toPage(items, limit, (item) => item.id);
  }

  /** Recomputes every link and names the first bad row. */
  async verify(): Promise<AuditVerification> {
    await this.link();
    return verifyAudit(this.database.query);
  }

  onApplicationBootstrap(): void {
    this.sequencer.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.sequencer.stop();
  }

  /** Gives committed entries their place. The lock makes sequencers of several processes take turns. */
  private async link(): Promise<void> {
    const linked = await this.database.transaction(async () => {
      if (!(await this.database.tryLock('audit.sequencer'))) return 0;
      const events = await this.database.query
        .select({ event: auditEvents })
        .from(auditPending)
        .innerJoin(auditEvents, eq(auditEvents.id, auditPending.eventId))
        .orderBy(asc(auditEvents.id))
        .limit(BATCH);
      if (events.length === 0) return 0;
      const [last] = await this.database.query.select().from(auditLinks).orderBy(desc(auditLinks.sequence)).limit(1);
      let [sequence, previousHash] = [last?.sequence ?? 0, last?.hash ?? GENESIS];
      const links = events.map(({ event }) => {
        sequence++;
        const hash = chainHash(previousHash, sequence, { ...event, at: event.at.toISOString() });
        const link = { sequence, eventId: event.id, previousHash, hash };
        previousHash = hash;
        return link;
      });
      await this.database.query.insert(auditLinks).values(links);
      await this.database.query.delete(auditPending).where(
        inArray(
          auditPending.eventId,
          links.map((link) => link.eventId),
        ),
      );
      return events.length;
    });
    if (linked === BATCH) await this.link();
  }
}

function rowOf({ actor, action, subject, payload, decisionId, result = 'DONE' }: AuditEntry) {
  const json = toJson(payload ?? {});
  return {
    id: uuidv7(),
    tenantId: actor.tenantId,
    at: new Date(),
    actor: { personId: actor.personId, name: actor.name, roles: actor.roles, sessionId: actor.sessionId },
    action,
    subject,
    payload: json,
    payloadHash: hashOf(json),
    decisionId: decisionId ?? null,
    result,
  };
}
