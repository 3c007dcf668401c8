import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Actor } from '../auth/actor.js';
import { Requires } from '../auth/auth.guard.js';
import { Returns } from '../http/returns.js';
import { Id } from '../schema/fields.js';
import { page } from '../schema/page.js';
import { ApprovalQuery, ApprovalView, Approve, Reject } from './approvals.schema.js';
import { Approvals } from './approvals.service.js';

@ApiTags('approvals')
@Controller('v1/approvals')
export class ApprovalsController {
  constructor(private readonly approvals: Approvals) {}

  @Get()
  @Requires('approval:read')
  @Returns(page(ApprovalView))
  list(
    @Query({ schema: ApprovalQuery }) query: ApprovalQuery,
    @Actor() actor: Actor,
  ): Promise<{ items: ApprovalView[]; next: string | null }> {
    return this.approvals.list(query, actor);
  }

  @Get(':id')
  @Requires('approval:read')
  @Returns(ApprovalView)
  get(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<ApprovalView> {
    return this.approvals.get(id, actor);
  }

  @Post(':id/approve')
  @Requires('approval:decide')
  @Returns(ApprovalView)
  approve(@Param('id', { schema: Id }) id: string, @Body({ schema: Approve }) body: Approve, @Actor() actor: Actor): Promise<ApprovalView> {
    return this.approvals.approve(id, body, actor);
  }

  @Post(':id/reject')
  @Requires('approval:decide')
  @Returns(ApprovalView)
  reject(@Param('id', { schema: Id }) id: string, @Body({ schema: Reject }) body: Reject, @Actor() actor: Actor): Promise<ApprovalView> {
    return this.approvals.reject(id, body.reason, actor);
  }

  @Post(':id/cancel')
  @Requires('approval:decide')
  @Returns(ApprovalView)
  cancel(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<ApprovalView> {
    return this.approvals.cancel(id, actor);
  }
}
