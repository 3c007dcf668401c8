import { HttpRequestError, RpcRequestError } from 'viem';

/** What a node's answer to a broadcast says. A reply never decides whether a transaction counts: receipts do. It only decides what to
 *  try next.
 *  - `SENT`: the node has the transaction; wait for its receipt.
 *  - `NOT_SENT`: the node refused it, for `cause`: FEE (raise it), FUNDS (fill the account up), GAS (limit unusable), INVALID (the
 *    transaction itself), LATER (the node cannot take it now).
 *  - `UNKNOWN`: it may or may not have arrived; ask for every attempt by its hash. `nonceTooLow` when the nonce is said to be used. */
export type Reply =
  | { kind: 'SENT' }
  | { kind: 'NOT_SENT'; cause: 'FEE' | 'FUNDS' | 'GAS' | 'INVALID' | 'LATER'; text: string }
  | { kind: 'UNKNOWN'; nonceTooLow: boolean; text: string };

type Row = { pattern: RegExp; reply: (text: string) => Reply };

const sent = (pattern: RegExp): Row => ({ pattern, reply: () => ({ kind: 'SENT' }) });
const used = (pattern: RegExp): Row => ({ pattern, reply: (text) => ({ kind: 'UNKNOWN', nonceTooLow: true, text }) });
const refused = (cause: 'FEE' | 'FUNDS' | 'GAS' | 'INVALID' | 'LATER', pattern: RegExp): Row => ({
  pattern,
  reply: (text) => ({ kind: 'NOT_SENT', cause, text }),
});

/** First match decides; no match is UNKNOWN. JSON-RPC codes are not read: clients use one code for unlike things. */
const table: Row[] = [
  // geth, erigon, reth, arbitrum "already known"; besu "Known transaction"; zkSync "known transaction. transaction with hash …"
  sent(/(^|[^a-z])already[ _]?known\b/),
  sent(/(^|: ?|\. ?)known transaction\b/),
  // anvil "transaction already imported"; OpenEthereum "Transaction with the same hash was already imported"
  sent(/\balready imported\b/),
  // ethermint "tx already in mempool", "tx already exists in cache"
  sent(/\b(tx|transaction) already (in (the )?(mem)?pool|exists in (the )?(cache|pool|mempool))\b/),

  // A used nonce may be ours: every hash is asked for.
  used(/\bnonce (is )?too low\b/),
  used(/\boldnonce\b/),
  used(/\bnonce[ _]too[ _]small\b/),
  used(/\bnonce .{0,80}below current nonce\b/),
  used(/\btransaction nonce is too low\b/),
  used(/\bnonce has already been used\b/),
  used(/\binvalid nonce; expected \d+, got \d+\b/),
  used(/\baccount sequence mismatch\b/),

  refused('GAS', /\bintrinsic gas\b/),
  refused('FEE', /\bunderpriced\b/),
  refused('FEE', /\b(max ?fee ?per ?gas|fee ?cap|max fee per gas) (is )?(less|lower) than (the )?(block|latest|current)? ?base ?fee\b/),
  refused('FEE', /\bfee(cap)? ?too ?low(tocompete)?\b/),
  refused('FEE', /\bgas ?(price|tip cap|tip)? ?(is )?(too low|below (the )?(configured )?minimum)\b/),
  refused('FEE', /\bmax(imum)? ?(priority ?)?fee ?per ?gas ?(is )?too low\b/),
  refused('FEE', /\beffective gas price .{0,40}too low\b/),
  refused('FEE', /\bmax ?priority ?fee ?per ?gas (is )?(higher|greater) than (the )?max ?fee ?per ?gas\b/),
  refused('FEE', /\bunacceptable gas price\b/),

  refused('FUNDS', /\binsufficient ?(funds|balance)\b/),
  refused('FUNDS', /\bdoesn'?t have enough funds\b/),
  refused('FUNDS', /\bup-?front cost\b.*\b(exceeds|higher than)\b/),
  refused('FUNDS', /\bcosts? .{0,60}exceeds? (the )?(sender'?s? )?(account )?balance\b/),

  refused('GAS', /\bexceeds (the )?(block|configured|current block|transaction) ?(max )?gas ?limit\b/),
  refused('GAS', /\bgas limit (is )?too (high|low)\b/),
  refused('GAS', /\bgaslimitexceeded\b/),
  refused('GAS', /\bgas uint64 overflow\b/),
  refused('GAS', /\bcallers? gas (limit )?above (the )?(block )?gas limit\b/),

  refused('INVALID', /\binvalid (sender|signature|chain ?id)\b/),
  refused('INVALID', /\b(wrong|incorrect) chain ?id\b/),
  refused('INVALID', /\breplay[- ]protected\b/),
  refused('INVALID', /\b(transaction|tx) ?type (is )?not supported\b/),
  refused('INVALID', /\b(oversized data|max initcode size exceeded|sender (is )?not an eoa|negative value)\b/),
  refused('INVALID', /\brlp:/),
  refused('INVALID', /\btx fee \([^)]*\) exceeds the configured cap\b/),

  refused('LATER', /\bnonce (is )?too (high|distant|far)\b/),
  refused('LATER', /\bnoncegap\b/),
  refused('LATER', /\btoo distant from current sender nonce\b/),
  refused('LATER', /\b(tx|transaction) ?pool is full\b/),
  refused('LATER', /\b(account|sender)('s)? ?limit exceeded\b/),
];

/** Class of one error text, as a node put it. */
export function classifyText(text: string): Reply {
  const normal = text.toLowerCase();
  return table.find((row) => row.pattern.test(normal))?.reply(text) ?? { kind: 'UNKNOWN', nonceTooLow: false, text };
}

/** Class of what `eth_sendRawTransaction` threw. Only a JSON-RPC error carries a node's judgement: timeouts, resets and HTTP errors may
 *  come from anything in between and say nothing. */
export function classifyError(error: unknown): Reply {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof RpcRequestError) return classifyText(cause.details);
    if (cause instanceof HttpRequestError) return { kind: 'UNKNOWN', nonceTooLow: false, text: cause.shortMessage };
  }
  return { kind: 'UNKNOWN', nonceTooLow: false, text: error instanceof Error ? error.message : String(error) };
}
