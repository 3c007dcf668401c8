// `npm run bench:engine [-- --json] [--quick] [--only=part,part]`: what the engine does in a second, and how long a distribution takes while its
// process is killed, on an embedded PostgreSQL that syncs to disk, an anvil and API processes of `dist`. Parts: transactions, onboarding,
// events, distribution10k, distribution100k. `--quick` is the same with few of everything, to see that it works.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const FULL = {
  transactions: 3_000,
  onboarding: 200,
  events: { holders: 5_000, rounds: 5 },
  distribution10k: { holders: 10_000, kills: 10 },
  distribution100k: { holders: 100_000, kills: 10 },
};
const QUICK = {
  transactions: 40,
  onboarding: 4,
  events: { holders: 400, rounds: 1 },
  distribution10k: { holders: 400, kills: 1 },
  distribution100k: { holders: 600, kills: 1 },
};

const json = process.argv.includes('--json');
const sizes = process.argv.includes('--quick') ? QUICK : FULL;
const only =
  process.argv
    .find((argument) => argument.startsWith('--only='))
    ?.slice('--only='.length)
    .split(',') ?? Object.keys(FULL);
const unknown = only.filter((part) => !(part in FULL));
if (unknown.length) {
  console.error(`There is no part ${unknown.join(', ')}: ${Object.keys(FULL).join(', ')}.`);
  process.exit(2);
}

/** Progress goes to stderr: stdout belongs to the figures. */
const say = (text) => console.error(text);

compile();
// What these import has just been compiled.
const { startPlace } = await import('./engine/world.mjs');
const { measureTransactions } = await import('./engine/transactions.mjs');
const { measureOnboarding } = await import('./engine/onboarding.mjs');
const { measureEvents } = await import('./engine/events.mjs');
const { measureDistribution } = await import('./engine/distribution.mjs');

const PARTS = {
  transactions: ['txPerSecond', measureTransactions],
  onboarding: ['onboardingsPerSecond', measureOnboarding],
  events: ['eventsPerSecond', measureEvents],
  distribution10k: ['distribution10k', measureDistribution],
  distribution100k: ['distribution100k', measureDistribution],
};
const place = await startPlace();
try {
  const results = {};
  for (const part of only) {
    const [name, measure] = PARTS[part];
    say(`\n${part} …`);
    results[name] = await measure(place, sizes[part], say);
  }
  console.log(json ? JSON.stringify(results, (key, value) => (key === 'naiveSeconds' ? undefined : value)) : table(results));
} finally {
  await place.stop();
}

function compile() {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--noCheck'], { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('The build failed: nothing was measured.');
}

function table({ txPerSecond, onboardingsPerSecond, eventsPerSecond, distribution10k, distribution100k }) {
  const rows = [];
  const line = (what, value, note = '') => rows.push(`${what.padEnd(44)}${String(value).padStart(12)}  ${note}`);
  if (txPerSecond) {
    const { naive, ...ours } = txPerSecond;
    for (const [name, rate] of Object.entries(ours))
      line(`transactions a second, ${name}`, rate, `${(rate / naive).toFixed(1)} times the naive loop`);
    line('transactions a second, naive loop', naive);
  }
  if (onboardingsPerSecond !== undefined) line('onboardings a second', onboardingsPerSecond);
  if (eventsPerSecond) {
    line('events projected a second, backfill', eventsPerSecond.backfill);
    line('events projected a second, live', eventsPerSecond.live, `at most ${eventsPerSecond.lagBlocks} blocks behind`);
  }
  for (const [name, given] of Object.entries({ distribution10k, distribution100k })) {
    if (!given) continue;
    const { seconds, kills, naiveSeconds, gasPerRecipient, funded, paid, withheld, held, dust } = given;
    line(`${name}, seconds with ${kills} kills`, seconds, `the naive loop: ${naiveSeconds} s, reckoned from ten payments`);
    line(`${name}, gas a recipient`, gasPerRecipient);
    line(`${name}, minor units funded`, funded, `= ${paid} paid + ${withheld} withheld + ${held} held + ${dust} dust`);
  }
  return rows.join('\n');
}
