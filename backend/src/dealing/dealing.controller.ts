import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Actor } from '../platform/auth/actor.js';
import { Requires } from '../platform/auth/auth.guard.js';
import { Returns } from '../platform/http/returns.js';
import { Id } from '../platform/schema/fields.js';
import { PageQuery, page } from '../platform/schema/page.js';
import {
  AskRedemption,
  AskSubscription,
  DealingInstructions,
  DealingProposal,
  DealingRequestView,
  DeskView,
  OpenDesk,
  RefundRequest,
  RetryRequests,
  SettleDesk,
  WithdrawMoney,
} from './dealing.schema.js';
import { Dealing } from './dealing.service.js';

@ApiTags('dealing')
@Controller('v1/dealing-desks')
export class DealingController {
  constructor(private readonly dealing: Dealing) {}

  @Post()
  @Requires('dealing:write')
  @Returns(DeskView, 201)
  create(@Body({ schema: OpenDesk }) body: OpenDesk, @Actor() actor: Actor): Promise<DeskView> {
    return this.dealing.create(body, actor);
  }

  @Get()
  @Requires('dealing:view')
  @Returns(page(DeskView))
  list(@Query({ schema: PageQuery }) query: PageQuery, @Actor() actor: Actor): Promise<{ items: DeskView[]; next: string | null }> {
    return this.dealing.list(query, actor);
  }

  @Get(':id')
  @Requires('dealing:view')
  @Returns(DeskView)
  get(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<DeskView> {
    return this.dealing.get(id, actor);
  }

  @Get(':id/requests')
  @Requires('dealing:view')
  @Returns(z.array(DealingRequestView))
  requests(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<DealingRequestView[]> {
    return this.dealing.requests(id, actor);
  }

  @Post(':id/subscriptions')
  @Requires('dealing:own')
  @Returns(DealingInstructions)
  subscribe(
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: AskSubscription }) body: AskSubscription,
    @Actor() actor: Actor,
  ): Promise<DealingInstructions> {
    return this.dealing.subscribe(id, body, actor);
  }

  @Post(':id/redemptions')
  @Requires('dealing:own')
  @Returns(DealingInstructions)
  redeem(
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: AskRedemption }) body: AskRedemption,
    @Actor() actor: Actor,
  ): Promise<DealingInstructions> {
    return this.dealing.redeem(id, body, actor);
  }

  @Post(':id/settle')
  @Requires('dealing:write')
  @Returns(DeskView, 202)
  settle(
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: SettleDesk }) body: SettleDesk,
    @Actor() actor: Actor,
  ): Promise<DeskView> {
    return this.dealing.settle(id, body, actor);
  }

  @Post(':id/retry')
  @Requires('dealing:write')
  @Returns(DeskView, 202)
  retry(
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: RetryRequests }) body: RetryRequests,
    @Actor() actor: Actor,
  ): Promise<DeskView> {
    return this.dealing.retry(id, body, actor);
  }

  @Post(':id/refund')
  @Requires('dealing:write')
  @Returns(DealingProposal, 202)
  refund(
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: RefundRequest }) body: RefundRequest,
    @Actor() actor: Actor,
  ): Promise<DealingProposal> {
    return this.dealing.proposeRefund(id, body, actor);
  }

  @Post(':id/withdraw')
  @Requires('dealing:write')
  @Returns(DealingProposal, 202)
  withdraw(
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: WithdrawMoney }) body: WithdrawMoney,
    @Actor() actor: Actor,
  ): Promise<DealingProposal> {
    return this.dealing.proposeWithdrawal(id, body, actor);
  }

  @Post(':id/close')
  @Requires('dealing:write')
  @Returns(DeskView, 202)
  close(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<DeskView> {
    return this.dealing.close(id, actor);
  }
}
