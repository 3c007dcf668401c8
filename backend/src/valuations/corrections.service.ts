import { Injectable } from '@nestjs/common';
import { desc, eq } from 'drizzle-orm';
import type { Hex } from 'viem';
import { Documents } from '../assets/documents.service.js';
import { Instruments } from '../assets/instruments.service.js';
import { Audit } from '../platform/audit/audit.service.js';
import type { Actor } from '../platform/auth/actor.js';
import { Database } from '../platform/database/database.js';
import { Conflict, Unprocessable } from '../platform/problem.js';
import { type Feed, Feeds } from './feeds.service.js';
import { Rounds } from './rounds.service.js';
import type { CorrectionView, CorrectRound } from './valuations.schema.js';
import { valuationCorrections } from './valuations.tables.js';

/** Restated values. A QuorumFeed takes no second value for the same time: the restated one is a new round, and the record made here says
 *  which round it corrects and why. */
@Injectable()
export class Corrections {
  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly instruments: Instruments,
    private readonly documents: Documents,
    private readonly feeds: Feeds,
    private readonly rounds: Rounds,
  ) {}

  /** @throws NotFound ROUND_NOT_FOUND, DOCUMENT_NOT_FOUND · Unprocessable CORRECTION_INVALID · Conflict ROUND_ALREADY_CORRECTED */
  async add(instrumentId: string, { round, corrects, reason, documentId }: CorrectRound, actor: Actor): Promise<CorrectionView> {
    const feed = await this.feeds.of(instrumentId, actor);
    await this.assertRounds(feed, round, corrects);
    const { assetId } = await this.instruments.find(instrumentId, actor);
    const [document] = await this.documents.assertOf(assetId, [documentId]);
    if (!document) throw new Error(`The document ${documentId} was not found.`);
    const [row] = await this.database.query
      .insert(valuationCorrections)
      .values({
        instrumentId,
        feedId: feed.feedId,
        round,
        correctsRound: corrects,
        reason,
        documentId,
        documentHash: document.sha256 as Hex,
        createdBy: actor.personId,
      })
      .onConflictDoNothing()
      .returning();
    if (!row) {
      throw new Conflict('ROUND_ALREADY_CORRECTED', {
        detail: `Round ${corrects} is corrected already, or round ${round} corrects another one.`,
        remedy: 'Correct the round that restated it: corrections make a chain that does not fork.',
      });
    }
    await this.audit.append({
      actor,
      action: 'valuation.corrected',
      subject: `instrument:${instrumentId}`,
      payload: { feedId: feed.feedId, round, corrects, reason, documentId, documentHash: row.documentHash },
    });
    return row;
  }

  /** Newest first. */
  async list(instrumentId: string, actor: Actor): Promise<CorrectionView[]> {
    await this.instruments.find(instrumentId, actor);
    return this.database.query
      .select()
      .from(valuationCorrections)
      .where(eq(valuationCorrections.instrumentId, instrumentId))
      .orderBy(desc(valuationCorrections.id));
  }

  private async assertRounds(feed: Feed, round: number, corrects: number): Promise<void> {
    const [later, earlier] = [await this.rounds.find(feed, round), await this.rounds.find(feed, corrects)];
    const published = ['ACCEPTED', 'APPROVED'];
    const wrong =
      round <= corrects
        ? `Round ${round} is not after round ${corrects}`
        : !published.includes(later.state)
          ? `Round ${round} is ${later.state}, so it restates nothing`
          : ![...published, 'INVALIDATED'].includes(earlier.state)
            ? `Round ${corrects} is ${earlier.state}: it was never published`
            : undefined;
    if (wrong)
      throw new Unprocessable('CORRECTION_INVALID', { detail: `${wrong}.`, remedy: 'Name the published round, then the one it restates.' });
  }
}
