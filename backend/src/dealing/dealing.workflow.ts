import { Injectable } from '@nestjs/common';
import { and, eq } from 'drizzle-orm';
import { type Address, encodeFunctionData, type Hex } from 'viem';
import { dealingAbi, securityTokenAbi } from '../../../contracts/generated/abi.js';
import { AgentRole } from '../assets/suite.js';
import { ChainClock } from '../chain/chain-clock.js';
import { Contracts } from '../chain/contracts.js';
import { Operations } from '../chain/operations.js';
import { refusalOf } from '../chain/refusal-of.js';
import { RestrictedCalls } from '../chain/restricted-call.js';
import { Transactions } from '../chain/transactions.js';
import { Audit } from '../platform/audit/audit.service.js';
import { SYSTEM } from '../platform/auth/actor.js';
import { Database } from '../platform/database/database.js';
import { type Workflow, Workflows } from '../platform/workflow/workflows.js';
import { Feeds } from '../valuations/feeds.service.js';
import { Rounds } from '../valuations/rounds.service.js';
import { dealingDesks } from './dealing.tables.js';

type Opening = { deskId: string; token: Address; manager: Address; mintCap: string; terms: Hex };
type Settlement = { deskId: string; instrumentId: string; tenantId: string; chainDeskId: Hex; side: number; run: number };
type Price = { cutOff: number; round: number };

const NEEDED = AgentRole.MINTER | AgentRole.BURNER | AgentRole.FREEZER;
/** Requests in one transaction: each delivery mints or burns, and pays. */
const DELIVERIES = 8;

/** Opens desks on chain, and settles what is due at them: prices cut-offs, then serves a queue from its head. */
@Injectable()
export class DealingOnChain {
  private readonly opening: Workflow<Opening>;
  private readonly settling: Workflow<Settlement>;

  constructor(
    private readonly workflows: Workflows,
    private readonly database: Database,
    private readonly transactions: Transactions,
    private readonly operations: Operations,
    private readonly restricted: RestrictedCalls,
    private readonly contracts: Contracts,
    private readonly clock: ChainClock,
    private readonly feeds: Feeds,
    private readonly rounds: Rounds,
    private readonly audit: Audit,
  ) {
    this.opening = workflows.define('dealing-opening', (input: Opening) => this.open(input));
    this.settling = workflows.define('dealing-settlement', (input: Settlement) => this.settle(input));
  }

  startOpening(input: Opening): Promise<void> {
    return this.opening.start(`dealing-opening:${input.deskId}`, input);
  }

  startSettlement(input: Settlement): Promise<void> {
    return this.settling.start(`dealing-settlement:${input.deskId}:${input.run}`, input);
  }

  /** The contract that deals becomes an agent of the token first, unless it is one. */
  private async open({ deskId, token, manager, mintCap, terms }: Opening): Promise<void> {
    const { workflows } = this;
    let failure: string | null = null;
    if (!(await workflows.step('agent', () => this.isAgent(token)))) {
      const args = [this.dealing, NEEDED, BigInt(mintCap)] as const;
      const data = encodeFunctionData({ abi: securityTokenAbi, functionName: 'setAgent', args });
      failure = await this.restricted.run({ businessKey: `dealing-agent:${deskId}`, sender: 'admin', manager, to: token, data });
    }
    failure ??= await workflows.step('open', () => refusalOf(() => this.send(`dealing-open:${deskId}`, terms)));
    await workflows.step('note', () => this.noteOpening(deskId, failure));
  }

  private async settle(input: Settlement): Promise<void> {
    const { workflows } = this;
    const { deskId, chainDeskId, side, run } = input;
    const key = `${deskId}:${run}`;
    const prices = await workflows.step('prices', () => this.pricesDue(input));
    let failure: string | null = null;
    for (const { cutOff, round } of prices) {
      const data = encodeFunctionData({ abi: dealingAbi, functionName: 'price', args: [chainDeskId, cutOff, BigInt(round)] });
      failure ??= await workflows.step(`price ${cutOff}`, () => refusalOf(() => this.send(`dealing-price:${key}:${cutOff}`, data)));
    }
    const data = encodeFunctionData({ abi: dealingAbi, functionName: 'settle', args: [chainDeskId, side, BigInt(DELIVERIES)] });
    for (let head = -1, turn = 0; failure === null; turn++) {
      const now = await workflows.step(`head ${turn}`, () => this.head(chainDeskId, side));
      if (now.head === now.length || now.head === head) break;
      ({ head } = now);
      failure = await workflows.step(`settle ${turn}`, () => refusalOf(() => this.send(`dealing-settle:${key}:${turn}`, data)));
    }
    await workflows.step('note', () => this.noteSettlement(deskId, run, failure));
  }

  /** The first published round that holds for, and was published at, an instant after a cut-off prices it. */
  private async pricesDue({ chainDeskId, instrumentId, tenantId, side }: Settlement): Promise<Price[]> {
    const { head, length } = await this.head(chainDeskId, side);
    const now = Number(await this.clock.now());
    const cutOffs = new Set<number>();
    for (let index = head; index < length; index++) {
      const { cutOff } = await this.contracts.read({
        ...this.contract,
        functionName: 'requestOf',
        args: [chainDeskId, side, BigInt(index)],
      });
      if (cutOff <= now) cutOffs.add(cutOff);
    }
    const records = await this.rounds.records(await this.feeds.of(instrumentId, { tenantId }));
    const prices: Price[] = [];
    for (const cutOff of cutOffs) {
      const [, valid] = await this.contracts.read({ ...this.contract, functionName: 'priceOf', args: [chainDeskId, cutOff] });
      const after = (at: Date | null): boolean => at !== null && at.getTime() > cutOff * 1_000;
      const first = records.find(
        ({ state, valuationTime, publishedAt }) =>
          (state === 'ACCEPTED' || state === 'APPROVED') && after(valuationTime) && after(publishedAt),
      );
      if (!valid && first) prices.push({ cutOff, round: first.round });
    }
    return prices;
  }

  private get dealing(): Address {
    return this.contracts.address('dealing');
  }

  private get contract() {
    return { address: this.dealing, abi: dealingAbi } as const;
  }

  private async head(chainDeskId: Hex, side: number): Promise<{ head: number; length: number }> {
    const [head, length] = await this.contracts.read({ ...this.contract, functionName: 'queueOf', args: [chainDeskId, side] });
    return { head: Number(head), length: Number(length) };
  }

  private async isAgent(token: Address): Promise<boolean> {
    const args = [this.dealing] as const;
    const roles = await this.contracts.read({ address: token, abi: securityTokenAbi, functionName: 'agentRoles', args });
    return (roles & NEEDED) === NEEDED;
  }

  private async send(businessKey: string, data: Hex): Promise<void> {
    const { id } = await this.transactions.enqueue({ businessKey, sender: 'seller', to: this.dealing, data });
    await this.operations.confirmed(id);
  }

  private async noteOpening(deskId: string, failure: string | null): Promise<void> {
    await this.database.transaction(async () => {
      const moved = await this.database.query
        .update(dealingDesks)
        .set({ state: failure === null ? 'OPEN' : 'FAILED', failure })
        .where(and(eq(dealingDesks.id, deskId), eq(dealingDesks.state, 'OPENING')))
        .returning({ id: dealingDesks.id });
      if (moved.length > 0) await this.record(deskId, failure === null ? 'dealing-desk.opened' : 'dealing-desk.opening-failed', failure);
    });
  }

  private async noteSettlement(deskId: string, run: number, failure: string | null): Promise<void> {
    await this.database.transaction(async () => {
      await this.database.query.update(dealingDesks).set({ failure }).where(eq(dealingDesks.id, deskId));
      await this.record(deskId, failure === null ? 'dealing-desk.settled' : 'dealing-desk.settlement-failed', failure, run);
    });
  }

  private async record(deskId: string, action: string, failure: string | null, run?: number): Promise<void> {
    await this.audit.append({
      actor: SYSTEM,
      action,
      subject: `dealing-desk:${deskId}`,
      payload: { run, ...(failure === null ? {} : { failure }) },
      result: failure === null ? 'DONE' : 'FAILED',
    });
  }
}
