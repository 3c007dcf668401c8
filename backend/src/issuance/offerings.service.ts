import { Injectable } from '@nestjs/common';
import { and, asc, desc, eq, isNotNull, lt, ne } from 'drizzle-orm';
import { encodeFunctionData, type Hex } from 'viem';
import { z } from 'zod';
import { offeringAbi, securityTokenAbi } from '../../../contracts/generated/abi.js';
import { Assets } from '../assets/assets.service.js';
import { Documents } from '../assets/documents.service.js';
import { type DeployedInstrument, Instruments } from '../assets/instruments.service.js';
import { businessId } from '../chain/business-id.js';
import { ChainClock } from '../chain/chain-clock.js';
import { Contracts } from '../chain/contracts.js';
import { Currencies } from '../chain/currencies.js';
import { Transactions } from '../chain/transactions.js';
import { type Approval, Approvals } from '../platform/approvals/approvals.service.js';
import { Audit } from '../platform/audit/audit.service.js';
import type { Actor } from '../platform/auth/actor.js';
import { scope } from '../platform/auth/scope.js';
import { Database } from '../platform/database/database.js';
import { Conflict, Invalid, NotFound, Unprocessable } from '../platform/problem.js';
import { formatAmount, parseAmount } from '../platform/schema/amount.js';
import { fromCursor, type PageQuery, toPage } from '../platform/schema/page.js';
import { Valuations } from '../valuations/valuations.service.js';
import { allocateFirstCome, allocateProRata } from './allocation.js';
import type { AllocationView, CreateOffering, OfferingState, OfferingView } from './issuance.schema.js';
import { offerings, subscriptions } from './issuance.tables.js';
import { OfferingSettlement } from './offering-settlement.workflow.js';
import { OfferingTracking } from './offering-tracking.workflow.js';

export type Offering = typeof offerings.$inferSelect;

/** What investors see. */
const approved = ne(offerings.state, 'DRAFT');
type Allocation = { demand: { id: string; units: bigint }[]; units: Map<string, bigint> };

const KEYS = { OPENING: 'offering-open', CLOSING: 'offering-close', CANCELLING: 'offering-cancel' } as const;

const OpenApproval = z.strictObject({ offeringId: z.string(), terms: z.record(z.string(), z.unknown()) });
/** Token units by subscription, as decimal strings. */
const AllocationApproval = z.strictObject({ offeringId: z.string(), units: z.record(z.string(), z.string()) });

/** Primary sales: terms, approval, opening, closing and the allocation that an officer approves. */
@Injectable()
export class Offerings {
  private readonly opening: Approval<z.infer<typeof OpenApproval>>;
  private readonly allocating: Approval<z.infer<typeof AllocationApproval>>;

  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly instruments: Instruments,
    private readonly assets: Assets,
    private readonly documents: Documents,
    private readonly currencies: Currencies,
    private readonly valuations: Valuations,
    private readonly contracts: Contracts,
    private readonly clock: ChainClock,
    private readonly transactions: Transactions,
    private readonly settlement: OfferingSettlement,
    private readonly tracking: OfferingTracking,
    approvals: Approvals,
  ) {
    this.opening = approvals.define({
      action: 'offering.open',
      permission: 'offering:approve',
      payload: OpenApproval,
      execute: ({ offeringId }, { approver }) => this.move(offeringId, 'DRAFT', 'APPROVED', approver).then(() => ({ offeringId })),
    });
    this.allocating = approvals.define({
      action: 'offering.allocate',
      permission: 'offering:approve',
      payload: AllocationApproval,
      execute: (payload, { approver }) => this.startSettlement(payload, approver),
    });
  }

  /** Drafts an offering and asks an officer to approve its terms.
   *  @throws Conflict INSTRUMENT_NOT_DEPLOYED · Invalid TERMS_INVALID, CURRENCY_UNKNOWN, AMOUNT_INVALID · Unprocessable
   *          DUE_DILIGENCE_INCOMPLETE */
  async create(given: CreateOffering, actor: Actor): Promise<OfferingView> {
    const instrument = await this.instruments.deployed(given.instrumentId, actor);
    await this.assets.complete(await this.assets.get(instrument.assetId, actor));
    const currency = await this.currencies.bySymbol(given.currency);
    const units = (field: 'minTicket' | 'increment' | 'softCap' | 'hardCap'): bigint =>
      parseAmount(given[field], instrument.decimals, field);
    const terms = {
      ...(await this.priceOf(given, instrument.id, currency.decimals, actor)),
      minTicket: units('minTicket'),
      maxTicket: given.maxTicket === undefined ? 0n : parseAmount(given.maxTicket, instrument.decimals, 'maxTicket'),
      increment: units('increment'),
      softCap: units('softCap'),
      hardCap: units('hardCap'),
      opensAt: given.opensAt,
      closesAt: given.closesAt,
      settleBy: given.settleBy,
    };
    assertTerms(terms, await this.roomOf(instrument));
    const [row] = await this.database.query
      .insert(offerings)
      .values({
        ...terms,
        tenantId: actor.tenantId,
        instrumentId: instrument.id,
        exemption: given.exemption,
        currency: currency.symbol,
        paymentToken: currency.address,
        currencyDecimals: currency.decimals,
        settlementWallet: given.settlementWallet,
        allocation: given.allocation,
        documents: await this.documents.assertOf(instrument.assetId, given.documentIds),
        createdBy: actor.personId,
      })
      .returning();
    if (!row) throw new Error('The offering was not stored.');
    const view = toView(row, instrument.decimals);
    const {
      id: offeringId,
      state: _state,
      createdAt: _createdAt,
      approvalId: _a,
      allocationApprovalId: _b,
      chainOfferingId: _c,
      ...shown
    } = view;
    const request = await this.opening.request({ payload: { offeringId, terms: shown }, subject: `offering:${row.id}`, actor });
    await this.audit.append({ actor, action: 'offering.created', subject: `offering:${row.id}`, payload: shown, decisionId: request.id });
    await this.database.query.update(offerings).set({ approvalId: request.id }).where(eq(offerings.id, row.id));
    return { ...view, approvalId: request.id };
  }

  async list({ limit, cursor }: PageQuery, actor: Actor): Promise<{ items: OfferingView[]; next: string | null }> {
    const before = fromCursor(cursor);
    const rows = await this.database.query
      .select()
      .from(offerings)
      .where(and(scope(actor, offerings.tenantId, approved), before ? lt(offerings.id, before) : undefined))
      .orderBy(desc(offerings.id))
      .limit(limit + 1);
    const found = toPage(rows, limit, (row) => row.id);
    return { items: await Promise.all(found.items.map((row) => this.view(row, actor))), next: found.next };
  }

  async get(id: string, actor: Actor): Promise<OfferingView> {
    return this.view(await this.find(id, actor), actor);
  }

  /** @throws NotFound OFFERING_NOT_FOUND */
  async find(id: string, actor: Pick<Actor, 'tenantId'>): Promise<Offering> {
    const [row] = await this.database.query
      .select()
      .from(offerings)
      .where(and(eq(offerings.id, id), scope(actor, offerings.tenantId, approved)));
    if (!row) throw new NotFound('OFFERING_NOT_FOUND', 'There is no such offering.');
    return row;
  }

  /** Puts the approved terms on chain; the offering is OPEN once that is confirmed.
   *  @throws Conflict OFFERING_STATE, OFFERING_OVER · Unprocessable DUE_DILIGENCE_INCOMPLETE */
  async open(id: string, actor: Actor): Promise<OfferingView> {
    const offering = await this.move(id, 'APPROVED', 'OPENING', actor);
    const instrument = await this.instruments.deployed(offering.instrumentId, actor);
    await this.assets.complete(await this.assets.get(instrument.assetId, actor));
    await this.assertPrice(offering, actor);
    await this.assertAhead(offering.closesAt);
    const chainOfferingId = businessId(instrument.token, `offering:${id}`);
    const data = encodeFunctionData({
      abi: offeringAbi,
      functionName: 'create',
      args: [chainOfferingId, chainTerms(offering, instrument)],
    });
    await this.database.query.update(offerings).set({ chainOfferingId }).where(eq(offerings.id, id));
    await this.send(offering, 'OPENING', data);
    return this.get(id, actor);
  }

  /** Ends the sale on chain: CLOSED when the soft cap is reached; FAILED otherwise, and every payment goes back.
   *  @throws Conflict OFFERING_STATE */
  async close(id: string, actor: Actor): Promise<OfferingView> {
    const offering = await this.move(id, 'OPEN', 'CLOSING', actor);
    await this.send(offering, 'CLOSING', encodeFunctionData({ abi: offeringAbi, functionName: 'close', args: [onChain(offering)] }));
    return this.get(id, actor);
  }

  /** Calls an offering off while nothing is delivered, also when its settlement broke off; every payment goes back.
   *  @throws Conflict OFFERING_STATE · ChainRefused when something is delivered already */
  async cancel(id: string, actor: Actor): Promise<OfferingView> {
    const offering = await this.locked(id, actor);
    const brokeOff = offering.state === 'SETTLING' && (await this.settlement.hasFailed(id, offering.attempts));
    if (offering.state !== 'OPEN' && offering.state !== 'CLOSED' && !brokeOff) throw wrongState(offering.state, 'OPEN');
    await this.move(id, offering.state, 'CANCELLING', actor);
    await this.send(offering, 'CANCELLING', encodeFunctionData({ abi: offeringAbi, functionName: 'cancel', args: [onChain(offering)] }));
    return this.get(id, actor);
  }

  /** What each funded subscription would get by the offering's method, or got once that was approved. */
  async allocationOf(id: string, actor: Actor): Promise<AllocationView> {
    const offering = await this.find(id, actor);
    const { decimals } = await this.instruments.deployed(offering.instrumentId, actor);
    const decided = offering.state === 'SETTLING' || offering.state === 'COMPLETED';
    const { demand, units } = await (decided ? this.approvedAllocation(offering) : this.computeAllocation(offering));
    const allocated = [...units.values()].reduce((sum, part) => sum + part, 0n);
    const total = demand.reduce((sum, part) => sum + part.units, 0n);
    return {
      demand: formatAmount(total, decimals),
      supply: formatAmount(offering.hardCap, decimals),
      allocated: formatAmount(allocated, decimals),
      oversubscribed: total > offering.hardCap,
      lines: demand.map(({ id: subscriptionId, units: requested }) => ({
        subscriptionId,
        requested: formatAmount(requested, decimals),
        allocated: formatAmount(units.get(subscriptionId) ?? 0n, decimals),
      })),
    };
  }

  /** Asks an officer to approve the allocation; his approval starts the settlement.
   *  @throws Conflict OFFERING_STATE · Unprocessable ALLOCATION_BELOW_SOFT_CAP, and see Valuations.fresh */
  async allocate(id: string, actor: Actor): Promise<OfferingView> {
    const offering = await this.locked(id, actor);
    if (offering.state !== 'CLOSED') throw wrongState(offering.state, 'CLOSED');
    await this.assertValued(offering, actor);
    const { units } = await this.computeAllocation(offering);
    const allocated = [...units.values()].reduce((sum, part) => sum + part, 0n);
    if (allocated === 0n || allocated < offering.softCap) {
      throw new Unprocessable('ALLOCATION_BELOW_SOFT_CAP', {
        detail: 'By its own terms this offering cannot allocate as much as its soft cap promises, so nothing may be delivered.',
        remedy: `Call it off with POST /v1/offerings/${id}/cancel; every payment goes back.`,
      });
    }
    const payload = { offeringId: id, units: Object.fromEntries([...units].map(([key, value]) => [key, value.toString()])) };
    const request = await this.allocating.request({ payload, subject: `offering:${id}`, actor });
    await this.database.query.update(offerings).set({ allocationApprovalId: request.id }).where(eq(offerings.id, id));
    return this.get(id, actor);
  }

  /** Goes on with a settlement that broke off; one that the chain refuses for good ends in refunds.
   *  @throws Conflict OFFERING_STATE */
  async settle(id: string, actor: Actor): Promise<OfferingView> {
    const offering = await this.locked(id, actor);
    if (offering.state !== 'SETTLING' || !(await this.settlement.hasFailed(id, offering.attempts))) {
      throw new Conflict('OFFERING_STATE', {
        detail: `The offering is ${offering.state}, and no settlement of it broke off.`,
        remedy: 'The approval of an allocation starts the settlement; only one that broke off is asked for again.',
        extensions: { state: offering.state },
      });
    }
    const attempts = offering.attempts + 1;
    await this.database.query.update(offerings).set({ attempts }).where(eq(offerings.id, id));
    await this.audit.append({ actor, action: 'offering.settling', subject: `offering:${id}`, payload: { from: offering.state, attempts } });
    await this.settlement.start(id, attempts);
    return this.view(offering, actor);
  }

  /** Goes on with the refunds of a failed offering that broke off; what has gone back already is passed over.
   *  @throws Conflict OFFERING_STATE */
  async refund(id: string, actor: Actor): Promise<OfferingView> {
    const offering = await this.locked(id, actor);
    if (offering.state !== 'FAILED' || !(await this.settlement.refundsHaveFailed(id, offering.attempts))) {
      throw new Conflict('OFFERING_STATE', {
        detail: `The offering is ${offering.state}, and no refunds of it broke off.`,
        remedy: 'An offering that fails sends every payment back by itself; only refunds that broke off are asked for again.',
        extensions: { state: offering.state },
      });
    }
    const attempts = offering.attempts + 1;
    await this.database.query.update(offerings).set({ attempts }).where(eq(offerings.id, id));
    await this.audit.append({ actor, action: 'offering.refunding', subject: `offering:${id}`, payload: { attempts } });
    await this.settlement.startRefunds(id, attempts);
    return this.view(offering, actor);
  }

  /** The price that was given, or what the feed says now in the currency's minor units, rounded down. */
  private async priceOf(
    { unitPrice }: CreateOffering,
    instrumentId: string,
    decimals: number,
    actor: Actor,
  ): Promise<{ unitPrice: bigint; priceRound: string | null }> {
    if (unitPrice !== undefined) return { unitPrice: parseAmount(unitPrice, decimals, 'unitPrice'), priceRound: null };
    const fresh = await this.valuations.fresh(instrumentId, actor);
    return { unitPrice: (fresh.value * 10n ** BigInt(decimals)) / 10n ** BigInt(fresh.decimals), priceRound: fresh.round };
  }

  /** Nothing is sold at the price of a feed while its valuation is held, stale, halted or unknown.
   *  @throws Unprocessable, see Valuations.fresh */
  async assertValued({ instrumentId, priceRound }: Offering, actor: Pick<Actor, 'tenantId'>): Promise<void> {
    if (priceRound !== null) await this.valuations.fresh(instrumentId, actor);
  }

  /** @throws Unprocessable, see Valuations.fresh · Conflict VALUATION_CHANGED */
  private async assertPrice({ instrumentId, priceRound }: Offering, actor: Actor): Promise<void> {
    if (priceRound === null) return;
    const fresh = await this.valuations.fresh(instrumentId, actor);
    if (fresh.round === priceRound) return;
    throw new Conflict('VALUATION_CHANGED', {
      detail: `The price is of round ${priceRound}; the feed has published round ${fresh.round} since.`,
      remedy: 'Draft the offering again at the new value.',
    });
  }

  private async assertAhead(closesAt: Date): Promise<void> {
    const now = await this.clock.now();
    if (BigInt(seconds(closesAt)) > now) return;
    throw new Conflict('OFFERING_OVER', {
      detail: `The offering would have closed at ${closesAt.toISOString()}; it is ${new Date(Number(now) * 1_000).toISOString()}.`,
      remedy: 'Draft it again with later dates.',
    });
  }

  /** What may still be issued. */
  private async roomOf({ token, terms, decimals }: DeployedInstrument): Promise<bigint> {
    const supply = await this.contracts.read({ address: token, abi: securityTokenAbi, functionName: 'totalSupply' });
    return parseAmount(terms.authorisedUnits, decimals) - supply;
  }

  private async startSettlement(
    { offeringId, units }: z.infer<typeof AllocationApproval>,
    approver: Actor,
  ): Promise<{ offeringId: string }> {
    const offering = await this.move(offeringId, 'CLOSED', 'SETTLING', approver);
    await this.assertValued(offering, approver);
    const now = await this.computeAllocation(offering);
    const same = now.units.size === Object.keys(units).length && [...now.units].every(([id, value]) => units[id] === value.toString());
    if (!same) {
      throw new Conflict('ALLOCATION_CHANGED', {
        detail: 'The allocation is not the one requested.',
        remedy: 'Reject it and allocate again.',
      });
    }
    for (const [id, allocatedUnits] of now.units) {
      await this.database.query.update(subscriptions).set({ allocatedUnits, state: 'ALLOCATED' }).where(eq(subscriptions.id, id));
    }
    await this.settlement.start(offeringId, offering.attempts);
    return { offeringId };
  }

  private async approvedAllocation({ id }: Offering): Promise<Allocation> {
    const rows = await this.database.query
      .select({ id: subscriptions.id, units: subscriptions.units, allocated: subscriptions.allocatedUnits })
      .from(subscriptions)
      .where(and(eq(subscriptions.offeringId, id), isNotNull(subscriptions.allocatedUnits)))
      .orderBy(asc(subscriptions.fundedAt), asc(subscriptions.id));
    return { demand: rows, units: new Map(rows.map((row) => [row.id, row.allocated ?? 0n])) };
  }

  private async computeAllocation(offering: Offering): Promise<Allocation> {
    const demand = await this.database.query
      .select({ id: subscriptions.id, units: subscriptions.units })
      .from(subscriptions)
      .where(and(eq(subscriptions.offeringId, offering.id), eq(subscriptions.state, 'FUNDED')))
      .orderBy(asc(subscriptions.fundedAt), asc(subscriptions.id));
    const terms = { supply: offering.hardCap, increment: offering.increment, minTicket: offering.minTicket };
    return { demand, units: (offering.allocation === 'PRO_RATA' ? allocateProRata : allocateFirstCome)(demand, terms) };
  }

  /** Enqueues what leads out of `state`, and follows it. */
  private async send({ id, attempts, state: from }: Offering, state: keyof typeof KEYS, data: Hex): Promise<void> {
    const businessKey = `${KEYS[state]}:${id}:${attempts}`;
    const to = this.contracts.address('offering');
    const operation = await this.transactions.enqueue({ businessKey, sender: 'seller', to, data });
    await this.database.query
      .update(offerings)
      .set({ attempts: attempts + 1 })
      .where(eq(offerings.id, id));
    await this.tracking.start({ offeringId: id, operationId: operation.id, state, allocated: from === 'SETTLING' });
  }

  private async move(id: string, from: OfferingState, to: OfferingState, actor: Actor): Promise<Offering> {
    const offering = await this.locked(id, actor);
    if (offering.state !== from) throw wrongState(offering.state, from);
    await this.database.query.update(offerings).set({ state: to }).where(eq(offerings.id, id));
    await this.audit.append({ actor, action: `offering.${to.toLowerCase()}`, subject: `offering:${id}`, payload: { from } });
    return { ...offering, state: to };
  }

  private async locked(id: string, actor: Pick<Actor, 'tenantId'>): Promise<Offering> {
    const [row] = await this.database.query
      .select()
      .from(offerings)
      .where(and(eq(offerings.id, id), scope(actor, offerings.tenantId)))
      .for('update');
    if (!row) throw new NotFound('OFFERING_NOT_FOUND', 'There is no such offering.');
    return row;
  }

  private async view(row: Offering, actor: Actor): Promise<OfferingView> {
    const { decimals } = await this.instruments.find(row.instrumentId, actor);
    return toView(row, decimals);
  }
}

function onChain({ id, chainOfferingId }: Offering): Hex {
  if (!chainOfferingId) throw new Error(`Offering ${id} is open without an identifier on chain.`);
  return chainOfferingId;
}

function toView(row: Offering, decimals: number): OfferingView {
  const units = (value: bigint): string => formatAmount(value, decimals);
  return {
    ...row,
    unitPrice: formatAmount(row.unitPrice, row.currencyDecimals),
    minTicket: units(row.minTicket),
    maxTicket: row.maxTicket === 0n ? null : units(row.maxTicket),
    increment: units(row.increment),
    softCap: units(row.softCap),
    hardCap: units(row.hardCap),
  };
}

function chainTerms(offering: Offering, instrument: DeployedInstrument) {
  return {
    token: instrument.token,
    paymentToken: offering.paymentToken,
    settlementWallet: offering.settlementWallet,
    unitPrice: offering.unitPrice,
    minTicket: offering.minTicket,
    maxTicket: offering.maxTicket,
    increment: offering.increment,
    softCap: offering.softCap,
    hardCap: offering.hardCap,
    opensAt: seconds(offering.opensAt),
    closesAt: seconds(offering.closesAt),
    settleBy: seconds(offering.settleBy),
  };
}

type Terms = Pick<
  Offering,
  'unitPrice' | 'minTicket' | 'maxTicket' | 'increment' | 'softCap' | 'hardCap' | 'opensAt' | 'closesAt' | 'settleBy'
>;

/** The Offering begins no settlement later than this before `settleBy`, so that nobody can pick whom he delivers to in the last second. */
const SETTLEMENT_NOTICE_MS = 6 * 3_600_000;

function assertTerms(terms: Terms, room: bigint): void {
  const rules: [boolean, string][] = [
    [terms.unitPrice > 0n, 'unitPrice must be above zero'],
    [terms.increment > 0n, 'increment must be above zero'],
    [terms.minTicket > 0n && terms.minTicket % terms.increment === 0n, 'minTicket must be a multiple of the increment, above zero'],
    [terms.maxTicket === 0n || terms.maxTicket >= terms.minTicket, 'maxTicket must not be below minTicket'],
    [terms.hardCap >= terms.softCap && terms.hardCap >= terms.minTicket, 'hardCap must not be below softCap or minTicket'],
    [terms.hardCap % terms.increment === 0n, 'hardCap must be a multiple of the increment'],
    [terms.hardCap <= room, 'hardCap must not exceed what is authorised and not issued yet'],
    [terms.opensAt < terms.closesAt, 'opensAt must be before closesAt'],
    [terms.settleBy.getTime() - terms.closesAt.getTime() > SETTLEMENT_NOTICE_MS, 'settleBy must be more than 6 hours after closesAt'],
  ];
  const broken = rules.find(([holds]) => !holds);
  if (broken) throw new Invalid('TERMS_INVALID', { detail: `${broken[1]}.`, remedy: 'Correct the terms and send them again.' });
}

function wrongState(is: OfferingState, must: OfferingState): Conflict {
  return new Conflict('OFFERING_STATE', {
    detail: `The offering is ${is}; it must be ${must} for this.`,
    remedy:
      is === 'SETTLING'
        ? 'Wait until that is over. Should it have broken off, go on with POST /v1/offerings/{id}/settle, or call it off with …/cancel.'
        : undefined,
    extensions: { state: is },
  });
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1_000);
}
