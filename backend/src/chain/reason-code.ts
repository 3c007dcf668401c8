/** Numbers of contracts/interfaces/ReasonCode.sol, which a test compares. Append-only. */
export const ReasonCode = {
  OK: 0,
  TOKEN_PAUSED: 10,
  SENDER_FROZEN: 11,
  RECIPIENT_FROZEN: 12,
  SPENDER_FROZEN: 13,
  TOKENS_FROZEN: 14,
  INSUFFICIENT_BALANCE: 15,
  LOCKUP_ACTIVE: 16,
  INSUFFICIENT_ALLOWANCE: 17,
  INVALID_RECIPIENT: 18,
  RECIPIENT_NOT_REGISTERED: 20,
  RECIPIENT_CLAIM_MISSING: 21,
  RECIPIENT_CLAIM_EXPIRED: 22,
  RECIPIENT_CLAIM_REVOKED: 23,
  SENDER_NOT_ELIGIBLE: 24,
  COUNTRY_RESTRICTED: 26,
  RECIPIENT_BLOCKED: 27,
  MAX_BALANCE: 52,
  SUPPLY_CAP: 54,
  MINT_CAP: 68,
  RULE_FAULT: 254,
  UNKNOWN: 255,
} as const;
export type ReasonName = keyof typeof ReasonCode;

/** Name of a code that a contract gave; `CODE_n` for one that this build does not know. */
export function reasonName(code: number): string {
  return Object.entries(ReasonCode).find(([, number]) => number === code)?.[0] ?? `CODE_${code}`;
}
