import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Address, getAddress, type Hex } from 'viem';
import { QuorumFeedReader } from '../feed/quorum-feed.js';
import { LocalSigner } from '../reporter/signer.js';
import { type Reporter, startReporter } from '../reporter/start.js';
import { startTransmitter } from '../transmitter/start.js';
import { startRecordedTreasury } from '../treasury-rates/serve-recorded.js';
import { startTreasuryRates } from '../treasury-rates/start.js';
import { valuationTimestamp } from '../valuation-time.js';

export type LocalOracleOptions = {
  rpcUrl: string;
  /** the QuorumFeed contract; the feed is configured with the addresses of `signerKeys` */
  feed: Address;
  feedId: Hex;
  /** one reporter each, in the order of the signer set */
  signerKeys: readonly Hex[];
  /** the transmitter's; needs gas */
  gasKey: Hex;
  /** folder of the reporters' and the transmitter's state files; kept with the chain's state */
  folder: string;
  /** last day that the recorded source shows; default 2017-08-28, the day of the auction */
  through?: string;
  /** between a reporter's polls, milliseconds; default 2,000 */
  interval?: number;
  logger: Logger;
};

export type LocalOracle = {
  treasuryUrl: string;
  adapterUrl: string;
  transmitterUrl: string;
  /** Lets the recorded source publish up to a day and returns once the chain has that day's value.
   *  @param date a day of the record, YYYY-MM-DD   @throws when that takes longer than `seconds`, with what the reporters said */
  publish(date: string, seconds?: number): Promise<void>;
  close(): Promise<void>;
};

const AUCTION = '2017-08-28';
const MATURITY = '2018-03-01';
/** The record is of 2017 and the local chain of today, so a local value stays valid for decades. */
const VALIDITY = 40 * 366 * 86_400;

/** For local use only: the recorded source, the adapter, a reporter for each key and a transmitter, in this process. The feed is the
 *  price per 100 of the 26-week bill auctioned on 2017-08-28: at the auction's price on that day, then at each day's quoted rate. */
export async function startLocalOracle(options: LocalOracleOptions): Promise<LocalOracle> {
  const { rpcUrl, feedId, folder, logger, interval = 2000 } = options;
  const feed = getAddress(options.feed);
  const opened: { close(): Promise<void> }[] = [];
  const open = async <T extends { close(): Promise<void> }>(started: Promise<T>): Promise<T> => {
    const service = await started;
    opened.push(service);
    return service;
  };
  const close = async (): Promise<void> => {
    for (const service of opened.splice(0).reverse()) await service.close();
  };

  try {
    const reader = await QuorumFeedReader.connect(rpcUrl, feed);
    const treasury = await open(startRecordedTreasury({ through: options.through ?? AUCTION }));
    const source = { treasuryUrl: treasury.url, treasuryDirectUrl: treasury.url };
    const adapter = await open(startTreasuryRates({ port: 0, ...source, requestsPerMinute: 1200, logLevel: 'fatal' }));
    const transmitter = await open(
      startTransmitter({
        rpcUrl,
        feed,
        feedIds: [feedId],
        key: options.gasKey,
        stateFile: join(folder, 'transaction'),
        pollInterval: 100,
        logger,
      }),
    );
    const reporters: Reporter[] = [];
    for (const [i, key] of options.signerKeys.entries()) {
      const reporter = startReporter({
        rpcUrl,
        feed,
        signer: new LocalSigner(key),
        stateFile: join(folder, `reporter-${i + 1}.jsonl`),
        publications: [
          {
            feeds: [
              {
                feedId,
                adapterUrl: adapter.url,
                requests: [
                  { endpoint: 'auction-price', document: 'R_20170828_1' },
                  { endpoint: 'bill-price', tenor: '26WK', period: '2017', maturityDate: MATURITY },
                ],
                range: { minimum: '90', maximum: '100' },
              },
            ],
            validity: VALIDITY,
            since: valuationTimestamp(AUCTION) - 1,
            interval,
          },
        ],
        transmitters: [transmitter.url],
        logger,
      });
      reporters.push(await open(reporter));
    }

    const publish = async (date: string, seconds = 30): Promise<void> => {
      treasury.publishThrough(date);
      const wanted = valuationTimestamp(date);
      const deadline = Date.now() + seconds * 1000;
      for (;;) {
        if ((await reader.state(feedId)).latestValuation >= wanted) return;
        const outcomes = (await Promise.all(reporters.map((reporter) => reporter.pollOnce()))).flat();
        if (Date.now() > deadline) {
          const said = outcomes.map((o) => (o.outcome === 'sent' ? `signed round ${o.observation.header.rounds[0]}` : o.reason));
          throw new Error(`The value of ${date} is not on chain after ${seconds} s. The reporters: ${[...new Set(said)].join(' ')}`);
        }
        await sleep(100);
      }
    };
    return { treasuryUrl: treasury.url, adapterUrl: adapter.url, transmitterUrl: transmitter.url, publish, close };
  } catch (error) {
    await close();
    throw error;
  }
}
