import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Hex } from 'viem';
import { z } from 'zod';
import { Actor } from '../platform/auth/actor.js';
import { Requires } from '../platform/auth/auth.guard.js';
import { Returns } from '../platform/http/returns.js';
import { Bytes32, Id } from '../platform/schema/fields.js';
import { PageQuery, page } from '../platform/schema/page.js';
import { Appraisals } from './appraisals.service.js';
import { Corrections } from './corrections.service.js';
import { Evidence } from './evidence.service.js';
import { DecideFeed, FeedDecisionView, InvalidateRound, RoundNumber } from './feed-decisions.schema.js';
import { FeedDecisions } from './feed-decisions.service.js';
import { Rounds } from './rounds.service.js';
import {
  AddAppraisal,
  AddEvidence,
  AppraisalView,
  CorrectionView,
  CorrectRound,
  EvidenceContent,
  EvidenceView,
  FeedProposal,
  RoundView,
  SetFeed,
  ValuationView,
} from './valuations.schema.js';
import { Valuations } from './valuations.service.js';

@ApiTags('valuations')
@Controller('v1/instruments/:id')
export class InstrumentValuationsController {
  constructor(
    private readonly valuations: Valuations,
    private readonly rounds: Rounds,
    private readonly decisions: FeedDecisions,
    private readonly corrections: Corrections,
    private readonly evidence: Evidence,
  ) {}

  @Post('feed')
  @Requires('valuation:write')
  @Returns(FeedProposal, 202)
  setFeed(@Param('id', { schema: Id }) id: string, @Body({ schema: SetFeed }) body: SetFeed, @Actor() actor: Actor): Promise<FeedProposal> {
    return this.decisions.proposeFeed(id, body, actor);
  }

  @Post('feed/halt')
  @Requires('feed:halt')
  @Returns(FeedDecisionView, 202)
  halt(
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: DecideFeed }) body: DecideFeed,
    @Actor() actor: Actor,
  ): Promise<FeedDecisionView> {
    return this.decisions.halt(id, body, actor);
  }

  @Post('feed/resume')
  @Requires('round:request')
  @Returns(FeedDecisionView, 202)
  resume(
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: DecideFeed }) body: DecideFeed,
    @Actor() actor: Actor,
  ): Promise<FeedDecisionView> {
    return this.decisions.proposeResumption(id, body, actor);
  }

  @Get('feed/decisions')
  @Requires('valuation:read')
  @Returns(page(FeedDecisionView))
  listDecisions(
    @Param('id', { schema: Id }) id: string,
    @Query({ schema: PageQuery }) query: PageQuery,
    @Actor() actor: Actor,
  ): Promise<{ items: FeedDecisionView[]; next: string | null }> {
    return this.decisions.list(id, query, actor);
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
  listRounds(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<RoundView[]> {
    return this.rounds.list(id, actor);
  }

  @Post('rounds/:round/approve')
  @Requires('round:request')
  @Returns(FeedDecisionView, 202)
  approve(
    @Param('id', { schema: Id }) id: string,
    @Param('round', { schema: RoundNumber }) round: number,
    @Body({ schema: DecideFeed }) body: DecideFeed,
    @Actor() actor: Actor,
  ): Promise<FeedDecisionView> {
    return this.decisions.proposeApproval(id, round, body, actor);
  }

  @Post('rounds/:round/invalidate')
  @Requires('round:request')
  @Returns(FeedDecisionView, 202)
  invalidate(
    @Param('id', { schema: Id }) id: string,
    @Param('round', { schema: RoundNumber }) round: number,
    @Body({ schema: InvalidateRound }) body: InvalidateRound,
    @Actor() actor: Actor,
  ): Promise<FeedDecisionView> {
    return this.decisions.proposeInvalidation(id, round, body, actor);
  }

  @Post('corrections')
  @Requires('valuation:write')
  @Returns(CorrectionView, 201)
  correct(
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: CorrectRound }) body: CorrectRound,
    @Actor() actor: Actor,
  ): Promise<CorrectionView> {
    return this.corrections.add(id, body, actor);
  }

  @Get('corrections')
  @Requires('valuation:read')
  @Returns(z.array(CorrectionView))
  listCorrections(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<CorrectionView[]> {
    return this.corrections.list(id, actor);
  }

  @Post('evidence')
  @Requires('evidence:write')
  @Returns(EvidenceView, 201)
  addEvidence(
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: AddEvidence }) body: AddEvidence,
    @Actor() actor: Actor,
  ): Promise<EvidenceView> {
    return this.evidence.add(id, body, actor);
  }

  @Get('evidence/:hash')
  @Requires('valuation:read')
  @Returns(EvidenceContent)
  getEvidence(
    @Param('id', { schema: Id }) id: string,
    @Param('hash', { schema: Bytes32 }) hash: Hex,
    @Actor() actor: Actor,
  ): Promise<EvidenceContent> {
    return this.evidence.content(id, hash, actor);
  }
}

@ApiTags('valuations')
@Controller('v1/feed-decisions')
export class FeedDecisionsController {
  constructor(private readonly decisions: FeedDecisions) {}

  @Get(':id')
  @Requires('valuation:read')
  @Returns(FeedDecisionView)
  get(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<FeedDecisionView> {
    return this.decisions.get(id, actor);
  }
}

@ApiTags('valuations')
@Controller('v1/assets/:id/valuations')
export class AppraisalsController {
  constructor(private readonly appraisals: Appraisals) {}

  @Post()
  @Requires('valuation:write')
  @Returns(AppraisalView, 201)
  add(
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: AddAppraisal }) body: AddAppraisal,
    @Actor() actor: Actor,
  ): Promise<AppraisalView> {
    return this.appraisals.add(id, body, actor);
  }

  @Get()
  @Requires('valuation:read')
  @Returns(z.array(AppraisalView))
  list(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<AppraisalView[]> {
    return this.appraisals.list(id, actor);
  }
}
