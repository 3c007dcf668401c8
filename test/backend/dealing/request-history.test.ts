import { encodeErrorResult, zeroAddress } from 'viem';
import { expect, test } from 'vitest';
import { type DealingEvent, requestsFrom } from '../../../backend/src/dealing/request-history.js';
import { dealingAbi } from '../../../contracts/generated/abi.js';

const event = (name: string, args: Record<string, unknown> = {}): DealingEvent => ({
  name,
  args: { side: '0', index: '0', wallet: '0x0a', amount: '100', cutOff: '1000', ...args },
});
const made = event('RequestMade');

test.each([
  ['RequestCancelled', 'CANCELLED'],
  ['RequestRefunded', 'REFUNDED'],
])('%s ends a request, and only that one', (name, state) => {
  const other = event('RequestMade', { side: '1' });
  expect(requestsFrom([made, other, event(name)]).map((request) => [request.side, request.state])).toEqual([
    ['SUBSCRIPTION', state],
    ['REDEMPTION', 'PENDING'],
  ]);
});

test('a request that is held says why, and may be settled later', () => {
  const reason = encodeErrorResult({ abi: dealingAbi, errorName: 'InvestorNotPayable', args: [zeroAddress] });
  const held = event('RequestHeld', { reason });
  expect(requestsFrom([made, held])).toMatchObject([{ state: 'HELD', held: expect.stringContaining('InvestorNotPayable') }]);
  const settled = event('RequestSettled', { units: '5', money: '100' });
  expect(requestsFrom([made, held, settled])).toMatchObject([{ state: 'SETTLED', units: 5n, money: 100n, held: null }]);
});

test('a request that was taken over belongs to the new wallet', () => {
  const redirected = event('RequestRedirected', { wallet: '0x0b' });
  expect(requestsFrom([made, redirected])).toMatchObject([{ wallet: '0x0b', state: 'PENDING', cutOff: new Date(1_000_000) }]);
});
