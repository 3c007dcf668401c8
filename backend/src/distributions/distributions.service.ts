import { Injectable } from '@nestjs/common';
import { and, desc, eq, lt, sum } from 'drizzle-orm';
import { type Address, erc20Abi } from 'viem';
import { z } from 'zod';
import { distributorAbi } from '../../../contracts/generated/abi.js';
import { Instruments } from '../assets/instruments.service.js';
import { Contracts } from '../chain/contracts.js';
import { Currencies } from '../chain/currencies.js';
import { Signer } from '../chain/signer.js';
import { type Approval, Approvals } from '../platform/approvals/approvals.service.js';
import { Audit } from '../platform/audit/audit.service.js';
import type { Actor } from '../platform/auth/actor.js';
import { scope } from '../platform/auth/scope.js';
import { Database } from '../platform/database/database.js';
import { canonical } from '../platform/json.js';
import { Conflict, Invalid, NotFound, Unprocessable } from '../platform/problem.js';
import { formatAmount, parseAmount } from '../platform/schema/amount.js';
import { fromCursor, type PageQuery, toPage } from '../platform/schema/page.js';
import type { CreateDistribution, DistributionState, DistributionView, RentStatementText } from './distributions.schema.js';
import { distributions, entitlements } from './distributions.tables.js';
import { DistributionPayment } from './payment.workflow.js';
import { RecordDate } from './record-date.workflow.js';
import { type RentStatement, rentWaterfall } from './rent.js';
import { RateUsed, WithholdingRates } from './withholding-rates.service.js';

type Distribution = typeof distributions.$inferSelect;

/** Steps that the chain takes its time for, and what asks for them again when they broke off. */
const GOES_ON: Partial<Record<DistributionState, string>> = {
  RECORDING: 'snapshot',
  FUNDING: 'fund',
  PAYING: 'retry',
  CANCELLING: 'cancel',
};

/** What an officer approves: this root over these sums, in this money, with this tax at these rates paid to this agent. */
const PaymentApproval = z.strictObject({
  distributionId: z.string(),
  root: z.string(),
  net: z.string(),
  withheld: z.string(),
  dust: z.string(),
  count: z.number(),
  kind: z.string(),
  method: z.string(),
  paymentToken: z.string(),
  paymentDate: z.string(),
  withholdingAgent: z.string(),
  taxExemption: z.string().nullable(),
  rates: z.array(RateUsed),
});

/** Income of a token, from the declaration to the last unit. */
@Injectable()
export class Distributions {
  private readonly approval: Approval<z.infer<typeof PaymentApproval>>;

  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly instruments: Instruments,
    private readonly currencies: Currencies,
    private readonly contracts: Contracts,
    private readonly signer: Signer,
    private readonly rates: WithholdingRates,
    private readonly recordDate: RecordDate,
    private readonly payment: DistributionPayment,
    approvals: Approvals,
  ) {
    this.approval = approvals.define({
      action: 'distribution.approve',
      permission: 'distribution:approve',
      payload: PaymentApproval,
      execute: (payload, { approver }) => this.becomeApproved(payload, approver),
    });
  }

  /** Declares a distribution.
   *  @throws Invalid AMOUNT_INVALID, POOL_EMPTY, CURRENCY_UNKNOWN · Conflict INSTRUMENT_NOT_DEPLOYED */
  async declare(given: CreateDistribution, actor: Actor): Promise<DistributionView> {
    const instrument = await this.instruments.deployed(given.instrumentId, actor);
    const currency = await this.currencies.bySymbol(given.currency);
    const pool = given.rentStatement
      ? rentWaterfall(rentOf(given.rentStatement, currency.decimals)).net
      : parseAmount(given.pool ?? '0', currency.decimals, 'pool');
    if (pool === 0n) {
      throw new Invalid('POOL_EMPTY', {
        detail: 'There is nothing to distribute.',
        remedy: 'A month without income needs no distribution.',
      });
    }
    const [row] = await this.database.query
      .insert(distributions)
      .values({
        tenantId: actor.tenantId,
        instrumentId: instrument.id,
        kind: given.kind,
        method: given.method,
        currency: currency.symbol,
        paymentToken: currency.address,
        currencyDecimals: currency.decimals,
        pool,
        rent: given.rentStatement ?? null,
        taxExemption: given.taxExemption ?? null,
        withholdingAgent: given.withholdingAgent,
        paymentDate: given.paymentDate,
        createdBy: actor.personId,
      })
      .returning();
    if (!row) throw new Error('The distribution was not stored.');
    await this.audit.append({ actor, action: 'distribution.declared', subject: `distribution:${row.id}`, payload: { ...given, pool } });
    return this.view(row);
  }

  async list({ limit, cursor }: PageQuery, actor: Actor): Promise<{ items: DistributionView[]; next: string | null }> {
    const before = fromCursor(cursor);
    const rows = await this.database.query
      .select()
      .from(distributions)
      .where(and(scope(actor, distributions.tenantId), before ? lt(distributions.id, before) : undefined))
      .orderBy(desc(distributions.id))
      .limit(limit + 1);
    const found = toPage(rows, limit, (row) => row.id);
    return { items: await Promise.all(found.items.map((row) => this.view(row))), next: found.next };
  }

  async get(id: string, actor: Actor): Promise<DistributionView> {
    return this.view(await this.find(id, actor));
  }

  /** Takes the record-date snapshot now and calculates from it, or goes on with that where it broke off: by the snapshot already taken.
   *  @throws Unprocessable WITHHOLDING_RATE_MISSING · Conflict DISTRIBUTION_STATE */
  async record(id: string, actor: Actor): Promise<DistributionView> {
    const row = await this.locked(id, actor);
    const brokeOff = row.state === 'RECORDING' && (await this.recordDate.hasFailed(id, row.retries));
    const recording = brokeOff ? await this.again(row, actor) : await this.move(id, ['DECLARED'], 'RECORDING', actor);
    if (!row.taxExemption) await this.rates.statutory(row.kind, row.paymentDate);
    await this.recordDate.start(id, recording.retries);
    return this.view(recording);
  }

  /** Asks an officer to approve the calculation. */
  async submit(id: string, actor: Actor): Promise<DistributionView> {
    const row = await this.locked(id, actor);
    if (row.state !== 'CALCULATED') throw wrongState(row.state, 'CALCULATED');
    const request = await this.approval.request({
      payload: approvalOf(row, await this.rates.usedIn(id)),
      subject: `distribution:${id}`,
      actor,
    });
    await this.database.query.update(distributions).set({ approvalId: request.id }).where(eq(distributions.id, id));
    return this.view({ ...row, approvalId: request.id });
  }

  /** Pays the whole amount into the Distributor from the payer's account, or goes on with a funding that broke off.
   *  @throws Conflict DISTRIBUTION_ALREADY_FUNDED, DISTRIBUTION_STATE, FUNDING_BUSY · Unprocessable FUNDS_SHORT */
  async fund(id: string, actor: Actor): Promise<DistributionView> {
    const row = await this.locked(id, actor);
    const brokeOff = row.state === 'FUNDING' && (await this.payment.hasFundingFailed(id, row.retries));
    if (brokeOff) {
      const again = await this.again(row, actor);
      await this.payment.startFunding(id, again.retries);
      return this.view(again);
    }
    if (['FUNDING', 'FUNDED', 'PAYING', 'COMPLETED', 'PARTIALLY_COMPLETED'].includes(row.state)) {
      throw new Conflict('DISTRIBUTION_ALREADY_FUNDED', `The distribution is ${row.state}: it is funded once.`);
    }
    if (row.state !== 'APPROVED') throw wrongState(row.state, 'APPROVED');
    await this.assertPayerIdle(row.paymentToken);
    await this.assertFunds(row);
    const funding = await this.move(id, ['APPROVED'], 'FUNDING', actor);
    await this.payment.startFunding(id, row.retries);
    return this.view(funding);
  }

  /** Pays everybody; who cannot be paid now is held.
   *  @throws Conflict DISTRIBUTION_NOT_FUNDED */
  async pay(id: string, actor: Actor): Promise<DistributionView> {
    const row = await this.locked(id, actor);
    if (row.state !== 'FUNDED') {
      throw new Conflict('DISTRIBUTION_NOT_FUNDED', {
        detail: `The distribution is ${row.state}; it must be FUNDED to be paid.`,
        remedy: goesOn(row.state) ?? 'Fund it first with POST /v1/distributions/{id}/fund. It is paid once.',
        extensions: { state: row.state },
      });
    }
    const paying = await this.move(id, ['FUNDED'], 'PAYING', actor);
    await this.payment.startPayment(id);
    return this.view(paying);
  }

  /** Tries again whoever is held, or a payment that broke off.
   *  @throws Conflict DISTRIBUTION_STATE */
  async retry(id: string, actor: Actor): Promise<DistributionView> {
    const row = await this.locked(id, actor);
    const brokeOff = row.state === 'PAYING' && (await this.payment.hasFailed(id, row.retries));
    if (row.state !== 'PARTIALLY_COMPLETED' && !brokeOff) throw wrongState(row.state, 'PARTIALLY_COMPLETED');
    const retries = row.retries + 1;
    await this.database.query.update(distributions).set({ retries }).where(eq(distributions.id, id));
    await this.audit.append({ actor, action: 'distribution.retried', subject: `distribution:${id}`, payload: { retries } });
    await this.payment.startRetry(id, retries);
    return this.view(row);
  }

  /** Calls a distribution off before anything is paid, what was funded goes back to the payer; or goes on with a cancellation that broke
   *  off.
   *  @throws Conflict DISTRIBUTION_STATE, CANCELLATION_TOO_LATE when an investor has claimed his part already */
  async cancel(id: string, actor: Actor): Promise<DistributionView> {
    const row = await this.locked(id, actor);
    if (row.state === 'CANCELLING' && (await this.payment.hasCancellationFailed(id, row.retries))) {
      const again = await this.again(row, actor);
      await this.payment.startCancellation(id, again.retries);
      return this.view(again);
    }
    if (row.state !== 'FUNDED')
      return this.view(await this.move(id, ['DECLARED', 'RECORDING', 'CALCULATED', 'APPROVED'], 'CANCELLED', actor));
    if (!row.chainDistributionId) throw new Error(`Distribution ${id} is funded without an identifier on chain.`);
    const address = this.contracts.address('distributor');
    const args = [row.chainDistributionId] as const;
    const { paidCount } = await this.contracts.read({ address, abi: distributorAbi, functionName: 'totalsOf', args });
    if (paidCount !== 0n) {
      throw new Conflict('CANCELLATION_TOO_LATE', {
        detail: `${paidCount} of the investors have been paid.`,
        remedy: 'Pay the others with POST /v1/distributions/{id}/pay.',
      });
    }
    await this.payment.startCancellation(id, row.retries);
    return this.view(await this.move(id, ['FUNDED'], 'CANCELLING', actor));
  }

  /** A step that broke off is asked for again under new keys: what is on chain already is not done twice. */
  private async again(row: Distribution, actor: Actor): Promise<Distribution> {
    const retries = row.retries + 1;
    await this.database.query.update(distributions).set({ retries }).where(eq(distributions.id, row.id));
    await this.audit.append({
      actor,
      action: `distribution.${row.state.toLowerCase()}`,
      subject: `distribution:${row.id}`,
      payload: { from: row.state, retries },
    });
    return { ...row, retries };
  }

  private async assertFunds(row: Distribution): Promise<void> {
    const payer = this.signer.addressOf('payer');
    const balance = await this.contracts.read({ address: row.paymentToken, abi: erc20Abi, functionName: 'balanceOf', args: [payer] });
    if (balance >= row.pool) return;
    const money = (value: bigint): string => formatAmount(value, row.currencyDecimals);
    throw new Unprocessable('FUNDS_SHORT', {
      detail: `${payer} holds ${money(balance)} ${row.currency}; the distribution needs ${money(row.pool)}.`,
      remedy: 'Send the rest to that account, then fund again.',
      extensions: { payer, balance: money(balance), needed: money(row.pool) },
    });
  }

  /** One funding at a time leaves the payer's account: two would count on the same money and overwrite each other's allowance. */
  private async assertPayerIdle(paymentToken: Address): Promise<void> {
    await this.database.lock(`payer:${paymentToken}`);
    const [busy] = await this.database.query
      .select({ id: distributions.id })
      .from(distributions)
      .where(and(eq(distributions.paymentToken, paymentToken), eq(distributions.state, 'FUNDING')))
      .limit(1);
    if (!busy) return;
    throw new Conflict('FUNDING_BUSY', {
      detail: `Distribution ${busy.id} is being funded from the same account.`,
      remedy: 'Fund this one when that one is FUNDED.',
    });
  }

  private async becomeApproved(approved: z.infer<typeof PaymentApproval>, approver: Actor): Promise<{ distributionId: string }> {
    const row = await this.locked(approved.distributionId, approver);
    if (row.state !== 'CALCULATED') throw wrongState(row.state, 'CALCULATED');
    if (canonical(approvalOf(row, await this.rates.usedIn(row.id))) !== canonical(approved)) {
      throw new Conflict('CALCULATION_CHANGED', 'The calculation is not the one that was submitted.');
    }
    await this.rates.assertNotWrittenBy(approver.personId, row.id);
    await this.move(row.id, ['CALCULATED'], 'APPROVED', approver);
    return { distributionId: row.id };
  }

  private async move(id: string, from: DistributionState[], to: DistributionState, actor: Actor): Promise<Distribution> {
    const row = await this.locked(id, actor);
    if (!from.includes(row.state)) throw wrongState(row.state, from.join(' or '));
    await this.database.query.update(distributions).set({ state: to }).where(eq(distributions.id, id));
    await this.audit.append({
      actor,
      action: `distribution.${to.toLowerCase()}`,
      subject: `distribution:${id}`,
      payload: { from: row.state },
    });
    return { ...row, state: to };
  }

  private async find(id: string, actor: Pick<Actor, 'tenantId'>): Promise<Distribution> {
    const [row] = await this.database.query
      .select()
      .from(distributions)
      .where(and(eq(distributions.id, id), scope(actor, distributions.tenantId)));
    if (!row) throw new NotFound('DISTRIBUTION_NOT_FOUND', 'There is no such distribution.');
    return row;
  }

  private async locked(id: string, actor: Pick<Actor, 'tenantId'>): Promise<Distribution> {
    await this.database.query.select({ id: distributions.id }).from(distributions).where(eq(distributions.id, id)).for('update');
    return this.find(id, actor);
  }

  private async view(row: Distribution): Promise<DistributionView> {
    const money = (value: bigint): string => formatAmount(value, row.currencyDecimals);
    return {
      ...row,
      pool: money(row.pool),
      rent: row.rent && rentView(row.rent, row.currencyDecimals),
      snapshotId: row.snapshotId?.toString() ?? null,
      totals: await this.totals(row, money),
    };
  }

  private async totals(row: Distribution, money: (value: bigint) => string): Promise<DistributionView['totals']> {
    if (row.net === null || row.withheld === null || row.dust === null) return null;
    const sums = await this.database.query
      .select({ state: entitlements.state, net: sum(entitlements.net) })
      .from(entitlements)
      .where(eq(entitlements.distributionId, row.id))
      .groupBy(entitlements.state);
    const of = (state: string): bigint => BigInt(sums.find((entry) => entry.state === state)?.net ?? 0);
    return {
      net: money(row.net),
      withheld: money(row.withheld),
      dust: money(row.dust),
      funded: money(row.net + row.withheld + row.dust),
      paid: money(of('PAID')),
      held: money(of('HELD')),
      count: row.count ?? 0,
    };
  }
}

function rentOf(text: RentStatementText, decimals: number): RentStatement {
  const money = (field: 'gross' | 'insurance' | 'taxes' | 'utilities' | 'maintenance'): bigint =>
    parseAmount(text[field], decimals, `rentStatement.${field}`);
  return {
    managementBps: text.managementBps,
    platformBps: text.platformBps,
    gross: money('gross'),
    insurance: money('insurance'),
    taxes: money('taxes'),
    utilities: money('utilities'),
    maintenance: money('maintenance'),
  };
}

function rentView(text: RentStatementText, decimals: number): NonNullable<DistributionView['rent']> {
  const money = (value: bigint): string => formatAmount(value, decimals);
  const { lines, net, shortfall } = rentWaterfall(rentOf(text, decimals));
  return {
    gross: text.gross,
    lines: lines.map(({ name, amount }) => ({ name, amount: money(amount) })),
    net: money(net),
    shortfall: money(shortfall),
  };
}

function approvalOf(row: Distribution, rates: RateUsed[]): z.infer<typeof PaymentApproval> {
  if (!row.root || row.net === null || row.withheld === null || row.dust === null) {
    throw new Unprocessable('NOTHING_TO_PAY', {
      detail: 'No holder is entitled to anything.',
      remedy: 'Cancel the distribution.',
    });
  }
  const text = (value: bigint): string => value.toString();
  return {
    distributionId: row.id,
    root: row.root,
    net: text(row.net),
    withheld: text(row.withheld),
    dust: text(row.dust),
    count: row.count ?? 0,
    kind: row.kind,
    method: row.method,
    paymentToken: row.paymentToken,
    paymentDate: row.paymentDate,
    withholdingAgent: row.withholdingAgent,
    taxExemption: row.taxExemption,
    rates,
  };
}

function goesOn(state: DistributionState): string | undefined {
  const step = GOES_ON[state];
  return step && `Wait until that is over. Should it have broken off, go on with POST /v1/distributions/{id}/${step}.`;
}

function wrongState(is: DistributionState, must: string): Conflict {
  return new Conflict('DISTRIBUTION_STATE', {
    detail: `The distribution is ${is}; it must be ${must} for this.`,
    remedy: goesOn(is),
    extensions: { state: is },
  });
}
