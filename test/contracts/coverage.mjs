// `npm run coverage [-- --match-path …]`: which lines, branches and functions of contracts/ the forge tests reach, and which they do not.
//
// In parts, since the compiler, a WebAssembly of 4 GB at most, cannot hold all tests at once without the optimizer. What one part reaches is reached.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { foundryBinary } from '#foundry';

const REPORT = 'cache/lcov.info';
const FOLDERS = readdirSync('test/contracts', { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
const FIRST = ['distribution', 'issuance', 'money', 'valuation'];
const PARTS = [FIRST, FOLDERS.filter((folder) => !FIRST.includes(folder))];
const KINDS = { line: /^DA:(\d+),(\d+)$/gm, branch: /^BRDA:(\d+,\d+,\d+),(\d+|-)$/gm, function: /^FNDA:(\d+),(.+)$/gm };

/** How often each line, branch and function was reached, by file and kind. */
const reached = new Map();

for (const part of PARTS) {
  const skipped = FOLDERS.filter((folder) => !part.includes(folder)).flatMap((folder) => ['--skip', `test/contracts/${folder}/**`]);
  const arguments_ = ['coverage', '--report', 'lcov', '--report-file', REPORT, ...skipped, ...process.argv.slice(2)];
  rmSync(REPORT, { force: true });
  const { status } = spawnSync(foundryBinary('forge'), arguments_, {
    env: { ...process.env, FOUNDRY_PROFILE: 'coverage' },
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = status ?? 1;
  // Without a report forge has said why: it did not compile.
  if (existsSync(REPORT)) add(readFileSync(REPORT, 'utf8'));
}

for (const kind of Object.keys(KINDS)) {
  const counts = [...reached.values()].flatMap((file) => [...file[kind].values()]);
  console.log(`${counts.filter((count) => count > 0).length} of ${counts.length} ${kind === 'branch' ? 'branches' : `${kind}s`} reached`);
}
for (const [file, { line, branch, function: functions }] of [...reached].sort()) {
  print(`${file}: lines not reached`, missing(line));
  print(
    `${file}: branches not taken`,
    missing(branch).map((place) => place.replace(/^(\d+),\d+,(\d+)$/, (_, at, way) => (way === '0' ? at : `${at} (else)`))),
  );
  print(`${file}: functions not called`, missing(functions));
}

function add(report) {
  for (const record of report.split('end_of_record')) {
    const file = record.match(/^SF:(.+)$/m)?.[1];
    if (!file) continue;
    const sums = reached.get(file) ?? { line: new Map(), branch: new Map(), function: new Map() };
    reached.set(file, sums);
    for (const [kind, pattern] of Object.entries(KINDS)) {
      for (const [, first, second] of record.matchAll(pattern)) {
        const [place, count] = kind === 'function' ? [second, first] : [first, second];
        sums[kind].set(place, (sums[kind].get(place) ?? 0) + (count === '-' ? 0 : Number(count)));
      }
    }
  }
}

function missing(counts) {
  return [...counts].flatMap(([place, count]) => (count === 0 ? [place] : []));
}

function print(what, places) {
  if (places.length > 0) console.log(`${what} ${[...new Set(places)].join(', ')}`);
}
