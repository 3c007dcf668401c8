import { Module } from '@nestjs/common';
import { AssetsModule } from '../assets/assets.module.js';
import { ChainModule } from '../chain/chain.module.js';
import { KycModule } from '../kyc/kyc.module.js';
import { PartiesModule } from '../parties/parties.module.js';
import { ClaimRevocations } from './claim-revocations.service.js';
import { FreezesController, InvestorClaimsController, RecoveriesController, TransfersController } from './compliance.controller.js';
import { FreezeTracking } from './freeze-tracking.workflow.js';
import { Freezes } from './freezes.service.js';
import { TransferPreviews } from './previews.service.js';
import { Recoveries } from './recoveries.service.js';
import { Recovering } from './recovery.workflow.js';
import { RecoveryProof } from './recovery-proof.js';
import { RecoverySteps } from './recovery-steps.js';
import { ComplianceHolds } from './wallet-holds.js';

@Module({
  imports: [ChainModule, AssetsModule, PartiesModule, KycModule],
  controllers: [FreezesController, RecoveriesController, TransfersController, InvestorClaimsController],
  providers: [
    Freezes,
    FreezeTracking,
    Recoveries,
    Recovering,
    RecoverySteps,
    RecoveryProof,
    TransferPreviews,
    ClaimRevocations,
    ComplianceHolds,
  ],
})
export class ComplianceModule {}
