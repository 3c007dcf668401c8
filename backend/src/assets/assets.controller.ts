import { Body, Controller, Get, Header, Param, Post, Query, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Actor } from '../platform/auth/actor.js';
import { Requires } from '../platform/auth/auth.guard.js';
import { Limit } from '../platform/http/rate-limit.js';
import { Returns } from '../platform/http/returns.js';
import { Id } from '../platform/schema/fields.js';
import { PageQuery, page } from '../platform/schema/page.js';
import { AssetView, CreateAsset } from './assets.schema.js';
import { Assets } from './assets.service.js';
import { AddDocument, DocumentContent, DocumentView, DueDiligence } from './documents.schema.js';
import { Documents } from './documents.service.js';
import { CreateInstrument, InstrumentView } from './instruments.schema.js';
import { Instruments } from './instruments.service.js';

@ApiTags('assets')
@Controller('v1/assets')
export class AssetsController {
  constructor(
    private readonly assets: Assets,
    private readonly documents: Documents,
  ) {}

  @Post()
  @Requires('asset:write')
  @Returns(AssetView, 201)
  create(@Body({ schema: CreateAsset }) body: CreateAsset, @Actor() actor: Actor): Promise<AssetView> {
    return this.assets.create(body, actor);
  }

  @Get()
  @Requires('asset:read')
  @Returns(page(AssetView))
  list(@Query({ schema: PageQuery }) query: PageQuery, @Actor() actor: Actor): Promise<{ items: AssetView[]; next: string | null }> {
    return this.assets.list(query, actor);
  }

  @Get(':id')
  @Requires('asset:read')
  @Returns(AssetView)
  get(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<AssetView> {
    return this.assets.get(id, actor);
  }

  @Post(':id/submit')
  @Requires('asset:write')
  @Returns(AssetView)
  submit(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<AssetView> {
    return this.assets.submit(id, actor);
  }

  @Get(':id/due-diligence')
  @Requires('asset:read')
  @Returns(DueDiligence)
  dueDiligence(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<DueDiligence> {
    return this.documents.dueDiligence(id, actor);
  }

  @Post(':id/documents')
  @Limit('uploads')
  @Requires('asset:write')
  @Returns(DocumentView, 201)
  addDocument(
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: AddDocument }) body: AddDocument,
    @Actor() actor: Actor,
  ): Promise<DocumentView> {
    return this.documents.add(id, body, actor);
  }

  @Get(':id/documents')
  @Requires('asset:read')
  @Returns(z.array(DocumentView))
  listDocuments(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<DocumentView[]> {
    return this.documents.current(id, actor);
  }
}

@ApiTags('assets')
@Controller('v1/documents')
export class DocumentsController {
  constructor(private readonly documents: Documents) {}

  @Get(':id')
  @Requires('asset:read')
  @Returns(DocumentContent)
  get(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<DocumentContent> {
    return this.documents.content(id, actor);
  }

  /** A download: nothing of it runs in a browser under our name. */
  @Get(':id/file')
  @Requires('asset:read')
  @Header('content-security-policy', "default-src 'none'; sandbox")
  @ApiOkResponse({ description: 'The bytes of the document', content: { 'application/octet-stream': {} } })
  async file(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<StreamableFile> {
    const { content, name, mediaType } = await this.documents.file(id, actor);
    return new StreamableFile(content, { type: mediaType, disposition: `attachment; filename="${name}"`, length: content.length });
  }
}

@ApiTags('instruments')
@Controller('v1/instruments')
export class InstrumentsController {
  constructor(private readonly instruments: Instruments) {}

  @Post()
  @Requires('instrument:deploy')
  @Returns(InstrumentView, 201)
  create(@Body({ schema: CreateInstrument }) body: CreateInstrument, @Actor() actor: Actor): Promise<InstrumentView> {
    return this.instruments.create(body, actor);
  }

  @Get()
  @Requires('asset:read')
  @Returns(page(InstrumentView))
  list(@Query({ schema: PageQuery }) query: PageQuery, @Actor() actor: Actor): Promise<{ items: InstrumentView[]; next: string | null }> {
    return this.instruments.list(query, actor);
  }

  @Get(':id')
  @Requires('asset:read')
  @Returns(InstrumentView)
  get(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<InstrumentView> {
    return this.instruments.get(id, actor);
  }

  @Post(':id/deploy')
  @Requires('instrument:deploy')
  @Returns(InstrumentView, 202)
  goOn(@Param('id', { schema: Id }) id: string, @Actor() actor: Actor): Promise<InstrumentView> {
    return this.instruments.goOn(id, actor);
  }
}
