import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Logger } from 'pino';
import {
  type Address,
  concat,
  type EncodeFunctionDataParameters,
  encodeFunctionData,
  type FeeValuesEIP1559,
  type Hex,
  isHex,
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

/** `held`: at least one of the feeds waits for approval; `ripcord`: at least one was halted. */
export type SendOutcome = {
  outcome: 'published' | 'held' | 'ripcord' | 'duplicate' | 'refused';
  hash?: Hex;
  gasUsed?: bigint;
  reason?: string;
};

/** Two transmitters that race end here: the other was first. */
const DUPLICATE = new Set(['RoundOutOfOrder', 'ValuationNotNewer']);

/** Sends one transaction at a time from a key that holds gas and no right. The signed bytes are on disk before they are sent; after a
 *  fault only those bytes are sent again, so a round is never paid for twice. */
export class Sender {
  constructor(
    private readonly reader: QuorumFeedReader,
    private readonly account: PrivateKeyAccount,
    private readonly file: string,
    private readonly pollInterval: number,
    private readonly signal: AbortSignal,
    private readonly log: Logger,
  ) {}

  /** Finishes what an earlier run had signed: waits for it, sends its bytes again, or drops it when its nonce is used otherwise. */
  async resume(): Promise<void> {
    const raw = await readFile(this.file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    if (!isHex(raw)) return this.forget();
    const next = await this.reader.client.getTransactionCount({ address: this.account.address, blockTag: 'latest' });
    // A nonce ahead of the chain's is of another chain with the same id, as a local one that was started afresh.
    if ((parseTransaction(raw).nonce ?? 0) > next) return this.forget();
    await this.deliver(raw);
  }

  /** Simulates, then submits with explicit gas. A round that is already there is no error. */
  async submit(quorum: Quorum): Promise<SendOutcome> {
    const { client, address, chainId } = this.reader;
    const call = callOf(address, quorum);
    // With the gas that it will have: what is not enough shows here, and not as a fee for nothing.
    const simulation = { ...call, account: this.account.address, gas: gasFor(quorum) } as unknown as SimulateContractParameters;
    let nonce: number;
    let fees: FeeValuesEIP1559;
    try {
      [nonce, fees] = await Promise.all([
        client.getTransactionCount({ address: this.account.address, blockTag: 'latest' }),
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
      maxFeePerGas: fees.maxFeePerGas,
      maxPriorityFeePerGas: fees.maxPriorityFeePerGas,
    });
    await this.remember(raw);
    const receipt = await this.deliver(raw);
    const hash = keccak256(raw);
    if (!receipt) return { outcome: 'refused', hash, reason: 'The transaction’s nonce was used by another one.' };
    if (receipt.status === 'success') return { outcome: outcomeOf(receipt), hash, gasUsed: receipt.gasUsed };
    const states = await this.reader.states(quorum.header.feedIds);
    const duplicate = states.some(({ nextRound }, i) => nextRound > (quorum.header.rounds[i] as number));
    return { outcome: duplicate ? 'duplicate' : 'refused', hash, reason: 'The transaction reverted.' };
  }

  /** Sends bytes until they are mined or can no longer be. */
  private async deliver(raw: Hex): Promise<TransactionReceipt | undefined> {
    const { client } = this.reader;
    const hash = keccak256(raw);
    const { nonce } = parseTransaction(raw);
    let said = '';
    while (!this.signal.aborted) {
      // Known already, mined already, no gas, or the node is away: all of that shows at the next look.
      await client.sendRawTransaction({ serializedTransaction: raw }).catch((error) => {
        if (said !== shortMessage(error)) this.log.info({ hash, sending: shortMessage(error) });
        said = shortMessage(error);
      });
      const receipt = await client.getTransactionReceipt({ hash }).catch(() => undefined);
      if (receipt) {
        await this.forget();
        return receipt;
      }
      const used = await client.getTransactionCount({ address: this.account.address, blockTag: 'latest' }).catch(() => 0);
      if (used > (nonce ?? 0) && !(await client.getTransactionReceipt({ hash }).catch(() => undefined))) {
        await this.forget();
        return undefined;
      }
      await pause(this.pollInterval, this.signal);
    }
    throw new Error('The transmitter is closed; the signed transaction is kept and sent at the next start.');
  }

  private async remember(raw: Hex): Promise<void> {
    await mkdir(dirname(this.file), { recursive: true });
    const file = await open(`${this.file}.new`, 'w');
    try {
      await file.writeFile(raw);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${this.file}.new`, this.file);
    const directory = await open(dirname(this.file), 'r');
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  }

  private async forget(): Promise<void> {
    await rm(this.file, { force: true });
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
