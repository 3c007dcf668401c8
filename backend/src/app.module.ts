import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { ChainModule } from './chain/chain.module.js';
import { KycModule } from './kyc/kyc.module.js';
import { PartiesModule } from './parties/parties.module.js';
import type { Config } from './platform/config.js';
import { PlatformModule } from './platform/platform.module.js';

/** Every feature has its line here. */
const FEATURES: Type[] = [ChainModule, PartiesModule, KycModule];

@Module({})
export class AppModule {
  static for(config: Config, further: Type[] = []): DynamicModule {
    return { module: AppModule, imports: [PlatformModule.for(config), ...FEATURES, ...further] };
  }
}
