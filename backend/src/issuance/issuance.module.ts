import { Module } from '@nestjs/common';
import { AssetsModule } from '../assets/assets.module.js';
import { ChainModule } from '../chain/chain.module.js';
import { PartiesModule } from '../parties/parties.module.js';
import { ValuationsModule } from '../valuations/valuations.module.js';
import { OfferingsController, SubscriptionsController } from './issuance.controller.js';
import { IssuanceFollower } from './issuance.follower.js';
import { OfferingSettlement } from './offering-settlement.workflow.js';
import { OfferingTracking } from './offering-tracking.workflow.js';
import { Offerings } from './offerings.service.js';
import { Subscriptions } from './subscriptions.service.js';

@Module({
  imports: [ChainModule, AssetsModule, PartiesModule, ValuationsModule],
  controllers: [OfferingsController, SubscriptionsController],
  providers: [Offerings, Subscriptions, OfferingSettlement, OfferingTracking, IssuanceFollower],
})
export class IssuanceModule {}
