import { Module } from '@nestjs/common';
import { AssetsModule } from '../assets/assets.module.js';
import { ChainModule } from '../chain/chain.module.js';
import { PartiesModule } from '../parties/parties.module.js';
import { ValuationsModule } from '../valuations/valuations.module.js';
import { DealingController } from './dealing.controller.js';
import { Dealing } from './dealing.service.js';
import { DealingOnChain } from './dealing.workflow.js';

@Module({
  imports: [ChainModule, AssetsModule, PartiesModule, ValuationsModule],
  controllers: [DealingController],
  providers: [Dealing, DealingOnChain],
})
export class DealingModule {}
