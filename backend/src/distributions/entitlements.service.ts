import { Inject, Injectable } from '@nestjs/common';
import { and, asc, eq, gt, isNotNull } from 'drizzle-orm';
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
import { type Leaf, merkleTree } from './calculation.js';
import type { ClaimInstructions, EntitlementQuery, EntitlementView } from './distributions.schema.js';
import { distributions, entitlements } from './distributions.tables.js';

export type Entitlement = typeof entitlements.$inferSelect;
type Distribution = typeof distributions.$inferSelect;

/** What one investor is owed by one distribution. */
@Injectable()
export class Entitlements {
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
        remedy: 'An entitlement can be claimed once its distribution is funded and until it is paid.',
      });
    }
    const leaf = leafFrom(entitlement);
    const proof = this.treeOf(distribution, await this.payable(distribution.id)).proofOf(leaf);
    const data = encodeFunctionData({ abi: distributorAbi, functionName: 'claim', args: [this.chainId(distribution), leaf, proof] });
    const shown = { index: leaf.index.toString(), investor: leaf.investor, amount: leaf.amount.toString() };
    return { to: this.contracts.address('distributor'), data, value: '0', entitlement: shown, proof };
  }

  /** All that is paid on chain, in the order of the tree. */
  async payable(distributionId: string): Promise<Entitlement[]> {
    return this.database.query
      .select()
      .from(entitlements)
      .where(and(eq(entitlements.distributionId, distributionId), isNotNull(entitlements.position)))
      .orderBy(asc(entitlements.position));
  }

  treeOf(distribution: Distribution, rows: readonly Entitlement[]): ReturnType<typeof merkleTree> {
    const domain = {
      chainId: BigInt(this.chain.chainId),
      distributor: this.contracts.address('distributor'),
      distributionId: this.chainId(distribution),
    };
    return merkleTree(domain, rows.map(leafFrom));
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
