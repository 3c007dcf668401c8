import { z } from 'zod';
import { type DocumentType, field } from '../adapter/signed.js';

/** What an appraiser signs: the opinion of value, and what the standard followed wants a report to say (RICS Valuation – Global Standards,
 *  VPS 6; USPAP Standards Rule 2-2). The report that a person reads is the PDF of this hash. */
const fields = {
  propertyId: field.text,
  value: field.decimal,
  currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code'),
  /** "Market value", "Fair value (IFRS 13)" … */
  basisOfValue: field.text,
  /** the day for which the opinion holds; USPAP calls it the effective date */
  valuationDate: field.date,
  timeZone: field.zone,
  inspectionDate: field.date,
  reportDate: field.date,
  /** freehold, leasehold, fee simple … */
  interest: field.text,
  /** market, income, cost, or several */
  approach: field.text,
  client: field.text,
  purpose: field.text,
  /** special or extraordinary assumptions, hypothetical conditions; empty when there are none */
  specialAssumptions: z.string().max(2000),
  appraiserName: field.text,
  /** membership number (RICS) or number of the state certification (USPAP) */
  credential: field.text,
  /** SHA-256 of the PDF */
  pdfSha256: field.hash,
};

const Rics = z.strictObject({
  ...fields,
  standard: z.literal('RICS'),
  valuerStatus: z.enum(['external', 'internal']),
  certificationState: z.literal(''),
});
const Uspap = z.strictObject({
  ...fields,
  standard: z.literal('USPAP'),
  valuerStatus: z.literal(''),
  certificationState: z.string().regex(/^[A-Z]{2}$/, 'must be the state that certified the appraiser'),
});

export const Report = z
  .discriminatedUnion('standard', [Rics, Uspap])
  .refine(
    (r) => r.inspectionDate <= r.reportDate && r.valuationDate <= r.reportDate,
    'the report must not be older than its valuation or inspection',
  );
export type Report = z.infer<typeof Report>;

const string = (name: string) => ({ name, type: 'string' });

export const REPORT: DocumentType = {
  domain: { name: 'Muniment PropertyAppraisal', version: '1' },
  primaryType: 'Report',
  fields: [
    ...['standard', ...Object.keys(fields).filter((name) => name !== 'pdfSha256'), 'valuerStatus', 'certificationState'].map(string),
    { name: 'pdfSha256', type: 'bytes32' },
  ],
};
