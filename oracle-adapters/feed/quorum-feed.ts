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
  /** valuation timestamp of the latest round; 0 before the first, and while the feed is halted */
  latestValuation: number;
  /** unix seconds of the latest block */
  time: number;
};

/** One feed of a deployed QuorumFeed, read over RPC. */
export class QuorumFeedReader {
  private signerSet: { configVersion: number; signers: readonly Address[] } | undefined;

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

  /** All of one block: a round's number and its predecessor's time from two blocks would not fit together.
   *  @throws when the feed is not configured */
  async state(feedId: Hex): Promise<FeedState> {
    const block = await this.client.getBlock({ blockTag: 'latest' });
    const contract = { address: this.address, abi: quorumFeedAbi, args: [feedId], blockNumber: block.number } as const;
    const [config, nextRound, latest] = await Promise.all([
      this.client.readContract({ ...contract, functionName: 'configOf' }),
      this.client.readContract({ ...contract, functionName: 'nextRound' }),
      this.client.readContract({ ...contract, functionName: 'latestRound' }).catch((error) => {
        if (['RoundUnknown', 'FeedHaltedError', 'FeedUnknown'].includes(revertName(error) ?? '')) return undefined;
        throw error;
      }),
    ]);
    const [configVersion, f, , signerSetHash, halted] = config;
    if (configVersion === 0) throw new Error(`The feed ${feedId} is not configured at ${this.address}.`);
    return {
      configVersion,
      quorum: 2 * f + 1,
      signerSetHash,
      halted,
      nextRound,
      latestValuation: latest?.valuationTimestamp ?? 0,
      time: Number(block.timestamp),
    };
  }

  /** The signers of a state's configuration, in their order; from the event, checked against the hash that the contract keeps. */
  async signers(feedId: Hex, state: Pick<FeedState, 'configVersion' | 'signerSetHash'>): Promise<readonly Address[]> {
    if (this.signerSet?.configVersion === state.configVersion) return this.signerSet.signers;
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
    this.signerSet = { configVersion: state.configVersion, signers };
    return signers;
  }
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
