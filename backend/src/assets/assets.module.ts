import { Module } from '@nestjs/common';
import { ChainModule } from '../chain/chain.module.js';
import { AssetsController, DocumentsController, InstrumentsController } from './assets.controller.js';
import { Assets } from './assets.service.js';
import { Documents } from './documents.service.js';
import { InstrumentDeployment } from './instrument-deployment.workflow.js';
import { Instruments } from './instruments.service.js';

@Module({
  imports: [ChainModule],
  controllers: [AssetsController, DocumentsController, InstrumentsController],
  providers: [Assets, Documents, Instruments, InstrumentDeployment],
  exports: [Assets, Documents, Instruments],
})
export class AssetsModule {}
