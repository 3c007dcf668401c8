import { Controller, Get, Injectable } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { HealthCheck, type HealthCheckResult, HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import { sql } from 'drizzle-orm';
import { Public } from '../auth/auth.guard.js';
import { Database } from '../database/database.js';
import { Limit } from '../http/rate-limit.js';

/** What else has to answer for the service to be well: `healthChecks.add('chain', async () => ({ block: '123' }))`; throwing is "down". */
@Injectable()
export class HealthChecks {
  readonly checks = new Map<string, () => Promise<Record<string, unknown>>>();

  add(name: string, check: () => Promise<Record<string, unknown>>): void {
    this.checks.set(name, check);
  }
}

@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly database: Database,
    private readonly further: HealthChecks,
  ) {}

  @Get()
  @Public()
  @Limit('health')
  // Its own documentation shows a failure as Terminus throws it, not as the problem document it becomes.
  @HealthCheck({ swaggerDocumentation: false })
  @ApiOkResponse({ description: 'Every part answers.' })
  check(): Promise<HealthCheckResult> {
    const database = async () => {
      await this.database.query.execute(sql`select 1`);
      return {};
    };
    return this.health.check(
      [...new Map([['database', database], ...this.further.checks])].map(
        ([name, check]) =>
          () =>
            this.ask(name, check),
      ),
    );
  }

  private async ask(name: string, check: () => Promise<Record<string, unknown>>) {
    const indicator = this.indicators.check(name);
    try {
      return indicator.up(await check());
    } catch (error) {
      return indicator.down({ reason: error instanceof Error ? error.name : 'unknown' });
    }
  }
}
