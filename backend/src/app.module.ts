import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { AssetsModule } from './assets/assets.module.js';
import { ChainModule } from './chain/chain.module.js';
import { ComplianceModule } from './compliance/compliance.module.js';
import { DealingModule } from './dealing/dealing.module.js';
import { DistributionsModule } from './distributions/distributions.module.js';
import { IssuanceModule } from './issuance/issuance.module.js';
import { KycModule } from './kyc/kyc.module.js';
import { PartiesModule } from './parties/parties.module.js';
import type { Config } from './platform/config.js';
import { PlatformModule } from './platform/platform.module.js';
import { ReportsModule } from './reports/reports.module.js';
import { ValuationsModule } from './valuations/valuations.module.js';

/** Every feature has its line here. */
const FEATURES: Type[] = [
  ChainModule,
  PartiesModule,
  KycModule,
  AssetsModule,
  ComplianceModule,
  ValuationsModule,
  IssuanceModule,
  DealingModule,
  DistributionsModule,
  ReportsModule,
];

@Module({})
export class AppModule {
  static for(config: Config, further: Type[] = []): DynamicModule {
    return { module: AppModule, imports: [PlatformModule.for(config), ...FEATURES, ...further] };
  }
}
