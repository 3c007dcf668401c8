import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Actor } from '../platform/auth/actor.js';
import { Requires } from '../platform/auth/auth.guard.js';
import { Returns } from '../platform/http/returns.js';
import { Id } from '../platform/schema/fields.js';
import { PageQuery, page } from '../platform/schema/page.js';
import { ClaimRevocations } from './claim-revocations.service.js';
import {
  ClaimTopic,
  CreateFreeze,
  CreateRecovery,
  FreezeQuery,
  FreezeView,
  PreviewTransfer,
  RecoveryView,
  RecoveryWallets,
  ReleaseFreeze,
  Requested,
  RevokeClaim,
  TransferPreview,
  TypedData,
} from './compliance.schema.js';
import { Freezes } from './freezes.service.js';
import { TransferPreviews } from './previews.service.js';
import { Recoveries } from './recoveries.service.js';

@ApiTags('freezes')
@Controller('v1/freezes')
export class FreezesController {
  constructor(private readonly freezes: Freezes) {}

  @Post()
  @Requires('freeze:make')
  @Returns(FreezeView, 202)
  freeze(@Body({ schema: CreateFreeze }) body: CreateFreeze, @Actor() actor: Actor): Promise<FreezeView> {
    return this.freezes.freeze(body, actor);
  }

  @Get()
  @Requires('freeze:read')
  @Returns(page(FreezeView))
  list(@Query({ schema: FreezeQuery }) query: FreezeQuery, @Actor() actor: Actor): Promise<{ items: FreezeView[]; next: string | null }> {
    return this.freezes.list(query, actor);
  }

  @Get(':id')
  @Requires('freeze:read')
  @Returns(FreezeView)
  get(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<FreezeView> {
    return this.freezes.get(id, actor);
  }

  @Post(':id/release')
  @Requires('freeze:make')
  @Returns(FreezeView, 202)
  release(
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: ReleaseFreeze }) body: ReleaseFreeze,
    @Actor() actor: Actor,
  ): Promise<FreezeView> {
    return this.freezes.requestRelease(id, body, actor);
  }
}

@ApiTags('wallet-recoveries')
@Controller('v1/wallet-recoveries')
export class RecoveriesController {
  constructor(private readonly recoveries: Recoveries) {}

  @Get('typed-data')
  @Requires('recovery:prepare')
  @Returns(TypedData)
  typedData(@Query({ schema: RecoveryWallets }) query: RecoveryWallets, @Actor() actor: Actor): Promise<TypedData> {
    return this.recoveries.typedData(query, actor);
  }

  @Post()
  @Requires('recovery:request')
  @Returns(RecoveryView, 202)
  request(@Body({ schema: CreateRecovery }) body: CreateRecovery, @Actor() actor: Actor): Promise<RecoveryView> {
    return this.recoveries.request(body, actor);
  }

  @Get()
  @Requires('recovery:read')
  @Returns(page(RecoveryView))
  list(@Query({ schema: PageQuery }) query: PageQuery, @Actor() actor: Actor): Promise<{ items: RecoveryView[]; next: string | null }> {
    return this.recoveries.list(query, actor);
  }

  @Get(':id')
  @Requires('recovery:read')
  @Returns(RecoveryView)
  get(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<RecoveryView> {
    return this.recoveries.get(id, actor);
  }
}

@ApiTags('transfers')
@Controller('v1/transfers')
export class TransfersController {
  constructor(private readonly previews: TransferPreviews) {}

  @Post('preview')
  @Requires('transfer:preview')
  @Returns(TransferPreview)
  preview(@Body({ schema: PreviewTransfer }) body: PreviewTransfer, @Actor() actor: Actor): Promise<TransferPreview> {
    return this.previews.preview(body, actor);
  }
}

@ApiTags('investors')
@Controller('v1/investors')
export class InvestorClaimsController {
  constructor(private readonly revocations: ClaimRevocations) {}

  @Post(':id/claims/:topic/revoke')
  @Requires('claim:request')
  @Returns(Requested, 202)
  revoke(
    @Param('id', { schema: Id }) id: string,
    @Param('topic', { schema: ClaimTopic }) topic: number,
    @Body({ schema: RevokeClaim }) body: RevokeClaim,
    @Actor() actor: Actor,
  ): Promise<{ approvalId: string }> {
    return this.revocations.request(id, topic, body, actor);
  }
}
