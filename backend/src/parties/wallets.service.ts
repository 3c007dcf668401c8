import { Injectable } from '@nestjs/common';
import { and, count, eq } from 'drizzle-orm';
import type { Address } from 'viem';
import { createSiweMessage, parseSiweMessage } from 'viem/siwe';
import { Audit } from '../platform/audit/audit.service.js';
import type { Actor } from '../platform/auth/actor.js';
import { People } from '../platform/auth/people.service.js';
import { Siwe } from '../platform/auth/siwe.service.js';
import { Database } from '../platform/database/database.js';
import { Conflict, Problem, Unauthenticated } from '../platform/problem.js';
import { Investors } from './investors.service.js';
import type { ChallengeWallet, LinkWallet, WalletChallenge, WalletView } from './parties.schema.js';
import { walletLinks } from './parties.tables.js';
import { WalletHolds } from './wallet-holds.js';
import { WalletRegistration } from './wallet-registration.workflow.js';

/** As many as an investor word can count (contracts/identity/Eligibility.sol). */
const MOST_WALLETS = 15;

/** Which wallets are whose. A wallet belongs to one investor, for ever. */
@Injectable()
export class Wallets {
  constructor(
    private readonly database: Database,
    private readonly investors: Investors,
    private readonly siwe: Siwe,
    private readonly people: People,
    private readonly audit: Audit,
    private readonly holds: WalletHolds,
    private readonly registration: WalletRegistration,
  ) {}

  /** The EIP-4361 message that the new wallet has to sign; it names the investor, so that no other signature of the wallet will do. */
  async challenge(investorId: string, { address }: ChallengeWallet, actor: Actor): Promise<WalletChallenge> {
    await this.investors.own(investorId, actor);
    const { nonce, domain, uri, chainId, expiresAt } = await this.siwe.challenge();
    const message = createSiweMessage({
      address,
      domain,
      uri,
      chainId,
      nonce,
      version: '1',
      statement: statementFor(investorId),
      expirationTime: expiresAt,
    });
    return { message, expiresAt };
  }

  /** @throws Unauthenticated when the proof fails · Conflict WALLET_ALREADY_LINKED, WALLET_RETIRED, WALLET_LIMIT_REACHED,
   *          WALLET_FROZEN and RECOVERY_OPEN while a wallet of the investor is */
  async link(investorId: string, { message, signature }: LinkWallet, actor: Actor): Promise<WalletView> {
    await this.investors.own(investorId, actor);
    const { statement, nonce = '' } = parseSiweMessage(message);
    if (statement !== statementFor(investorId)) {
      throw new Unauthenticated('SIWE_INVALID', {
        detail: 'The message is not one that links a wallet to this investor.',
        remedy: 'Ask for it at POST /v1/investors/{id}/wallet-challenges and sign it unchanged.',
      });
    }
    const address = await this.siwe.verify(message, signature);
    await this.database.lock(`wallets of ${investorId}`);
    await this.refuseHeld(address, investorId, actor);
    const known = await this.byAddress(address);
    if (known?.partyId === investorId && known.state !== 'RECOVERED') {
      // Proven again: what failed on chain is tried again.
      if (known.state === 'PROVEN') await this.registration.start(known.id, nonce);
      return known;
    }
    if (known) return this.refuse(known.partyId === investorId ? 'WALLET_RETIRED' : 'WALLET_ALREADY_LINKED', address, investorId, actor);
    if ((await this.number(investorId)) >= MOST_WALLETS) {
      throw new Conflict('WALLET_LIMIT_REACHED', `An investor has at most ${MOST_WALLETS} wallets.`);
    }
    await this.claimSignIn(address, investorId, actor);
    const link = await this.insert(investorId, address, message, signature);
    await this.audit.append({ actor, action: 'wallet.proven', subject: `investor:${investorId}`, payload: { address } });
    await this.registration.start(link.id, nonce);
    return link;
  }

  /** Only the recovery workflow calls this. The lost wallet keeps its investor and can do nothing more, not even sign in; the new one takes its place. */
  async replace(investorId: string, lost: Address, replacement: Address, proofSignature: string): Promise<void> {
    await this.database.query
      .update(walletLinks)
      .set({ state: 'RECOVERED', replacedBy: replacement })
      .where(and(eq(walletLinks.partyId, investorId), eq(walletLinks.address, lost)));
    await this.database.query
      .insert(walletLinks)
      .values({ partyId: investorId, address: replacement, state: 'REGISTERED', registeredAt: new Date(), proofSignature })
      .onConflictDoUpdate({ target: walletLinks.address, set: { state: 'REGISTERED', registeredAt: new Date() } });
    const { personId } = await this.investors.byId(investorId);
    await this.people.replaceWallet(personId, lost, replacement);
  }

  /** A wallet with which somebody else signs in is his, even before he is an investor. */
  private async claimSignIn(address: Address, investorId: string, actor: Actor): Promise<void> {
    try {
      await this.people.addWallet(actor.personId, address);
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'WALLET_TAKEN') throw error;
      await this.refuse('WALLET_ALREADY_LINKED', address, investorId, actor);
    }
  }

  private async refuseHeld(address: Address, investorId: string, actor: Actor): Promise<void> {
    const hold = await this.holds.of(investorId, address);
    if (!hold) return;
    await this.audit.refused({ actor, action: 'wallet.proven', subject: `investor:${investorId}`, payload: { address, code: hold.code } });
    throw hold;
  }

  /** Keeps the attempt, although the request fails: it is what the compliance desk wants to hear of. */
  private async refuse(
    code: 'WALLET_ALREADY_LINKED' | 'WALLET_RETIRED',
    address: Address,
    investorId: string,
    actor: Actor,
  ): Promise<never> {
    await this.audit.refused({ actor, action: 'wallet.proven', subject: `investor:${investorId}`, payload: { address, code } });
    if (code === 'WALLET_RETIRED') {
      throw new Conflict(code, { detail: `The wallet ${address} was lost and replaced.`, remedy: 'Link another wallet.' });
    }
    throw new Conflict(code, { detail: `The wallet ${address} is linked to somebody else.`, remedy: 'Link a wallet that is only yours.' });
  }

  private async insert(partyId: string, address: Address, proofMessage: string, proofSignature: string): Promise<WalletView> {
    const [link] = await this.database.query
      .insert(walletLinks)
      .values({ partyId, address, state: 'PROVEN', proofMessage, proofSignature })
      .returning();
    if (!link) throw new Error('The wallet link was not stored.');
    return link;
  }

  private async byAddress(address: Address): Promise<typeof walletLinks.$inferSelect | undefined> {
    const [link] = await this.database.query.select().from(walletLinks).where(eq(walletLinks.address, address));
    return link;
  }

  private async number(partyId: string): Promise<number> {
    const [row] = await this.database.query.select({ n: count() }).from(walletLinks).where(eq(walletLinks.partyId, partyId));
    return row?.n ?? 0;
  }
}

const statementFor = (investorId: string): string => `Link this wallet to investor ${investorId}.`;
