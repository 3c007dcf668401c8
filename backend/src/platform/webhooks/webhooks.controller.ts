import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Actor } from '../auth/actor.js';
import { Requires } from '../auth/auth.guard.js';
import { Returns } from '../http/returns.js';
import { Id } from '../schema/fields.js';
import { PageQuery, page } from '../schema/page.js';
import { WebhookEndpoints } from './webhook-endpoints.js';
import {
  CreateWebhookEndpoint,
  WebhookDeliveryView,
  WebhookEndpointView,
  WebhookReplayView,
  WebhookSecretView,
} from './webhooks.schema.js';

@ApiTags('webhooks')
@Controller('v1/webhook-endpoints')
export class WebhookEndpointsController {
  constructor(private readonly endpoints: WebhookEndpoints) {}

  @Post()
  @Requires('webhook:write')
  @Returns(WebhookEndpointView, 201)
  create(@Body({ schema: CreateWebhookEndpoint }) body: CreateWebhookEndpoint, @Actor() actor: Actor): Promise<WebhookEndpointView> {
    return this.endpoints.create(body, actor);
  }

  @Get()
  @Requires('webhook:read')
  @Returns(page(WebhookEndpointView))
  list(
    @Query({ schema: PageQuery }) query: PageQuery,
    @Actor() actor: Actor,
  ): Promise<{ items: WebhookEndpointView[]; next: string | null }> {
    return this.endpoints.list(query, actor);
  }

  @Get(':id/secret')
  @Requires('webhook:write')
  @Returns(WebhookSecretView)
  secret(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<WebhookSecretView> {
    return this.endpoints.secret(id, actor);
  }

  @Post(':id/rotate')
  @Requires('webhook:write')
  @Returns(WebhookEndpointView)
  rotate(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<WebhookEndpointView> {
    return this.endpoints.rotate(id, actor);
  }

  @Post(':id/disable')
  @Requires('webhook:write')
  @Returns(WebhookEndpointView)
  disable(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<WebhookEndpointView> {
    return this.endpoints.disable(id, actor);
  }

  @Post(':id/enable')
  @Requires('webhook:write')
  @Returns(WebhookEndpointView)
  enable(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<WebhookEndpointView> {
    return this.endpoints.enable(id, actor);
  }

  @Get(':id/deliveries')
  @Requires('webhook:read')
  @Returns(page(WebhookDeliveryView))
  deliveries(
    @Param('id', { schema: Id }) id: string,
    @Query({ schema: PageQuery }) query: PageQuery,
    @Actor() actor: Actor,
  ): Promise<{ items: WebhookDeliveryView[]; next: string | null }> {
    return this.endpoints.deliveries(id, query, actor);
  }

  @Post(':id/deliveries/:messageId/replay')
  @Requires('webhook:write')
  @Returns(WebhookReplayView, 202)
  replay(
    @Param('id', { schema: Id }) id: string,
    @Param('messageId', { schema: Id }) messageId: string,
    @Actor() actor: Actor,
  ): Promise<WebhookReplayView> {
    return this.endpoints.replay(id, messageId, actor);
  }
}
