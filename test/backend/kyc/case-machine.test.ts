import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type CaseEvent,
  type CaseState,
  type CaseStatus,
  FRAUD_LABELS,
  NEW_CASE,
  type Refusal,
  transition,
} from '../../../backend/src/kyc/case-machine.js';

const at = (hours: number): Date => new Date(Date.UTC(2026, 0, 5) + hours * 3_600_000);
const said = (outcome: Extract<CaseEvent, { type: 'provider' }>['outcome'], hours: number, labels: string[] = []): CaseEvent => ({
  type: 'provider',
  eventId: `${outcome}-${hours}`,
  occurredAt: at(hours),
  outcome,
  labels,
});
const screened = (openHits: number, hours = 3): CaseEvent => ({ type: 'screened', screenedAt: at(hours), openHits, trueMatches: 0 });
const recommended = (by = 'ann'): CaseEvent => ({ type: 'recommend', by, decision: 'APPROVE', riskRating: 'LOW' });
const approved = (by = 'bob', hours = 4): CaseEvent => ({ type: 'approve', by, at: at(hours), screeningMaxAgeHours: 72 });

function caseAfter(...events: CaseEvent[]): CaseState {
  return events.reduce((state, event) => {
    const result = transition(state, event);
    if (!result.ok) throw new Error(`${event.type} refused in ${state.status}: ${result.refusal}`);
    return result.state;
  }, NEW_CASE);
}
function refusal(state: CaseState, event: CaseEvent): Refusal | null {
  const result = transition(state, event);
  return result.ok ? null : result.refusal;
}

const started = (): CaseEvent[] => [{ type: 'submit' }, { type: 'verification-started' }];
const inReview = (): CaseEvent[] => [...started(), said('CLEAR', 2), screened(0)];

describe('the ways of a case', () => {
  test.each<[string, CaseEvent[], CaseStatus]>([
    ['a person without a hit is approved by two officers', [...inReview(), recommended(), approved()], 'APPROVED'],
    ['the provider asks for another document', [...started(), said('RESUBMIT', 1, ['DOCUMENT_PAGE_MISSING'])], 'RESUBMISSION_REQUIRED'],
    ['he brings it', [...started(), said('RESUBMIT', 1), { type: 'resubmit' }], 'PROVIDER_PENDING'],
    ['a possible match is escalated', [...started(), said('CLEAR', 2), screened(1)], 'ESCALATED'],
    ['the first word of the provider overtakes our note', [{ type: 'submit' }, said('CLEAR', 2)], 'SCREENING'],
    ['a final rejection waits for an officer', [...started(), said('REJECT_FINAL', 2)], 'PROVIDER_PENDING'],
    ['who confirms it', [...started(), said('REJECT_FINAL', 2), { type: 'reject', by: 'ann' }], 'REJECTED'],
    [
      'an approval is not taken away by a provider',
      [...inReview(), recommended(), approved(), said('REJECT_FINAL', 9)],
      'REVERIFICATION_DUE',
    ],
    ['a case on hold goes back to where it was', [...inReview(), { type: 'hold' }, { type: 'release' }], 'IN_REVIEW'],
    ['or to where the provider took it meanwhile', [...started(), { type: 'hold' }, said('CLEAR', 2), { type: 'release' }], 'SCREENING'],
  ])('%s', (_sentence, events, status) => {
    expect(caseAfter(...events).status).toBe(status);
  });

  test.each<[string, CaseEvent[], CaseEvent, Refusal]>([
    ['nobody approves what he recommended', [...inReview(), recommended('ann')], approved('ann'), 'SAME_PERSON'],
    ['nobody rejects what he recommended', [...inReview(), recommended('ann')], { type: 'reject', by: 'ann' }, 'SAME_PERSON'],
    ['no approval before a recommendation', inReview(), approved(), 'STATE'],
    ['no approval on an old screening', [...inReview(), recommended()], approved('bob', 75), 'SCREENING_TOO_OLD'],
    ['no recommendation over an open hit', [...started(), said('CLEAR', 2), screened(1)], recommended(), 'OPEN_HIT'],
    [
      'none over a confirmed match',
      [...started(), said('CLEAR', 2), screened(1), { type: 'disposition', openHits: 0, trueMatches: 1 }],
      recommended(),
      'TRUE_MATCH',
    ],
    [
      'an advice to reject cannot be approved',
      [...inReview(), { type: 'recommend', by: 'ann', decision: 'REJECT', riskRating: 'HIGH' }],
      approved(),
      'RECOMMENDED_OTHERWISE',
    ],
    ['no officer rejects before the provider has', started(), { type: 'reject', by: 'ann' }, 'STATE'],
    ['a provider event counts once', [...started(), said('CLEAR', 2)], said('CLEAR', 2), 'REPEATED_EVENT'],
    ['an older one never overrides', [...started(), said('CLEAR', 2)], said('RESUBMIT', 1), 'OLDER_EVENT'],
    ['a draft cannot be recommended', [], recommended(), 'STATE'],
    ['what is approved is not held', [...inReview(), recommended(), approved()], { type: 'hold' }, 'STATE'],
  ])('%s', (_sentence, events, event, expected) => {
    expect(refusal(caseAfter(...events), event)).toBe(expected);
  });

  test('a new statement of the provider voids screening and recommendation', () => {
    const state = caseAfter(...inReview(), recommended(), said('DATA_CHANGED', 5));
    expect(state).toMatchObject({ status: 'PROVIDER_PENDING', screening: null, recommendation: null });
  });

  test('a fraud label stays, even when a newer statement overtook it', () => {
    const state = caseAfter(...started(), said('CLEAR', 2), said('REJECT_FINAL', 1, ['FORGERY']));
    expect(state.status).toBe('SCREENING');
    expect(state.labels.some((label) => FRAUD_LABELS.has(label))).toBe(true);
  });
});

const outcome = fc.constantFrom('PENDING', 'RESUBMIT', 'CLEAR', 'REJECT_FINAL', 'EXPIRED', 'DATA_CHANGED' as const);
const providerEvent = fc
  .record({ hours: fc.integer({ min: 0, max: 8 }), outcome, labels: fc.subarray(['FORGERY', 'BAD_PROOF', 'BLOCKLIST']) })
  .map(
    (e): CaseEvent => ({
      type: 'provider',
      eventId: `${e.outcome}|${e.labels}`,
      occurredAt: at(e.hours),
      outcome: e.outcome,
      labels: e.labels,
    }),
  );
const person = fc.constantFrom('ann', 'bob', 'cyd');
const anyEvent: fc.Arbitrary<CaseEvent> = fc.oneof(
  providerEvent,
  fc.constantFrom<CaseEvent>(
    { type: 'submit' },
    { type: 'verification-started' },
    { type: 'resubmit' },
    { type: 'hold' },
    { type: 'release' },
  ),
  fc.record({
    type: fc.constant('screened' as const),
    screenedAt: fc.integer({ min: 0, max: 8 }).map(at),
    openHits: fc.nat(1),
    trueMatches: fc.nat(1),
  }),
  fc.record({ type: fc.constant('disposition' as const), openHits: fc.nat(1), trueMatches: fc.nat(1) }),
  fc.record({
    type: fc.constant('recommend' as const),
    by: person,
    decision: fc.constantFrom('APPROVE' as const, 'REJECT' as const),
    riskRating: fc.constant('LOW' as const),
  }),
  fc.record({
    type: fc.constant('approve' as const),
    by: person,
    at: fc.integer({ min: 0, max: 100 }).map(at),
    screeningMaxAgeHours: fc.constant(24),
  }),
  fc.record({ type: fc.constant('reject' as const), by: person }),
);

describe('whatever happens to a case', () => {
  test('it is approved only on a fresh, clean screening and by somebody else than who recommended it', () => {
    let approvals = 0;
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (noise) => {
        // A straight way to the approval, with anything in between.
        const events = [...started(), said('CLEAR', 2), ...noise, screened(0, 8), recommended('ann'), approved('bob', 9), ...noise];
        let state = NEW_CASE;
        for (const event of events) {
          const result = transition(state, event);
          if (!result.ok) continue;
          if (result.state.status === 'APPROVED' && state.status !== 'APPROVED' && event.type === 'approve') {
            approvals++;
            expect(state.status).toBe('PENDING_APPROVAL');
            expect(state.recommendation).toMatchObject({ decision: 'APPROVE' });
            expect(state.recommendation?.by).not.toBe(event.by);
            expect(state.screening).toMatchObject({ openHits: 0, trueMatches: 0 });
            const age = event.at.getTime() - (state.screening?.screenedAt.getTime() ?? 0);
            expect(age).toBeLessThan(event.screeningMaxAgeHours * 3_600_000);
          }
          expect(result.state.status === 'ON_HOLD').toBe(result.state.heldFrom !== null);
          state = result.state;
        }
      }),
      { numRuns: 2_000 },
    );
    expect(approvals).toBeGreaterThan(50);
  });

  test('statements of the provider end in the same state in any order, however often each is repeated', () => {
    fc.assert(
      fc.property(
        fc
          .array(providerEvent, { minLength: 1, maxLength: 8 })
          .chain((events) => fc.tuple(fc.constant(events), fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2 }))),
        ([events, shuffled]) => {
          const run = (list: CaseEvent[]) =>
            list.reduce(
              (state, event) => {
                const result = transition(state, event);
                return result.ok ? result.state : state;
              },
              caseAfter(...started()),
            );
          expect(run(shuffled)).toEqual(run(events));
        },
      ),
      { numRuns: 10_000 },
    );
  });

  test('a refused event leaves no trace', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 30 }), anyEvent, (events, event) => {
        const state = events.reduce((s, e) => {
          const r = transition(s, e);
          return r.ok ? r.state : s;
        }, NEW_CASE);
        const before = structuredClone(state);
        transition(state, event);
        expect(state).toEqual(before);
      }),
    );
  });
});
