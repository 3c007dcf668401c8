import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { and, desc, eq, inArray, max } from 'drizzle-orm';
import { ChainClock } from '../chain/chain-clock.js';
import { Audit } from '../platform/audit/audit.service.js';
import type { Actor } from '../platform/auth/actor.js';
import { isStaffOf, scope } from '../platform/auth/scope.js';
import { Database } from '../platform/database/database.js';
import { Invalid, NotFound } from '../platform/problem.js';
import { Uploads } from '../platform/uploads/uploads.service.js';
import { REQUIRED_DOCUMENTS } from './asset-details.js';
import { assets, documents, offered } from './assets.tables.js';
import type { AddDocument, DocumentContent, DocumentView, DueDiligence } from './documents.schema.js';

type Row = Omit<typeof documents.$inferSelect, 'content'> & { content: Buffer };

/** Evidence of assets: kept as given, known by its hash, never overwritten. */
@Injectable()
export class Documents {
  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly clock: ChainClock,
    private readonly uploads: Uploads,
  ) {}

  /** @throws Invalid DOCUMENT_HASH_MISMATCH, or what `Uploads.admit` refuses with */
  async add(assetId: string, given: AddDocument, actor: Actor): Promise<DocumentView> {
    const asset = await this.assetOf(assetId, actor);
    const content = Buffer.from(given.contentBase64, 'base64');
    const sha256 = hashOf(content);
    if (sha256 !== given.sha256) {
      throw new Invalid('DOCUMENT_HASH_MISMATCH', {
        detail: `The content hashes to ${sha256}, not to ${given.sha256}.`,
        remedy: 'Send the SHA-256 of the very bytes in contentBase64.',
      });
    }
    await this.uploads.admit(content, given.mediaType, { actor, subject: `asset:${asset.id}` });
    await this.database.lock(`documents:${asset.id}`);
    const [last] = await this.database.query
      .select({ version: max(documents.version) })
      .from(documents)
      .where(and(eq(documents.assetId, asset.id), eq(documents.role, given.role)));
    const [row] = await this.database.query
      .insert(documents)
      .values({
        assetId: asset.id,
        role: given.role,
        title: given.title,
        version: (last?.version ?? 0) + 1,
        mediaType: given.mediaType,
        sha256,
        content,
        visibility: given.visibility,
        expiresOn: given.expiresOn ?? null,
        createdBy: actor.personId,
      })
      .returning();
    if (!row) throw new Error('The document was not stored.');
    await this.audit.append({
      actor,
      action: 'document.added',
      subject: `asset:${asset.id}`,
      payload: { documentId: row.id, role: row.role, version: row.version, sha256 },
    });
    return view(row);
  }

  /** The latest version of each role, newest first. */
  async current(assetId: string, actor: Actor): Promise<DocumentView[]> {
    const { tenantId } = await this.assetOf(assetId, actor);
    const rows = await this.latest(assetId);
    const staff = isStaffOf(actor, tenantId);
    return rows.filter(({ visibility }) => staff || visibility === 'OFFERING').map(view);
  }

  async content(id: string, actor: Actor): Promise<DocumentContent> {
    const row = await this.find(id, actor);
    return { ...view(row), contentBase64: row.content.toString('base64') };
  }

  /** The bytes themselves, to be saved under a name of ours. */
  async file(id: string, actor: Actor): Promise<{ content: Buffer; name: string; mediaType: string }> {
    const { content, mediaType, sha256 } = await this.find(id, actor);
    return { content, mediaType, name: `${sha256.slice(2, 18)}.${mediaType === 'application/pdf' ? 'pdf' : 'txt'}` };
  }

  /** What is there, missing or out of date, by the required roles of the asset's class. */
  async dueDiligence(assetId: string, actor: Actor): Promise<DueDiligence> {
    const asset = await this.assetOf(assetId, actor);
    return this.checklist(asset);
  }

  async checklist(asset: { id: string; assetClass: keyof typeof REQUIRED_DOCUMENTS }): Promise<DueDiligence> {
    const today = new Date(Number(await this.clock.now()) * 1_000).toISOString().slice(0, 10);
    const byRole = new Map((await this.latest(asset.id)).map((row) => [row.role, row]));
    const items = REQUIRED_DOCUMENTS[asset.assetClass].map((role) => {
      const row = byRole.get(role);
      const stale = row?.expiresOn != null && row.expiresOn < today;
      const status = row ? (stale ? ('STALE' as const) : ('PRESENT' as const)) : ('MISSING' as const);
      return { role, status, documentId: row?.id ?? null, sha256: row?.sha256 ?? null, expiresOn: row?.expiresOn ?? null };
    });
    return { complete: items.every(({ status }) => status === 'PRESENT'), items };
  }

  /** The latest version of some roles, as they go on chain. */
  async hashesOf(assetId: string): Promise<{ id: string; role: string; sha256: string }[]> {
    return (await this.latest(assetId)).map(({ id, role, sha256 }) => ({ id, role, sha256 }));
  }

  /** @throws NotFound DOCUMENT_NOT_FOUND unless every id is a document of that asset */
  async assertOf(assetId: string, ids: readonly string[]): Promise<{ id: string; sha256: string }[]> {
    if (ids.length === 0) return [];
    const rows = await this.database.query
      .select({ id: documents.id, sha256: documents.sha256 })
      .from(documents)
      .where(and(eq(documents.assetId, assetId), inArray(documents.id, [...ids])));
    if (rows.length !== new Set(ids).size) throw new NotFound('DOCUMENT_NOT_FOUND', 'A document is not one of this asset.');
    return ids.flatMap((id) => rows.find((row) => row.id === id) ?? []);
  }

  /** @throws NotFound DOCUMENT_NOT_FOUND also when it is not for this actor */
  private async find(id: string, actor: Actor): Promise<Row> {
    const [found] = await this.database.query
      .select({ document: documents })
      .from(documents)
      .innerJoin(assets, eq(assets.id, documents.assetId))
      .where(and(eq(documents.id, id), scope(actor, assets.tenantId, and(offered, eq(documents.visibility, 'OFFERING')))));
    if (!found) throw new NotFound('DOCUMENT_NOT_FOUND', 'There is no such document.');
    return found.document;
  }

  private async latest(assetId: string): Promise<Row[]> {
    return this.database.query
      .selectDistinctOn([documents.role])
      .from(documents)
      .where(eq(documents.assetId, assetId))
      .orderBy(documents.role, desc(documents.version));
  }

  private async assetOf(id: string, actor: Actor): Promise<typeof assets.$inferSelect> {
    const [asset] = await this.database.query
      .select()
      .from(assets)
      .where(and(eq(assets.id, id), scope(actor, assets.tenantId, offered)));
    if (!asset) throw new NotFound('ASSET_NOT_FOUND', 'There is no such asset.');
    return asset;
  }
}

function hashOf(content: Buffer): string {
  return `0x${createHash('sha256').update(content).digest('hex')}`;
}

function view({ content, createdBy, ...row }: Row): DocumentView {
  return { ...row, bytes: content.length };
}
