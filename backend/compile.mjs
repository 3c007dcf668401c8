// Compiles TypeScript and contracts side by side. `npm ci` runs it (the script "prepare"), so that `npm start` finds everything done;
// `npm start` calls it again, which takes a moment when nothing has changed.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { foundryBinary } from '#foundry';

const root = fileURLToPath(new URL('..', import.meta.url));

/** @param {(child: import('node:child_process').ChildProcess) => void} [onChild] told of each process that it starts
 *  @throws {Error} with what the compiler said, or how to get a missing one */
export async function compile(onChild = () => {}) {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  // Types are checked by `npm run check`; here only JavaScript is wanted.
  const typescript = run('TypeScript', process.execPath, [tsc, '-p', 'tsconfig.build.json', '--noCheck'], onChild);
  const contracts = run('Contracts', foundryBinary('forge'), ['build', '--skip', 'test', '--color', 'never'], onChild);
  await Promise.all([typescript, contracts]);
}

async function run(what, command, args, onChild) {
  const since = performance.now();
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  onChild(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0) throw new Error(`${what} did not compile:\n${output}`);
  console.log(`✓ ${what} compiled (${((performance.now() - since) / 1000).toFixed(1)} s)`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await compile().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
