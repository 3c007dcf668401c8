import { Module } from '@nestjs/common';
import { AssetsModule } from '../assets/assets.module.js';
import { ChainModule } from '../chain/chain.module.js';
import { AppraisalsController, InstrumentValuationsController } from './valuations.controller.js';
import { Valuations } from './valuations.service.js';

@Module({
  imports: [ChainModule, AssetsModule],
  controllers: [InstrumentValuationsController, AppraisalsController],
  providers: [Valuations],
  exports: [Valuations],
})
export class ValuationsModule {}
