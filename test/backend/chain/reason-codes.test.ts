import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { reasonOf, reasons } from '../../../backend/src/chain/reason-codes.js';

test('the backend knows exactly the reason codes of the contracts, by the same names', () => {
  const source = readFileSync(new URL('../../../contracts/interfaces/ReasonCode.sol', import.meta.url), 'utf8');
  const inContracts = [...source.matchAll(/constant (\w+) = (\d+);/g)].map(([, name, code]) => [Number(code), name]);

  expect(inContracts.length).toBeGreaterThan(20);
  expect(reasons.map((r) => [r.code, r.name])).toEqual(inContracts);
});

test('every refusal has a sentence and a cure', () => {
  for (const { code, sentence, cure } of reasons) {
    expect(sentence).toMatch(/^[A-Z].*\.$/);
    if (code !== 0) expect(cure).toMatch(/^[A-Z].*\.$/);
  }
});

test('a number nobody listed is UNKNOWN and keeps its number', () => {
  expect(reasonOf(99)).toMatchObject({ code: 99, name: 'UNKNOWN' });
});
