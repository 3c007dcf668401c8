import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Address, createTestClient, type Hash, type Hex, http, keccak256, publicActions } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import { foundry } from 'viem/chains';
import { foundryBinary } from '#foundry';
import { LOCAL_ACCOUNTS, LOCAL_CHAIN_ID } from '../../backend/src/local/chain.js';
import { LocalWorldChain, type WalletCall } from '../../backend/src/local/world/chain.js';
import { type Fault, Faults } from './plan.js';

const clientOf = (url: string) =>
  createTestClient({ mode: 'anvil', chain: foundry, transport: http(url, { retryCount: 3 }), cacheTime: 0 }).extend(publicActions);
export type ChainClient = ReturnType<typeof clientOf>;

/** When every chain of the harness begins; the same block 0 wherever the state is loaded. */
const GENESIS = Date.parse('2026-01-05T09:00:00Z') / 1_000;
/** Blocks on top of the ground before a run begins, so that a reorganisation never reaches what was loaded. */
const CUSHION = 14;
const EVERY_MS = 30;
const USER_GAS = 1_500_000n;
const USER_FEES = { maxFeePerGas: 400_000_000_000n, maxPriorityFeePerGas: 2_000_000_000n };

/** A real anvil. With `state` it goes on from there and mines nothing by itself. */
export class Chain {
  readonly client: ChainClient;
  private readonly nonces = new Map<Address, number>();
  private mining = true;
  private idle = 0;
  private loop: Promise<void> | undefined;
  private due: Fault[] = [];
  /** Transactions of users, by hash: theirs, and no sender's. */
  readonly ofUsers = new Set<Hash>();

  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
  ) {
    this.client = clientOf(url);
  }

  static async start(state?: string): Promise<Chain> {
    const port = await freePort();
    const args = ['--port', String(port), '--chain-id', String(LOCAL_CHAIN_ID), '--accounts', String(LOCAL_ACCOUNTS)];
    args.push('--hardfork', 'cancun', '--timestamp', String(GENESIS), '--silent', ...(state ? ['--load-state', state, '--no-mining'] : []));
    // The binary itself: npm's launcher would leave it behind.
    const child = spawn(foundryBinary('anvil'), args, { stdio: 'ignore' });
    const end = (): boolean => child.kill('SIGKILL');
    process.once('exit', end);
    child.once('exit', () => process.off('exit', end));
    const chain = new Chain(`http://127.0.0.1:${port}`, child);
    while (!(await chain.client.getChainId().catch(() => undefined))) await sleep(10);
    const { timestamp } = await chain.client.getBlock();
    await chain.client.request({ method: 'evm_setTime' as never, params: [Number(timestamp)] as never });
    return chain;
  }

  async stop(): Promise<void> {
    this.mining = false;
    await this.loop;
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }

  /* BLOCKS */

  /** Mines what waits in the pool, and as many empty blocks on top as make it final: blocks come with work, not with time. */
  async mine(confirmations: number, faults: Faults): Promise<void> {
    await this.client.mine({ blocks: CUSHION });
    this.loop = (async () => {
      while (this.mining) {
        const worked = await this.turn(confirmations, faults).catch((error: unknown) => {
          if (this.mining) throw error;
          return false;
        });
        if (!worked) await sleep(EVERY_MS);
      }
    })();
  }

  private async turn(confirmations: number, faults: Faults): Promise<boolean> {
    const { pending } = await this.client.getTxpoolStatus();
    this.idle = pending > 0 ? 0 : this.idle + 1;
    if (this.idle > confirmations + 2) return false;
    await this.client.mine({ blocks: 1 });
    this.due.push(...faults.at('block'));
    for (const fault of this.due.splice(0)) await this.suffer(fault, faults);
    // Confirmations take their time, or nothing could happen in between.
    await sleep(EVERY_MS);
    return true;
  }

  /** What processes suffer is told to `onFault`. */
  onFault: (fault: Fault) => void = () => {};

  /** Counts a fault where something had to wait for it or was lost. */
  private async suffer(fault: Fault, faults: Faults): Promise<void> {
    switch (fault.kind) {
      case 'reorg':
        await this.reorganise(fault.amount);
        faults.took(fault);
        return;
      case 'stall':
        await sleep(fault.amount);
        if ((await this.client.getTxpoolStatus()).pending > 0) faults.took(fault);
        return;
      case 'base-fee': {
        const { baseFeePerGas } = await this.client.getBlock();
        await this.client.setNextBlockBaseFeePerGas({ baseFeePerGas: (baseFeePerGas ?? 1n) * BigInt(fault.amount) });
        await this.client.mine({ blocks: 1 });
        if ((await this.client.getTxpoolStatus()).pending > 0) faults.took(fault);
        return;
      }
      default:
        this.onFault(fault);
    }
  }

  /** Replaces the last blocks by empty ones; what was in them is not put back into the pool. */
  async reorganise(depth: number): Promise<void> {
    await this.client.request({ method: 'anvil_reorg' as never, params: [depth, []] as never });
    this.idle = 0;
  }

  /* USERS */

  /** Sends a user's transaction and stays with its bytes until it is so deep that no reorganisation of the run takes it back. */
  async send(account: PrivateKeyAccount, { to, data }: WalletCall, confirmations: number): Promise<Hash> {
    const nonce = this.nonces.get(account.address) ?? (await this.client.getTransactionCount({ address: account.address }));
    this.nonces.set(account.address, nonce + 1);
    const common = { chainId: LOCAL_CHAIN_ID, type: 'eip1559', nonce, to, data, gas: USER_GAS, ...USER_FEES } as const;
    const serializedTransaction = await account.signTransaction(common);
    for (;;) {
      const hash = await this.broadcast(serializedTransaction);
      if (hash) this.ofUsers.add(hash);
      const final = hash && (await this.finalReceipt(hash, confirmations));
      if (final === 'reverted') throw new Error(`The transaction ${hash} of a user reverted.`);
      if (final) return hash;
    }
  }

  private async broadcast(serializedTransaction: Hex): Promise<Hash | undefined> {
    await this.client.sendRawTransaction({ serializedTransaction }).catch(() => undefined);
    return keccak256(serializedTransaction);
  }

  /** @returns undefined when it is time to send again */
  private async finalReceipt(hash: Hash, confirmations: number): Promise<'success' | 'reverted' | undefined> {
    for (let looks = 0; looks < 40; looks++) {
      const receipt = await this.client.getTransactionReceipt({ hash }).catch(() => undefined);
      if (receipt && (await this.client.getBlockNumber()) - receipt.blockNumber >= BigInt(confirmations)) return receipt.status;
      await sleep(25);
    }
    return undefined;
  }
}

/** People's wallets, as the seeded world uses them, on a chain that may take blocks back. */
export class Wallets extends LocalWorldChain {
  constructor(
    private readonly own: Chain,
    stablecoin: Address,
    private readonly confirmations: number,
  ) {
    super(own.url, stablecoin);
  }

  /** The chain's time, in milliseconds. */
  async now(): Promise<number> {
    return Number((await this.own.client.getBlock()).timestamp) * 1_000;
  }

  override send(account: PrivateKeyAccount, call: WalletCall): Promise<Hash> {
    return this.own.send(account, call, this.confirmations);
  }
}

export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address ? done(address.port) : fail(new Error('There is no free port.'))));
    });
  });
}
