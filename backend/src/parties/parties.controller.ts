import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Actor } from '../platform/auth/actor.js';
import { Requires } from '../platform/auth/auth.guard.js';
import { Returns } from '../platform/http/returns.js';
import { Id } from '../platform/schema/fields.js';
import { page } from '../platform/schema/page.js';
import { Investors } from './investors.service.js';
import {
  ChallengeWallet,
  CreatedInvestor,
  CreateInvestor,
  CreateTaxForm,
  InvestorQuery,
  InvestorSummary,
  InvestorView,
  LinkWallet,
  TaxFormView,
  WalletChallenge,
  WalletView,
} from './parties.schema.js';
import { TaxForms } from './tax-forms.service.js';
import { Wallets } from './wallets.service.js';

@ApiTags('investors')
@Controller('v1/investors')
export class InvestorsController {
  constructor(
    private readonly investors: Investors,
    private readonly wallets: Wallets,
    private readonly taxForms: TaxForms,
  ) {}

  @Post()
  @Requires('party:own')
  @Returns(CreatedInvestor, 201)
  create(@Body({ schema: CreateInvestor }) body: CreateInvestor, @Actor() actor: Actor): Promise<CreatedInvestor> {
    return this.investors.create(body, actor);
  }

  @Get()
  @Requires('party:read')
  @Returns(page(InvestorSummary))
  list(
    @Query({ schema: InvestorQuery }) query: InvestorQuery,
    @Actor() actor: Actor,
  ): Promise<{ items: InvestorSummary[]; next: string | null }> {
    return this.investors.list(query, actor);
  }

  @Get('me')
  @Requires('party:own')
  @Returns(InvestorView)
  me(@Actor() actor: Actor): Promise<InvestorView> {
    return this.investors.mine(actor);
  }

  @Get(':id')
  @Requires('party:view')
  @Returns(InvestorView)
  get(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<InvestorView> {
    return this.investors.read(id, actor);
  }

  @Post(':id/wallet-challenges')
  @Requires('wallet:own')
  @Returns(WalletChallenge, 201)
  challenge(
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: ChallengeWallet }) body: ChallengeWallet,
    @Actor() actor: Actor,
  ): Promise<WalletChallenge> {
    return this.wallets.challenge(id, body, actor);
  }

  @Post(':id/wallets')
  @Requires('wallet:own')
  @Returns(WalletView, 201)
  link(
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: LinkWallet }) body: LinkWallet,
    @Actor() actor: Actor,
  ): Promise<WalletView> {
    return this.wallets.link(id, body, actor);
  }

  @Post(':id/tax-forms')
  @Requires('party:own')
  @Returns(TaxFormView, 201)
  addTaxForm(
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: CreateTaxForm }) body: CreateTaxForm,
    @Actor() actor: Actor,
  ): Promise<TaxFormView> {
    return this.taxForms.add(id, body, actor);
  }
}
