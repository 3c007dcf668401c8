/** Treasury's quotations are taken at about 15:30 in New York: the fixed cut-off that turns a source's date into an instant. */
export const TREASURY_CUT_OFF = { time: '15:30', zone: 'America/New_York' } as const;

/** The instant at which a source's figure holds: its date at a fixed local time in a named zone. Never the wall clock, so that all
 *  reporters sign the same timestamp.
 *  @param date YYYY-MM-DD   @returns unix seconds */
export function valuationTimestamp(date: string, cutOff: { time: string; zone: string } = TREASURY_CUT_OFF): number {
  const wanted = Date.parse(`${date}T${cutOff.time}:00Z`);
  let instant = wanted;
  // Twice, because the first guess may fall on the other side of a change of clocks.
  for (let i = 0; i < 2; i++) instant += wanted - localAsUtc(instant, cutOff.zone);
  return instant / 1000;
}

/** Today's date in the zone of the cut-off; it only chooses which of the publisher's files to read. */
export function today(now: Date = new Date(), zone: string = TREASURY_CUT_OFF.zone): string {
  return new Date(localAsUtc(now.getTime(), zone)).toISOString().slice(0, 10);
}

/** Day of the week (0 is Sunday) and time (HH:MM) in a zone.
 *  @param time unix seconds */
export function localTime(time: number, zone: string): { weekday: number; time: string } {
  const local = new Date(localAsUtc(time * 1000, zone));
  return { weekday: local.getUTCDay(), time: local.toISOString().slice(11, 16) };
}

/** Making a formatter costs a thousand times more than using it. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function localAsUtc(instant: number, zone: string): number {
  let formatter = formatters.get(zone);
  if (!formatter) {
    const two = '2-digit';
    formatter = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: two,
      day: two,
      hour: two,
      minute: two,
      second: two,
    });
    formatters.set(zone, formatter);
  }
  const parts = formatter.formatToParts(instant);
  const part = (type: string): string => parts.find((p) => p.type === type)?.value ?? '';
  return Date.parse(`${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:${part('second')}Z`);
}
