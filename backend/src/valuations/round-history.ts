import { type Address, type Hex, hexToString } from 'viem';

/** ACCEPTED, or APPROVED: published · HELD: waits for approval · EXPIRED: was not approved in time · DROPPED: another round, a halt or new
 *  signers took its place · INVALIDATED: was published and taken out of use · RIPCORD: its signers halted the feed, nothing was published. */
export const ROUND_STATES = ['ACCEPTED', 'APPROVED', 'HELD', 'EXPIRED', 'DROPPED', 'INVALIDATED', 'RIPCORD'] as const;
export type RoundState = (typeof ROUND_STATES)[number];

/** An event of QuorumFeed as the projection keeps it: integers are decimal strings. */
export type FeedEvent = { name: string; args: Record<string, unknown>; time: Date; txHash: Hex };

export type RoundRecord = {
  round: number;
  state: RoundState;
  /** Null of a ripcord. */
  value: bigint | null;
  valuationTime: Date | null;
  /** Null while nothing was published. */
  publishedAt: Date | null;
  heldAt: Date | null;
  expiresAt: Date | null;
  /** Which of the guard's checks held it. */
  check: string | null;
  signers: number;
  evidenceRoot: Hex;
  approver: Address | null;
  reasonHash: Hex | null;
  /** Of its first appearance. */
  transactionHash: Hex;
};

export const FEED_EVENTS = [
  'RoundAccepted',
  'RoundHeld',
  'RoundApproved',
  'RoundInvalidated',
  'RipcordPulled',
  'FeedHalted',
  'FeedConfigured',
] as const;

/** What became of every round of a feed.
 *  @param events its events of FEED_EVENTS, in the order of the chain   @returns oldest first */
export function roundsFrom(events: FeedEvent[], now: Date): RoundRecord[] {
  const rounds = new Map<number, RoundRecord>();
  let held: RoundRecord | undefined;
  const drop = (): void => {
    if (held) held.state = 'DROPPED';
    held = undefined;
  };
  for (const event of events) {
    const { name, args, time } = event;
    const known = rounds.get(Number(args.round));
    if (name === 'RoundApproved' && known) {
      Object.assign(known, { state: 'APPROVED', publishedAt: time, approver: args.approver as Address });
      held = undefined;
    } else if (name === 'RoundInvalidated' && known) {
      Object.assign(known, { state: 'INVALIDATED', reasonHash: args.reasonHash as Hex });
    } else {
      drop();
      const appeared = appearance(event);
      if (appeared) rounds.set(appeared.round, appeared);
      if (appeared?.state === 'HELD') held = appeared;
    }
  }
  if (held?.expiresAt && held.expiresAt <= now) held.state = 'EXPIRED';
  return [...rounds.values()];
}

/** @returns undefined when the event is not of a new round */
function appearance({ name, args, time, txHash }: FeedEvent): RoundRecord | undefined {
  if (name !== 'RoundAccepted' && name !== 'RoundHeld' && name !== 'RipcordPulled') return undefined;
  const state = name === 'RoundAccepted' ? 'ACCEPTED' : name === 'RoundHeld' ? 'HELD' : 'RIPCORD';
  return {
    round: Number(args.round),
    state,
    value: state === 'RIPCORD' ? null : BigInt(String(args.value)),
    valuationTime: state === 'RIPCORD' ? null : instant(args.valuationTimestamp),
    publishedAt: state === 'ACCEPTED' ? time : null,
    heldAt: state === 'HELD' ? time : null,
    expiresAt: state === 'HELD' ? instant(args.expiry) : null,
    check: state === 'HELD' ? hexToString(args.reason as Hex, { size: 32 }) : null,
    signers: ones(BigInt(String(args.signerBitmap))),
    evidenceRoot: args.evidenceRoot as Hex,
    approver: null,
    reasonHash: null,
    transactionHash: txHash,
  };
}

function instant(seconds: unknown): Date {
  return new Date(Number(seconds) * 1_000);
}

function ones(bitmap: bigint): number {
  return bitmap.toString(2).replaceAll('0', '').length;
}
