import { type Address, type Hex, isAddressEqual } from 'viem';
import { compact, type Header, type SignedObservation, signerOf } from '../feed/observation.js';
import type { FeedState, QuorumFeedReader } from '../feed/quorum-feed.js';
import { Refused } from '../server.js';

/** Enough observations of one header. */
export type Quorum = {
  header: Header;
  signers: readonly Address[];
  /** in the order of the signer set */
  observations: { values: bigint[]; signerIndex: number; flags: number; r: Hex; vs: Hex }[];
};

export type Collected = { status: 'collected'; observations: number; quorum: number; signers: number } | { status: 'already-published' };

type Held = { signer: Address; observation: SignedObservation };

/** Holds what signers say of the next rounds: of each signer at most one observation a feed, so that nobody can fill the memory. */
export class Collector {
  private held: Held[] = [];

  constructor(
    private readonly reader: QuorumFeedReader,
    private readonly feedIds: readonly Hex[],
  ) {}

  get size(): number {
    return this.held.length;
  }

  /** Takes one observation, or says why not. The same one again is no error; of two values of one signer for one header the first stays.
   *  @throws Refused */
  async take(observation: SignedObservation): Promise<Collected> {
    const { header } = observation;
    const foreign = header.feedIds.find((feedId) => !this.feedIds.includes(feedId));
    if (foreign) throw new Refused(422, 'FEED_WRONG', `The feed ${foreign} is not transmitted here.`);
    const states = await this.reader.states(header.feedIds);
    const [first] = states as [FeedState];
    if (states.some((state, i) => (header.rounds[i] as number) < state.nextRound)) {
      return { status: 'already-published' };
    }
    this.checkHeader(observation, states);
    const signers = await this.reader.signers(header.feedIds[0] as Hex, first);
    const signer = await signerOf(observation);
    if (!signer || !signers.some((member) => isAddressEqual(member, signer))) {
      throw new Refused(403, 'SIGNER_UNKNOWN', 'The observation is not signed by a member of the feed’s signer set.');
    }

    // Others were taken meanwhile: what is late must not drive out what is newer.
    if (this.held.some((h) => h.signer === signer && isAfter(h.observation.header, header))) {
      return { status: 'already-published' };
    }
    this.dropVoid(header.feedIds, states);
    const before = this.held.find((h) => h.signer === signer && sameHeader(h.observation.header, header));
    if (before && (before.observation.values.join() !== observation.values.join() || before.observation.flags !== observation.flags)) {
      throw new Refused(409, 'SIGNER_EQUIVOCATES', `The signer ${signer} has already sent another value for this round.`);
    }
    this.held = this.held.filter((h) => h.signer !== signer || !h.observation.header.feedIds.some((id) => header.feedIds.includes(id)));
    this.held.push({ signer, observation });
    return { status: 'collected', observations: this.group(header).length, quorum: first.quorum, signers: signers.length };
  }

  /** The observations of a header once they are 2f + 1. While they are more and lie further apart than `spreadBps`, who is farthest is left
   *  out: one liar cannot have a round held that the others agree on. */
  async quorum(header: Header, spreadBps: number): Promise<Quorum | undefined> {
    const states = await this.reader.states(header.feedIds);
    const [first] = states as [FeedState];
    this.dropVoid(header.feedIds, states);
    let group = this.group(header);
    if (group.length < first.quorum) return undefined;
    while (group.length > first.quorum) {
      const [widest] = spreadOf(group).sort((a, b) => b.bps - a.bps) as [Spread];
      if (widest.bps <= spreadBps) break;
      group = group.filter(({ signer }) => signer !== widest.farthest);
    }
    const signers = await this.reader.signers(header.feedIds[0] as Hex, first);
    const observations = group.map(({ signer, observation: { values, flags, signature } }) => ({
      values: values.map(BigInt),
      signerIndex: signers.findIndex((member) => isAddressEqual(member, signer)),
      flags,
      ...compact(signature),
    }));
    return { header, signers, observations: observations.sort((a, b) => a.signerIndex - b.signerIndex) };
  }

  /** How far what is held for a header lies apart, one a feed. */
  spread(header: Header): Spread[] {
    return spreadOf(this.group(header));
  }

  private checkHeader({ chainId, feed, header }: SignedObservation, states: FeedState[]): void {
    if (chainId !== this.reader.chainId)
      throw new Refused(422, 'CHAIN_WRONG', `The observation is for chain ${chainId}, not ${this.reader.chainId}.`);
    if (!isAddressEqual(feed, this.reader.address)) throw new Refused(422, 'FEED_WRONG', `The observation is for the contract ${feed}.`);
    const [first] = states as [FeedState];
    for (const [i, state] of states.entries()) {
      if (state.halted) throw new Refused(409, 'FEED_HALTED', 'The feed is halted.');
      if (header.configVersion !== state.configVersion || state.signerSetHash !== first.signerSetHash) {
        throw new Refused(
          409,
          'CONFIG_STALE',
          `The observation is signed for configuration ${header.configVersion}, not ${state.configVersion}, or its feeds’ signer sets differ.`,
        );
      }
      const [round, valuation] = [header.rounds[i] as number, header.valuationTimestamps[i] as number];
      if (round > state.nextRound) throw new Refused(409, 'ROUND_AHEAD', `The next round is ${state.nextRound}, not ${round}.`);
      if (valuation <= state.latestValuation) {
        throw new Refused(422, 'VALUATION_STALE', `The valuation time ${valuation} is not after that of the latest round.`);
      }
      if (valuation > state.time) {
        throw new Refused(422, 'VALUATION_IN_FUTURE', `The valuation time ${valuation} lies in the future of the chain.`);
      }
    }
    if (header.validUntil < first.time) throw new Refused(422, 'OBSERVATION_EXPIRED', `The observation expired at ${header.validUntil}.`);
  }

  /** Drops what can no longer be accepted, of the feeds whose state is given. */
  private dropVoid(feedIds: readonly Hex[], states: FeedState[]): void {
    this.held = this.held.filter(({ observation: { header } }) =>
      header.feedIds.every((feedId, i) => {
        const state = states[feedIds.indexOf(feedId)];
        if (!state) return true;
        return (
          (header.rounds[i] as number) >= state.nextRound && header.configVersion >= state.configVersion && header.validUntil >= state.time
        );
      }),
    );
  }

  private group(header: Header): Held[] {
    return this.held.filter((h) => sameHeader(h.observation.header, header));
  }
}

/** The greatest less the least value, basis points of the median, and who is farthest from that. */
type Spread = { bps: number; farthest: Address };

function spreadOf(group: Held[]): Spread[] {
  return (group[0]?.observation.values ?? []).map((_, i) => {
    const said = group.map(({ signer, observation }) => ({ signer, value: BigInt(observation.values[i] as string) }));
    said.sort((a, b) => compare(a.value, b.value));
    const [least, median, greatest] = [said[0], said[(said.length - 1) >> 1], said.at(-1)] as [Said, Said, Said];
    const width = greatest.value - least.value;
    const farthest = greatest.value - median.value > median.value - least.value ? greatest : least;
    const base = median.value < 0n ? -median.value : median.value;
    return { bps: base === 0n ? (width === 0n ? 0 : Infinity) : Number((width * 10_000n) / base), farthest: farthest.signer };
  });
}

type Said = { signer: Address; value: bigint };

/** Ascending. */
export function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether one is of a later round of a feed that both have. */
function isAfter(a: Header, b: Header): boolean {
  return a.feedIds.some((feedId, i) => (a.rounds[i] as number) > (b.rounds[b.feedIds.indexOf(feedId)] ?? Infinity));
}

function sameHeader(a: Header, b: Header): boolean {
  return (
    a.configVersion === b.configVersion &&
    a.validUntil === b.validUntil &&
    a.evidenceRoot === b.evidenceRoot &&
    a.feedIds.join() === b.feedIds.join() &&
    a.rounds.join() === b.rounds.join() &&
    a.valuationTimestamps.join() === b.valuationTimestamps.join()
  );
}
