import { type Address, erc20Abi, type Hex } from 'viem';
import { offeringAbi } from '../../../contracts/generated/abi.js';
import type { Answer } from '../support/api.js';
import { bringInstrument, bringInvestor, give, members, OFFERING, openOffering, order, payOrder } from '../support/market.js';
import { type Platform, until } from '../support/platform.js';

export const DAY = 86_400;
/** What each investor has before each sale, minor units. */
export const PURSE = 250_000_000n;

export type Person = Awaited<ReturnType<typeof bringInvestor>>;
export type Order = { buyer: Person; id: string; path: string; chain: { offeringId: Hex; orderId: Hex } };
export type Sale = { id: string; path: string; chainId: Hex; closesAt: string; settleBy: string; orders: Order[] };
export type Sales = Awaited<ReturnType<typeof bringSales>>;

/** An instrument, Anna and Mei, and as many sales of it as a file needs, one after the other. */
export async function bringSales(platform: Platform, symbol: string) {
  const { issuer } = platform.staff;
  const staff = await members(platform);
  const fund = await bringInstrument(staff, symbol);
  const [anna, mei] = await Promise.all([bringInvestor(platform, staff, 'anna'), bringInvestor(platform, staff, 'mei')]);
  const contract = { address: platform.deployment.contracts.offering, abi: offeringAbi };
  const reached = ({ path }: { path: string }, wanted: string): Promise<Answer['body']> =>
    until(issuer, path, ({ state }) => state === wanted);

  /** An offering of days that are still to come. */
  async function terms(changes: object = {}) {
    const now = Number((await platform.client.getBlock()).timestamp);
    const at = (days: number): string => new Date((now + days * DAY) * 1_000).toISOString();
    const dates = { opensAt: at(1), closesAt: at(3), settleBy: at(13) };
    return { ...OFFERING, softCap: '10', ...dates, instrumentId: fund.id, ...changes };
  }

  async function signedOrder(buyer: Person, offeringId: string, asked: string): Promise<Order & { signed: Answer['body'] }> {
    const signed = await order(buyer, offeringId, asked);
    const { offeringId: chainId, orderId } = signed.payment.order;
    return { buyer, id: signed.id, path: `/v1/subscriptions/${signed.id}`, chain: { offeringId: chainId, orderId }, signed };
  }

  /** A sale that is open, with everybody's purse full before these orders are paid. */
  async function open(orders: [Person, string][], changes: object = {}): Promise<Sale> {
    const drafted = await terms(changes);
    const { opensAt, closesAt, settleBy } = drafted;
    const { id, chainOfferingId } = await openOffering(platform, drafted);
    await platform.wallets.advanceTo(opensAt);
    for (const { account } of [anna, mei]) await give(platform, account.address, PURSE);
    const paid: Order[] = [];
    for (const [buyer, asked] of orders) {
      const { signed, ...placed } = await signedOrder(buyer, id, asked);
      await payOrder(platform, buyer, signed);
      paid.push(placed);
    }
    return { id, path: `/v1/offerings/${id}`, chainId: chainOfferingId, closesAt, settleBy, orders: paid };
  }

  /** @returns the approval that starts the settlement */
  async function closedAndAllocated(offering: Sale): Promise<string> {
    await issuer.post(`${offering.path}/close`);
    await reached(offering, 'CLOSED');
    const { status, body } = await issuer.post(`${offering.path}/allocate`);
    if (status !== 202) throw new Error(JSON.stringify(body));
    return body.allocationApprovalId;
  }

  const token = { address: fund.token as Address, abi: erc20Abi };
  return {
    fund,
    anna,
    mei,
    contract,
    terms,
    open,
    signedOrder,
    closedAndAllocated,
    reached,
    stateOf: async ({ path }: { path: string }): Promise<string> => (await issuer.get(path)).body.state,
    supply: () => platform.client.readContract({ ...token, functionName: 'totalSupply' }),
    units: ({ account }: Person) => platform.client.readContract({ ...token, functionName: 'balanceOf', args: [account.address] }),
    escrow: () => platform.money(contract.address),
    purses: () => Promise.all([anna, mei].map(({ account }) => platform.money(account.address))),
  };
}
