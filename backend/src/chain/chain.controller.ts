import { Controller, Get, HttpStatus, Param, Query, Res } from '@nestjs/common';
import { ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Actor } from '../platform/auth/actor.js';
import { Requires } from '../platform/auth/auth.guard.js';
import { Returns } from '../platform/http/returns.js';
import { Id } from '../platform/schema/fields.js';
import { PageQuery, page } from '../platform/schema/page.js';
import { AuditAnchors, AuditAnchorView } from './audit-anchors.js';
import { ChainHealth, ChainHealthView } from './chain-health.js';
import { type Operation, OperationView } from './operation.js';
import { Operations } from './operations.js';

@ApiTags('operations')
@Controller('v1/operations')
export class OperationsController {
  constructor(private readonly operations: Operations) {}

  @Get(':id')
  @Requires('operation:read')
  @Returns(OperationView)
  get(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<Operation> {
    return this.operations.read(id, actor);
  }
}

@ApiTags('health')
@Controller('v1/health/chain')
export class ChainHealthController {
  constructor(private readonly health: ChainHealth) {}

  @Get()
  @Requires('chain:read')
  @Returns(ChainHealthView)
  @ApiServiceUnavailableResponse({ description: 'Something is wrong: see `troubles`.', standardSchema: ChainHealthView })
  async check(@Res({ passthrough: true }) reply: FastifyReply): Promise<ChainHealthView> {
    const state = await this.health.check();
    if (state.status === 'down') void reply.status(HttpStatus.SERVICE_UNAVAILABLE);
    return state;
  }
}

@ApiTags('audit')
@Controller('v1/audit-anchors')
export class AuditAnchorsController {
  constructor(private readonly anchors: AuditAnchors) {}

  @Get()
  @Requires('audit:read')
  @Returns(page(AuditAnchorView))
  list(@Query({ schema: PageQuery }) query: PageQuery): Promise<{ items: AuditAnchorView[]; next: string | null }> {
    return this.anchors.list(query);
  }
}
