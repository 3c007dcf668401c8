import { createHash } from 'node:crypto';
import type { Address } from 'viem';
import { LOCAL_INDEX, localAddress } from '../accounts.js';
import { localAccount } from '../people.js';
import { type Day, shortDate } from './calendar.js';
import type { LocalWorldChain } from './chain.js';
import { type Answer, ApiError } from './client.js';
import type { Investor, Name, Staff } from './people.js';
import { bringAsset, distribute, issueInstrument, type Orders, openOffering, settleOffering, subscribe } from './sale.js';

/** RealToken 9415-9417 Ravenswood St, Detroit: figures as its issuer publishes them (sold from 2022-04-28). */
const HOUSE = {
  name: '9415-9417 Ravenswood St, Detroit, MI 48204',
  jurisdiction: 'US',
  details: {
    assetClass: 'REAL_ESTATE',
    address: '9415-9417 Ravenswood St, Detroit, MI 48204',
    propertyType: 'Duplex',
    yearBuilt: 1922,
    purchasePrice: '98000',
    totalInvestment: '99150',
    grossRentMonthly: '1555',
    costs: { managementBps: 800, platformBps: 200, insurance: '55', taxes: '130', maintenance: '155', utilities: '0' },
    currency: 'USD',
  },
} as const;

const RENT = { gross: '1555', managementBps: 800, platformBps: 200, insurance: '55', taxes: '130', utilities: '0', maintenance: '155' };

const DOCUMENTS = [
  {
    role: 'TITLE_DEED',
    title: 'Deed',
    text: '# Deed\n\nA sample for local use: the vehicle owns 9415-9417 Ravenswood St, Detroit, MI 48204.\n',
  },
  {
    role: 'VALUATION_REPORT',
    title: 'Valuation report',
    text: '# Valuation report\n\nPurchase price 98,000; total investment 99,150 including the initial maintenance reserve of 1,150. Gross rent 1,555 a month.\n',
  },
  {
    role: 'LEGAL_OPINION',
    title: 'Legal opinion',
    text: '# Legal opinion\n\nA sample for local use: sold to investors outside of the United States under Regulation S, category 3.\n',
  },
  {
    role: 'OFFERING_MEMORANDUM',
    title: 'Offering memorandum',
    text: '# Offering memorandum\n\n1,850 tokens at 50.59. Locked for one year from issue. Net rent is paid monthly: 1,555 gross less 8 % management, 2 % platform, insurance 55, taxes 130, maintenance 155 = 1,059.50.\n',
  },
  { role: 'SUBSCRIPTION_AGREEMENT', title: 'Subscription agreement', text: '# Subscription agreement\n\nA sample for local use.\n' },
];

export const HOUSE_ORDERS: Orders = { anna: '400', bruno: '350', clara: '300', david: '300', mei: '250', hana: '250' };

const ONE_YEAR = 365 * 86_400;

/** Dividend withholding as an officer enters it: statutory, and the treaty rates on portfolio dividends. */
const RATES = [
  { kind: 'DVCA', country: null, rateBps: 3_000, validFrom: '2018-01-01', source: '26 USC 1441(a)' },
  { kind: 'DVCA', country: 'CH', rateBps: 1_500, validFrom: '1998-02-01', source: 'US–Switzerland income tax treaty, Art. 10(2)(b)' },
  { kind: 'DVCA', country: 'DE', rateBps: 1_500, validFrom: '1990-01-01', source: 'US–Germany income tax treaty, Art. 10(2)(b)' },
  { kind: 'DVCA', country: 'JP', rateBps: 1_000, validFrom: '2004-07-01', source: 'US–Japan income tax treaty, Art. 10(2)(b)' },
];

export async function bringHouse(chain: LocalWorldChain, staff: Staff, day: Day): Promise<Answer> {
  await chain.advanceTo(day(-40));
  const asset = await bringAsset(staff, HOUSE, DOCUMENTS);
  const report = asset.documents.find(({ role }) => role === 'VALUATION_REPORT');
  await staff.issuer.post(`/v1/assets/${asset.id}/valuations`, 'appraisal of the house', {
    value: '98000',
    currency: 'USD',
    asOf: shortDate(day(-40)),
    method: 'COMPARABLES',
    documentId: report?.id,
  });
  const instrument = await issueInstrument(staff, {
    assetId: asset.id,
    name: 'RealToken 9415-9417 Ravenswood St Detroit MI',
    symbol: 'RAVENSWOOD-9415-9417',
    decimals: 18,
    rightsType: 'EQUITY',
    terms: {
      authorisedUnits: '1850',
      countriesAllowed: ['CH', 'DE', 'SG', 'JP'],
      maximumBalance: '500',
      lockupSeconds: ONE_YEAR,
      claimTopics: [1, 2],
    },
  });
  return { ...instrument, documents: asset.documents };
}

/** Sells all tokens; an American who asks for some is refused with the reason. */
export async function sellHouse(
  chain: LocalWorldChain,
  staff: Staff,
  house: Answer,
  investors: Investor[],
  american: Investor,
  day: Day,
): Promise<Answer> {
  const offering = await openOffering(staff, 'house', {
    instrumentId: house.id,
    exemption: 'REG_S',
    currency: 'LUSD',
    settlementWallet: localAddress(LOCAL_INDEX.treasury),
    unitPrice: '50.59',
    minTicket: '1',
    maxTicket: '500',
    increment: '1',
    softCap: '1000',
    hardCap: '1850',
    opensAt: day(-38),
    closesAt: day(-35),
    settleBy: day(-28),
    allocation: 'FCFS',
    documentIds: house.documents.map(({ id }: { id: string }) => id),
  });
  let refusal: unknown;
  if (offering.state === 'OPEN') {
    await chain.advanceTo(day(-38));
    const asked = { offeringId: offering.id, wallet: american.account.address, units: '10' };
    refusal = await american.member.post('/v1/subscriptions', 'american', asked).catch((error: unknown) => {
      if (error instanceof ApiError && error.problem.code === 'NOT_ELIGIBLE') return error.problem;
      throw error;
    });
    await Promise.all(investors.map((investor) => subscribe(chain, offering.id, investor, HOUSE_ORDERS[investor.name] ?? '1')));
    await chain.advanceTo(day(-35));
  }
  const allocation = await settleOffering(staff, offering.id, 'house');
  return { ...offering, allocation, refusal };
}

/** A court freezes one holder; then a month's rent is paid: his part waits in escrow. */
export async function payRent(
  chain: LocalWorldChain,
  staff: Staff,
  house: Answer,
  payer: Address,
  frozen: Investor,
  day: Day,
): Promise<Answer> {
  await chain.advanceTo(day(-15));
  const freeze = await staff.officer.post('/v1/freezes', `freeze ${frozen.name}`, {
    instrumentId: house.id,
    wallet: frozen.account.address,
    reasonCode: 'LEGAL_ORDER',
    legalBasis: 'COURT_ORDER',
    reference: 'District court 117',
  });
  await staff.officer.until(`/v1/freezes/${freeze.id}`, ({ state }) => state === 'ACTIVE');
  for (const rate of RATES) await staff.officer.post('/v1/withholding-rates', `rate ${rate.country}`, rate);
  await chain.advanceTo(day(-5));
  return distribute(chain, staff, payer, 'rent', {
    instrumentId: house.id,
    kind: 'DVCA',
    method: 'PER_UNIT',
    currency: 'LUSD',
    rentStatement: RENT,
    withholdingAgent: localAddress(LOCAL_INDEX.withholding),
    paymentDate: shortDate(day(-5)),
  });
}

/** What a holder is told who wants to sell within the year. */
export async function previewLocked(member: Investor, house: Answer, to: Address): Promise<Answer> {
  return member.member.post('/v1/transfers/preview', `preview ${member.name} ${to}`, {
    instrumentId: house.id,
    from: member.account.address,
    to,
    units: '10',
  });
}

/** A holder lost his wallet: two officers move what it held to a new one that he proves. */
export async function recoverWallet(staff: Staff, instrument: Answer, investor: Investor, newWalletIndex: number): Promise<Answer> {
  const account = localAccount(newWalletIndex);
  const wallets = {
    investorId: investor.id,
    instrumentId: instrument.id,
    lostWallet: investor.account.address,
    newWallet: account.address,
  };
  const known = await staff.officer.get('/v1/wallet-recoveries?limit=50');
  const earlier = known.items.find((item: Answer) => item.instrumentId === instrument.id && item.newWallet === account.address);
  const id = earlier?.id ?? (await request(staff, wallets, account));
  const { approvalId } = await staff.officer.get(`/v1/wallet-recoveries/${id}`);
  await staff.officer2.approve(approvalId, 'The investor was identified again in person.');
  return staff.officer.until(
    `/v1/wallet-recoveries/${id}`,
    ({ state }) => state === 'DONE',
    ({ state }) => state === 'FAILED',
  );
}

async function request(staff: Staff, wallets: Record<string, string>, account: ReturnType<typeof localAccount>): Promise<string> {
  const typedData = await staff.officer.get(`/v1/wallet-recoveries/typed-data?${new URLSearchParams(wallets)}`);
  const newWalletSignature = await account.signTypedData(typedData);
  const { id } = await staff.officer.post('/v1/wallet-recoveries', `recover ${wallets.instrumentId}`, {
    ...wallets,
    newWalletSignature,
    legalBasis: 'LOST_KEY',
    documentHash: `0x${createHash('sha256').update('Identification protocol, sample for local use').digest('hex')}`,
  });
  return id;
}

export const HOUSE_HOLDERS = Object.keys(HOUSE_ORDERS) as Name[];
