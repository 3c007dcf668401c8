import {
  type Address,
  createTestClient,
  createWalletClient,
  defineChain,
  encodeFunctionData,
  type Hash,
  type Hex,
  http,
  publicActions,
} from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import { localStablecoinAbi, offeringAbi } from '../../../../contracts/generated/abi.js';
import { LOCAL_CHAIN_ID } from '../chain.js';

export type WalletCall = { to: Address; data: Hex };

/** What people do on the local chain with their own wallets, and the local chain's clock. */
export class LocalWorldChain {
  private readonly client;
  private readonly chain;
  private lastTurn: Promise<void> = Promise.resolve();

  constructor(
    private readonly rpcUrl: string,
    private readonly stablecoin: Address,
  ) {
    this.chain = defineChain({
      id: LOCAL_CHAIN_ID,
      name: 'Local chain',
      nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
      rpcUrls: { default: { http: [rpcUrl] } },
    });
    this.client = createTestClient({ chain: this.chain, mode: 'anvil', transport: http(rpcUrl), pollingInterval: 50, cacheTime: 0 }).extend(
      publicActions,
    );
  }

  /** Lets the chain's clock go on to an instant; it never goes back. */
  async advanceTo(instant: string | Date): Promise<void> {
    const wanted = BigInt(Math.floor(new Date(instant).getTime() / 1_000));
    const { timestamp } = await this.client.getBlock();
    if (timestamp >= wanted) return;
    await this.client.request({ method: 'evm_setTime' as never, params: [Number(wanted)] as never });
    await this.client.mine({ blocks: 1 });
  }

  /** Sends a call from a wallet and waits for it.
   *  @throws Error when it reverts */
  async send(account: PrivateKeyAccount, { to, data }: WalletCall): Promise<Hash> {
    const wallet = createWalletClient({ account, chain: this.chain, transport: http(this.rpcUrl) });
    const hash = await wallet.sendTransaction({ to, data });
    const { status } = await this.client.waitForTransactionReceipt({ hash });
    if (status !== 'success') throw new Error(`Transaction ${hash} reverted.`);
    return hash;
  }

  /** Whether an order in an offering was paid for. */
  async isPaid(escrow: Address, { offeringId, orderId }: { offeringId: Hex; orderId: Hex }): Promise<boolean> {
    const args = [offeringId, orderId] as const;
    const { state } = await this.client.readContract({ address: escrow, abi: offeringAbi, functionName: 'orderOf', args });
    return state !== 0;
  }

  /** Brings a wallet to at least so many units of the local stablecoin, as a bank would: one customer after the other.
   *  @param amount minor units */
  fund(owner: PrivateKeyAccount, to: Address, amount: bigint): Promise<void> {
    const turn = this.lastTurn.then(() => this.topUp(owner, to, amount));
    this.lastTurn = turn.catch(() => {});
    return turn;
  }

  private async topUp(owner: PrivateKeyAccount, to: Address, amount: bigint): Promise<void> {
    const balance = await this.client.readContract({
      address: this.stablecoin,
      abi: localStablecoinAbi,
      functionName: 'balanceOf',
      args: [to],
    });
    if (balance >= amount) return;
    const data = encodeFunctionData({ abi: localStablecoinAbi, functionName: 'mint', args: [to, amount - balance] });
    await this.send(owner, { to: this.stablecoin, data });
  }
}
