import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createTestClient, type Hash, hexToBytes, http, publicActions } from 'viem';
import { foundryBinary } from '#foundry';
import { Background } from '../platform/background.js';
import { ConfigError } from '../platform/config.js';

/** Chain id of every local chain; contracts that exist for local use refuse any other. */
export const LOCAL_CHAIN_ID = 31337;
/** Accounts of the well-known mnemonic that the local chain funds. */
export const LOCAL_ACCOUNTS = 60;

/** Seconds between anvil's own writings of its state: a year. */
const NEVER = String(365 * 86_400);

export type LocalChain = { url: string; stop: () => Promise<void> };

export type LocalChainOptions = {
  /** 0 or absent: any free port. */
  port?: number;
  /** Blocks and state are kept here and found again at the next start. */
  stateFile?: string;
  /** Time of the first block of a new chain; its clock goes on from there, also after a restart. Default: now. */
  genesis?: Date;
};

/** Starts anvil and resolves when it answers. What it held in `stateFile` survives a stop and the death of the launcher; when anvil itself
 *  is killed, its last second is lost.
 *  @throws ConfigError with one sentence when the port is taken or anvil does not come up */
export async function startAnvil({ port = 0, stateFile, genesis }: LocalChainOptions = {}): Promise<LocalChain> {
  if (stateFile) {
    mkdirSync(dirname(stateFile), { recursive: true });
    await endOrphan(stateFile);
  }
  if (port !== 0) await requireFree(port);
  const args = ['--host', '127.0.0.1', '--port', String(port), '--chain-id', String(LOCAL_CHAIN_ID)];
  args.push('--accounts', String(LOCAL_ACCOUNTS), '--hardfork', 'cancun');
  const goesOn = stateFile !== undefined && existsSync(stateFile);
  // Anvil makes its first block anew and then loads the old ones: only with the same time is it the same block.
  const begins = goesOn ? beginningOf(stateFile) : genesis && genesis.getTime() / 1_000;
  if (begins !== undefined) args.push('--timestamp', String(begins));
  // At its end anvil writes the state itself; on the way it would write into the only copy, so `keepState` does.
  if (stateFile) args.push('--state', stateFile, '--state-interval', NEVER);
  // Its own process group: Ctrl-C in a terminal reaches the launcher, which stops its parts in order.
  const child = spawn(foundryBinary('anvil'), args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  if (stateFile && child.pid !== undefined) writeFileSync(pidFile(stateFile), String(child.pid));
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      if (said.length < 100_000) said += chunk.toString();
      const listening = /Listening on (\S+)/.exec(said);
      if (listening) resolve(`http://${listening[1]}`);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (said.length < 100_000) said += chunk.toString();
    });
    child.once('error', (error) => reject(new ConfigError(`The local chain could not be started: ${error.message}.`)));
    child.once('exit', (code) =>
      reject(new ConfigError(`The local chain stopped at its start (exit code ${code}): ${said.trim().slice(-300)}`)),
    );
  });
  const killWithParent = (): void => {
    child.kill('SIGTERM');
  };
  process.once('exit', killWithParent);
  if (goesOn) await keepClock(url);
  const keeper = stateFile ? keepState(url, stateFile) : undefined;
  return {
    url,
    stop: async () => {
      process.removeListener('exit', killWithParent);
      await keeper?.stop();
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
      if (stateFile) rmSync(pidFile(stateFile), { force: true });
    },
  };
}

/** Whether anvil ended on this state without writing it down: what it mined last is lost. */
export function wasCutOff(stateFile: string): boolean {
  return existsSync(pidFile(stateFile)) && orphanOf(stateFile) === undefined;
}

/** When the chain of a state file began, in seconds.
 *  @throws ConfigError when the file is not whole */
function beginningOf(stateFile: string): number {
  type State = { blocks: { header: { number: string; timestamp: string } }[] };
  try {
    const { blocks } = JSON.parse(readFileSync(stateFile, 'utf8')) as State;
    const [first] = blocks.filter(({ header }) => Number(header.number) === 0);
    if (!first) throw new Error('Its first block is missing.');
    return Number(first.header.timestamp);
  } catch (error) {
    throw new ConfigError(`The local chain in ${stateFile} is damaged: delete ${dirname(stateFile)} to begin anew.`, { cause: error });
  }
}

const clientOf = (url: string) => createTestClient({ mode: 'anvil', transport: http(url), cacheTime: 0 }).extend(publicActions);

/** A reloaded chain would take the machine's time: lets its clock go on from its last block. */
async function keepClock(url: string): Promise<void> {
  const client = clientOf(url);
  const { timestamp } = await client.getBlock();
  await client.request({ method: 'evm_setTime' as never, params: [Number(timestamp)] as never });
}

/** Writes the state down within a second of every block, beside the file first, so that the file is whole whenever a crash comes. */
function keepState(url: string, stateFile: string): Background {
  const client = clientOf(url);
  let kept: Hash | undefined;
  const keep = async (): Promise<void> => {
    const { hash } = await client.getBlock();
    if (hash === kept) return;
    await writeFile(`${stateFile}.new`, gunzipSync(hexToBytes(await client.dumpState())), { flush: true });
    await rename(`${stateFile}.new`, stateFile);
    kept = hash;
  };
  const keeper = new Background(keep, 1_000, () => {});
  keeper.start();
  return keeper;
}

function pidFile(stateFile: string): string {
  return `${stateFile}.pid`;
}

/** The anvil that a killed launcher left behind on this state. */
function orphanOf(stateFile: string): number | undefined {
  const pid = existsSync(pidFile(stateFile)) ? Number(readFileSync(pidFile(stateFile), 'utf8')) : Number.NaN;
  if (!Number.isInteger(pid)) return undefined;
  const { stdout } = spawnSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout?.includes(stateFile) ? pid : undefined;
}

/** Ends the anvil that a killed launcher left behind: it writes its state down and goes. */
async function endOrphan(stateFile: string): Promise<void> {
  const pid = orphanOf(stateFile);
  if (pid === undefined) return;
  process.kill(pid, 'SIGTERM');
  const there = (): boolean => orphanOf(stateFile) !== undefined;
  for (let waited = 0; waited < 10_000 && there(); waited += 100) await new Promise((resolve) => setTimeout(resolve, 100));
  if (there()) throw new ConfigError(`The local chain of an earlier start (process ${pid}) does not end.`);
}

function requireFree(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', () =>
      reject(new ConfigError(`Port ${port} for the local chain is taken: stop what uses it or choose another port.`)),
    );
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve()));
  });
}
