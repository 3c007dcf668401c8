/** The states of a verification case and the only ways between them. Pure: no clock, no database; the service keeps what comes out. */

export const CASE_STATUSES = [
  'DRAFT',
  'SUBMITTED',
  'PROVIDER_PENDING',
  'RESUBMISSION_REQUIRED',
  'SCREENING',
  'IN_REVIEW',
  'ESCALATED',
  'PENDING_APPROVAL',
  'APPROVED',
  'REJECTED',
  'EXPIRED',
  'ON_HOLD',
  'REVERIFICATION_DUE',
] as const;
export type CaseStatus = (typeof CASE_STATUSES)[number];

export type ProviderOutcome = 'PENDING' | 'RESUBMIT' | 'CLEAR' | 'REJECT_FINAL' | 'EXPIRED' | 'DATA_CHANGED';

export type RiskRating = 'LOW' | 'MEDIUM' | 'HIGH';

/** What the decision depends on. `heldFrom` is set exactly while ON_HOLD. */
export type CaseState = {
  status: CaseStatus;
  heldFrom: CaseStatus | null;
  /** Newest statement of the provider: its time, its id (breaks ties) and what it said. */
  provider: { occurredAt: Date; eventId: string; outcome: ProviderOutcome } | null;
  /** Reject labels of every provider statement so far, sorted. */
  labels: readonly string[];
  /** Last screening; `openHits` still await a disposition, `trueMatches` are confirmed. */
  screening: { screenedAt: Date; openHits: number; trueMatches: number } | null;
  recommendation: { by: string; decision: 'APPROVE' | 'REJECT'; riskRating: RiskRating } | null;
};

export type CaseEvent =
  | { type: 'submit' }
  | { type: 'verification-started' }
  | { type: 'provider'; eventId: string; occurredAt: Date; outcome: ProviderOutcome; labels: readonly string[] }
  | { type: 'resubmit' }
  | { type: 'screened'; screenedAt: Date; openHits: number; trueMatches: number }
  | { type: 'disposition'; openHits: number; trueMatches: number }
  | { type: 'recommend'; by: string; decision: 'APPROVE' | 'REJECT'; riskRating: RiskRating }
  | { type: 'approve'; by: string; at: Date; screeningMaxAgeHours: number }
  | { type: 'reject'; by: string }
  | { type: 'hold' }
  | { type: 'release' };

/** Why an event changes nothing. */
export type Refusal =
  | 'STATE'
  | 'SAME_PERSON'
  | 'NO_SCREENING'
  | 'SCREENING_TOO_OLD'
  | 'OPEN_HIT'
  | 'TRUE_MATCH'
  | 'RECOMMENDED_OTHERWISE'
  | 'REPEATED_EVENT'
  | 'OLDER_EVENT';

export type Transition = { ok: true; state: CaseState } | { ok: false; refusal: Refusal };

export const NEW_CASE: CaseState = {
  status: 'DRAFT',
  heldFrom: null,
  provider: null,
  labels: [],
  screening: null,
  recommendation: null,
};

/** Labels after which one person may not start over (Sumsub warns against resetting such applicants). */
export const FRAUD_LABELS: ReadonlySet<string> = new Set([
  'FORGERY',
  'SELFIE_MISMATCH',
  'BLACKLIST',
  'BLOCKLIST',
  'INCONSISTENT_PROFILE',
  'FRAUDULENT_PATTERNS',
]);

type Guard = (state: CaseState, event: CaseEvent) => Refusal | null;
type Row = { from: readonly CaseStatus[]; to: CaseStatus; guard?: Guard };

/** Before the provider is done: also SUBMITTED, since his first word may overtake our note that he was asked, and EXPIRED, which a
 *  later statement of his revives. */
const WITH_PROVIDER: readonly CaseStatus[] = ['SUBMITTED', 'PROVIDER_PENDING', 'RESUBMISSION_REQUIRED', 'EXPIRED'];
/** After the provider cleared the person: a later statement of his takes the case back. */
const WITH_OFFICERS: readonly CaseStatus[] = ['SCREENING', 'IN_REVIEW', 'ESCALATED', 'PENDING_APPROVAL'];
/** After approval: what the provider says later never takes the approval away by itself. */
const DECIDED: readonly CaseStatus[] = ['APPROVED', 'REVERIFICATION_DUE'];
const OPEN: readonly CaseStatus[] = ['DRAFT', 'SUBMITTED', 'PROVIDER_PENDING', 'RESUBMISSION_REQUIRED', ...WITH_OFFICERS];

export const isOpen = (state: CaseState): boolean => state.status === 'ON_HOLD' || OPEN.includes(state.status);

/** One row a way; for a provider event the key carries its outcome, for a screening its result. */
const TABLE: Record<string, readonly Row[]> = {
  submit: [{ from: ['DRAFT'], to: 'SUBMITTED' }],
  'verification-started': [{ from: ['SUBMITTED'], to: 'PROVIDER_PENDING' }],
  resubmit: [{ from: ['RESUBMISSION_REQUIRED'], to: 'PROVIDER_PENDING' }],

  'provider:PENDING': [{ from: [...WITH_PROVIDER, ...WITH_OFFICERS], to: 'PROVIDER_PENDING' }, ...unchanged(DECIDED)],
  'provider:RESUBMIT': [
    { from: [...WITH_PROVIDER, ...WITH_OFFICERS], to: 'RESUBMISSION_REQUIRED' },
    { from: DECIDED, to: 'REVERIFICATION_DUE' },
  ],
  'provider:CLEAR': [{ from: [...WITH_PROVIDER, ...WITH_OFFICERS], to: 'SCREENING' }, ...unchanged(DECIDED)],
  // A final rejection waits for an officer to confirm it.
  'provider:REJECT_FINAL': [
    { from: [...WITH_PROVIDER, ...WITH_OFFICERS], to: 'PROVIDER_PENDING' },
    { from: DECIDED, to: 'REVERIFICATION_DUE' },
  ],
  'provider:EXPIRED': [
    { from: [...WITH_PROVIDER, ...WITH_OFFICERS], to: 'EXPIRED' },
    { from: DECIDED, to: 'REVERIFICATION_DUE' },
  ],
  'provider:DATA_CHANGED': [
    { from: [...WITH_PROVIDER, ...WITH_OFFICERS], to: 'PROVIDER_PENDING' },
    { from: DECIDED, to: 'REVERIFICATION_DUE' },
  ],

  'screened:clear': [{ from: WITH_OFFICERS, to: 'IN_REVIEW' }],
  'screened:possible': [{ from: WITH_OFFICERS, to: 'ESCALATED' }],
  disposition: [{ from: ['ESCALATED'], to: 'ESCALATED' }],
  'recommend:APPROVE': [{ from: ['IN_REVIEW', 'ESCALATED'], to: 'PENDING_APPROVAL', guard: cleanScreening }],
  'recommend:REJECT': [{ from: ['IN_REVIEW', 'ESCALATED'], to: 'PENDING_APPROVAL' }],
  approve: [{ from: ['PENDING_APPROVAL'], to: 'APPROVED', guard: mayApprove }],
  reject: [
    { from: ['PENDING_APPROVAL'], to: 'REJECTED', guard: notTheRecommender },
    { from: ['PROVIDER_PENDING'], to: 'REJECTED', guard: (state) => (state.provider?.outcome === 'REJECT_FINAL' ? null : 'STATE') },
  ],
  hold: [{ from: OPEN, to: 'ON_HOLD' }],
};

const BELOW_A_HOLD: ReadonlySet<CaseEvent['type']> = new Set(['verification-started', 'provider', 'screened']);

/** What becomes of a case when something happens to it. Never throws; a refused event leaves the case as it was. */
export function transition(state: CaseState, event: CaseEvent): Transition {
  if (event.type === 'release') {
    if (state.status !== 'ON_HOLD' || !state.heldFrom) return refuse('STATE');
    return accept({ ...state, status: state.heldFrom, heldFrom: null });
  }
  // What the provider or a screening says of a case on hold takes effect underneath: it stays on hold, and is released to its new place.
  if (state.status === 'ON_HOLD' && state.heldFrom && BELOW_A_HOLD.has(event.type)) {
    const below = transition({ ...state, status: state.heldFrom, heldFrom: null }, event);
    return below.ok ? accept({ ...below.state, status: 'ON_HOLD', heldFrom: below.state.status }) : below;
  }
  if (event.type === 'provider') {
    const order = state.provider ? compare(event, state.provider) : 1;
    if (order === 0) return refuse('REPEATED_EVENT');
    // The past cannot override the present; but a label once given is never forgotten.
    if (order < 0) return hasNewLabel(state, event.labels) ? accept(withLabels(state, event.labels)) : refuse('OLDER_EVENT');
  }

  const row = TABLE[key(event)]?.find(({ from }) => from.includes(state.status));
  if (!row) return refuse('STATE');
  const refusal = row.guard?.(state, event);
  return refusal ? refuse(refusal) : accept(applied({ ...state, status: row.to }, event, state.status));
}

function applied(state: CaseState, event: CaseEvent, from: CaseStatus): CaseState {
  switch (event.type) {
    case 'provider':
      return {
        ...withLabels(state, event.labels),
        provider: { occurredAt: event.occurredAt, eventId: event.eventId, outcome: event.outcome },
        // The person is looked at anew, so what was decided about him before no longer counts.
        ...(DECIDED.includes(from) ? {} : { screening: null, recommendation: null }),
      };
    case 'screened':
      return {
        ...state,
        screening: { screenedAt: event.screenedAt, openHits: event.openHits, trueMatches: event.trueMatches },
        recommendation: null,
      };
    case 'disposition':
      return state.screening
        ? { ...state, screening: { ...state.screening, openHits: event.openHits, trueMatches: event.trueMatches } }
        : state;
    case 'recommend':
      return { ...state, recommendation: { by: event.by, decision: event.decision, riskRating: event.riskRating } };
    case 'hold':
      return { ...state, heldFrom: from };
    default:
      return state;
  }
}

function unchanged(statuses: readonly CaseStatus[]): Row[] {
  return statuses.map((status) => ({ from: [status], to: status }));
}

function key(event: CaseEvent): string {
  if (event.type === 'provider') return `provider:${event.outcome}`;
  if (event.type === 'screened') return event.openHits + event.trueMatches > 0 ? 'screened:possible' : 'screened:clear';
  if (event.type === 'recommend') return `recommend:${event.decision}`;
  return event.type;
}

function cleanScreening(state: CaseState): Refusal | null {
  if (!state.screening) return 'NO_SCREENING';
  if (state.screening.openHits > 0) return 'OPEN_HIT';
  return state.screening.trueMatches > 0 ? 'TRUE_MATCH' : null;
}

function notTheRecommender(state: CaseState, event: CaseEvent): Refusal | null {
  return 'by' in event && state.recommendation?.by !== event.by ? null : 'SAME_PERSON';
}

function mayApprove(state: CaseState, event: CaseEvent): Refusal | null {
  if (event.type !== 'approve' || !state.recommendation) return 'STATE';
  if (state.recommendation.decision !== 'APPROVE') return 'RECOMMENDED_OTHERWISE';
  const refusal = notTheRecommender(state, event) ?? cleanScreening(state);
  if (refusal || !state.screening) return refusal;
  const ageHours = (event.at.getTime() - state.screening.screenedAt.getTime()) / 3_600_000;
  return ageHours < event.screeningMaxAgeHours ? null : 'SCREENING_TOO_OLD';
}

/** Provider time first, then the event id, so that any order of arrival ends in the same state. */
function compare(a: { occurredAt: Date; eventId: string }, b: { occurredAt: Date; eventId: string }): number {
  const byTime = a.occurredAt.getTime() - b.occurredAt.getTime();
  if (byTime !== 0) return byTime;
  return a.eventId < b.eventId ? -1 : a.eventId > b.eventId ? 1 : 0;
}

const hasNewLabel = (state: CaseState, labels: readonly string[]): boolean => labels.some((label) => !state.labels.includes(label));

const withLabels = (state: CaseState, labels: readonly string[]): CaseState => ({
  ...state,
  labels: [...new Set([...state.labels, ...labels])].sort(),
});

const accept = (state: CaseState): Transition => ({ ok: true, state });
const refuse = (refusal: Refusal): Transition => ({ ok: false, refusal });
