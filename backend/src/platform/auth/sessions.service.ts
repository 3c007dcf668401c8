import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import type { Hex } from 'viem';
import { Audit } from '../audit/audit.service.js';
import { Config } from '../config.js';
import { Database } from '../database/database.js';
import { uuidv7 } from '../ids.js';
import type { Actor } from './actor.js';
import { People, type Person } from './people.service.js';
import { people, sessions } from './people.tables.js';
import { Siwe } from './siwe.service.js';

/** Opaque bearer tokens, stored as a hash; roles are read anew with every request. */
@Injectable()
export class Sessions {
  constructor(
    private readonly database: Database,
    private readonly siwe: Siwe,
    private readonly persons: People,
    private readonly audit: Audit,
    @Inject(Config) private readonly config: Config,
  ) {}

  /** Signs in with a SIWE message. */
  async signIn(message: string, signature: Hex): Promise<{ token: string; expiresAt: Date; person: Person }> {
    const address = await this.siwe.verify(message, signature);
    const token = randomBytes(32).toString('base64url');
    const expiresAt = new Date(Date.now() + this.config.sessionHours * 3_600_000);
    return this.database.transaction(async () => {
      const person = await this.persons.findOrCreateInvestor(address);
      const sessionId = uuidv7();
      await this.database.query.insert(sessions).values({ id: sessionId, tokenHash: hash(token), personId: person.id, expiresAt });
      const actor = { ...person, personId: person.id, sessionId };
      await this.audit.append({ actor, action: 'session.opened', subject: `person:${person.id}` });
      return { token, expiresAt, person };
    });
  }

  async signOut(actor: Actor): Promise<void> {
    await this.database.query.update(sessions).set({ endedAt: sql`now()` }).where(eq(sessions.id, actor.sessionId));
    await this.audit.append({ actor, action: 'session.ended', subject: `person:${actor.personId}` });
  }

  /** Who a token stands for at this moment. */
  async actor(token: string): Promise<Actor | undefined> {
    const [row] = await this.database.query
      .select({
        sessionId: sessions.id,
        personId: people.id,
        name: people.name,
        roles: people.roles,
        tenantId: people.tenantId,
        partyId: people.partyId,
      })
      .from(sessions)
      .innerJoin(people, eq(people.id, sessions.personId))
      .where(and(eq(sessions.tokenHash, hash(token)), isNull(sessions.endedAt), gt(sessions.expiresAt, sql`now()`)));
    return row;
  }
}

function hash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
