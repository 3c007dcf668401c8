import { Injectable } from '@nestjs/common';
import { and, eq, inArray } from 'drizzle-orm';
import { type Address, encodeFunctionData, erc20Abi, type Hex } from 'viem';
import { distributorAbi, identityStorageAbi, securityTokenAbi } from '../../../contracts/generated/abi.js';
import { Instruments } from '../assets/instruments.service.js';
import { Contracts } from '../chain/contracts.js';
import { OperationFailed, Operations } from '../chain/operations.js';
import { ChainRefused } from '../chain/refusal.js';
import { Transactions } from '../chain/transactions.js';
import { Audit } from '../platform/audit/audit.service.js';
import { SYSTEM } from '../platform/auth/actor.js';
import { Database } from '../platform/database/database.js';
import { uuidv7 } from '../platform/ids.js';
import { type Workflow, Workflows } from '../platform/workflow/workflows.js';
import type { DistributionState } from './distributions.schema.js';
import { distributions } from './distributions.tables.js';
import { type Entitlement, Entitlements, leafFrom } from './entitlements.service.js';

type Input = { distributionId: string };
type FundingInput = Input & { attempt: string };
type RetryInput = Input & { attempt: number };
type Distribution = typeof distributions.$inferSelect & {
  chainDistributionId: Hex;
  root: Hex;
  net: bigint;
  withheld: bigint;
  dust: bigint;
};

/** Payments in one transaction. */
const BATCH = 50;

/** Funds a distribution in full, then pays it: each entitlement once, whatever dies or repeats, because the contract keeps a bit for each. */
@Injectable()
export class DistributionPayment {
  private readonly funding: Workflow<FundingInput>;
  private readonly paying: Workflow<Input>;
  private readonly retrying: Workflow<RetryInput>;
  private readonly cancelling: Workflow<Input>;

  constructor(
    private readonly workflows: Workflows,
    private readonly database: Database,
    private readonly transactions: Transactions,
    private readonly operations: Operations,
    private readonly contracts: Contracts,
    private readonly instruments: Instruments,
    private readonly entitlements: Entitlements,
    private readonly audit: Audit,
  ) {
    this.funding = workflows.define('distribution-funding', (input: FundingInput) => this.fund(input));
    this.paying = workflows.define('distribution-payment', (input: Input) => this.pay(input));
    this.retrying = workflows.define('distribution-retry', (input: RetryInput) => this.retry(input));
    this.cancelling = workflows.define('distribution-cancellation', (input: Input) => this.cancel(input));
  }

  /** Whoever moves a distribution to FUNDING calls it, once. */
  async startFunding(distributionId: string): Promise<void> {
    const attempt = uuidv7();
    await this.funding.start(`distribution-funding:${distributionId}:${attempt}`, { distributionId, attempt });
  }

  async startPayment(distributionId: string): Promise<void> {
    await this.paying.start(`distribution-payment:${distributionId}`, { distributionId });
  }

  async startRetry(distributionId: string, attempt: number): Promise<void> {
    await this.retrying.start(`distribution-retry:${distributionId}:${attempt}`, { distributionId, attempt });
  }

  async startCancellation(distributionId: string): Promise<void> {
    await this.cancelling.start(`distribution-cancellation:${distributionId}`, { distributionId });
  }

  private async fund({ distributionId, attempt }: FundingInput): Promise<void> {
    const { workflows } = this;
    const calls = [
      ['declare', () => this.declare(distributionId)],
      ['allow', () => this.allow(distributionId, attempt)],
      ['fund', () => this.call(distributionId, 'fund', `:${attempt}`)],
    ] as const;
    for (const [name, call] of calls) {
      if (await workflows.step(name, () => succeeds(call))) continue;
      await workflows.step('give up', () => this.move(distributionId, ['FUNDING'], 'APPROVED', {}, { failed: name }));
      return;
    }
    await workflows.step('funded', () => this.move(distributionId, ['FUNDING'], 'FUNDED'));
  }

  private async pay({ distributionId }: Input): Promise<void> {
    const { workflows } = this;
    const count = await workflows.step('entitlements', async () => (await this.entitlements.payable(distributionId)).length);
    for (let from = 0; from < count; from += BATCH) {
      await workflows.step(`push ${from}`, () => this.push(distributionId, `${from}`, (rows) => rows.slice(from, from + BATCH)));
    }
    await workflows.step('release tax', () => this.call(distributionId, 'releaseWithheld'));
    await workflows.step('release dust', () => this.call(distributionId, 'releaseDust'));
    await workflows.step('reconcile', () => this.reconcile(distributionId));
  }

  private async retry({ distributionId, attempt }: RetryInput): Promise<void> {
    const { workflows } = this;
    const held = await workflows.step('held', async () => {
      const rows = await this.entitlements.payable(distributionId);
      return rows.filter(({ state }) => state === 'HELD').map(({ position }) => position ?? 0);
    });
    for (let from = 0; from < held.length; from += BATCH) {
      const part = new Set(held.slice(from, from + BATCH));
      const choose = (rows: Entitlement[]): Entitlement[] => rows.filter(({ position }) => position !== null && part.has(position));
      await workflows.step(`push ${from}`, () => this.push(distributionId, `retry-${attempt}-${from}`, choose));
    }
    await workflows.step('reconcile', () => this.reconcile(distributionId));
  }

  /** The contract's event says CANCELLED. It refuses when an investor claimed in the meantime: then the distribution goes on. */
  private async cancel({ distributionId }: Input): Promise<void> {
    await this.workflows.step('cancel', async () => {
      if (await succeeds(() => this.call(distributionId, 'cancel'))) return;
      await this.move(distributionId, ['CANCELLING'], 'FUNDED', {}, { failed: 'cancel' });
    });
  }

  private async declare(distributionId: string): Promise<void> {
    const distribution = await this.find(distributionId);
    const { token } = await this.instruments.deployed(distribution.instrumentId, distribution);
    const declaration = {
      token,
      paymentToken: distribution.paymentToken,
      snapshotId: distribution.snapshotId ?? 0n,
      net: distribution.net,
      withheld: distribution.withheld,
      dust: distribution.dust,
      count: distribution.count ?? 0,
      withholdingAgent: distribution.withholdingAgent,
      root: distribution.root,
    };
    const args = [distribution.chainDistributionId, declaration] as const;
    await this.send(`distribution-declare:${distributionId}`, encodeFunctionData({ abi: distributorAbi, functionName: 'declare', args }));
  }

  /** Lets the Distributor take exactly what this distribution costs. */
  private async allow(distributionId: string, attempt: string): Promise<void> {
    const { paymentToken, net, withheld, dust } = await this.find(distributionId);
    const args = [this.contracts.address('distributor'), net + withheld + dust] as const;
    const data = encodeFunctionData({ abi: erc20Abi, functionName: 'approve', args });
    await this.send(`distribution-allow:${distributionId}:${attempt}`, data, paymentToken);
  }

  private async call(
    distributionId: string,
    functionName: 'fund' | 'releaseWithheld' | 'releaseDust' | 'cancel',
    attempt = '',
  ): Promise<void> {
    const { chainDistributionId } = await this.find(distributionId);
    const data = encodeFunctionData({ abi: distributorAbi, functionName, args: [chainDistributionId] });
    await this.send(`distribution-${functionName}:${distributionId}${attempt}`, data);
  }

  private async push(distributionId: string, batch: string, choose: (rows: Entitlement[]) => Entitlement[]): Promise<void> {
    const businessKey = `pay:${distributionId}:${batch}`;
    const known = await this.operations.find(businessKey);
    if (known) return void (await this.operations.confirmed(known.id));
    const distribution = await this.find(distributionId);
    const rows = await this.entitlements.payable(distributionId);
    const tree = this.entitlements.treeOf(distribution, rows);
    const leaves = choose(rows).map(leafFrom);
    const { token } = await this.instruments.deployed(distribution.instrumentId, distribution);
    const wallets = await Promise.all(leaves.map(({ investor }) => this.walletFor(token, investor)));
    const args = [distribution.chainDistributionId, leaves, wallets, leaves.map((leaf) => tree.proofOf(leaf))] as const;
    await this.send(businessKey, encodeFunctionData({ abi: distributorAbi, functionName: 'push', args }));
  }

  /** The first of an investor's wallets that may receive now; the first at all where none may, so that the contract says why. */
  private async walletFor(token: Address, identity: Address): Promise<Address> {
    const storage = this.contracts.address('identityStorage');
    const wallets = await this.contracts.read({ address: storage, abi: identityStorageAbi, functionName: 'walletsOf', args: [identity] });
    for (const wallet of wallets) {
      if (await this.contracts.read({ address: token, abi: securityTokenAbi, functionName: 'canReceive', args: [wallet] })) return wallet;
    }
    return wallets[0] ?? identity;
  }

  /** Ends only if, on chain, what was paid, what is held, the tax and the dust are what was funded, to the last unit. */
  private async reconcile(distributionId: string): Promise<void> {
    const { chainDistributionId, net, count } = await this.find(distributionId);
    const address = this.contracts.address('distributor');
    const args = [chainDistributionId] as const;
    const [totals, declaration] = await Promise.all([
      this.contracts.read({ address, abi: distributorAbi, functionName: 'totalsOf', args }),
      this.contracts.read({ address, abi: distributorAbi, functionName: 'declarationOf', args }),
    ]);
    const rows = await this.entitlements.payable(distributionId);
    const unpaid = await Promise.all(
      rows.map(async (row) => {
        const index = BigInt(row.position ?? 0);
        const paid = await this.contracts.read({
          address,
          abi: distributorAbi,
          functionName: 'isPaid',
          args: [chainDistributionId, index],
        });
        return paid ? 0n : row.net;
      }),
    );
    const held = unpaid.reduce((sum, amount) => sum + amount, 0n);
    const agrees = declaration.net === net && totals.paid + held === net && rows.length === count;
    if (!agrees || !totals.withheldReleased || !totals.dustReleased) {
      throw new Error(`Distribution ${distributionId} does not reconcile: paid ${totals.paid}, held ${held}, net ${net}.`);
    }
    const state = held === 0n ? 'COMPLETED' : 'PARTIALLY_COMPLETED';
    await this.move(distributionId, ['PAYING', 'PARTIALLY_COMPLETED'], state, { reconciledAt: new Date() }, { paid: totals.paid, held });
  }

  private async send(businessKey: string, data: Hex, to: Address = this.contracts.address('distributor')): Promise<void> {
    const { id } = await this.transactions.enqueue({ businessKey, sender: 'payer', to, data });
    await this.operations.confirmed(id);
  }

  private async move(
    id: string,
    from: DistributionState[],
    to: DistributionState,
    values: Partial<typeof distributions.$inferInsert> = {},
    payload: Record<string, unknown> = {},
  ): Promise<void> {
    await this.database.transaction(async () => {
      const moved = await this.database.query
        .update(distributions)
        .set({ ...values, state: to })
        .where(and(eq(distributions.id, id), inArray(distributions.state, from)))
        .returning({ id: distributions.id });
      if (moved.length === 0) return;
      await this.audit.append({
        actor: SYSTEM,
        action: `distribution.${to.toLowerCase().replace('_', '-')}`,
        subject: `distribution:${id}`,
        payload,
      });
    });
  }

  private async find(id: string): Promise<Distribution> {
    const [row] = await this.database.query.select().from(distributions).where(eq(distributions.id, id));
    if (!row?.chainDistributionId || !row.root || row.net === null || row.withheld === null || row.dust === null) {
      throw new Error(`Distribution ${id} is not calculated.`);
    }
    return { ...row, chainDistributionId: row.chainDistributionId, root: row.root, net: row.net, withheld: row.withheld, dust: row.dust };
  }
}

/** @returns false when the chain refused it; anything else that goes wrong is thrown */
async function succeeds(call: () => Promise<void>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    if (error instanceof OperationFailed || error instanceof ChainRefused) return false;
    throw error;
  }
}
