// Preloaded into a process (`node --import`): its clock is so many milliseconds off as SKEW_MS says.
const RealDate = Date;
const skew = Number(process.env.SKEW_MS);

globalThis.Date = class extends RealDate {
  constructor(...given) {
    super(...(given.length === 0 ? [RealDate.now() + skew] : given));
  }
  static now() {
    return RealDate.now() + skew;
  }
};
