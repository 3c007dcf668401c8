import { Module } from '@nestjs/common';
import { ChainModule } from '../chain/chain.module.js';
import { PartiesModule } from '../parties/parties.module.js';
import { CaseStore } from './case-store.js';
import { Claims } from './claims.service.js';
import { KycCasesController, ScreeningHitsController, SimulatorController, WebhooksController } from './kyc.controller.js';
import { KycCaseReader } from './kyc-case.reader.js';
import { KycCases } from './kyc-cases.service.js';
import { KycDecisions } from './kyc-decisions.service.js';
import { OnChainRegistration } from './on-chain-registration.js';
import { KycProviders } from './providers/kyc-providers.js';
import { Simulator } from './providers/simulator.js';
import { Registration } from './registration.workflow.js';
import { RegistrationBooks } from './registration-books.js';
import { Screening } from './screening/screening.service.js';
import { ScreeningList } from './screening/screening-list.js';
import { Simulation } from './simulation.service.js';
import { Verification } from './verification.workflow.js';
import { Webhooks } from './webhooks.service.js';

@Module({
  imports: [ChainModule, PartiesModule],
  controllers: [KycCasesController, ScreeningHitsController, WebhooksController, SimulatorController],
  providers: [
    CaseStore,
    KycCases,
    KycDecisions,
    KycCaseReader,
    Verification,
    Webhooks,
    KycProviders,
    Simulator,
    Simulation,
    Screening,
    ScreeningList,
    Claims,
    OnChainRegistration,
    Registration,
    RegistrationBooks,
  ],
  exports: [Claims],
})
export class KycModule {}
