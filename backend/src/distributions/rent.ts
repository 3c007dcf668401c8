/** A month's rent and what is paid from it, all in minor units of one currency. */
export type RentStatement = {
  gross: bigint;
  /** Basis points of the gross. */
  managementBps: number;
  /** Basis points of the gross. */
  platformBps: number;
  insurance: bigint;
  taxes: bigint;
  utilities: bigint;
  maintenance: bigint;
};

export type RentWaterfall = {
  lines: { name: 'management' | 'platform' | 'insurance' | 'taxes' | 'utilities' | 'maintenance'; amount: bigint }[];
  /** What the holders get; zero in a month whose costs exceed its rent. */
  net: bigint;
  /** What the costs exceed the rent by; zero in an ordinary month. */
  shortfall: bigint;
};

/** Takes a month's costs from its rent in the order in which they are due: management, platform, insurance, taxes, utilities,
 *  maintenance reserve. Fees round down to the minor unit. */
export function rentWaterfall(rent: RentStatement): RentWaterfall {
  const lines: RentWaterfall['lines'] = [
    { name: 'management', amount: (rent.gross * BigInt(rent.managementBps)) / 10_000n },
    { name: 'platform', amount: (rent.gross * BigInt(rent.platformBps)) / 10_000n },
    { name: 'insurance', amount: rent.insurance },
    { name: 'taxes', amount: rent.taxes },
    { name: 'utilities', amount: rent.utilities },
    { name: 'maintenance', amount: rent.maintenance },
  ];
  const left = lines.reduce((sum, { amount }) => sum - amount, rent.gross);
  return left >= 0n ? { lines, net: left, shortfall: 0n } : { lines, net: 0n, shortfall: -left };
}
