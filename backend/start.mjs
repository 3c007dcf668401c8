// `npm start`: compiles TypeScript and contracts side by side (nothing to do from the second start on), then runs the launcher.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { foundryBinary } from '#foundry';

process.chdir(new URL('..', import.meta.url).pathname);
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`Muniment needs Node 20.19 or newer; this is ${process.versions.node}. Install a newer Node and start again.`);
}
const started = performance.now();
const children = new Set();
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    for (const child of children) child.kill('SIGTERM');
    if (children.size > 0) process.exit(130);
  });
}

const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
await Promise.all([
  compile('TypeScript', process.execPath, [tsc, '-p', 'tsconfig.build.json', '--noCheck']),
  compile('Contracts', forge(), ['build', '--skip', 'test', '--color', 'never']),
]);
const { start } = await import('../dist/backend/src/local/start.js');
await start({ since: started });

function forge() {
  try {
    return foundryBinary('forge');
  } catch (error) {
    fail(error.message);
  }
}

async function compile(what, command, args) {
  const since = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const code = await new Promise((resolve) => child.on('close', resolve));
  children.delete(child);
  if (code !== 0) fail(`${what} did not compile:\n${output}`);
  console.log(`✓ ${what} compiled (${((performance.now() - since) / 1000).toFixed(1)} s)`);
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
