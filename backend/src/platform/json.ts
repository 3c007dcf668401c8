import { createHash } from 'node:crypto';
import { canonicalize } from 'json-canonicalize';

/** What JSON can say. Amounts are strings. */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

/** The JSON that stands for a value: bigint as decimal string, Date as RFC 3339, undefined members left out. */
export function toJson(value: unknown): Json {
  return JSON.parse(
    JSON.stringify(value ?? null, (_, member: unknown) => (typeof member === 'bigint' ? member.toString() : member)),
  ) as Json;
}

/** Canonical JSON (RFC 8785): the same text for the same value, whatever the order of members. */
export function canonical(value: Json): string {
  return canonicalize(value);
}

/** SHA-256 over the canonical JSON, in hex. */
export function hashOf(value: Json): string {
  return createHash('sha256').update(canonical(value)).digest('hex');
}
