import type { Logger } from 'pino';
import {
  type Address,
  concat,
  type EncodeFunctionDataParameters,
  encodeFunctionData,
  type FeeValuesEIP1559,
  type Hex,
  keccak256,
  parseEventLogs,
  parseTransaction,
  type SimulateContractParameters,
  type TransactionReceipt,
} from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import { quorumFeedAbi } from '../../contracts/generated/abi.js';
import { type QuorumFeedReader, revertName, shortMessage } from '../feed/quorum-feed.js';
import { compare, type Quorum } from './collector.js';
import type { TransactionFile } from './transaction-file.js';

/** `held`: at least one of the feeds waits for approval; `ripcord`: at least one was halted. */
export type SendOutcome = {
  outcome: 'published' | 'held' | 'ripcord' | 'duplicate' | 'refused';
  hash?: Hex;
  gasUsed?: bigint;
  reason?: string;
};

/** Two transmitters that race end here: the other was first. */
const DUPLICATE = new Set(['RoundOutOfOrder', 'ValuationNotNewer']);

/** What is paid for gas, and when more of it. */
export type FeePolicy = {
  /** passed over by blocks for so many milliseconds, a transaction is signed again at a higher fee */
  repriceAfter: number;
  /** the most that is offered for a unit of gas, wei */
  maxFeePerGas: bigint;
};

/** Sends one transaction at a time from a key that holds gas and no right. The signed bytes are on disk before they are sent; after a
 *  fault only those bytes are sent again, or the same call at a higher fee under the same nonce: so a round is never paid for twice. */
export class Sender {
  constructor(
    private readonly reader: QuorumFeedReader,
    private readonly account: PrivateKeyAccount,
    private readonly file: TransactionFile,
    private readonly pollInterval: number,
    private readonly fees: FeePolicy,
    private readonly signal: AbortSignal,
    private readonly log: Logger,
  ) {}

  /** Finishes what an earlier run had signed: waits for it, sends its bytes again, or drops it when its nonce is used otherwise. */
  async resume(): Promise<void> {
    const raws = await this.file.read();
    if (!raws[0]) return this.file.forget();
    const [next, block] = await Promise.all([
      this.reader.client.getTransactionCount({ address: this.account.address, blockTag: 'latest' }),
      this.blockNumber(),
    ]);
    // A nonce ahead of the chain's is of another chain with the same id, as a local one that was started afresh.
    if ((parseTransaction(raws[0]).nonce ?? 0) > next) return this.file.forget();
    await this.deliver(raws, block);
  }

  /** Simulates, then submits with explicit gas. A round that is already there is no error. */
  async submit(quorum: Quorum): Promise<SendOutcome> {
    const { client, address, chainId } = this.reader;
    const call = callOf(address, quorum);
    // With the gas that it will have: what is not enough shows here, and not as a fee for nothing.
    const simulation = { ...call, account: this.account.address, gas: gasFor(quorum) } as unknown as SimulateContractParameters;
    let nonce: number;
    let block: bigint;
    let market: FeeValuesEIP1559;
    try {
      [nonce, block, market] = await Promise.all([
        client.getTransactionCount({ address: this.account.address, blockTag: 'latest' }),
        this.blockNumber(),
        client.estimateFeesPerGas(),
        client.simulateContract(simulation),
      ]);
    } catch (error) {
      const name = revertName(error);
      if (name === undefined) throw error;
      return { outcome: DUPLICATE.has(name) ? 'duplicate' : 'refused', reason: `${name}: ${shortMessage(error)}` };
    }
    const raw = await this.account.signTransaction({
      type: 'eip1559',
      chainId,
      nonce,
      to: address,
      data: encodeFunctionData(call as EncodeFunctionDataParameters),
      gas: gasFor(quorum),
      ...this.capped(market),
    });
    await this.file.remember([raw]);
    const receipt = await this.deliver([raw], block);
    if (!receipt) return { outcome: 'refused', reason: 'The transaction’s nonce was used by another one.' };
    const { transactionHash: hash, gasUsed } = receipt;
    if (receipt.status === 'success') return { outcome: outcomeOf(receipt), hash, gasUsed };
    const states = await this.reader.states(quorum.header.feedIds);
    const duplicate = states.some(({ nextRound }, i) => nextRound > (quorum.header.rounds[i] as number));
    return { outcome: duplicate ? 'duplicate' : 'refused', hash, reason: 'The transaction reverted.' };
  }

  /** Sends a call until it is mined or no longer can be, at a higher fee when blocks pass it over.
   *  @param raws signed, of one nonce, the last at the highest fee; all of them are on disk
   *  @param block the latest when the last was signed */
  private async deliver(raws: Hex[], block: bigint): Promise<TransactionReceipt | undefined> {
    const { client } = this.reader;
    const said = new Set<string>();
    let begun = performance.now();
    while (!this.signal.aborted) {
      // Known already, mined already, priced out, no gas, or the node is away: all of that shows at the next look.
      const send = (raw: Hex) =>
        client.sendRawTransaction({ serializedTransaction: raw }).catch((error) => {
          const sending = shortMessage(error);
          if (!said.has(sending)) this.log.info({ hash: keccak256(raw), sending });
          said.add(sending);
        });
      await Promise.all(raws.map(send));
      const used = await client.getTransactionCount({ address: this.account.address, blockTag: 'latest' }).catch(() => 0);
      const receipts = await Promise.all(raws.map((raw) => client.getTransactionReceipt({ hash: keccak256(raw) }).catch(() => undefined)));
      const receipt = receipts.find((each) => each !== undefined);
      if (receipt || used > (parseTransaction(raws[0] as Hex).nonce ?? 0)) {
        await this.file.forget();
        return receipt;
      }
      const height = await this.blockNumber().catch(() => block);
      if (height > block && performance.now() > begun + this.fees.repriceAfter) {
        const dearer = await this.reprice(raws.at(-1) as Hex).catch((error) => this.log.warn(shortMessage(error)));
        if (dearer) {
          await this.file.remember([...raws, dearer]);
          raws.push(dearer);
        }
        begun = performance.now();
        block = height;
      }
      await pause(this.pollInterval, this.signal);
    }
    throw new Error('The transmitter is closed; the signed transaction is kept and sent at the next start.');
  }

  /** The same call and nonce at an eighth more, or at what is asked by now if that is more: a node takes nothing below a tenth more in its
   *  place. Undefined at the cap. */
  private async reprice(raw: Hex): Promise<Hex | undefined> {
    const { chainId, nonce, to, data, gas, maxFeePerGas = 0n, maxPriorityFeePerGas = 0n } = parseTransaction(raw);
    const market = await this.reader.client.estimateFeesPerGas();
    const least = { maxFeePerGas: anEighthMore(maxFeePerGas), maxPriorityFeePerGas: anEighthMore(maxPriorityFeePerGas) };
    const fees = this.capped({
      maxFeePerGas: max(least.maxFeePerGas, market.maxFeePerGas),
      maxPriorityFeePerGas: max(least.maxPriorityFeePerGas, market.maxPriorityFeePerGas),
    });
    if (fees.maxFeePerGas < least.maxFeePerGas || fees.maxPriorityFeePerGas < least.maxPriorityFeePerGas) return undefined;
    this.log.info({ replaces: keccak256(raw), nonce, maxFeePerGas: `${fees.maxFeePerGas}` });
    return this.account.signTransaction({ type: 'eip1559', chainId: chainId as number, nonce, to, data, gas, ...fees });
  }

  private blockNumber(): Promise<bigint> {
    return this.reader.client.getBlockNumber({ cacheTime: 0 });
  }

  private capped({ maxFeePerGas, maxPriorityFeePerGas }: FeeValuesEIP1559): FeeValuesEIP1559 {
    const cap = this.fees.maxFeePerGas;
    return { maxFeePerGas: min(maxFeePerGas, cap), maxPriorityFeePerGas: min(maxPriorityFeePerGas, cap) };
  }
}

function callOf(address: Address, { header, signers, observations }: Quorum) {
  const { feedIds, rounds, valuationTimestamps, ...common } = header;
  if (feedIds.length > 1) {
    return { address, abi: quorumFeedAbi, functionName: 'submitBatch', args: [header, concat(signers), observations] } as const;
  }
  const [feedId, round, valuationTimestamp] = [feedIds[0] as Hex, rounds[0] as number, valuationTimestamps[0] as number];
  const single = observations.map(({ values, ...rest }) => ({ ...rest, value: values[0] as bigint }));
  single.sort((a, b) => compare(a.value, b.value));
  return {
    address,
    abi: quorumFeedAbi,
    functionName: 'submit',
    args: [{ ...common, feedId, round, valuationTimestamp }, concat(signers), single],
  } as const;
}

function outcomeOf({ logs }: TransactionReceipt): SendOutcome['outcome'] {
  const events = parseEventLogs({ abi: quorumFeedAbi, logs }).map(({ eventName }) => eventName);
  return events.includes('RipcordPulled') ? 'ripcord' : events.includes('RoundHeld') ? 'held' : 'published';
}

/** Explicit and generous, never an estimate. What is not used is not paid. */
function gasFor({ header, signers, observations }: Quorum): bigint {
  return 160_000n + 150_000n * BigInt(header.feedIds.length) + 12_000n * BigInt(observations.length) + 400n * BigInt(signers.length);
}

function anEighthMore(fee: bigint): bigint {
  return fee + fee / 8n + 1n;
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** Resolves after a time, or at once when the signal aborts. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });
}
