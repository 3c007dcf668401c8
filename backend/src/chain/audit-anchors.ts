import { type BeforeApplicationShutdown, Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { desc, eq, lt, sql } from 'drizzle-orm';
import { concat, type Hex, hexToNumber, size, slice, stringToHex, toHex } from 'viem';
import { z } from 'zod';
import { auditAnchors } from '../platform/audit/audit.tables.js';
import { Background } from '../platform/background.js';
import { Config } from '../platform/config.js';
import { Database } from '../platform/database/database.js';
import { Instant } from '../platform/schema/fields.js';
import { fromCursor, type PageQuery, toPage } from '../platform/schema/page.js';
import { txIntent } from './chain.tables.js';
import { OperationState, toOperation } from './operation.js';
import { ChainSettings } from './settings.js';
import { type SenderRole, Signer } from './signer.js';
import { Transactions } from './transactions.js';

/** An entry of the audit log and its hash, which commits to every entry before it. */
export type Anchor = { sequence: number; hash: string };

/** Who anchors: the account that also fixes record dates and documents, i.e. says what was the case at a block. */
export const ANCHORING_ROLE: SenderRole = 'snapshotter';

const MARK = stringToHex('muniment.audit/1');
const LOOK_EVERY_MS = 5_000;

/** mark (16 bytes) ‖ sequence (8) ‖ hash (32), the data of a transaction that does nothing else. */
export function anchorData({ sequence, hash }: Anchor): Hex {
  return concat([MARK, toHex(sequence, { size: 8 }), `0x${hash}`]);
}

/** The anchor that a transaction's data are, if they are one. */
export function anchorOf(data: Hex): Anchor | undefined {
  if (size(data) !== 56 || slice(data, 0, 16) !== MARK) return undefined;
  return { sequence: hexToNumber(slice(data, 16, 24)), hash: slice(data, 24).slice(2) };
}

export const AuditAnchorView = z.object({
  sequence: z.number().int(),
  hash: z.string(),
  createdAt: Instant,
  operationId: z.string(),
  state: OperationState,
  transactionHash: z.string().nullable(),
  block: z.string().nullable(),
});
export type AuditAnchorView = z.input<typeof AuditAnchorView>;

/** Writes the head of the audit chain on chain, so that nobody who owns the database can rewrite or cut off what is older: a transfer of
 *  nothing from the account to itself whose data are the anchor. It needs no contract and no role, and costs 22,000 gas. */
@Injectable()
export class AuditAnchors implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger(AuditAnchors.name);
  private readonly loop = new Background(
    () => this.anchor(),
    LOOK_EVERY_MS,
    (error) => this.log.warn({ err: error }, 'The audit log could not be anchored; it is tried again.'),
  );

  constructor(
    private readonly database: Database,
    private readonly transactions: Transactions,
    private readonly signer: Signer,
    @Inject(ChainSettings) private readonly settings: ChainSettings,
    @Inject(Config) private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    if (this.settings.rpcUrl) this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  /** Anchors the head if an entry has waited for it long enough and no earlier anchor is on its way. */
  async anchor(): Promise<void> {
    await this.database.transaction(async () => {
      if (!(await this.database.tryLock('audit.anchor'))) return;
      const head = await this.due();
      if (!head) return;
      const businessKey = `audit-anchor:${head.sequence}`;
      const to = this.signer.addressOf(ANCHORING_ROLE);
      const { id } = await this.transactions.enqueue({ businessKey, sender: ANCHORING_ROLE, to, data: anchorData(head) });
      await this.database.query.insert(auditAnchors).values({ ...head, operationId: id });
    });
  }

  /** Newest first. */
  async list({ limit, cursor }: PageQuery): Promise<{ items: AuditAnchorView[]; next: string | null }> {
    const before = fromCursor(cursor);
    const rows = await this.database.query
      .select({ anchor: auditAnchors, intent: txIntent })
      .from(auditAnchors)
      .innerJoin(txIntent, eq(txIntent.id, auditAnchors.operationId))
      .where(before ? lt(auditAnchors.sequence, Number(before)) : undefined)
      .orderBy(desc(auditAnchors.sequence))
      .limit(limit + 1);
    const items = rows.map(({ anchor, intent }) => {
      const { state, transactionHash, block } = toOperation(intent);
      return { ...anchor, state, transactionHash, block: block?.toString() ?? null };
    });
    return toPage(items, limit, ({ sequence }) => String(sequence));
  }

  private async due(): Promise<Anchor | undefined> {
    const { rows } = await this.database.query.execute<{ sequence: string; hash: string }>(sql`
      with anchor as (select a.sequence, i.state, i.final_at from audit_anchors a join tx_intent i on i.id = a.operation_id)
      select sequence, hash from (select sequence, hash from audit_links order by sequence desc limit 1) head
      where not exists (select from audit_anchors a where a.sequence = head.sequence)
        and not exists (select from anchor where final_at is null)
        and exists (select from audit_links l join audit_events e on e.id = l.event_id
          where l.sequence > (select coalesce(max(sequence), 0) from anchor where state = 'CONFIRMED')
            and e.created_at <= now() - make_interval(secs => ${this.config.auditAnchorMinutes * 60}))`);
    const [head] = rows;
    return head && { sequence: Number(head.sequence), hash: head.hash };
  }
}
