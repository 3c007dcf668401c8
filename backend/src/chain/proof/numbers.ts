import { sql } from 'drizzle-orm';
import type { Address, Hex } from 'viem';
import type { Queryable } from '../../platform/database/database.js';
import type { Proof } from './proof.schema.js';

export type Operations = { decided: number; final: number; open: number; doubled: number; gaps: number };

/** Decisions and what came of them; `doubled` counts transactions that stand for two decisions. */
export async function operations(query: Queryable): Promise<Operations> {
  const { rows } = await query.execute<Operations>(sql`
    with senders as (select sender, max(nonce) - min(nonce) + 1 - count(*) as gaps from tx_intent group by chain_id, sender)
    select count(*)::int as decided, count(final_at)::int as final, (count(*) - count(final_at))::int as open,
      (count(mined_hash) - count(distinct mined_hash))::int as doubled,
      (select coalesce(sum(gaps), 0)::int from senders) as gaps
    from tx_intent`);
  return rows[0] ?? { decided: 0, final: 0, open: 0, doubled: 0, gaps: 0 };
}

/** Next nonce of each account that sends. */
export async function counters(query: Queryable): Promise<{ address: Address; next: number }[]> {
  const { rows } = await query.execute<{ address: Address; next: number }>(sql`select address, next_nonce::int as next from tx_sender`);
  return rows;
}

/** The head of the audit log, its last final anchor, and whether the one reaches the other. */
export async function auditHead(query: Queryable): Promise<Proof['audit'] & { waiting: number }> {
  const { rows } = await query.execute<{ sequence: number | null; hash: string | null; waiting: number }>(sql`
    select l.sequence::int as sequence, l.hash, (select count(*)::int from audit_pending) as waiting
    from (select 1) one left join (select sequence, hash from audit_links order by sequence desc limit 1) l on true`);
  const anchors = await query.execute<{ sequence: number; hash: string; transactionHash: Hex | null; block: string | null }>(sql`
    select a.sequence::int as sequence, a.hash, i.mined_hash as "transactionHash", i.mined_block::text as block
    from audit_anchors a join tx_intent i on i.id = a.operation_id where i.state = 'CONFIRMED' order by a.sequence desc limit 1`);
  const [head] = rows;
  return { sequence: head?.sequence ?? 0, hash: head?.hash ?? null, anchor: anchors.rows[0] ?? null, waiting: head?.waiting ?? 0 };
}
