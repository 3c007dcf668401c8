import { Inject, Injectable } from '@nestjs/common';
import {
  type Address,
  type Chain,
  createPublicClient,
  custom,
  defineChain,
  type Hex,
  hexToBigInt,
  http,
  type PublicClient,
  RpcRequestError,
  type Transport,
} from 'viem';
import { Unavailable } from '../platform/problem.js';
import { revertDataOf } from '../platform/revert-data.js';
import { ChainRefused, decodeRefusal, type Refusal } from './refusal.js';
import { classifyError, type Reply } from './replies.js';
import { ChainSettings } from './settings.js';

export type Call = { from: Address; to: Address; data: Hex; value: bigint };
export type Fees = { maxFeePerGas: bigint; maxPriorityFeePerGas: bigint };

/** Most gas that one transaction may ask for (EIP-7825). */
const TRANSACTION_GAS_CAP = 2n ** 24n;
/** The most that one of our contracts wants left before an inner call, whatever that call then uses: Offering before a delivery
 *  (3,500,000 × 64/63 and 50,000). Compliance and Distributor want less. */
const INNER_CALL_HEADROOM = 3_700_000n;

/** Requests that share one HTTP request, and the characters from which one goes alone: nodes take a few megabytes at a time. */
const REQUESTS_TOGETHER = 100;
const LARGE = 8_192;

type SimulatedCall = { status: Hex; gasUsed: Hex; returnData: Hex; error?: { message?: string; data?: Hex } };

/** The node: reads are batched and repeated, a broadcast is made once. */
@Injectable()
export class ChainClient {
  readonly chain: Chain;
  readonly reads: PublicClient;
  private readonly writes: PublicClient;

  constructor(@Inject(ChainSettings) { chainId: id, rpcUrl }: ChainSettings) {
    this.chain = defineChain({
      id,
      name: `eip155:${id}`,
      nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
      rpcUrls: { default: { http: rpcUrl ? [rpcUrl] : [] } },
    });
    const common = { chain: this.chain, cacheTime: 0 };
    this.reads = createPublicClient({ ...common, transport: rpcUrl ? batched(rpcUrl) : noChain });
    this.writes = createPublicClient({ ...common, transport: rpcUrl ? http(rpcUrl, { retryCount: 0, timeout: 10_000 }) : noChain });
  }

  /** Hands signed bytes to the node, once. */
  async broadcast(raw: Hex, hash: Hex): Promise<Reply> {
    try {
      const answered = await this.writes.request({ method: 'eth_sendRawTransaction', params: [raw] });
      if (answered === hash) return { kind: 'SENT' };
      return { kind: 'UNKNOWN', nonceTooLow: false, text: `The node answered ${answered} for ${hash}.` };
    } catch (error) {
      return classifyError(error);
    }
  }

  /** Runs a call on top of the latest block, at the time of the next one.
   *  @returns gas to send it with: what it used when gas did not matter, half as much again, and the headroom of an inner call. `eth_estimateGas` looks for the least
   *           gas with which the *outer* call succeeds, and so starves the inner ones of a batch that tolerates failures.
   *  @throws ChainRefused when it reverts, Unavailable when the node cannot say */
  async preflight(call: Call): Promise<bigint> {
    const result = await this.simulate(call).catch((error: unknown) => {
      const reverted = revertDataOf(error);
      if (reverted) throw new ChainRefused(decodeRefusal(reverted.data));
      throw unavailable(error);
    });
    if (hexToBigInt(result.status) !== 1n) throw new ChainRefused(decodeRefusal(revertData(result)));
    const gas = (hexToBigInt(result.gasUsed) * 3n) / 2n + INNER_CALL_HEADROOM;
    return gas < TRANSACTION_GAS_CAP ? gas : TRANSACTION_GAS_CAP;
  }

  /** Why a mined transaction reverted: the same call at the end of the block before it, else at the end of its own. */
  async explainRevert(call: Call & { gas: bigint }, block: bigint): Promise<Refusal> {
    for (const blockNumber of [block - 1n, block]) {
      try {
        await this.reads.call({ account: call.from, to: call.to, data: call.data, value: call.value, gas: call.gas, blockNumber });
      } catch (error) {
        const reverted = revertDataOf(error);
        if (reverted) return decodeRefusal(reverted.data);
      }
    }
    return { name: 'UNDECODED', args: {} };
  }

  /** What a new transaction should offer: the tip the node suggests and twice the base fee. */
  async suggestFees(): Promise<Fees> {
    const [{ baseFeePerGas }, maxPriorityFeePerGas] = await Promise.all([
      this.reads.getBlock({ blockTag: 'latest' }),
      this.reads.estimateMaxPriorityFeePerGas(),
    ]);
    return { maxFeePerGas: (baseFeePerGas ?? 0n) * 2n + maxPriorityFeePerGas, maxPriorityFeePerGas };
  }

  private async simulate(call: Call): Promise<SimulatedCall> {
    const { timestamp } = await this.reads.getBlock({ blockTag: 'pending' });
    const request = { from: call.from, to: call.to, data: call.data, value: `0x${call.value.toString(16)}` };
    const blockStateCalls = [{ blockOverrides: { time: `0x${timestamp.toString(16)}` }, calls: [request] }];
    const [block] = await this.reads.request<{ Method: 'eth_simulateV1'; Parameters: unknown[]; ReturnType: { calls: SimulatedCall[] }[] }>(
      {
        method: 'eth_simulateV1',
        params: [{ blockStateCalls, validation: false }, 'latest'],
      },
    );
    const result = block?.calls[0];
    if (!result)
      throw new RpcRequestError({ body: {}, url: '', error: { code: -32603, message: 'eth_simulateV1 answered without a call' } });
    return result;
  }
}

function unavailable(cause?: unknown): Unavailable {
  return new Unavailable('CHAIN_UNAVAILABLE', {
    detail: 'The chain does not answer.',
    remedy: 'Try again later. Nothing was sent.',
    cause,
  });
}

/** Small requests of the same moment share one; a large one goes alone. */
function batched(url: string): Transport {
  const options = { retryCount: 2, retryDelay: 100, timeout: 10_000 };
  const [together, alone] = [http(url, { ...options, batch: { batchSize: REQUESTS_TOGETHER } }), http(url, options)];
  return (parameters) => {
    const [shared, single] = [together(parameters), alone(parameters)];
    const request: typeof shared.request = (args, more) =>
      (JSON.stringify(args.params ?? []).length < LARGE ? shared : single).request(args, more);
    return { ...shared, request };
  };
}

const noChain = custom({ request: () => Promise.reject(unavailable()) }, { retryCount: 0 });

function revertData(result: SimulatedCall): Hex | undefined {
  return result.error?.data && result.error.data !== '0x' ? result.error.data : result.returnData;
}
