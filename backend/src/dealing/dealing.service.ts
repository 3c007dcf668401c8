import { Injectable } from '@nestjs/common';
import { and, desc, eq, lt, ne } from 'drizzle-orm';
import { type Address, encodeFunctionData, erc20Abi, type Hex } from 'viem';
import { z } from 'zod';
import { dealingAbi } from '../../../contracts/generated/abi.js';
import { type DeployedInstrument, Instruments } from '../assets/instruments.service.js';
import { businessId } from '../chain/business-id.js';
import { ChainClock } from '../chain/chain-clock.js';
import { Contracts } from '../chain/contracts.js';
import { Currencies } from '../chain/currencies.js';
import { Projection } from '../chain/projection/projection.js';
import { Investors } from '../parties/investors.service.js';
import { type Approval, Approvals } from '../platform/approvals/approvals.service.js';
import { Audit } from '../platform/audit/audit.service.js';
import type { Actor } from '../platform/auth/actor.js';
import { isStaffOf, scope } from '../platform/auth/scope.js';
import { Database } from '../platform/database/database.js';
import { Conflict, Forbidden, Invalid, NotFound, Unprocessable } from '../platform/problem.js';
import { formatAmount, parseAmount } from '../platform/schema/amount.js';
import { fromCursor, type PageQuery, toPage } from '../platform/schema/page.js';
import { Valuations } from '../valuations/valuations.service.js';
import {
  type AskRedemption,
  type AskSubscription,
  type DealingInstructions,
  type DealingProposal,
  type DealingRequestState,
  type DealingRequestView,
  DealingSide,
  type DeskState,
  type DeskView,
  type OpenDesk,
  type RefundRequest,
  type RetryRequests,
  type SettleDesk,
  type WithdrawMoney,
} from './dealing.schema.js';
import { dealingDesks } from './dealing.tables.js';
import { DealingOnChain } from './dealing.workflow.js';
import { DEALING_EVENTS, type DealingRequest, requestsFrom, SIDES } from './request-history.js';

type Desk = typeof dealingDesks.$inferSelect;
type OpenedDesk = { desk: Desk; instrument: DeployedInstrument; chainDeskId: Hex };

const DeskApproval = z.strictObject({ deskId: z.string(), terms: z.record(z.string(), z.unknown()) });
const RefundApproval = z.strictObject({
  deskId: z.string(),
  side: DealingSide,
  index: z.number(),
  wallet: z.string(),
  amount: z.string(),
});
const WithdrawalApproval = z.strictObject({ deskId: z.string(), amount: z.string(), currency: z.string(), settlementWallet: z.string() });
/** A desk that was closed still serves what was asked before. */
const ON_CHAIN: readonly DeskState[] = ['OPEN', 'CLOSED'];
const UINT96_MAX = 2n ** 96n - 1n;
const UINT128_MAX = 2n ** 128n - 1n;
/** A fund's usual gate: a tenth of the units a day. */
const dailyRedemption = (authorised: bigint, least: bigint): bigint => (authorised / 10n > least ? authorised / 10n : least);

/** What investors see. */
const approved = ne(dealingDesks.state, 'DRAFT');

/** Continuous subscriptions and redemptions: the investor's wallet asks, the next accepted valuation prices, the issuer settles. */
@Injectable()
export class Dealing {
  private readonly approval: Approval<z.infer<typeof DeskApproval>>;
  private readonly refunding: Approval<z.infer<typeof RefundApproval>>;
  private readonly withdrawing: Approval<z.infer<typeof WithdrawalApproval>>;

  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly instruments: Instruments,
    private readonly investors: Investors,
    private readonly currencies: Currencies,
    private readonly valuations: Valuations,
    private readonly contracts: Contracts,
    private readonly projection: Projection,
    private readonly clock: ChainClock,
    private readonly onChain: DealingOnChain,
    approvals: Approvals,
  ) {
    this.approval = approvals.define({
      action: 'dealing-desk.open',
      permission: 'dealing:approve',
      payload: DeskApproval,
      execute: ({ deskId }, { approver }) => this.startOpening(deskId, approver),
    });
    this.refunding = approvals.define({
      action: 'dealing-desk.refund',
      permission: 'dealing:approve',
      payload: RefundApproval,
      execute: (payload, { id, approver }) => this.refund(payload, id, approver),
    });
    this.withdrawing = approvals.define({
      action: 'dealing-desk.withdraw',
      permission: 'dealing:approve',
      payload: WithdrawalApproval,
      execute: (payload, { id, approver }) => this.withdraw(payload, id, approver),
    });
  }

  /** Drafts a desk and asks an officer to approve its terms; his approval opens it on chain.
   *  @throws Conflict INSTRUMENT_NOT_DEPLOYED · Invalid CURRENCY_UNKNOWN, AMOUNT_INVALID, TERMS_INVALID · NotFound FEED_NOT_SET */
  async create({ minSubscription, minRedemption, dailyMintCap, ...given }: OpenDesk, actor: Actor): Promise<DeskView> {
    const instrument = await this.instruments.deployed(given.instrumentId, actor);
    const currency = await this.currencies.bySymbol(given.currency);
    await this.valuations.valuation(instrument.id, actor);
    const terms = {
      ...given,
      paymentToken: currency.address,
      currencyDecimals: currency.decimals,
      minSubscription: requireAmount(parseAmount(minSubscription, currency.decimals, 'minSubscription'), 'minSubscription'),
      minRedemption: requireAmount(parseAmount(minRedemption, instrument.decimals, 'minRedemption'), 'minRedemption'),
      dailyMintCap: requireAmount(parseAmount(dailyMintCap, instrument.decimals, 'dailyMintCap'), 'dailyMintCap', mintable(instrument)),
    };
    const [row] = await this.database.query
      .insert(dealingDesks)
      .values({ ...terms, tenantId: actor.tenantId, createdBy: actor.personId })
      .returning();
    if (!row) throw new Error('The desk was not stored.');
    const shown = { minSubscription, minRedemption, dailyMintCap, ...given, firstCutOff: given.firstCutOff.toISOString() };
    const payload = { deskId: row.id, terms: shown };
    const { id: approvalId } = await this.approval.request({ payload, subject: `dealing-desk:${row.id}`, actor });
    await this.database.query.update(dealingDesks).set({ approvalId }).where(eq(dealingDesks.id, row.id));
    const subject = `dealing-desk:${row.id}`;
    await this.audit.append({ actor, action: 'dealing-desk.created', subject, payload: shown, decisionId: approvalId });
    return view({ ...row, approvalId }, instrument.decimals);
  }

  async get(id: string, actor: Actor): Promise<DeskView> {
    const desk = await this.find(id, actor);
    return view(desk, (await this.instruments.find(desk.instrumentId, actor)).decimals);
  }

  async list({ limit, cursor }: PageQuery, actor: Actor): Promise<{ items: DeskView[]; next: string | null }> {
    const before = fromCursor(cursor);
    const rows = await this.database.query
      .select()
      .from(dealingDesks)
      .where(and(scope(actor, dealingDesks.tenantId, approved), before ? lt(dealingDesks.id, before) : undefined))
      .orderBy(desc(dealingDesks.id))
      .limit(limit + 1);
    const found = toPage(rows, limit, (row) => row.id);
    const items = await Promise.all(
      found.items.map(async (row) => view(row, (await this.instruments.find(row.instrumentId, actor)).decimals)),
    );
    return { items, next: found.next };
  }

  /** The calls by which a wallet pays in for units at the next valuation.
   *  @throws Conflict DESK_NOT_OPEN · Forbidden WALLET_NOT_YOURS · Unprocessable, see Valuations.fresh */
  async subscribe(id: string, { wallet, amount }: AskSubscription, actor: Actor): Promise<DealingInstructions> {
    const { desk, chainDeskId } = await this.opened(id, actor);
    await this.assertOwn(wallet, actor);
    await this.valuations.fresh(desk.instrumentId, actor);
    const money = requireAmount(parseAmount(amount, desk.currencyDecimals, 'amount'), 'amount');
    const to = this.contracts.address('dealing');
    const approve = encodeFunctionData({ abi: erc20Abi, functionName: 'approve', args: [to, money] });
    const ask = encodeFunctionData({ abi: dealingAbi, functionName: 'subscribe', args: [chainDeskId, money] });
    const calls = [
      { to: desk.paymentToken, data: approve, value: '0' },
      { to, data: ask, value: '0' },
    ];
    return { calls, cutOff: await this.nextCutOff(chainDeskId), notice: null };
  }

  /** The call by which a wallet offers units at the next valuation. It is never refused for the valuation's sake: the request waits.
   *  @throws Conflict DESK_NOT_OPEN · Forbidden WALLET_NOT_YOURS · Unprocessable REDEMPTION_TOO_LARGE */
  async redeem(id: string, { wallet, units }: AskRedemption, actor: Actor): Promise<DealingInstructions> {
    const { desk, instrument, chainDeskId } = await this.opened(id, actor);
    await this.assertOwn(wallet, actor);
    const offered = requireAmount(parseAmount(units, instrument.decimals, 'units'), 'units');
    await this.assertWithinADay(chainDeskId, offered, instrument.decimals);
    const data = encodeFunctionData({ abi: dealingAbi, functionName: 'redeem', args: [chainDeskId, offered] });
    const { status, reason } = await this.valuations.valuation(desk.instrumentId, actor);
    return {
      calls: [{ to: this.contracts.address('dealing'), data, value: '0' }],
      cutOff: await this.nextCutOff(chainDeskId),
      notice: status === 'LIVE' ? null : `The redemption will wait: ${reason}`,
    };
  }

  /** Prices what is due and serves one side's queue from its head.
   *  @throws Conflict DESK_NOT_OPEN · Unprocessable, see Valuations.fresh */
  settle(id: string, { side }: SettleDesk, actor: Actor): Promise<DeskView> {
    return this.startRun(id, side, null, actor);
  }

  /** Tries requests again that could not be settled in their turn.
   *  @throws Conflict DESK_NOT_OPEN, REQUEST_STATE · NotFound REQUEST_NOT_FOUND · Unprocessable, see Valuations.fresh */
  async retry(id: string, { side, indexes }: RetryRequests, actor: Actor): Promise<DeskView> {
    const { chainDeskId } = await this.opened(id, actor, ON_CHAIN);
    for (const index of indexes) await this.request(chainDeskId, side, index, ['HELD']);
    return this.startRun(id, side, indexes, actor);
  }

  /** Asks an officer to approve that a request is given back: a held one at any time, a pending one once it may not be settled any more.
   *  @throws Conflict DESK_NOT_OPEN, REQUEST_STATE · NotFound REQUEST_NOT_FOUND */
  async proposeRefund(id: string, { side, index }: RefundRequest, actor: Actor): Promise<DealingProposal> {
    const { desk, instrument, chainDeskId } = await this.opened(id, actor, ON_CHAIN);
    const { wallet, amount } = await this.request(chainDeskId, side, index, ['PENDING', 'HELD']);
    const decimals = side === 'SUBSCRIPTION' ? desk.currencyDecimals : instrument.decimals;
    const payload = { deskId: id, side, index, wallet, amount: formatAmount(amount, decimals) };
    const { id: approvalId } = await this.refunding.request({ payload, subject: `dealing-desk:${id}`, actor });
    return { approvalId };
  }

  /** Asks an officer to approve that money for redemptions goes back to the settlement wallet.
   *  @throws Conflict DESK_NOT_OPEN · Invalid AMOUNT_INVALID, TERMS_INVALID */
  async proposeWithdrawal(id: string, { amount }: WithdrawMoney, actor: Actor): Promise<DealingProposal> {
    const { desk } = await this.opened(id, actor, ON_CHAIN);
    requireAmount(parseAmount(amount, desk.currencyDecimals, 'amount'), 'amount');
    const { currency, settlementWallet } = desk;
    const payload = { deskId: id, amount, currency, settlementWallet };
    const { id: approvalId } = await this.withdrawing.request({ payload, subject: `dealing-desk:${id}`, actor });
    return { approvalId };
  }

  /** Takes no more requests, for ever; those that were made run on.
   *  @throws Conflict DESK_NOT_OPEN */
  async close(id: string, actor: Actor): Promise<DeskView> {
    const { desk, instrument, chainDeskId, run } = await this.nextRun(id, actor, ['OPEN']);
    const data = encodeFunctionData({ abi: dealingAbi, functionName: 'close', args: [chainDeskId] });
    await this.onChain.startCall({ deskId: id, key: `close:${run}`, action: 'close', data });
    await this.audit.append({ actor, action: 'dealing-desk.closing-requested', subject: `dealing-desk:${id}` });
    return view(desk, instrument.decimals);
  }

  /** What was asked at a desk; investors see their own. */
  async requests(id: string, actor: Actor): Promise<DealingRequestView[]> {
    const { desk, instrument, chainDeskId } = await this.opened(id, actor, ON_CHAIN);
    const all = await this.allRequests(chainDeskId);
    const own = isStaffOf(actor, desk.tenantId) ? all : await this.ownOf(all, actor);
    const money = (value: bigint): string => formatAmount(value, desk.currencyDecimals);
    const units = (value: bigint): string => formatAmount(value, instrument.decimals);
    return own.map((request) => ({
      ...request,
      amount: (request.side === 'SUBSCRIPTION' ? money : units)(request.amount),
      units: request.units === null ? null : units(request.units),
      money: request.money === null ? null : money(request.money),
    }));
  }

  private async startRun(id: string, side: DealingSide, indexes: number[] | null, actor: Actor): Promise<DeskView> {
    const { desk, instrument, chainDeskId, run } = await this.nextRun(id, actor, ON_CHAIN);
    const { instrumentId, tenantId } = desk;
    await this.valuations.fresh(instrumentId, actor);
    await this.onChain.startSettlement({ deskId: id, instrumentId, tenantId, chainDeskId, side: SIDES.indexOf(side), run, indexes });
    const payload = { side, run, ...(indexes === null ? {} : { indexes }) };
    await this.audit.append({ actor, action: 'dealing-desk.settlement-requested', subject: `dealing-desk:${id}`, payload });
    return view(desk, instrument.decimals);
  }

  /** Counts what is done at a desk, one after the other. */
  private async nextRun(id: string, actor: Actor, states: readonly DeskState[]): Promise<OpenedDesk & { run: number }> {
    await this.database.query.select({ id: dealingDesks.id }).from(dealingDesks).where(eq(dealingDesks.id, id)).for('update');
    const opened = await this.opened(id, actor, states);
    const run = opened.desk.runs + 1;
    await this.database.query.update(dealingDesks).set({ runs: run }).where(eq(dealingDesks.id, id));
    return { ...opened, run };
  }

  private async refund({ deskId, side, index }: z.infer<typeof RefundApproval>, approvalId: string, approver: Actor): Promise<object> {
    const { chainDeskId } = await this.opened(deskId, approver, ON_CHAIN);
    const args = [chainDeskId, SIDES.indexOf(side), BigInt(index)] as const;
    const data = encodeFunctionData({ abi: dealingAbi, functionName: 'refund', args });
    await this.onChain.startCall({ deskId, key: approvalId, action: 'refund', data });
    return { deskId };
  }

  private async withdraw({ deskId, amount }: z.infer<typeof WithdrawalApproval>, approvalId: string, approver: Actor): Promise<object> {
    const { desk, chainDeskId } = await this.opened(deskId, approver, ON_CHAIN);
    const args = [chainDeskId, parseAmount(amount, desk.currencyDecimals)] as const;
    const data = encodeFunctionData({ abi: dealingAbi, functionName: 'withdraw', args });
    await this.onChain.startCall({ deskId, key: approvalId, action: 'withdraw', data });
    return { deskId };
  }

  private async allRequests(chainDeskId: Hex): Promise<DealingRequest[]> {
    const address = this.contracts.address('dealing');
    return requestsFrom(await this.projection.events({ name: DEALING_EVENTS, address, args: { deskId: chainDeskId } }));
  }

  /** @throws NotFound REQUEST_NOT_FOUND · Conflict REQUEST_STATE */
  private async request(chainDeskId: Hex, side: DealingSide, index: number, states: DealingRequestState[]): Promise<DealingRequest> {
    const found = (await this.allRequests(chainDeskId)).find((one) => one.side === side && one.index === index);
    if (!found) throw new NotFound('REQUEST_NOT_FOUND', `The desk has no ${side} ${index}.`);
    if (states.includes(found.state)) return found;
    throw new Conflict('REQUEST_STATE', `${side} ${index} is ${found.state}; it must be ${states.join(' or ')} for this.`);
  }

  private async startOpening(deskId: string, approver: Actor): Promise<{ deskId: string }> {
    const desk = await this.find(deskId, approver);
    const { token, manager, terms, decimals } = await this.instruments.deployed(desk.instrumentId, approver);
    const chainDeskId = businessId(token, `dealing-desk:${deskId}`);
    const [moved] = await this.database.query
      .update(dealingDesks)
      .set({ state: 'OPENING', chainDeskId })
      .where(and(eq(dealingDesks.id, deskId), eq(dealingDesks.state, 'DRAFT')))
      .returning();
    if (!moved || !manager) throw new Conflict('DESK_STATE', `The desk is ${desk.state}; it must be DRAFT for this.`);
    const chainTerms = this.chainTerms(desk, token, parseAmount(terms.authorisedUnits, decimals));
    const data = encodeFunctionData({ abi: dealingAbi, functionName: 'open', args: [chainDeskId, chainTerms] });
    const mintCap = (desk.dailyMintCap ?? mintable({ terms, decimals })).toString();
    await this.onChain.startOpening({ deskId, token, manager, mintCap, terms: data });
    await this.audit.append({ actor: approver, action: 'dealing-desk.approved', subject: `dealing-desk:${deskId}` });
    return { deskId };
  }

  private chainTerms(desk: Desk, token: Address, authorised: bigint) {
    const { paymentToken, settlementWallet, minSubscription, minRedemption, periodSeconds, maxPriceAgeSeconds, settleWithinSeconds } = desk;
    return {
      token,
      paymentToken,
      registry: this.contracts.address('valuationRegistry'),
      settlementWallet,
      minSubscription,
      minRedemption,
      dailyRedemption: dailyRedemption(authorised, minRedemption),
      firstCutOff: Math.floor(desk.firstCutOff.getTime() / 1_000),
      period: periodSeconds,
      maxPriceAge: maxPriceAgeSeconds,
      settleWithin: settleWithinSeconds,
    };
  }

  /** The contract refuses a request that no day could serve. */
  private async assertWithinADay(chainDeskId: Hex, units: bigint, decimals: number): Promise<void> {
    const address = this.contracts.address('dealing');
    const { dailyRedemption: most } = await this.contracts.read({ address, abi: dealingAbi, functionName: 'termsOf', args: [chainDeskId] });
    if (units <= most) return;
    const limit = formatAmount(most, decimals);
    throw new Unprocessable('REDEMPTION_TOO_LARGE', {
      detail: `${formatAmount(units, decimals)} units are offered; this desk redeems ${limit} in a day.`,
      remedy: `Offer ${limit} units at most in one request, and the rest in others: they are served in turn.`,
      extensions: { limit },
    });
  }

  private async nextCutOff(chainDeskId: Hex): Promise<Date> {
    const address = this.contracts.address('dealing');
    const args = [chainDeskId, await this.clock.now()] as const;
    return new Date((await this.contracts.read({ address, abi: dealingAbi, functionName: 'cutOffAfter', args })) * 1_000);
  }

  private async ownOf<T extends { wallet: Address }>(requests: T[], actor: Actor): Promise<T[]> {
    const wallets = [...new Set(requests.map(({ wallet }) => wallet))];
    const owners = await Promise.all(wallets.map(async (wallet) => [wallet, (await this.investors.byWallet(wallet))?.personId] as const));
    const mine = new Set(owners.filter(([, owner]) => owner === actor.personId).map(([wallet]) => wallet));
    return requests.filter(({ wallet }) => mine.has(wallet));
  }

  private async assertOwn(wallet: Address, actor: Actor): Promise<void> {
    if ((await this.investors.byWallet(wallet))?.personId === actor.personId) return;
    throw new Forbidden('WALLET_NOT_YOURS', {
      detail: `${wallet} is not linked to you.`,
      remedy: 'Link the wallet first, or use one of yours.',
    });
  }

  /** @throws NotFound DESK_NOT_FOUND · Conflict DESK_NOT_OPEN */
  private async opened(id: string, actor: Actor, states: readonly DeskState[] = ['OPEN']): Promise<OpenedDesk> {
    const desk = await this.find(id, actor);
    const { chainDeskId } = desk;
    if (!states.includes(desk.state) || !chainDeskId) {
      throw new Conflict('DESK_NOT_OPEN', { detail: `The desk is ${desk.state}.`, remedy: 'Choose a desk that is open.' });
    }
    return { desk, chainDeskId, instrument: await this.instruments.deployed(desk.instrumentId, actor) };
  }

  private async find(id: string, actor: Pick<Actor, 'tenantId'>): Promise<Desk> {
    const [desk] = await this.database.query
      .select()
      .from(dealingDesks)
      .where(and(eq(dealingDesks.id, id), scope(actor, dealingDesks.tenantId, approved)));
    if (desk) return desk;
    throw new NotFound('DESK_NOT_FOUND', 'There is no such desk.');
  }
}

function requireAmount(value: bigint, field: string, most = UINT128_MAX): bigint {
  if (value > 0n && value <= most) return value;
  throw new Invalid('TERMS_INVALID', {
    detail: `${field} must be above zero, and no more than ${most === UINT128_MAX ? 'the contract counts' : 'may be minted at all'}.`,
    remedy: 'Correct it.',
  });
}

/** Token units: all that are authorised, or as many as the token counts in a cap. */
function mintable({ terms, decimals }: Pick<DeployedInstrument, 'terms' | 'decimals'>): bigint {
  const authorised = parseAmount(terms.authorisedUnits, decimals);
  return authorised < UINT96_MAX ? authorised : UINT96_MAX;
}

function view(desk: Desk, decimals: number): DeskView {
  return {
    ...desk,
    minSubscription: formatAmount(desk.minSubscription, desk.currencyDecimals),
    minRedemption: formatAmount(desk.minRedemption, decimals),
    dailyMintCap: desk.dailyMintCap === null ? null : formatAmount(desk.dailyMintCap, decimals),
  };
}
