import { Module } from '@nestjs/common';
import { ChainModule } from '../chain/chain.module.js';
import { Investors } from './investors.service.js';
import { InvestorsController } from './parties.controller.js';
import { Registries } from './registries.js';
import { TaxForms } from './tax-forms.service.js';
import { WalletHolds } from './wallet-holds.js';
import { WalletRegistration } from './wallet-registration.workflow.js';
import { Wallets } from './wallets.service.js';

@Module({
  imports: [ChainModule],
  controllers: [InvestorsController],
  providers: [Investors, Wallets, WalletHolds, WalletRegistration, Registries, TaxForms],
  exports: [Investors, Wallets, WalletHolds, WalletRegistration, Registries, TaxForms],
})
export class PartiesModule {}
