// `npm run bench:gas`: what each operation costs, ours beside T-REX and a plain ERC-20, all on one anvil in one run; then how one
// transfer grows. `--json` prints the figures as one JSON object, `--save` keeps them in figures.json, `--full` counts to 10,000 holders.
import { readFileSync, writeFileSync } from 'node:fs';
import { compile, settingsOf } from './artifacts.mjs';
import { startChain } from './chain.mjs';
import { measureErc20 } from './erc20.mjs';
import { measure, measureLockup } from './figures.mjs';
import { byEndedLot, byHolders, byIssuers, byLockedLots, byRules, byTopics, byWallets } from './growth.mjs';
import { createMuniment } from './muniment.mjs';
import { figuresTable, growthTable } from './table.mjs';
import { createTrex } from './trex.mjs';

const FOLDER = 'test/contracts/gas';
const HOLDERS = [10, 100, 1_000];
const flag = (name) => process.argv.includes(`--${name}`);
const say = (line) => console.error(line);

/** @returns the promised object, what stands beside it, and the platforms for further measurement */
async function measureAll(chain) {
  say('Muniment …');
  const muniment = await createMuniment(chain);
  const ours = await measure(muniment);
  const lockup = await measureLockup(muniment);
  say('ERC-20 …');
  const erc20 = await measureErc20(chain);
  say('T-REX …');
  const trex = await createTrex(chain);
  const theirs = await measure(trex);

  const settings = { ...settingsOf(chain), munimentRules: muniment.rules, trexRules: trex.rules };
  return {
    measured: { settings, muniment: ours.figures, trex: theirs.figures, erc20 },
    beside: { muniment: { ...ours.beside, ...lockup }, trex: theirs.beside },
    muniment,
    trex,
  };
}

/** @returns the table of everything that is counted to 16, and the table of holders */
async function measureGrowth(muniment, trex) {
  const both = async (name, by) => {
    say(`${name} …`);
    return [
      { head: [name, 'Muniment'], rows: await by(muniment) },
      { head: [name, 'T-REX'], rows: await by(trex) },
    ];
  };
  const small = [...(await both('rules', byRules)), ...(await both('topics', byTopics)), ...(await both('issuers', byIssuers))];
  say('wallets, lots …');
  small.push({ head: ['wallets', 'no rule'], rows: await byWallets(muniment, 'without', []) });
  small.push({ head: ['wallets', 'maximum'], rows: await byWallets(muniment, 'maximum', await muniment.maximumBalances(1)) });
  small.push({ head: ['lots', 'all locked'], rows: await byLockedLots(muniment) });
  small.push({ head: ['lots', 'oldest over'], rows: await byEndedLot(muniment) });
  const holders = await both('holders', (world) => byHolders(world, flag('full') ? [...HOLDERS, 10_000] : HOLDERS));
  return `${growthTable('number', small)}\n\n${growthTable('number', holders)}`;
}

compile();
const chain = await startChain();
try {
  const { measured, beside, muniment, trex } = await measureAll(chain);
  if (flag('save')) writeFileSync(`${FOLDER}/figures.json`, `${JSON.stringify(measured, null, 2)}\n`);
  if (flag('json')) {
    console.log(JSON.stringify(measured));
  } else {
    const targets = JSON.parse(readFileSync(`${FOLDER}/targets.json`, 'utf8'));
    console.log(figuresTable(measured, beside, targets));
    const growth = await measureGrowth(muniment, trex);
    console.log(`\nOne transfer to an existing holder by the number of …\n${growth}`);
  }
} finally {
  chain.stop();
}
