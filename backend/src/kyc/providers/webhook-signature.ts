import { createHmac, timingSafeEqual } from 'node:crypto';
import type { RawHeaders, WebhookVerdict } from './kyc-provider.js';

/** One of the secrets a provider may sign with now; two overlap during a rotation. */
export type WebhookSecret = { value: string; validFrom?: Date | undefined; validTo?: Date | undefined };

/** Names as Sumsub sends them in X-Payload-Digest-Alg. HMAC_SHA1_HEX exists too and is not accepted. */
const ALGORITHMS = { HMAC_SHA256_HEX: { hash: 'sha256', bytes: 32 }, HMAC_SHA512_HEX: { hash: 'sha512', bytes: 64 } } as const;
type Algorithm = keyof typeof ALGORITHMS;

export type WebhookHeaders = { digest: string; algorithm: string };

/** Verifies a hex HMAC of the raw body. The algorithm is the one the header names, if it is accepted; absent or unknown refuses.
 *  Compares in constant time with every active secret. */
export function verifyHmac(
  raw: Buffer,
  headers: RawHeaders,
  names: WebhookHeaders,
  secrets: readonly WebhookSecret[],
  now: Date,
): WebhookVerdict {
  const active = secrets.filter((s) => s.value !== '' && (!s.validFrom || s.validFrom <= now) && (!s.validTo || now < s.validTo));
  if (active.length === 0) return { ok: false, reason: 'UNCONFIGURED' };
  const digest = single(headers, names.digest);
  if (digest === undefined) return { ok: false, reason: 'MISSING' };
  const algorithm = single(headers, names.algorithm);
  if (algorithm === undefined || !isAlgorithm(algorithm)) return { ok: false, reason: 'ALGORITHM' };

  const { hash, bytes } = ALGORITHMS[algorithm];
  const given = Buffer.from(/^[0-9a-f]+$/i.test(digest) ? digest : '', 'hex');
  if (given.length !== bytes) return { ok: false, reason: 'MISMATCH' };
  const matches = active.map((secret) => timingSafeEqual(given, createHmac(hash, secret.value).update(raw).digest()));
  return matches.includes(true) ? { ok: true } : { ok: false, reason: 'MISMATCH' };
}

/** Header of a delivery that we sign ourselves (simulator, tests). */
export function signHmac(
  raw: Buffer,
  names: WebhookHeaders,
  secret: string,
  algorithm: Algorithm = 'HMAC_SHA256_HEX',
): Record<string, string> {
  return { [names.digest]: createHmac(ALGORITHMS[algorithm].hash, secret).update(raw).digest('hex'), [names.algorithm]: algorithm };
}

const isAlgorithm = (name: string): name is Algorithm => Object.hasOwn(ALGORITHMS, name);

/** A header that came exactly once. */
function single(headers: RawHeaders, name: string): string | undefined {
  const value = headers[name.toLowerCase()];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
