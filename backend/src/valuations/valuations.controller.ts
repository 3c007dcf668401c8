import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Actor } from '../platform/auth/actor.js';
import { Requires } from '../platform/auth/auth.guard.js';
import { Returns } from '../platform/http/returns.js';
import { Id } from '../platform/schema/fields.js';
import { AddAppraisal, AppraisalView, FeedProposal, RoundView, SetFeed, ValuationView } from './valuations.schema.js';
import { Valuations } from './valuations.service.js';

@ApiTags('valuations')
@Controller('v1/instruments/:id')
export class InstrumentValuationsController {
  constructor(private readonly valuations: Valuations) {}

  @Post('feed')
  @Requires('valuation:write')
  @Returns(FeedProposal, 202)
  setFeed(@Param('id', { schema: Id }) id: string, @Body({ schema: SetFeed }) body: SetFeed, @Actor() actor: Actor): Promise<FeedProposal> {
    return this.valuations.proposeFeed(id, body, actor);
  }

  @Get('valuation')
  @Requires('valuation:read')
  @Returns(ValuationView)
  valuation(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<ValuationView> {
    return this.valuations.valuation(id, actor);
  }

  @Get('rounds')
  @Requires('valuation:read')
  @Returns(z.array(RoundView))
  rounds(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<RoundView[]> {
    return this.valuations.rounds(id, actor);
  }
}

@ApiTags('valuations')
@Controller('v1/assets/:id/valuations')
export class AppraisalsController {
  constructor(private readonly valuations: Valuations) {}

  @Post()
  @Requires('valuation:write')
  @Returns(AppraisalView, 201)
  add(
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: AddAppraisal }) body: AddAppraisal,
    @Actor() actor: Actor,
  ): Promise<AppraisalView> {
    return this.valuations.appraise(id, body, actor);
  }

  @Get()
  @Requires('valuation:read')
  @Returns(z.array(AppraisalView))
  list(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<AppraisalView[]> {
    return this.valuations.appraisals(id, actor);
  }
}
