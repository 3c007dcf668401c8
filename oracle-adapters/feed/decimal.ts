import Big from 'big.js';

const DECIMAL = /^-?\d{1,39}(\.\d{1,40})?$/;

/** An exact decimal string in the integer units of a feed, rounded half to even. No double is involved.
 *  @param decimals of the feed, e.g. 8: "99.436306" → 9943630600n
 *  @throws when it is not a plain decimal */
export function toFeedUnits(value: string, decimals: number): bigint {
  if (!DECIMAL.test(value)) throw new Error(`${value} is not a plain decimal number.`);
  return BigInt(new Big(value).times(new Big(10).pow(decimals)).round(0, Big.roundHalfEven).toFixed(0));
}
