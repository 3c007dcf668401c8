import { BaseError, ContractFunctionRevertedError, type Hex } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import { LOCAL_INDEX, localAddress, localSender } from '../../../backend/src/local/accounts.js';
import { localAccount } from '../../../backend/src/local/people.js';
import {
  accountOf,
  CHARACTERS,
  type Investor,
  type Name,
  onboard,
  type Staff,
  signInStaff,
} from '../../../backend/src/local/world/people.js';
import { bringAsset, issueInstrument } from '../../../backend/src/local/world/sale.js';
import type { Answer, Api } from './api.js';
import { approve, type Platform, until } from './platform.js';

export const ASSET = {
  name: 'A bill for a test',
  jurisdiction: 'US',
  details: {
    assetClass: 'TREASURY_BILL',
    auctionDate: '2026-01-05',
    issueDate: '2026-01-08',
    maturityDate: '2026-07-09',
    discountRatePercent: '1.115',
    pricePerHundred: '99.436306',
    investmentRatePercent: '1.137',
    currency: 'USD',
  },
} as const;

export const EVIDENCE = ['TERM_SHEET', 'CUSTODY_STATEMENT', 'LEGAL_OPINION', 'OFFERING_MEMORANDUM', 'SUBSCRIPTION_AGREEMENT'].map(
  (role) => ({
    role,
    title: role,
    text: `# ${role}\n`,
  }),
);

export const OFFERING = {
  exemption: 'REG_S',
  currency: 'LUSD',
  settlementWallet: localAddress(LOCAL_INDEX.treasury),
  unitPrice: '2.5',
  minTicket: '10',
  maxTicket: '100',
  increment: '5',
  softCap: '50',
  hardCap: '150',
  allocation: 'PRO_RATA',
};

/** Terms of a dealing desk: a cut-off a day, values of five days at most. */
export const DESK = {
  currency: 'LUSD',
  settlementWallet: localAddress(LOCAL_INDEX.treasury),
  minSubscription: '100',
  minRedemption: '1',
  dailyMintCap: '500',
  firstCutOff: '2026-01-06T16:00:00Z',
  periodSeconds: 86_400,
  maxPriceAgeSeconds: 5 * 86_400,
  settleWithinSeconds: 30 * 86_400,
};

/** The staff as the seeded world's functions take them. */
export function members(platform: Platform): Promise<Staff> {
  return signInStaff(platform.url);
}

/** An approved asset of its own and its token, with two decimals. */
export async function bringInstrument(
  staff: Staff,
  symbol: string,
  evidence: Parameters<typeof bringAsset>[2] = EVIDENCE,
): Promise<Answer['body']> {
  const asset = await bringAsset(staff, { ...ASSET, name: `The bill of ${symbol}` }, evidence);
  return issueInstrument(staff, {
    assetId: asset.id,
    name: `Fund ${symbol}`,
    symbol,
    decimals: 2,
    rightsType: 'FUND_UNIT',
    terms: { authorisedUnits: '1000', countriesAllowed: ['CH', 'SG'], claimTopics: [1, 2] },
  });
}

/** A verified investor with a signed-in API of his own. */
export async function bringInvestor(platform: Platform, staff: Staff, name: Name): Promise<Investor & { api: Api }> {
  const investor = await onboard(platform.url, staff, name, '2027-01-01T00:00:00Z');
  return { ...investor, api: await platform.running.api.signIn(investor.account) };
}

/** Known, with a wallet, and verified by nobody. */
export async function bringStranger(platform: Platform, name: Name): Promise<{ account: PrivateKeyAccount; api: Api }> {
  const account = accountOf(name);
  const api = await platform.running.api.signIn(account);
  const { name: legalName, country, born: dateOfBirth } = CHARACTERS[name];
  const { status, body } = await api.post('/v1/investors', { kind: 'PERSON', legalName, country, taxCountry: country, dateOfBirth });
  if (status >= 300) throw new Error(JSON.stringify(body));
  return { account, api };
}

/** Drafts, approves and opens an offering; resolves when it is open on chain. */
export async function openOffering({ staff: { issuer, officer } }: Platform, offering: object): Promise<Answer['body']> {
  const drafted = await issuer.post('/v1/offerings', offering);
  if (drafted.status !== 201) throw new Error(JSON.stringify(drafted.body));
  await approve(officer, drafted.body.approvalId);
  await issuer.post(`/v1/offerings/${drafted.body.id}/open`);
  return until(issuer, `/v1/offerings/${drafted.body.id}`, ({ state }) => state === 'OPEN');
}

/** Subscribes and signs; the answer says how to pay. */
export async function order(
  { api, account }: { api: Api; account: PrivateKeyAccount },
  offeringId: string,
  units: string,
): Promise<Answer['body']> {
  const created = await api.post('/v1/subscriptions', { offeringId, wallet: account.address, units });
  if (created.status !== 201) throw new Error(JSON.stringify(created.body));
  const signature = await account.signMessage({ message: created.body.agreement });
  const signed = await api.post(`/v1/subscriptions/${created.body.id}/sign`, { signature });
  if (signed.status >= 300) throw new Error(JSON.stringify(signed.body));
  return signed.body;
}

/** Pays an order from the investor's own wallet and waits until the service knows. */
export async function payOrder(
  platform: Platform,
  { api, account }: { api: Api; account: PrivateKeyAccount },
  { id, payment }: Answer['body'],
) {
  await platform.wallets.send(account, payment.approve);
  await platform.wallets.send(account, payment.pay);
  await until(api, `/v1/subscriptions/${id}`, ({ state }) => state === 'FUNDED');
}

/** Closes, allocates with four eyes, settles. */
export async function settle({ staff: { issuer, officer } }: Platform, offeringId: string): Promise<void> {
  const path = `/v1/offerings/${offeringId}`;
  await issuer.post(`${path}/close`);
  await until(issuer, path, ({ state }) => state === 'CLOSED');
  const { body } = await issuer.post(`${path}/allocate`);
  await approve(officer, body.allocationApprovalId);
  await saleEnded(issuer, offeringId, 'COMPLETED');
}

/** Sells units of an instrument to investors with 250 of the local stablecoin each; ends when they are delivered, in January 2026. */
export async function sell(platform: Platform, instrumentId: string, orders: [Investor & { api: Api }, units: string][]): Promise<void> {
  const dates = { opensAt: '2026-01-06T00:00:00Z', closesAt: '2026-01-08T00:00:00Z', settleBy: '2026-01-20T00:00:00Z' };
  const offering = await openOffering(platform, { ...OFFERING, ...dates, instrumentId });
  await platform.wallets.advanceTo(dates.opensAt);
  for (const [investor, units] of orders) {
    await give(platform, investor.account.address, 250_000_000n);
    await payOrder(platform, investor, await order(investor, offering.id, units));
  }
  await settle(platform, offering.id);
}

/** 15 of the local stablecoin, in minor units. */
export const POOL = 15_000_000n;

/** POOL for whoever holds the instrument now, untaxed: declared, calculated, approved, not funded. */
export async function approvedDistribution({ staff: { issuer, officer } }: Platform, instrumentId: string): Promise<Answer['body']> {
  const { body: declared } = await issuer.post('/v1/distributions', {
    instrumentId,
    kind: 'INTR',
    currency: 'LUSD',
    pool: '15',
    taxExemption: '26 USC 871(g)(1)(B)(i)',
    withholdingAgent: localAddress(LOCAL_INDEX.withholding),
    paymentDate: '2026-02-01',
  });
  const path = `/v1/distributions/${declared.id}`;
  await issuer.post(`${path}/snapshot`);
  await until(issuer, path, ({ state }) => state === 'CALCULATED');
  const { body: submitted } = await issuer.post(`${path}/submit`);
  await approve(officer, submitted.approvalId);
  return until(issuer, path, ({ state }) => state === 'APPROVED');
}

/** The same with its money in the Distributor, which nobody has been paid from. */
export async function fundedDistribution(platform: Platform, instrumentId: string): Promise<Answer['body']> {
  const { issuer } = platform.staff;
  const { id } = await approvedDistribution(platform, instrumentId);
  await give(platform, localSender('payer'), POOL);
  await issuer.post(`/v1/distributions/${id}/fund`);
  return until(issuer, `/v1/distributions/${id}`, ({ state }) => state === 'FUNDED');
}

/** Waits until an offering has ended so, and every paid order with it, which may come a moment later. */
export async function saleEnded(issuer: Api, offeringId: string, wanted: 'COMPLETED' | 'REFUNDED'): Promise<void> {
  await until(issuer, `/v1/offerings/${offeringId}`, ({ state }) => state === wanted);
  await until(issuer, `/v1/subscriptions?limit=100&offeringId=${offeringId}`, ({ items }) =>
    items.every(({ state }: { state: string }) => state !== 'FUNDED' && state !== 'ALLOCATED'),
  );
}

/** Brings a wallet to so much of the local stablecoin, minor units. */
export function give(platform: Platform, to: Hex, amount: bigint): Promise<void> {
  return platform.wallets.fund(localAccount(LOCAL_INDEX.deployer), to, amount);
}

/** Name and arguments of the error with which a simulated call reverts. */
export async function refusal(call: Promise<unknown>): Promise<{ name: string | undefined; args: readonly unknown[] | undefined }> {
  try {
    await call;
  } catch (error) {
    const reverted = error instanceof BaseError ? error.walk((cause) => cause instanceof ContractFunctionRevertedError) : undefined;
    if (reverted instanceof ContractFunctionRevertedError) return { name: reverted.data?.errorName, args: reverted.data?.args };
    throw error;
  }
  throw new Error('The call was not refused.');
}
