import { Injectable } from '@nestjs/common';
import { and, eq } from 'drizzle-orm';
import { type Address, encodeFunctionData, type Hex } from 'viem';
import { dealingAbi, securityTokenAbi } from '../../../contracts/generated/abi.js';
import { AgentRole } from '../assets/suite.js';
import { ChainClock } from '../chain/chain-clock.js';
import { Contracts } from '../chain/contracts.js';
import { Operations } from '../chain/operations.js';
import { Projection } from '../chain/projection/projection.js';
import { refusalOf } from '../chain/refusal-of.js';
import { RestrictedCalls } from '../chain/restricted-call.js';
import { Transactions } from '../chain/transactions.js';
import { Audit } from '../platform/audit/audit.service.js';
import { SYSTEM } from '../platform/auth/actor.js';
import { actingIn } from '../platform/auth/scope.js';
import { Database } from '../platform/database/database.js';
import { formatAmount } from '../platform/schema/amount.js';
import { type Workflow, Workflows } from '../platform/workflow/workflows.js';
import { Feeds } from '../valuations/feeds.service.js';
import { Rounds } from '../valuations/rounds.service.js';
import { DELIVERIES } from './dealing.schema.js';
import { dealingDesks } from './dealing.tables.js';
import { DEALING_EVENTS, requestsFrom, SIDES } from './request-history.js';

type Opening = { deskId: string; token: Address; manager: Address; mintCap: string; terms: Hex };
/** @param indexes of the held requests to be tried again; null: the queue is served from its head */
type Settlement = {
  deskId: string;
  instrumentId: string;
  tenantId: string;
  chainDeskId: Hex;
  side: number;
  run: number;
  indexes: number[] | null;
};
type SellerCall = { deskId: string; key: string; action: keyof typeof DONE; data: Hex };
/** @param short what the pool lacks for a redemption, in payment minor units */
type Served = { failure: string | null; short: { index: number; missing: string } | null };

const NEEDED = AgentRole.MINTER | AgentRole.BURNER | AgentRole.FREEZER;
const DONE = { close: 'closed', refund: 'refunded', withdraw: 'withdrawn' } as const;

/** Opens desks on chain, and settles what is due at them: prices cut-offs, then serves a queue from its head. */
@Injectable()
export class DealingOnChain {
  private readonly opening: Workflow<Opening>;
  private readonly settling: Workflow<Settlement>;
  private readonly calling: Workflow<SellerCall>;

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
    private readonly projection: Projection,
    private readonly audit: Audit,
  ) {
    this.opening = workflows.define('dealing-opening', (input: Opening) => this.open(input));
    this.settling = workflows.define('dealing-settlement', (input: Settlement) => this.settle(input));
    this.calling = workflows.define('dealing-call', (input: SellerCall) => this.call(input));
  }

  startOpening(input: Opening): Promise<void> {
    return this.opening.start(`dealing-opening:${input.deskId}`, input);
  }

  startSettlement(input: Settlement): Promise<void> {
    return this.settling.start(`dealing-settlement:${input.deskId}:${input.run}`, input);
  }

  /** Makes a call of the seller's.
   *  @param call.key unique among the desk's */
  startCall(call: SellerCall): Promise<void> {
    return this.calling.start(`dealing-call:${call.deskId}:${call.key}`, call);
  }

  /** The contract that deals becomes an agent of the token first, with the cap that was approved, unless it is that. */
  private async open({ deskId, token, manager, mintCap, terms }: Opening): Promise<void> {
    const { workflows } = this;
    let failure: string | null = null;
    if (!(await workflows.step('agent', () => this.isAgent(token, BigInt(mintCap))))) {
      const args = [this.dealing, NEEDED, BigInt(mintCap)] as const;
      const data = encodeFunctionData({ abi: securityTokenAbi, functionName: 'setAgent', args });
      failure = await this.restricted.run({ businessKey: `dealing-agent:${deskId}`, sender: 'admin', manager, to: token, data });
    }
    failure ??= await workflows.step('open', () => refusalOf(() => this.send(`dealing-open:${deskId}`, terms)));
    await workflows.step('note', () => this.noteOpening(deskId, failure));
  }

  private async settle(input: Settlement): Promise<void> {
    const { workflows } = this;
    let refused: string | null = null;
    for (const cutOff of await workflows.step('due', () => this.cutOffsDue(input))) {
      const refusal = await workflows.step(`price ${cutOff}`, () => this.price(input, cutOff));
      refused ??= refusal;
    }
    const served = await (input.indexes === null ? this.serve(input) : this.retry(input, input.indexes));
    await workflows.step('note', () => this.noteSettlement(input, { ...served, failure: served.failure ?? refused }));
  }

  /** From the head on, as far as it goes. */
  private async serve({ deskId, chainDeskId, side, run }: Settlement): Promise<Served> {
    const { workflows } = this;
    const data = encodeFunctionData({ abi: dealingAbi, functionName: 'settle', args: [chainDeskId, side, BigInt(DELIVERIES)] });
    for (let head = -1, turn = 0; ; turn++) {
      const now = await workflows.step(`head ${turn}`, () => this.head(chainDeskId, side));
      if (now.head === now.length || now.head === head) return { failure: null, short: null };
      ({ head } = now);
      const served = await workflows.step(`settle ${turn}`, () => this.deliver(`dealing-settle:${deskId}:${run}:${turn}`, data));
      if (served.failure !== null || served.short !== null) return served;
    }
  }

  private retry({ deskId, chainDeskId, side, run }: Settlement, indexes: number[]): Promise<Served> {
    const args = [chainDeskId, side, indexes.map(BigInt)] as const;
    const data = encodeFunctionData({ abi: dealingAbi, functionName: 'retry', args });
    return this.workflows.step('retry', () => this.deliver(`dealing-retry:${deskId}:${run}`, data));
  }

  private async call(call: SellerCall): Promise<void> {
    const { workflows } = this;
    const { deskId, key, data } = call;
    const failure = await workflows.step('send', () => refusalOf(() => this.send(`dealing-call:${deskId}:${key}`, data)));
    await workflows.step('note', () => this.noteCall(call, failure));
  }

  /** Cut-offs that have passed, of requests that wait and that may still be settled. */
  private async cutOffsDue({ chainDeskId, side, indexes }: Settlement): Promise<number[]> {
    const [events, { settleWithin }, now] = await Promise.all([
      this.projection.events({ name: DEALING_EVENTS, address: this.dealing, args: { deskId: chainDeskId } }),
      this.contracts.read({ ...this.contract, functionName: 'termsOf', args: [chainDeskId] }),
      this.clock.now(),
    ]);
    const waiting = requestsFrom(events).filter(
      (request) => request.side === SIDES[side] && (indexes === null ? request.state === 'PENDING' : indexes.includes(request.index)),
    );
    const cutOffs = new Set(waiting.map(({ cutOff }) => cutOff.getTime() / 1_000));
    return [...cutOffs].filter((cutOff) => cutOff <= now && now < cutOff + settleWithin);
  }

  /** Prices a cut-off, unless that is done or no round can: whoever is not priced waits, and nobody else waits for him.
   *  @returns why the chain refuses the price */
  private async price({ deskId, instrumentId, tenantId, chainDeskId, run }: Settlement, cutOff: number): Promise<string | null> {
    if (await this.isPriced(chainDeskId, cutOff)) return null;
    const round = await this.rounds.firstAfter(await this.feeds.of(instrumentId, { tenantId }), cutOff);
    if (round === null) return null;
    const data = encodeFunctionData({ abi: dealingAbi, functionName: 'price', args: [chainDeskId, cutOff, round] });
    const refusal = await refusalOf(() => this.send(`dealing-price:${deskId}:${run}:${cutOff}:${round}`, data));
    // Anybody may price: another one may have been quicker.
    return refusal !== null && (await this.isPriced(chainDeskId, cutOff)) ? null : refusal;
  }

  private async isPriced(chainDeskId: Hex, cutOff: number): Promise<boolean> {
    const [, valid] = await this.contracts.read({ ...this.contract, functionName: 'priceOf', args: [chainDeskId, cutOff] });
    return valid;
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

  private async isAgent(token: Address, mintCap: bigint): Promise<boolean> {
    const agent = { address: token, abi: securityTokenAbi, args: [this.dealing] } as const;
    const [roles, [cap]] = await Promise.all([
      this.contracts.read({ ...agent, functionName: 'agentRoles' }),
      this.contracts.read({ ...agent, functionName: 'mintAllowance' }),
    ]);
    return (roles & NEEDED) === NEEDED && cap === mintCap;
  }

  private async send(businessKey: string, data: Hex): Promise<Hex | null> {
    const { id } = await this.transactions.enqueue({ businessKey, sender: 'seller', to: this.dealing, data });
    return (await this.operations.confirmed(id)).transactionHash;
  }

  private async deliver(businessKey: string, data: Hex): Promise<Served> {
    let short: Served['short'] = null;
    const failure = await refusalOf(async () => {
      const hash = await this.send(businessKey, data);
      const events = hash === null ? [] : await this.projection.eventsOf(hash);
      const event = events.find(({ name }) => name === 'PoolShort');
      if (event) short = { index: Number(event.args.index), missing: String(event.args.missing) };
    });
    return { failure, short };
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

  private async noteSettlement({ deskId, run }: Settlement, { failure, short }: Served): Promise<void> {
    await this.database.transaction(async () => {
      const [desk] = await this.database.query.select().from(dealingDesks).where(eq(dealingDesks.id, deskId));
      if (!desk) throw new Error(`The desk ${deskId} was not found.`);
      const lacks =
        short &&
        `The pool lacks ${formatAmount(BigInt(short.missing), desk.currencyDecimals)} ${desk.currency} for redemption ${short.index}: fund it, then settle again.`;
      const why = lacks ?? failure;
      await this.database.query.update(dealingDesks).set({ failure: why }).where(eq(dealingDesks.id, deskId));
      const outcome = lacks ? 'pool-short' : why === null ? 'settled' : 'settlement-failed';
      await this.record(deskId, `dealing-desk.${outcome}`, why, run);
    });
  }

  private async noteCall({ deskId, action }: SellerCall, failure: string | null): Promise<void> {
    await this.database.transaction(async () => {
      const closed = action === 'close' && failure === null;
      await this.database.query
        .update(dealingDesks)
        .set({ failure, ...(closed ? { state: 'CLOSED' } : {}) })
        .where(eq(dealingDesks.id, deskId));
      await this.record(deskId, `dealing-desk.${failure === null ? DONE[action] : `${action}-failed`}`, failure);
    });
  }

  private async record(deskId: string, action: string, failure: string | null, run?: number): Promise<void> {
    const [desk] = await this.database.query
      .select({ tenantId: dealingDesks.tenantId })
      .from(dealingDesks)
      .where(eq(dealingDesks.id, deskId));
    if (!desk) throw new Error(`The desk ${deskId} was not found.`);
    await this.audit.append({
      actor: actingIn(SYSTEM, desk.tenantId),
      action,
      subject: `dealing-desk:${deskId}`,
      payload: { run, ...(failure === null ? {} : { failure }) },
      result: failure === null ? 'DONE' : 'FAILED',
    });
  }
}
