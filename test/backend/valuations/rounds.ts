import { canonicalize } from 'json-canonicalize';
import { concat, type Hex, keccak256, stringToHex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { localKey } from '../../../backend/src/chain/settings.js';
import { LOCAL_FEED, LOCAL_INDEX, localAddress } from '../../../backend/src/local/accounts.js';
import { localAccount } from '../../../backend/src/local/people.js';
import { quorumFeedAbi } from '../../../contracts/generated/abi.js';
import { toFeedUnits } from '../../../oracle-adapters/feed/decimal.js';
import { compact, RIPCORD, typedData } from '../../../oracle-adapters/feed/observation.js';
import { type Answer } from '../support/api.js';
import { approve, type Platform, until } from '../support/platform.js';

export const HOUR = 3_600;
export const DAY = 24 * HOUR;

/** Lets the chain's clock go on by so many seconds. */
export async function later(platform: Platform, seconds: number): Promise<void> {
  const { timestamp } = await platform.client.getBlock();
  await platform.wallets.advanceTo(new Date((Number(timestamp) + seconds) * 1_000));
}

export type Submission = {
  value: string;
  /** Which of the four reporters sign. */
  signers?: number[];
  /** How many of them raise the ripcord. */
  ripcords?: number;
  /** The source record behind the value. */
  record?: object;
};

/** What the reporters and the transmitter do for one round: signed observations of a quorum, valued now.
 *  @returns number of the round, once the service knows it */
export async function submit(platform: Platform, instrumentId: string, submission: Submission): Promise<number> {
  const { value, signers = [0, 1, 2], ripcords = 0, record = { value } } = submission;
  const { client } = platform;
  const address = platform.deployment.contracts.quorumFeed;
  const read = { address, abi: quorumFeedAbi, args: [LOCAL_FEED.id] } as const;
  const [{ timestamp }, round, [configVersion]] = await Promise.all([
    client.getBlock(),
    client.readContract({ ...read, functionName: 'nextRound' }),
    client.readContract({ ...read, functionName: 'configOf' }),
  ]);
  const header = {
    feedId: LOCAL_FEED.id,
    round,
    configVersion,
    valuationTimestamp: Number(timestamp),
    validUntil: Number(timestamp) + DAY,
    evidenceRoot: keccak256(stringToHex(canonicalize(record))),
  };
  const units = toFeedUnits(value, LOCAL_FEED.decimals);
  const observations = await Promise.all(
    signers.map(async (signerIndex, place) => {
      const flags = place < ripcords ? RIPCORD : 0;
      const key = localKey(LOCAL_INDEX.reporters[signerIndex] ?? 0);
      const { feedId, round: number, valuationTimestamp, ...common } = header;
      const message = { ...common, feedIds: [feedId], rounds: [number], valuationTimestamps: [valuationTimestamp] };
      const observation = { chainId: 31337, feed: address, header: message, values: [units.toString()], flags };
      const signature = await privateKeyToAccount(key).signTypedData(typedData(observation));
      return { value: units, signerIndex, flags, ...compact(signature) };
    }),
  );
  const signerSet: Hex = concat(LOCAL_INDEX.reporters.map(localAddress));
  const hash = await client.writeContract({
    account: localAccount(LOCAL_INDEX.transmitter),
    address,
    abi: quorumFeedAbi,
    functionName: 'submit',
    args: [header, signerSet, observations],
  });
  await client.waitForTransactionReceipt({ hash });
  await until(platform.staff.issuer, `/v1/instruments/${instrumentId}/rounds`, (rounds) =>
    rounds.some((one: Answer['body']) => one.round === round),
  );
  return round;
}

/** Sets a feed with four eyes and waits until the chain values the token by it. */
export async function setFeed(
  platform: Platform,
  instrumentId: string,
  policy: object,
  feedProxy = platform.deployment.contracts.feedProxy,
): Promise<Answer['body']> {
  const { issuer, officer } = platform.staff;
  const proposal = await issuer.post(`/v1/instruments/${instrumentId}/feed`, { feedProxy, ...policy });
  if (proposal.status !== 202) throw new Error(JSON.stringify(proposal.body));
  const approval = await approve(officer, proposal.body.approvalId);
  if (approval.status !== 200) throw new Error(JSON.stringify(approval.body));
  return decided(platform, proposal.body.decisionId);
}

/** Waits until a decision has ended. */
export function decided(platform: Platform, decisionId: string): Promise<Answer['body']> {
  return until(platform.staff.issuer, `/v1/feed-decisions/${decisionId}`, ({ state }) => state === 'DONE' || state === 'FAILED');
}
