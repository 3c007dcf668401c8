import { type Address, getAddress, isAddress, isHex, recoverTypedDataAddress, size, type TypedDataParameter } from 'viem';
import { z } from 'zod';
import { isDate } from '../bill.js';
import { SourceUnreadable } from './valuation.js';

/** Fields of documents that providers sign. */
export const field = {
  text: z.string().min(1).max(500),
  decimal: z.string().regex(/^\d{1,30}(\.\d{1,18})?$/, 'must be a plain decimal string'),
  date: z.string().refine(isDate, 'must be a date written YYYY-MM-DD'),
  zone: z.string().refine(isZone, 'must name a time zone, like Europe/London'),
  hash: z.custom<`0x${string}`>((v) => isHex(v) && size(v) === 32, 'must be 32 bytes in hex'),
};

/** A list of documents with their EIP-712 signatures, as a provider serves it. */
export function signedList<D extends z.ZodType>(
  document: D,
): z.ZodArray<z.ZodObject<{ document: D; signature: z.ZodCustom<`0x${string}`> }>> {
  return z.array(
    z.strictObject({ document, signature: z.custom<`0x${string}`>((v) => isHex(v) && size(v) === 65, 'must be 65 bytes in hex') }),
  );
}

/** What a document's signature is over. The domain has no chain: the document is the same for every chain that it is used on. */
export type DocumentType = { domain: { name: string; version: string }; primaryType: string; fields: readonly TypedDataParameter[] };

/** Who signed a document.
 *  @param allowed those whose signature counts
 *  @throws SourceUnreadable when it is none of them */
export async function signerOf(
  signed: { document: Record<string, unknown>; signature: `0x${string}` },
  { domain, primaryType, fields }: DocumentType,
  allowed: readonly Address[],
): Promise<Address> {
  const { document: message, signature } = signed;
  const signer = await recoverTypedDataAddress({ domain, types: { [primaryType]: fields }, primaryType, message, signature }).catch(() => {
    throw new SourceUnreadable(`The ${primaryType} carries no valid signature.`);
  });
  if (!allowed.includes(signer)) throw new SourceUnreadable(`The ${primaryType} is signed by ${signer}, whose signature does not count.`);
  return signer;
}

/** A setting that lists addresses, with commas; it is checked when the adapter starts. */
export const addressList = {
  meta: { details: 'Value must be addresses, with commas between them' },
  fn: (value?: string): string | undefined =>
    value?.split(',').every((text) => isAddress(text.trim())) ? undefined : 'Value must be addresses, with commas between them',
};

export function addresses(setting: string): Address[] {
  return setting.split(',').map((text) => getAddress(text.trim()));
}

/** Reads JSON of a form; what is unknown or missing in it is an error, not a default. */
export function parseJson<T extends z.ZodType>(text: string, schema: T): z.infer<T> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new SourceUnreadable('The document is no JSON.');
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new SourceUnreadable(`The document has another form: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** True when this machine knows the zone. */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return zone.includes('/');
  } catch {
    return false;
  }
}
