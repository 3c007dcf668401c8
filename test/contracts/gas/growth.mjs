// How the cost of one transfer between existing holders grows, one thing at a time. The functions that take a `world` measure either
// platform by the same lines. Each returns a row a step: `{ at, gas }`.
import { addressOf, DAY } from './chain.mjs';
import { units } from './figures.mjs';

const upTo = (last, first = 1) => Array.from({ length: last - first + 1 }, (_, i) => first + i);
const RULES = upTo(16, 0);
const TOPICS = upTo(5);
const ISSUERS = upTo(16);
const MOST_WALLETS = 15;
const MOST_LOTS = 16;

const named = (name, count) => Array.from({ length: count }, (_, i) => addressOf(`${name} ${i}`));
const mint = (world, { token }, to) => world.chain.send(world.agent, token, 'mint', [to, units('1000')]);
const transfer = async (world, { token }, from, to) => (await world.chain.send(from, token, 'transfer', [to, units('1')])).gasUsed;

/** Deploys one suite a step, then transfers between two investors in each.
 *  @param settingsOf suite settings of a step   @param claims of the two investors, as `onboard` takes them */
async function perSuite(world, name, steps, settingsOf, claims) {
  const [sender, receiver] = named(`${name} investor`, 2);
  const suites = [];
  for (const at of steps) suites.push(await world.deploySuite(`${name} ${at}`, await settingsOf(at)));
  await world.launch(suites);
  await world.onboard(suites[0], [sender], claims);
  await world.onboard(suites[0], [receiver], claims);

  const rows = [];
  for (const [i, suite] of suites.entries()) {
    if (i > 0) await world.admit(suite, [sender, receiver]);
    for (const holder of [sender, receiver]) await mint(world, suite, holder);
    await transfer(world, suite, sender, receiver);
    rows.push({ at: steps[i], gas: await transfer(world, suite, sender, receiver) });
  }
  return rows;
}

/** Each rule is a maximum balance: the same contract, deployed as often as a token needs it. */
export function byRules(world) {
  return perSuite(world, 'rules', RULES, async (count) => ({ rules: await world.maximumBalances(count) }));
}

/** Required claim topics, all of which both investors have. */
export function byTopics(world) {
  return perSuite(world, 'topics', TOPICS, (count) => ({ topics: TOPICS.slice(0, count) }), { topics: TOPICS });
}

/** Trusted issuers of one topic; both investors have their claim from the one that was trusted last.
 *  @returns rows up to the number of issuers that the platform takes */
export async function byIssuers(world) {
  const rows = [];
  for (const at of ISSUERS) {
    if (!(await hasRoomFor(world, at))) break;
    rows.push(...(await perSuite(world, `issuers ${at} of`, [at], (trusted) => ({ trusted }), { by: at })));
  }
  return rows;
}

/** How many issuers there can be is the contract's word: it is asked by adding one. */
async function hasRoomFor(world, number) {
  try {
    await world.issuer(number);
    return true;
  } catch (error) {
    if (error.message.includes('IssuerTableFull')) return false;
    throw error;
  }
}

/** Holders of the token.
 *  @param steps ascending numbers of holders */
export async function byHolders(world, steps) {
  const suite = await world.deploySuite('holders');
  await world.launch([suite]);
  const holders = named('holder', steps.at(-1));
  const rows = [];
  let count = 0;
  for (const at of steps) {
    while (count < at) {
      const next = holders.slice(count, Math.min(count + world.atOnce, at));
      await world.onboard(suite, next);
      await world.chain.send(world.agent, suite.token, 'batchMint', [next, next.map(() => units('1000'))]);
      count += next.length;
    }
    rows.push({ at, gas: await transfer(world, suite, holders[0], holders[at - 1]) });
  }
  return rows;
}

/** Wallets through which the receiving investor holds: ours alone, as T-REX counts wallets.
 *  @param rules without rules the position is not needed */
export async function byWallets(world, name, rules) {
  const suite = await world.deploySuite(`wallets ${name}`, { rules });
  await world.launch([suite]);
  const [sender, receiver, ...further] = named(`wallet ${name}`, MOST_WALLETS + 1);
  await world.onboard(suite, [sender]);
  await world.onboard(suite, [receiver]);
  for (const holder of [sender, receiver]) await mint(world, suite, holder);

  const rows = [{ at: 1, gas: await transfer(world, suite, sender, receiver) }];
  for (const wallet of further) {
    await world.linkWallet(suite, receiver, wallet);
    await mint(world, suite, wallet);
    rows.push({ at: rows.length + 1, gas: await transfer(world, suite, sender, receiver) });
  }
  return rows;
}

/** Lots of the sender, all still locked, who also holds the free units that he transfers: ours alone. */
export async function byLockedLots(world) {
  const suite = await world.deploySuite('locked', { rules: await world.lockupAlone() });
  await world.launch([suite]);
  const [giver, sender, receiver] = named('locked investor', 3);
  for (const investor of [giver, sender, receiver]) await world.onboard(suite, [investor]);
  for (const holder of [giver, receiver]) await mint(world, suite, holder);
  await world.chain.passTime(30 * DAY);
  for (let i = 0; i < MOST_LOTS; i++) await transfer(world, suite, giver, sender);

  const rows = [];
  while (rows.length < MOST_LOTS) {
    await mint(world, suite, sender);
    // Lots of one second are one lot.
    await world.chain.passTime(1);
    rows.push({ at: rows.length + 1, gas: await transfer(world, suite, sender, receiver) });
  }
  return rows;
}

/** The same where the units transferred are those of the oldest lot, which is over, so that each lot has to be looked at. */
export async function byEndedLot(world) {
  const suite = await world.deploySuite('ended', { rules: await world.lockupAlone() });
  await world.launch([suite]);
  const [receiver, ...senders] = named('ended investor', MOST_LOTS + 1);
  for (const investor of [receiver, ...senders]) await world.onboard(suite, [investor]);
  for (const holder of [receiver, ...senders]) await mint(world, suite, holder);
  await world.chain.passTime(DAY);
  for (let lots = 1; lots < MOST_LOTS; lots++) {
    for (const sender of senders.slice(lots)) await mint(world, suite, sender);
    await world.chain.passTime(1);
  }
  await world.chain.passTime(29 * DAY);

  const rows = [];
  for (const sender of senders) rows.push({ at: rows.length + 1, gas: await transfer(world, suite, sender, receiver) });
  return rows;
}
