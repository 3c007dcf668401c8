import { isDeepStrictEqual } from 'node:util';

/** What the publisher sent cannot be read as what it claims to be. */
export class SourceUnreadable extends Error {
  override readonly name = 'SourceUnreadable';
}

/** The source is readable but has, for certain, no figure for what was asked. Never answered with 0. */
export class NotPublished extends Error {
  override readonly name = 'NotPublished';
}

/** What an endpoint answers in `data`: an exact figure, when it holds, and the source's record that it rests on. */
export type Valuation = {
  /** exact decimal string, in the unit that the endpoint names */
  value: string;
  /** unix seconds: the source's own date or time in a named zone, never the wall clock */
  valuationTimestamp: number;
  /** the source says "do not use" */
  ripcord: boolean;
  /** The part of the source that decides the value. The same for everyone who read it, whenever and from whichever mirror; reporters
   *  agree on its hash. */
  record: Record<string, string | number | null>;
};

/** Which of the published days: the one of `date`, the first that holds after `after` (unix seconds), else the last. */
export type Choice = { date?: string | undefined; after?: number | undefined };

/** Chooses among what a source has published.
 *  @param what names it in a message, e.g. "NAV of fund 1234"
 *  @throws NotPublished when there is none; SourceUnreadable when the source says two different things of one date */
export function choose<T extends { date: string; valuationTimestamp: number }>(published: readonly T[], choice: Choice, what: string): T {
  const { date, after } = choice;
  const ascending = [...published].sort((a, b) => a.valuationTimestamp - b.valuationTimestamp);
  const found =
    date !== undefined
      ? ascending.find((p) => p.date === date)
      : after !== undefined
        ? ascending.find((p) => p.valuationTimestamp > after)
        : ascending.at(-1);
  if (!found) {
    const when = date !== undefined ? `for ${date}` : after !== undefined ? `after ${new Date(after * 1000).toISOString()}` : 'yet';
    throw new NotPublished(`There is no ${what} ${when}.`);
  }
  if (ascending.some((p) => p.date === found.date && !isDeepStrictEqual(p, found))) {
    throw new SourceUnreadable(`There are two different statements of the ${what} for ${found.date}.`);
  }
  return found;
}
