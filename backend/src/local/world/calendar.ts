/** Instants so many days from a day, at midnight UTC. */
export type Day = (offset: number) => string;

export function calendar(today: Date): Day {
  const midnight = Math.floor(today.getTime() / 86_400_000) * 86_400_000;
  return (offset) => new Date(midnight + offset * 86_400_000).toISOString();
}

export function shortDate(instant: string): string {
  return instant.slice(0, 10);
}
