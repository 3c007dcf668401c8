import { Injectable } from '@nestjs/common';
import { and, count, desc, eq, gt, gte, isNull, lte, or, sum } from 'drizzle-orm';
import { z } from 'zod';
import { TaxForms } from '../parties/tax-forms.service.js';
import { Audit } from '../platform/audit/audit.service.js';
import type { Actor } from '../platform/auth/actor.js';
import { Database } from '../platform/database/database.js';
import { Forbidden, Unprocessable } from '../platform/problem.js';
import { fromCursor, type PageQuery, toPage } from '../platform/schema/page.js';
import type { AddWithholdingRate, DistributionKind, WithholdingRateView } from './distributions.schema.js';
import { entitlements, withholdingRates } from './distributions.tables.js';

type Rate = typeof withholdingRates.$inferSelect;

/** The rate that one investor's income bears, and why.
 *  @param id absent where no rate on file applies: a W-9 */
export type AppliedRate = { id?: string; rateBps: number; basis: string };

/** A rate as it was applied in one distribution. `country` is null for the statutory rate; `id` is null for a W-9 or an exemption. */
export const RateUsed = z.strictObject({
  id: z.string().nullable(),
  country: z.string().nullable(),
  rateBps: z.number(),
  holders: z.number(),
  tax: z.string(),
});
export type RateUsed = z.infer<typeof RateUsed>;

/** Rates of law as data, and which of them an investor's form gives him. */
@Injectable()
export class WithholdingRates {
  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly taxForms: TaxForms,
  ) {}

  async add(given: AddWithholdingRate, actor: Actor): Promise<WithholdingRateView> {
    const [row] = await this.database.query
      .insert(withholdingRates)
      .values({ ...given, createdBy: actor.personId })
      .returning();
    if (!row) throw new Error('The rate was not stored.');
    await this.audit.append({ actor, action: 'withholding-rate.added', subject: `withholding-rate:${row.id}`, payload: given });
    return row;
  }

  async list({ limit, cursor }: PageQuery): Promise<{ items: WithholdingRateView[]; next: string | null }> {
    const after = fromCursor(cursor);
    const rows = await this.database.query
      .select()
      .from(withholdingRates)
      .where(after ? gt(withholdingRates.id, after) : undefined)
      .orderBy(withholdingRates.id)
      .limit(limit + 1);
    return toPage(rows, limit, (row) => row.id);
  }

  /** A W-9 bears nothing; a W-8 that claims a treaty bears the lower of treaty and statutory rate; everybody else the statutory rate.
   *  @param investorIds null: a holder of whom we know nothing
   *  @param date payment date
   *  @returns their rates, in order
   *  @throws Unprocessable WITHHOLDING_RATE_MISSING */
  async of(investorIds: readonly (string | null)[], kind: DistributionKind, date: string): Promise<AppliedRate[]> {
    const known = investorIds.filter((id) => id !== null);
    const forms = await this.taxForms.formsOn(known, date);
    const statutory = await this.statutory(kind, date);
    const countries = new Set([...forms.values()].flatMap(({ treatyCountry }) => treatyCountry ?? []));
    const treaties = new Map<string, Rate | undefined>();
    for (const country of countries) treaties.set(country, await this.inForce(kind, country, date));
    return investorIds.map((id) => {
      const form = id === null ? undefined : forms.get(id);
      if (form?.form === 'W-9') return { rateBps: 0, basis: `W-9 signed ${form.signedOn}` };
      const treaty = form?.treatyCountry ? treaties.get(form.treatyCountry) : undefined;
      if (form && treaty && treaty.rateBps < statutory.rateBps) {
        return { id: treaty.id, rateBps: treaty.rateBps, basis: `${form.form} signed ${form.signedOn}, ${treaty.source}` };
      }
      const why = form ? `${form.form} without a lower treaty rate` : 'no valid form';
      return { id: statutory.id, rateBps: statutory.rateBps, basis: `${why}: ${statutory.source}` };
    });
  }

  /** The rate of whoever claims no better one.
   *  @throws Unprocessable WITHHOLDING_RATE_MISSING when none is on file for the day */
  async statutory(kind: DistributionKind, date: string): Promise<Rate> {
    const rate = await this.inForce(kind, null, date);
    if (rate) return rate;
    throw new Unprocessable('WITHHOLDING_RATE_MISSING', {
      detail: `No statutory rate for ${kind} is on file for ${date}.`,
      remedy: 'An officer adds it with POST /v1/withholding-rates, or the distribution names the exemption that applies.',
    });
  }

  /** The rates that a calculation applied, each with what it took, in a stable order. */
  async usedIn(distributionId: string): Promise<RateUsed[]> {
    const { rateId, rateBps, tax } = entitlements;
    const { country } = withholdingRates;
    const rows = await this.database.query
      .select({ id: rateId, country, rateBps, holders: count(), tax: sum(tax) })
      .from(entitlements)
      .leftJoin(withholdingRates, eq(withholdingRates.id, rateId))
      .where(eq(entitlements.distributionId, distributionId))
      .groupBy(rateId, country, rateBps)
      .orderBy(rateId, rateBps);
    return rows.map((row) => ({ ...row, tax: row.tax ?? '0' }));
  }

  /** Nobody alone decides what is withheld: who wrote a rate does not approve the payment it is applied in.
   *  @throws Forbidden WITHHOLDING_RATE_OWN */
  async assertNotWrittenBy(personId: string, distributionId: string): Promise<void> {
    const [own] = await this.database.query
      .select({ source: withholdingRates.source })
      .from(entitlements)
      .innerJoin(withholdingRates, eq(withholdingRates.id, entitlements.rateId))
      .where(and(eq(entitlements.distributionId, distributionId), eq(withholdingRates.createdBy, personId)))
      .limit(1);
    if (!own) return;
    throw new Forbidden('WITHHOLDING_RATE_OWN', {
      detail: `You entered a rate that is applied in this distribution (${own.source}).`,
      remedy: 'Another officer approves it.',
    });
  }

  private async inForce(kind: DistributionKind, country: string | null, date: string): Promise<Rate | undefined> {
    const [rate] = await this.database.query
      .select()
      .from(withholdingRates)
      .where(
        and(
          eq(withholdingRates.kind, kind),
          country === null ? isNull(withholdingRates.country) : eq(withholdingRates.country, country),
          lte(withholdingRates.validFrom, date),
          or(isNull(withholdingRates.validTo), gte(withholdingRates.validTo, date)),
        ),
      )
      .orderBy(desc(withholdingRates.validFrom), desc(withholdingRates.id))
      .limit(1);
    return rate;
  }
}
