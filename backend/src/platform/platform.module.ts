import { type DynamicModule, Global, Module, StandardSchemaSerializerInterceptor } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, Reflector } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { LoggerModule } from 'nestjs-pino';
import { ApprovalsController } from './approvals/approvals.controller.js';
import { Approvals } from './approvals/approvals.service.js';
import { AuditController } from './audit/audit.controller.js';
import { Audit } from './audit/audit.service.js';
import { AuthController, PeopleSessionsController } from './auth/auth.controller.js';
import { AuthGuard } from './auth/auth.guard.js';
import { Oidc } from './auth/oidc.service.js';
import { People } from './auth/people.service.js';
import { Sessions } from './auth/sessions.service.js';
import { Siwe } from './auth/siwe.service.js';
import { Config } from './config.js';
import { Database } from './database/database.js';
import { HealthChecks, HealthController } from './health/health.controller.js';
import { logging } from './http/logging.js';
import { ProblemFilter } from './http/problem.filter.js';
import { RateLimitGuard, RateLimits } from './http/rate-limit.js';
import { UnitOfWorkInterceptor } from './http/unit-of-work.interceptor.js';
import { validation } from './http/validation.js';
import { Uploads } from './uploads/uploads.service.js';
import { Vault } from './vault/vault.js';
import { VaultKeys } from './vault/vault-keys.js';
import { WebhookEndpoints } from './webhooks/webhook-endpoints.js';
import { WebhookOutbox } from './webhooks/webhook-outbox.js';
import { WebhookSender } from './webhooks/webhook-sender.js';
import { WebhookEndpointsController } from './webhooks/webhooks.controller.js';
import { Processes } from './workflow/processes.js';
import { Workflows } from './workflow/workflows.js';

/** What every feature may use without importing it. It knows nothing of assets. */
@Global()
@Module({})
export class PlatformModule {
  static for(config: Config): DynamicModule {
    const services = [Database, People, Siwe, Sessions, Audit, Approvals, Workflows, Vault, HealthChecks, Uploads];
    return {
      module: PlatformModule,
      imports: [LoggerModule.forRoot(logging(config)), TerminusModule.forRoot({ logger: false, gracefulShutdownTimeoutMs: 0 })],
      controllers: [
        AuthController,
        PeopleSessionsController,
        AuditController,
        ApprovalsController,
        HealthController,
        WebhookEndpointsController,
      ],
      providers: [
        { provide: Config, useValue: config },
        ...services,
        Oidc,
        RateLimits,
        VaultKeys,
        Processes,
        WebhookEndpoints,
        WebhookOutbox,
        WebhookSender,
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_PIPE, useValue: validation },
        { provide: APP_GUARD, useClass: AuthGuard },
        { provide: APP_GUARD, useClass: RateLimitGuard },
        // Outermost first: the stored answer is the serialised one.
        { provide: APP_INTERCEPTOR, useClass: UnitOfWorkInterceptor },
        {
          provide: APP_INTERCEPTOR,
          useFactory: (reflector: Reflector) => new StandardSchemaSerializerInterceptor(reflector),
          inject: [Reflector],
        },
      ],
      exports: [Config, ...services],
    };
  }
}
