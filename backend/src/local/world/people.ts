import type { PrivateKeyAccount } from 'viem/accounts';
import { investorAccount, staffAccounts } from '../people.js';
import { type Answer, Member } from './client.js';

/** An invented person. The word `reject` in a name makes the simulated verification provider reject its bearer. */
export type Character = {
  name: string;
  country: string;
  born: string;
};

/** Whoever invests in this world. The order decides their wallets (investorAccount). */
export const CHARACTERS = {
  anna: { name: 'Anna Keller', country: 'CH', born: '1971-03-14' },
  bruno: { name: 'Bruno Meier', country: 'CH', born: '1964-11-02' },
  clara: { name: 'Clara Schmidt', country: 'DE', born: '1980-06-30' },
  david: { name: 'David Vogel', country: 'DE', born: '1958-01-09' },
  mei: { name: 'Mei Tan', country: 'SG', born: '1985-09-21' },
  ravi: { name: 'Ravi Pillai', country: 'SG', born: '1976-12-05' },
  hana: { name: 'Hana Sato', country: 'JP', born: '1990-04-18' },
  kenji: { name: 'Kenji Ito', country: 'JP', born: '1969-08-27' },
  rex: { name: 'Rex Reject', country: 'DE', born: '1988-02-11' },
  uma: { name: 'Uma Jones', country: 'US', born: '1983-07-07' },
} as const satisfies Record<string, Character>;

export type Name = keyof typeof CHARACTERS;

/** A W-8BEN that was signed on the day, with the treaty its signer claims (articles on portfolio dividends). */
const TREATIES: Partial<Record<Name, { country: string; article: string } | null>> = {
  anna: { country: 'CH', article: '10(2)(b)' },
  clara: { country: 'DE', article: '10(2)(b)' },
  hana: { country: 'JP', article: '10(2)(b)' },
  mei: null,
};

export type Staff = Record<'issuer' | 'officer' | 'officer2', Member>;
export type Investor = { name: Name; id: string; member: Member; account: PrivateKeyAccount };

export function accountOf(name: Name): PrivateKeyAccount {
  return investorAccount(Object.keys(CHARACTERS).indexOf(name));
}

export async function signInStaff(url: string): Promise<Staff> {
  const { issuer, officer, officer2 } = staffAccounts();
  const [a, b, c] = await Promise.all([issuer, officer, officer2].map((account) => Member.signIn(url, account)));
  if (!a || !b || !c) throw new Error('The staff could not sign in.');
  return { issuer: a, officer: b, officer2: c };
}

/** From an unknown person to a case that an officer can decide about. */
async function introduce(url: string, name: Name, occasion: string): Promise<Investor & { case: Answer }> {
  const { name: legalName, country, born } = CHARACTERS[name];
  const account = accountOf(name);
  const member = await Member.signIn(url, account);
  const { id } = await member.post('/v1/investors', `introduce ${name}`, {
    kind: 'PERSON',
    legalName,
    country,
    taxCountry: country,
    dateOfBirth: born,
  });
  const created = await member.post('/v1/kyc-cases', `case of ${name} ${occasion}`, { investorId: id, level: 'BASIC' });
  await member.post(`/v1/kyc-cases/${created.id}/submit`, `submit ${name}`);
  const pending = await member.until(`/v1/kyc-cases/${created.id}`, ({ status }) => status !== 'SUBMITTED' && status !== 'DRAFT');
  if (pending.status === 'PROVIDER_PENDING') {
    await member.post(`/v1/simulator/verifications/${pending.providerRef}/complete`, `verify ${name}`);
  }
  return { name, id, member, account, case: created };
}

/** Verified by the provider, screened, recommended by one officer, approved by another, registered on chain.
 *  @param validUntil until when the approval and the claims on chain last */
export async function onboard(url: string, { officer, officer2 }: Staff, name: Name, validUntil: string): Promise<Investor> {
  const { case: created, ...investor } = await introduce(url, name, validUntil);
  const path = `/v1/kyc-cases/${created.id}`;
  const ready = await officer.until(path, ({ status }) => ['IN_REVIEW', 'PENDING_APPROVAL', 'APPROVED'].includes(status));
  if (ready.status === 'IN_REVIEW') {
    await officer.post(`${path}/recommend`, `recommend ${name} ${validUntil}`, {
      decision: 'APPROVE',
      riskRating: 'LOW',
      note: 'Passport and liveness are clear, no list match.',
    });
  }
  if (ready.status !== 'APPROVED') {
    await officer2.post(`${path}/approve`, `approve ${name} ${validUntil}`, { reason: 'Agrees with the evidence.', validUntil });
  }
  await officer.until(path, ({ registration }) => registration === 'REGISTERED');
  return investor;
}

/** Rejected by the provider, confirmed by an officer. */
export async function turnAway(url: string, { officer }: Staff, name: Name): Promise<{ caseId: string; status: string }> {
  const { case: created } = await introduce(url, name, 'first');
  const path = `/v1/kyc-cases/${created.id}`;
  const seen = await officer.until(path, ({ status, review }) => status === 'REJECTED' || (review?.labels ?? []).length > 0);
  if (seen.status !== 'REJECTED')
    await officer.post(`${path}/reject`, `reject ${name}`, { reason: 'The identity document is not genuine.' });
  const { status } = await officer.get(path);
  return { caseId: created.id, status };
}

/** Files a W-8BEN where this person has one. */
export async function signTaxForm({ name, id, member }: Investor, signedOn: string): Promise<void> {
  const treaty = TREATIES[name];
  if (treaty === undefined) return;
  const form = { form: 'W-8BEN', country: CHARACTERS[name].country, signedOn, ...(treaty ? { treaty } : {}) };
  await member.post(`/v1/investors/${id}/tax-forms`, `tax form of ${name}`, form);
}
