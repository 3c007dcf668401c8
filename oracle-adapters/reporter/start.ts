import { canonicalize } from 'json-canonicalize';
import { type Logger, pino } from 'pino';
import { type Address, getAddress, type Hex, keccak256, stringToHex } from 'viem';
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { toFeedUnits } from '../feed/decimal.js';
import { type Header, type Observation, RIPCORD, type SignedObservation, typedData } from '../feed/observation.js';
import { type FeedState, QuorumFeedReader, shortMessage } from '../feed/quorum-feed.js';
import { type Entry, Memory } from './memory.js';
import { type AdapterRequest, type Answer, ask, NoAnswer } from './source.js';

export type ReporterOptions = {
  rpcUrl: string;
  /** the QuorumFeed contract */
  feed: Address;
  feedId: Hex;
  /** of the feed; default 8 */
  decimals?: number;
  /** the reporter's signing key; it needs no gas */
  key: Hex;
  /** file of what was signed; one for each reporter, kept over restarts */
  stateFile: string;
  adapterUrl: string;
  /** what to ask the adapter; the earliest valuation that the chain does not have yet is signed, and on a tie the first request's. All
   *  of them must be answered, so name only those that can still matter. */
  requests: readonly AdapterRequest[];
  /** base URLs */
  transmitters: readonly string[];
  /** the reporter's own bounds, decimal strings; outside of them it does not sign */
  range: { minimum: string; maximum: string };
  /** how long a value may be submitted after its valuation time, seconds. The same for all reporters of a feed: it is part of what
   *  they sign. */
  validity: number;
  /** valuations up to this time are not published, unix seconds; the same for all reporters. Default: those older than `validity`. */
  since?: number;
  /** pause between polls, milliseconds; 0 polls only when pollOnce is called. Default 60,000. */
  interval?: number;
  logger?: Logger;
};

export type PollOutcome =
  | { outcome: 'sent'; observation: SignedObservation; delivered: number }
  | { outcome: 'nothing-new' | 'no-answer' | 'halted' | 'refused'; reason: string };

export type Reporter = {
  address: Address;
  /** One turn: read the chain, ask the adapter, sign if there is something new, send. Turns never overlap. */
  pollOnce(): Promise<PollOutcome>;
  close(): Promise<void>;
};

const LEVEL = { sent: 'debug', 'nothing-new': 'debug', 'no-answer': 'info', halted: 'warn', refused: 'warn' } as const;
const EVIDENCE_SCHEMA = 'muniment/observation-evidence/1';

/** Starts a reporter: it polls until it is closed. Several may run in one process, each with its own key and state file.
 *  @throws when the chain cannot be reached, the contract is not there or the state file is damaged or in use */
export async function startReporter(options: ReporterOptions): Promise<Reporter> {
  const account = privateKeyToAccount(options.key);
  const reader = await QuorumFeedReader.connect(options.rpcUrl, options.feed);
  const memory = await Memory.open(options.stateFile);
  const log = (options.logger ?? pino()).child({ reporter: account.address });
  const stopped = new AbortController();
  const turn = new Turn({ ...options, feed: getAddress(options.feed) }, reader, memory, account, stopped.signal);

  let queue: Promise<unknown> = Promise.resolve();
  const pollOnce = (): Promise<PollOutcome> => {
    const next = queue.then(() => turn.take());
    queue = next.catch(() => undefined);
    return next;
  };

  const interval = options.interval ?? 60_000;
  let timer: NodeJS.Timeout | undefined;
  const poll = async (): Promise<void> => {
    try {
      const result = await pollOnce();
      log[LEVEL[result.outcome]](result.outcome === 'sent' ? { outcome: 'sent', header: result.observation.header } : result);
    } catch (error) {
      log.warn({ outcome: 'failed', reason: shortMessage(error) });
    }
    if (!stopped.signal.aborted) timer = setTimeout(poll, interval);
  };
  if (interval > 0) void poll();

  return {
    address: account.address,
    pollOnce,
    close: async () => {
      stopped.abort();
      clearTimeout(timer);
      await queue;
      await memory.close();
    },
  };
}

class Turn {
  constructor(
    private readonly options: ReporterOptions,
    private readonly reader: QuorumFeedReader,
    private readonly memory: Memory,
    private readonly account: PrivateKeyAccount,
    private readonly signal: AbortSignal,
  ) {}

  async take(): Promise<PollOutcome> {
    if (this.signal.aborted) return { outcome: 'refused', reason: 'The reporter is closed.' };
    const state = await this.reader.state(this.options.feedId);
    if (state.halted) return { outcome: 'halted', reason: 'The feed is halted.' };

    const found = await this.nextAnswer(state);
    if ('outcome' in found) return found;
    const refusal = this.refusal(found.answer, state);
    if (refusal) return { outcome: 'refused', reason: refusal };

    const observation = this.observe(found.answer, state);
    const known = this.memory.signed(observation);
    if (known === 'forgotten')
      return { outcome: 'refused', reason: `Round ${state.nextRound} is too long past to know what was signed for it.` };
    const before = known?.observation;
    const again = before !== undefined && sameMessage(before, observation);
    if (before && !again && binds(before, state)) {
      return {
        outcome: 'refused',
        reason: `Round ${before.header.round} is already signed with another value or source: ${before.value}.`,
      };
    }
    const signed = again ? before : await this.sign(observation, found);
    return { outcome: 'sent', observation: signed, delivered: await this.send(signed) };
  }

  /** The earliest valuation after the chain's latest. Taking them in order, not the newest, makes all reporters sign the same one for
   *  the same round, also those that were away. For the same reason nothing is chosen while a request is without a certain answer. */
  private async nextAnswer(state: FeedState): Promise<{ request: AdapterRequest; answer: Answer } | PollOutcome> {
    const { requests, adapterUrl, validity, since } = this.options;
    // Whole days, so that the question stays the same and the adapter's cache can answer it.
    const expired = Math.max(0, Math.floor((state.time - validity) / 86_400) * 86_400);
    const after = Math.max(state.latestValuation, since ?? 0, expired);
    const answers = await Promise.allSettled(
      requests.map(async (request) => ({ request, answer: await ask(adapterUrl, { ...request, after }, this.signal) })),
    );
    for (const a of answers) {
      if (a.status === 'fulfilled' || (a.reason instanceof NoAnswer && a.reason.certain)) continue;
      if (a.reason instanceof NoAnswer) return { outcome: 'no-answer', reason: a.reason.message };
      throw a.reason;
    }
    const candidates = answers.flatMap((a) => (a.status === 'fulfilled' && a.value.answer.valuationTimestamp > after ? [a.value] : []));
    candidates.sort((a, b) => a.answer.valuationTimestamp - b.answer.valuationTimestamp);
    return candidates[0] ?? { outcome: 'nothing-new', reason: `The source has nothing after ${new Date(after * 1000).toISOString()}.` };
  }

  private refusal(answer: Answer, state: FeedState): string | undefined {
    const { decimals = 8, range, validity } = this.options;
    const { value, valuationTimestamp } = answer;
    if (valuationTimestamp > state.time) return `The valuation time ${valuationTimestamp} lies in the future of the chain (${state.time}).`;
    if (valuationTimestamp + validity < state.time) return `The valuation of ${valuationTimestamp} is past its validity of ${validity} s.`;
    const units = toFeedUnits(value, decimals);
    if (units < toFeedUnits(range.minimum, decimals) || units > toFeedUnits(range.maximum, decimals)) {
      return `The value ${value} is outside of ${range.minimum} to ${range.maximum}.`;
    }
    return undefined;
  }

  private observe(answer: Answer, state: FeedState): Observation {
    const { feed, feedId, decimals = 8, validity } = this.options;
    const header: Header = {
      feedId,
      round: state.nextRound,
      configVersion: state.configVersion,
      valuationTimestamp: answer.valuationTimestamp,
      validUntil: answer.valuationTimestamp + validity,
      evidenceRoot: evidenceRoot(answer.record),
    };
    return {
      chainId: this.reader.chainId,
      feed,
      header,
      value: String(toFeedUnits(answer.value, decimals)),
      flags: answer.ripcord ? RIPCORD : 0,
    };
  }

  private async sign(observation: Observation, found: { request: AdapterRequest; answer: Answer }): Promise<SignedObservation> {
    const signature = await this.account.signTypedData(typedData(observation));
    const evidence = { schema: EVIDENCE_SCHEMA, request: found.request, answer: found.answer };
    const entry: Entry = { observation: { ...observation, signature }, evidence, evidenceHash: hash(evidence) };
    await this.memory.remember(entry);
    return entry.observation;
  }

  private async send(observation: SignedObservation): Promise<number> {
    const deliveries = await Promise.allSettled(
      this.options.transmitters.map(async (url) => {
        const response = await fetch(new URL('/observations', url), {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(observation),
          signal: AbortSignal.any([this.signal, AbortSignal.timeout(10_000)]),
        });
        if (!response.ok) throw new Error(await response.text());
      }),
    );
    return deliveries.filter((delivery) => delivery.status === 'fulfilled').length;
  }
}

/** Hash of the source record on which all honest reporters agree: keccak256 of its canonical JSON (RFC 8785). */
export function evidenceRoot(record: Answer['record']): Hex {
  return hash(record);
}

/** True while what was signed could still be accepted: its configuration holds and, by the chain's clock, its validity. Until then the
 *  reporter signs nothing else for that round. */
function binds(before: SignedObservation, state: FeedState): boolean {
  return before.header.configVersion === state.configVersion && before.header.validUntil >= state.time;
}

function sameMessage({ signature: _, ...before }: SignedObservation, now: Observation): boolean {
  return canonicalize(before) === canonicalize(now);
}

function hash(value: unknown): Hex {
  return keccak256(stringToHex(canonicalize(value)));
}
