import { Injectable } from '@nestjs/common';
import type { Address } from 'viem';
import { Projection } from '../chain/projection/projection.js';

/** Through which registry investors enter the identity storage that all instruments share: that of the instrument deployed first. */
@Injectable()
export class Registries {
  constructor(private readonly projection: Projection) {}

  /** @returns undefined while no instrument is deployed */
  async first(): Promise<Address | undefined> {
    const [deployed] = await this.projection.events({ name: 'TREXSuiteDeployed' });
    if (!deployed) return undefined;
    const { registry } = await this.projection.suiteOf(deployed.args.token as Address);
    return registry ?? undefined;
  }
}
