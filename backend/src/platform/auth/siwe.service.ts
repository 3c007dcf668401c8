import { Inject, Injectable } from '@nestjs/common';
import { and, eq, gt, lt, sql } from 'drizzle-orm';
import { type Address, createPublicClient, type Hex, http, type PublicClient, verifyMessage } from 'viem';
import { createSiweMessage, generateSiweNonce, parseSiweMessage, type SiweMessage, validateSiweMessage } from 'viem/siwe';
import { Config } from '../config.js';
import { Database } from '../database/database.js';
import { RateLimits } from '../http/rate-limit.js';
import { Unauthenticated } from '../problem.js';
import { signInNonces } from './people.tables.js';

const NONCE_MINUTES = 10;
const CLOCK_TOLERANCE_MS = 60_000;

export type SiweChallenge = { nonce: string; domain: string; uri: string; chainId: number; expiresAt: Date };

/** Sign-in with Ethereum (EIP-4361): proves that somebody controls a wallet right now. Used for sessions and for linking wallets. */
@Injectable()
export class Siwe {
  private readonly client: PublicClient | undefined;
  private readonly domain: string;

  constructor(
    private readonly database: Database,
    private readonly limits: RateLimits,
    @Inject(Config) private readonly config: Config,
  ) {
    this.client = config.rpcUrl ? createPublicClient({ transport: http(config.rpcUrl, { retryCount: 1, timeout: 5_000 }) }) : undefined;
    this.domain = new URL(config.publicUrl).host;
  }

  /** Hands out a nonce, good for one proof within ten minutes, and the values the message has to carry. */
  async challenge(): Promise<SiweChallenge> {
    const nonce = generateSiweNonce();
    const expiresAt = new Date(Date.now() + NONCE_MINUTES * 60_000);
    await this.database.independently(async () => {
      await this.database.query.delete(signInNonces).where(lt(signInNonces.expiresAt, sql`now()`));
      await this.database.query.insert(signInNonces).values({ nonce, expiresAt });
    });
    return { nonce, domain: this.domain, uri: this.config.publicUrl, chainId: this.config.chainId, expiresAt };
  }

  /** Checks a signed message and uses up its nonce, whatever the outcome of the signature.
   *  @returns the wallet that signed
   *  @throws Unauthenticated SIWE_INVALID | SIWE_NONCE_INVALID | SIWE_SIGNATURE_INVALID */
  async verify(text: string, signature: Hex): Promise<Address> {
    const message = this.read(text);
    await this.useNonce(message.nonce);
    await this.limits.count('signIn', message.address);
    if (!(await this.isSignedBy(message.address, text, signature))) {
      throw new Unauthenticated('SIWE_SIGNATURE_INVALID', `The message is not signed by ${message.address}.`);
    }
    return message.address;
  }

  private read(text: string): SiweMessage {
    const message = parseSiweMessage(text) as SiweMessage;
    const refuse = (detail: string): never => {
      throw new Unauthenticated('SIWE_INVALID', { detail, remedy: 'Ask for a new nonce and sign the message it belongs to.' });
    };
    if (!message.address || !message.nonce || !message.issuedAt || !isCanonical(message, text))
      return refuse('This is no EIP-4361 message.');
    if (message.domain !== this.domain) return refuse(`The message is for ${message.domain}, not for ${this.domain}.`);
    if (message.uri !== this.config.publicUrl) return refuse(`The message is for ${message.uri}, not for ${this.config.publicUrl}.`);
    if (message.chainId !== this.config.chainId)
      return refuse(`The message is for chain ${message.chainId}, not for ${this.config.chainId}.`);
    if (message.issuedAt.getTime() > Date.now() + CLOCK_TOLERANCE_MS) return refuse('The message was issued in the future.');
    if (message.issuedAt.getTime() < Date.now() - NONCE_MINUTES * 60_000 - CLOCK_TOLERANCE_MS) return refuse('The message is too old.');
    if (!validateSiweMessage({ message, domain: this.domain })) return refuse('The message has expired or is not valid yet.');
    return message;
  }

  /** Deletes the nonce in a transaction of its own, before anything else can fail: it never serves twice. */
  private async useNonce(nonce: string): Promise<void> {
    const used = await this.database.independently(() =>
      this.database.query
        .delete(signInNonces)
        .where(and(eq(signInNonces.nonce, nonce), gt(signInNonces.expiresAt, sql`now()`)))
        .returning(),
    );
    if (used.length === 0) throw new Unauthenticated('SIWE_NONCE_INVALID', 'The nonce is unknown, used or older than ten minutes.');
  }

  /** A key's own signature needs no chain; a contract wallet is asked over RPC (EIP-1271, ERC-6492). */
  private async isSignedBy(address: Address, message: string, signature: Hex): Promise<boolean> {
    const byKey = await verifyMessage({ address, message, signature }).catch(() => false);
    if (byKey || !this.client) return byKey;
    return this.client.verifyMessage({ address, message, signature }).catch(() => false);
  }
}

/** Refuses text that only contains a message, or fields that the parser skipped. */
function isCanonical(message: SiweMessage, text: string): boolean {
  try {
    return createSiweMessage(message) === text;
  } catch {
    return false;
  }
}
