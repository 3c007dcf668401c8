// The launchers that npm links for forge and anvil always exit with 0; this finds the platform's own binaries and passes their
// exit code on. `node contracts/foundry.mjs forge test` runs one; `foundryBinary('anvil')` gives its path.
import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { arch, constants, platform } from 'node:os';
import { pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);

/** Path of a Foundry tool: the npm package of this platform, else the one that foundryup installed.
 *  @param {'forge' | 'anvil'} tool
 *  @returns {string}
 *  @throws {Error} when neither exists, saying how to get it */
export function foundryBinary(tool) {
  const suffix = platform() === 'win32' ? '.exe' : '';
  const target = `${platform()}-${arch() === 'x64' ? 'amd64' : arch()}`;
  try {
    return require.resolve(`@foundry-rs/${tool}-${target}/bin/${tool}${suffix}`);
  } catch {
    if (spawnSync(tool, ['--version'], { stdio: 'ignore' }).status === 0) return tool;
    throw new Error(`${tool} is missing: no npm package for ${target} is installed. Install Foundry with foundryup and start again.`);
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [tool, ...args] = process.argv.slice(2);
  const child = spawn(foundryBinary(tool), args, { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 1);
  });
}
