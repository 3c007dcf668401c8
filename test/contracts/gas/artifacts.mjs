// Where the bytecode comes from: ours and OpenZeppelin's from forge, T-REX and ONCHAINID from their npm packages as published.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { foundryBinary } from '#foundry';

const TREX = 'node_modules/@tokenysolutions/t-rex';
const ONCHAINID = 'node_modules/@onchain-id/solidity';
const PACKAGES = [
  '@openzeppelin/contracts',
  '@openzeppelin/contracts-upgradeable',
  '@tokenysolutions/t-rex',
  '@onchain-id/solidity',
  'viem',
];

const json = (path) => JSON.parse(readFileSync(path, 'utf8'));
const nameOf = (path) => path.slice(path.lastIndexOf('/') + 1);

/** Compiles what is measured. Progress goes to stderr: stdout belongs to the figures. */
export function compile() {
  const args = ['build', 'contracts', 'test/contracts/gas/PlainToken.sol', '--deny', 'never'];
  const { status } = spawnSync(foundryBinary('forge'), args, { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('forge build failed: nothing was measured');
}

/** @returns {{ abi: import('viem').Abi, bytecode: import('viem').Hex }} */
export function forgeArtifact(name) {
  const { abi, bytecode } = json(`out/${name}.sol/${name}.json`);
  return { abi, bytecode: bytecode.object };
}

/** @param path of a contract below `contracts/`, such as 'token/Token' */
export const trexArtifact = (path) => json(`${TREX}/artifacts/contracts/${path}.sol/${nameOf(path)}.json`);

/** @param path of a contract below `contracts/`, such as 'factory/IdFactory' */
export const onchainIdArtifact = (path) => json(`${ONCHAINID}/artifacts/contracts/${path}.sol/${nameOf(path)}.json`);

/** What a figure depends on besides the source, read from what was deployed.
 *  @param chain from `startChain` */
export function settingsOf(chain) {
  const { compiler, settings } = json('out/SecurityToken.sol/SecurityToken.json').metadata;
  return {
    compiler: `solc ${compiler.version}`,
    optimizer: settings.optimizer.enabled,
    optimizerRuns: settings.optimizer.runs,
    viaIR: settings.viaIR ?? false,
    evmVersion: settings.evmVersion,
    anvil: chain.version,
    hardfork: chain.hardfork,
    trexCompiler: `solc ${compilerOf(trexArtifact('token/Token').bytecode)}`,
    onchainIdCompiler: `solc ${compilerOf(onchainIdArtifact('Identity').bytecode)}`,
    packages: Object.fromEntries(PACKAGES.map((name) => [name, json(`node_modules/${name}/package.json`).version])),
  };
}

/** solc's metadata at the end of a bytecode: CBOR text key "solc", byte string of three. */
function compilerOf(bytecode) {
  const [, major, minor, patch] = /64736f6c6343(..)(..)(..)/.exec(bytecode);
  return [major, minor, patch].map((byte) => Number.parseInt(byte, 16)).join('.');
}
