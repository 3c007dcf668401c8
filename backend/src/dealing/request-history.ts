import type { Address, Hex } from 'viem';
import { decodeRefusal, describeRefusal } from '../chain/refusal.js';
import type { DealingRequestState, DealingSide } from './dealing.schema.js';

/** An event of Dealing as the projection keeps it: integers are decimal strings. */
export type DealingEvent = { name: string; args: Record<string, unknown> };

export type DealingRequest = {
  side: DealingSide;
  index: number;
  wallet: Address;
  /** Payment minor units of a subscription, token units of a redemption. */
  amount: bigint;
  cutOff: Date;
  state: DealingRequestState;
  units: bigint | null;
  money: bigint | null;
  held: string | null;
};

export const SIDES: readonly DealingSide[] = ['SUBSCRIPTION', 'REDEMPTION'];

export const DEALING_EVENTS = [
  'RequestMade',
  'RequestCancelled',
  'RequestRefunded',
  'RequestRedirected',
  'RequestSettled',
  'RequestHeld',
] as const;

/** What became of every request of a desk.
 *  @param events of DEALING_EVENTS, in the order of the chain   @returns oldest first */
export function requestsFrom(events: DealingEvent[]): DealingRequest[] {
  const requests = new Map<string, DealingRequest>();
  for (const { name, args } of events) {
    const side = SIDES[Number(args.side)] ?? 'SUBSCRIPTION';
    const key = `${side}:${args.index}`;
    if (name === 'RequestMade') {
      requests.set(key, {
        side,
        index: Number(args.index),
        wallet: args.wallet as Address,
        amount: BigInt(String(args.amount)),
        cutOff: new Date(Number(args.cutOff) * 1_000),
        state: 'PENDING',
        units: null,
        money: null,
        held: null,
      });
    }
    const request = requests.get(key);
    if (request) Object.assign(request, change(name, args));
  }
  return [...requests.values()];
}

function change(name: string, args: Record<string, unknown>): Partial<DealingRequest> {
  switch (name) {
    case 'RequestCancelled':
      return { state: 'CANCELLED' };
    case 'RequestRefunded':
      return { state: 'REFUNDED' };
    case 'RequestRedirected':
      return { wallet: args.wallet as Address };
    case 'RequestHeld':
      return { state: 'HELD', held: describeRefusal(decodeRefusal(args.reason as Hex)) };
    case 'RequestSettled':
      return { state: 'SETTLED', units: BigInt(String(args.units)), money: BigInt(String(args.money)), held: null };
    default:
      return {};
  }
}
