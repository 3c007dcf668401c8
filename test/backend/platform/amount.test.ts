import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Problem } from '../../../backend/src/platform/problem.js';
import { AmountText, amount, amountOut, formatAmount, parseAmount, UINT256_MAX } from '../../../backend/src/platform/schema/amount.js';

const uint256 = fc.bigInt({ min: 0n, max: UINT256_MAX });
const decimals = fc.integer({ min: 0, max: 18 });

describe('amounts', () => {
  test('what is written is read again, for every amount and scale', () => {
    fc.assert(fc.property(uint256, decimals, (value, places) => parseAmount(formatAmount(value, places), places) === value));
    fc.assert(fc.property(uint256, decimals, (value, places) => amount(places).parse(amountOut(places).parse(value)) === value));
  });

  test('written amounts have no superfluous zeros and never an exponent', () => {
    fc.assert(fc.property(uint256, decimals, (value, places) => /^(0|[1-9]\d*)(\.\d*[1-9])?$/.test(formatAmount(value, places))));
  });

  test('one decimal too many is refused, however many zeros it holds', () => {
    fc.assert(
      fc.property(uint256, decimals, (value, places) => {
        const [whole, fraction = ''] = formatAmount(value, places).split('.');
        return refused(`${whole}.${fraction.padEnd(places + 1, '0')}`, places);
      }),
    );
  });

  test('beyond uint256 is refused at every scale, the largest is not', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: UINT256_MAX + 1n, max: UINT256_MAX * 1000n }), decimals, (value, places) =>
        refused(formatAmount(value, places), places),
      ),
    );
    expect(parseAmount(formatAmount(UINT256_MAX, 6), 6)).toBe(UINT256_MAX);
  });

  test('any other text is refused with AMOUNT_INVALID and never read as something else', () => {
    fc.assert(
      fc.property(fc.string(), decimals, (text, places) => {
        if (/^(0|[1-9]\d*)(\.\d+)?$/.test(text)) return true;
        return refused(text, places) && !AmountText.safeParse(text).success;
      }),
    );
    for (const text of ['-1', '+1', '1e3', '1.', '.5', '1_000', '٣', 'NaN', 'Infinity', '0x1', '1 ', ''])
      expect(refused(text, 6)).toBe(true);
  });
});

function refused(text: string, places: number): boolean {
  try {
    parseAmount(text, places);
    return false;
  } catch (error) {
    return error instanceof Problem && error.code === 'AMOUNT_INVALID';
  }
}
