const LOST = new Set(['57P01', '57P02', '57P03', '08000', '08003', '08006', '53300', 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE']);
/** Serialization failure, deadlock, a transaction that idled too long: rolled back, and as good as new when repeated. */
const ROLLED_BACK = new Set(['40001', '40P01', '25P03']);

/** Whether an error says that the database went away, or ended the transaction for another's sake, rather than refused the statement. */
export function isLostDatabase(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    const code = (cause as { code?: unknown }).code;
    if (typeof code === 'string' && (LOST.has(code) || ROLLED_BACK.has(code))) return true;
    if (/Connection terminated|is not queryable|timeout exceeded when trying to connect/.test(cause.message)) return true;
  }
  return false;
}
