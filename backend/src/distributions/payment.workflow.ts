import { Injectable } from '@nestjs/common';
import { and, eq, inArray } from 'drizzle-orm';
import { type Address, encodeFunctionData, erc20Abi, type Hex } from 'viem';
import { distributorAbi, identityStorageAbi, securityTokenAbi } from '../../../contracts/generated/abi.js';
import { Instruments } from '../assets/instruments.service.js';
import { Contracts } from '../chain/contracts.js';
import { Operations } from '../chain/operations.js';
import { Reconciliation } from '../chain/proof/reconciliation.js';
import { isRefusal, refusalOf } from '../chain/refusal-of.js';
import { Transactions } from '../chain/transactions.js';
import { Audit } from '../platform/audit/audit.service.js';
import { SYSTEM } from '../platform/auth/actor.js';
import { actingIn } from '../platform/auth/scope.js';
import { Database } from '../platform/database/database.js';
import { type Workflow, Workflows } from '../platform/workflow/workflows.js';
import type { DistributionState } from './distributions.schema.js';
import { distributions } from './distributions.tables.js';
import { Entitlements, leafFrom } from './entitlements.service.js';

type Input = { distributionId: string };
/** `attempt` is part of every key, so that what failed can be asked for again. */
type Attempt = Input & { attempt: number };
type Distribution = typeof distributions.$inferSelect & {
  chainDistributionId: Hex;
  root: Hex;
  net: bigint;
  withheld: bigint;
  dust: bigint;
};

/** Payments in one transaction: nodes take 128 KiB, and a payment is up to 740 bytes of it (a proof among 100,000 has 17 nodes). */
const BATCH = 150;
/** Transactions on their way at a time. */
const IN_FLIGHT = 32;
/** `State.FUNDED` and `State.NONE` of the contract. */
const FUNDED_ON_CHAIN = 2;
const UNKNOWN_ON_CHAIN = 0;

/** Funds a distribution in full, then pays it: each entitlement once, whatever dies or repeats, because the contract keeps a bit for each. */
@Injectable()
export class DistributionPayment {
  private readonly funding: Workflow<Attempt>;
  private readonly paying: Workflow<Input>;
  private readonly retrying: Workflow<Attempt>;
  private readonly cancelling: Workflow<Attempt>;

  constructor(
    private readonly workflows: Workflows,
    private readonly database: Database,
    private readonly transactions: Transactions,
    private readonly operations: Operations,
    private readonly contracts: Contracts,
    private readonly instruments: Instruments,
    private readonly entitlements: Entitlements,
    private readonly audit: Audit,
    private readonly reconciliation: Reconciliation,
  ) {
    this.funding = workflows.define('distribution-funding', (input: Attempt) => this.fund(input));
    this.paying = workflows.define('distribution-payment', (input: Input) => this.pay(input));
    this.retrying = workflows.define('distribution-retry', (input: Attempt) => this.retry(input));
    this.cancelling = workflows.define('distribution-cancellation', (input: Attempt) => this.cancel(input));
  }

  async startFunding(distributionId: string, attempt: number): Promise<void> {
    await this.funding.start(`distribution-funding:${distributionId}:${attempt}`, { distributionId, attempt });
  }

  async startPayment(distributionId: string): Promise<void> {
    await this.paying.start(`distribution-payment:${distributionId}`, { distributionId });
  }

  async startRetry(distributionId: string, attempt: number): Promise<void> {
    await this.retrying.start(`distribution-retry:${distributionId}:${attempt}`, { distributionId, attempt });
  }

  async startCancellation(distributionId: string, attempt: number): Promise<void> {
    await this.cancelling.start(`distribution-cancellation:${distributionId}:${attempt}`, { distributionId, attempt });
  }

  /** Whether the payment, or its last retry, ended before it reconciled. */
  async hasFailed(distributionId: string, attempt: number): Promise<boolean> {
    const { workflows } = this;
    const retried = await workflows.state(`distribution-retry:${distributionId}:${attempt}`);
    const last = retried ?? (await workflows.state(`distribution-payment:${distributionId}`));
    return last?.status === 'FAILED';
  }

  /** Whether the funding ended before it noted how. */
  async hasFundingFailed(distributionId: string, attempt: number): Promise<boolean> {
    return (await this.workflows.state(`distribution-funding:${distributionId}:${attempt}`))?.status === 'FAILED';
  }

  /** Whether the cancellation ended before it noted how. */
  async hasCancellationFailed(distributionId: string, attempt: number): Promise<boolean> {
    return (await this.workflows.state(`distribution-cancellation:${distributionId}:${attempt}`))?.status === 'FAILED';
  }

  /** What the chain refuses leaves the distribution APPROVED, to be funded again. */
  private async fund({ distributionId, attempt }: Attempt): Promise<void> {
    const { workflows } = this;
    const refused =
      (await workflows.step('declare', () => refusalOf(() => this.declare(distributionId, attempt)))) ??
      (await workflows.step('allow', () => refusalOf(() => this.allow(distributionId, attempt)))) ??
      (await workflows.step('fund', () => refusalOf(() => this.call(distributionId, 'fund', attempt))));
    await workflows.step('funded', async () => {
      if (refused === null || (await this.totalsOf(distributionId)).state === FUNDED_ON_CHAIN) {
        await this.move(distributionId, ['FUNDING'], 'FUNDED');
      } else {
        await this.move(distributionId, ['FUNDING'], 'APPROVED', { retries: attempt + 1 }, { refused }, 'FUNDED');
      }
    });
  }

  private async pay({ distributionId }: Input): Promise<void> {
    const count = await this.workflows.step('entitlements', async () => (await this.find(distributionId)).count ?? 0);
    await this.pushAll(
      distributionId,
      Array.from({ length: count }, (_, position) => position),
    );
    await this.finish(distributionId, 0);
  }

  private async retry({ distributionId, attempt }: Attempt): Promise<void> {
    const { workflows } = this;
    const unpaid = await workflows.step('unpaid', async () => {
      const rows = await this.entitlements.payable(distributionId);
      return rows.filter(({ state }) => state !== 'PAID').map(({ position }) => position);
    });
    await this.pushAll(distributionId, unpaid, `retry-${attempt}-`);
    await this.finish(distributionId, attempt);
  }

  /** Pays places of the tree in batches, several on their way at a time. A batch that breaks off does not keep the others: what ended it is
   *  thrown when all are through. */
  private async pushAll(distributionId: string, positions: readonly number[], prefix = ''): Promise<void> {
    const starts = Array.from({ length: Math.ceil(positions.length / BATCH) }, (_, batch) => batch * BATCH).values();
    const errors: unknown[] = [];
    const lane = async (): Promise<void> => {
      for (const from of starts) {
        const part = positions.slice(from, from + BATCH);
        const push = (): Promise<void> => this.push(distributionId, `${prefix}${from}`, part);
        await this.workflows.step(`push ${from}`, push).catch((error: unknown) => errors.push(error));
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
    if (errors.length) throw errors[0];
  }

  private async finish(distributionId: string, attempt: number): Promise<void> {
    const { workflows } = this;
    await workflows.step('release tax', () => this.release(distributionId, 'releaseWithheld', attempt));
    await workflows.step('release dust', () => this.release(distributionId, 'releaseDust', attempt));
    await workflows.step('reconcile', () => this.reconcile(distributionId));
  }

  /** The contract's event says CANCELLED. It refuses when an investor claimed in the meantime: then the distribution goes on, unless an
   *  earlier attempt has called it off. */
  private async cancel({ distributionId, attempt }: Attempt): Promise<void> {
    await this.workflows.step('cancel', async () => {
      const refused = await refusalOf(() => this.call(distributionId, 'cancel', attempt));
      if (refused === null || (await this.totalsOf(distributionId)).state !== FUNDED_ON_CHAIN) return;
      await this.move(distributionId, ['CANCELLING'], 'FUNDED', { retries: attempt + 1 }, { refused }, 'CANCELLED');
    });
  }

  /** Unless an earlier attempt did. */
  private async declare(distributionId: string, attempt: number): Promise<void> {
    if ((await this.totalsOf(distributionId)).state !== UNKNOWN_ON_CHAIN) return;
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
    await this.send(
      `distribution-declare:${distributionId}:${attempt}`,
      encodeFunctionData({ abi: distributorAbi, functionName: 'declare', args }),
    );
  }

  /** Lets the Distributor take exactly what this distribution costs, unless it has it. */
  private async allow(distributionId: string, attempt: number): Promise<void> {
    if ((await this.totalsOf(distributionId)).state === FUNDED_ON_CHAIN) return;
    const { paymentToken, net, withheld, dust } = await this.find(distributionId);
    const args = [this.contracts.address('distributor'), net + withheld + dust] as const;
    const data = encodeFunctionData({ abi: erc20Abi, functionName: 'approve', args });
    await this.send(`distribution-allow:${distributionId}:${attempt}`, data, paymentToken);
  }

  private async call(
    distributionId: string,
    functionName: 'fund' | 'releaseWithheld' | 'releaseDust' | 'cancel',
    attempt: number,
  ): Promise<void> {
    const { chainDistributionId } = await this.find(distributionId);
    const data = encodeFunctionData({ abi: distributorAbi, functionName, args: [chainDistributionId] });
    await this.send(`distribution-${functionName}:${distributionId}:${attempt}`, data);
  }

  /** Once: what somebody else has released meanwhile is released. */
  private async release(distributionId: string, functionName: 'releaseWithheld' | 'releaseDust', attempt: number): Promise<void> {
    const released = async (): Promise<boolean> => {
      const totals = await this.totalsOf(distributionId);
      return functionName === 'releaseWithheld' ? totals.withheldReleased : totals.dustReleased;
    };
    if (await released()) return;
    try {
      await this.call(distributionId, functionName, attempt);
    } catch (error) {
      if (!isRefusal(error) || !(await released())) throw error;
    }
  }

  private async totalsOf(distributionId: string) {
    const { chainDistributionId } = await this.find(distributionId);
    const address = this.contracts.address('distributor');
    return this.contracts.read({ address, abi: distributorAbi, functionName: 'totalsOf', args: [chainDistributionId] });
  }

  private async push(distributionId: string, batch: string, positions: readonly number[]): Promise<void> {
    const businessKey = `pay:${distributionId}:${batch}`;
    const known = await this.operations.find(businessKey);
    if (known) return void (await this.operations.confirmed(known.id));
    const distribution = await this.find(distributionId);
    const tree = await this.entitlements.treeOf(distribution);
    const leaves = (await this.entitlements.payable(distributionId, positions)).map(leafFrom);
    const { token } = await this.instruments.deployed(distribution.instrumentId, distribution);
    await this.reconciliation.requireAgreement(token);
    const identities = leaves.map(({ investor }) => investor);
    const wallets = await this.walletsFor(token, identities);
    const args = [distribution.chainDistributionId, leaves, wallets, leaves.map((leaf) => tree.proofOf(leaf))] as const;
    await this.send(businessKey, encodeFunctionData({ abi: distributorAbi, functionName: 'push', args }));
  }

  /** The first of each investor's wallets that may receive now; the first at all where none may, so that the contract says why. */
  private async walletsFor(token: Address, identities: readonly Address[]): Promise<Address[]> {
    const storage = { address: this.contracts.address('identityStorage'), abi: identityStorageAbi } as const;
    const owned = await this.contracts.readEach(
      { ...storage, functionName: 'walletsOf' },
      identities.map((identity) => [identity] as const),
    );
    const all = owned.flat();
    const answers = await this.contracts.readEach(
      { address: token, abi: securityTokenAbi, functionName: 'canReceive' },
      all.map((wallet) => [wallet] as const),
    );
    const receiving = new Set(all.filter((_, index) => answers[index]));
    return identities.map((identity, index) => {
      const wallets = owned[index] ?? [];
      return wallets.find((wallet) => receiving.has(wallet)) ?? wallets[0] ?? identity;
    });
  }

  /** Ends only if, on chain, what was paid, what is held, the tax and the dust are what was funded, to the last unit. */
  private async reconcile(distributionId: string): Promise<void> {
    const { chainDistributionId, net, count } = await this.find(distributionId);
    const address = this.contracts.address('distributor');
    const blockNumber = await this.contracts.publicClient.getBlockNumber();
    const common = { address, abi: distributorAbi, blockNumber } as const;
    const args = [chainDistributionId] as const;
    const [totals, declaration] = await Promise.all([
      this.contracts.read({ ...common, functionName: 'totalsOf', args }),
      this.contracts.read({ ...common, functionName: 'declarationOf', args }),
    ]);
    const rows = await this.entitlements.payable(distributionId);
    const paid = await this.contracts.readEach(
      { ...common, functionName: 'isPaid' },
      rows.map(({ position }) => [chainDistributionId, BigInt(position)] as const),
    );
    const held = rows.reduce((sum, { net: due }, index) => (paid[index] ? sum : sum + due), 0n);
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
    failed?: 'FUNDED' | 'CANCELLED',
  ): Promise<void> {
    await this.database.transaction(async () => {
      const [moved] = await this.database.query
        .update(distributions)
        .set({ ...values, state: to })
        .where(and(eq(distributions.id, id), inArray(distributions.state, from)))
        .returning({ tenantId: distributions.tenantId });
      if (!moved) return;
      await this.audit.append({
        actor: actingIn(SYSTEM, moved.tenantId),
        action: `distribution.${(failed ?? to).toLowerCase().replace('_', '-')}`,
        subject: `distribution:${id}`,
        payload,
        result: failed ? 'FAILED' : 'DONE',
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
