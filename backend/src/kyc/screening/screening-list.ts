import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { and, eq, ne } from 'drizzle-orm';
import { Config, ConfigError } from '../../platform/config.js';
import { Database } from '../../platform/database/database.js';
import { Unavailable } from '../../platform/problem.js';
import { screeningEntries, screeningLists } from '../kyc.tables.js';
import { nameScore, POSSIBLE, tokensOf, withBirthYear } from './name-matching.js';
import { ListUnreadable, parseOfacList } from './ofac-csv.js';

export type Match = { entryNumber: number; entryVersion: string; score: number };
export type Subject = { names: string[]; birthYear: number | undefined };

type Candidate = { entryNumber: number; entryVersion: string; names: string[][]; birthYear: number | null };

const ROWS_AT_A_TIME = 1_000;

/** The sanctions list in force. Every version that was ever screened against stays in the database. */
@Injectable()
export class ScreeningList implements OnApplicationBootstrap {
  private loaded: { version: string; candidates: Candidate[] } | undefined;

  constructor(
    private readonly database: Database,
    @Inject(Config) private readonly config: Config,
  ) {}

  /** Reads the files at every start; a new version takes the old one's place.
   *  @throws ConfigError when they cannot be read */
  async onApplicationBootstrap(): Promise<void> {
    const folder = this.config.kyc.screeningList;
    try {
      const sdn = await readFile(join(folder, 'sdn.csv'), 'utf8');
      const alt = existsSync(join(folder, 'alt.csv')) ? await readFile(join(folder, 'alt.csv'), 'utf8') : '';
      await this.store(sdn, alt);
    } catch (error) {
      if (error instanceof ListUnreadable) throw new ConfigError(`SCREENING_LIST is wrong: ${error.message}`);
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
        throw new ConfigError(`SCREENING_LIST is wrong: there is no sdn.csv in ${folder}.`);
      }
      throw error;
    }
  }

  /** Every entry that one of the subject's names may be, best first, and the highest score of all.
   *  @throws Unavailable SCREENING_UNAVAILABLE when no list is loaded: nobody is cleared without one */
  async match(subject: Subject): Promise<{ version: string; matches: Match[]; highest: number }> {
    const { version, candidates } = await this.current();
    const names = subject.names.map(tokensOf);
    let highest = 0;
    const matches: Match[] = [];
    for (const { entryNumber, entryVersion, names: listed, birthYear } of candidates) {
      const best = Math.max(...names.flatMap((name) => listed.map((other) => nameScore(name, other))));
      const score = withBirthYear(best, subject.birthYear, birthYear ?? undefined);
      highest = Math.max(highest, score);
      if (score >= POSSIBLE) matches.push({ entryNumber, entryVersion, score });
    }
    return { version, matches: matches.sort((a, b) => b.score - a.score), highest };
  }

  private async store(sdn: string, alt: string): Promise<void> {
    const version = createHash('sha256').update(`${sdn}\0${alt}`).digest('hex');
    const entries = parseOfacList(sdn, alt);
    await this.database.transaction(async () => {
      await this.database.lock('screening.list');
      const isNew = await this.database.query
        .insert(screeningLists)
        .values({ version, source: 'OFAC SDN', entries: entries.length, current: true })
        .onConflictDoUpdate({ target: screeningLists.version, set: { current: true } })
        .returning();
      await this.database.query.update(screeningLists).set({ current: false }).where(ne(screeningLists.version, version));
      if (isNew.length === 0) return;
      const rows = entries.map(({ version: entryVersion, ...entry }) => ({ listVersion: version, entryVersion, ...entry }));
      for (let i = 0; i < rows.length; i += ROWS_AT_A_TIME) {
        await this.database.query
          .insert(screeningEntries)
          .values(rows.slice(i, i + ROWS_AT_A_TIME))
          .onConflictDoNothing();
      }
    });
  }

  private async current(): Promise<{ version: string; candidates: Candidate[] }> {
    const [list] = await this.database.query.select().from(screeningLists).where(eq(screeningLists.current, true));
    if (!list) throw new Unavailable('SCREENING_UNAVAILABLE', 'No sanctions list is loaded.');
    if (this.loaded?.version !== list.version) {
      const rows = await this.database.query
        .select()
        .from(screeningEntries)
        .where(and(eq(screeningEntries.listVersion, list.version)));
      const candidates = rows.map(({ entryNumber, entryVersion, names, birthYear }) => ({
        entryNumber,
        entryVersion,
        birthYear,
        names: names.map(tokensOf),
      }));
      this.loaded = { version: list.version, candidates };
    }
    return this.loaded;
  }
}
