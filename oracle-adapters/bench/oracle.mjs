// `npm run bench:oracle [-- --json] [--rounds=200]`: what an update costs, ours beside Chainlink's KeystoneForwarder and DataFeedsCache
// compiled from the package, what a read costs, and how long a source's change takes to be on chain; one run, on one anvil.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { foundryBinary } from '#foundry';
import { startChain } from '../../test/contracts/gas/chain.mjs';

const ROUNDS = Number(process.argv.find((argument) => argument.startsWith('--rounds='))?.slice('--rounds='.length) ?? 200);

/** Compiles what is run and what is measured. Progress goes to stderr: stdout belongs to the figures. */
function compile() {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  const steps = [
    [process.execPath, [tsc, '-p', 'tsconfig.build.json', '--noCheck']],
    [foundryBinary('forge'), ['build', 'contracts', 'test/contracts/gas/ColdRead.sol', '--deny', 'never']],
  ];
  for (const [command, args] of steps) {
    const { status } = spawnSync(command, args, { stdio: ['ignore', 2, 2] });
    if (status !== 0) throw new Error('The build failed: nothing was measured.');
  }
}

function table({ muniment, keystone, latencyMs }) {
  const rows = ['n4', 'n7', 'n16', 'batch10n4PerFeed', 'read'].map((name) => [name, muniment[name], keystone[name] ?? '']);
  const line = (cells) => cells.map((cell, i) => (i === 0 ? String(cell).padEnd(18) : String(cell).padStart(10))).join('');
  return [
    line(['gas', 'Muniment', 'Keystone']),
    ...rows.map(line),
    '',
    `source to chain over ${ROUNDS} rounds: p50 ${latencyMs.p50} ms, p95 ${latencyMs.p95} ms`,
  ].join('\n');
}

compile();
// What it imports has just been compiled.
const { measureMuniment, measureKeystone } = await import('./gas.mjs');
const { measureLatency } = await import('./latency.mjs');
const chain = await startChain();
try {
  console.error('gas …');
  const muniment = await measureMuniment(chain);
  const keystone = await measureKeystone(chain);
  console.error(`latency over ${ROUNDS} rounds …`);
  const latencyMs = await measureLatency(chain, ROUNDS);
  const measured = { muniment, keystone, latencyMs };
  console.log(process.argv.includes('--json') ? JSON.stringify(measured) : table(measured));
} finally {
  chain.stop();
}
