import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { Address, Hash, Hex } from 'viem';
import type { Queryable } from '../../platform/database/database.js';

export type Wallet = { wallet: Address; balance: bigint; frozenUnits: bigint; frozen: boolean };
export type Paid = { distributionId: Hex; distributor: Address; paid: bigint; paidCount: number };
/** What the projection says of one token at the pinned block. */
export type Register = { token: Address; supply: bigint; wallets: Wallet[]; paid: Paid[] };
export type Pinned = { number: bigint; hash: Hash };

/** The last final block that is projected.
 *  @returns undefined before the first, or while the projection stands still */
export async function pinnedBlock(query: Queryable, confirmations: number): Promise<Pinned | undefined> {
  const { rows } = await query.execute<{ number: string; hash: Hash }>(sql`
    select b.number::text, b.hash from chain_block b, chain_cursor c
    where c.halted is null and b.number <= c.number - ${confirmations - 1}::bigint order by b.number desc limit 1`);
  const [row] = rows;
  return row && { number: BigInt(row.number), hash: row.hash };
}

export async function registers(query: Queryable, block: bigint): Promise<Register[]> {
  const tokens = await query.execute<{ token: Address; total: string | null }>(sql`
    select address as token, (select total::text from supply s where s.token = address and block <= ${block} order by block desc, log_index desc limit 1) as total
    from chain_contract where kind = 'TOKEN' and from_block <= ${block} order by address`);
  const all: Register[] = [];
  for (const { token, total } of tokens.rows) {
    all.push({ token, supply: BigInt(total ?? 0), wallets: await walletsOf(query, token, block), paid: await paidOf(query, token, block) });
  }
  return all;
}

/** SHA-256 over the lines of a register, so that two of them can be compared without being shown. */
export function registerHash(wallets: readonly Wallet[]): string {
  const hash = createHash('sha256');
  for (const { wallet, balance, frozenUnits, frozen } of wallets) hash.update(`${wallet}:${balance}:${frozenUnits}:${frozen}\n`);
  return hash.digest('hex');
}

async function walletsOf(query: Queryable, token: Address, block: bigint): Promise<Wallet[]> {
  const { rows } = await query.execute<{ wallet: Address; balance: string; units: string; frozen: boolean }>(sql`
    with balances as (
      select distinct on (wallet) wallet, balance from holding
      where token = ${token} and block <= ${block} order by wallet, block desc, log_index desc
    ), freezes as (
      select distinct on (wallet) wallet, frozen, units from frozen_holding
      where token = ${token} and block <= ${block} order by wallet, block desc, log_index desc
    )
    select wallet, coalesce(balance, 0)::text as balance, coalesce(units, 0)::text as units, coalesce(frozen, false) as frozen
    from balances full join freezes using (wallet) order by wallet collate "C"`);
  return rows.map((row) => ({ wallet: row.wallet, balance: BigInt(row.balance), frozenUnits: BigInt(row.units), frozen: row.frozen }));
}

/** What the Distributor's events say was paid, for every distribution of the token. */
async function paidOf(query: Queryable, token: Address, block: bigint): Promise<Paid[]> {
  const { rows } = await query.execute<{ id: Hex; distributor: Address; paid: string; n: number }>(sql`
    select d.args->>'distributionId' as id, d.address as distributor, coalesce(sum((p.args->>'amount')::numeric), 0)::text as paid,
      count(p.*)::int as n
    from chain_event d left join chain_event p on p.name = 'EntitlementPaid' and p.address = d.address and p.block <= ${block}
      and p.args->>'distributionId' = d.args->>'distributionId'
    where d.name = 'DistributionDeclared' and d.block <= ${block} and d.args @> ${JSON.stringify({ token })}::jsonb
    group by 1, 2 order by 1`);
  return rows.map((row) => ({ distributionId: row.id, distributor: row.distributor, paid: BigInt(row.paid), paidCount: row.n }));
}
