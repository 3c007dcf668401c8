import { Injectable } from '@nestjs/common';
import { and, desc, eq, lt } from 'drizzle-orm';
import { z } from 'zod';
import { type Approval, Approvals } from '../platform/approvals/approvals.service.js';
import { Audit } from '../platform/audit/audit.service.js';
import type { Actor } from '../platform/auth/actor.js';
import { scope } from '../platform/auth/scope.js';
import { Database } from '../platform/database/database.js';
import { Conflict, NotFound, Unprocessable } from '../platform/problem.js';
import { fromCursor, type PageQuery, toPage } from '../platform/schema/page.js';
import type { AssetView, CreateAsset } from './assets.schema.js';
import { assets, offered } from './assets.tables.js';
import type { DueDiligence } from './documents.schema.js';
import { Documents } from './documents.service.js';

type Asset = typeof assets.$inferSelect;

/** What an officer approves: this asset with these very documents. */
const AssetApproval = z.strictObject({ assetId: z.string(), documents: z.record(z.string(), z.string()) });

/** Real things before they are tokens: described, evidenced, approved. */
@Injectable()
export class Assets {
  private readonly approval: Approval<z.infer<typeof AssetApproval>>;

  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly documents: Documents,
    approvals: Approvals,
  ) {
    this.approval = approvals.define({
      action: 'asset.approve',
      permission: 'asset:approve',
      payload: AssetApproval,
      execute: (payload, { approver }) => this.becomeReady(payload, approver),
    });
  }

  async create({ name, jurisdiction, details }: CreateAsset, actor: Actor): Promise<AssetView> {
    const [row] = await this.database.query
      .insert(assets)
      .values({ tenantId: actor.tenantId, name, jurisdiction, assetClass: details.assetClass, details, createdBy: actor.personId })
      .returning();
    if (!row) throw new Error('The asset was not stored.');
    await this.audit.append({ actor, action: 'asset.created', subject: `asset:${row.id}`, payload: { name, jurisdiction, details } });
    return row;
  }

  async list({ limit, cursor }: PageQuery, actor: Actor): Promise<{ items: AssetView[]; next: string | null }> {
    const before = fromCursor(cursor);
    const rows = await this.database.query
      .select()
      .from(assets)
      .where(and(scope(actor, assets.tenantId, offered), before ? lt(assets.id, before) : undefined))
      .orderBy(desc(assets.id))
      .limit(limit + 1);
    return toPage(rows, limit, (row) => row.id);
  }

  /** @throws NotFound ASSET_NOT_FOUND */
  async get(id: string, actor: Pick<Actor, 'tenantId'>): Promise<Asset> {
    const [row] = await this.database.query
      .select()
      .from(assets)
      .where(and(eq(assets.id, id), scope(actor, assets.tenantId, offered)));
    if (!row) throw new NotFound('ASSET_NOT_FOUND', 'There is no such asset.');
    return row;
  }

  /** Hands the asset to an officer; a rejected request may be followed by another.
   *  @throws Unprocessable DUE_DILIGENCE_INCOMPLETE with the list of what is missing */
  async submit(id: string, actor: Actor): Promise<AssetView> {
    await this.database.lock(`asset:${id}`);
    const asset = await this.get(id, actor);
    if (asset.state !== 'DRAFT' && asset.state !== 'DUE_DILIGENCE') {
      throw new Conflict('ASSET_STATE', `The asset is ${asset.state} already.`);
    }
    const payload = { assetId: asset.id, documents: documentsOf(await this.complete(asset)) };
    const request = await this.approval.request({ payload, subject: `asset:${asset.id}`, actor });
    await this.audit.append({ actor, action: 'asset.submitted', subject: `asset:${asset.id}`, payload, decisionId: request.id });
    return this.move(asset.id, { state: 'DUE_DILIGENCE', approvalId: request.id });
  }

  /** @throws Unprocessable DUE_DILIGENCE_INCOMPLETE */
  async complete(asset: Asset): Promise<DueDiligence> {
    const checklist = await this.documents.checklist(asset);
    if (checklist.complete) return checklist;
    const lacking = checklist.items.filter(({ status }) => status !== 'PRESENT');
    throw new Unprocessable('DUE_DILIGENCE_INCOMPLETE', {
      detail: `Evidence is missing or out of date: ${lacking.map(({ role, status }) => `${role} (${status.toLowerCase()})`).join(', ')}.`,
      remedy: `Add it with POST /v1/assets/${asset.id}/documents.`,
      extensions: { items: lacking },
    });
  }

  async markTokenized(id: string): Promise<void> {
    await this.move(id, { state: 'TOKENIZED' });
  }

  /** Its deployment failed on chain: another instrument may be drafted. */
  async markReady(id: string): Promise<void> {
    await this.move(id, { state: 'READY' });
  }

  private async becomeReady({ assetId, documents }: z.infer<typeof AssetApproval>, approver: Actor): Promise<{ assetId: string }> {
    await this.database.lock(`asset:${assetId}`);
    const asset = await this.get(assetId, approver);
    const now = documentsOf(await this.complete(asset));
    if (Object.keys(now).some((role) => now[role] !== documents[role])) {
      throw new Conflict('DOCUMENTS_CHANGED', {
        detail: 'A document was replaced after the request was made.',
        remedy: 'Reject this request; the issuer submits the asset again.',
      });
    }
    if (asset.state !== 'DUE_DILIGENCE') throw new Conflict('ASSET_STATE', `The asset is ${asset.state} already.`);
    await this.move(assetId, { state: 'READY' });
    return { assetId };
  }

  private async move(id: string, to: Partial<Pick<Asset, 'state' | 'approvalId'>>): Promise<Asset> {
    const [row] = await this.database.query.update(assets).set(to).where(eq(assets.id, id)).returning();
    if (!row) throw new NotFound('ASSET_NOT_FOUND', 'There is no such asset.');
    return row;
  }
}

function documentsOf({ items }: DueDiligence): Record<string, string> {
  return Object.fromEntries(items.map(({ role, sha256 }) => [role, sha256 ?? '']));
}
