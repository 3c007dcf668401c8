// `npm run coverage [-- --match-path …]`: which lines and branches of contracts/ the forge tests reach, and which they do not.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { foundryBinary } from '#foundry';

const REPORT = 'cache/lcov.info';

const arguments_ = ['coverage', '--report', 'summary', '--report', 'lcov', '--report-file', REPORT, ...process.argv.slice(2)];
rmSync(REPORT, { force: true });
const { status } = spawnSync(foundryBinary('forge'), arguments_, {
  env: { ...process.env, FOUNDRY_PROFILE: 'coverage' },
  stdio: 'inherit',
});
// Without a report forge has said why: it did not compile.
const report = existsSync(REPORT) ? readFileSync(REPORT, 'utf8') : '';
for (const record of report.split('end_of_record')) {
  const file = record.match(/^SF:(.+)$/m)?.[1];
  const lines = [...record.matchAll(/^DA:(\d+),0$/gm)].map(([, line]) => line);
  const branches = [...record.matchAll(/^BRDA:(\d+),\d+,(\d+),(?:0|-)$/gm)].map(
    ([, line, branch]) => `${line}${branch === '0' ? '' : ' (else)'}`,
  );
  if (lines.length > 0) console.log(`${file}: lines not reached ${[...new Set(lines)].join(', ')}`);
  if (branches.length > 0) console.log(`${file}: branches not taken ${[...new Set(branches)].join(', ')}`);
}
process.exitCode = status ?? 1;
