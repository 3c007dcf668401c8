import { Injectable } from '@nestjs/common';
import { and, asc, inArray, lte } from 'drizzle-orm';
import { ChainClock } from '../chain/chain-clock.js';
import { Audit } from '../platform/audit/audit.service.js';
import type { Actor } from '../platform/auth/actor.js';
import { Database } from '../platform/database/database.js';
import { Conflict, Unprocessable } from '../platform/problem.js';
import { type Investor, Investors } from './investors.service.js';
import type { CreateTaxForm, TaxFormView } from './parties.schema.js';
import { taxForms } from './parties.tables.js';
import { countsOn, taxFormValidUntil } from './tax.js';

/** What decides an investor's withholding on a day. */
export type CountingForm = Pick<typeof taxForms.$inferSelect, 'form' | 'country' | 'signedOn' | 'validUntil' | 'treatyCountry'>;

@Injectable()
export class TaxForms {
  constructor(
    private readonly database: Database,
    private readonly investors: Investors,
    private readonly audit: Audit,
    private readonly clock: ChainClock,
  ) {}

  /** @throws Unprocessable TAX_FORM_WRONG_KIND, TAX_FORM_WRONG_COUNTRY, TAX_FORM_NOT_YET_SIGNED, TAX_FORM_EXPIRED · Conflict TAX_FORM_EXISTS */
  async add(investorId: string, input: CreateTaxForm, actor: Actor): Promise<TaxFormView> {
    const investor = await this.investors.own(investorId, actor);
    this.check(input, investor, await this.clock.today());
    const [row] = await this.database.query
      .insert(taxForms)
      .values({
        partyId: investorId,
        form: input.form,
        country: input.country,
        signedOn: input.signedOn,
        validUntil: taxFormValidUntil(input.form, input.signedOn),
        treatyCountry: input.treaty?.country ?? null,
        treatyArticle: input.treaty?.article ?? null,
      })
      .onConflictDoNothing()
      .returning();
    if (!row) throw new Conflict('TAX_FORM_EXISTS', `There is a ${input.form} signed on ${input.signedOn} already.`);
    await this.audit.append({
      actor,
      action: 'tax-form.signed',
      subject: `investor:${investorId}`,
      payload: { id: row.id, form: row.form, signedOn: row.signedOn },
    });
    return { ...row, treaty: row.treatyCountry === null ? null : { country: row.treatyCountry, article: row.treatyArticle } };
  }

  /** By investor, the newest form that counts on a day; who has none is left out, so that the statutory rate applies.
   *  @param date business date, YYYY-MM-DD */
  async formsOn(investorIds: readonly string[], date: string): Promise<Map<string, CountingForm>> {
    const rows = await this.database.query
      .select()
      .from(taxForms)
      .where(and(inArray(taxForms.partyId, [...investorIds]), lte(taxForms.signedOn, date)))
      .orderBy(asc(taxForms.signedOn), asc(taxForms.id));
    const counting = rows.filter((row) => countsOn(row, date));
    return new Map(
      counting.map(({ partyId, form, country, signedOn, validUntil, treatyCountry }) => [
        partyId,
        { form, country, signedOn, validUntil, treatyCountry },
      ]),
    );
  }

  private check({ form, country, treaty, signedOn }: CreateTaxForm, { kind, taxCountry }: Investor, today: string): void {
    if ((form === 'W-8BEN' && kind === 'ENTITY') || (form === 'W-8BEN-E' && kind === 'PERSON')) {
      throw new Unprocessable('TAX_FORM_WRONG_KIND', 'A W-8BEN is for persons, a W-8BEN-E for entities.');
    }
    if ((form === 'W-9') !== (taxCountry === 'US') || country !== taxCountry || (treaty && treaty.country !== taxCountry)) {
      throw new Unprocessable('TAX_FORM_WRONG_COUNTRY', {
        detail: `You are a tax resident of ${taxCountry}: the form and its treaty are of that country, and a W-9 is of US persons.`,
        remedy: 'Sign the form of your tax residence.',
      });
    }
    if (signedOn > today) throw new Unprocessable('TAX_FORM_NOT_YET_SIGNED', `Today is ${today}; the form says ${signedOn}.`);
    const until = taxFormValidUntil(form, signedOn);
    if (until !== null && until < today) {
      throw new Unprocessable('TAX_FORM_EXPIRED', {
        detail: `A form signed on ${signedOn} was valid to ${until}.`,
        remedy: 'Sign a new one.',
      });
    }
  }
}
