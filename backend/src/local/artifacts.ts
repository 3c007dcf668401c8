import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Abi, Hex } from 'viem';
import { ConfigError } from '../platform/config.js';
import { projectRoot } from '../platform/project.js';

export type Artifact = { abi: Abi; bytecode: Hex };

/** What the compiler made of a contract.
 *  @throws ConfigError when the contracts are not compiled */
export function artifactOf(contract: string): Artifact {
  const file = join(projectRoot, 'out', `${contract}.sol`, `${contract}.json`);
  if (!existsSync(file)) throw new ConfigError(`The contract ${contract} is not compiled: run npm run prepare.`);
  const { abi, bytecode } = JSON.parse(readFileSync(file, 'utf8')) as { abi: Abi; bytecode: { object: Hex } };
  return { abi, bytecode: bytecode.object };
}
