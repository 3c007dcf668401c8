import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allocateFirstCome, allocateProRata } from '../../../backend/src/issuance/allocation.js';

const terms = { increment: 1n, minTicket: 1n };

test('600k, 500k, 300k and 100k share a supply of 1.0 m as 400,000 / 333,333 / 200,000 / 66,667', () => {
  const demands = [600_000n, 500_000n, 300_000n, 100_000n].map((units, index) => ({ id: `investor-${index}`, units }));
  expect([...allocateProRata(demands, { ...terms, supply: 1_000_000n }).values()]).toEqual([400_000n, 333_333n, 200_000n, 66_667n]);
});

const increment = fc.bigInt({ min: 1n, max: 1_000n });
const offerings = fc.record({
  increment,
  ticketLots: fc.bigInt({ min: 1n, max: 20n }),
  supplyLots: fc.bigInt({ min: 1n, max: 5_000n }),
  orderLots: fc.array(fc.bigInt({ min: 0n, max: 2_000n }), { minLength: 1, maxLength: 40 }),
});

const play = ({ increment, ticketLots, supplyLots, orderLots }: typeof offerings extends fc.Arbitrary<infer T> ? T : never) => ({
  demands: orderLots.map((lots, index) => ({ id: `order-${String(index).padStart(3, '0')}`, units: (lots + ticketLots) * increment })),
  terms: { increment, minTicket: ticketLots * increment, supply: supplyLots * increment },
});

for (const [name, allocate] of [
  ['pro rata', allocateProRata],
  ['first come', allocateFirstCome],
] as const) {
  test(`${name}: nobody gets more than he asked for, less than a ticket, or a broken increment; never more than the supply`, () => {
    fc.assert(
      fc.property(offerings.map(play), ({ demands, terms }) => {
        const granted = allocate(demands, terms);
        let sum = 0n;
        for (const { id, units } of demands) {
          const got = granted.get(id) ?? -1n;
          if (got !== 0n && (got < terms.minTicket || got > units)) return false;
          if (got % terms.increment !== 0n) return false;
          sum += got;
        }
        return sum <= terms.supply;
      }),
      { numRuns: 2_000 },
    );
  });
}

test('pro rata: the supply is used up whenever the demand and the minimum ticket allow it', () => {
  fc.assert(
    fc.property(offerings.map(play), ({ demands, terms }) => {
      const wanted = demands.reduce((sum, { units }) => sum + units, 0n);
      const usable = wanted < terms.supply ? wanted : terms.supply;
      fc.pre(usable >= terms.minTicket);
      const sum = [...allocateProRata(demands, terms).values()].reduce((a, b) => a + b, 0n);
      return wanted <= terms.supply ? sum === wanted : sum > 0n;
    }),
    { numRuns: 2_000 },
  );
});

test('pro rata: dropping a share below the minimum ticket hands its units to the others', () => {
  const granted = allocateProRata(
    [
      { id: 'large', units: 900n },
      { id: 'small', units: 100n },
    ],
    { increment: 1n, minTicket: 60n, supply: 500n },
  );
  expect(granted).toEqual(
    new Map([
      ['large', 500n],
      ['small', 0n],
    ]),
  );
});

test('first come: the last order gets what is left, if that is a ticket', () => {
  const demands = [
    { id: 'first', units: 60n },
    { id: 'second', units: 60n },
    { id: 'third', units: 10n },
  ];
  expect(allocateFirstCome(demands, { increment: 10n, minTicket: 10n, supply: 100n })).toEqual(
    new Map([
      ['first', 60n],
      ['second', 40n],
      ['third', 0n],
    ]),
  );
});
