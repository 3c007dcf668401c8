import { setTimeout as sleep } from 'node:timers/promises';
import type { PrivateKeyAccount } from 'viem/accounts';
import { createSiweMessage } from 'viem/siwe';
import { type Answer, ApiError, Member } from '../../backend/src/local/world/client.js';
import { canonical, type Json } from '../../backend/src/platform/json.js';
import { Random } from './random.js';

/** The processes that serve, and what their users meet. */
export type Fleet = {
  seed: number;
  urls: string[];
  /** Called before each write, however often it is then repeated. */
  onWrite: () => void;
  /** What must not have been answered. */
  violations: string[];
  /** Once this aborts nobody tries any longer. */
  giveUp: AbortSignal;
};

const PATIENCE_MS = 15_000;
const BETWEEN_MS = 80;
type Response = { status: number; body: Answer; replayed: boolean };

/** A user who does not give up: whatever gets no answer is asked again, of any process, with the same key. Some hang up before the answer,
 *  or ask twice at once, as the seed says. */
export class Persistent extends Member {
  private constructor(
    account: PrivateKeyAccount,
    token: string,
    private readonly fleet: Fleet,
  ) {
    super(account, '', token);
  }

  /** @param token of an earlier session, where there is one */
  static async join(fleet: Fleet, account: PrivateKeyAccount, token?: string): Promise<Persistent> {
    if (token) return new Persistent(account, token, fleet);
    const nobody = new Persistent(account, '', fleet);
    for (;;) {
      const { domain, uri, chainId, nonce } = await nobody.send('POST', '/v1/auth/nonces');
      const message = createSiweMessage({ address: account.address, domain, uri, chainId, nonce, version: '1' });
      const signature = await account.signMessage({ message });
      // A nonce serves once: when the answer is lost, a new one is needed.
      const session = await nobody.send('POST', '/v1/auth/sessions', { message, signature }).catch((error: unknown) => {
        if (error instanceof ApiError && error.status === 401) return undefined;
        throw error;
      });
      if (session) return new Persistent(account, session.token, fleet);
    }
  }

  /** As long as the run lasts. */
  override async until(
    path: string,
    wanted: (answer: Answer) => boolean,
    hopeless: (answer: Answer) => boolean = () => false,
  ): Promise<Answer> {
    for (;;) {
      const answer = await this.get(path);
      if (wanted(answer)) return answer;
      if (hopeless(answer)) throw new Error(`${path} did not become what was waited for: ${JSON.stringify(answer)}`);
      await sleep(2 * BETWEEN_MS);
    }
  }

  protected override async send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const key = headers['idempotency-key'];
    const random = new Random(`${this.fleet.seed}/${key ?? `${this.account.address} ${path}`}`);
    const manner = key ? random.pick(['plain', 'plain', 'plain', 'plain', 'hang up', 'twice at once', 'again later']) : 'plain';
    if (method === 'POST') this.fleet.onWrite();
    const ask = (hangUpMs?: number) => this.once(random.pick(this.fleet.urls), method, path, body, headers, hangUpMs);
    if (manner === 'hang up') await ask(random.between(1, 60));
    const also = manner === 'twice at once' ? ask() : undefined;
    const answer = await this.insist(ask);
    const other = also ? await also : manner === 'again later' ? await this.insist(ask) : undefined;
    if (other && other.status < 300 && canonical(other.body as Json) !== canonical(answer.body as Json)) {
      this.fleet.violations.push(
        `POST ${path} answered the same key with ${JSON.stringify(answer.body)} and ${JSON.stringify(other.body)}`,
      );
    }
    return answer.body;
  }

  /** Asks until there is an answer.
   *  @throws ApiError when it is a refusal */
  private async insist(ask: () => Promise<(Response & { path: string }) | undefined>): Promise<Response> {
    for (;;) {
      this.fleet.giveUp.throwIfAborted();
      const answer = await ask();
      if (answer && answer.status < 300) return answer;
      const again = !answer || answer.status >= 500 || answer.status === 429 || answer.body?.code === 'IDEMPOTENCY_KEY_IN_FLIGHT';
      if (!again) throw new ApiError(answer.path, answer.status, answer.body ?? {});
      await sleep(BETWEEN_MS);
    }
  }

  /** @returns undefined when there was no answer */
  private async once(
    url: string,
    method: string,
    path: string,
    body: unknown,
    headers: Record<string, string>,
    hangUpMs?: number,
  ): Promise<(Response & { path: string }) | undefined> {
    try {
      const response = await fetch(`${url}${path}`, {
        method,
        signal: AbortSignal.any([AbortSignal.timeout(hangUpMs ?? PATIENCE_MS), this.fleet.giveUp]),
        headers: {
          ...headers,
          ...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return {
        path: `${method} ${path}`,
        status: response.status,
        body: text ? JSON.parse(text) : undefined,
        replayed: response.headers.get('idempotent-replayed') === 'true',
      };
    } catch {
      return undefined;
    }
  }
}
