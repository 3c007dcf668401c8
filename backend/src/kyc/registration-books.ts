import { Injectable } from '@nestjs/common';
import { Investors } from '../parties/investors.service.js';
import { WalletRegistration } from '../parties/wallet-registration.workflow.js';
import { Audit } from '../platform/audit/audit.service.js';
import { SYSTEM } from '../platform/auth/actor.js';
import { Database } from '../platform/database/database.js';
import { CaseStore } from './case-store.js';
import { Claims } from './claims.service.js';

/** What is noted once a registration is final on chain. */
@Injectable()
export class RegistrationBooks {
  constructor(
    private readonly database: Database,
    private readonly store: CaseStore,
    private readonly investors: Investors,
    private readonly claims: Claims,
    private readonly wallets: WalletRegistration,
    private readonly audit: Audit,
  ) {}

  /** Repeatable. The investor's other wallets follow, each in a transaction of its own. */
  async registered(caseId: string, operationId: string): Promise<void> {
    await this.database.transaction(async () => {
      const kycCase = await this.store.lock(caseId);
      if (kycCase.registration === 'REGISTERED') return;
      const { partyId } = kycCase;
      await this.claims.markWritten(caseId);
      await this.store.set(caseId, { registration: 'REGISTERED' });
      await this.wallets.firstIsRegistered(partyId, operationId);
      await this.investors.setRegistered(partyId);
      for (const wallet of await this.investors.wallets(partyId)) {
        if (wallet.state === 'PROVEN') await this.wallets.start(wallet.id, caseId);
      }
      await this.audit.append({
        actor: SYSTEM,
        action: 'investor.registered',
        subject: `investor:${partyId}`,
        payload: { caseId, operationId },
      });
    });
  }
}
