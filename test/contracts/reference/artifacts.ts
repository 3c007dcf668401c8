import { readFileSync } from 'node:fs';
import type { Abi, Hex } from 'viem';

const TREX = 'node_modules/@tokenysolutions/t-rex/artifacts/contracts';
const ONCHAINID = 'node_modules/@onchain-id/solidity/artifacts/contracts';

function abiIn(file: string): Abi {
  const { abi } = JSON.parse(readFileSync(file, 'utf8')) as { abi: Abi };
  return abi;
}

/** ABI of a contract of T-REX 4.1.6, as its npm package has it.
 *  @param path as `token/Token`: folder and name */
export function trexAbi(path: string): Abi {
  return abiIn(`${TREX}/${path}.sol/${path.split('/').at(-1)}.json`);
}

/** ABI of a contract of ONCHAINID 2.2.1. @param path as `Identity` */
export function onchainIdAbi(path: string): Abi {
  return abiIn(`${ONCHAINID}/${path}.sol/${path.split('/').at(-1)}.json`);
}

/** ABI of a contract of ours, as forge compiled it. */
export function ourAbi(name: string): Abi {
  return abiIn(`out/${name}.sol/${name}.json`);
}

/** Creation code of a contract of ours that is deployed without arguments. */
export function ourCode(name: string): Hex {
  const { bytecode } = JSON.parse(readFileSync(`out/${name}.sol/${name}.json`, 'utf8')) as { bytecode: { object: Hex } };
  return bytecode.object;
}
