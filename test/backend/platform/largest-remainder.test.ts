import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EmptyRegister, largestRemainder } from '../../../backend/src/platform/largest-remainder.js';

const weights = fc
  .uniqueArray(fc.tuple(fc.string({ minLength: 1, maxLength: 8 }), fc.bigInt({ min: 0n, max: 10n ** 30n })), {
    selector: ([key]) => key,
    minLength: 1,
    maxLength: 60,
  })
  .filter((entries) => entries.some(([, weight]) => weight > 0n))
  .map((entries) => new Map(entries));
const pools = fc.bigInt({ min: 0n, max: 10n ** 24n });

test('the parts add up to the pool, to the last unit', () => {
  fc.assert(
    fc.property(pools, weights, (pool, by) => {
      return [...largestRemainder(pool, by).values()].reduce((a, b) => a + b, 0n) === pool;
    }),
    { numRuns: 2_000 },
  );
});

test('each part is the floor of its share or one more, and nothing for no weight', () => {
  fc.assert(
    fc.property(pools, weights, (pool, by) => {
      const total = [...by.values()].reduce((a, b) => a + b, 0n);
      for (const [key, part] of largestRemainder(pool, by)) {
        const floor = (pool * (by.get(key) ?? 0n)) / total;
        if (part !== floor && part !== floor + 1n) return false;
        if (by.get(key) === 0n && part !== 0n) return false;
      }
      return true;
    }),
    { numRuns: 2_000 },
  );
});

test('the order of the register changes nothing', () => {
  fc.assert(
    fc.property(pools, weights, (pool, by) => {
      const turned = new Map([...by].reverse());
      expect(new Map([...largestRemainder(pool, turned)].sort())).toEqual(new Map([...largestRemainder(pool, by)].sort()));
    }),
  );
});

test('a tie goes to the lower key', () => {
  expect(
    largestRemainder(
      1n,
      new Map([
        ['b', 1n],
        ['a', 1n],
      ]),
    ),
  ).toEqual(
    new Map([
      ['b', 0n],
      ['a', 1n],
    ]),
  );
});

test('an empty register gets nothing and is told so', () => {
  expect(() => largestRemainder(1n, new Map([['a', 0n]]))).toThrow(EmptyRegister);
  expect(largestRemainder(0n, new Map([['a', 0n]]))).toEqual(new Map([['a', 0n]]));
});
