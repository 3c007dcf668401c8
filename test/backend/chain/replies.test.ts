import { HttpRequestError, RpcRequestError } from 'viem';
import { describe, expect, it } from 'vitest';
import { classifyError, classifyText } from '../../../backend/src/chain/replies.js';

const SENT = [
  'already known',
  'ALREADY_KNOWN: already known',
  'AlreadyKnown',
  'err: already known (0x8d3c…)',
  'Known transaction',
  'known transaction. transaction with hash 0x12 is already in the system',
  'transaction already imported',
  'Transaction with the same hash was already imported.',
  'tx already in mempool',
  'tx already exists in cache',
  'transaction already in the mempool',
];
const NONCE_TOO_LOW = [
  'nonce too low',
  'nonce too low: next nonce 5, tx nonce 4',
  'nonce too low: address 0x9f, tx: 3 state: 4',
  'OldNonce',
  'OldNonce, Current nonce: 5, nonce of rejected tx: 4',
  'Nonce too low',
  'Transaction nonce is too low. Try incrementing the nonce.',
  'nonce 3 below current nonce 5',
  'nonce has already been used',
  'invalid nonce; expected 6, got 5: invalid sequence',
  'account sequence mismatch, expected 6, got 5',
];
const NOT_SENT: Record<string, string[]> = {
  FEE: [
    'transaction underpriced',
    'replacement transaction underpriced',
    'transaction underpriced: gas tip cap 0, minimum needed 1',
    'underpriced',
    'max fee per gas less than block base fee',
    'max fee per gas less than block base fee: address 0x1, maxFeePerGas: 1, baseFee: 7',
    'fee cap less than block base fee',
    'maxFeePerGas is less than the block base fee',
    'FeeTooLow',
    'FeeTooLowToCompete',
    'feecap too low',
    'Gas price below configured minimum gas price',
    'gas price too low',
    'gas tip cap below minimum',
    'max priority fee per gas higher than max fee per gas',
    'unacceptable gas price',
  ],
  FUNDS: [
    'insufficient funds for gas * price + value',
    'Insufficient funds for gas * price + value',
    'insufficient funds for gas * price + value: address 0x1 have 0 want 21000',
    'InsufficientFunds',
    'insufficient balance for transfer',
    "Sender doesn't have enough funds to send tx. The max upfront cost is: 1 and the sender's balance is: 0.",
    'Upfront cost exceeds account balance',
    'transaction up-front cost 0x5 exceeds transaction sender account balance 0x0',
    'transaction costs 12 exceed balance',
  ],
  GAS: [
    'intrinsic gas too low',
    'intrinsic gas too low: have 20000, want 21000',
    'Intrinsic gas exceeds gas limit',
    'exceeds block gas limit',
    'Transaction gas limit exceeds block gas limit',
    'transaction gas limit too high (cap: 16777216, tx: 30000000)',
    'GasLimitExceeded',
    'gas uint64 overflow',
    'caller gas limit above the block gas limit',
  ],
  INVALID: [
    'invalid sender',
    'invalid chain id for signer',
    'invalid chain id for signer: have 1 want 31337',
    'wrong chain id',
    'invalid signature',
    'only replay-protected (EIP-155) transactions allowed over RPC',
    'transaction type not supported',
    'oversized data',
    'max initcode size exceeded: code size 50000, limit 49152',
    'rlp: value size exceeds available input length',
    'tx fee (2.00 ether) exceeds the configured cap (1.00 ether)',
    'sender not an eoa: address 0x1',
  ],
  LATER: [
    'nonce too high',
    'Transaction nonce is too distant from current sender nonce',
    'txpool is full',
    'transaction pool is full',
    'NonceGap',
    'sender limit exceeded',
  ],
};
const UNKNOWN = [
  'unknown transaction',
  'unknown account',
  'transaction is not yet known',
  'header not found',
  'internal error',
  'Too Many Requests',
  'request timed out',
  'daily request count exceeded',
  'missing trie node',
  'the method eth_sendRawTransaction does not exist',
  'nonce',
  '',
];

describe('what a node answers to a broadcast', () => {
  it.each(SENT)('%j means the node has it', (text) => expect(classifyText(text)).toEqual({ kind: 'SENT' }));
  it.each(NONCE_TOO_LOW)('%j means ask by hash', (text) =>
    expect(classifyText(text)).toEqual({ kind: 'UNKNOWN', nonceTooLow: true, text }),
  );
  for (const [cause, texts] of Object.entries(NOT_SENT)) {
    it.each(texts)(`%j is refused for ${cause}`, (text) => expect(classifyText(text)).toEqual({ kind: 'NOT_SENT', cause, text }));
  }
  it.each(UNKNOWN)('%j decides nothing', (text) => expect(classifyText(text)).toEqual({ kind: 'UNKNOWN', nonceTooLow: false, text }));

  it('knows at least 60 texts', () => {
    expect(SENT.length + NONCE_TOO_LOW.length + Object.values(NOT_SENT).flat().length).toBeGreaterThanOrEqual(60);
  });

  it('reads the text of a JSON-RPC error and ignores its code', () => {
    const error = (message: string) => new RpcRequestError({ body: {}, url: 'http://node', error: { code: -32003, message } });
    expect(classifyError(new Error('viem', { cause: error('transaction already imported') })).kind).toBe('SENT');
    expect(classifyError(error('nonce too low'))).toMatchObject({ kind: 'UNKNOWN', nonceTooLow: true });
  });

  it('believes no text that comes with an HTTP error', () => {
    expect(classifyError(new HttpRequestError({ url: 'http://node', status: 502, details: 'already known' })).kind).toBe('UNKNOWN');
  });
});
