/** Why a movement of units is refused: the number the contracts return, its name, a sentence for a person and what would cure it.
 *  The numbers are those of contracts/interfaces/ReasonCode.sol (a test compares the two); they are append-only and never reused. */
const REASONS = {
  0: ['OK', 'Nothing stands in the way.', null],
  10: ['TOKEN_PAUSED', 'The token is paused: nobody can transfer it for now.', 'Wait until the token is resumed.'],
  11: ['SENDER_FROZEN', 'The sending wallet is frozen.', 'Ask the compliance desk why; only it can release the wallet.'],
  12: ['RECIPIENT_FROZEN', 'The receiving wallet is frozen.', 'Use another registered wallet, or wait until the freeze is released.'],
  13: ['SPENDER_FROZEN', 'The account that spends on the owner’s behalf is frozen.', 'Send from the owner’s own wallet.'],
  14: ['TOKENS_FROZEN', 'Part of the sender’s units is frozen, and what is free is less than the amount.', 'Send at most the free units.'],
  15: ['INSUFFICIENT_BALANCE', 'The sending wallet holds less than the amount.', 'Send at most the balance.'],
  16: ['LOCKUP_ACTIVE', 'The units are still inside their lock-up.', 'Wait until the lock-up of the units has ended.'],
  17: ['INSUFFICIENT_ALLOWANCE', 'The owner has not approved this amount for the spender.', 'Have the owner approve the amount first.'],
  18: ['INVALID_RECIPIENT', 'The receiving address cannot take this token.', 'Name an investor’s wallet as recipient.'],
  20: [
    'RECIPIENT_NOT_REGISTERED',
    'The receiving wallet is not registered to any investor.',
    'Have its owner verify himself and link the wallet.',
  ],
  21: [
    'RECIPIENT_CLAIM_MISSING',
    'The recipient lacks a verification that this token requires.',
    'Have the recipient complete the verification.',
  ],
  22: ['RECIPIENT_CLAIM_EXPIRED', 'The recipient’s verification has expired.', 'Have the recipient renew the verification.'],
  23: ['RECIPIENT_CLAIM_REVOKED', 'The recipient’s verification has been revoked.', 'Only a new verification case can restore it.'],
  24: [
    'SENDER_NOT_ELIGIBLE',
    'The sender may not send: not registered, blocked, or with a revoked verification.',
    'Ask the compliance desk.',
  ],
  25: [
    'FLOWBACK_RESTRICTED',
    'Units sold offshore may not yet return to investors of the recipient’s country.',
    'Wait until the restricted period has ended, or choose a recipient outside it.',
  ],
  26: ['COUNTRY_RESTRICTED', 'Investors of the recipient’s country may not hold this token.', 'Choose a recipient in an allowed country.'],
  27: ['RECIPIENT_BLOCKED', 'The recipient is barred from every token.', 'Ask the compliance desk.'],
  30: ['SANCTIONED_ADDRESS', 'A party of the transfer stands on a sanctions list.', 'Nothing may move; ask the compliance desk.'],
  33: [
    'SCREENING_UNAVAILABLE',
    'The sanctions list cannot be read, so nothing may pass.',
    'Try again later; the operator must restore the list.',
  ],
  36: [
    'SENDER_NOT_LISTED',
    'The sender is not on the list of those who may transfer, or is on the list of those who may not.',
    'Ask the issuer to change the list.',
  ],
  37: [
    'RECIPIENT_NOT_LISTED',
    'The recipient is not on the list of those who may receive, or is on the list of those who may not.',
    'Ask the issuer to change the list.',
  ],
  38: [
    'SPENDER_NOT_ALLOWED',
    'The account that spends on the owner’s behalf may not do so for this token.',
    'Send from the owner’s own wallet.',
  ],
  40: [
    'HOLDER_CAP_REACHED',
    'The token has as many holders as it may have.',
    'Send to an investor who holds already, or wait until one leaves.',
  ],
  41: [
    'CATEGORY_CAP_REACHED',
    'The token has as many holders of the recipient’s category as it may have.',
    'Send to an investor who holds already, or to another category.',
  ],
  42: [
    'COUNTRY_CAP_REACHED',
    'The token has as many holders in the recipient’s country as it may have.',
    'Send to an investor who holds already, or to another country.',
  ],
  50: ['FULL_TRANSFER_ONLY', 'The sender may only transfer everything that he holds.', 'Send the whole position.'],
  51: [
    'MIN_HOLDING',
    'A holding below the minimum would remain or arise.',
    'Send everything, or an amount that leaves both at or above the minimum.',
  ],
  52: ['MAX_BALANCE', 'The recipient would hold more than one investor may.', 'Send at most the room that is left.'],
  53: ['MAX_OWNERSHIP_PCT', 'The recipient would own a greater share than one investor may.', 'Send at most the room that is left.'],
  54: ['SUPPLY_CAP', 'The issue would exceed the supply limit of the token.', 'Issue at most the room that is left.'],
  55: ['MIN_TRANSFER', 'The amount is below the least that may be transferred.', 'Send at least the minimum, or everything.'],
  56: [
    'MAX_CATEGORY_PCT',
    'The recipient’s category would own a greater share than it may.',
    'Send at most the room that is left, or to another category.',
  ],
  60: ['BLACKOUT_WINDOW', 'Transfers are closed for now.', 'Wait until the window has ended.'],
  61: ['ONLY_ACCREDITED', 'Only accredited investors may receive this token.', 'Have the recipient prove his accreditation.'],
  63: [
    'APPROVAL_REQUIRED',
    'This transfer needs an approval that has not been given, was used, or has expired.',
    'Ask an approver of the issuer for it.',
  ],
  64: [
    'DAILY_LIMIT',
    'The sender has transferred as much as he may in this window of time.',
    'Send at most the room that is left, or wait for the next window.',
  ],
  65: [
    'EXCHANGE_LIMIT',
    'The sender has sent as much to this venue as he may in this window of time.',
    'Send at most the room that is left, or wait for the next window.',
  ],
  66: [
    'RESERVE_SHORTFALL',
    'The proven reserve does not cover the issue.',
    'Issue at most the room that is left, or have the reserve proven anew.',
  ],
  67: ['RESERVE_STALE', 'The proof of reserve is missing, out of date or not usable.', 'Wait for a fresh proof; redemptions stay open.'],
  68: ['MINT_CAP', 'The agent has used up what he may issue in this window.', 'Wait for the next window, or have the cap raised.'],
  70: ['FEE_COLLECTOR_INVALID', 'The account that takes the transfer fee cannot receive it.', 'The issuer must repair the fee collector.'],
  71: [
    'MIN_HOLDERS',
    'The token would have fewer holders than it must have.',
    'Keep a part of the position, or send to an investor who does not hold yet.',
  ],
  90: ['LIQUIDATE_ONLY', 'The recipient may only sell.', 'Choose another recipient.'],
  254: [
    'RULE_FAULT',
    'A transfer rule failed to answer, so nothing may pass.',
    'Tell the operator; the rule must be repaired or replaced.',
  ],
  255: ['UNKNOWN', 'The transfer is refused for a reason this version does not know.', 'Tell the operator.'],
} as const satisfies Record<number, readonly [name: string, sentence: string, cure: string | null]>;

export type ReasonName = (typeof REASONS)[keyof typeof REASONS][0];

export type Reason = { code: number; name: ReasonName; sentence: string; cure: string | null };

/** @returns the reason of a code as the contracts return it; an unlisted number is UNKNOWN, with its own number kept */
export function reasonOf(code: number): Reason {
  const [name, sentence, cure] = code in REASONS ? REASONS[code as keyof typeof REASONS] : REASONS[255];
  return { code, name, sentence, cure };
}

/** All of them, by number. */
export const reasons: readonly Reason[] = Object.keys(REASONS).map((code) => reasonOf(Number(code)));
