import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Actor } from '../auth/actor.js';
import { Requires } from '../auth/auth.guard.js';
import { Returns } from '../http/returns.js';
import { page } from '../schema/page.js';
import { AuditEventView, AuditQuery, AuditVerification } from './audit.schema.js';
import { Audit } from './audit.service.js';

@ApiTags('audit')
@Controller('v1/audit-events')
export class AuditController {
  constructor(private readonly audit: Audit) {}

  @Get()
  @Requires('audit:read')
  @Returns(page(AuditEventView))
  list(@Query({ schema: AuditQuery }) query: AuditQuery, @Actor() actor: Actor): Promise<{ items: AuditEventView[]; next: string | null }> {
    return this.audit.list(query, actor);
  }

  @Get('verification')
  @Requires('audit:verify')
  @Returns(AuditVerification)
  verify(): Promise<AuditVerification> {
    return this.audit.verify();
  }
}
