/** How alike two names are, for screening. After the open-source matcher Watchman (Apache-2.0) in outline: normalise, split into tokens,
 *  compare tokens by Jaro-Winkler. Scores are kept with the version of this algorithm; only the bands are meant to be stable. */

export const ALGORITHM = 'sorted-token-jaro-winkler/1';

/** From here on a name is a possible match. */
export const POSSIBLE = 0.85;

/** A token counts as found only if it is this alike. */
const TOKEN_FLOOR = 0.8;
const OTHER_BIRTH_YEAR = 0.85;

const NOISE = new Set(
  'mr mrs ms miss mx dr prof sir dame lord lady ltd limited llc llp lp inc incorporated corp corporation co company plc gmbh ag sa sarl srl spa bv nv oy ab as kg pte pty the and of'.split(
    ' ',
  ),
);

const LETTERS: Record<string, string> = { ß: 'ss', ł: 'l', ø: 'o', đ: 'd', ð: 'd', þ: 'th', æ: 'ae', œ: 'oe', ı: 'i' };

/** Lower-case tokens without marks, punctuation, titles and legal forms, sorted. A name of nothing but noise keeps it. */
export function tokensOf(name: string): string[] {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[ßłøđðþæœı]/g, (letter) => LETTERS[letter] ?? letter)
    .replace(/['’`]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  const all = plain === '' ? [] : plain.split(' ');
  const kept = all.filter((token) => !NOISE.has(token));
  return (kept.length > 0 ? kept : all).sort();
}

/** 0 … 1. Names of which one holds all tokens of the other (a middle name more) stay close to 1; one common token is not enough. */
export function nameScore(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return 0;
  const ab = coverage(a, b);
  const ba = coverage(b, a);
  const score = 0.75 * Math.max(ab.share, ba.share) + 0.25 * Math.min(ab.share, ba.share);
  const onlyOne = Math.min(ab.found, ba.found) < 2 && Math.max(a.length, b.length) > 1;
  return onlyOne ? score * 0.8 : score;
}

/** Ranks a match down when both years of birth are known and more than one apart. */
export function withBirthYear(score: number, a: number | undefined, b: number | undefined): number {
  return a !== undefined && b !== undefined && Math.abs(a - b) > 1 ? score * OTHER_BIRTH_YEAR : score;
}

/** Share of the letters of `a` whose token is found in `b`, and how many tokens that are. */
function coverage(a: readonly string[], b: readonly string[]): { share: number; found: number } {
  let letters = 0;
  let matched = 0;
  let found = 0;
  for (const token of a) {
    letters += token.length;
    let best = 0;
    for (const other of b) best = Math.max(best, jaroWinkler(token, other));
    if (best < TOKEN_FLOOR) continue;
    matched += token.length * best;
    found++;
  }
  return { share: matched / letters, found };
}

/** Jaro-Winkler similarity (Winkler 1990): prefix weight 0.1, at most 4 characters. */
export function jaroWinkler(a: string, b: string): number {
  const jaro = jaroSimilarity(a, b);
  let prefix = 0;
  while (prefix < 4 && prefix < a.length && a[prefix] === b[prefix]) prefix++;
  return jaro + prefix * 0.1 * (1 - jaro);
}

function jaroSimilarity(a: string, b: string): number {
  if (a === b) return 1;
  const window = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1);
  const taken = new Array<boolean>(b.length).fill(false);
  const fromA: string[] = [];
  for (let i = 0; i < a.length; i++) {
    const end = Math.min(b.length, i + window + 1);
    for (let j = Math.max(0, i - window); j < end; j++) {
      if (taken[j] || a[i] !== b[j]) continue;
      taken[j] = true;
      fromA.push(b[j] as string);
      break;
    }
  }
  const matches = fromA.length;
  if (matches === 0) return 0;
  const fromB = [...b].filter((_, j) => taken[j]);
  const transpositions = fromA.filter((letter, i) => letter !== fromB[i]).length / 2;
  return (matches / a.length + matches / b.length + (matches - transpositions) / matches) / 3;
}
