declare module 'bond-calculator' {
  /** Excel's PRICE and YIELD; rates as fractions, dates at local midnight. */
  export default function bondCalculator(bond: {
    settlement: Date;
    maturity: Date;
    rate: number;
    redemption: number;
    frequency: 1 | 2 | 4;
    convention: string;
  }): { price(rate: number): number; yield(price: number): number };
}
