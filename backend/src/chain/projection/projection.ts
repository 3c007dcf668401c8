import { Inject, Injectable } from '@nestjs/common';
import { and, asc, desc, eq, gte, inArray, lte, type SQL, sql } from 'drizzle-orm';
import type { Address, Hash } from 'viem';
import { Database } from '../../platform/database/database.js';
import { NotFound, Unavailable } from '../../platform/problem.js';
import { chainBlock, chainContract, chainCursor, chainEvent, freeze, holding, supply, walletLink } from '../chain.tables.js';
import { ChainSettings } from '../settings.js';
import { Wake } from '../wake.js';

/** What one wallet holds. Token units. */
export type WalletHolding = {
  wallet: Address;
  /** The investor's identity; null when the wallet belongs to nobody. */
  identity: Address | null;
  balance: bigint;
  /** Units that are frozen, the whole address aside. */
  frozenUnits: bigint;
  /** Whether the address as a whole is frozen. */
  frozen: boolean;
  /** Whether the wallet was replaced in a recovery. */
  retired: boolean;
};

/** What one investor holds over all wallets. `identity` is null for a wallet of nobody, which makes a line of its own. */
export type Position = { identity: Address | null; balance: bigint; wallets: WalletHolding[] };

export type CapTable = { token: Address; block: bigint; time: Date; supply: bigint; positions: Position[] };

/** An event as it is kept: integers in `args` are decimal strings, addresses checksummed. */
export type ChainEvent = typeof chainEvent.$inferSelect & { time: Date };

export type EventQuery = {
  /** One name, or several. */
  name: string | readonly string[];
  address?: Address;
  /** Arguments that must be equal, integers as decimal strings. */
  args?: Record<string, unknown>;
  fromBlock?: bigint;
  toBlock?: bigint;
};

/** Reads what the projector wrote. */
@Injectable()
export class Projection {
  constructor(
    private readonly database: Database,
    private readonly wake: Wake,
    @Inject(ChainSettings) private readonly settings: ChainSettings,
  ) {}

  /** Last block that is projected, 0 before the first. */
  async height(): Promise<bigint> {
    const [cursor] = await this.database.query.select({ number: chainCursor.number }).from(chainCursor);
    return cursor?.number ?? 0n;
  }

  /** Resolves when `block` is projected.
   *  @throws Unavailable PROJECTION_BEHIND after `timeoutMs` */
  async waitFor(block: bigint, timeoutMs = 60_000): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const seen = this.wake.count('projected');
      if ((await this.height()) >= block) return;
      if (performance.now() > deadline) throw new Unavailable('PROJECTION_BEHIND', `Block ${block} is not projected yet.`);
      await this.wake.wait('projected', seen, this.settings.pollMs);
    }
  }

  /** Block that was the head at `time`, as far as rows could have changed.
   *  @throws NotFound BLOCK_NOT_FOUND when the projection begins later */
  async blockAt(time: Date): Promise<bigint> {
    const [block] = await this.database.query
      .select({ number: chainBlock.number })
      .from(chainBlock)
      .where(lte(chainBlock.time, time))
      .orderBy(desc(chainBlock.number))
      .limit(1);
    if (!block) throw new NotFound('BLOCK_NOT_FOUND', `No block at or before ${time.toISOString()} is known.`);
    return block.number;
  }

  /** Who held how much of a token, by investor and wallet, at the end of `block` (default: the last one projected). */
  async capTable(token: Address, at: { block?: bigint } = {}): Promise<CapTable> {
    return this.atOneMoment(async () => {
      const block = at.block ?? (await this.height());
      await this.mustBeProjected(block);
      const holdings = await this.holdings(token, block);
      const total = await this.totalSupply(token, block);
      const [{ time } = { time: new Date(0) }] = await this.database.query
        .select({ time: chainBlock.time })
        .from(chainBlock)
        .where(lte(chainBlock.number, block))
        .orderBy(desc(chainBlock.number))
        .limit(1);
      return { token, block, time, supply: total, positions: positionsOf(holdings) };
    });
  }

  /** Token units of a wallet at the end of `block`. */
  async balanceAt(token: Address, wallet: Address, block: bigint): Promise<bigint> {
    await this.mustBeProjected(block);
    const [row] = await this.database.query
      .select({ balance: holding.balance })
      .from(holding)
      .where(and(eq(holding.token, token), eq(holding.wallet, wallet), lte(holding.block, block)))
      .orderBy(desc(holding.block), desc(holding.logIndex))
      .limit(1);
    return row?.balance ?? 0n;
  }

  /** Events in the order of the chain. */
  async events({ name, address, args, fromBlock, toBlock }: EventQuery): Promise<ChainEvent[]> {
    const conditions: SQL[] = [typeof name === 'string' ? eq(chainEvent.name, name) : inArray(chainEvent.name, [...name])];
    if (address) conditions.push(eq(chainEvent.address, address));
    if (args) conditions.push(sql`${chainEvent.args} @> ${JSON.stringify(args)}::jsonb`);
    if (fromBlock !== undefined) conditions.push(gte(chainEvent.block, fromBlock));
    if (toBlock !== undefined) conditions.push(lte(chainEvent.block, toBlock));
    const rows = await this.eventRows(and(...conditions));
    return rows.map(({ event, time }) => ({ ...event, time }));
  }

  /** Events of one transaction in the order of the chain. */
  async eventsOf(txHash: Hash): Promise<ChainEvent[]> {
    const rows = await this.eventRows(eq(chainEvent.txHash, txHash));
    return rows.map(({ event, time }) => ({ ...event, time }));
  }

  /** Identity storage, registry and compliance of a token's suite.
   *  @throws NotFound TOKEN_NOT_FOUND */
  async suiteOf(token: Address): Promise<{ storage: Address | null; registry: Address | null; compliance: Address | null }> {
    const rows = await this.database.query
      .select()
      .from(chainContract)
      .where(eq(chainContract.token, token))
      .orderBy(asc(chainContract.fromBlock));
    const found = rows.find((row) => row.kind === 'TOKEN');
    if (!found) throw new NotFound('TOKEN_NOT_FOUND', `No token is projected at ${token}.`);
    const latest = (kind: string): Address | null => rows.findLast((row) => row.kind === kind)?.address ?? null;
    return { storage: found.storage, registry: latest('REGISTRY'), compliance: latest('COMPLIANCE') };
  }

  private eventRows(condition: SQL | undefined) {
    return this.database.query
      .select({ event: chainEvent, time: chainBlock.time })
      .from(chainEvent)
      .innerJoin(chainBlock, eq(chainBlock.number, chainEvent.block))
      .where(condition)
      .orderBy(asc(chainEvent.block), asc(chainEvent.logIndex));
  }

  private async holdings(token: Address, block: bigint): Promise<WalletHolding[]> {
    const result = await this.database.query.execute<HoldingRow>(sql`
      with balances as (
        select distinct on (wallet) wallet, balance from ${holding}
        where token = ${token} and block <= ${block} order by wallet, block desc, log_index desc
      ), freezes as (
        select distinct on (wallet) wallet, frozen, units from ${freeze}
        where token = ${token} and block <= ${block} order by wallet, block desc, log_index desc
      ), links as (
        select distinct on (wallet) wallet, identity, retired from ${walletLink}
        where storage = (select storage from ${chainContract} where address = ${token}) and block <= ${block}
        order by wallet, block desc, log_index desc
      )
      select b.wallet, b.balance::text, f.frozen, f.units::text, l.identity, l.retired
      from balances b left join freezes f using (wallet) left join links l using (wallet)
      where b.balance > 0 order by b.wallet`);
    return result.rows.map((row) => ({
      wallet: row.wallet,
      identity: row.identity,
      balance: BigInt(row.balance),
      frozenUnits: BigInt(row.units ?? 0),
      frozen: row.frozen ?? false,
      retired: row.retired ?? false,
    }));
  }

  private async totalSupply(token: Address, block: bigint): Promise<bigint> {
    const [row] = await this.database.query
      .select({ total: supply.total })
      .from(supply)
      .where(and(eq(supply.token, token), lte(supply.block, block)))
      .orderBy(desc(supply.block), desc(supply.logIndex))
      .limit(1);
    return row?.total ?? 0n;
  }

  private async mustBeProjected(block: bigint): Promise<void> {
    const height = await this.height();
    if (block > height) throw new Unavailable('PROJECTION_BEHIND', `Block ${block} is not projected yet, only ${height}.`);
  }

  /** Several queries that see one state of the database. */
  private atOneMoment<T>(read: () => Promise<T>): Promise<T> {
    if (this.database.inTransaction) return read();
    return this.database.transaction(async () => {
      await this.database.query.execute(sql`set transaction isolation level repeatable read, read only`);
      return read();
    });
  }
}

type HoldingRow = {
  wallet: Address;
  balance: string;
  frozen: boolean | null;
  units: string | null;
  identity: Address | null;
  retired: boolean | null;
};

function positionsOf(holdings: WalletHolding[]): Position[] {
  const positions = new Map<Address, Position>();
  for (const each of holdings) {
    const key = each.identity ?? each.wallet;
    const position = positions.get(key) ?? { identity: each.identity, balance: 0n, wallets: [] };
    position.balance += each.balance;
    position.wallets.push(each);
    positions.set(key, position);
  }
  return [...positions.values()].sort((a, b) => (a.balance === b.balance ? 0 : a.balance > b.balance ? -1 : 1));
}
