import { Body, Controller, Get, Headers, Param, Post, Query, type RawBodyRequest, Req } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Actor } from '../platform/auth/actor.js';
import { Public, Requires } from '../platform/auth/auth.guard.js';
import { Limit } from '../platform/http/rate-limit.js';
import { Returns } from '../platform/http/returns.js';
import { WithoutIdempotencyKey } from '../platform/http/unit-of-work.interceptor.js';
import { Id } from '../platform/schema/fields.js';
import { page } from '../platform/schema/page.js';
import {
  Approve,
  CreateKycCase,
  Dispose,
  DisposedHit,
  KycCaseDetail,
  KycCaseQuery,
  KycCaseView,
  Reason,
  Received,
  Recommend,
  SimulatedVerification,
  VerificationRef,
  WebhookProvider,
} from './kyc.schema.js';
import { KycCaseReader } from './kyc-case.reader.js';
import { KycCases } from './kyc-cases.service.js';
import { KycDecisions } from './kyc-decisions.service.js';
import type { RawHeaders } from './providers/kyc-provider.js';
import { Screening } from './screening/screening.service.js';
import { Simulation } from './simulation.service.js';
import { Webhooks } from './webhooks.service.js';

@ApiTags('kyc-cases')
@Controller('v1/kyc-cases')
export class KycCasesController {
  constructor(
    private readonly cases: KycCases,
    private readonly decisions: KycDecisions,
    private readonly screening: Screening,
    private readonly reader: KycCaseReader,
  ) {}

  @Post()
  @Requires('kyc:own')
  @Returns(KycCaseView, 201)
  create(@Body({ schema: CreateKycCase }) body: CreateKycCase, @Actor() actor: Actor): Promise<KycCaseView> {
    return this.cases.create(body, actor);
  }

  @Get()
  @Requires('kyc:view')
  @Returns(page(KycCaseView))
  list(
    @Query({ schema: KycCaseQuery }) query: KycCaseQuery,
    @Actor() actor: Actor,
  ): Promise<{ items: KycCaseView[]; next: string | null }> {
    return this.reader.list(query, actor);
  }

  @Get(':id')
  @Requires('kyc:view')
  @Returns(KycCaseDetail)
  get(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<KycCaseDetail> {
    return this.reader.read(id, actor);
  }

  @Post(':id/submit')
  @Requires('kyc:own')
  @Returns(KycCaseView, 202)
  submit(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<KycCaseView> {
    return this.cases.submit(id, actor);
  }

  @Post(':id/resubmit')
  @Requires('kyc:own')
  @Returns(KycCaseView)
  resubmit(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<KycCaseView> {
    return this.cases.resubmit(id, actor);
  }

  @Post(':id/screen')
  @Requires('kyc:recommend')
  @Returns(KycCaseView)
  screen(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<KycCaseView> {
    return this.screening.screenAgain(id, actor);
  }

  @Post(':id/recommend')
  @Requires('kyc:recommend')
  @Returns(KycCaseView)
  recommend(
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: Recommend }) body: Recommend,
    @Actor() actor: Actor,
  ): Promise<KycCaseView> {
    return this.decisions.recommend(id, body, actor);
  }

  @Post(':id/approve')
  @Requires('kyc:approve')
  @Returns(KycCaseView)
  approve(@Param('id', { schema: Id }) id: string, @Body({ schema: Approve }) body: Approve, @Actor() actor: Actor): Promise<KycCaseView> {
    return this.decisions.approve(id, body, actor);
  }

  @Post(':id/reject')
  @Requires('kyc:approve')
  @Returns(KycCaseView)
  reject(@Param('id', { schema: Id }) id: string, @Body({ schema: Reason }) body: Reason, @Actor() actor: Actor): Promise<KycCaseView> {
    return this.decisions.reject(id, body, actor);
  }

  @Post(':id/hold')
  @Requires('kyc:recommend')
  @Returns(KycCaseView)
  hold(@Param('id', { schema: Id }) id: string, @Body({ schema: Reason }) body: Reason, @Actor() actor: Actor): Promise<KycCaseView> {
    return this.decisions.hold(id, body, actor);
  }

  @Post(':id/release')
  @Requires('kyc:recommend')
  @Returns(KycCaseView)
  release(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<KycCaseView> {
    return this.decisions.release(id, actor);
  }
}

@ApiTags('screening-hits')
@Controller('v1/screening-hits')
export class ScreeningHitsController {
  constructor(private readonly screening: Screening) {}

  @Post(':id/disposition')
  @Requires('kyc:recommend')
  @Returns(DisposedHit)
  dispose(@Param('id', { schema: Id }) id: string, @Body({ schema: Dispose }) body: Dispose, @Actor() actor: Actor): Promise<DisposedHit> {
    return this.screening.dispose(id, body, actor);
  }
}

@ApiTags('webhooks')
@Controller('v1/webhooks')
export class WebhooksController {
  constructor(private readonly webhooks: Webhooks) {}

  @Post(':provider')
  @Public()
  @Limit('webhooks')
  @WithoutIdempotencyKey('a delivery is known by the digest of its bytes')
  @Returns(Received)
  async receive(
    @Param('provider', { schema: WebhookProvider }) provider: string,
    @Req() request: RawBodyRequest<FastifyRequest>,
    @Headers() headers: RawHeaders,
  ): Promise<{ received: true }> {
    await this.webhooks.receive(provider, request.rawBody, headers);
    return { received: true };
  }
}

/** Exists outside of production only. */
@Controller('v1/simulator')
export class SimulatorController {
  constructor(private readonly simulation: Simulation) {}

  @Post('verifications/:ref/complete')
  @ApiExcludeEndpoint()
  @Requires('simulator:complete')
  @Returns(SimulatedVerification, 202)
  complete(@Param('ref', { schema: VerificationRef }) ref: string): Promise<SimulatedVerification> {
    return this.simulation.complete(ref);
  }
}
