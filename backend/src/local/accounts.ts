import { type Address, keccak256, toHex, zeroAddress } from 'viem';
import { privateKeyToAddress } from 'viem/accounts';
import { LOCAL_GUARDIAN, LOCAL_UPGRADER, localKey } from '../chain/settings.js';
import { SENDER_ROLES, type SenderRole } from '../chain/signer.js';

/** Who is who among the accounts of the development mnemonic that the local chain funds. 1 to 8 are the sender roles. */
export const LOCAL_INDEX = {
  deployer: 0,
  /** May cancel what is scheduled; in production a separate multisig, like the upgrader. */
  guardian: LOCAL_GUARDIAN,
  upgrader: LOCAL_UPGRADER,
  /** The four reporters of the local feed. */
  reporters: [10, 11, 12, 13],
  /** Submits rounds; holds gas and no role. */
  transmitter: 14,
  /** Receives the proceeds of offerings, and pays for distributions. */
  treasury: 15,
  /** Receives withheld tax. */
  withholding: 16,
  /** First of the accounts that stand for people. */
  people: 20,
} as const;

/** The 26-week Treasury bill, US dollars for 100 of face value. */
export const LOCAL_FEED = {
  id: keccak256(toHex('US-TREASURY-BILL-26W')),
  decimals: 8,
  description: 'US Treasury bill, 26 weeks, price of 100 USD face value',
  /** Seconds after which the proxy calls a value stale: a long weekend. */
  maxAge: 5n * 86_400n,
  /** How old the value may be when units are sold at it. */
  policy: { currency: 'USD', maxValuationAgeSeconds: 5 * 86_400, maxBusinessDays: 3, calendar: 'us-bond' },
  minimum: 50n * 10n ** 8n,
  maximum: 110n * 10n ** 8n,
  /** Reporters that may be wrong. */
  f: 1,
  /** Basis points a day that need no guard. */
  calmBps: 20,
  /** Policy of the ValuationGuard: 1 % a business day, 5 % at most, observations within 1 % of each other. */
  guard: {
    calendar: keccak256(toHex('us-bond')),
    referenceFeed: zeroAddress,
    baseBps: 100,
    perDayBps: 100,
    maxBps: 500,
    spreadBps: 100,
    referenceBps: 0,
    growthBps: 0,
    growthFrom: 0n,
    growthSince: 0,
    fallsAtOnce: false,
  },
} as const;

export function localAddress(index: number): Address {
  return privateKeyToAddress(localKey(index));
}

/** Address of a sender role under the development keys. */
export function localSender(role: SenderRole): Address {
  return localAddress(SENDER_ROLES.indexOf(role) + 1);
}
