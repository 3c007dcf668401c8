import type { Address } from 'viem';
import { LOCAL_FEED, LOCAL_INDEX, localAddress } from '../accounts.js';
import type { LocalWorldChain } from './chain.js';
import type { Answer } from './client.js';
import type { Investor, Staff } from './people.js';
import { bringAsset, distribute, issueInstrument, type Orders, openOffering, setFeed, settleOffering, subscribe } from './sale.js';

/** The 26-week bill auctioned on 2017-08-28: discount rate, price, investment rate and dates as the Treasury published them. One unit of
 *  the fund stands for a face value of 100. */
const BILL = {
  name: '26-week Treasury bill of 2017-08-31',
  jurisdiction: 'US',
  details: {
    assetClass: 'TREASURY_BILL',
    auctionDate: '2017-08-28',
    issueDate: '2017-08-31',
    maturityDate: '2018-03-01',
    discountRatePercent: '1.115',
    pricePerHundred: '99.436306',
    investmentRatePercent: '1.137',
    currency: 'USD',
  },
} as const;

const DOCUMENTS = [
  {
    role: 'TERM_SHEET',
    title: 'Term sheet',
    text: '# Term sheet\n\n26-week United States Treasury bill, auctioned 2017-08-28, issued 2017-08-31, due 2018-03-01 (182 days). Discount rate 1.115 %, price 99.436306 per 100, investment rate 1.137 %.\n\nOne unit: 100 of face value.\n',
  },
  {
    role: 'CUSTODY_STATEMENT',
    title: 'Custody statement',
    text: '# Custody statement\n\nA sample for local use: the custodian confirms 1,000,000 of face value of the bill for the fund.\n',
    expiresOn: '2018-03-01',
  },
  {
    role: 'LEGAL_OPINION',
    title: 'Legal opinion',
    text: '# Legal opinion\n\nA sample for local use: units of the fund are securities; sold under Regulation S.\n',
  },
  {
    role: 'OFFERING_MEMORANDUM',
    title: 'Offering memorandum',
    text: '# Offering memorandum\n\n5,000 to 10,000 units at the price of the feed. Oversubscription: pro rata. At maturity the holders get the discount earned.\n',
  },
  { role: 'SUBSCRIPTION_AGREEMENT', title: 'Subscription agreement', text: '# Subscription agreement\n\nA sample for local use.\n' },
];

/** Eight investors of four countries ask for 15,000 units; there are 10,000. */
export const TREASURY_ORDERS: Orders = {
  anna: '3500',
  bruno: '3000',
  clara: '2500',
  david: '2000',
  mei: '1500',
  ravi: '1200',
  hana: '800',
  kenji: '500',
};

/** Earned per unit of 100 face value when the bill is repaid: 100 − 99.436306. */
const INTEREST_PER_UNIT = 563_694n;
const UNITS = 10_000n;

/** Before the investors come: the fund exists and its first value is on chain. */
export async function bringFund(
  chain: LocalWorldChain,
  staff: Staff,
  publish: (date: string) => Promise<void>,
  feedProxy: Address,
): Promise<Answer> {
  await chain.advanceTo('2017-08-28T20:00:00Z');
  const asset = await bringAsset(staff, BILL, DOCUMENTS);
  const instrument = await issueInstrument(staff, {
    assetId: asset.id,
    name: 'Treasury Bill Fund 2018-03-01',
    symbol: 'TBILL-20180301',
    decimals: 18,
    rightsType: 'FUND_UNIT',
    terms: { authorisedUnits: '10000', countriesAllowed: ['CH', 'DE', 'SG', 'JP'], maximumBalance: '4000', claimTopics: [1, 2] },
  });
  await publish('2017-08-28');
  await setFeed(staff, instrument.id, { feedProxy, ...LOCAL_FEED.policy });
  return { ...instrument, documents: asset.documents };
}

/** Sells the units at the feed's price. */
export async function sellFund(chain: LocalWorldChain, staff: Staff, fund: Answer, investors: Investor[]): Promise<Answer> {
  const offering = await openOffering(staff, 'treasury', {
    instrumentId: fund.id,
    exemption: 'REG_S',
    currency: 'LUSD',
    settlementWallet: localAddress(LOCAL_INDEX.treasury),
    minTicket: '100',
    increment: '1',
    softCap: '5000',
    hardCap: '10000',
    opensAt: '2017-08-29T00:00:00Z',
    closesAt: '2017-08-31T00:00:00Z',
    settleBy: '2017-09-07T00:00:00Z',
    allocation: 'PRO_RATA',
    documentIds: fund.documents.filter(({ role }: { role: string }) => role === 'OFFERING_MEMORANDUM').map(({ id }: { id: string }) => id),
  });
  if (offering.state === 'OPEN') {
    await chain.advanceTo('2017-08-29T09:00:00Z');
    await Promise.all(investors.map((investor) => subscribe(chain, offering.id, investor, TREASURY_ORDERS[investor.name] ?? '100')));
    await chain.advanceTo('2017-08-31T00:00:00Z');
  }
  const allocation = await settleOffering(staff, offering.id, 'treasury');
  return { ...offering, allocation };
}

/** At maturity the discount that was earned goes to the holders. A bill of at most 183 days bears no withholding. */
export async function payInterest(chain: LocalWorldChain, staff: Staff, fund: Answer, payer: Address): Promise<Answer> {
  await chain.advanceTo('2018-03-01T15:00:00Z');
  const pool = INTEREST_PER_UNIT * UNITS;
  return distribute(chain, staff, payer, 'interest', {
    instrumentId: fund.id,
    kind: 'INTR',
    currency: 'LUSD',
    pool: `${pool / 1_000_000n}.${String(pool % 1_000_000n).padStart(6, '0')}`,
    taxExemption: '26 USC 871(g)(1)(B)(i): payable within 183 days of issue',
    withholdingAgent: localAddress(LOCAL_INDEX.withholding),
    paymentDate: '2018-03-01',
  });
}
