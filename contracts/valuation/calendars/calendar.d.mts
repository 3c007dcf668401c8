import type { Hex } from 'viem';

/** @param bitmap bit n = day n of the year, from 0; 1 = open */
export type CalendarYear = { year: number; closed: Record<string, string>; bitmap: [bigint, bigint] };

/** `id` names it on chain; `source` is the keccak256 of the reviewed file. */
export type Calendar = { id: Hex; source: Hex; years: CalendarYear[] };

/** The calendars that there are, by name; a name's keccak256 is the calendar's id on chain. */
export const CALENDARS: readonly ['us-bond', 'nyse', 'target'];

export function readCalendar(name: (typeof CALENDARS)[number]): Calendar;

/** @param closed holidays, `YYYY-MM-DD` to name
 *  @throws when a date is none of that year */
export function bitmapOf(year: number, closed: Record<string, string>): [bigint, bigint];
