import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { jaroWinkler, nameScore, POSSIBLE, tokensOf, withBirthYear } from '../../../backend/src/kyc/screening/name-matching.js';
import { ListUnreadable, parseOfacList } from '../../../backend/src/kyc/screening/ofac-csv.js';

const list = (file: string): string => readFileSync(new URL(`../../../backend/src/kyc/screening/lists/${file}`, import.meta.url), 'utf8');
const possible = (a: string, b: string): boolean => nameScore(tokensOf(a), tokensOf(b)) >= POSSIBLE;

describe('Jaro-Winkler', () => {
  test.each([
    ['martha', 'marhta', 0.961],
    ['dwayne', 'duane', 0.84],
    ['dixon', 'dicksonx', 0.813],
    ['jones', 'johnson', 0.832],
    ['abc', 'xyz', 0],
  ])('%s and %s (values of Winkler’s paper)', (a, b, expected) => {
    expect(jaroWinkler(a, b)).toBeCloseTo(expected, 3);
    expect(jaroWinkler(b, a)).toBeCloseTo(expected, 3);
  });
});

describe('names', () => {
  test('are compared without marks, punctuation, titles, legal forms and order', () => {
    expect(tokensOf('Dr. Ágnes  ZZTEST-Müller')).toEqual(['agnes', 'muller', 'zztest']);
    expect(tokensOf('Zztest Invented Shipping Company, Ltd.')).toEqual(['invented', 'shipping', 'zztest']);
    expect(tokensOf("O'Neil Łukasz Groß")).toEqual(['gross', 'lukasz', 'oneil']);
    expect(tokensOf('   ')).toEqual([]);
    expect(tokensOf('The Company')).toEqual(['company', 'the']);
  });

  test.each([
    ['Viktor Zztestov', 'Viktor Zztestov'],
    ['Zztestov Viktor', 'Viktor Zztestov'],
    ['Victor Zztestof', 'Viktor Zztestov'],
    ['Viktor Zztestov', 'Viktor Pavlovich Zztestov'],
    ['VIKTOR ZZTÉSTOV', 'Viktor Zztestov'],
    ['Zztest Invented Shipping LLC', 'ZZTEST INVENTED SHIPPING COMPANY LTD.'],
  ])('%s is a possible match of %s', (a, b) => expect(possible(a, b)).toBe(true));

  test.each([
    ['Ada Lindqvist', 'Viktor Zztestov'],
    ['Viktor Lindqvist', 'Viktor Zztestov'],
    ['Invented', 'ZZTEST INVENTED SHIPPING COMPANY LTD.'],
    ['', 'Viktor Zztestov'],
  ])('%s is clear of %s', (a, b) => expect(possible(a, b)).toBe(false));

  test('another year of birth ranks a match down, one year apart does not', () => {
    expect(withBirthYear(0.9, 1961, 1985)).toBeLessThan(POSSIBLE);
    expect(withBirthYear(0.9, 1961, 1962)).toBe(0.9);
    expect(withBirthYear(0.9, undefined, 1962)).toBe(0.9);
    expect(withBirthYear(1, 1961, 1985)).toBeGreaterThanOrEqual(POSSIBLE);
  });
});

describe('OFAC’s files', () => {
  const entries = parseOfacList(list('sdn.csv'), list('alt.csv'));

  test('are read with nulls, joined programs, quotes, aliases and birth years', () => {
    expect(entries.map((e) => [e.entryNumber, e.kind, e.birthYear])).toEqual([
      [90001, 'PERSON', 1961],
      [90002, 'ENTITY', null],
      [90003, 'PERSON', 1975],
      [90004, 'VESSEL', null],
    ]);
    expect(entries[0]?.names).toEqual(['Viktor Invented ZZTESTOV', 'Victor Invented ZZTESTOFF']);
    expect(entries[0]?.programs).toEqual(['ZZTEST-PROGRAM', 'ZZTEST-SECOND']);
    expect(entries[1]?.names).toEqual(['ZZTEST INVENTED SHIPPING COMPANY LTD.', 'ZZTEST INVENTED TRANSPORT']);
  });

  test('an entry has another version as soon as the list says something else of it', () => {
    const changed = parseOfacList(list('sdn.csv').replace('DOB 14 Mar 1961', 'DOB 15 Mar 1961'), list('alt.csv'));
    expect(changed[0]?.version).not.toBe(entries[0]?.version);
    expect(changed[1]?.version).toBe(entries[1]?.version);
  });

  test('half a file is refused', () => {
    expect(() => parseOfacList(list('sdn.csv').slice(0, 300))).toThrow(ListUnreadable);
    expect(() => parseOfacList('<html>not found</html>')).toThrow(ListUnreadable);
  });
});
