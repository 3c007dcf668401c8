import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { differences, inspect, type Layout, tokenSources } from '../../contracts/layout.mjs';

const STATE = 'contracts/token/TokenState.sol';
const TOKEN = 'contracts/token/SecurityToken.sol';
const EXTENSION = 'contracts/token/SecurityTokenExtension.sol';
const NONCES = '@openzeppelin/contracts-upgradeable/utils/NoncesUpgradeable.sol';
const CONTINUED = 'contracts/token/Continued.sol';
const ALLOWANCES = '/* ALLOWANCES */';
const LAST_FIELD = 'mapping(address caller => mapping(bytes32 batchId => Batch)) batches;';

const baseline = JSON.parse(readFileSync('contracts/layout.json', 'utf8')) as Layout;

type Change = { file: string; from: string; to: string };

function changed(...changes: Change[]): Record<string, string> {
  const sources = tokenSources();
  for (const { file, from, to } of changes) {
    const parts = (sources[file] ?? '').split(from);
    expect(parts, `${from} once in ${file}`).toHaveLength(2);
    sources[file] = parts.join(to);
  }
  return sources;
}

/** What `npm run check:layout` would print after these changes to the sources. */
function problemsAfter(...changes: Change[]): string {
  const { layout, problems } = inspect(changed(...changes));
  return [...problems, ...differences(baseline, layout)].join('\n');
}

describe('the layout check of the token', () => {
  it('passes the sources as they are', () => {
    expect(problemsAfter()).toBe('');
  });

  it('passes a field at the end of a namespace and a namespace of its own, and is red when they go again', () => {
    const namespace = `
    /// @custom:storage-location erc7201:muniment.storage.Next
    struct NextStorage { uint256 value; }
    function supportsInterface`;
    const next = inspect(
      changed(
        { file: STATE, from: LAST_FIELD, to: `${LAST_FIELD} uint256 appended;` },
        { file: TOKEN, from: '\n    function supportsInterface', to: namespace },
      ),
    );
    expect(next.problems).toEqual([]);
    expect(differences(baseline, next.layout)).toEqual([]);

    const removed = differences(next.layout, baseline).join();
    expect(removed).toMatch(/Deleted `appended`/);
    expect(removed).toMatch(/Deleted namespace `erc7201:muniment.storage.Next`/);
  });

  it('is red on fields swapped, a changed namespace of OpenZeppelin and a variable outside any namespace', () => {
    const found = problemsAfter(
      {
        file: STATE,
        from: 'address compliance;\n        address identityRegistry;',
        to: 'address identityRegistry;\n        address compliance;',
      },
      {
        file: NONCES,
        from: 'mapping(address account => uint256) _nonces;',
        to: 'uint256 first; mapping(address account => uint256) _nonces;',
      },
      { file: EXTENSION, from: ALLOWANCES, to: `uint256 private loose; ${ALLOWANCES}` },
    );
    expect(found).toMatch(/Deleted `compliance`/);
    expect(found).toMatch(/Inserted `first`/);
    expect(found).toMatch(/loose is a storage variable outside a namespace/);
  });

  it('is red on a field inserted and a stored struct of another shape', () => {
    const found = problemsAfter(
      { file: STATE, from: 'address pendingOwner;', to: 'address added; address pendingOwner;' },
      { file: STATE, from: 'uint40 time;\n        string uri;', to: 'uint48 time;\n        string uri;' },
    );
    expect(found).toMatch(/Inserted `added`/);
    expect(found).toMatch(/Upgraded `documents`/);
  });

  it('is red on a field of another type', () => {
    expect(problemsAfter({ file: STATE, from: 'uint32 forcedDelay;', to: 'uint40 forcedDelay;' })).toMatch(/Upgraded `forcedDelay`/);
  });

  it('is red on a namespace that lost its annotation', () => {
    const annotation = '/// @custom:storage-location erc7201:muniment.storage.SecurityToken';
    expect(problemsAfter({ file: STATE, from: annotation, to: '///' })).toMatch(
      /Deleted namespace `erc7201:muniment.storage.SecurityToken`/,
    );
  });

  it('is red on code that must not stand behind a proxy, in a function, in assembly or in a library', () => {
    const unsafe = `
    uint256 private immutable CHOSEN;
    function sweep(address payable to) external { selfdestruct(to); }
    function run(address target) external { (bool done,) = target.delegatecall(msg.data); require(done); _runAssembly(target); }
    function _runAssembly(address target) private { assembly { pop(delegatecall(gas(), target, 0, 0, 0, 0)) } }
    function runLibrary(address target) external { Library.functionDelegateCall(target, msg.data); }
    ${ALLOWANCES}`;
    const found = problemsAfter(
      {
        file: EXTENSION,
        from: 'import { Roles }',
        to: 'import { Address as Library } from "@openzeppelin/contracts/utils/Address.sol";\nimport { Roles }',
      },
      { file: EXTENSION, from: ALLOWANCES, to: unsafe },
      { file: TOKEN, from: '/// @custom:oz-upgrades-unsafe-allow constructor', to: '///' },
      { file: CONTINUED, from: '/// @custom:oz-upgrades-unsafe-allow delegatecall', to: '///' },
    );
    expect(found).toMatch(/SecurityToken.sol:\d+: Contract `SecurityToken` has a constructor/);
    expect(found).toMatch(/Continued.sol:\d+: Use of delegatecall in assembly/);
    expect(found).toMatch(/SecurityTokenExtension.sol:\d+: Variable `CHOSEN` is immutable/);
    expect(found).toMatch(/SecurityTokenExtension.sol:\d+: Use of selfdestruct is not allowed/);
    expect(found).toMatch(/SecurityTokenExtension.sol:\d+: Use of delegatecall is not allowed/);
    expect(found).toMatch(/SecurityTokenExtension.sol:\d+: Use of delegatecall in assembly/);
    expect(found).toMatch(/LowLevelCall.sol:\d+: Use of delegatecall in assembly .*reached from SecurityTokenExtension/);
  });
});
