import { Module } from '@nestjs/common';
import { AssetsModule } from '../assets/assets.module.js';
import { ChainModule } from '../chain/chain.module.js';
import { PartiesModule } from '../parties/parties.module.js';
import { DistributionsCheck } from './distributions.check.js';
import { DistributionsController, EntitlementsController, WithholdingRatesController } from './distributions.controller.js';
import { DistributionsFollower } from './distributions.follower.js';
import { Distributions } from './distributions.service.js';
import { Entitlements } from './entitlements.service.js';
import { DistributionPayment } from './payment.workflow.js';
import { RecordDate } from './record-date.workflow.js';
import { WithholdingRates } from './withholding-rates.service.js';

@Module({
  imports: [ChainModule, AssetsModule, PartiesModule],
  controllers: [DistributionsController, EntitlementsController, WithholdingRatesController],
  providers: [Distributions, Entitlements, WithholdingRates, RecordDate, DistributionPayment, DistributionsFollower, DistributionsCheck],
})
export class DistributionsModule {}
