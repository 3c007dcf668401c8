import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { and, asc, eq, gt, inArray } from 'drizzle-orm';
import { type Address, type Hex, keccak256 } from 'viem';
import { ChainClock } from '../chain/chain-clock.js';
import { Audit } from '../platform/audit/audit.service.js';
import type { Actor } from '../platform/auth/actor.js';
import { People } from '../platform/auth/people.service.js';
import { may } from '../platform/auth/permissions.js';
import { isStaffOf, scope } from '../platform/auth/scope.js';
import { OPERATOR } from '../platform/config.js';
import { Database } from '../platform/database/database.js';
import { uuidv7 } from '../platform/ids.js';
import { Conflict, Invalid, NotFound } from '../platform/problem.js';
import { fromCursor, toPage } from '../platform/schema/page.js';
import { Vault } from '../platform/vault/vault.js';
import type { CreatedInvestor, CreateInvestor, InvestorQuery, InvestorSummary, InvestorView } from './parties.schema.js';
import { type PartyKind, parties, taxForms, type WalletState, walletLinks } from './parties.tables.js';
import { WalletHolds } from './wallet-holds.js';

/** What other features may know of an investor: nothing that identifies him. */
export type Investor = {
  id: string;
  kind: PartyKind;
  personId: string;
  country: string;
  taxCountry: string;
  identity: Address | null;
  identitySalt: Hex;
  approvedUntil: Date | null;
  registered: boolean;
};

export type InvestorWallet = { id: string; address: Address; state: WalletState; createdAt: Date };

/** What identifies him. Only for those who must know (KYC provider, screening); never kept, never logged. */
export type PersonalData = { legalName: string; email?: string; dateOfBirth?: string };

type Party = typeof parties.$inferSelect;

const FIELDS = { legalName: 'legal-name', email: 'email', dateOfBirth: 'date-of-birth', identitySecret: 'identity-secret' } as const;

@Injectable()
export class Investors {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
    private readonly audit: Audit,
    private readonly people: People,
    private readonly clock: ChainClock,
    private readonly holds: WalletHolds,
  ) {}

  /** A person becomes an investor, for himself or for an entity, of the operator, who verifies him for all tenants. The wallets he signs in with are his first links: signing in proved them.
   *  @throws Conflict INVESTOR_EXISTS, WALLET_ALREADY_LINKED, WALLET_FROZEN, RECOVERY_OPEN */
  async create(input: CreateInvestor, actor: Actor): Promise<CreatedInvestor> {
    if (input.kind === 'ENTITY' && input.dateOfBirth !== undefined) {
      throw new Invalid('VALIDATION_FAILED', 'dateOfBirth: an entity has none.');
    }
    await this.database.lock(`investor of ${actor.personId}`);
    if (await this.ofPerson(actor.personId)) {
      throw new Conflict('INVESTOR_EXISTS', { detail: 'You are an investor already.', remedy: 'Read it at GET /v1/investors/me.' });
    }
    const wallets = await this.people.walletsOf(actor.personId);
    await this.refuseLinked(wallets, actor);
    const id = uuidv7();
    const secret = randomBytes(32);
    const seal = async (field: string, text: string | undefined) => (text === undefined ? null : this.vault.seal(id, field, text));
    const legalName = await this.vault.seal(id, FIELDS.legalName, input.legalName);
    const email = await seal(FIELDS.email, input.email);
    const dateOfBirth = await seal(FIELDS.dateOfBirth, input.dateOfBirth);
    const identitySecret = await this.vault.seal(id, FIELDS.identitySecret, secret.toString('hex'));
    await this.database.query.insert(parties).values({
      id,
      tenantId: OPERATOR,
      kind: input.kind,
      personId: actor.personId,
      country: input.country,
      taxCountry: input.taxCountry,
      legalName,
      email,
      dateOfBirth,
      identitySecret,
      identitySalt: keccak256(secret),
    });
    await this.people.linkParty(actor.personId, id);
    await this.database.query.insert(walletLinks).values(wallets.map((address) => ({ partyId: id, address, state: 'PROVEN' as const })));
    await this.audit.append({
      actor,
      action: 'investor.created',
      subject: `investor:${id}`,
      payload: { kind: input.kind, country: input.country, wallets },
    });
    return { ...(await this.row(id)), wallets: await this.links(id) };
  }

  /** @throws NotFound INVESTOR_NOT_FOUND */
  async mine(actor: Actor): Promise<InvestorView> {
    const party = await this.ofPerson(actor.personId);
    if (!party) {
      throw new NotFound('INVESTOR_NOT_FOUND', { detail: 'You are no investor yet.', remedy: 'Become one with POST /v1/investors.' });
    }
    return this.view(party, 'FULL');
  }

  /** An investor sees himself; officers see everybody, which is logged; auditors see masked names.
   *  @throws NotFound INVESTOR_NOT_FOUND also for somebody else’s */
  async read(id: string, actor: Actor): Promise<InvestorView> {
    const party = await this.row(id);
    if (party.personId === actor.personId) return this.view(party, 'FULL');
    if (!may(actor.roles, 'party:read') || !isStaffOf(actor, party.tenantId)) throw notFound(id);
    const detail = may(actor.roles, 'party:write') ? 'FULL' : 'MASKED';
    await this.audit.append({ actor, action: 'investor.viewed', subject: `investor:${id}`, payload: { detail } });
    return this.view(party, detail);
  }

  async list({ limit, cursor, country }: InvestorQuery, actor: Actor): Promise<{ items: InvestorSummary[]; next: string | null }> {
    const after = fromCursor(cursor);
    const rows = await this.database.query
      .select()
      .from(parties)
      .where(
        and(scope(actor, parties.tenantId), after ? gt(parties.id, after) : undefined, country ? eq(parties.country, country) : undefined),
      )
      .orderBy(asc(parties.id))
      .limit(limit + 1);
    const { items, next } = toPage(rows, limit, (party) => party.id);
    const detail = may(actor.roles, 'party:write') ? 'FULL' : 'MASKED';
    await this.audit.append({ actor, action: 'investors.listed', subject: 'investor:*', payload: { detail, count: items.length } });
    const now = await this.clock.now();
    return { items: await Promise.all(items.map((party) => this.summary(party, detail, now))), next };
  }

  /** @throws NotFound INVESTOR_NOT_FOUND */
  async byId(id: string): Promise<Investor> {
    return toInvestor(await this.row(id));
  }

  /** The investor himself, for routes under his own resource.
   *  @throws NotFound INVESTOR_NOT_FOUND also for somebody else’s */
  async own(id: string, actor: Actor): Promise<Investor> {
    const party = await this.row(id);
    if (party.personId !== actor.personId) throw notFound(id);
    return toInvestor(party);
  }

  /** The investor a wallet is linked to, whatever the state of the link. */
  async byWallet(address: Address): Promise<(Investor & { wallet: InvestorWallet }) | undefined> {
    const [row] = await this.database.query
      .select({ party: parties, wallet: walletLinks })
      .from(walletLinks)
      .innerJoin(parties, eq(parties.id, walletLinks.partyId))
      .where(eq(walletLinks.address, address));
    return row && { ...toInvestor(row.party), wallet: { ...row.wallet, address: row.wallet.address as Address } };
  }

  async byIdentity(identity: Address): Promise<Investor | undefined> {
    const [party] = await this.database.query.select().from(parties).where(eq(parties.identity, identity));
    return party && toInvestor(party);
  }

  /** Oldest first. */
  async wallets(id: string): Promise<InvestorWallet[]> {
    const rows = await this.links(id);
    return rows.map((row) => ({ id: row.id, address: row.address as Address, state: row.state, createdAt: row.createdAt }));
  }

  /** Whether his approval lasts now, by chain time. */
  async isApproved(id: string): Promise<boolean> {
    return lasts((await this.row(id)).approvedUntil, await this.clock.now());
  }

  /** Ids of the investors who have these identities, as far as there are any. */
  async idsByIdentity(identities: readonly Address[]): Promise<Map<Address, string>> {
    const rows = await this.database.query
      .select({ id: parties.id, identity: parties.identity })
      .from(parties)
      .where(inArray(parties.identity, [...identities]));
    return new Map(rows.map(({ id, identity }) => [identity as Address, id]));
  }

  /** @returns ISO 3166-1 alpha-2 */
  async country(id: string): Promise<string> {
    return (await this.row(id)).country;
  }

  async personalData(id: string): Promise<PersonalData> {
    return this.open(await this.row(id));
  }

  /** Commits to everything he stated, and says nothing of it: SHA-256 over the row as it is stored, ciphertext included. */
  async formDigest(id: string): Promise<string> {
    const { kind, country, taxCountry, legalName, email, dateOfBirth } = await this.row(id);
    const stated = [kind, country, taxCountry, legalName, email, dateOfBirth].map((value) =>
      value ? Buffer.from(value).toString('hex') : '',
    );
    return createHash('sha256').update(JSON.stringify(stated)).digest('hex');
  }

  /** Names for a list that the caller may see and has logged (cap table, entitlements). */
  async legalNames(ids: readonly string[]): Promise<Map<string, string>> {
    if (ids.length === 0) return new Map();
    const rows = await this.database.query
      .select()
      .from(parties)
      .where(inArray(parties.id, [...ids]));
    const names = await Promise.all(rows.map((party) => this.nameInList(party, 'FULL')));
    return new Map(rows.map((party, i) => [party.id, names[i] as string]));
  }

  /** Only the KYC feature calls these. */
  async setApproval(id: string, approval: { caseId: string; until: Date } | null): Promise<void> {
    await this.database.query
      .update(parties)
      .set({ approvedCaseId: approval?.caseId ?? null, approvedUntil: approval?.until ?? null })
      .where(eq(parties.id, id));
  }

  async setIdentity(id: string, identity: Address): Promise<void> {
    await this.database.query.update(parties).set({ identity }).where(eq(parties.id, id));
  }

  async setRegistered(id: string): Promise<void> {
    await this.database.query.update(parties).set({ registered: true }).where(eq(parties.id, id));
  }

  /** Whoever signs in with a wallet that an investor lost cannot begin anew with it; that he tried is kept. */
  private async refuseLinked(wallets: readonly Address[], actor: Actor): Promise<void> {
    for (const address of wallets) {
      const owner = await this.byWallet(address);
      if (!owner) {
        const hold = await this.holds.of(null, address);
        if (hold) throw hold;
        continue;
      }
      await this.audit.refused({ actor, action: 'investor.created', subject: `investor:${owner.id}`, payload: { address } });
      throw new Conflict('WALLET_ALREADY_LINKED', {
        detail: `The wallet ${address} belongs to an investor already.`,
        remedy: 'Sign in with a wallet that is only yours.',
      });
    }
  }

  private async ofPerson(personId: string): Promise<Party | undefined> {
    const [party] = await this.database.query.select().from(parties).where(eq(parties.personId, personId));
    return party;
  }

  private async row(id: string): Promise<Party> {
    const [party] = await this.database.query.select().from(parties).where(eq(parties.id, id));
    if (!party) throw notFound(id);
    return party;
  }

  private async links(partyId: string): Promise<(typeof walletLinks.$inferSelect)[]> {
    return this.database.query.select().from(walletLinks).where(eq(walletLinks.partyId, partyId)).orderBy(asc(walletLinks.id));
  }

  private async open(party: Party): Promise<PersonalData> {
    const [legalName, email, dateOfBirth] = await Promise.all([
      this.vault.open(party.id, FIELDS.legalName, party.legalName),
      party.email && this.vault.open(party.id, FIELDS.email, party.email),
      party.dateOfBirth && this.vault.open(party.id, FIELDS.dateOfBirth, party.dateOfBirth),
    ]);
    return { legalName, ...(email ? { email } : {}), ...(dateOfBirth ? { dateOfBirth } : {}) };
  }

  /** One who was erased does not keep the others from being listed. */
  private async nameInList(party: Party, detail: 'FULL' | 'MASKED'): Promise<string> {
    try {
      const name = await this.vault.open(party.id, FIELDS.legalName, party.legalName);
      return detail === 'FULL' ? name : masked(name);
    } catch (error) {
      if (error instanceof NotFound && error.code === 'VAULT_ERASED') return ERASED;
      throw error;
    }
  }

  private async summary(party: Party, detail: 'FULL' | 'MASKED', now: bigint): Promise<InvestorSummary> {
    return {
      ...party,
      legalName: await this.nameInList(party, detail),
      approved: lasts(party.approvedUntil, now),
    };
  }

  private async view(party: Party, detail: 'FULL' | 'MASKED'): Promise<InvestorView> {
    const [personal, wallets, forms, now] = await Promise.all([
      this.open(party),
      this.links(party.id),
      this.database.query.select().from(taxForms).where(eq(taxForms.partyId, party.id)).orderBy(asc(taxForms.signedOn)),
      this.clock.now(),
    ]);
    return {
      ...party,
      legalName: detail === 'FULL' ? personal.legalName : masked(personal.legalName),
      email: detail === 'FULL' ? (personal.email ?? null) : null,
      dateOfBirth: detail === 'FULL' ? (personal.dateOfBirth ?? null) : null,
      approved: lasts(party.approvedUntil, now),
      wallets,
      taxForms: forms.map((form) => ({
        ...form,
        treaty: form.treatyCountry === null ? null : { country: form.treatyCountry, article: form.treatyArticle },
      })),
    };
  }
}

const ERASED = '(erased)';

const notFound = (id: string): NotFound => new NotFound('INVESTOR_NOT_FOUND', `There is no investor ${id}.`);

const lasts = (until: Date | null, now: bigint): boolean => until !== null && BigInt(until.getTime()) > now * 1000n;

const masked = (name: string): string => name.replace(/(\S)\S*/gu, '$1…');

function toInvestor(party: Party): Investor {
  const { id, kind, personId, country, taxCountry, approvedUntil, registered } = party;
  return {
    id,
    kind,
    personId,
    country,
    taxCountry,
    identity: party.identity as Address | null,
    identitySalt: party.identitySalt as Hex,
    approvedUntil,
    registered,
  };
}
