import { Injectable } from '@nestjs/common';
import { and, eq, inArray } from 'drizzle-orm';
import { type Address, type Hex, keccak256, toHex } from 'viem';
import { securityTokenAbi } from '../../../contracts/generated/abi.js';
import { ChainClock } from '../chain/chain-clock.js';
import { Contracts } from '../chain/contracts.js';
import { Transactions } from '../chain/transactions.js';
import { Wallets } from '../parties/wallets.service.js';
import { Audit } from '../platform/audit/audit.service.js';
import { SYSTEM } from '../platform/auth/actor.js';
import { actingIn } from '../platform/auth/scope.js';
import { Database } from '../platform/database/database.js';
import { freezeOrders, walletRecoveries } from './compliance.tables.js';

type Recovery = typeof walletRecoveries.$inferSelect;

/** A recovery on chain, and in the books once it is final. */
@Injectable()
export class RecoverySteps {
  constructor(
    private readonly database: Database,
    private readonly contracts: Contracts,
    private readonly transactions: Transactions,
    private readonly clock: ChainClock,
    private readonly wallets: Wallets,
    private readonly audit: Audit,
  ) {}

  async propose(id: string): Promise<string> {
    const recovery = await this.get(id);
    const { lostWallet, newWallet, identity, newWalletSignature } = recovery;
    const call = this.contracts.call(recovery.token as Address, {
      abi: securityTokenAbi,
      functionName: 'proposeRecovery',
      args: [lostWallet as Address, newWallet as Address, identity as Address, newWalletSignature as Hex],
    });
    return this.enqueue(recovery, `propose-recovery:${id}`, call, 'proposeOperationId');
  }

  /** @returns unix seconds from which on it may be carried out */
  async proposed(id: string): Promise<number> {
    const { token, lostWallet } = await this.get(id);
    const [, executableAt] = await this.contracts.read({
      address: token as Address,
      abi: securityTokenAbi,
      functionName: 'proposedRecovery',
      args: [lostWallet as Address],
    });
    await this.set(id, { state: 'PROPOSED', executableAt });
    return executableAt;
  }

  async secondsLeft(executableAt: number): Promise<number> {
    return Math.max(0, executableAt - Number(await this.clock.now()));
  }

  async recover(id: string): Promise<string> {
    const recovery = await this.get(id);
    const { lostWallet, newWallet, identity } = recovery;
    const businessKey = `recover:${id}`;
    const call = this.contracts.call(recovery.token as Address, {
      abi: securityTokenAbi,
      functionName: 'recoveryAddress',
      args: [lostWallet as Address, newWallet as Address, identity as Address, keccak256(toHex(businessKey))],
    });
    return this.enqueue(recovery, businessKey, call, 'recoverOperationId');
  }

  async finish(id: string): Promise<void> {
    await this.database.transaction(async () => {
      const { state, tenantId, investorId, token, lostWallet, newWallet, newWalletSignature } = await this.get(id);
      if (state === 'DONE') return;
      await this.wallets.replace(investorId, lostWallet as Address, newWallet as Address, newWalletSignature);
      const freezes = await this.moveFreeze(token, lostWallet, newWallet);
      await this.set(id, { state: 'DONE' });
      await this.audit.append({
        actor: actingIn(SYSTEM, tenantId),
        action: 'wallet-recovery.done',
        subject: `wallet-recovery:${id}`,
        payload: { lostWallet, newWallet, freezes },
      });
    });
  }

  /** On chain the freeze of a lost wallet goes with its units; the order follows, so that a release frees the wallet that is frozen. */
  private async moveFreeze(token: string, lostWallet: string, newWallet: string): Promise<string[]> {
    const { query } = this.database;
    const standing = inArray(freezeOrders.state, ['FREEZING', 'ACTIVE', 'RELEASE_REQUESTED']);
    const lost = and(eq(freezeOrders.token, token), eq(freezeOrders.wallet, lostWallet), standing);
    const moved = await query.update(freezeOrders).set({ wallet: newWallet }).where(lost).returning({ id: freezeOrders.id });
    return moved.map((order) => order.id);
  }

  async fail(id: string, failure: string): Promise<void> {
    await this.database.transaction(async () => {
      const { tenantId } = await this.get(id);
      await this.set(id, { state: 'FAILED', failure });
      await this.audit.append({
        actor: actingIn(SYSTEM, tenantId),
        action: 'wallet-recovery.failed',
        subject: `wallet-recovery:${id}`,
        payload: { failure },
        result: 'FAILED',
      });
    });
  }

  private async enqueue(
    { id, approvalId }: Recovery,
    businessKey: string,
    call: { to: Address; data: Hex },
    column: 'proposeOperationId' | 'recoverOperationId',
  ): Promise<string> {
    const decision = approvalId ? { decisionId: approvalId } : {};
    return this.database.transaction(async () => {
      const operation = await this.transactions.enqueue({ businessKey, sender: 'officer', ...call, ...decision });
      await this.set(id, { [column]: operation.id });
      return operation.id;
    });
  }

  private async get(id: string): Promise<Recovery> {
    const [row] = await this.database.query.select().from(walletRecoveries).where(eq(walletRecoveries.id, id));
    if (!row) throw new Error(`There is no recovery ${id}.`);
    return row;
  }

  private async set(id: string, values: Partial<Recovery>): Promise<void> {
    await this.database.query.update(walletRecoveries).set(values).where(eq(walletRecoveries.id, id));
  }
}
