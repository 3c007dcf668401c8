import { and, desc, gt, inArray } from 'drizzle-orm';
import { type Address, zeroAddress } from 'viem';
import { Database } from '../../platform/database/database.js';
import { freeze, holding, supply, walletLink } from '../chain.tables.js';
import type { DecodedEvent } from './decode.js';

type Holding = typeof holding.$inferSelect;
type Supply = typeof supply.$inferSelect;
type Freeze = typeof freeze.$inferSelect;
type WalletLink = typeof walletLink.$inferSelect;

const ROWS_AT_A_TIME = 5_000;

/** Writes what the events of one page mean: balances, supply, freezes and whose wallet is whose, each as a history. Every row says how
 *  things are *after* an event, so the state at a block is the last row at or below it, and undoing a block is deleting its rows. */
export class Histories {
  private readonly holdings = new History<Holding>((row) => `${row.token}${row.wallet}`);
  private readonly supplies = new History<Supply>((row) => row.token);
  private readonly freezes = new History<Freeze>((row) => `${row.token}${row.wallet}`);
  private readonly links = new History<WalletLink>((row) => `${row.storage}${row.wallet}`);

  constructor(private readonly database: Database) {}

  async apply(events: DecodedEvent[]): Promise<void> {
    const tokenEvents = events.filter((event) => event.kind === 'TOKEN');
    const storageEvents = events.filter((event) => event.kind === 'IDENTITY_STORAGE');
    await this.load(tokenEvents, storageEvents);
    for (const event of tokenEvents) this.applyToken(event);
    for (const event of storageEvents) this.applyStorage(event);
    await this.save();
  }

  /** Deletes every row above `block`. */
  static async undo(database: Database, block: bigint): Promise<void> {
    for (const table of [holding, supply, freeze, walletLink]) await database.query.delete(table).where(gt(table.block, block));
  }

  private applyToken(event: DecodedEvent): void {
    const { args, address: token } = event;
    if (event.name === 'Transfer') {
      const { from, to, value } = args as { from: Address; to: Address; value: bigint };
      if (from !== zeroAddress) this.move(event, from, -value);
      if (to !== zeroAddress) this.move(event, to, value);
      const issued = (from === zeroAddress ? value : 0n) - (to === zeroAddress ? value : 0n);
      if (issued !== 0n) {
        const total = (this.supplies.current(token)?.total ?? 0n) + issued;
        this.supplies.push({ token, ...placeOf(event), total });
      }
    }
    if (event.name === 'AddressFrozen') this.freeze(event, args.userAddress as Address, { frozen: args.isFrozen as boolean });
    // ERC-7943's event says what is frozen now; ERC-3643's TokensFrozen and TokensUnfrozen beside it only say by how much it changed.
    if (event.name === 'Frozen') this.freeze(event, args.account as Address, { units: args.amount as bigint });
  }

  private move(event: DecodedEvent, wallet: Address, change: bigint): void {
    const token = event.address;
    const balance = (this.holdings.current(`${token}${wallet}`)?.balance ?? 0n) + change;
    if (balance < 0n) throw new Error(`The balance of ${wallet} in ${token} falls below zero at block ${event.block}: events are missing.`);
    this.holdings.push({ token, wallet, ...placeOf(event), balance });
  }

  private freeze(event: DecodedEvent, wallet: Address, change: Partial<Pick<Freeze, 'frozen' | 'units'>>): void {
    const { frozen = false, units = 0n } = this.freezes.current(`${event.address}${wallet}`) ?? {};
    this.freezes.push({ token: event.address, wallet, ...placeOf(event), frozen, units, ...change });
  }

  private applyStorage(event: DecodedEvent): void {
    const { args } = event;
    const wallet = (args.investorAddress ?? args.wallet) as Address;
    if (event.name === 'IdentityStored') this.link(event, wallet, { identity: args.identity as Address, retired: false });
    if (event.name === 'WalletMoved') this.link(event, wallet, { identity: args.identity as Address });
    if (event.name === 'IdentityUnstored') this.link(event, wallet, { identity: null, retired: false });
    if (event.name === 'WalletRetired') this.link(event, wallet, { identity: args.identity as Address, retired: true });
  }

  private link(event: DecodedEvent, wallet: Address, change: Partial<Pick<WalletLink, 'identity' | 'retired'>>): void {
    const { identity = null, retired = false } = this.links.current(`${event.address}${wallet}`) ?? {};
    this.links.push({ storage: event.address, wallet, ...placeOf(event), identity, retired, ...change });
  }

  private async load(tokenEvents: DecodedEvent[], storageEvents: DecodedEvent[]): Promise<void> {
    const tokens = distinct(tokenEvents.map((event) => event.address));
    const movers = tokenEvents
      .filter((event) => event.name === 'Transfer')
      .flatMap(({ args }) => [args.from as Address, args.to as Address]);
    const frozen = tokenEvents.flatMap(({ args }) => ((args.userAddress ?? args.account) as Address | undefined) ?? []);
    const storages = distinct(storageEvents.map((event) => event.address));
    const linked = storageEvents.flatMap(({ args }) => ((args.investorAddress ?? args.wallet) as Address | undefined) ?? []);
    const { query } = this.database;
    if (movers.length) {
      const rows = await query
        .selectDistinctOn([holding.token, holding.wallet])
        .from(holding)
        .where(and(inArray(holding.token, tokens), inArray(holding.wallet, distinct(movers))))
        .orderBy(holding.token, holding.wallet, desc(holding.block), desc(holding.logIndex));
      this.holdings.load(rows);
    }
    if (tokens.length) {
      const rows = await query
        .selectDistinctOn([supply.token])
        .from(supply)
        .where(inArray(supply.token, tokens))
        .orderBy(supply.token, desc(supply.block), desc(supply.logIndex));
      this.supplies.load(rows);
    }
    if (frozen.length) {
      const rows = await query
        .selectDistinctOn([freeze.token, freeze.wallet])
        .from(freeze)
        .where(and(inArray(freeze.token, tokens), inArray(freeze.wallet, distinct(frozen))))
        .orderBy(freeze.token, freeze.wallet, desc(freeze.block), desc(freeze.logIndex));
      this.freezes.load(rows);
    }
    if (linked.length) {
      const rows = await query
        .selectDistinctOn([walletLink.storage, walletLink.wallet])
        .from(walletLink)
        .where(and(inArray(walletLink.storage, storages), inArray(walletLink.wallet, distinct(linked))))
        .orderBy(walletLink.storage, walletLink.wallet, desc(walletLink.block), desc(walletLink.logIndex));
      this.links.load(rows);
    }
  }

  private async save(): Promise<void> {
    const { query } = this.database;
    for (const rows of this.holdings.pages()) await query.insert(holding).values(rows);
    for (const rows of this.supplies.pages()) await query.insert(supply).values(rows);
    for (const rows of this.freezes.pages()) await query.insert(freeze).values(rows);
    for (const rows of this.links.pages()) await query.insert(walletLink).values(rows);
  }
}

/** Last known row of each subject, and the rows that a page adds. */
class History<Row extends { block: bigint; logIndex: number }> {
  private readonly last = new Map<string, Row>();
  private readonly added = new Map<string, Row>();

  constructor(private readonly subject: (row: Row) => string) {}

  load(rows: Row[]): void {
    for (const row of rows) this.last.set(this.subject(row), row);
  }

  current(subject: string): Row | undefined {
    return this.last.get(subject);
  }

  /** One event may change a subject twice (a transfer to oneself): the second change is the one that stays. */
  push(row: Row): void {
    this.last.set(this.subject(row), row);
    this.added.set(`${this.subject(row)}${row.block}:${row.logIndex}`, row);
  }

  *pages(): Generator<Row[]> {
    const rows = [...this.added.values()];
    for (let start = 0; start < rows.length; start += ROWS_AT_A_TIME) yield rows.slice(start, start + ROWS_AT_A_TIME);
  }
}

function placeOf({ block, logIndex }: DecodedEvent): { block: bigint; logIndex: number } {
  return { block, logIndex };
}

function distinct(addresses: Address[]): Address[] {
  return [...new Set(addresses)];
}
