import {
  type Address,
  BaseError,
  ContractFunctionRevertedError,
  concat,
  createPublicClient,
  type Hex,
  http,
  keccak256,
  type PublicClient,
} from 'viem';
import { quorumFeedAbi } from '../../contracts/generated/abi.js';

/** A feed as the chain has it now. */
export type FeedState = {
  configVersion: number;
  /** 2f + 1 observations make a quorum */
  quorum: number;
  signerSetHash: Hex;
  halted: boolean;
  /** number that the next submission must carry */
  nextRound: number;
  /** absent before the first round, and while the feed is halted */
  latest: ChainRound | undefined;
  /** a round that waits for approval */
  held: ChainRound | undefined;
  /** valuation timestamp of the latest round; 0 without one */
  latestValuation: number;
  /** unix seconds of the latest block */
  time: number;
};

export type ChainRound = { round: bigint; value: bigint; valuationTimestamp: number; publishedAt: number };

/** Reverts that mean that there is no such round, not that the read failed. */
const NO_ROUND = ['RoundUnknown', 'FeedHaltedError', 'FeedUnknown', 'NothingPending'];

/** The feeds of a deployed QuorumFeed, read over RPC. */
export class QuorumFeedReader {
  private readonly known = new Map<Hex, { block: Hex; state: FeedState }>();
  private readonly signerSets = new Map<Hex, readonly Address[]>();

  private constructor(
    readonly client: PublicClient,
    readonly chainId: number,
    readonly address: Address,
    private readonly deployedAt: bigint,
  ) {}

  /** @param deployedAt block from which to look for signer sets
   *  @throws when the chain cannot be reached or has no contract there */
  static async connect(rpcUrl: string, address: Address, deployedAt = 0n): Promise<QuorumFeedReader> {
    const client = createPublicClient({ transport: http(rpcUrl, { batch: true, retryCount: 1 }) });
    let chainId: number;
    let code: Hex | undefined;
    try {
      [chainId, code] = await Promise.all([client.getChainId(), client.getCode({ address })]);
    } catch (error) {
      throw new Error(`The chain at ${new URL(rpcUrl).host} cannot be reached: ${shortMessage(error)}`);
    }
    if (!code) throw new Error(`There is no contract at ${address} on chain ${chainId}.`);
    return new QuorumFeedReader(client, chainId, address, deployedAt);
  }

  async state(feedId: Hex): Promise<FeedState> {
    const [state] = await this.states([feedId]);
    return state as FeedState;
  }

  /** Reads a feed again only after a new block.
   *  @returns one state a feed   @throws when a feed is not configured */
  async states(feedIds: readonly Hex[]): Promise<FeedState[]> {
    const block = await this.client.getBlock({ blockTag: 'latest' });
    return await Promise.all(
      feedIds.map(async (feedId) => {
        const known = this.known.get(feedId);
        if (known?.block === block.hash) return known.state;
        const state = await this.stateAt(feedId, block.number, Number(block.timestamp));
        this.known.set(feedId, { block: block.hash, state });
        return state;
      }),
    );
  }

  /** All in one call: a round's number and its predecessor's time of two moments would not fit together. */
  private async stateAt(feedId: Hex, blockNumber: bigint, time: number): Promise<FeedState> {
    const contract = { address: this.address, abi: quorumFeedAbi, args: [feedId] } as const;
    const [config, nextRound, latest, pending] = await this.client.multicall({
      deployless: true,
      blockNumber,
      contracts: [
        { ...contract, functionName: 'configOf' },
        { ...contract, functionName: 'nextRound' },
        { ...contract, functionName: 'latestRound' },
        { ...contract, functionName: 'pending' },
      ],
    });
    const [configVersion, f, , signerSetHash, halted] = given(config);
    if (configVersion === 0) throw new Error(`The feed ${feedId} is not configured at ${this.address}.`);
    return {
      configVersion,
      quorum: 2 * f + 1,
      signerSetHash,
      halted,
      nextRound: given(nextRound),
      latest: givenOrNone(latest),
      held: givenOrNone(pending)?.[0],
      latestValuation: givenOrNone(latest)?.valuationTimestamp ?? 0,
      time,
    };
  }

  /** The signers of a state's configuration, in their order; from the event, checked against the hash that the contract keeps. */
  async signers(feedId: Hex, state: Pick<FeedState, 'configVersion' | 'signerSetHash'>): Promise<readonly Address[]> {
    const known = this.signerSets.get(state.signerSetHash);
    if (known) return known;
    const events = await this.client.getContractEvents({
      address: this.address,
      abi: quorumFeedAbi,
      eventName: 'FeedConfigured',
      args: { feedId },
      fromBlock: this.deployedAt,
      strict: true,
    });
    const signers = events.find((event) => event.args.configVersion === state.configVersion)?.args.signers;
    if (!signers || keccak256(concat(signers)) !== state.signerSetHash) {
      throw new Error(
        `The signer set ${state.configVersion} of feed ${feedId} was not found in the events since block ${this.deployedAt}.`,
      );
    }
    this.signerSets.set(state.signerSetHash, signers);
    return signers;
  }
}

type Read<T> = { status: 'success'; result: T } | { status: 'failure'; error: Error };

function given<T>(read: Read<T>): T {
  if (read.status === 'failure') throw read.error;
  return read.result;
}

function givenOrNone<T>(read: Read<T>): T | undefined {
  return read.status === 'failure' && NO_ROUND.includes(revertName(read.error) ?? '') ? undefined : given(read);
}

/** Name of the custom error with which a contract refused, if that is what happened. */
export function revertName(error: unknown): string | undefined {
  if (!(error instanceof BaseError)) return undefined;
  const reverted = error.walk((cause) => cause instanceof ContractFunctionRevertedError);
  return reverted instanceof ContractFunctionRevertedError ? (reverted.data?.errorName ?? reverted.signature) : undefined;
}

/** One sentence of an error, without viem's appendix. */
export function shortMessage(error: unknown): string {
  if (error instanceof BaseError) return error.shortMessage;
  return error instanceof Error ? error.message : String(error);
}
