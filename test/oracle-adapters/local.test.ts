import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalOracle, startLocalOracle } from '../../oracle-adapters/local/start.js';
import { FEED_ID, type QuorumChain, startQuorumChain } from './quorum-chain.js';

describe('the oracle of local use, all in one process', () => {
  let chain: QuorumChain;
  let folder: string;
  let oracle: LocalOracle;
  const start = (through?: string): Promise<LocalOracle> =>
    startLocalOracle({
      rpcUrl: chain.url,
      feed: chain.feed,
      feedId: FEED_ID,
      signerKeys: chain.signers.map((signer) => signer.key),
      gasKey: chain.gas.key,
      folder,
      through,
      logger: pino({ level: 'silent' }),
    });

  beforeAll(async () => {
    chain = await startQuorumChain();
    folder = await mkdtemp(join(tmpdir(), 'muniment-local-'));
  });
  afterAll(async () => {
    await oracle?.close();
    await chain?.stop();
    await rm(folder, { recursive: true });
  });

  it('publishes the auction price first, then the days that the source is let to show', async () => {
    oracle = await start();
    await oracle.publish('2017-08-28');
    expect((await chain.round(1)).value).toBe(99_43630600n);
    await oracle.publish('2017-08-30');
    expect((await chain.round(3)).value).toBe(99_44591700n);
  });

  it('goes on where it was after a restart', async () => {
    await oracle.close();
    oracle = await start('2017-08-30');
    await oracle.publish('2017-08-30');
    await oracle.publish('2017-08-31');
    expect((await chain.round(4)).value).toBe(99_46411100n);
    expect(await chain.nextRound()).toBe(5);
  });

  it('says what the reporters saw when a day cannot be published', async () => {
    await expect(oracle.publish('2017-09-02', 1)).rejects.toThrow('The value of 2017-09-02 is not on chain after 1 s');
  });
});
