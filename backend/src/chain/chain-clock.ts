import { Injectable } from '@nestjs/common';
import { ChainClient } from './chain-client.js';

/** Legal and business time: the time of the latest block. A local chain may live in another month than the machine it runs on. */
@Injectable()
export class ChainClock {
  constructor(private readonly client: ChainClient) {}

  /** Unix seconds. */
  async now(): Promise<bigint> {
    const { timestamp } = await this.client.reads.getBlock({ blockTag: 'latest' });
    return timestamp;
  }

  /** The business date of now in UTC, YYYY-MM-DD. */
  async today(): Promise<string> {
    return new Date(Number(await this.now()) * 1000).toISOString().slice(0, 10);
  }
}
