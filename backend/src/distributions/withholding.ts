const BASIS = 10_000n;

/** Tax on a gross amount: rounded half-up to `unit` minor units (10,000 for the cent of a currency with 6 decimals), never more than the
 *  gross.
 *  @param gross minor units, ≥ 0
 *  @param rateBps basis points, 0 to 10,000
 *  @param unit minor units of the smallest amount in which tax is paid */
export function withhold(gross: bigint, rateBps: number, unit = 1n): bigint {
  if (gross < 0n || !Number.isInteger(rateBps) || rateBps < 0 || rateBps > Number(BASIS) || unit <= 0n) {
    throw new RangeError(`No tax can be computed on ${gross} at ${rateBps} basis points in steps of ${unit}.`);
  }
  const scale = BASIS * unit;
  const tax = ((2n * gross * BigInt(rateBps) + scale) / (2n * scale)) * unit;
  return tax > gross ? gross : tax;
}
