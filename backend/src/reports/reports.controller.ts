import { Controller, Get, Header, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Actor } from '../platform/auth/actor.js';
import { Requires } from '../platform/auth/auth.guard.js';
import { Limit } from '../platform/http/rate-limit.js';
import { Returns } from '../platform/http/returns.js';
import { CapTables } from './cap-tables.service.js';
import { CapTableQuery, CapTableView } from './reports.schema.js';

@ApiTags('reports')
@Controller('v1')
export class ReportsController {
  constructor(private readonly capTables: CapTables) {}

  @Get('cap-tables')
  @Requires('cap-table:read')
  @Returns(CapTableView)
  capTable(@Query({ schema: CapTableQuery }) query: CapTableQuery, @Actor() actor: Actor): Promise<CapTableView> {
    return this.capTables.at(query, actor);
  }

  @Get('cap-tables.csv')
  @Limit('exports')
  @Requires('cap-table:read')
  @Header('content-type', 'text/csv; charset=utf-8')
  @Header('content-disposition', 'attachment; filename="cap-table.csv"')
  @Returns(z.string())
  csv(@Query({ schema: CapTableQuery }) query: CapTableQuery, @Actor() actor: Actor): Promise<string> {
    return this.capTables.csv(query, actor);
  }
}
