import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PrivateKeyAccount } from 'viem/accounts';
import { createSiweMessage } from 'viem/siwe';

/** A refused request, with the problem document. */
export class ApiError extends Error {
  constructor(
    readonly path: string,
    readonly status: number,
    readonly problem: { code?: string; detail?: string; [member: string]: unknown },
  ) {
    super(`${path} answered ${status} ${problem.code ?? ''}: ${problem.detail ?? ''}`);
  }
}

// biome-ignore lint/suspicious/noExplicitAny: what the API answers is read member by member, as any HTTP client does
export type Answer = any;

const PATIENCE_MS = 120_000;

/** A person who uses the API over HTTP. Each POST carries a key made of what it is for, so that a world that was interrupted goes on
 *  where it was. */
export class Member {
  protected constructor(
    readonly account: PrivateKeyAccount,
    protected readonly url: string,
    readonly token: string,
  ) {}

  /** Signs in with Ethereum. */
  static async signIn(url: string, account: PrivateKeyAccount): Promise<Member> {
    const nobody = new Member(account, url, '');
    const { domain, uri, chainId, nonce } = await nobody.send('POST', '/v1/auth/nonces');
    const message = createSiweMessage({ address: account.address, domain, uri, chainId, nonce, version: '1' });
    const signature = await account.signMessage({ message });
    const { token } = await nobody.send('POST', '/v1/auth/sessions', { message, signature });
    return new Member(account, url, token);
  }

  get(path: string): Promise<Answer> {
    return this.send('GET', path);
  }

  /** @param purpose what it is for; the same purpose acts once */
  post(path: string, purpose: string, body?: unknown): Promise<Answer> {
    const key = createHash('sha256').update(`${purpose} ${path}`).digest('hex');
    return this.send('POST', path, body, { 'idempotency-key': key });
  }

  /** Asks until the answer is as wanted.
   *  @throws Error with the last answer after two minutes, or at once when `hopeless` says so */
  async until(path: string, wanted: (answer: Answer) => boolean, hopeless: (answer: Answer) => boolean = () => false): Promise<Answer> {
    const giveUp = Date.now() + PATIENCE_MS;
    for (;;) {
      const answer = await this.get(path);
      if (wanted(answer)) return answer;
      if (hopeless(answer) || Date.now() > giveUp) throw new Error(`${path} did not become what was waited for: ${JSON.stringify(answer)}`);
      await sleep(50);
    }
  }

  /** Approves a request as the second pair of eyes. */
  async approve(approvalId: string, reason: string): Promise<void> {
    const { payloadHash, status } = await this.get(`/v1/approvals/${approvalId}`);
    if (status === 'PENDING') await this.post(`/v1/approvals/${approvalId}/approve`, 'approve', { payloadHash, reason });
  }

  protected async send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...headers,
        ...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer: Answer = text ? JSON.parse(text) : undefined;
    if (!response.ok) throw new ApiError(`${method} ${path}`, response.status, answer ?? {});
    return answer;
  }
}
