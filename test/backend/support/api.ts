import { randomUUID } from 'node:crypto';
import type { Hex } from 'viem';
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { createSiweMessage } from 'viem/siwe';

/** What came back; `body` is parsed JSON or undefined. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads members of answers that the test itself asserts
export type Answer<T = any> = { status: number; headers: Headers; body: T };

export type CallOptions = { headers?: Record<string, string>; key?: string | null };

/** Calls the API over real HTTP, as one person or as nobody. Every POST gets a fresh Idempotency-Key unless `key` says otherwise
 *  (null: none). */
export class Api {
  constructor(
    readonly url: string,
    readonly token?: string,
  ) {}

  get(path: string, options: CallOptions = {}): Promise<Answer> {
    return this.call('GET', path, undefined, { key: null, ...options });
  }

  post(path: string, body?: unknown, options: CallOptions = {}): Promise<Answer> {
    return this.call('POST', path, body, options);
  }

  async call(method: string, path: string, body?: unknown, { headers = {}, key = randomUUID() }: CallOptions = {}): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
        ...(key === null ? {} : { 'idempotency-key': key }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text ? parse(text) : undefined };
  }

  /** Signs in and returns the API as that person sees it. */
  async signIn(account: PrivateKeyAccount): Promise<Api & { person: { id: string; roles: string[] } }> {
    const message = await this.siweMessage(account);
    const signature = await account.signMessage({ message });
    const answer = await this.post('/v1/auth/sessions', { message, signature }, { key: null });
    if (answer.status !== 201) throw new Error(`Sign-in failed: ${JSON.stringify(answer.body)}`);
    return Object.assign(new Api(this.url, answer.body.token), { person: answer.body.person });
  }

  /** A message for a fresh nonce, with fields changed as a test wants them. */
  async siweMessage(account: PrivateKeyAccount, changes: Partial<Parameters<typeof createSiweMessage>[0]> = {}): Promise<string> {
    const { body } = await this.post('/v1/auth/nonces', undefined, { key: null });
    return createSiweMessage({
      address: account.address,
      domain: body.domain,
      uri: body.uri,
      chainId: body.chainId,
      nonce: body.nonce,
      version: '1',
      ...changes,
    });
  }
}

export function randomAccount(key: Hex = generatePrivateKey()): PrivateKeyAccount {
  return privateKeyToAccount(key);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
