import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Actor } from '../platform/auth/actor.js';
import { Requires } from '../platform/auth/auth.guard.js';
import { Returns } from '../platform/http/returns.js';
import { Id } from '../platform/schema/fields.js';
import { PageQuery, page } from '../platform/schema/page.js';
import {
  AllocationView,
  CreateOffering,
  CreateSubscription,
  OfferingView,
  SignSubscription,
  SubscriptionQuery,
  SubscriptionView,
} from './issuance.schema.js';
import { Offerings } from './offerings.service.js';
import { Subscriptions } from './subscriptions.service.js';

@ApiTags('offerings')
@Controller('v1/offerings')
export class OfferingsController {
  constructor(private readonly offerings: Offerings) {}

  @Post()
  @Requires('offering:write')
  @Returns(OfferingView, 201)
  create(@Body({ schema: CreateOffering }) body: CreateOffering, @Actor() actor: Actor): Promise<OfferingView> {
    return this.offerings.create(body, actor);
  }

  @Get()
  @Requires('offering:read')
  @Returns(page(OfferingView))
  list(@Query({ schema: PageQuery }) query: PageQuery, @Actor() actor: Actor): Promise<{ items: OfferingView[]; next: string | null }> {
    return this.offerings.list(query, actor);
  }

  @Get(':id')
  @Requires('offering:read')
  @Returns(OfferingView)
  get(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<OfferingView> {
    return this.offerings.get(id, actor);
  }

  @Post(':id/open')
  @Requires('offering:write')
  @Returns(OfferingView, 202)
  open(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<OfferingView> {
    return this.offerings.open(id, actor);
  }

  @Post(':id/close')
  @Requires('offering:write')
  @Returns(OfferingView, 202)
  close(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<OfferingView> {
    return this.offerings.close(id, actor);
  }

  @Post(':id/cancel')
  @Requires('offering:write')
  @Returns(OfferingView, 202)
  cancel(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<OfferingView> {
    return this.offerings.cancel(id, actor);
  }

  @Get(':id/allocation')
  @Requires('subscription:read')
  @Returns(AllocationView)
  allocation(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<AllocationView> {
    return this.offerings.allocationOf(id, actor);
  }

  @Post(':id/allocate')
  @Requires('offering:write')
  @Returns(OfferingView, 202)
  allocate(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<OfferingView> {
    return this.offerings.allocate(id, actor);
  }

  @Post(':id/settle')
  @Requires('offering:write')
  @Returns(OfferingView, 202)
  settle(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<OfferingView> {
    return this.offerings.settle(id, actor);
  }

  @Post(':id/refund')
  @Requires('offering:write')
  @Returns(OfferingView, 202)
  refund(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<OfferingView> {
    return this.offerings.refund(id, actor);
  }
}

@ApiTags('subscriptions')
@Controller('v1/subscriptions')
export class SubscriptionsController {
  constructor(private readonly subscriptions: Subscriptions) {}

  @Post()
  @Requires('subscription:own')
  @Returns(SubscriptionView, 201)
  create(@Body({ schema: CreateSubscription }) body: CreateSubscription, @Actor() actor: Actor): Promise<SubscriptionView> {
    return this.subscriptions.create(body, actor);
  }

  @Get()
  @Requires('subscription:view')
  @Returns(page(SubscriptionView))
  list(
    @Query({ schema: SubscriptionQuery }) query: SubscriptionQuery,
    @Actor() actor: Actor,
  ): Promise<{ items: SubscriptionView[]; next: string | null }> {
    return this.subscriptions.list(query, actor);
  }

  @Get(':id')
  @Requires('subscription:view')
  @Returns(SubscriptionView)
  get(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<SubscriptionView> {
    return this.subscriptions.get(id, actor);
  }

  @Post(':id/sign')
  @Requires('subscription:own')
  @Returns(SubscriptionView)
  sign(
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: SignSubscription }) body: SignSubscription,
    @Actor() actor: Actor,
  ): Promise<SubscriptionView> {
    return this.subscriptions.sign(id, body, actor);
  }

  @Post(':id/withdraw')
  @Requires('subscription:own')
  @Returns(SubscriptionView)
  withdraw(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<SubscriptionView> {
    return this.subscriptions.withdraw(id, actor);
  }

  @Post(':id/settle')
  @Requires('subscription:decide')
  @Returns(SubscriptionView, 202)
  settle(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<SubscriptionView> {
    return this.subscriptions.resolve(id, 'settle', actor);
  }

  @Post(':id/refund')
  @Requires('subscription:decide')
  @Returns(SubscriptionView, 202)
  refund(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<SubscriptionView> {
    return this.subscriptions.resolve(id, 'refund', actor);
  }
}
