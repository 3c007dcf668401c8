import { Module } from '@nestjs/common';
import { AssetsModule } from '../assets/assets.module.js';
import { ChainModule } from '../chain/chain.module.js';
import { PartiesModule } from '../parties/parties.module.js';
import { CapTables } from './cap-tables.service.js';
import { ReportsController } from './reports.controller.js';

@Module({ imports: [ChainModule, AssetsModule, PartiesModule], controllers: [ReportsController], providers: [CapTables] })
export class ReportsModule {}
