import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path/posix';
import { describe, expect, it } from 'vitest';

const PACKAGE = '@chainlink/contracts/';
const FORGE_STD = `${PACKAGE}src/v0.8/vendor/forge-std/src/`;

/** The files that a Solidity source imports, by the names that the compiler knows them by. */
function imports(name: string, source: string): string[] {
  const paths = [...source.matchAll(/^(?:import|\}\s*from)\b[^;]*?["']([^"']+)["'];/gms)].map(([, path]) => path ?? '');
  return paths.map((path) => (path.startsWith('.') ? join(name, '..', path) : path.replace(/^forge-std\//, FORGE_STD)));
}

/** Every file of Chainlink's package that the project's own sources reach, with its licence. */
function reached(folders: string[]): Map<string, string> {
  const pending = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.sol'))
      .flatMap((file) => imports(join(folder, file), readFileSync(join(folder, file), 'utf8'))),
  );
  const licences = new Map<string, string>();
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (!name.startsWith(PACKAGE) || licences.has(name)) continue;
    const source = readFileSync(join('node_modules', name), 'utf8');
    licences.set(name, /SPDX-License-Identifier: (.+)/.exec(source)?.[1]?.trim() ?? 'none');
    pending.push(...imports(name, source));
  }
  return licences;
}

function others(licences: Map<string, string>, ...allowed: string[]): string[] {
  return [...licences].filter(([, licence]) => !allowed.includes(licence)).map(([name, licence]) => `${name}: ${licence}`);
}

describe('the files that we import of @chainlink/contracts, whose licence as a package is BUSL-1.1', () => {
  it('are MIT where contracts import them', () => {
    const licences = reached(['contracts']);
    expect(licences.has(`${PACKAGE}src/v0.8/shared/interfaces/AggregatorV3Interface.sol`)).toBe(true);
    expect(others(licences, 'MIT')).toEqual([]);
  });

  it('are MIT where tests import them, or a part of forge-std', () => {
    const licences = reached(['contracts', 'test/contracts']);
    expect(licences.has(`${PACKAGE}src/v0.8/data-feeds/DataFeedsCache.sol`)).toBe(true);
    expect(licences.has(`${PACKAGE}src/v0.8/keystone/KeystoneForwarder.sol`)).toBe(true);
    const ours = new Map([...licences].filter(([name]) => !name.startsWith(FORGE_STD)));
    expect(others(ours, 'MIT')).toEqual([]);
    expect(others(licences, 'MIT', 'MIT OR Apache-2.0')).toEqual([]);
  });
});
