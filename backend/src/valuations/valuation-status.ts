import { formatAmount } from '../platform/schema/amount.js';

/** What ValuationRegistry says of a token, in the order of its enum. */
export const VALUATION_STATUSES = ['LIVE', 'HELD', 'PUBLICATION_STALE', 'VALUATION_STALE', 'HALTED', 'UNKNOWN'] as const;
export type ValuationStatus = (typeof VALUATION_STATUSES)[number];

export type HeldRound = {
  round: number;
  value: bigint;
  valuationTime: Date;
  heldAt: Date;
  approvableFrom: Date;
  expiresAt: Date;
  /** Which of the guard's checks held it: "band", "spread", … */
  check: string | null;
};

/** What the sentence about a status rests on. Ages in seconds, 0 in a limit = not judged. */
export type StatusFacts = {
  status: ValuationStatus;
  now: bigint;
  decimals: number;
  valuedAt: bigint;
  publishedAt: bigint;
  maxPublishAge: number;
  maxValuationAge: number;
  maxBusinessDays: number;
  calendar: string | null;
  /** Open days since the valuation; null when the calendar does not know, or is not asked. */
  businessDays: number | null;
  held: HeldRound | null;
  /** Whether the feed's signers halted it themselves; null when it is not halted. */
  ripcord: boolean | null;
  /** Whether its rounds are decided at another source than this deployment's QuorumFeed. */
  foreign: boolean;
};

const CHECKS: Record<string, string> = {
  policy: 'the guard has no policy for this feed',
  spread: 'its observations lie too far apart',
  calendar: 'the calendar of its market is not known for that time',
  band: 'it moves further than the time since the last value allows',
  reference: 'it does not move as the reference feed does',
  growth: 'it has grown faster than the feed may',
};

/** A sentence for a person, and what would cure it. */
export function explain(instrumentId: string, facts: StatusFacts): { reason: string; remedy: string | null } {
  return { reason: sentence(facts), remedy: remedy(`/v1/instruments/${instrumentId}`, facts) };
}

function remedy(path: string, { status, held, foreign }: StatusFacts): string | null {
  switch (status) {
    case 'LIVE':
      return null;
    case 'HELD':
      return held
        ? `Have two officers approve the round (POST ${path}/rounds/${held.round}/approve), or wait for one that is accepted.`
        : 'Wait for a round that is accepted.';
    case 'PUBLICATION_STALE':
      return 'Wait for the next published round.';
    case 'VALUATION_STALE':
      return 'Wait for the next accepted valuation.';
    case 'HALTED':
      if (foreign) return 'Have the feed resumed at its source once the cause is gone.';
      return `Have two officers resume the feed once its cause is gone (POST ${path}/feed/resume).`;
    case 'UNKNOWN':
      return `Set a feed that has a round (POST ${path}/feed), or wait until it is in force and has one.`;
  }
}

function sentence(facts: StatusFacts): string {
  const { status, now, valuedAt, publishedAt, maxPublishAge, ripcord } = facts;
  switch (status) {
    case 'LIVE':
      return `The value is ${duration(now - valuedAt)} old and may be used.`;
    case 'HELD':
      return heldSentence(facts);
    case 'PUBLICATION_STALE':
      return `Nothing has been published for ${duration(now - publishedAt)}; after ${duration(BigInt(maxPublishAge))} the value must not be used for sales or redemptions.`;
    case 'VALUATION_STALE':
      return staleSentence(facts);
    case 'HALTED':
      return ripcord
        ? 'The feed is halted: the providers of its signers say that the value must not be used.'
        : 'The feed is halted: nothing is read from it until it is resumed.';
    case 'UNKNOWN':
      return 'There is no value: the chain knows no feed of this instrument yet, or the feed has no round.';
  }
}

function heldSentence({ held, now, decimals }: StatusFacts): string {
  if (!held) return 'A later round waits for approval; until one is accepted the value must not be used for sales or redemptions.';
  const what = `Round ${held.round} of ${formatAmount(held.value, decimals)} is held${held.check ? `, for ${CHECKS[held.check] ?? held.check}` : ''}`;
  if (BigInt(Math.floor(held.expiresAt.getTime() / 1_000)) <= now) {
    return `${what}, and was not approved by ${held.expiresAt.toISOString()}; until another round is accepted there are no sales or redemptions.`;
  }
  return `${what}; until it is approved or another round is accepted there are no sales or redemptions.`;
}

function staleSentence(facts: StatusFacts): string {
  const { now, valuedAt, maxValuationAge, maxBusinessDays, businessDays, calendar } = facts;
  const age = now - valuedAt;
  const never = 'it must not be used for sales or redemptions.';
  if (maxValuationAge !== 0 && age > BigInt(maxValuationAge)) {
    return `The value is ${duration(age)} old; after ${duration(BigInt(maxValuationAge))} ${never}`;
  }
  if (maxBusinessDays !== 0 && businessDays === null) {
    return `The calendar ${calendar} does not know every year since the value of ${day(valuedAt)}, so its age is not known and ${never}`;
  }
  if (maxBusinessDays !== 0 && businessDays !== null && businessDays > maxBusinessDays) {
    return `The value is ${plural(BigInt(businessDays), 'business day')} old; after ${plural(BigInt(maxBusinessDays), 'business day')} ${never}`;
  }
  return `Its source says that the value of ${day(valuedAt)} is too old, so ${never}`;
}

function day(seconds: bigint): string {
  return new Date(Number(seconds) * 1_000).toISOString().slice(0, 10);
}

function duration(seconds: bigint): string {
  const steps = [
    [86_400n, 'day'],
    [3_600n, 'hour'],
    [60n, 'minute'],
  ] as const;
  const [size, name] = steps.find(([step]) => seconds >= step) ?? ([1n, 'second'] as const);
  return plural(seconds / size, name);
}

function plural(count: bigint, name: string): string {
  return `${count} ${name}${count === 1n ? '' : 's'}`;
}
