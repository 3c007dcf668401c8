import { Module } from '@nestjs/common';
import { AssetsModule } from '../assets/assets.module.js';
import { ChainModule } from '../chain/chain.module.js';
import { Appraisals } from './appraisals.service.js';
import { Corrections } from './corrections.service.js';
import { Evidence } from './evidence.service.js';
import { FeedDecisionOutcome } from './feed-decision.workflow.js';
import { FeedDecisions } from './feed-decisions.service.js';
import { Feeds } from './feeds.service.js';
import { Rounds } from './rounds.service.js';
import { AppraisalsController, FeedDecisionsController, InstrumentValuationsController } from './valuations.controller.js';
import { Valuations } from './valuations.service.js';

@Module({
  imports: [ChainModule, AssetsModule],
  controllers: [InstrumentValuationsController, FeedDecisionsController, AppraisalsController],
  providers: [Feeds, Rounds, Valuations, FeedDecisions, FeedDecisionOutcome, Corrections, Evidence, Appraisals],
  exports: [Valuations, Feeds, Rounds],
})
export class ValuationsModule {}
