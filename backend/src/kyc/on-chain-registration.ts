import { Injectable } from '@nestjs/common';
import type { Address } from 'viem';
import { identityRegistryAbi, identityStorageAbi } from '../../../contracts/generated/abi.js';
import { Contracts } from '../chain/contracts.js';
import { Transactions } from '../chain/transactions.js';
import { countryNumber } from '../parties/countries.js';
import { type Investor, Investors } from '../parties/investors.service.js';
import { Registries } from '../parties/registries.js';
import { CaseStore } from './case-store.js';
import { Claims } from './claims.service.js';

/** The part of a registration that touches the chain. */
@Injectable()
export class OnChainRegistration {
  constructor(
    private readonly contracts: Contracts,
    private readonly transactions: Transactions,
    private readonly investors: Investors,
    private readonly registries: Registries,
    private readonly store: CaseStore,
    private readonly claims: Claims,
  ) {}

  /** Enqueues the one transaction that takes an approved investor to the chain: identity, country, first wallet and claims together; for
   *  an investor who is there already only the new claims.
   *  @returns the operation, or null while no instrument is deployed */
  async enqueue(caseId: string): Promise<string | null> {
    const registry = await this.registries.first();
    const kycCase = await this.store.get(caseId);
    if (!registry || kycCase.status !== 'APPROVED' || kycCase.registration !== 'PENDING') return null;
    const investor = await this.investors.byId(kycCase.partyId);
    const identity = investor.identity ?? (await this.reserve(investor));
    const { claims, signature } = await this.claims.forCase(kycCase, identity);
    const call = investor.registered
      ? this.contracts.call(this.contracts.address('identityStorage'), {
          abi: identityStorageAbi,
          functionName: 'writeClaims',
          args: [claims, signature],
        })
      : this.contracts.call(registry, {
          abi: identityRegistryAbi,
          functionName: 'onboard',
          args: [
            { ...(await this.firstWallet(investor)), salt: investor.identitySalt, country: countryNumber(investor.country) },
            claims,
            signature,
          ],
        });
    const { id } = await this.transactions.enqueue({ businessKey: `onboard:${caseId}`, sender: 'registrar', ...call, decisionId: caseId });
    return id;
  }

  private async reserve(investor: Investor): Promise<Address> {
    const identity = await this.contracts.read({
      address: this.contracts.address('identityStorage'),
      abi: identityStorageAbi,
      functionName: 'predictIdentity',
      args: [investor.identitySalt],
    });
    await this.investors.setIdentity(investor.id, identity);
    return identity;
  }

  private async firstWallet(investor: Investor): Promise<{ wallet: Address }> {
    const [first] = await this.investors.wallets(investor.id);
    if (!first) throw new Error(`The investor ${investor.id} has no wallet.`);
    return { wallet: first.address };
  }
}
