import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { createTestClient, http, publicActions } from 'viem';
import { foundryBinary } from '#foundry';

/** Chain id of every local chain; contracts that exist for local use refuse any other. */
export const LOCAL_CHAIN_ID = 31337;
/** Accounts of the well-known mnemonic that the local chain funds. */
export const LOCAL_ACCOUNTS = 60;

export type LocalChain = { url: string; stop: () => Promise<void> };

export type LocalChainOptions = {
  /** 0 or absent: any free port. */
  port?: number;
  /** Blocks and state are kept here and found again at the next start. */
  stateFile?: string;
  /** Time of the first block of a new chain; its clock goes on from there, also after a restart. Default: now. */
  genesis?: Date;
};

/** Starts anvil and resolves when it answers. What it held in `stateFile` survives a stop, and a kill but for the last second.
 *  @throws {Error} with one sentence when the port is taken or anvil does not come up */
export async function startAnvil({ port = 0, stateFile, genesis }: LocalChainOptions = {}): Promise<LocalChain> {
  if (stateFile) {
    mkdirSync(dirname(stateFile), { recursive: true });
    await endOrphan(stateFile);
  }
  if (port !== 0) await requireFree(port);
  const args = ['--host', '127.0.0.1', '--port', String(port), '--chain-id', String(LOCAL_CHAIN_ID)];
  args.push('--accounts', String(LOCAL_ACCOUNTS), '--hardfork', 'cancun');
  const goesOn = stateFile !== undefined && existsSync(stateFile);
  if (genesis && !goesOn) args.push('--timestamp', String(genesis.getTime() / 1_000));
  if (stateFile) args.push('--state', stateFile, '--state-interval', '1');
  // Its own process group: Ctrl-C in a terminal reaches the launcher, which stops its parts in order.
  const child = spawn(foundryBinary('anvil'), args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
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
    child.once('error', (error) => reject(new Error(`The local chain could not be started: ${error.message}.`)));
    child.once('exit', (code) => reject(new Error(`The local chain stopped at its start (exit code ${code}): ${said.trim().slice(-300)}`)));
  });
  if (stateFile) writeFileSync(pidFile(stateFile), String(child.pid));
  const killWithParent = (): void => {
    child.kill('SIGTERM');
  };
  process.once('exit', killWithParent);
  if (genesis && goesOn) await keepClock(url);
  return {
    url,
    stop: async () => {
      process.removeListener('exit', killWithParent);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
      if (stateFile) rmSync(pidFile(stateFile), { force: true });
    },
  };
}

/** A reloaded chain would take the machine's time: lets its clock go on from its last block. */
async function keepClock(url: string): Promise<void> {
  const client = createTestClient({ mode: 'anvil', transport: http(url) }).extend(publicActions);
  const { timestamp } = await client.getBlock();
  await client.request({ method: 'evm_setTime' as never, params: [Number(timestamp)] as never });
}

function pidFile(stateFile: string): string {
  return `${stateFile}.pid`;
}

/** Ends the anvil that a killed launcher left behind on this state: it writes its state down and goes. */
async function endOrphan(stateFile: string): Promise<void> {
  const pid = existsSync(pidFile(stateFile)) ? Number(readFileSync(pidFile(stateFile), 'utf8')) : Number.NaN;
  const isOurs = (): boolean =>
    spawnSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.includes(stateFile) ?? false;
  if (!Number.isInteger(pid) || !isOurs()) return;
  process.kill(pid, 'SIGTERM');
  for (let waited = 0; waited < 10_000 && isOurs(); waited += 100) await new Promise((resolve) => setTimeout(resolve, 100));
  if (isOurs()) throw new Error(`The local chain of an earlier start (process ${pid}) does not end.`);
}

function requireFree(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', () => reject(new Error(`Port ${port} for the local chain is taken: stop what uses it or choose another port.`)));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve()));
  });
}
