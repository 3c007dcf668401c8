import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../platform/config.js';
import { NotFound } from '../../platform/problem.js';
import type { KycProvider } from './kyc-provider.js';
import { Simulator } from './simulator.js';
import { Sumsub } from './sumsub.js';

/** The providers of this installation: new cases go to the active one, old ones stay with theirs. */
@Injectable()
export class KycProviders {
  private readonly all: Map<string, KycProvider>;

  constructor(
    @Inject(Config) private readonly config: Config,
    simulator: Simulator,
  ) {
    const providers: KycProvider[] = [new Sumsub(config.kyc.sumsub), ...(config.production ? [] : [simulator])];
    this.all = new Map(providers.map((provider) => [provider.id, provider]));
  }

  get active(): KycProvider {
    return this.byId(this.config.kyc.provider);
  }

  /** @throws NotFound PROVIDER_UNKNOWN */
  byId(id: string): KycProvider {
    const provider = this.all.get(id);
    if (!provider) throw new NotFound('PROVIDER_UNKNOWN', `There is no provider ${id} here.`);
    return provider;
  }
}
