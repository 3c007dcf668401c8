import { Injectable } from '@nestjs/common';
import type { Address } from 'viem';
import { Contracts } from '../chain/contracts.js';
import { Projection } from '../chain/projection/projection.js';

/** Through which registry investors enter the identity storage that all instruments share: that of the instrument deployed first. */
@Injectable()
export class Registries {
  constructor(
    private readonly projection: Projection,
    private readonly contracts: Contracts,
  ) {}

  /** @returns undefined while no instrument is deployed */
  async first(): Promise<Address | undefined> {
    const irs = this.contracts.deployment?.contracts.identityStorage;
    if (!irs) return undefined;
    // Anybody may deploy a suite on a storage of his own.
    const [deployed] = await this.projection.events({ name: 'TREXSuiteDeployed', args: { irs } });
    if (!deployed) return undefined;
    const { registry } = await this.projection.suiteOf(deployed.args.token as Address);
    return registry ?? undefined;
  }
}
