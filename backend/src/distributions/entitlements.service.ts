import { Inject, Injectable } from '@nestjs/common';
import { and, asc, eq, gt, inArray, isNotNull } from 'drizzle-orm';
import { type Address, encodeFunctionData } from 'viem';
import { distributorAbi } from '../../../contracts/generated/abi.js';
import { Instruments } from '../assets/instruments.service.js';
import { Contracts } from '../chain/contracts.js';
import { ChainSettings } from '../chain/settings.js';
import type { Actor } from '../platform/auth/actor.js';
import { scope } from '../platform/auth/scope.js';
import { Database } from '../platform/database/database.js';
import { Conflict, NotFound } from '../platform/problem.js';
import { formatAmount } from '../platform/schema/amount.js';
import { fromCursor, toPage } from '../platform/schema/page.js';
import { type EntitlementTree, type Leaf, merkleTree } from './calculation.js';
import type { ClaimInstructions, EntitlementQuery, EntitlementView } from './distributions.schema.js';
import { distributions, entitlements } from './distributions.tables.js';

export type Entitlement = typeof entitlements.$inferSelect;
/** What the chain is told of an entitlement, and how far it is. */
export type Payable = Pick<Entitlement, 'identity' | 'net' | 'state'> & { position: number };
type Distribution = typeof distributions.$inferSelect;

/** Trees that are kept at a time: one of 100,000 entitlements takes 30 MB. */
const TREES = 2;

/** What one investor is owed by one distribution. */
@Injectable()
export class Entitlements {
  private readonly trees = new Map<string, Promise<EntitlementTree>>();

  constructor(
    private readonly database: Database,
    private readonly instruments: Instruments,
    private readonly contracts: Contracts,
    @Inject(ChainSettings) private readonly chain: ChainSettings,
  ) {}

  /** Investors see their own, staff see all. */
  async list(
    { limit, cursor, distributionId }: EntitlementQuery,
    actor: Actor,
  ): Promise<{ items: EntitlementView[]; next: string | null }> {
    const after = fromCursor(cursor);
    const rows = await this.database.query
      .select({ entitlement: entitlements, distribution: distributions })
      .from(entitlements)
      .innerJoin(distributions, eq(distributions.id, entitlements.distributionId))
      .where(
        and(
          scope(actor, distributions.tenantId, eq(entitlements.investorId, actor.partyId ?? '')),
          distributionId ? eq(entitlements.distributionId, distributionId) : undefined,
          after ? gt(entitlements.id, after) : undefined,
        ),
      )
      .orderBy(asc(entitlements.id))
      .limit(limit + 1);
    const found = toPage(rows, limit, ({ entitlement }) => entitlement.id);
    const items = await Promise.all(
      found.items.map(async ({ entitlement, distribution }) => {
        const { decimals } = await this.instruments.find(distribution.instrumentId, actor);
        return view(entitlement, distribution, decimals);
      }),
    );
    return { items, next: found.next };
  }

  /** How the investor takes what is due himself, from a wallet of his.
   *  @throws NotFound ENTITLEMENT_NOT_FOUND · Conflict ENTITLEMENT_NOT_CLAIMABLE */
  async claim(id: string, actor: Actor): Promise<ClaimInstructions> {
    const [found] = await this.database.query
      .select({ entitlement: entitlements, distribution: distributions })
      .from(entitlements)
      .innerJoin(distributions, eq(distributions.id, entitlements.distributionId))
      .where(eq(entitlements.id, id));
    if (!found || found.entitlement.investorId === null || found.entitlement.investorId !== actor.partyId) {
      throw new NotFound('ENTITLEMENT_NOT_FOUND', 'There is no such entitlement.');
    }
    const { entitlement, distribution } = found;
    const due = ['FUNDED', 'PAYING', 'PARTIALLY_COMPLETED'].includes(distribution.state);
    if (!due || entitlement.state === 'PAID' || entitlement.position === null) {
      throw new Conflict('ENTITLEMENT_NOT_CLAIMABLE', {
        detail: `The entitlement is ${entitlement.state}, its distribution ${distribution.state}.`,
        remedy:
          entitlement.state === 'RETURNED'
            ? 'The time to claim is over and the money went back to the issuer: turn to him.'
            : 'An entitlement can be claimed once its distribution is funded and until it is paid.',
      });
    }
    const leaf = leafFrom(entitlement);
    const proof = (await this.treeOf(distribution)).proofOf(leaf);
    const data = encodeFunctionData({ abi: distributorAbi, functionName: 'claim', args: [this.chainId(distribution), leaf, proof] });
    const shown = { index: leaf.index.toString(), investor: leaf.investor, amount: leaf.amount.toString() };
    return { to: this.contracts.address('distributor'), data, value: '0', entitlement: shown, proof };
  }

  /** What is paid on chain, in the order of the tree: all of it, or some places. */
  async payable(distributionId: string, positions?: readonly number[]): Promise<Payable[]> {
    const { position, identity, net, state } = entitlements;
    const wanted = positions ? inArray(position, [...positions]) : isNotNull(position);
    const rows = await this.database.query
      .select({ position, identity, net, state })
      .from(entitlements)
      .where(and(eq(entitlements.distributionId, distributionId), wanted))
      .orderBy(asc(position));
    return rows.map((row) => ({ ...row, position: row.position ?? 0 }));
  }

  /** The tree of a calculated distribution, which never changes: it is made once for all batches of a payment. */
  treeOf(distribution: Distribution): Promise<EntitlementTree> {
    const known = this.trees.get(distribution.id);
    if (known) return known;
    const tree = this.plant(distribution);
    this.trees.set(distribution.id, tree);
    tree.catch(() => this.trees.delete(distribution.id));
    for (const oldest of [...this.trees.keys()].slice(0, -TREES)) this.trees.delete(oldest);
    return tree;
  }

  private async plant(distribution: Distribution): Promise<EntitlementTree> {
    const domain = {
      chainId: BigInt(this.chain.chainId),
      distributor: this.contracts.address('distributor'),
      distributionId: this.chainId(distribution),
    };
    const tree = merkleTree(domain, (await this.payable(distribution.id)).map(leafFrom));
    if (tree.root !== distribution.root) throw new Error(`The entitlements of ${distribution.id} are not those of its root.`);
    return tree;
  }

  private chainId(distribution: Distribution): Address {
    if (!distribution.chainDistributionId) throw new Error(`Distribution ${distribution.id} is not calculated.`);
    return distribution.chainDistributionId;
  }
}

export function leafFrom(row: Pick<Entitlement, 'position' | 'identity' | 'net'>): Leaf {
  if (row.position === null) throw new Error('An entitlement without a place in the tree.');
  return { index: BigInt(row.position), investor: row.identity, amount: row.net };
}

function view(row: Entitlement, { currency, currencyDecimals }: Distribution, decimals: number): EntitlementView {
  const money = (value: bigint): string => formatAmount(value, currencyDecimals);
  return { ...row, currency, units: formatAmount(row.units, decimals), gross: money(row.gross), tax: money(row.tax), net: money(row.net) };
}
