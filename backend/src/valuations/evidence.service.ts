import { Injectable } from '@nestjs/common';
import { and, eq } from 'drizzle-orm';
import { type Hex, keccak256 } from 'viem';
import { Audit } from '../platform/audit/audit.service.js';
import type { Actor } from '../platform/auth/actor.js';
import { actingIn } from '../platform/auth/scope.js';
import { Database } from '../platform/database/database.js';
import { NotFound, Unprocessable } from '../platform/problem.js';
import { type Feed, Feeds } from './feeds.service.js';
import { Rounds } from './rounds.service.js';
import type { AddEvidence, EvidenceContent, EvidenceView } from './valuations.schema.js';
import { valuationEvidence } from './valuations.tables.js';

/** The source records on which rounds rest: kept as given, known by the hash that the signers signed. */
@Injectable()
export class Evidence {
  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly feeds: Feeds,
    private readonly rounds: Rounds,
  ) {}

  /** Files a record; the same one again changes nothing.
   *  @throws Unprocessable EVIDENCE_UNKNOWN when no round of the feed rests on these bytes */
  async add(instrumentId: string, { contentBase64 }: AddEvidence, actor: Actor): Promise<EvidenceView> {
    const feed = await this.feeds.of(instrumentId, actor);
    const content = Buffer.from(contentBase64, 'base64');
    const hash = keccak256(content);
    const rounds = await this.roundsOn(feed, hash);
    if (rounds.length === 0) {
      throw new Unprocessable('EVIDENCE_UNKNOWN', {
        detail: `The content hashes to ${hash}; no round of the feed rests on that.`,
        remedy: 'Send the very bytes of the source record: its canonical JSON (RFC 8785), as the reporters hashed it.',
        extensions: { hash },
      });
    }
    const [row] = await this.database.query
      .insert(valuationEvidence)
      .values({ instrumentId, hash, content, createdBy: actor.personId })
      .onConflictDoNothing()
      .returning();
    const entry = { actor: actingIn(actor, feed.tenantId), action: 'evidence.added', subject: `instrument:${instrumentId}` };
    if (row) await this.audit.append({ ...entry, payload: { hash, rounds } });
    const { createdAt } = row ?? (await this.find(instrumentId, hash));
    return { instrumentId, hash, bytes: content.length, rounds, createdAt };
  }

  /** @throws NotFound EVIDENCE_NOT_FOUND */
  async content(instrumentId: string, hash: Hex, actor: Actor): Promise<EvidenceContent> {
    const feed = await this.feeds.of(instrumentId, actor);
    const { content, createdAt } = await this.find(instrumentId, hash);
    const rounds = await this.roundsOn(feed, hash);
    return { instrumentId, hash, bytes: content.length, rounds, createdAt, contentBase64: content.toString('base64') };
  }

  private async roundsOn(feed: Feed, hash: Hex): Promise<number[]> {
    const records = await this.rounds.records(feed);
    return records.filter(({ evidenceRoot }) => evidenceRoot === hash).map(({ round }) => round);
  }

  private async find(instrumentId: string, hash: Hex): Promise<typeof valuationEvidence.$inferSelect> {
    const [row] = await this.database.query
      .select()
      .from(valuationEvidence)
      .where(and(eq(valuationEvidence.instrumentId, instrumentId), eq(valuationEvidence.hash, hash)));
    if (row) return row;
    throw new NotFound('EVIDENCE_NOT_FOUND', {
      detail: `No record with the hash ${hash} is on file.`,
      remedy: `File it with POST /v1/instruments/${instrumentId}/evidence: each reporter keeps it.`,
    });
  }
}
