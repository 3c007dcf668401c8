import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Actor } from '../platform/auth/actor.js';
import { Requires } from '../platform/auth/auth.guard.js';
import { Returns } from '../platform/http/returns.js';
import { Id } from '../platform/schema/fields.js';
import { PageQuery, page } from '../platform/schema/page.js';
import {
  AddWithholdingRate,
  ClaimInstructions,
  CreateDistribution,
  DistributionView,
  EntitlementQuery,
  EntitlementView,
  WithholdingRateView,
} from './distributions.schema.js';
import { Distributions } from './distributions.service.js';
import { Entitlements } from './entitlements.service.js';
import { WithholdingRates } from './withholding-rates.service.js';

@ApiTags('distributions')
@Controller('v1/distributions')
export class DistributionsController {
  constructor(private readonly distributions: Distributions) {}

  @Post()
  @Requires('distribution:write')
  @Returns(DistributionView, 201)
  declare(@Body({ schema: CreateDistribution }) body: CreateDistribution, @Actor() actor: Actor): Promise<DistributionView> {
    return this.distributions.declare(body, actor);
  }

  @Get()
  @Requires('distribution:read')
  @Returns(page(DistributionView))
  list(@Query({ schema: PageQuery }) query: PageQuery, @Actor() actor: Actor): Promise<{ items: DistributionView[]; next: string | null }> {
    return this.distributions.list(query, actor);
  }

  @Get(':id')
  @Requires('distribution:read')
  @Returns(DistributionView)
  get(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<DistributionView> {
    return this.distributions.get(id, actor);
  }

  @Post(':id/snapshot')
  @Requires('distribution:write')
  @Returns(DistributionView, 202)
  record(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<DistributionView> {
    return this.distributions.record(id, actor);
  }

  @Post(':id/submit')
  @Requires('distribution:write')
  @Returns(DistributionView)
  submit(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<DistributionView> {
    return this.distributions.submit(id, actor);
  }

  @Post(':id/fund')
  @Requires('distribution:write')
  @Returns(DistributionView, 202)
  fund(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<DistributionView> {
    return this.distributions.fund(id, actor);
  }

  @Post(':id/pay')
  @Requires('distribution:write')
  @Returns(DistributionView, 202)
  pay(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<DistributionView> {
    return this.distributions.pay(id, actor);
  }

  @Post(':id/retry')
  @Requires('distribution:write')
  @Returns(DistributionView, 202)
  retry(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<DistributionView> {
    return this.distributions.retry(id, actor);
  }

  @Post(':id/cancel')
  @Requires('distribution:write')
  @Returns(DistributionView, 202)
  cancel(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<DistributionView> {
    return this.distributions.cancel(id, actor);
  }
}

@ApiTags('distributions')
@Controller('v1/entitlements')
export class EntitlementsController {
  constructor(private readonly entitlements: Entitlements) {}

  @Get()
  @Requires('entitlement:view')
  @Returns(page(EntitlementView))
  list(
    @Query({ schema: EntitlementQuery }) query: EntitlementQuery,
    @Actor() actor: Actor,
  ): Promise<{ items: EntitlementView[]; next: string | null }> {
    return this.entitlements.list(query, actor);
  }

  @Get(':id/claim')
  @Requires('entitlement:own')
  @Returns(ClaimInstructions)
  claim(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<ClaimInstructions> {
    return this.entitlements.claim(id, actor);
  }
}

@ApiTags('distributions')
@Controller('v1/withholding-rates')
export class WithholdingRatesController {
  constructor(private readonly rates: WithholdingRates) {}

  @Post()
  @Requires('withholding-rate:write')
  @Returns(WithholdingRateView, 201)
  add(@Body({ schema: AddWithholdingRate }) body: AddWithholdingRate, @Actor() actor: Actor): Promise<WithholdingRateView> {
    return this.rates.add(body, actor);
  }

  @Get()
  @Requires('distribution:read')
  @Returns(page(WithholdingRateView))
  list(@Query({ schema: PageQuery }) query: PageQuery): Promise<{ items: WithholdingRateView[]; next: string | null }> {
    return this.rates.list(query);
  }
}
