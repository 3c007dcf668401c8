import { Injectable } from '@nestjs/common';
import { and, eq, gt, inArray, notInArray, or } from 'drizzle-orm';
import type { Address } from 'viem';
import { Investors } from '../parties/investors.service.js';
import { WalletHolds } from '../parties/wallet-holds.js';
import { approvals } from '../platform/approvals/approvals.tables.js';
import { Database } from '../platform/database/database.js';
import { Conflict } from '../platform/problem.js';
import { freezeOrders, walletRecoveries } from './compliance.tables.js';

/** An investor with a frozen wallet, or one that is being recovered, brings no further wallet: nobody moves out of the way of an officer,
 *  and whoever found a wallet adds none of his own. */
@Injectable()
export class ComplianceHolds {
  constructor(
    private readonly database: Database,
    private readonly investors: Investors,
    holds: WalletHolds,
  ) {
    holds.add((investorId, wallet) => this.of(investorId, wallet));
  }

  private async of(investorId: string | null, wallet: Address): Promise<Conflict | undefined> {
    const linked = investorId === null ? [] : await this.investors.wallets(investorId);
    const wallets = [wallet, ...linked.map(({ address }) => address)];
    const remedy = 'Link it when that is over.';
    if (await this.isFrozen(wallets)) return new Conflict('WALLET_FROZEN', { detail: 'A wallet of yours is frozen.', remedy });
    if (await this.isRecovered(wallets)) return new Conflict('RECOVERY_OPEN', { detail: 'A wallet of yours is being recovered.', remedy });
    return undefined;
  }

  /** A freeze goes with the units to the new wallet, so that of a lost wallet counts too. */
  private async isFrozen(wallets: Address[]): Promise<boolean> {
    const [order] = await this.database.query
      .select({ id: freezeOrders.id })
      .from(freezeOrders)
      .where(and(inArray(freezeOrders.wallet, wallets), notInArray(freezeOrders.state, ['RELEASED', 'FAILED'])))
      .limit(1);
    return order !== undefined;
  }

  /** A request that was rejected, withdrawn or left to lapse holds nothing. */
  private async isRecovered(wallets: Address[]): Promise<boolean> {
    const asked = and(eq(walletRecoveries.state, 'REQUESTED'), eq(approvals.status, 'PENDING'), gt(approvals.expiresAt, new Date()));
    const [recovery] = await this.database.query
      .select({ id: walletRecoveries.id })
      .from(walletRecoveries)
      .leftJoin(approvals, eq(approvals.id, walletRecoveries.approvalId))
      .where(
        and(
          or(inArray(walletRecoveries.lostWallet, wallets), inArray(walletRecoveries.newWallet, wallets)),
          or(inArray(walletRecoveries.state, ['APPROVED', 'PROPOSED']), asked),
        ),
      )
      .limit(1);
    return recovery !== undefined;
  }
}
