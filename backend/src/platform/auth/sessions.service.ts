import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { and, desc, eq, gt, isNull, sql } from 'drizzle-orm';
import type { Hex } from 'viem';
import { Audit } from '../audit/audit.service.js';
import { Config } from '../config.js';
import { Database } from '../database/database.js';
import { uuidv7 } from '../ids.js';
import { NotFound } from '../problem.js';
import type { Actor } from './actor.js';
import type { SessionView } from './auth.schema.js';
import { Oidc } from './oidc.service.js';
import { People, type Person } from './people.service.js';
import { people, type SignInMethod, sessions } from './people.tables.js';
import { isStaffOf } from './scope.js';
import { Siwe } from './siwe.service.js';

export type OpenedSession = { token: string; expiresAt: Date; person: Person };
/** `recent`: the person proved who they are so lately that they may approve something. */
export type ActorOfSession = { actor: Actor; recent: boolean };

/** Opaque tokens, stored as a hash; roles are read anew with every request. A session ends at its time, or before at the word of its
 *  person, an officer or an admin; none is prolonged. */
@Injectable()
export class Sessions {
  constructor(
    private readonly database: Database,
    private readonly siwe: Siwe,
    private readonly oidc: Oidc,
    private readonly persons: People,
    private readonly audit: Audit,
    @Inject(Config) private readonly config: Config,
  ) {}

  /** Signs in with a SIWE message. */
  async signIn(message: string, signature: Hex): Promise<OpenedSession> {
    const address = await this.siwe.verify(message, signature);
    return this.database.transaction(async () =>
      this.open(await this.persons.findOrCreateInvestor(address), { method: 'WALLET', authenticatedAt: new Date() }),
    );
  }

  /** Signs in a browser that comes back from the identity provider. */
  async signInWithOidc(cookie: string | undefined, query: string): Promise<OpenedSession> {
    const { person, authenticatedAt } = await this.oidc.finish(cookie, query);
    return this.database.transaction(() => this.open(person, { method: 'OIDC', authenticatedAt }));
  }

  async signOut(actor: Actor): Promise<void> {
    await this.persons.endSessions({ id: actor.personId, tenantId: actor.tenantId }, actor, 'signed out', actor.sessionId);
  }

  /** Those that are open, the newest first. */
  async list(actor: Actor): Promise<SessionView[]> {
    const rows = await this.database.query
      .select()
      .from(sessions)
      .where(and(eq(sessions.personId, actor.personId), isNull(sessions.endedAt), gt(sessions.expiresAt, sql`now()`)))
      .orderBy(desc(sessions.id));
    return rows.map((row) => ({ ...row, current: row.id === actor.sessionId }));
  }

  /** Signs out everywhere. */
  async endAll(actor: Actor): Promise<void> {
    await this.persons.endSessions({ id: actor.personId, tenantId: actor.tenantId }, actor, 'signed out everywhere');
  }

  /** @throws NotFound SESSION_NOT_FOUND unless it is an open one of the actor's own */
  async endOne(id: string, actor: Actor): Promise<void> {
    const ended = await this.persons.endSessions({ id: actor.personId, tenantId: actor.tenantId }, actor, 'signed out elsewhere', id);
    if (ended === 0) throw new NotFound('SESSION_NOT_FOUND', 'You have no such session, or it has ended.');
  }

  /** Ends every session of somebody else.
   *  @throws NotFound PERSON_NOT_FOUND also when the person is another tenant's, unless the operator ends them */
  async endOf(personId: string, actor: Actor): Promise<void> {
    const person = await this.persons.get(personId);
    if (!isStaffOf(actor, person.tenantId)) throw new NotFound('PERSON_NOT_FOUND', 'There is no such person.');
    await this.persons.endSessions(person, actor, `ended by ${actor.name}`);
  }

  /** Who a token stands for at this moment. */
  async actor(token: string): Promise<ActorOfSession | undefined> {
    const [row] = await this.database.query
      .select({
        sessionId: sessions.id,
        personId: people.id,
        name: people.name,
        roles: people.roles,
        tenantId: people.tenantId,
        partyId: people.partyId,
        recent: sql<boolean>`${sessions.authenticatedAt} > now() - make_interval(mins => ${this.config.approvalSignInMinutes}::int)`,
      })
      .from(sessions)
      .innerJoin(people, eq(people.id, sessions.personId))
      .where(and(eq(sessions.tokenHash, hash(token)), isNull(sessions.endedAt), gt(sessions.expiresAt, sql`now()`)));
    if (!row) return undefined;
    const { recent, ...actor } = row;
    return { actor, recent };
  }

  private async open(person: Person, { method, authenticatedAt }: { method: SignInMethod; authenticatedAt: Date }): Promise<OpenedSession> {
    const [token, sessionId] = [randomBytes(32).toString('base64url'), uuidv7()];
    const expiresAt = new Date(Date.now() + this.config.sessionHours * 3_600_000);
    await this.database.query
      .insert(sessions)
      .values({ id: sessionId, tokenHash: hash(token), personId: person.id, method, authenticatedAt, expiresAt });
    const actor = { ...person, personId: person.id, sessionId };
    await this.audit.append({ actor, action: 'session.opened', subject: `person:${person.id}`, payload: { sessionId, method } });
    return { token, expiresAt, person };
  }
}

function hash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
