import { Injectable } from '@nestjs/common';
import { and, desc, eq } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { Assets } from '../assets/assets.service.js';
import { Documents } from '../assets/documents.service.js';
import { ChainClock } from '../chain/chain-clock.js';
import { Audit } from '../platform/audit/audit.service.js';
import type { Actor } from '../platform/auth/actor.js';
import { Database } from '../platform/database/database.js';
import { Conflict, NotFound, Unprocessable } from '../platform/problem.js';
import type { AddAppraisal, AppraisalView } from './valuations.schema.js';
import { appraisals } from './valuations.tables.js';

/** Appraisals of real things, each resting on a document; a restated one names the one it corrects. */
@Injectable()
export class Appraisals {
  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly assets: Assets,
    private readonly documents: Documents,
    private readonly clock: ChainClock,
  ) {}

  /** Files an appraisal with the document it rests on.
   *  @throws Unprocessable APPRAISAL_IN_FUTURE, CORRECTION_INVALID · NotFound DOCUMENT_NOT_FOUND, APPRAISAL_NOT_FOUND · Conflict
   *          APPRAISAL_ALREADY_CORRECTED */
  async add(assetId: string, { corrects, ...given }: AddAppraisal, actor: Actor): Promise<AppraisalView> {
    const asset = await this.assets.get(assetId, actor);
    await this.documents.assertOf(asset.id, [given.documentId]);
    if (given.asOf > (await this.clock.today())) {
      throw new Unprocessable('APPRAISAL_IN_FUTURE', `An appraisal as of ${given.asOf} cannot be known today.`);
    }
    if (corrects !== undefined) await this.assertRestates(asset.id, corrects, given);
    const [row] = await this.database.query
      .insert(appraisals)
      .values({ ...given, assetId: asset.id, correctsId: corrects ?? null, createdBy: actor.personId })
      .onConflictDoNothing({ target: appraisals.correctsId })
      .returning();
    if (!row) {
      throw new Conflict('APPRAISAL_ALREADY_CORRECTED', {
        detail: 'The appraisal was restated already.',
        remedy: 'Correct the one that restated it: corrections make a chain that does not fork.',
      });
    }
    const action = corrects === undefined ? 'appraisal.added' : 'appraisal.corrected';
    await this.audit.append({ actor, action, subject: `asset:${asset.id}`, payload: { ...given, appraisalId: row.id, corrects } });
    return { ...row, correctedById: null };
  }

  /** Latest day first; of a day the latest filed first. */
  async list(assetId: string, actor: Actor): Promise<AppraisalView[]> {
    const asset = await this.assets.get(assetId, actor);
    const later = alias(appraisals, 'later');
    const rows = await this.database.query
      .select({ appraisal: appraisals, correctedById: later.id })
      .from(appraisals)
      .leftJoin(later, eq(later.correctsId, appraisals.id))
      .where(eq(appraisals.assetId, asset.id))
      .orderBy(desc(appraisals.asOf), desc(appraisals.id));
    return rows.map(({ appraisal, correctedById }) => ({ ...appraisal, correctedById }));
  }

  private async assertRestates(assetId: string, id: string, { asOf, currency }: Omit<AddAppraisal, 'corrects'>): Promise<void> {
    const [corrected] = await this.database.query
      .select()
      .from(appraisals)
      .where(and(eq(appraisals.id, id), eq(appraisals.assetId, assetId)));
    if (!corrected) throw new NotFound('APPRAISAL_NOT_FOUND', 'The asset has no such appraisal.');
    if (corrected.asOf === asOf && corrected.currency === currency) return;
    throw new Unprocessable('CORRECTION_INVALID', {
      detail: `The appraisal to be corrected is of ${corrected.asOf} in ${corrected.currency}, not of ${asOf} in ${currency}.`,
      remedy: 'A value of another day or currency is an appraisal of its own.',
    });
  }
}
