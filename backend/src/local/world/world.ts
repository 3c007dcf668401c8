import type { Address } from 'viem';
import { note } from '../progress.js';
import { calendar, shortDate } from './calendar.js';
import { LocalWorldChain } from './chain.js';
import type { Answer } from './client.js';
import { CHARACTERS, type Investor, type Name, onboard, signInStaff, signTaxForm, turnAway } from './people.js';
import { bringHouse, HOUSE_HOLDERS, payRent, previewLocked, recoverWallet, sellHouse } from './real-estate.js';
import { bringFund, payInterest, sellFund, TREASURY_ORDERS } from './treasury.js';

export type WorldRequest = {
  url: string;
  rpcUrl: string;
  stablecoin: Address;
  feedProxy: Address;
  payer: Address;
  /** The day on which the world was first played; the house is sold five weeks before it. */
  today: Date;
  /** Lets the oracle publish the value of a day. */
  publish: (date: string) => Promise<void>;
};

/** What there is to look at. */
export type World = {
  fund: { id: string; token: string; symbol: string };
  house: { id: string; token: string; symbol: string };
  lines: string[];
};

/** Account of the local chain that nobody has: the lost wallet's successor. */
const NEW_WALLET = 45;
const THREE_YEARS = '2020-08-27T00:00:00Z';
const KENJI_UNTIL = '2018-06-30T00:00:00Z';

/** Plays the seeded world through the API as its people would: nothing is written behind its back, and the local chain's clock stands
 *  where each figure was published. What was done already is not done again. */
export async function playWorld(request: WorldRequest): Promise<World> {
  const { url, rpcUrl, stablecoin, feedProxy, payer, publish } = request;
  const day = calendar(request.today);
  const chain = new LocalWorldChain(rpcUrl, stablecoin);
  const lines: string[] = [];
  const tell = (date: string, what: string): void => {
    lines.push(`${shortDate(date)}  ${what}`);
    note(what);
  };
  const staff = await signInStaff(url);

  const fund = await bringFund(chain, staff, publish, feedProxy);
  tell('2017-08-28', `${fund.symbol}: the 26-week bill at 1.115 % is worth 99.436306 per 100, agreed by a quorum of the 4 reporters`);
  const names = Object.keys(TREASURY_ORDERS) as Name[];
  const [refused, ...onboarded] = await Promise.all([
    turnAway(url, staff, 'rex'),
    ...names.map((name) => onboard(url, staff, name, name === 'kenji' ? KENJI_UNTIL : THREE_YEARS)),
  ]);
  const of = (name: Name): Investor => {
    const investor = onboarded.find((one) => one.name === name);
    if (!investor) throw new Error(`${CHARACTERS[name].name} is not on board.`);
    return investor;
  };
  tell('2017-08-28', `8 investors of 4 countries verified and registered; ${CHARACTERS.rex.name} refused (${refused.status})`);
  const sale = await sellFund(chain, staff, fund, onboarded);
  tell('2017-08-31', `${sale.allocation.demand} units asked for, ${sale.allocation.allocated} sold pro rata and delivered against payment`);
  const interest = await payInterest(chain, staff, fund, payer);
  tell('2018-03-01', `interest of ${interest.totals.paid} LUSD paid to ${interest.totals.count} holders (${interest.state})`);
  await chain.advanceTo('2018-07-02T09:00:00Z');
  const toKenji = await previewTransferToKenji(of, fund);
  tell('2018-07-02', `the verification of ${CHARACTERS.kenji.name} has expired: a transfer to him is refused (${toKenji.reason.name})`);

  const house = await bringHouse(chain, staff, day);
  const renewed = names.filter((name) => name !== 'kenji');
  const [american] = await Promise.all([
    onboard(url, staff, 'uma', day(700)),
    ...renewed.map((name) => onboard(url, staff, name, day(700))),
  ]);
  tell(day(-40), `${renewed.length} investors verified again, and ${CHARACTERS.uma.name} (US)`);
  const holders = HOUSE_HOLDERS.map(of);
  for (const holder of holders) await signTaxForm(holder, shortDate(day(-40)));
  const houseSale = await sellHouse(chain, staff, house, holders, american, day);
  tell(
    day(-35),
    `${house.symbol}: ${houseSale.allocation.allocated} tokens at 50.59 sold; ${CHARACTERS.uma.name} refused (COUNTRY_RESTRICTED)`,
  );
  const locked = await previewLocked(of('anna'), house, of('mei').account.address);
  tell(day(-35), `${CHARACTERS.anna.name} may not sell for a year: ${locked.reason.name}`);
  const rent = await payRent(chain, staff, house, payer, of('david'), day);
  const { funded, paid, withheld, held, dust } = rent.totals;
  tell(
    day(-5),
    `a month's rent: ${funded} = ${paid} paid + ${withheld} withheld + ${held} held (${CHARACTERS.david.name} is frozen) + ${dust} dust`,
  );
  await recoverWallet(staff, house, of('bruno'), NEW_WALLET);
  await recoverWallet(staff, fund, of('bruno'), NEW_WALLET);
  tell(day(-5), `${CHARACTERS.bruno.name} lost his wallet: both holdings recovered to a new one`);
  await chain.advanceTo(request.today);

  const shown = ({ id, token, symbol }: Answer) => ({ id, token, symbol });
  return { fund: shown(fund), house: shown(house), lines };
}

function previewTransferToKenji(of: (name: Name) => Investor, fund: Answer): Promise<Answer> {
  return previewLocked(of('anna'), fund, of('kenji').account.address);
}
