import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { and, arrayOverlaps, asc, eq, isNull, sql } from 'drizzle-orm';
import type { Address } from 'viem';
import { Config, OPERATOR, Role } from '../config.js';
import { Database } from '../database/database.js';
import { uuidv7 } from '../ids.js';
import { Conflict, NotFound } from '../problem.js';
import { people, personWallets, sessions } from './people.tables.js';

export type Person = typeof people.$inferSelect;

const STAFF_ROLES = Role.exclude(['INVESTOR']).options;

/** People and the wallets they sign in with. Staff come from the settings, everybody else appears by signing in. */
@Injectable()
export class People implements OnApplicationBootstrap {
  constructor(
    private readonly database: Database,
    @Inject(Config) private readonly config: Config,
  ) {}

  /** The settings say who is staff: names, roles and tenants follow them at every start. Who is no longer listed is staff no more, at once. */
  async onApplicationBootstrap(): Promise<void> {
    await this.database.transaction(async () => {
      await this.database.lock('people.staff');
      const listed = new Set<string>();
      for (const { wallet, name, roles, tenant: tenantId } of this.config.staff) {
        const { id } = (await this.byWallet(wallet)) ?? (await this.create(wallet, name, roles));
        await this.database.query.update(people).set({ name, roles, tenantId }).where(eq(people.id, id));
        listed.add(id);
      }
      for (const { id, roles } of await this.withRoles(STAFF_ROLES)) {
        if (listed.has(id)) continue;
        const left = roles.filter((role) => role === 'INVESTOR');
        await this.database.query.update(people).set({ roles: left, tenantId: OPERATOR }).where(eq(people.id, id));
        await this.endSessions(id);
      }
    });
  }

  async byWallet(address: Address): Promise<Person | undefined> {
    const [row] = await this.database.query
      .select({ person: people })
      .from(personWallets)
      .innerJoin(people, eq(people.id, personWallets.personId))
      .where(eq(personWallets.address, address));
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
      return (await this.byWallet(address)) ?? this.create(address, `${address.slice(0, 6)}…${address.slice(-4)}`, ['INVESTOR']);
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
    await this.endSessions(personId);
    if (!(await this.isFreeFor(personId, replacement))) return;
    const before = await this.byWallet(replacement);
    if (before) await this.endSessions(before.id);
    await this.database.query
      .insert(personWallets)
      .values({ address: replacement, personId })
      .onConflictDoUpdate({ target: personWallets.address, set: { personId } });
  }

  /** Ties the person to the party they act for; `Actor.partyId` carries it from the next request on. */
  async linkParty(personId: string, partyId: string): Promise<void> {
    await this.database.query.update(people).set({ partyId }).where(eq(people.id, personId));
  }

  private async endSessions(personId: string): Promise<void> {
    await this.database.query
      .update(sessions)
      .set({ endedAt: sql`now()` })
      .where(and(eq(sessions.personId, personId), isNull(sessions.endedAt)));
  }

  private async create(address: Address, name: string, roles: Role[]): Promise<Person> {
    const person = { id: uuidv7(), tenantId: OPERATOR, name, roles };
    const [row] = await this.database.query.insert(people).values(person).returning();
    if (!row) throw new Error('The person was not stored.');
    await this.database.query.insert(personWallets).values({ address, personId: person.id });
    return row;
  }
}
