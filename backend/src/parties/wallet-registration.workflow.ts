import { Injectable } from '@nestjs/common';
import { and, asc, eq } from 'drizzle-orm';
import type { Address } from 'viem';
import { identityRegistryAbi } from '../../../contracts/generated/abi.js';
import { Contracts } from '../chain/contracts.js';
import type { Operation } from '../chain/operation.js';
import { Operations } from '../chain/operations.js';
import { Transactions } from '../chain/transactions.js';
import { Audit } from '../platform/audit/audit.service.js';
import { SYSTEM } from '../platform/auth/actor.js';
import { Database } from '../platform/database/database.js';
import { type Workflow, Workflows } from '../platform/workflow/workflows.js';
import { countryNumber } from './countries.js';
import { parties, walletLinks } from './parties.tables.js';
import { Registries } from './registries.js';
import { WalletHolds } from './wallet-holds.js';

/** `round` is part of the key, so that a registration that failed can be asked for again. */
type Input = { walletId: string; round: string };
type Wanted = { wallet: Address; identity: Address; country: number; operationId: string | null };

/** Takes a further wallet of a registered investor to the chain. For an investor who is not registered yet it does nothing: his
 *  registration asks for all his wallets again. */
@Injectable()
export class WalletRegistration {
  private readonly workflow: Workflow<Input>;

  constructor(
    private readonly database: Database,
    private readonly workflows: Workflows,
    private readonly transactions: Transactions,
    private readonly operations: Operations,
    private readonly contracts: Contracts,
    private readonly registries: Registries,
    private readonly holds: WalletHolds,
    private readonly audit: Audit,
  ) {
    this.workflow = workflows.define('wallet-registration', (input) => this.run(input));
  }

  /** @param round tells runs for the same wallet apart; one that finds another's operation on its way waits for it */
  start(walletId: string, round: string): Promise<void> {
    return this.workflow.start(`wallet-registration:${walletId}:${round}`, { walletId, round });
  }

  /** The wallet that came to the chain together with its investor: his oldest. */
  async firstIsRegistered(partyId: string, operationId: string): Promise<void> {
    const [first] = await this.database.query
      .select()
      .from(walletLinks)
      .where(eq(walletLinks.partyId, partyId))
      .orderBy(asc(walletLinks.id))
      .limit(1);
    if (first) await this.finish(first.id, operationId);
  }

  private async run({ walletId, round }: Input): Promise<void> {
    const operationId = await this.workflows.step('enqueue', () => this.database.transaction(() => this.enqueue(walletId, round)));
    if (operationId === null) return;
    await this.workflows.step('confirm', () => this.operations.confirmed(operationId).then(() => undefined));
    await this.workflows.step('finish', () => this.finish(walletId, operationId));
  }

  private async enqueue(walletId: string, round: string): Promise<string | null> {
    const wanted = await this.wanted(walletId);
    if (!wanted) return null;
    if (wanted.operationId !== null && !hasFailed(await this.operations.get(wanted.operationId))) return wanted.operationId;
    const registry = await this.registries.first();
    if (!registry) return null;
    if (await this.isHeld(walletId)) return null;
    const call = this.contracts.call(registry, {
      abi: identityRegistryAbi,
      functionName: 'registerIdentity',
      args: [wanted.wallet, wanted.identity, wanted.country],
    });
    const { id } = await this.transactions.enqueue({ businessKey: `register-wallet:${walletId}:${round}`, sender: 'registrar', ...call });
    await this.database.query.update(walletLinks).set({ operationId: id }).where(eq(walletLinks.id, walletId));
    return id;
  }

  /** What was proven before a hold does not come to the chain during it. */
  private async isHeld(walletId: string): Promise<boolean> {
    const [link] = await this.database.query.select().from(walletLinks).where(eq(walletLinks.id, walletId));
    const hold = link && (await this.holds.of(link.partyId, link.address as Address));
    if (!hold) return false;
    await this.audit.append({
      actor: SYSTEM,
      action: 'wallet.registered',
      subject: `investor:${link.partyId}`,
      payload: { address: link.address, code: hold.code },
      result: 'REFUSED',
    });
    return true;
  }

  private async finish(walletId: string, operationId: string): Promise<void> {
    await this.database.query
      .update(walletLinks)
      .set({ state: 'REGISTERED', registeredAt: new Date(), operationId })
      .where(and(eq(walletLinks.id, walletId), eq(walletLinks.state, 'PROVEN')));
  }

  private async wanted(walletId: string): Promise<Wanted | undefined> {
    const [row] = await this.database.query
      .select({ link: walletLinks, party: parties })
      .from(walletLinks)
      .innerJoin(parties, eq(parties.id, walletLinks.partyId))
      .where(eq(walletLinks.id, walletId))
      .for('update', { of: walletLinks });
    if (row?.link.state !== 'PROVEN' || !row.party.registered || !row.party.identity) return undefined;
    return {
      wallet: row.link.address as Address,
      identity: row.party.identity as Address,
      country: countryNumber(row.party.country),
      operationId: row.link.operationId,
    };
  }
}

const hasFailed = ({ state }: Operation): boolean => state === 'REVERTED' || state === 'REPLACED';
