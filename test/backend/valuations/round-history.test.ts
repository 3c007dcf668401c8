import { stringToHex } from 'viem';
import { describe, expect, test } from 'vitest';
import { type FeedEvent, roundsFrom } from '../../../backend/src/valuations/round-history.js';

const EARLY = new Date('2026-01-05T00:00:00Z');
const EXPIRY = Date.parse('2026-01-09T00:00:00Z') / 1_000;

function event(name: string, round: number, args: Record<string, unknown> = {}): FeedEvent {
  const all = { round: String(round), value: '100', valuationTimestamp: '1', evidenceRoot: '0x01', signerBitmap: '11', ...args };
  return { name, args: all, time: EARLY, txHash: `0x${round}` };
}
const held = (round: number) => event('RoundHeld', round, { reason: stringToHex('band', { size: 32 }), expiry: String(EXPIRY) });
const statesOf = (events: FeedEvent[], now = EARLY) => roundsFrom(events, now).map(({ round, state }) => [round, state]);

describe('what became of a round', () => {
  test('it was accepted, by so many signers', () => {
    expect(roundsFrom([event('RoundAccepted', 1)], EARLY)).toMatchObject([{ state: 'ACCEPTED', signers: 3, value: 100n, check: null }]);
  });

  test('it is held until its expiry, which is the first instant too late', () => {
    expect(roundsFrom([held(1)], EARLY)).toMatchObject([{ state: 'HELD', check: 'band', publishedAt: null }]);
    expect(statesOf([held(1)], new Date(EXPIRY * 1_000 - 1))).toEqual([[1, 'HELD']]);
    expect(statesOf([held(1)], new Date(EXPIRY * 1_000))).toEqual([[1, 'EXPIRED']]);
  });

  test.each([
    ['another round was accepted', event('RoundAccepted', 2)],
    ['another round is held', held(2)],
    ['the feed was halted', event('FeedHalted', 0, { halted: true })],
    ['its signers halted the feed', event('RipcordPulled', 2)],
    ['the signers changed', event('FeedConfigured', 0)],
  ])('it was dropped: %s', (_, later) => {
    expect(statesOf([held(1), later])[0]).toEqual([1, 'DROPPED']);
  });

  test('it was approved, and a round after it drops nothing', () => {
    const events = [held(1), event('RoundApproved', 1, { approver: '0x0a' }), event('RoundAccepted', 2)];
    expect(roundsFrom(events, EARLY)).toMatchObject([{ state: 'APPROVED', approver: '0x0a', publishedAt: EARLY }, { state: 'ACCEPTED' }]);
  });

  test('it was invalidated, while a held one goes on waiting', () => {
    const events = [event('RoundAccepted', 1), held(2), event('RoundInvalidated', 1, { reasonHash: '0x0b' })];
    expect(roundsFrom(events, EARLY)).toMatchObject([{ state: 'INVALIDATED', reasonHash: '0x0b' }, { state: 'HELD' }]);
  });

  test('it was used up by a ripcord', () => {
    expect(roundsFrom([event('RipcordPulled', 1)], EARLY)).toMatchObject([{ state: 'RIPCORD', value: null, valuationTime: null }]);
  });
});
