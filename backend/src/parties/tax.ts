/** Until when a tax form speaks for its investor. Business dates (YYYY-MM-DD), no time zone. */

export const TAX_FORMS = ['W-8BEN', 'W-8BEN-E', 'W-9'] as const;
export type TaxFormKind = (typeof TAX_FORMS)[number];

/** A W-8BEN or W-8BEN-E is valid to the last day of the third calendar year after the one it was signed in (26 CFR 1.1441-1(e)(4)(ii)(A));
 *  a W-9 until it is replaced (null).
 *  @param signedOn YYYY-MM-DD */
export function taxFormValidUntil(form: TaxFormKind, signedOn: string): string | null {
  return form === 'W-9' ? null : `${String(Number(signedOn.slice(0, 4)) + 3).padStart(4, '0')}-12-31`;
}

/** Whether a form counts on a day: signed by then, and not past its last day. */
export function countsOn(form: { form: TaxFormKind; signedOn: string }, date: string): boolean {
  const until = taxFormValidUntil(form.form, form.signedOn);
  return form.signedOn <= date && (until === null || date <= until);
}
