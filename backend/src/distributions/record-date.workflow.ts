import { Inject, Injectable } from '@nestjs/common';
import { and, eq } from 'drizzle-orm';
import { type Address, encodeFunctionData, zeroAddress } from 'viem';
import { identityStorageAbi, securityTokenAbi } from '../../../contracts/generated/abi.js';
import { type DeployedInstrument, Instruments } from '../assets/instruments.service.js';
import { businessId } from '../chain/business-id.js';
import { Contracts } from '../chain/contracts.js';
import { Operations } from '../chain/operations.js';
import { Projection } from '../chain/projection/projection.js';
import { ChainSettings } from '../chain/settings.js';
import { Transactions } from '../chain/transactions.js';
import { Investors } from '../parties/investors.service.js';
import { Audit } from '../platform/audit/audit.service.js';
import { SYSTEM } from '../platform/auth/actor.js';
import { actingIn } from '../platform/auth/scope.js';
import { Database } from '../platform/database/database.js';
import { type Workflow, Workflows } from '../platform/workflow/workflows.js';
import { divide, merkleTree, type Share, taxed } from './calculation.js';
import { distributions, entitlements } from './distributions.tables.js';
import { leafFrom } from './entitlements.service.js';
import { WithholdingRates } from './withholding-rates.service.js';

/** `attempt` is part of the keys, so that what broke off can be asked for again. */
type Attempt = { distributionId: string; attempt: number };
type Distribution = typeof distributions.$inferSelect;
type Snapshot = { id: string; block: string; time: string };

/** Holders that are looked up, or written, at a time. */
const PAGE = 1_000;

/** Takes the record-date snapshot on chain and computes from it what everybody is owed. */
@Injectable()
export class RecordDate {
  private readonly workflow: Workflow<Attempt>;

  constructor(
    private readonly workflows: Workflows,
    private readonly database: Database,
    private readonly transactions: Transactions,
    private readonly operations: Operations,
    private readonly projection: Projection,
    private readonly contracts: Contracts,
    private readonly instruments: Instruments,
    private readonly investors: Investors,
    private readonly rates: WithholdingRates,
    private readonly audit: Audit,
    @Inject(ChainSettings) private readonly chain: ChainSettings,
  ) {
    this.workflow = workflows.define('record-date', (input: Attempt) => this.run(input));
  }

  async start(distributionId: string, attempt: number): Promise<void> {
    await this.workflow.start(`record-date:${distributionId}:${attempt}`, { distributionId, attempt });
  }

  /** Whether it ended before anything was calculated. */
  async hasFailed(distributionId: string, attempt: number): Promise<boolean> {
    return (await this.workflows.state(`record-date:${distributionId}:${attempt}`))?.status === 'FAILED';
  }

  private async run({ distributionId, attempt }: Attempt): Promise<void> {
    const snapshot = await this.workflows.step('snapshot', () => this.snapshot(distributionId, attempt));
    await this.workflows.step('calculate', () => this.calculate(distributionId, snapshot));
  }

  private async snapshot(distributionId: string, attempt: number): Promise<Snapshot> {
    const { token } = await this.instrumentOf(await this.find(distributionId));
    const data = encodeFunctionData({ abi: securityTokenAbi, functionName: 'snapshot' });
    const businessKey = await this.snapshotKey(distributionId, attempt);
    const { id } = await this.transactions.enqueue({ businessKey, sender: 'snapshotter', to: token, data });
    const { transactionHash } = await this.operations.confirmed(id);
    const events = transactionHash ? await this.projection.eventsOf(transactionHash) : [];
    const taken = events.find(({ name, address }) => name === 'SnapshotTaken' && address === token);
    if (!taken) throw new Error(`${businessKey} took no snapshot.`);
    return { id: String(taken.args.id), block: taken.block.toString(), time: taken.time.toISOString() };
  }

  /** The record date is that of the first snapshot that was taken: a later attempt takes another only where none came of the earlier. */
  private async snapshotKey(distributionId: string, attempt: number): Promise<string> {
    for (let earlier = 0; earlier < attempt; earlier++) {
      const known = await this.operations.find(`snapshot:${distributionId}:${earlier}`);
      if (known && known.state !== 'REVERTED' && known.state !== 'REPLACED') return known.businessKey;
    }
    return `snapshot:${distributionId}:${attempt}`;
  }

  private async calculate(distributionId: string, snapshot: Snapshot): Promise<void> {
    const distribution = await this.find(distributionId);
    const instrument = await this.instrumentOf(distribution);
    const register = await this.register(instrument.token, BigInt(snapshot.id), BigInt(snapshot.block));
    const { shares, dust } = divide(distribution.pool, register, distribution.method, instrument.decimals);
    const rows: (typeof entitlements.$inferInsert)[] = [];
    let position = 0;
    for (const part of pagesOf(shares)) {
      for (const { basis: taxBasis, ...due } of await this.taxedPage(part, distribution)) {
        const pays = due.net > 0n;
        const place = pays ? position++ : null;
        rows.push({ ...due, taxBasis, distributionId, position: place, state: pays ? 'PENDING' : 'WITHHELD' });
      }
    }
    const chainDistributionId = businessId(instrument.token, `distribution:${distributionId}`);
    const domain = {
      chainId: BigInt(this.chain.chainId),
      distributor: this.contracts.address('distributor'),
      distributionId: chainDistributionId,
    };
    const leaves = rows.filter((row) => row.position != null).map((row) => leafFrom({ ...row, position: row.position ?? null }));
    const sum = (field: 'net' | 'tax'): bigint => rows.reduce((total, row) => total + row[field], 0n);
    const result = {
      snapshotId: BigInt(snapshot.id),
      snapshotBlock: BigInt(snapshot.block),
      recordTime: new Date(snapshot.time),
      net: sum('net'),
      withheld: sum('tax'),
      dust,
      count: leaves.length,
      root: leaves.length > 0 ? merkleTree(domain, leaves).root : null,
      chainDistributionId,
    };
    if (result.net + result.withheld + result.dust !== distribution.pool) throw new Error('The parts do not add up to the pool.');
    await this.database.transaction(async () => {
      const moved = await this.database.query
        .update(distributions)
        .set({ ...result, state: 'CALCULATED' })
        .where(and(eq(distributions.id, distributionId), eq(distributions.state, 'RECORDING')))
        .returning({ id: distributions.id });
      if (moved.length === 0) return;
      for (const part of pagesOf(rows)) await this.database.query.insert(entitlements).values(part);
      const payload = { ...result, entitlements: rows.length };
      const actor = actingIn(SYSTEM, distribution.tenantId);
      await this.audit.append({ actor, action: 'distribution.calculated', subject: `distribution:${distributionId}`, payload });
    });
  }

  /** What each of some holders is owed and what the tax takes, by the rates of law or the exemption of the distribution. */
  private async taxedPage(shares: Share[], { kind, taxExemption, paymentDate, currencyDecimals }: Distribution) {
    const investors = await this.investors.idsByIdentity(shares.map(({ identity }) => identity));
    const ids = shares.map(({ identity }) => investors.get(identity) ?? null);
    const exempt = taxExemption === null ? undefined : { rateBps: 0, basis: taxExemption };
    const rates = exempt ? [] : await this.rates.of(ids, kind, paymentDate);
    const cent = 10n ** BigInt(Math.max(0, currencyDecimals - 2));
    return shares.map((share, index) => {
      const rate = exempt ?? rates[index];
      if (!rate) throw new Error(`${share.identity} has no rate.`);
      return { ...taxed(share, rate, cent), investorId: ids[index] ?? null };
    });
  }

  /** Units by investor at the snapshot, as the token itself answers for every wallet that could have held some.
   *  @throws Error when they do not add up to the supply at the snapshot */
  private async register(token: Address, snapshotId: bigint, block: bigint): Promise<Map<Address, bigint>> {
    const owners = new Map<Address, Address>();
    for (const at of [block - 1n, block]) {
      for (const { identity, wallets } of (await this.projection.capTable(token, { block: at })).positions) {
        for (const { wallet } of wallets) owners.set(wallet, identity ?? wallet);
      }
    }
    for (const wallet of await this.movedIn(token, block)) {
      if (!owners.has(wallet)) owners.set(wallet, await this.ownerAt(wallet, block));
    }
    const wallets = [...owners];
    const register = new Map<Address, bigint>();
    let total = 0n;
    const balances = await this.contracts.readEach(
      { address: token, abi: securityTokenAbi, functionName: 'balanceOfAt' },
      wallets.map(([wallet]) => [wallet, snapshotId] as const),
    );
    for (const [index, [, owner]] of wallets.entries()) {
      const balance = balances[index] ?? 0n;
      register.set(owner, (register.get(owner) ?? 0n) + balance);
      total += balance;
    }
    const supply = await this.contracts.read({ address: token, abi: securityTokenAbi, functionName: 'totalSupplyAt', args: [snapshotId] });
    if (total !== supply) throw new Error(`The register at snapshot ${snapshotId} adds up to ${total}, the supply is ${supply}.`);
    return register;
  }

  /** Wallets that gave or took units in a block: also those that held some at the snapshot, but neither before nor after the block. */
  private async movedIn(token: Address, block: bigint): Promise<Set<Address>> {
    const transfers = await this.projection.events({ name: 'Transfer', address: token, fromBlock: block, toBlock: block });
    const wallets = new Set(transfers.flatMap(({ args }) => [args.from as Address, args.to as Address]));
    wallets.delete(zeroAddress);
    return wallets;
  }

  private async ownerAt(wallet: Address, blockNumber: bigint): Promise<Address> {
    const storage = { address: this.contracts.address('identityStorage'), abi: identityStorageAbi };
    const identity = await this.contracts.read({ ...storage, functionName: 'storedIdentity', args: [wallet], blockNumber });
    return identity === zeroAddress ? wallet : identity;
  }

  private async instrumentOf(distribution: Distribution): Promise<DeployedInstrument> {
    return this.instruments.deployed(distribution.instrumentId, distribution);
  }

  private async find(id: string): Promise<Distribution> {
    const [row] = await this.database.query.select().from(distributions).where(eq(distributions.id, id));
    if (!row) throw new Error(`There is no distribution ${id}.`);
    return row;
  }
}

function* pagesOf<T>(rows: readonly T[]): Generator<T[]> {
  for (let from = 0; from < rows.length; from += PAGE) yield rows.slice(from, from + PAGE);
}
