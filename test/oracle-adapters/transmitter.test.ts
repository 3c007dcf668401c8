import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { type Address, concat, encodeFunctionData, type Hex, keccak256, parseGwei, parseTransaction, toHex } from 'viem';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { quorumFeedAbi } from '../../contracts/generated/abi.js';
import { compact, type Observation, type SignedObservation, typedData } from '../../oracle-adapters/feed/observation.js';
import type { FeedState, QuorumFeedReader } from '../../oracle-adapters/feed/quorum-feed.js';
import { Collector } from '../../oracle-adapters/transmitter/collector.js';
import { startTransmitter, type Transmitter, type TransmitterOptions } from '../../oracle-adapters/transmitter/start.js';
import { eventually } from './eventually.js';
import { FEED_ID, type Key, key, type QuorumChain, single, startQuorumChain } from './quorum-chain.js';
import { shortWrites } from './short-writes.js';

type Reply = { status: number; body: Record<string, unknown> };

describe('a transmitter', () => {
  let chain: QuorumChain;
  let fresh: Hex;
  let folder: string;
  let options: TransmitterOptions;
  let transmitter: Transmitter;
  const running: Transmitter[] = [];

  beforeAll(async () => {
    chain = await startQuorumChain();
  });
  afterAll(() => chain?.stop());
  beforeEach(async () => {
    fresh = await chain.client.snapshot();
    folder = await mkdtemp(join(tmpdir(), 'muniment-transmitter-'));
    options = {
      rpcUrl: chain.url,
      feed: chain.feed,
      feedIds: [FEED_ID],
      key: chain.gas.key,
      stateFile: join(folder, 'transaction'),
      pollInterval: 20,
      logger: pino({ level: 'silent' }),
    };
    transmitter = await start();
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((t) => t.close()));
    await rm(folder, { recursive: true });
    await chain.client.revert({ id: fresh });
  });

  const start = async (change: Partial<TransmitterOptions> = {}): Promise<Transmitter> => {
    const started = await startTransmitter({ ...options, ...change });
    running.push(started);
    return started;
  };
  const observe = async (
    value: string,
    change: Partial<Observation['header']> = {},
    rest: Partial<Observation> = {},
  ): Promise<Observation> => {
    const time = Number((await chain.client.getBlock()).timestamp);
    const header = {
      feedIds: [FEED_ID],
      rounds: [1],
      valuationTimestamps: [time - 100],
      configVersion: 1,
      validUntil: time + 1000,
      evidenceRoot: keccak256('0x01'),
      ...change,
    };
    return { chainId: 31337, feed: chain.feed, header, values: [value], flags: 0, ...rest };
  };
  const sign = async (observation: Observation, signer: Key): Promise<SignedObservation> => ({
    ...observation,
    signature: await signer.account.signTypedData(typedData(observation)),
  });
  const post = async (body: unknown, to = transmitter): Promise<Reply> => {
    const response = await fetch(`${to.url}/observations`, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Reply['body'] };
  };
  const signer = (i: number): Key => chain.signers[i] as Key;

  it('publishes the median as soon as three of four agree on a header', async () => {
    const [low, middle, high] = [await observe('9940000000'), await observe('9943630600'), await observe('9950000000')];
    const header = low.header;
    expect(await post(await sign({ ...high, header }, signer(3)))).toMatchObject({ status: 202, body: { observations: 1, quorum: 3 } });
    expect(await post(await sign({ ...middle, header }, signer(1)))).toMatchObject({ status: 202, body: { observations: 2 } });
    expect(await chain.nextRound()).toBe(1);
    expect(await post(await sign(low, signer(0)))).toMatchObject({ status: 202, body: { observations: 3 } });
    const round = await eventually(() => chain.round(1));
    expect(round).toMatchObject({ value: 9943630600n, valuationTimestamp: header.valuationTimestamps[0], flags: 0 });
  });

  it('leaves out who is farthest when the observations lie far apart and there are enough', async () => {
    const { header } = await observe('0');
    for (const [i, value] of ['10900000000', '9943630600', '9943630700', '9943630800'].entries()) {
      await post(await sign({ ...(await observe(value)), header }, signer(i)));
    }
    expect(await eventually(() => chain.round(1))).toMatchObject({ value: 9943630700n });
  });

  it('waits for the others while the observations lie far apart, but not for ever', async () => {
    const patient = await start({ patience: 3_600_000, stateFile: join(folder, 'patient') });
    const gas = key();
    await chain.client.setBalance({ address: gas.account.address, value: 10n ** 18n });
    const impatient = await start({ patience: 1, key: gas.key, stateFile: join(folder, 'impatient') });
    const { header } = await observe('0');
    const signed: SignedObservation[] = [];
    for (const [i, value] of ['9900000000', '9943630600', '10900000000'].entries()) {
      signed.push(await sign({ ...(await observe(value)), header }, signer(i)));
    }
    for (const each of signed) await post(each, patient);
    for (const each of signed) await post(each, impatient);
    expect((await eventually(() => chain.round(1))).value).toBe(9943630600n);
    const sent = (address: Address) => chain.client.getTransactionCount({ address });
    expect([await sent(chain.gas.account.address), await sent(gas.account.address)]).toEqual([0, 1]);
  });

  it('publishes nothing with too few, however often they send', async () => {
    const observation = await observe('9943630600');
    for (const i of [0, 1, 0, 1])
      expect((await post(await sign(observation, signer(i)))).body).toMatchObject({ status: 'collected', quorum: 3 });
    // Two that agree and two that read another record are no quorum of either.
    const other = await observe('9943630600', { ...observation.header, evidenceRoot: keccak256('0x02') });
    for (const i of [2, 3]) expect((await post(await sign(other, signer(i)))).body).toMatchObject({ observations: i - 1 });
    await chain.client.mine({ blocks: 2 });
    expect(await chain.nextRound()).toBe(1);
  });

  it('takes a late observation of a published round as no error', async () => {
    const observation = await observe('9943630600');
    for (const i of [0, 1, 2]) await post(await sign(observation, signer(i)));
    await eventually(async () => expect(await chain.nextRound()).toBe(2));
    expect(await post(await sign(observation, signer(3)))).toMatchObject({ status: 200, body: { status: 'already-published' } });
  });

  it('refuses a signer outside of the set, and who signed something else', async () => {
    const observation = await observe('9943630600');
    expect(await post(await sign(observation, key()))).toMatchObject({ status: 403, body: { code: 'SIGNER_UNKNOWN' } });
    const signed = await sign(observation, signer(0));
    expect(await post({ ...signed, values: ['9943630601'] })).toMatchObject({ status: 403, body: { code: 'SIGNER_UNKNOWN' } });
    expect(await post({ ...signed, signature: toHex(1n, { size: 65 }) })).toMatchObject({ status: 403 });
  });

  it('refuses a value that is stale, in the future or expired', async () => {
    const observation = await observe('9943630600');
    for (const i of [0, 1, 2]) await post(await sign(observation, signer(i)));
    await eventually(async () => expect(await chain.nextRound()).toBe(2));
    const time = Number((await chain.client.getBlock()).timestamp);
    const refused = async (change: Partial<Observation['header']>, code: string): Promise<void> => {
      expect(await post(await sign(await observe('9943630600', { rounds: [2], ...change }), signer(0)))).toMatchObject({
        status: 422,
        body: { code },
      });
    };
    await refused({ valuationTimestamps: observation.header.valuationTimestamps }, 'VALUATION_STALE');
    await refused({ valuationTimestamps: [time + 60] }, 'VALUATION_IN_FUTURE');
    await refused({ validUntil: time - 1, valuationTimestamps: [time - 2] }, 'OBSERVATION_EXPIRED');
  });

  it.each<[string, Partial<Observation['header']>, Partial<Observation>, number, string]>([
    ['for another chain', {}, { chainId: 1 }, 422, 'CHAIN_WRONG'],
    ['for another contract', {}, { feed: '0x00000000219ab540356cBB839Cbe05303d7705Fa' }, 422, 'FEED_WRONG'],
    ['for another feed', { feedIds: [keccak256('0x03')] }, {}, 422, 'FEED_WRONG'],
    ['for a round ahead', { rounds: [2] }, {}, 409, 'ROUND_AHEAD'],
    ['for another configuration', { configVersion: 2 }, {}, 409, 'CONFIG_STALE'],
  ])('refuses an observation %s', async (_, header, rest, status, code) => {
    expect(await post(await sign(await observe('9943630600', header, rest), signer(0)))).toMatchObject({ status, body: { code } });
  });

  it('lets a signer say one value only', async () => {
    const observation = await observe('9943630600');
    await post(await sign(observation, signer(0)));
    expect(await post(await sign({ ...observation, values: ['9943630601'] }, signer(0)))).toMatchObject({
      status: 409,
      body: { code: 'SIGNER_EQUIVOCATES' },
    });
  });

  it('refuses what is no observation', async () => {
    const signed = await sign(await observe('9943630600'), signer(0));
    expect(await post('{')).toMatchObject({ status: 400, body: { code: 'OBSERVATION_INVALID', detail: 'The body is no JSON.' } });
    expect(await post({ ...signed, extra: 1 })).toMatchObject({ status: 400, body: { code: 'OBSERVATION_INVALID' } });
    expect(await post({ ...signed, values: ['1.5'] })).toMatchObject({ status: 400 });
    expect(await post(JSON.stringify({ ...signed, note: 'x'.repeat(20_000) }))).toMatchObject({ status: 413 });
    expect((await fetch(`${transmitter.url}/elsewhere`)).status).toBe(404);
  });

  it('forgets what was signed for a configuration that is gone', async () => {
    const observation = await observe('9943630600');
    for (const i of [0, 1]) await post(await sign(observation, signer(i)));
    await chain.configure('setConfig', [FEED_ID, [...chain.signers.slice(1), key()].map((s) => s.account.address), 1]);
    expect(await post(await sign(observation, signer(2)))).toMatchObject({ status: 409, body: { code: 'CONFIG_STALE' } });
    const anew = await observe('9943630600', { configVersion: 2 });
    expect(await post(await sign(anew, signer(0)))).toMatchObject({ status: 403 });
    for (const i of [1, 2, 3]) expect(await post(await sign(anew, signer(i)))).toMatchObject({ body: { observations: i } });
    expect((await eventually(() => chain.round(1))).value).toBe(9943630600n);
  });

  it('does not submit a median out of the contract’s bounds', async () => {
    const observation = await observe('11500000000');
    for (const i of [0, 1, 2]) expect((await post(await sign(observation, signer(i)))).status).toBe(202);
    const nonce = await chain.client.getTransactionCount({ address: chain.gas.account.address });
    await chain.client.mine({ blocks: 1 });
    expect(await chain.nextRound()).toBe(1);
    expect(await chain.client.getTransactionCount({ address: chain.gas.account.address })).toBe(nonce);
  });

  it('halts the feed when a majority raises the ripcord, and then takes nothing', async () => {
    const observation = await observe('9943630600', {}, { flags: 1 });
    for (const i of [0, 1, 2]) await post(await sign(observation, signer(i)));
    await eventually(async () => expect((await chain.reader.state(FEED_ID)).halted).toBe(true));
    expect(await post(await sign(await observe('9943630600', { rounds: [2] }), signer(0)))).toMatchObject({
      status: 409,
      body: { code: 'FEED_HALTED' },
    });
  });

  describe('of several feeds', () => {
    const OTHER = keccak256('0x05');
    /** One message of both feeds. */
    const observeBoth = async (...values: string[]): Promise<Observation> => {
      const observation = await observe('0', { feedIds: [FEED_ID, OTHER], rounds: [1, 1] });
      const [time] = observation.header.valuationTimestamps as [number];
      return { ...observation, values, header: { ...observation.header, valuationTimestamps: [time, time - 1] } };
    };
    beforeEach(async () => {
      await chain.create(OTHER, { maxBps: 100, baseBps: 100 });
      transmitter = await start({ feedIds: [FEED_ID, OTHER], stateFile: join(folder, 'both') });
    });

    it('publishes one round of each in one transaction, at each one’s median', async () => {
      const header = (await observeBoth()).header;
      for (const [i, values] of [
        ['9900000000', '10000000002'],
        ['9900000002', '10000000001'],
        ['9900000001', '10000000000'],
      ].entries()) {
        expect((await post(await sign({ ...(await observeBoth(...values)), header }, signer(i)))).status).toBe(202);
      }
      expect((await eventually(() => chain.round(1))).value).toBe(99_00000001n);
      expect(await chain.round(1, OTHER)).toMatchObject({ value: 100_00000001n, valuationTimestamp: header.valuationTimestamps[1] });
      expect(await chain.client.getTransactionCount({ address: chain.gas.account.address })).toBe(1);
    });

    it('publishes the one and says that the other is held', async () => {
      const first = await observeBoth('9900000000', '10000000000');
      for (const i of [0, 1, 2]) await post(await sign(first, signer(i)));
      await eventually(() => chain.round(1, OTHER));
      const next = await observeBoth('9910000000', '10500000000');
      const valuationTimestamps = first.header.valuationTimestamps.map((time) => time + 1);
      const second = { ...next, header: { ...next.header, rounds: [2, 2], valuationTimestamps } };
      for (const i of [0, 1, 2]) await post(await sign(second, signer(i)));
      expect((await eventually(() => chain.round(2))).value).toBe(99_10000000n);
      const health = await fetch(`${transmitter.url}/health`);
      expect([health.status, await health.json()]).toMatchObject([
        200,
        { status: 'alert', alerts: [{ alert: 'ROUND_HELD', feedId: OTHER, detail: expect.stringContaining('value 10500000000') }] },
      ]);
      await eventually(async () => {
        const metrics = await (await fetch(`${transmitter.url}/metrics`)).text();
        expect(metrics).toContain('muniment_submissions_total{outcome="held"} 1');
        expect(metrics).toContain(`muniment_alert{alert="ROUND_HELD",feed="${OTHER}"} 1`);
      });
    });

    it('takes a signer’s observation of both in the place of that of one', async () => {
      await post(await sign(await observe('9900000000'), signer(0)));
      const both = await observeBoth('9900000000', '10000000000');
      expect((await post(await sign(both, signer(0)))).body).toMatchObject({ observations: 1 });
      expect(await (await fetch(`${transmitter.url}/health`)).json()).toMatchObject({ observations: 1 });
    });

    it('refuses a message with a feed that it does not transmit, or whose feeds have other signers', async () => {
      const foreign = await observe('0', { feedIds: [FEED_ID, keccak256('0x06')], rounds: [1, 1], valuationTimestamps: [1, 1] });
      expect(await post(await sign({ ...foreign, values: ['1', '1'] }, signer(0)))).toMatchObject({
        status: 422,
        body: { code: 'FEED_WRONG' },
      });
      const signers = [...chain.signers].reverse().map((s) => s.account.address);
      const both = await observeBoth('9900000000', '10000000000');
      await chain.create(keccak256('0x07'));
      await chain.configure('setConfig', [OTHER, signers, 1]);
      expect(await post(await sign(both, signer(0)))).toMatchObject({ status: 409, body: { code: 'CONFIG_STALE' } });
    });
  });

  it('does not let what arrives late drive out what is newer', async () => {
    const states = [await chain.reader.state(FEED_ID)] as [FeedState];
    const waiting: ((states: FeedState[]) => void)[] = [];
    const reader = {
      chainId: chain.reader.chainId,
      address: chain.reader.address,
      states: () => new Promise<FeedState[]>((resolve) => waiting.push(resolve)),
      signers: () => Promise.resolve(chain.signers.map((s) => s.account.address)),
    };
    const collector = new Collector(reader as unknown as QuorumFeedReader, [FEED_ID]);
    const old = await observe('9900000000');
    const newer = await observe('9910000000', { rounds: [2] });
    const late = collector.take(await sign(old, signer(0)));
    const next = collector.take(await sign(newer, signer(0)));
    waiting[1]?.([{ ...states[0], nextRound: 2 }]);
    expect(await next).toMatchObject({ status: 'collected' });
    waiting[0]?.(states);
    expect(await late).toMatchObject({ status: 'already-published' });
    expect(collector.spread(newer.header)).toHaveLength(1);
    expect(collector.size).toBe(1);
  });

  it('races another transmitter without harm', async () => {
    const gas = key();
    await chain.client.setBalance({ address: gas.account.address, value: 10n ** 18n });
    const other = await start({ key: gas.key, stateFile: join(folder, 'other') });
    const observation = await observe('9943630600');
    for (const i of [0, 1, 2]) {
      const signed = await sign(observation, signer(i));
      await Promise.all([post(signed), post(signed, other)]);
    }
    await eventually(async () => expect(await chain.nextRound()).toBe(2));
    const next = await observe('9950000000', {
      rounds: [2],
      valuationTimestamps: [(observation.header.valuationTimestamps[0] as number) + 1],
    });
    for (const i of [1, 2, 3]) {
      const signed = await sign(next, signer(i));
      await Promise.all([post(signed, other), post(signed)]);
    }
    await eventually(async () => expect(await chain.nextRound()).toBe(3));
  });

  it('sends the same bytes again after a crash between signing and sending', async () => {
    await transmitter.close();
    const observation = await observe('9943630600');
    const sorted = await Promise.all(
      [0, 1, 2].map(async (i) => ({
        value: 9943630600n,
        signerIndex: i,
        flags: 0,
        ...compact((await sign(observation, signer(i))).signature),
      })),
    );
    const signers = concat(chain.signers.map((s) => s.account.address));
    const raw = await chain.gas.account.signTransaction({
      type: 'eip1559',
      chainId: 31337,
      nonce: await chain.client.getTransactionCount({ address: chain.gas.account.address }),
      to: chain.feed,
      data: encodeFunctionData({ abi: quorumFeedAbi, functionName: 'submit', args: [single(observation.header), signers, sorted] }),
      gas: 300_000n,
      maxFeePerGas: 10n ** 10n,
      maxPriorityFeePerGas: 1n,
    });
    await transmitter.close();
    await writeFile(options.stateFile, raw);
    const restarted = await start();
    expect((await eventually(() => chain.round(1))).value).toBe(9943630600n);
    expect((await chain.client.getTransactionReceipt({ hash: keccak256(raw) })).status).toBe('success');
    await eventually(async () => await expect(readFile(options.stateFile)).rejects.toThrow('ENOENT'));
    // and once more, when the bytes are mined already
    await restarted.close();
    await writeFile(options.stateFile, raw);
    await start();
    await eventually(async () => await expect(readFile(options.stateFile)).rejects.toThrow('ENOENT'));
    expect(await chain.nextRound()).toBe(2);
  });

  it('does not share its state file', async () => {
    await expect(start()).rejects.toThrow('already in use');
    const link = join(folder, 'link');
    await symlink(folder, link);
    await expect(start({ stateFile: join(link, 'transaction') })).rejects.toThrow('already in use');
    await transmitter.close();
    const { port } = new URL(transmitter.url);
    const other = await start({ stateFile: join(folder, 'other'), port: Number(port) });
    await expect(start({ port: Number(port) })).rejects.toThrow('EADDRINUSE');
    await other.close();
    await start();
  });

  it('signs and sends nothing once another process has taken its state file', async () => {
    const holder = JSON.stringify({ pid: process.ppid, host: hostname() });
    const lines: string[] = [];
    const observation = await observe('9943630600');
    const logger = pino({}, { write: (line) => void lines.push(line) });
    const robbed = await start({ stateFile: join(folder, 'robbed'), logger });
    await writeFile(`${join(folder, 'robbed')}.lock`, holder);
    for (const i of [0, 1, 2]) await post(await sign(observation, signer(i)), robbed);
    await eventually(() => expect(lines.join()).toContain('another uses the state file'));
    await robbed.close();
    expect(await chain.nextRound()).toBe(1);
    expect(await readFile(`${join(folder, 'robbed')}.lock`, 'utf8')).toBe(holder);
  });

  describe('whose transaction offers too little', () => {
    const HIGH = parseGwei('100');
    beforeEach(async () => {
      await chain.client.setAutomine(false);
      await transmitter.close();
    });
    afterEach(async () => {
      await chain.client.setAutomine(true);
      await chain.client.setNextBlockBaseFeePerGas({ baseFeePerGas: parseGwei('1') });
      await chain.client.mine({ blocks: 1 });
    });

    /** What the transmitter has signed and not seen mined. */
    const underWay = async (count: number) => {
      const raws = (await readFile(options.stateFile, 'utf8')).split('\n') as Hex[];
      expect(raws).toHaveLength(count);
      return raws.map((raw) => ({ raw, hash: keccak256(raw), ...parseTransaction(raw) }));
    };
    /** Signed at the fee of a quiet chain, whose base fee then rises. */
    const price = async (change: Partial<TransmitterOptions>) => {
      const started = await start({ repriceAfter: 300, ...change });
      const observation = await observe('9943630600');
      for (const i of [0, 1, 2]) await post(await sign(observation, signer(i)), started);
      const [first] = await eventually(() => underWay(1));
      await chain.client.setNextBlockBaseFeePerGas({ baseFeePerGas: HIGH });
      await chain.client.mine({ blocks: 1 });
      return { started, first };
    };

    it('signs the same call and nonce again at a higher fee, keeps both, and sends both after a restart', async () => {
      const { started, first } = await price({});
      const [before, after] = await eventually(() => underWay(2));
      expect(before).toEqual(first);
      expect(after).toMatchObject({ nonce: first?.nonce, to: first?.to, data: first?.data, gas: first?.gas });
      expect(after?.maxFeePerGas).toBeGreaterThan(HIGH);
      expect(after?.maxPriorityFeePerGas).toBeGreaterThan(((first?.maxPriorityFeePerGas ?? 0n) * 11n) / 10n);
      await started.close();
      await chain.client.dropTransaction({ hash: after?.hash as Hex }).catch(() => undefined);
      await start({ repriceAfter: 3_600_000 });
      await chain.client.setAutomine(true);
      expect((await eventually(() => chain.round(1))).value).toBe(9943630600n);
      expect((await chain.client.getTransactionReceipt({ hash: after?.hash as Hex })).status).toBe('success');
      await eventually(async () => await expect(readFile(options.stateFile)).rejects.toThrow('ENOENT'));
      expect(await chain.client.getTransactionCount({ address: chain.gas.account.address })).toBe((first?.nonce ?? 0) + 1);
    });

    it('goes up by an eighth where the chain asks for no more, once a block has passed it over', async () => {
      const started = await start({ repriceAfter: 1 });
      const observation = await observe('9943630600');
      for (const i of [0, 1, 2]) await post(await sign(observation, signer(i)), started);
      const [first] = await eventually(() => underWay(1));
      // Each look brings it back; as long as there is no block, at the same fee.
      for (let look = 0; look < 3; look++) {
        await chain.client.dropTransaction({ hash: first?.hash as Hex });
        await eventually(() => chain.client.getTransaction({ hash: first?.hash as Hex }));
      }
      await underWay(1);
      // From now on blocks are too full for it, whatever it offers, and ask for less each time.
      await chain.client.setBlockGasLimit({ gasLimit: 100_000n });
      await chain.client.mine({ blocks: 1 });
      const [, second] = await eventually(() => underWay(2));
      await chain.client.mine({ blocks: 1 });
      const [, , third] = await eventually(() => underWay(3));
      await chain.client.setBlockGasLimit({ gasLimit: 30_000_000n });
      for (const fee of ['maxFeePerGas', 'maxPriorityFeePerGas'] as const) {
        expect(third?.[fee]).toBe(((second?.[fee] ?? 0n) * 9n) / 8n + 1n);
      }
    });

    it('offers no more than its cap, and waits there until the chain asks for less', async () => {
      const cap = HIGH / 2n;
      const { first } = await price({ maxFeePerGas: cap });
      const [, last] = await eventually(() => underWay(2));
      expect(last?.maxFeePerGas).toBe(cap);
      await chain.client.setNextBlockBaseFeePerGas({ baseFeePerGas: cap - parseGwei('5') });
      await chain.client.setAutomine(true);
      await chain.client.mine({ blocks: 1 });
      await eventually(() => chain.round(1));
      const receipt = await chain.client.getTransactionReceipt({ hash: last?.hash as Hex });
      expect(receipt.effectiveGasPrice).toBeGreaterThan(first?.maxFeePerGas ?? 0n);
    });

    it('keeps it whole where the system writes less than it was asked to', async () => {
      const short = await shortWrites();
      await price({ repriceAfter: 3_600_000 }).finally(() => short.mockRestore());
    });
  });

  it('says whether it can publish', async () => {
    const health = async (of: Transmitter): Promise<Reply> => {
      const response = await fetch(`${of.url}/health`);
      return { status: response.status, body: (await response.json()) as Reply['body'] };
    };
    expect(await health(transmitter)).toMatchObject({
      status: 200,
      body: { status: 'ok', chainId: 31337, address: chain.gas.account.address },
    });
    expect(await health(await start({ key: key().key, stateFile: join(folder, 'poor') }))).toMatchObject({
      status: 503,
      body: { status: 'no gas' },
    });
  });
});
