// `npm run torture -- --seeds N [--from N] [--json] [--mutants]`: compiles the service and the harness, then runs it. README.md says what it does.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
// Progress goes to stderr: stdout belongs to the result.
const { status } = spawnSync(process.execPath, [tsc, '-p', join(import.meta.dirname, 'tsconfig.json'), '--noCheck'], {
  stdio: ['ignore', 2, 2],
});
if (status !== 0) throw new Error('The build failed: nothing was run.');
const { main } = await import('../../dist/test/torture/cli.js');
process.exit(await main(process.argv.slice(2)));
