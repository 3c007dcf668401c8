import { z } from 'zod';
import { type DocumentType, field } from '../adapter/signed.js';

/** What a custodian, or the accountant who examined it, signs: so much of an asset lay in an account at the end of a day. */
export const Attestation = z.strictObject({
  accountName: field.text,
  totalReserve: field.decimal,
  /** what is counted: USD, "XAU fine troy ounce" … */
  unit: field.text,
  asOfDate: field.date,
  timeZone: field.zone,
  /** the signer says "do not use" */
  ripcord: z.boolean(),
  /** why; empty without a ripcord */
  ripcordDetails: z.string().max(2000),
});
export type Attestation = z.infer<typeof Attestation>;

export const ATTESTATION = {
  domain: { name: 'Muniment CustodianReserves', version: '1' },
  primaryType: 'Attestation',
  fields: [
    { name: 'accountName', type: 'string' },
    { name: 'totalReserve', type: 'string' },
    { name: 'unit', type: 'string' },
    { name: 'asOfDate', type: 'string' },
    { name: 'timeZone', type: 'string' },
    { name: 'ripcord', type: 'bool' },
    { name: 'ripcordDetails', type: 'string' },
  ],
} as const satisfies DocumentType;
