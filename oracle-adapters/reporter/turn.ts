import { canonicalize } from 'json-canonicalize';
import { type Address, type Hex, keccak256, stringToHex } from 'viem';
import { toFeedUnits } from '../feed/decimal.js';
import { type Observation, RIPCORD, type SignedObservation } from '../feed/observation.js';
import type { FeedState, QuorumFeedReader } from '../feed/quorum-feed.js';
import type { Memory } from './memory.js';
import type { Outbox } from './outbox.js';
import type { ObservationSigner } from './signer.js';
import { type AdapterRequest, type Answer, ask, NoAnswer } from './source.js';

/** Where a reporter has a feed's value from, and what of it it will sign. */
export type FeedSource = {
  feedId: Hex;
  /** of the feed; default 8 */
  decimals?: number;
  adapterUrl: string;
  /** what to ask the adapter; the earliest valuation that the chain does not have yet is signed, and on a tie the first request's. All
   *  of them must be answered, so name only those that can still matter. */
  requests: readonly AdapterRequest[];
  /** the reporter's own bounds, decimal strings; outside of them it does not sign */
  range: { minimum: string; maximum: string };
};

/** What is signed in one message. Several feeds are signed, published, refused and halted together, and share one signer set. */
export type Publication = {
  feeds: readonly FeedSource[];
  /** how long a value may be submitted after its valuation time, seconds. The same for all reporters of a feed: it is part of what
   *  they sign. */
  validity: number;
  /** valuations up to this time are not published, unix seconds; the same for all reporters. Default: those older than `validity`. */
  since?: number;
  /** pause between polls, milliseconds; 0 polls only when pollOnce is called. Default 60,000. */
  interval?: number;
  /** seconds within which a round must follow the last, weekends included; else an alert. Default: none is due. */
  heartbeat?: number;
};

export type PollOutcome =
  | { outcome: 'sent'; observation: SignedObservation; delivered: boolean }
  | { outcome: 'nothing-new' | 'no-answer' | 'halted' | 'refused'; reason: string };
type Refusal = Exclude<PollOutcome, { outcome: 'sent' }>;

/** One question to an adapter and what came of it. */
type Asked = { request: AdapterRequest; answer?: Answer; noAnswer?: string };

const EVIDENCE_SCHEMA = 'muniment/observation-evidence/2';

/** The turns of one publication: look at the chain, ask the adapters, decide, keep the decision, send. */
export class Turn {
  private lastDecision = '';

  constructor(
    private readonly publication: Publication,
    private readonly feed: Address,
    private readonly reader: QuorumFeedReader,
    private readonly memory: Memory,
    private readonly signer: ObservationSigner,
    private readonly outbox: Outbox,
    private readonly signal: AbortSignal,
  ) {}

  /** @param onState told what the chain says of each feed */
  async take(onState: (feedId: Hex, state: FeedState) => void): Promise<PollOutcome> {
    if (this.signal.aborted) return { outcome: 'refused', reason: 'The reporter is closed.' };
    const { feeds } = this.publication;
    const states = await this.reader.states(feeds.map(({ feedId }) => feedId));
    for (const [i, state] of states.entries()) onState((feeds[i] as FeedSource).feedId, state);

    const halted = states.some((state) => state.halted);
    const asked = halted ? [] : await Promise.all(feeds.map((feed, i) => this.ask(feed, states[i] as FeedState)));
    const evidence = { schema: EVIDENCE_SCHEMA, feeds: feeds.map(({ feedId }, i) => ({ feedId, asked: asked[i]?.asked ?? [] })) };
    const found = halted ? { outcome: 'halted' as const, reason: 'The feed is halted.' } : this.choose(asked, states);
    if ('outcome' in found) return this.hold(found, evidence);
    const observation = this.observe(found, states);

    const signed = await this.memory.alone(() => this.signOnce(observation, states[0] as FeedState, evidence));
    if ('outcome' in signed) return this.hold(signed, evidence);
    return { outcome: 'sent', observation: signed, delivered: await this.outbox.send(signed) };
  }

  /** Signs what is not signed yet, unless something else is. */
  private async signOnce(observation: Observation, state: FeedState, evidence: object): Promise<SignedObservation | Refusal> {
    const before = this.memory.signed(observation);
    if (before === 'forgotten') return { outcome: 'refused', reason: 'The round is too long past to know what was signed for it.' };
    const other = before.find((entry) => !sameMessage(entry.observation, observation) && binds(entry.observation, state));
    if (other) {
      const { header, values } = other.observation;
      return {
        outcome: 'refused',
        reason: `Round ${header.rounds.join()} is already signed with another value or source: ${values.join()}.`,
      };
    }
    const again = before.find((entry) => sameMessage(entry.observation, observation));
    return again?.observation ?? (await this.sign(observation, evidence));
  }

  private async ask({ adapterUrl, requests }: FeedSource, state: FeedState): Promise<{ after: number; asked: Asked[] }> {
    const { validity, since } = this.publication;
    // Whole days, so that the question stays the same and the adapter's cache can answer it.
    const expired = Math.max(0, Math.floor((state.time - validity) / 86_400) * 86_400);
    // Not the valuation that is held either: to sign it again would be to agree with oneself.
    const after = Math.max(state.latestValuation, state.held?.valuationTimestamp ?? 0, since ?? 0, expired);
    const asked = requests.map(async (given) => {
      const request = { ...given, after };
      try {
        return { request, answer: await ask(adapterUrl, request, this.signal) };
      } catch (error) {
        if (error instanceof NoAnswer) return { request, noAnswer: error.message };
        throw error;
      }
    });
    return { after, asked: await Promise.all(asked) };
  }

  /** Of each feed the earliest valuation after the chain's latest. Taking them in order, not the newest, makes all reporters sign the
   *  same one for the same round, also those that were away. For the same reason nothing is chosen while a request is without a certain
   *  answer, or one of several feeds without a new value. */
  private choose(asked: { after: number; asked: Asked[] }[], states: FeedState[]): Answer[] | Refusal {
    const unsure = asked.flatMap((feed) => feed.asked).find((a) => a.noAnswer !== undefined && !NoAnswer.isCertain(a.noAnswer));
    if (unsure?.noAnswer !== undefined) return { outcome: 'no-answer', reason: unsure.noAnswer };
    const chosen: Answer[] = [];
    for (const feed of asked) {
      const candidates = feed.asked.flatMap(({ answer }) => (answer && answer.valuationTimestamp > feed.after ? [answer] : []));
      candidates.sort((a, b) => a.valuationTimestamp - b.valuationTimestamp);
      if (!candidates[0]) return { outcome: 'nothing-new', reason: `The source has nothing after ${iso(feed.after)}.` };
      chosen.push(candidates[0]);
    }
    const reason = this.refusal(chosen, states);
    return reason ? { outcome: 'refused', reason } : chosen;
  }

  private refusal(answers: Answer[], states: FeedState[]): string | undefined {
    const { feeds, validity } = this.publication;
    const [first] = states as [FeedState];
    if (states.some((s) => s.configVersion !== first.configVersion || s.signerSetHash !== first.signerSetHash)) {
      return 'The feeds have different signer sets: they cannot be signed together.';
    }
    for (const [i, { value, valuationTimestamp }] of answers.entries()) {
      const { decimals = 8, range } = feeds[i] as FeedSource;
      if (valuationTimestamp > first.time) return `The valuation time ${iso(valuationTimestamp)} lies in the future of the chain.`;
      if (valuationTimestamp + validity < first.time)
        return `The valuation of ${iso(valuationTimestamp)} is past its validity of ${validity} s.`;
      const units = toFeedUnits(value, decimals);
      if (units < toFeedUnits(range.minimum, decimals) || units > toFeedUnits(range.maximum, decimals)) {
        return `The value ${value} is outside of ${range.minimum} to ${range.maximum}.`;
      }
    }
    return undefined;
  }

  private observe(answers: Answer[], states: FeedState[]): Observation {
    const { feeds, validity } = this.publication;
    const valuationTimestamps = answers.map(({ valuationTimestamp }) => valuationTimestamp);
    return {
      chainId: this.reader.chainId,
      feed: this.feed,
      header: {
        feedIds: feeds.map(({ feedId }) => feedId),
        rounds: states.map(({ nextRound }) => nextRound),
        valuationTimestamps,
        configVersion: (states[0] as FeedState).configVersion,
        validUntil: Math.min(...valuationTimestamps) + validity,
        evidenceRoot: evidenceRoot(...answers.map(({ record }) => record)),
      },
      values: answers.map(({ value }, i) => String(toFeedUnits(value, feeds[i]?.decimals ?? 8))),
      flags: answers.some(({ ripcord }) => ripcord) ? RIPCORD : 0,
    };
  }

  private async sign(observation: Observation, evidence: object): Promise<SignedObservation> {
    const signed = await this.signer.sign(observation);
    await this.memory.remember({ outcome: 'signed', observation: signed, ...dated(evidence) });
    this.lastDecision = '';
    return signed;
  }

  /** Keeps why nothing is signed, once as long as it stays the same. That there is nothing new is no decision. */
  private async hold(refusal: Refusal, evidence: object): Promise<Refusal> {
    const { outcome, reason } = refusal;
    const kept = dated(evidence);
    const decision = `${outcome} ${reason} ${kept.evidenceHash}`;
    if (outcome !== 'nothing-new' && decision !== this.lastDecision) {
      const feedIds = this.publication.feeds.map(({ feedId }) => feedId);
      await this.memory.remember({ outcome, reason, feedIds, ...kept });
    }
    this.lastDecision = decision;
    return refusal;
  }
}

/** Hash of the source record on which all honest reporters agree: keccak256 of its canonical JSON (RFC 8785); of several feeds, of the
 *  list of their records. */
export function evidenceRoot(...records: Answer['record'][]): Hex {
  return hash(records.length === 1 ? records[0] : records);
}

/** True while what was signed could still be accepted: its configuration holds and, by the chain's clock, its validity. Until then the
 *  reporter signs nothing else for that round. */
function binds({ header }: SignedObservation, state: FeedState): boolean {
  return header.configVersion === state.configVersion && header.validUntil >= state.time;
}

function sameMessage({ signature: _, ...before }: SignedObservation, now: Observation): boolean {
  return canonicalize(before) === canonicalize(now);
}

function dated(evidence: object): { at: string; evidence: object; evidenceHash: Hex } {
  return { at: new Date().toISOString(), evidence, evidenceHash: hash(evidence) };
}

function hash(value: unknown): Hex {
  return keccak256(stringToHex(canonicalize(value)));
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
