import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Abi, type Hex } from 'viem';
import { foundryBinary } from '#foundry';
import { projectRoot } from '../platform/project.js';

export type Artifact = { abi: Abi; bytecode: Hex };

/** Compiles what has changed since the last time.
 *  @throws Error with what the compiler said */
export async function compileContracts(): Promise<void> {
  const args = ['build', '--skip', 'test', '--offline', '--deny', 'never', '--quiet'];
  const child = spawn(foundryBinary('forge'), args, { cwd: projectRoot, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('exit', resolve));
  if (code !== 0) throw new Error(`The contracts do not compile (forge, exit code ${code}):\n${said.trim().slice(-2_000)}`);
}

/** What the compiler made of a contract. */
export function artifactOf(contract: string): Artifact {
  const { abi, bytecode } = JSON.parse(readFileSync(join(projectRoot, 'out', `${contract}.sol`, `${contract}.json`), 'utf8')) as {
    abi: Abi;
    bytecode: { object: Hex };
  };
  return { abi, bytecode: bytecode.object };
}
