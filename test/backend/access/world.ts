import { randomBytes } from 'node:crypto';
import { asc, eq } from 'drizzle-orm';
import type { PrivateKeyAccount } from 'viem/accounts';
import { txIntent } from '../../../backend/src/chain/chain.tables.js';
import { freezeOrders, walletRecoveries } from '../../../backend/src/compliance/compliance.tables.js';
import { entitlements } from '../../../backend/src/distributions/distributions.tables.js';
import { screeningHits, screenings } from '../../../backend/src/kyc/kyc.tables.js';
import { localStaff } from '../../../backend/src/local/people.js';
import { Member } from '../../../backend/src/local/world/client.js';
import type { Role } from '../../../backend/src/platform/config.js';
import { Database } from '../../../backend/src/platform/database/database.js';
import { webhookSendings } from '../../../backend/src/platform/webhooks/webhooks.tables.js';
import { valuationEvidence } from '../../../backend/src/valuations/valuations.tables.js';
import { type Answer, type Api, randomAccount } from '../support/api.js';
import { ASSET, bringInstrument, bringInvestor, bringStranger, DESK, members, OFFERING, openOffering, order } from '../support/market.js';
import { approve, type Platform, startPlatform, until } from '../support/platform.js';

const STAFF_ROLES = ['ISSUER', 'OFFICER', 'AUDITOR', 'ADMIN'] as const satisfies Role[];
/** The operator, the tenant that owns what is asked for, and another one. */
const TENANTS = ['main', 'acme', 'bolt'] as const;

/** Everybody who asks: nobody, the investor whose things they are, another investor, and staff of three tenants. */
export const PERSONS = [
  'nobody',
  'investor',
  'stranger',
  ...TENANTS.flatMap((tenant) => STAFF_ROLES.map((role) => `${tenant} ${role}` as const)),
] as const;
export type PersonName = (typeof PERSONS)[number];
type StaffName = Exclude<PersonName, 'nobody' | 'investor' | 'stranger'>;

/** Things of the tenant acme and of the investor, by what they are. */
export type Things = Record<
  | 'asset'
  | 'document'
  | 'staffDocument'
  | 'instrument'
  | 'token'
  | 'offering'
  | 'subscription'
  | 'desk'
  | 'distribution'
  | 'entitlement'
  | 'freeze'
  | 'recovery'
  | 'approval'
  | 'operation'
  | 'feedDecision'
  | 'endpoint'
  | 'message'
  | 'investor'
  | 'wallet'
  | 'otherWallet'
  | 'kycCase'
  | 'screeningHit'
  | 'session'
  | 'person',
  string
>;

export type World = {
  platform: Platform;
  persons: Record<PersonName, Api>;
  things: Things;
  investor: { account: PrivateKeyAccount; api: Api };
  /** New sessions of everybody. */
  signIn(): Promise<World['persons']>;
  close(): Promise<void>;
};

/** An evidence record that is on file for the instrument. */
export const EVIDENCE_HASH = `0x${'ab'.repeat(32)}` as const;

/** Two issuers on one platform. What can be brought by the API and the chain is; the rest is written as the service would have left it. */
export async function startAccessWorld(): Promise<World> {
  const accounts = new Map(
    TENANTS.flatMap((tenant) => STAFF_ROLES.map((role) => [`${tenant} ${role}`, { tenant, role, account: randomAccount() }] as const)),
  );
  const clerk = randomAccount();
  const staff = [
    ...[...accounts].map(([name, { tenant, role, account }]) => ({ wallet: account.address, name, roles: [role], tenant })),
    { wallet: clerk.address, name: 'acme clerk', roles: ['AUDITOR'], tenant: 'acme' },
  ];
  const platform = await startPlatform(new Date('2026-01-05T00:00:00Z'), { STAFF: JSON.stringify([...localStaff(), ...staff]) });
  try {
    const { api: nobody } = platform.running;
    const signInStaff = async (): Promise<Record<StaffName, Api>> =>
      Object.fromEntries(await Promise.all([...accounts].map(async ([name, { account }]) => [name, await nobody.signIn(account)])));
    const issuerAccount = accounts.get('acme ISSUER')?.account;
    if (!issuerAccount) throw new Error('acme has no issuer.');
    const operator = await members(platform);
    const acme = { ...operator, issuer: await Member.signIn(platform.url, issuerAccount) };
    const fund = await bringInstrument(acme, 'ACME');
    const investor = await bringInvestor(platform, operator, 'anna');
    const stranger = await bringStranger(platform, 'bruno');
    const signIn = async (): Promise<World['persons']> => ({
      nobody,
      investor: await nobody.signIn(investor.account),
      stranger: await nobody.signIn(stranger.account),
      ...(await signInStaff()),
    });
    const persons = await signIn();
    const spare = await nobody.signIn(investor.account);
    const sessions = (await spare.get('/v1/auth/sessions')).body as { id: string; current: boolean }[];
    const session = sessions.find(({ current }) => current)?.id ?? '';
    const { person } = await nobody.signIn(clerk);
    const things = { ...(await bringThings(platform, persons, fund, investor)), session, person: person.id };
    return { platform, persons, things, investor, signIn, close: platform.close };
  } catch (error) {
    await platform.close();
    throw error;
  }
}

async function bringThings(
  platform: Platform,
  { 'acme ISSUER': issuer, 'acme ADMIN': admin }: World['persons'],
  fund: Answer['body'],
  investor: { api: Api; id: string; account: PrivateKeyAccount },
): Promise<Omit<Things, 'session' | 'person'>> {
  const { query } = platform.running.app.get(Database);
  const { officer } = platform.staff;
  const wallet = investor.account.address;
  const made = async (path: string, body: object): Promise<Answer['body']> => {
    const answer = await issuer.post(path, body);
    if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };

  const endpoint = await made('/v1/webhook-endpoints', { url: 'https://receiver.invalid/muniment', types: ['asset.created'] });
  await approve(admin, endpoint.approvalId);
  await made('/v1/assets', ASSET);
  const [sending] = await query.select().from(webhookSendings).where(eq(webhookSendings.endpointId, endpoint.id));

  const { feedProxy } = platform.deployment.contracts;
  const feed = await made(`/v1/instruments/${fund.id}/feed`, { feedProxy, currency: 'USD', maxValuationAgeSeconds: 864_000 });
  await approve(officer, feed.approvalId);
  await until(issuer, `/v1/feed-decisions/${feed.decisionId}`, ({ state }) => state === 'DONE');
  await query
    .insert(valuationEvidence)
    .values({ instrumentId: fund.id, hash: EVIDENCE_HASH, content: Buffer.from('{}'), createdBy: 'test' });

  const dates = { opensAt: '2026-01-04T00:00:00Z', closesAt: '2026-06-01T00:00:00Z', settleBy: '2026-07-01T00:00:00Z' };
  const sale = { ...OFFERING, ...dates, instrumentId: fund.id };
  const offering = await openOffering({ ...platform, staff: { ...platform.staff, issuer } }, sale);
  const subscription = await order(investor, offering.id, '20');
  const draft = await made('/v1/offerings', sale);

  const desk = await made('/v1/dealing-desks', {
    instrumentId: fund.id,
    ...DESK,
  });
  await approve(officer, desk.approvalId);
  await until(issuer, `/v1/dealing-desks/${desk.id}`, ({ state }) => state === 'OPEN');

  const distribution = await made('/v1/distributions', {
    instrumentId: fund.id,
    kind: 'INTR',
    currency: 'LUSD',
    pool: '100',
    taxExemption: 'A test',
    withholdingAgent: OFFERING.settlementWallet,
    paymentDate: '2026-01-05',
  });
  const identity = randomAccount().address;
  const [entitlement] = await query
    .insert(entitlements)
    .values({
      distributionId: distribution.id,
      position: 0,
      identity,
      investorId: investor.id,
      units: 100n,
      gross: 100n,
      rateBps: 0,
      tax: 0n,
      net: 100n,
      taxBasis: 'A test',
    })
    .returning();

  const otherWallet = randomAccount().address;
  const about = { tenantId: 'acme', instrumentId: fund.id, token: fund.token, legalBasis: 'COURT_ORDER' as const };
  const [freeze] = await query
    .insert(freezeOrders)
    .values({ ...about, wallet: otherWallet, reasonCode: 'LEGAL_ORDER', reference: 'A test', state: 'ACTIVE', orderedBy: 'test' })
    .returning();
  const [recovery] = await query
    .insert(walletRecoveries)
    .values({
      ...about,
      investorId: investor.id,
      identity,
      lostWallet: otherWallet,
      newWallet: randomAccount().address,
      newWalletSignature: '0x',
      documentHash: EVIDENCE_HASH,
      state: 'DONE',
      requestedBy: 'test',
    })
    .returning();

  const [operation] = await query.select().from(txIntent).orderBy(asc(txIntent.id)).limit(1);
  await query
    .update(txIntent)
    .set({ decisionId: desk.approvalId })
    .where(eq(txIntent.id, operation?.id ?? ''));
  const [kycCase] = (await investor.api.get('/v1/kyc-cases')).body.items;
  const [screening] = await query.select().from(screenings).where(eq(screenings.caseId, kycCase.id));
  const [hit] = await query
    .insert(screeningHits)
    .values({
      screeningId: screening?.id ?? '',
      caseId: kycCase.id,
      partyId: investor.id,
      entryNumber: 1,
      entryVersion: randomBytes(8).toString('hex'),
      score: 0.9,
      status: 'OPEN',
    })
    .returning();

  const file = (visibility: string) => ({
    role: 'NOTICE',
    title: visibility,
    mediaType: 'text/plain',
    contentBase64: 'Zm91cg==',
    sha256: '0x04efaf080f5a3e74e1c29d1ca6a48569382cbbcd324e8d59d2b83ef21c039f00',
    visibility,
  });
  const document = await made(`/v1/assets/${fund.assetId}/documents`, file('OFFERING'));
  const staffDocument = await made(`/v1/assets/${fund.assetId}/documents`, { ...file('STAFF'), role: 'AUDIT' });

  return {
    asset: fund.assetId,
    document: document.id,
    staffDocument: staffDocument.id,
    instrument: fund.id,
    token: fund.token,
    offering: offering.id,
    subscription: subscription.id,
    desk: desk.id,
    distribution: distribution.id,
    entitlement: entitlement?.id ?? '',
    freeze: freeze?.id ?? '',
    recovery: recovery?.id ?? '',
    approval: draft.approvalId,
    operation: operation?.id ?? '',
    feedDecision: feed.decisionId,
    endpoint: endpoint.id,
    message: sending?.messageId ?? '',
    investor: investor.id,
    wallet,
    otherWallet,
    kycCase: kycCase.id,
    screeningHit: hit?.id ?? '',
  };
}
