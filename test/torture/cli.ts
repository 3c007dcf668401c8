import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from '../../backend/src/platform/project.js';
import { prepareGround } from './ground.js';
import { MUTANTS, type Verdict, withMutant } from './mutants.js';
import { type Outcome, runSeed } from './seed.js';

const DIST = join(projectRoot, 'dist');

type Result = { seeds: number; kills: number; faults: Record<string, number>; violations: string[] };

/** The command line. @returns the exit code: 1 when an invariant broke or a mutant was missed */
export async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      seeds: { type: 'string', default: '20' },
      from: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      mutants: { type: 'boolean', default: false },
    },
  });
  const [seeds, from] = [Number(values.seeds), Number(values.from)];
  if (!Number.isInteger(seeds) || seeds < 1 || !Number.isInteger(from) || from < 1) {
    console.error('npm run torture -- --seeds N [--from N] [--json], or --mutants [--from N] [--json], where N are whole numbers from 1.');
    return 2;
  }
  const say = (line: string): void => console[values.json ? 'error' : 'log'](line);
  // What was started ends with us.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  const ground = await prepareGround(DIST);
  try {
    if (values.mutants) {
      const verdicts: Verdict[] = [];
      for (const mutant of MUTANTS.slice(from - 1)) {
        verdicts.push(await withMutant(mutant, DIST, ground));
        say(lineOf(verdicts.at(-1) as Verdict));
      }
      if (values.json) console.log(JSON.stringify(verdicts));
      return verdicts.every(({ caught }) => caught) ? 0 : 1;
    }
    const outcomes: Outcome[] = [];
    for (let seed = from; seed < from + seeds; seed++) {
      const outcome = await runSeed(seed, ground, DIST);
      outcomes.push(outcome);
      say(progress(outcome));
    }
    const result = sum(outcomes);
    if (values.json) console.log(JSON.stringify(result));
    else console.log(table(result, outcomes));
    return result.violations.length ? 1 : 0;
  } finally {
    await ground.close();
  }
}

const lineOf = ({ name, caught, seed, by }: Verdict): string =>
  caught ? `✓ caught  ${name} (seed ${seed}: ${by.slice(0, 160)})` : `✗ missed  ${name} (${by.slice(0, 480)})`;

function progress({ seed, seconds, kills, faults, violations }: Outcome): string {
  const hit = [...faults].map(([fault, times]) => (times > 1 ? `${fault}×${times}` : fault)).sort(byNumber);
  const head = `${violations.length ? '✗' : '✓'} seed ${seed}  ${seconds.toFixed(1)} s  ${kills} kills  ${hit.join(' ')}`;
  return [head, ...violations.map((violation) => `    ${violation}`)].join('\n');
}

/** What `--json` prints. */
export function sum(outcomes: Outcome[]): Result {
  const faults = new Map<string, number>();
  for (const outcome of outcomes) for (const [fault, times] of outcome.faults) faults.set(fault, (faults.get(fault) ?? 0) + times);
  return {
    seeds: outcomes.length,
    kills: outcomes.reduce((total, { kills }) => total + kills, 0),
    faults: Object.fromEntries([...faults].sort(([a], [b]) => byNumber(a, b))),
    violations: outcomes.flatMap(({ seed, violations }) => violations.map((violation) => `seed ${seed}: ${violation}`)),
  };
}

const byNumber = (a: string, b: string): number => Number.parseInt(a.slice(1), 10) - Number.parseInt(b.slice(1), 10);

function table({ seeds, kills, faults, violations }: Result, outcomes: Outcome[]): string {
  const transactions = outcomes.reduce((total, outcome) => total + outcome.transactions, 0);
  return [
    '',
    'fault  times',
    ...Object.entries(faults).map(([fault, times]) => `${fault.padEnd(5)}  ${String(times).padStart(5)}`),
    '',
    `${seeds} seeds, ${kills} kills, ${transactions} transactions of the service, ${violations.length} violations`,
  ].join('\n');
}
