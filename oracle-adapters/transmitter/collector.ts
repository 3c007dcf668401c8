import { type Address, isAddressEqual } from 'viem';
import { compact, type Header, type SignedObservation, signerOf } from '../feed/observation.js';
import type { FeedState, QuorumFeedReader } from '../feed/quorum-feed.js';

/** Why an observation is not taken. `status` is the HTTP status, `code` is stable. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Enough observations of one header, in the contract's form. */
export type Quorum = {
  header: Header;
  signers: readonly Address[];
  sorted: { value: bigint; signerIndex: number; flags: number; r: `0x${string}`; vs: `0x${string}` }[];
};

export type Collected = { status: 'collected' | 'already-published'; observations: number; quorum: number };

/** Holds what the signers of a feed say for its next round: at most one observation a signer, so that nobody can fill the memory. */
export class Collector {
  private readonly held = new Map<number, SignedObservation>();

  constructor(
    private readonly reader: QuorumFeedReader,
    private readonly feedId: `0x${string}`,
  ) {}

  get size(): number {
    return this.held.size;
  }

  /** Takes one observation, or says why not. The same one again is no error; of two values of one signer for one header the first stays.
   *  @throws Refused */
  async take(observation: SignedObservation): Promise<Collected> {
    const { header } = observation;
    const state = await this.reader.state(this.feedId);
    if (header.round < state.nextRound) return { status: 'already-published', observations: 0, quorum: state.quorum };
    this.checkHeader(observation, state);
    const signers = await this.reader.signers(this.feedId, state);
    const signer = await signerOf(observation);
    const index = signer ? signers.findIndex((member) => isAddressEqual(member, signer)) : -1;
    if (index < 0) throw new Refused(403, 'SIGNER_UNKNOWN', 'The observation is not signed by a member of the feed’s signer set.');

    this.dropVoid(state);
    const before = this.held.get(index);
    if (before && sameHeader(before.header, header) && (before.value !== observation.value || before.flags !== observation.flags)) {
      throw new Refused(409, 'SIGNER_EQUIVOCATES', `The signer ${signer} has already sent another value for this round.`);
    }
    this.held.set(index, observation);
    return { status: 'collected', observations: this.group(header).length, quorum: state.quorum };
  }

  /** The observations of a header once they are 2f + 1, sorted by value. */
  async quorum(header: Header): Promise<Quorum | undefined> {
    const state = await this.reader.state(this.feedId);
    this.dropVoid(state);
    const group = this.group(header);
    if (group.length < state.quorum) return undefined;
    const sorted = group.map(([signerIndex, o]) => ({ value: BigInt(o.value), signerIndex, flags: o.flags, ...compact(o.signature) }));
    sorted.sort((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : a.signerIndex - b.signerIndex));
    return { header, signers: await this.reader.signers(this.feedId, state), sorted };
  }

  private checkHeader({ chainId, feed, header }: SignedObservation, state: FeedState): void {
    if (chainId !== this.reader.chainId)
      throw new Refused(422, 'CHAIN_WRONG', `The observation is for chain ${chainId}, not ${this.reader.chainId}.`);
    if (!isAddressEqual(feed, this.reader.address)) throw new Refused(422, 'FEED_WRONG', `The observation is for the contract ${feed}.`);
    if (header.feedId !== this.feedId) throw new Refused(422, 'FEED_WRONG', `The observation is for the feed ${header.feedId}.`);
    if (state.halted) throw new Refused(409, 'FEED_HALTED', 'The feed is halted.');
    if (header.configVersion !== state.configVersion) {
      throw new Refused(
        409,
        'CONFIG_STALE',
        `The observation is signed for configuration ${header.configVersion}, not ${state.configVersion}.`,
      );
    }
    if (header.round > state.nextRound) throw new Refused(409, 'ROUND_AHEAD', `The next round is ${state.nextRound}, not ${header.round}.`);
    if (header.valuationTimestamp <= state.latestValuation) {
      throw new Refused(422, 'VALUATION_STALE', `The valuation time ${header.valuationTimestamp} is not after that of the latest round.`);
    }
    if (header.valuationTimestamp > state.time) {
      throw new Refused(422, 'VALUATION_IN_FUTURE', `The valuation time ${header.valuationTimestamp} lies in the future of the chain.`);
    }
    if (header.validUntil < state.time) throw new Refused(422, 'OBSERVATION_EXPIRED', `The observation expired at ${header.validUntil}.`);
  }

  private dropVoid(state: FeedState): void {
    for (const [index, { header }] of this.held) {
      if (header.round !== state.nextRound || header.configVersion !== state.configVersion || header.validUntil < state.time)
        this.held.delete(index);
    }
  }

  private group(header: Header): [number, SignedObservation][] {
    return [...this.held].filter(([, o]) => sameHeader(o.header, header));
  }
}

function sameHeader(a: Header, b: Header): boolean {
  return (
    a.round === b.round &&
    a.configVersion === b.configVersion &&
    a.valuationTimestamp === b.valuationTimestamp &&
    a.validUntil === b.validUntil &&
    a.evidenceRoot.toLowerCase() === b.evidenceRoot.toLowerCase()
  );
}
