import { type BeforeApplicationShutdown, Inject, Module, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { Config } from '../platform/config.js';
import { armCrashPoint } from '../platform/crash-point.js';
import { Database } from '../platform/database/database.js';
import { AuditAnchors } from './audit-anchors.js';
import { AuditAnchorsController, ChainHealthController, OperationsController } from './chain.controller.js';
import { ChainClient } from './chain-client.js';
import { ChainClock } from './chain-clock.js';
import { ChainHealth } from './chain-health.js';
import { Contracts } from './contracts.js';
import { Currencies } from './currencies.js';
import { Operations } from './operations.js';
import { Pins } from './pins.js';
import { Followers } from './projection/followers.js';
import { KnownContracts } from './projection/known-contracts.js';
import { Projection } from './projection/projection.js';
import { Projector } from './projection/projector.js';
import { ProofController } from './proof/proof.controller.js';
import { Reconciliation } from './proof/reconciliation.js';
import { Pump } from './pump.js';
import { RestrictedCalls } from './restricted-call.js';
import { ChainSettings, chainSettings } from './settings.js';
import { Signer } from './signer.js';
import { openSigner } from './signers/open-signer.js';
import { Transactions } from './transactions.js';
import { Wake } from './wake.js';

/** The only door to the chain. Features import it for `Transactions`, `Operations`, `Projection`, `Followers`, `Contracts`, `Signer`. */
@Module({
  controllers: [OperationsController, ChainHealthController, AuditAnchorsController, ProofController],
  providers: [
    { provide: ChainSettings, useFactory: chainSettings, inject: [Config] },
    { provide: Signer, useFactory: openSigner, inject: [ChainSettings] },
    AuditAnchors,
    ChainClient,
    ChainClock,
    ChainHealth,
    Contracts,
    Currencies,
    Followers,
    KnownContracts,
    Operations,
    Pins,
    Projection,
    Projector,
    Pump,
    Reconciliation,
    RestrictedCalls,
    Transactions,
    Wake,
  ],
  exports: [
    ChainClock,
    ChainSettings,
    ChainHealth,
    Contracts,
    Currencies,
    Followers,
    Operations,
    Projection,
    Reconciliation,
    RestrictedCalls,
    Signer,
    Transactions,
  ],
})
export class ChainModule implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly pins: Pins,
    private readonly pump: Pump,
    private readonly projector: Projector,
    private readonly followers: Followers,
    private readonly database: Database,
    @Inject(ChainSettings) private readonly settings: ChainSettings,
    @Inject(Config) private readonly config: Config,
  ) {}

  /** A chain that is wrong or absent at the start stops the start; one that is lost later only turns the health red. */
  async onModuleInit(): Promise<void> {
    armCrashPoint(this.config.faultKill, this.config.faultSeed);
    if (this.settings.rpcUrl) await this.pins.boot();
  }

  onApplicationBootstrap(): void {
    if (!this.settings.rpcUrl) return;
    this.database.apart(() => {
      this.pump.start();
      this.projector.start();
      this.followers.start();
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.pump.stop(), this.projector.stop(), this.followers.stop()]);
  }
}
