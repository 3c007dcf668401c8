// Holds the token's storage against contracts/layout.json, the layout of the release that proxies run on: `npm run check:layout`, part of
// `npm run check`. An upgrade may append to a namespace or add one; anything else turns the build red, and so does code that
// must not stand behind a proxy. `npm run layout:write` takes the present layout as the next baseline, if it is safe after the last one.
//
// OpenZeppelin's validator judges layouts, constructors, immutables and initializers. It does not look into assembly, where the fallback of
// SecurityToken and, since 5.7, OpenZeppelin's own Address delegate their calls: `assemblyProblems` does, by the same annotations.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import {
  getContractVersion,
  getErrors,
  getStorageLayout,
  getStorageUpgradeReport,
  makeNamespacedInput,
  solcInputOutputDecoder,
  ValidationErrors,
  validate,
  withValidationDefaults,
} from '@openzeppelin/upgrades-core';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BASELINE = join(ROOT, 'contracts/layout.json');
const SOLC_VERSION = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).dependencies.solc;
const OPCODES = ['delegatecall', 'callcode', 'selfdestruct'];

/** All run on the storage of one proxy; the extension initialises for all, without EIP-712's initializer, whose name and version it
 *  overrides. */
const CONTRACTS = [
  { source: 'contracts/token/SecurityToken.sol', name: 'SecurityToken', kind: 'uups', allowed: ['missing-initializer'] },
  {
    source: 'contracts/token/SecurityTokenExtension.sol',
    name: 'SecurityTokenExtension',
    kind: 'transparent',
    allowed: ['missing-initializer-call'],
  },
  {
    source: 'contracts/token/SecurityTokenExplanations.sol',
    name: 'SecurityTokenExplanations',
    kind: 'transparent',
    allowed: ['missing-initializer'],
  },
];

/** @returns {Record<string, string>} every file that the token consists of, by the name that the compiler knows it by */
export function tokenSources() {
  const sources = {};
  const pending = CONTRACTS.map(({ source }) => source);
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (name in sources) continue;
    sources[name] = readFileSync(join(ROOT, name.startsWith('@') ? 'node_modules' : '', name), 'utf8');
    for (const [, path] of sources[name].matchAll(/^(?:import|\}\s*from)\b[^;]*?"([^"]+)";/gms)) {
      pending.push(path.startsWith('.') ? join(dirname(name), path) : path);
    }
  }
  return sources;
}

/** Compiles, and judges the code by itself.
 *  @param {Record<string, string>} sources
 *  @returns {{ layout: object, problems: string[] }} the storage of the token's three contracts together, and what is unsafe in either */
export function inspect(sources) {
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries(Object.entries(sources).map(([name, content]) => [name, { content }])),
    settings: { evmVersion: 'cancun', outputSelection: { '*': { '': ['ast'], '*': ['storageLayout'] } } },
  };
  for (const { source, name } of CONTRACTS) input.settings.outputSelection[source] = { [name]: ['evm.bytecode'] };
  const output = compile(input);
  for (const contract of Object.values(output.contracts).flatMap(Object.values)) {
    contract.evm ??= { bytecode: { object: '', linkReferences: {} } };
  }
  const decode = solcInputOutputDecoder(input, output);
  const data = validate(output, decode, SOLC_VERSION, input, compile(makeNamespacedInput(input, output)));

  const problems = CONTRACTS.flatMap((contract) => [...validatorProblems(data, contract), ...assemblyProblems(output, decode, contract)]);
  const layouts = CONTRACTS.map(({ source, name }) => layoutOf(data, `${source}:${name}`));
  return { layout: merge(layouts, problems), problems };
}

/** @param {object} baseline  @param {object} layout
 *  @returns {string[]} what an upgrade from one to the other would break */
export function differences(baseline, layout) {
  const report = getStorageUpgradeReport(baseline, layout, withValidationDefaults({}));
  return report.ok ? [] : [report.explain(false)];
}

function compile(input) {
  const { stdout } = spawnSync(process.execPath, [join(ROOT, 'contracts/solc'), '--standard-json'], {
    input: JSON.stringify(input),
    maxBuffer: 2 ** 30,
  });
  const output = JSON.parse(stdout);
  const errors = (output.errors ?? []).filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(errors.map(({ formattedMessage }) => formattedMessage).join('\n'));
  return output;
}

function validatorProblems(data, { source, name, kind, allowed }) {
  const errors = getErrors(data, getContractVersion(data, `${source}:${name}`), { kind }).filter((error) => !allowed.includes(error.kind));
  return errors.length === 0 ? [] : [new ValidationErrors(name, errors).message];
}

/** @returns the layout without what changes when nothing of it does: AST ids and line numbers */
function layoutOf(data, name) {
  const layout = getStorageLayout(data, getContractVersion(data, name));
  const stable = JSON.stringify(layout, (key, value) => (key === 'src' ? value.replace(/:\d+$/, '') : value));
  return JSON.parse(stable.replace(/(t_(?:struct|enum|contract|userDefinedValueType)\(\w+\))\d+(_?)/g, '$1$2'));
}

/** Token and extension must see the same members wherever both look. */
function merge(layouts, problems) {
  const merged = { storage: [], types: {}, namespaces: {} };
  for (const { storage, types, namespaces } of layouts) {
    for (const { label, src } of storage) problems.push(`${src}: ${label} is a storage variable outside a namespace`);
    for (const [known, seen] of [
      [merged.types, types],
      [merged.namespaces, namespaces],
    ]) {
      for (const name of Object.keys(seen).filter((each) => each in known)) {
        if (!isDeepStrictEqual(known[name], seen[name])) problems.push(`${name} is not the same to every contract of the token`);
      }
      Object.assign(known, seen);
    }
  }
  return merged;
}

/** Follows what can be called from outside to every function that it uses, or may use as an override of the one it names. */
function assemblyProblems(output, decode, { source, name }) {
  const declared = new Map();
  for (const { ast } of Object.values(output.sources)) {
    for (const node of nodesOf(ast)) if ('id' in node) declared.set(node.id, node);
  }
  const contract = output.sources[source].ast.nodes.find((node) => node.nodeType === 'ContractDefinition' && node.name === name);
  const inherited = contract.linearizedBaseContracts.flatMap((id) => declared.get(id).nodes.filter(isCode));
  const usable = (node) => {
    if (inherited.includes(node)) return inherited.filter((other) => other.name === node.name);
    const { nodeType, contractKind } = declared.get(node.scope);
    return nodeType === 'SourceUnit' || contractKind === 'library' ? [node] : [];
  };

  const problems = [];
  const seen = new Set();
  const pending = inherited.filter(({ visibility, kind }) => ['external', 'public'].includes(visibility) || kind === 'constructor');
  for (let code = pending.pop(); code !== undefined; code = pending.pop()) {
    if (seen.has(code)) continue;
    seen.add(code);
    for (const node of nodesOf(code)) {
      const opcode = node.nodeType === 'YulFunctionCall' ? node.functionName.name : '';
      if (OPCODES.includes(opcode) && !allows(code, 'allow(?:-reachable)?', opcode)) {
        problems.push(`${decode(node)}: Use of ${opcode} in assembly is not allowed (reached from ${name})`);
      }
      const used = declared.get(node.referencedDeclaration);
      if (used !== undefined && isCode(used) && !allows(code, 'allow-reachable', 'delegatecall')) pending.push(...usable(used));
    }
  }
  return problems;
}

function isCode({ nodeType }) {
  return nodeType === 'FunctionDefinition' || nodeType === 'ModifierDefinition';
}

function allows({ documentation }, tag, opcode) {
  return new RegExp(`@custom:oz-upgrades-unsafe-${tag} .*\\b${opcode}\\b`).test(documentation?.text ?? '');
}

function* nodesOf(value) {
  if (typeof value !== 'object' || value === null) return;
  if ('nodeType' in value) yield value;
  for (const child of Object.values(value)) yield* nodesOf(child);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const write = process.argv.includes('--write');
  const { layout, problems } = inspect(tokenSources());
  if (existsSync(BASELINE)) problems.push(...differences(JSON.parse(readFileSync(BASELINE, 'utf8')), layout));
  else if (!write) problems.push('contracts/layout.json is missing; `npm run layout:write` makes it');

  if (problems.length > 0) {
    console.error(problems.join('\n\n'));
    process.exitCode = 1;
  } else if (write) {
    writeFileSync(BASELINE, `${JSON.stringify({ generatedBy: 'npm run layout:write', ...layout }, null, 2)}\n`);
    console.log('contracts/layout.json is the layout of this release');
  } else {
    console.log(`${Object.keys(layout.namespaces).length} namespaces of SecurityToken: safe after contracts/layout.json`);
  }
}
