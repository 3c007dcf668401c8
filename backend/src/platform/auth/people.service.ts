import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { and, arrayOverlaps, asc, eq, gt, isNull, ne, not, type SQL, sql } from 'drizzle-orm';
import type { Address } from 'viem';
import { Audit } from '../audit/audit.service.js';
import { Config, ConfigError, OPERATOR, Role } from '../config.js';
import { Database } from '../database/database.js';
import { Conflict, NotFound } from '../problem.js';
import { type Actor, SYSTEM } from './actor.js';
import { people, personSubjects, personWallets, sessions } from './people.tables.js';

export type Person = typeof people.$inferSelect;

const STAFF_ROLES = Role.exclude(['INVESTOR']).options;

/** People and what they sign in with. Staff come from the settings, everybody else appears by signing in. */
@Injectable()
export class People implements OnApplicationBootstrap {
  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    @Inject(Config) private readonly config: Config,
  ) {}

  /** The settings say who is staff: names, roles, tenants and ways to sign in follow them at every start. Who is no longer listed is staff
   *  no more, at once. */
  async onApplicationBootstrap(): Promise<void> {
    await this.database.transaction(async () => {
      await this.database.lock('people.staff');
      const listed = new Set<string>();
      for (const member of this.config.staff) listed.add(await this.enlist(member));
      for (const person of await this.withRoles(STAFF_ROLES)) {
        if (listed.has(person.id)) continue;
        const roles = person.roles.filter((role) => role === 'INVESTOR');
        await this.database.query.update(people).set({ roles, tenantId: OPERATOR }).where(eq(people.id, person.id));
        await this.endSessions(person, SYSTEM, 'no longer staff');
      }
    });
  }

  /** A member of staff signs in with what is listed and with nothing else.
   *  @throws ConfigError when wallet and subject are two persons already: approvals of one by the other may be under way */
  private async enlist({ wallet, subject, name, roles, tenant: tenantId }: Config['staff'][number]): Promise<string> {
    const byWallet = wallet === undefined ? undefined : await this.byWallet(wallet);
    const bySubject = subject === undefined ? undefined : await this.bySubject(subject);
    if (byWallet && bySubject && byWallet.id !== bySubject.id) {
      throw new ConfigError(
        `STAFF makes one person of the wallet ${wallet} and the subject ${subject}, which belong to two: list one of them.`,
      );
    }
    const person = byWallet ?? bySubject ?? (await this.create(name, roles));
    const { query } = this.database;
    await query.update(people).set({ name, roles, tenantId }).where(eq(people.id, person.id));
    if (wallet !== undefined) await query.insert(personWallets).values({ address: wallet, personId: person.id }).onConflictDoNothing();
    if (subject !== undefined) {
      await query.insert(personSubjects).values({ issuer: this.issuer, subject, personId: person.id }).onConflictDoNothing();
    }
    const otherWallets = and(eq(personWallets.personId, person.id), wallet ? ne(personWallets.address, wallet) : undefined);
    const isListed = and(eq(personSubjects.issuer, this.issuer), eq(personSubjects.subject, subject ?? ''));
    const otherSubjects = and(eq(personSubjects.personId, person.id), not(isListed as SQL));
    const gone = [
      ...(await query.delete(personWallets).where(otherWallets).returning({ personId: personWallets.personId })),
      ...(await query.delete(personSubjects).where(otherSubjects).returning({ personId: personSubjects.personId })),
    ];
    if (gone.length > 0) await this.endSessions(person, SYSTEM, 'signs in with something else now');
    return person.id;
  }

  async byWallet(address: Address): Promise<Person | undefined> {
    const [row] = await this.database.query
      .select({ person: people })
      .from(personWallets)
      .innerJoin(people, eq(people.id, personWallets.personId))
      .where(eq(personWallets.address, address));
    return row?.person;
  }

  /** Who goes by this name at the identity provider of the settings. */
  async bySubject(subject: string): Promise<Person | undefined> {
    const [row] = await this.database.query
      .select({ person: people })
      .from(personSubjects)
      .innerJoin(people, eq(people.id, personSubjects.personId))
      .where(and(eq(personSubjects.issuer, this.issuer), eq(personSubjects.subject, subject)));
    return row?.person;
  }

  /** @throws NotFound PERSON_NOT_FOUND */
  async get(id: string): Promise<Person> {
    const [person] = await this.database.query.select().from(people).where(eq(people.id, id));
    if (!person) throw new NotFound('PERSON_NOT_FOUND', 'There is no such person.');
    return person;
  }

  /** Everybody who has at least one of the roles. */
  async withRoles(roles: readonly Role[]): Promise<Person[]> {
    return this.database.query
      .select()
      .from(people)
      .where(arrayOverlaps(people.roles, [...roles]));
  }

  /** The person of this wallet; an unknown wallet becomes an investor. */
  async findOrCreateInvestor(address: Address): Promise<Person> {
    return this.database.transaction(async () => {
      await this.database.lock(`people.wallet ${address}`);
      const known = await this.byWallet(address);
      if (known) return known;
      const person = await this.create(`${address.slice(0, 6)}…${address.slice(-4)}`, ['INVESTOR']);
      await this.database.query.insert(personWallets).values({ address, personId: person.id });
      return person;
    });
  }

  /** Lets the person sign in with a further wallet whose ownership is proven.
   *  @throws Conflict WALLET_TAKEN when it belongs to somebody else */
  async addWallet(personId: string, address: Address): Promise<void> {
    const [row] = await this.database.query.insert(personWallets).values({ address, personId }).onConflictDoNothing().returning();
    if (row) return;
    const owner = await this.byWallet(address);
    if (owner?.id !== personId) throw new Conflict('WALLET_TAKEN', `The wallet ${address} belongs to somebody else.`);
  }

  /** Wallets the person signs in with, oldest first. */
  async walletsOf(personId: string): Promise<Address[]> {
    const rows = await this.database.query
      .select()
      .from(personWallets)
      .where(eq(personWallets.personId, personId))
      .orderBy(asc(personWallets.createdAt), asc(personWallets.address));
    return rows.map((row) => row.address as Address);
  }

  /** Whether nobody but this person, or somebody who is neither staff nor acts for a party, signs in with a wallet. */
  async isFreeFor(personId: string, address: Address): Promise<boolean> {
    const owner = await this.byWallet(address);
    return !owner || owner.id === personId || (owner.partyId === null && !owner.roles.some((role) => role !== 'INVESTOR'));
  }

  /** A lost wallet no longer signs in, its replacement does, unless it is not free for this person; every session of the person ends, and
   *  of whoever signed in with the replacement before. */
  async replaceWallet(personId: string, lost: Address, replacement: Address): Promise<void> {
    for (const address of [lost, replacement]) await this.database.lock(`people.wallet ${address}`);
    await this.database.query.delete(personWallets).where(and(eq(personWallets.personId, personId), eq(personWallets.address, lost)));
    await this.endSessions(await this.get(personId), SYSTEM, 'the wallet is lost');
    if (!(await this.isFreeFor(personId, replacement))) return;
    const before = await this.byWallet(replacement);
    if (before) await this.endSessions(before, SYSTEM, 'the wallet is somebody else’s now');
    await this.database.query
      .insert(personWallets)
      .values({ address: replacement, personId })
      .onConflictDoUpdate({ target: personWallets.address, set: { personId } });
  }

  /** Ties the person to the party they act for; `Actor.partyId` carries it from the next request on. */
  async linkParty(personId: string, partyId: string): Promise<void> {
    await this.database.query.update(people).set({ partyId }).where(eq(people.id, personId));
  }

  /** Ends the sessions of a person, or one of them; each end is on record. */
  async endSessions({ id, tenantId }: Pick<Person, 'id' | 'tenantId'>, actor: Actor, reason: string, sessionId?: string): Promise<number> {
    const open = and(eq(sessions.personId, id), isNull(sessions.endedAt), gt(sessions.expiresAt, sql`now()`));
    const ended = await this.database.query
      .update(sessions)
      .set({ endedAt: sql`now()` })
      .where(and(open, sessionId === undefined ? undefined : eq(sessions.id, sessionId)))
      .returning({ id: sessions.id });
    for (const session of ended) {
      const payload = { sessionId: session.id, reason };
      await this.audit.append({ actor: { ...actor, tenantId }, action: 'session.ended', subject: `person:${id}`, payload });
    }
    return ended.length;
  }

  private get issuer(): string {
    return this.config.oidc?.issuer ?? '';
  }

  private async create(name: string, roles: Role[]): Promise<Person> {
    const [row] = await this.database.query.insert(people).values({ tenantId: OPERATOR, name, roles }).returning();
    if (!row) throw new Error('The person was not stored.');
    return row;
  }
}
