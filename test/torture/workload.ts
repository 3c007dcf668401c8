import { encodeFunctionData, parseUnits } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import { LOCAL_INDEX, localAddress, localSender } from '../../backend/src/local/accounts.js';
import { investorAccount, localAccount, staffAccounts } from '../../backend/src/local/people.js';
import type { Answer } from '../../backend/src/local/world/client.js';
import type { Investor, Staff } from '../../backend/src/local/world/people.js';
import { recoverWallet } from '../../backend/src/local/world/real-estate.js';
import { minorUnits, openOffering, settleOffering, subscribe } from '../../backend/src/local/world/sale.js';
import { securityTokenAbi } from '../../contracts/generated/abi.js';
import type { Wallets } from './chain.js';
import { DAY_MS, type Ground, type Holder, offeringTerms, VALID_UNTIL } from './ground.js';
import { type Fleet, Persistent } from './member.js';
import type { Part, Story } from './plan.js';

/** Accounts of the local chain that nobody of the ground has. */
const NEWCOMERS_FROM = 12;
const NEW_WALLET = 55;
const SALE = 'sale of the run';

/** What the run's users decided, and so what must have become of it: each once, and nothing else. */
export type Expected = { sale?: Sale; income?: Income; recovery?: { holder: Holder; newWallet: PrivateKeyAccount } | undefined };
export type Sale = { registered: PrivateKeyAccount[]; orders: { wallet: PrivateKeyAccount; units: bigint }[]; hardCap: bigint };
export type Income = { id: string; pool: bigint; frozen: Holder; released: boolean; moved: { from: Holder; to: Holder } | undefined };

type Stage = { fleet: Fleet; ground: Ground; wallets: Wallets; story: Story; staff: Staff };

/** Plays the story of a seed through the API and with people's own wallets, its parts at the same time. */
export async function play(stage: Omit<Stage, 'staff'>): Promise<Expected> {
  const { fleet, ground, story } = stage;
  const accounts = staffAccounts();
  const [issuer, officer, officer2] = await Promise.all([
    Persistent.join(fleet, accounts.issuer, ground.tokens.issuer),
    Persistent.join(fleet, accounts.officer, ground.tokens.officer),
    Persistent.join(fleet, accounts.officer2, ground.tokens.officer2),
  ]);
  const whole = { ...stage, staff: { issuer, officer, officer2 } };
  const plays = (part: Part): boolean => story.parts.includes(part);
  const [sale, income, recovery] = await Promise.all([
    plays('sale') ? sell(whole) : undefined,
    plays('income') ? distribute(whole) : undefined,
    plays('recovery') ? recover(whole) : undefined,
  ]);
  return { ...(sale ? { sale } : {}), ...(income ? { income } : {}), recovery };
}

/* ONBOARDING AND SALE */

async function sell(stage: Stage): Promise<Sale> {
  const { ground, wallets, story, staff } = stage;
  const now = await wallets.now();
  const terms = offeringTerms(ground.instrument.id, ground.documents, now, story.allocation, story.hardCap);
  const [offering, ...people] = await Promise.all([
    openOffering(staff, SALE, terms),
    ...story.newcomers.map((person, index) => onboard(stage, person, investorAccount(NEWCOMERS_FROM + index))),
  ]);
  const investors = people.filter((person): person is Investor => 'member' in person);
  await wallets.advanceTo(new Date(now + 3_700_000));
  const units = (investor: Investor): string =>
    story.newcomers.find((_, n) => investor.account.address === newcomer(n).address)?.units ?? '1';
  await Promise.all(investors.map((investor) => subscribe(wallets, offering.id, investor, units(investor))));
  await wallets.advanceTo(new Date(now + 2 * DAY_MS + 60_000));
  await settleOffering(staff, offering.id, SALE);
  return {
    registered: investors.map(({ account }) => account),
    orders: investors.map((investor) => ({ wallet: investor.account, units: parseUnits(units(investor), 18) })),
    hardCap: parseUnits(story.hardCap, 18),
  };
}

const newcomer = (n: number): PrivateKeyAccount => investorAccount(NEWCOMERS_FROM + n);

/** From an unknown person to one registered on chain, or turned away. */
async function onboard(
  { fleet, staff: { officer, officer2 } }: Stage,
  person: Story['newcomers'][number],
  account: PrivateKeyAccount,
): Promise<Investor | { turnedAway: true }> {
  const member = await Persistent.join(fleet, account);
  const { name, email, country, born, turnedAway } = person;
  const legalName = turnedAway ? `${name} Reject` : name;
  const investor = { kind: 'PERSON', legalName, country, taxCountry: country, email, dateOfBirth: born };
  const { id } = await member.post('/v1/investors', `introduce ${name}`, investor);
  const created = await member.post('/v1/kyc-cases', `case of ${name}`, { investorId: id, level: 'BASIC' });
  const path = `/v1/kyc-cases/${created.id}`;
  await member.post(`${path}/submit`, `submit ${name}`);
  const pending = await member.until(path, ({ status }) => status !== 'SUBMITTED' && status !== 'DRAFT');
  await member.post(`/v1/simulator/verifications/${pending.providerRef}/complete`, `verify ${name}`);
  if (turnedAway) {
    const seen = await officer.until(path, ({ status, review }) => status === 'REJECTED' || (review?.labels ?? []).length > 0);
    if (seen.status !== 'REJECTED') await officer.post(`${path}/reject`, `reject ${name}`, { reason: 'The document is not genuine.' });
    return { turnedAway: true };
  }
  await officer.until(path, ({ status }) => status === 'IN_REVIEW');
  await officer.post(`${path}/recommend`, `recommend ${name}`, { decision: 'APPROVE', riskRating: 'LOW', note: 'All is clear.' });
  await officer2.post(`${path}/approve`, `approve ${name}`, { reason: 'Agrees with the evidence.', validUntil: VALID_UNTIL });
  await officer.until(path, ({ registration }) => registration === 'REGISTERED');
  // The name of the seeded world's type is not needed beyond it.
  return { name: 'anna', id, member, account };
}

/* FREEZE AND INCOME */

async function distribute(stage: Stage): Promise<Income> {
  const { ground, wallets, story, staff } = stage;
  const { issuer, officer, officer2 } = staff;
  const frozen = holder(ground, story.frozen);
  const freeze = await officer.post('/v1/freezes', 'freeze', {
    instrumentId: ground.instrument.id,
    wallet: frozen.account.address,
    reasonCode: 'LEGAL_ORDER',
    legalBasis: 'COURT_ORDER',
    reference: 'District court 117',
  });
  await officer.until(`/v1/freezes/${freeze.id}`, ({ state }) => state === 'ACTIVE');
  const { id } = await issuer.post('/v1/distributions', 'income', {
    instrumentId: ground.instrument.id,
    kind: 'DVCA',
    ...story.distribution,
    currency: 'LUSD',
    withholdingAgent: localAddress(LOCAL_INDEX.withholding),
    paymentDate: '2026-02-02',
  });
  const path = `/v1/distributions/${id}`;
  await issuer.post(`${path}/snapshot`, 'snapshot');
  const { totals } = await issuer.until(path, ({ state }) => state === 'CALCULATED');
  const { approvalId } = await issuer.post(`${path}/submit`, 'submit');
  await wallets.fund(localAccount(LOCAL_INDEX.deployer), localSender('payer'), minorUnits(totals.funded));
  await Promise.all([officer2.approve(approvalId, 'Agrees with the register.'), move(stage)]);
  await issuer.post(`${path}/fund`, 'fund');
  await issuer.until(path, ({ state }) => state === 'FUNDED');
  await issuer.post(`${path}/pay`, 'pay');
  await issuer.until(path, ({ state }) => state === 'PARTIALLY_COMPLETED');
  if (story.released) {
    await release(stage, freeze.id);
    await issuer.post(`${path}/retry`, 'retry');
    await issuer.until(path, ({ state }) => state === 'COMPLETED');
  }
  const moved = story.mover === undefined ? undefined : { from: holder(ground, story.mover), to: receiver(ground, story) };
  return { id, pool: minorUnits(story.distribution.pool), frozen, released: story.released, moved };
}

async function release({ staff: { officer, officer2 } }: Stage, id: string): Promise<void> {
  const path = `/v1/freezes/${id}`;
  const grounds = { legalBasis: 'COURT_ORDER', reference: 'District court 118' };
  const { releaseApprovalId } = await officer.post(`${path}/release`, 'release', grounds);
  await officer2.approve(releaseApprovalId, 'The order was lifted.');
  await officer.until(path, ({ state }) => state === 'RELEASED');
}

/** A holder gives a unit to another, between the record date and the payment. */
async function move({ ground, wallets, story }: Stage): Promise<void> {
  if (story.mover === undefined) return;
  const { account } = holder(ground, story.mover);
  const args = [receiver(ground, story).account.address, parseUnits('1', 18)] as const;
  const data = encodeFunctionData({ abi: securityTokenAbi, functionName: 'transfer', args });
  await wallets.send(account, { to: ground.instrument.token, data });
}

/** Whoever is neither frozen, nor recovered, nor the mover. */
function receiver(ground: Ground, { frozen, recovered, mover }: Story): Holder {
  return holder(ground, [0, 1, 2, 3].find((n) => n !== frozen && n !== recovered && n !== mover) ?? 0);
}

/* RECOVERY */

async function recover({ ground, story, staff }: Stage): Promise<Expected['recovery']> {
  if (story.recovered === undefined) return undefined;
  const { investorId, account, name } = holder(ground, story.recovered);
  const investor = { name, id: investorId, account } as Answer as Investor;
  await recoverWallet(staff, { id: ground.instrument.id }, investor, NEW_WALLET);
  return { holder: holder(ground, story.recovered), newWallet: localAccount(NEW_WALLET) };
}

function holder({ holders }: Ground, n: number): Holder {
  const found = holders[n];
  if (!found) throw new Error(`The ground has no holder ${n}.`);
  return found;
}
