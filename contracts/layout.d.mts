export type Layout = { namespaces: Record<string, { label: string; type: string; slot: string; offset: number }[]> };

/** Every file that the token and its extension consist of, by the name that the compiler knows it by. */
export function tokenSources(): Record<string, string>;

/** Compiles, and judges the code by itself.
 *  @returns the storage of the token's three contracts together, and what is unsafe in either */
export function inspect(sources: Record<string, string>): { layout: Layout; problems: string[] };

/** @returns what an upgrade from one layout to the other would break */
export function differences(baseline: Layout, layout: Layout): string[];
