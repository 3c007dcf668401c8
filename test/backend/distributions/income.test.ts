import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rentWaterfall } from '../../../backend/src/distributions/rent.js';
import { withhold } from '../../../backend/src/distributions/withholding.js';

test('437.50 at 15 % is a tax of 65.63, half-up to the cent', () => {
  expect(withhold(43_750n, 1_500)).toBe(6_563n);
  expect(withhold(437_500_000n, 1_500, 10_000n)).toBe(65_630_000n);
});

test('30 % without a form, nothing at 0 %, everything at 100 %', () => {
  expect(withhold(100_00n, 3_000)).toBe(30_00n);
  expect(withhold(12_345n, 0)).toBe(0n);
  expect(withhold(12_345n, 10_000)).toBe(12_345n);
});

test('a tax that rounds up never exceeds the gross', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 10n ** 24n }),
      fc.integer({ min: 0, max: 10_000 }),
      fc.bigInt({ min: 1n, max: 1_000_000n }),
      (gross, bps, unit) => {
        const tax = withhold(gross, bps, unit);
        if (tax < 0n || tax > gross) return false;
        if (tax === gross) return true;
        const error = tax * 10_000n - gross * BigInt(bps);
        return tax % unit === 0n && 2n * (error < 0n ? -error : error) <= unit * 10_000n;
      },
    ),
    { numRuns: 5_000 },
  );
});

test('a rate outside 0 to 100 % or a broken one is refused', () => {
  for (const rate of [-1, 10_001, 1.5]) expect(() => withhold(1n, rate)).toThrow(RangeError);
});

const ravenswood = {
  gross: 1_555_000_000n,
  managementBps: 800,
  platformBps: 200,
  insurance: 55_000_000n,
  taxes: 130_000_000n,
  utilities: 0n,
  maintenance: 155_000_000n,
};

test('9415-9417 Ravenswood St: of 1,555 a month 1,059.50 are left for the holders', () => {
  const { lines, net, shortfall } = rentWaterfall(ravenswood);
  expect(lines.find(({ name }) => name === 'management')?.amount).toBe(124_400_000n);
  expect(lines.find(({ name }) => name === 'platform')?.amount).toBe(31_100_000n);
  expect(net).toBe(1_059_500_000n);
  expect(shortfall).toBe(0n);
});

test('a vacant month pays nothing and names what is missing', () => {
  const { net, shortfall } = rentWaterfall({ ...ravenswood, gross: 0n });
  expect(net).toBe(0n);
  expect(shortfall).toBe(340_000_000n);
});
