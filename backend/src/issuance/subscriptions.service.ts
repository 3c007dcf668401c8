import { Inject, Injectable } from '@nestjs/common';
import { and, desc, eq, lt } from 'drizzle-orm';
import { encodeFunctionData, erc20Abi, type Hex, zeroAddress } from 'viem';
import { offeringAbi, securityTokenAbi } from '../../../contracts/generated/abi.js';
import { type DeployedInstrument, Instruments } from '../assets/instruments.service.js';
import { businessHash } from '../chain/business-id.js';
import { ChainClock } from '../chain/chain-clock.js';
import { Contracts } from '../chain/contracts.js';
import { reasonOf } from '../chain/reason-codes.js';
import { ChainSettings } from '../chain/settings.js';
import { Signer } from '../chain/signer.js';
import { Transactions } from '../chain/transactions.js';
import { Investors } from '../parties/investors.service.js';
import { Audit } from '../platform/audit/audit.service.js';
import type { Actor } from '../platform/auth/actor.js';
import { actingIn, scope } from '../platform/auth/scope.js';
import { Database } from '../platform/database/database.js';
import { uuidv7 } from '../platform/ids.js';
import { Conflict, Forbidden, NotFound, Unprocessable } from '../platform/problem.js';
import { formatAmount, parseAmount } from '../platform/schema/amount.js';
import { fromCursor, toPage } from '../platform/schema/page.js';
import type {
  CreateSubscription,
  PaymentInstructions,
  SignSubscription,
  SubscriptionQuery,
  SubscriptionState,
  SubscriptionView,
} from './issuance.schema.js';
import { offerings, subscriptions } from './issuance.tables.js';
import { type Offering, Offerings } from './offerings.service.js';

type Subscription = typeof subscriptions.$inferSelect;

const MINT = 1;
const ORDER = {
  Order: [
    { name: 'offeringId', type: 'bytes32' },
    { name: 'orderId', type: 'bytes32' },
    { name: 'wallet', type: 'address' },
    { name: 'units', type: 'uint256' },
    { name: 'validUntil', type: 'uint40' },
  ],
} as const;

/** An investor's order in an offering: asked for, signed, paid from his own wallet, allocated and delivered. */
@Injectable()
export class Subscriptions {
  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly offerings: Offerings,
    private readonly instruments: Instruments,
    private readonly investors: Investors,
    private readonly contracts: Contracts,
    private readonly transactions: Transactions,
    private readonly signer: Signer,
    private readonly clock: ChainClock,
    @Inject(ChainSettings) private readonly chain: ChainSettings,
  ) {}

  /** @throws Conflict OFFERING_NOT_OPEN · Unprocessable SUBSCRIPTION_UNITS_INVALID, NOT_ELIGIBLE · Forbidden WALLET_NOT_YOURS */
  async create({ offeringId, wallet, units: asked }: CreateSubscription, actor: Actor): Promise<SubscriptionView> {
    const offering = await this.offerings.find(offeringId, actor);
    await this.assertOpen(offering);
    await this.offerings.assertValued(offering, actor);
    const instrument = await this.instruments.deployed(offering.instrumentId, actor);
    const investor = await this.investors.byWallet(wallet);
    if (investor?.personId !== actor.personId) {
      throw new Forbidden('WALLET_NOT_YOURS', {
        detail: `${wallet} is not linked to you.`,
        remedy: 'Link the wallet first, or use one of yours.',
      });
    }
    const units = parseAmount(asked, instrument.decimals, 'units');
    assertUnits(units, offering, instrument.decimals);
    await this.assertEligible(instrument, wallet, units, actor);
    const id = uuidv7();
    const amount = costOf(units, offering.unitPrice, instrument.decimals);
    const [row] = await this.database.query
      .insert(subscriptions)
      .values({
        id,
        offeringId,
        investorId: investor.id,
        wallet,
        units,
        amount,
        orderId: businessHash(`subscription:${id}`),
        agreement: agreementOf(id, offering, instrument, { wallet, units, amount }),
      })
      .returning();
    if (!row) throw new Error('The subscription was not stored.');
    await this.audit.append({
      actor: actingIn(actor, offering.tenantId),
      action: 'subscription.created',
      subject: `subscription:${id}`,
      payload: { offeringId, wallet, units, amount },
    });
    return this.view(row, offering, instrument);
  }

  /** Signs the agreement; the answer says how to pay.
   *  @throws Unprocessable SIGNATURE_INVALID · Conflict SUBSCRIPTION_STATE, OFFERING_NOT_OPEN */
  async sign(id: string, { signature }: SignSubscription, actor: Actor): Promise<SubscriptionView> {
    const { row, offering, instrument } = await this.locked(id, actor);
    if (row.state !== 'AGREEMENT_SENT') throw wrongState(row.state, 'AGREEMENT_SENT');
    await this.assertOpen(offering);
    await this.offerings.assertValued(offering, actor);
    const good = await this.contracts.publicClient.verifyMessage({ address: row.wallet, message: row.agreement, signature });
    if (!good) {
      throw new Unprocessable('SIGNATURE_INVALID', {
        detail: `The signature is not ${row.wallet}'s over the agreement.`,
        remedy: 'Sign the exact text in `agreement` with that wallet.',
      });
    }
    const orderSignature = await this.signer.signTypedData('seller', this.orderOf(row, offering));
    const [signed] = await this.database.query
      .update(subscriptions)
      .set({ signature, orderSignature, state: 'AWAITING_FUNDS' })
      .where(eq(subscriptions.id, id))
      .returning();
    await this.audit.append({
      actor: actingIn(actor, offering.tenantId),
      action: 'subscription.signed',
      subject: `subscription:${id}`,
      payload: { signature },
    });
    return this.view(signed ?? row, offering, instrument);
  }

  /** Withdraws before anything is paid. Who pays all the same, with the order he was given, takes his withdrawal back.
   *  @throws Conflict SUBSCRIPTION_STATE */
  async withdraw(id: string, actor: Actor): Promise<SubscriptionView> {
    const { row, offering, instrument } = await this.locked(id, actor);
    if (row.state !== 'AGREEMENT_SENT' && row.state !== 'AWAITING_FUNDS') throw wrongState(row.state, 'AWAITING_FUNDS');
    const [withdrawn] = await this.database.query
      .update(subscriptions)
      .set({ state: 'WITHDRAWN' })
      .where(eq(subscriptions.id, id))
      .returning();
    await this.audit.append({ actor: actingIn(actor, offering.tenantId), action: 'subscription.withdrawn', subject: `subscription:${id}` });
    return this.view(withdrawn ?? row, offering, instrument);
  }

  /** Tries a held order again, or sends its money back to the wallet that paid.
   *  @throws Conflict SUBSCRIPTION_STATE · ChainRefused, e.g. when the offering's time to settle is over */
  async resolve(id: string, how: 'settle' | 'refund', actor: Actor): Promise<SubscriptionView> {
    await this.database.query.select({ id: subscriptions.id }).from(subscriptions).where(eq(subscriptions.id, id)).for('update');
    const { row, offering, instrument } = await this.find(id, actor);
    if (row.state !== 'HELD' || !offering.chainOfferingId) throw wrongState(row.state, 'HELD');
    const attempts = row.attempts + 1;
    const data =
      how === 'settle'
        ? encodeFunctionData({ abi: offeringAbi, functionName: 'settle', args: [offering.chainOfferingId, [row.orderId]] })
        : encodeFunctionData({ abi: offeringAbi, functionName: 'refund', args: [offering.chainOfferingId, row.orderId] });
    const to = this.contracts.address('offering');
    await this.transactions.enqueue({ businessKey: `order-${how}:${id}:${attempts}`, sender: 'seller', to, data });
    await this.database.query.update(subscriptions).set({ attempts }).where(eq(subscriptions.id, id));
    await this.audit.append({
      actor: actingIn(actor, offering.tenantId),
      action: `subscription.${how}-requested`,
      subject: `subscription:${id}`,
      payload: { attempts },
    });
    return this.view({ ...row, attempts }, offering, instrument);
  }

  /** Investors see their own, staff see all. */
  async list({ limit, cursor, offeringId }: SubscriptionQuery, actor: Actor): Promise<{ items: SubscriptionView[]; next: string | null }> {
    const before = fromCursor(cursor);
    const rows = await this.database.query
      .select({ subscription: subscriptions, offering: offerings })
      .from(subscriptions)
      .innerJoin(offerings, eq(offerings.id, subscriptions.offeringId))
      .where(
        and(
          scope(actor, offerings.tenantId, eq(subscriptions.investorId, actor.partyId ?? '')),
          offeringId ? eq(subscriptions.offeringId, offeringId) : undefined,
          before ? lt(subscriptions.id, before) : undefined,
        ),
      )
      .orderBy(desc(subscriptions.id))
      .limit(limit + 1);
    const found = toPage(rows, limit, ({ subscription }) => subscription.id);
    const items = await Promise.all(
      found.items.map(async ({ subscription, offering }) =>
        this.view(subscription, offering, await this.instruments.deployed(offering.instrumentId, actor)),
      ),
    );
    return { items, next: found.next };
  }

  async get(id: string, actor: Actor): Promise<SubscriptionView> {
    const { row, offering, instrument } = await this.find(id, actor);
    return this.view(row, offering, instrument);
  }

  private async assertOpen(offering: Offering): Promise<void> {
    const now = Number(await this.clock.now()) * 1_000;
    if (offering.state === 'OPEN' && now >= offering.opensAt.getTime() && now < offering.closesAt.getTime()) return;
    throw new Conflict('OFFERING_NOT_OPEN', {
      detail:
        offering.state === 'OPEN'
          ? `The offering takes subscriptions from ${offering.opensAt.toISOString()} until ${offering.closesAt.toISOString()}.`
          : `The offering is ${offering.state}.`,
      remedy: 'Choose an offering that is open.',
      extensions: { state: offering.state, chainTime: new Date(now).toISOString() },
    });
  }

  /** Asks the token itself whether these units could be issued to the wallet now. */
  private async assertEligible(instrument: DeployedInstrument, wallet: Hex, units: bigint, actor: Actor): Promise<void> {
    const offeringContract = this.contracts.address('offering');
    const [code, verdicts] = await this.contracts.read({
      address: instrument.token,
      abi: securityTokenAbi,
      functionName: 'explainAs',
      args: [MINT, offeringContract, zeroAddress, wallet, units],
    });
    if (code === 0) return;
    const failed = verdicts.filter((verdict) => !verdict.pass).map((verdict) => reasonOf(verdict.code));
    await this.audit.refused({
      actor: actingIn(actor, instrument.tenantId),
      action: 'subscription.refused',
      subject: `instrument:${instrument.id}`,
      payload: { wallet, units, code: reasonOf(code).name },
    });
    throw new Unprocessable('NOT_ELIGIBLE', {
      detail: reasonOf(code).sentence,
      ...(reasonOf(code).cure === null ? {} : { remedy: reasonOf(code).cure as string }),
      extensions: { reason: reasonOf(code).name, reasons: failed.map(({ name, sentence, cure }) => ({ reason: name, sentence, cure })) },
    });
  }

  private async locked(id: string, actor: Actor): Promise<{ row: Subscription; offering: Offering; instrument: DeployedInstrument }> {
    await this.database.query.select({ id: subscriptions.id }).from(subscriptions).where(eq(subscriptions.id, id)).for('update');
    const found = await this.find(id, actor);
    if (found.row.investorId !== actor.partyId) throw notFound();
    return found;
  }

  private async find(id: string, actor: Actor): Promise<{ row: Subscription; offering: Offering; instrument: DeployedInstrument }> {
    const [found] = await this.database.query
      .select({ row: subscriptions, offering: offerings })
      .from(subscriptions)
      .innerJoin(offerings, eq(offerings.id, subscriptions.offeringId))
      .where(and(eq(subscriptions.id, id), scope(actor, offerings.tenantId, eq(subscriptions.investorId, actor.partyId ?? ''))));
    if (!found) throw notFound();
    const { row, offering } = found;
    return { row, offering, instrument: await this.instruments.deployed(offering.instrumentId, actor) };
  }

  private orderOf(row: Subscription, offering: Offering) {
    if (!offering.chainOfferingId) throw new Error(`Offering ${offering.id} has no identifier on chain.`);
    return {
      domain: {
        name: 'Muniment Offering',
        version: '1',
        chainId: this.chain.chainId,
        verifyingContract: this.contracts.address('offering'),
      },
      types: ORDER,
      primaryType: 'Order' as const,
      message: {
        offeringId: offering.chainOfferingId,
        orderId: row.orderId,
        wallet: row.wallet,
        units: row.units,
        validUntil: Math.floor(offering.closesAt.getTime() / 1_000),
      },
    };
  }

  private view(row: Subscription, offering: Offering, instrument: DeployedInstrument): SubscriptionView {
    const units = (value: bigint): string => formatAmount(value, instrument.decimals);
    const money = (value: bigint): string => formatAmount(value, offering.currencyDecimals);
    return {
      ...row,
      units: units(row.units),
      amount: money(row.amount),
      currency: offering.currency,
      payment: row.state === 'AWAITING_FUNDS' && row.orderSignature ? this.payment(row, offering, row.orderSignature) : null,
      allocatedUnits: row.allocatedUnits === null ? null : units(row.allocatedUnits),
      refunded: row.refunded === null ? null : money(row.refunded),
    };
  }

  private payment(row: Subscription, offering: Offering, signature: Hex): PaymentInstructions {
    const { message } = this.orderOf(row, offering);
    const escrow = this.contracts.address('offering');
    return {
      currency: offering.currency,
      amount: formatAmount(row.amount, offering.currencyDecimals),
      approve: {
        to: offering.paymentToken,
        data: encodeFunctionData({ abi: erc20Abi, functionName: 'approve', args: [escrow, row.amount] }),
        value: '0',
      },
      pay: { to: escrow, data: encodeFunctionData({ abi: offeringAbi, functionName: 'pay', args: [message, signature] }), value: '0' },
      order: { ...message, units: message.units.toString(), validUntil: message.validUntil.toString() },
      signature,
    };
  }
}

/** Payment minor units, rounded up: the same as Offering.costOf. */
export function costOf(units: bigint, unitPrice: bigint, decimals: number): bigint {
  const whole = 10n ** BigInt(decimals);
  return (units * unitPrice + whole - 1n) / whole;
}

function assertUnits(units: bigint, { minTicket, maxTicket, increment }: Offering, decimals: number): void {
  const show = (value: bigint): string => formatAmount(value, decimals);
  const sentence =
    units < minTicket
      ? `${show(units)} units are below the minimum of ${show(minTicket)}`
      : maxTicket > 0n && units > maxTicket
        ? `${show(units)} units are above the maximum of ${show(maxTicket)}`
        : units % increment !== 0n
          ? `${show(units)} units are not a multiple of ${show(increment)}`
          : undefined;
  if (sentence === undefined) return;
  throw new Unprocessable('SUBSCRIPTION_UNITS_INVALID', {
    detail: `${sentence}.`,
    remedy: 'Ask for a number of units within the terms of the offering.',
    extensions: { minTicket: show(minTicket), maxTicket: maxTicket === 0n ? null : show(maxTicket), increment: show(increment) },
  });
}

function agreementOf(
  id: string,
  offering: Offering,
  instrument: DeployedInstrument,
  { wallet, units, amount }: { wallet: string; units: bigint; amount: bigint },
): string {
  return [
    'Muniment subscription agreement',
    `Subscription: ${id}`,
    `Offering: ${offering.id}`,
    `Instrument: ${instrument.name} (${instrument.symbol}), token ${instrument.token}`,
    `Wallet: ${wallet}`,
    `Units: ${formatAmount(units, instrument.decimals)}`,
    `Price: ${formatAmount(amount, offering.currencyDecimals)} ${offering.currency}`,
    ...offering.documents.map(({ id: document, sha256 }) => `Document ${document}: SHA-256 ${sha256}`),
  ].join('\n');
}

function notFound(): NotFound {
  return new NotFound('SUBSCRIPTION_NOT_FOUND', 'There is no such subscription.');
}

function wrongState(is: SubscriptionState, must: SubscriptionState): Conflict {
  return new Conflict('SUBSCRIPTION_STATE', {
    detail: `The subscription is ${is}; it must be ${must} for this.`,
    extensions: { state: is },
  });
}
