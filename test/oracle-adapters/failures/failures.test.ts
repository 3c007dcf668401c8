import { concat, encodeFunctionData, type Hex, keccak256, parseEventLogs, stringToHex, zeroAddress } from 'viem';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { quorumFeedAbi } from '../../../contracts/generated/abi.js';
import { compact, type Observation, type SignedObservation, typedData } from '../../../oracle-adapters/feed/observation.js';
import { revertName } from '../../../oracle-adapters/feed/quorum-feed.js';
import { freePort } from '../../backend/support/anvil.js';
import { eventually } from '../eventually.js';
import { type Key, single } from '../quorum-chain.js';
import { FEED, type Network, startNetwork } from './network.js';

/** The failure matrix, each row with real processes. It is one story on one chain, a day a row or more: each row begins where the ones before
 *  it have ended, so only the whole file passes, in this order, and after a row that fails the ones behind it mean nothing. */
describe('a network of four reporters and two transmitters', () => {
  let net: Network;
  beforeAll(async () => {
    net = await startNetwork();
  });
  afterAll(() => net?.stop());
  afterEach(() => {
    for (const source of net.sources) source.change = (honest) => honest;
  });

  /** The signers whose observations a round was made of. */
  const signersOf = async (round: number | bigint): Promise<number[]> => {
    const logs = await net.chain.client.getLogs({ address: net.chain.feed, fromBlock: 0n });
    const events = parseEventLogs({ abi: quorumFeedAbi, logs, eventName: ['RoundAccepted', 'RoundHeld'] });
    const bitmap = events.find(({ args }) => args.feedId === FEED && BigInt(args.round) === BigInt(round))?.args.signerBitmap ?? 0n;
    return [0, 1, 2, 3].filter((i) => bitmap & (1n << BigInt(i)));
  };
  const alertsOf = async (service: Network['reporters'][number] | undefined) => (await service?.health())?.alerts.map(({ alert }) => alert);
  const nextRound = () => net.chain.nextRound(FEED);
  /** An observation that three keys sign outside of their reporters: a theft, or an operator's mistake. */
  const forge = async (value: string, change: Partial<Observation['header']> = {}, rest: Partial<Observation> = {}) => {
    const latest = await net.chain.latest(FEED);
    const header = {
      feedIds: [FEED],
      rounds: [await nextRound()],
      valuationTimestamps: [latest.valuationTimestamp + 3600],
      configVersion: 1,
      validUntil: 2 ** 33,
      evidenceRoot: keccak256(stringToHex(value)),
      ...change,
    };
    const observation: Observation = { chainId: 31337, feed: net.chain.feed, header, values: [value], flags: 0, ...rest };
    return Promise.all(
      net.chain.signers
        .slice(0, 3)
        .map(async ({ account }) => ({ ...observation, signature: await account.signTypedData(typedData(observation)) })),
    );
  };
  const post = async (observation: SignedObservation) => {
    const response = await fetch(`${net.transmitters[0]?.url}/observations`, { method: 'POST', body: JSON.stringify(observation) });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const callOf = (observations: SignedObservation[], address = net.chain.feed) => {
    const sorted = observations.map(({ values, flags, signature }, signerIndex) => ({
      value: BigInt(values[0] as string),
      signerIndex,
      flags,
      ...compact(signature),
    }));
    const signers = concat(net.chain.signers.map((s: Key) => s.account.address));
    const args = [single((observations[0] as SignedObservation).header), signers, sorted] as const;
    return { address, abi: quorumFeedAbi, functionName: 'submit', args } as const;
  };
  /** How the contract refuses these observations. */
  const refusalOf = (observations: SignedObservation[], address?: Hex) =>
    net.chain.client.simulateContract({ ...callOf(observations, address), account: zeroAddress }).then(
      () => undefined,
      (error) => revertName(error),
    );

  it('publishes what all agree on, and is well', async () => {
    net.publish('99.40');
    await net.published(99_40000000n);
    for (const service of [...net.reporters, ...net.transmitters]) {
      await eventually(async () => expect(await service.health()).toMatchObject({ code: 200, status: 'ok', alerts: [] }));
    }
    expect(await net.transmitters[0]?.metric(`muniment_feed_round{feed="${FEED}"}`)).toBe(1);
  });

  it('one reporter lying while the others are there: it is left out, however far it lies', async () => {
    (net.sources[0] as Network['sources'][number]).change = (honest) => ({ ...honest, value: '150.00' });
    net.publish('99.405');
    expect(await signersOf((await net.published(99_40500000n)).round)).toEqual([1, 2, 3]);
  });

  it('one reporter lying: the honest median is published, and the spread is an alert', async () => {
    await net.reporters[3]?.signal('SIGTERM');
    (net.sources[0] as Network['sources'][number]).change = (honest) => ({ ...honest, value: '105.00' });
    net.publish('99.41');
    const { round } = await net.published(99_41000000n);
    expect(await signersOf(round)).toEqual([0, 1, 2]);
    await eventually(() => expect(net.transmitters[0]?.output).toContain('SPREAD_WIDE'));
    expect(await net.transmitters[0]?.metric(`muniment_alert{alert="SPREAD_WIDE",feed="${FEED}"}`)).toBe(1);
  });

  it('one reporter lying beyond the cap of the spread: the round is held and the old value goes on being read', async () => {
    (net.sources[0] as Network['sources'][number]).change = (honest) => ({ ...honest, value: '150.00' });
    net.publish('99.42');
    const [held] = await eventually(() => net.chain.pending(FEED));
    expect(held.value).toBe(99_42000000n);
    expect((await net.chain.latest(FEED)).value).toBe(99_41000000n);
    for (const service of [net.transmitters[0], net.reporters[1]]) {
      await eventually(async () => expect(await alertsOf(service)).toContain('ROUND_HELD'));
      expect(await service?.metric(`muniment_alert{alert="ROUND_HELD",feed="${FEED}"}`)).toBe(1);
      await eventually(() => expect(service?.output).toContain('waits for approval'));
    }
    // The next day all agree again, and that is over.
    (net.sources[0] as Network['sources'][number]).change = (honest) => honest;
    net.publish('99.43');
    await net.published(99_43000000n);
    await eventually(async () => expect(await alertsOf(net.transmitters[0])).toEqual([]));
  });

  it('one reporter down: the others publish', async () => {
    net.publish('99.44');
    expect(await signersOf((await net.published(99_44000000n)).round)).toEqual([0, 1, 2]);
  });

  it('a reporter started twice: the second does not start, and names the first', async () => {
    await expect(net.startReporter(1)).rejects.toThrow(/reporter-1\.jsonl is already in use by process \d+ of/);
    expect(await net.reporters[1]?.health()).toMatchObject({ code: 200 });
  });

  it('fewer than a quorum of reporters: nothing is published until one is back, which then signs the same', async () => {
    await net.reporters[2]?.signal('SIGKILL');
    net.publish('99.45');
    const round = await nextRound();
    await Promise.all([net.signed(0, round), net.signed(1, round)]);
    await net.turns([0, 1]);
    expect(await nextRound()).toBe(round);
    await net.startReporter(2);
    await net.published(99_45000000n);
  });

  it('two reporters with clocks an hour off, one fast, one slow: they sign what the others sign', async () => {
    await net.reporters[2]?.signal('SIGTERM');
    await Promise.all([net.startReporter(2, 3_600_000), net.startReporter(3, -3_600_000)]);
    await net.reporters[0]?.signal('SIGTERM');
    net.publish('99.46');
    expect(await signersOf((await net.published(99_46000000n)).round)).toEqual([1, 2, 3]);
    expect(await alertsOf(net.reporters[2])).toEqual([]);
    await net.startReporter(0);
  });

  it('one reporter late: the round is published without it, and what it sends later does no harm', async () => {
    await net.reporters[3]?.signal('SIGSTOP');
    net.publish('99.47');
    const { round } = await net.published(99_47000000n);
    expect(await signersOf(round)).toEqual([0, 1, 2]);
    const late = await net.signed(0, Number(round));
    expect(await post(late)).toMatchObject({ status: 200, body: { status: 'already-published' } });
    await net.reporters[3]?.signal('SIGCONT');
    await net.turns([3]);
    expect((await net.chain.latest(FEED)).round).toBe(round);
  });

  it('one transmitter down and one slow: the reporters are not delayed', async () => {
    await net.transmitters[0]?.signal('SIGKILL');
    net.publish('99.48');
    await net.published(99_48000000n);
    await net.startTransmitter(0);
    await net.transmitters[1]?.signal('SIGSTOP');
    for (const [value, units] of [
      ['99.49', 99_49000000n],
      ['99.50', 99_50000000n],
    ] as const) {
      net.publish(value);
      await net.published(units);
    }
    await net.transmitters[1]?.signal('SIGCONT');
  });

  it('a transmitter started twice: the second ends with one sentence, and what the first has under way is published', async () => {
    await net.transmitters[1]?.signal('SIGTERM');
    await net.chain.client.setAutomine(false);
    net.publish('99.505');
    const raw = (await eventually(async () => {
      const bytes = await net.transmission(0);
      if (!bytes) throw new Error('Nothing is under way.');
      return bytes;
    })) as Hex;
    const sentence = /^The transmitter does not listen:\ntransmitter: .*transaction-0 is already in use by process \d+ of [^\n]+\n$/;
    await expect(net.startTransmitter(0, await freePort())).rejects.toThrow(sentence);
    expect(await net.transmission(0)).toBe(raw);
    await net.chain.client.setAutomine(true);
    await net.published(99_50500000n);
    expect(await net.chain.client.getTransactionReceipt({ hash: keccak256(raw) })).toMatchObject({ status: 'success' });
    expect(await net.transmitters[0]?.health()).toMatchObject({ code: 200 });
    await net.startTransmitter(1);
  });

  it('a transmitter killed in the middle: it sends the same bytes after its restart, and pays once', async () => {
    await net.transmitters[1]?.signal('SIGTERM');
    await net.chain.client.setAutomine(false);
    net.publish('99.51');
    const raw = (await eventually(async () => {
      const bytes = await net.transmission(0);
      if (!bytes) throw new Error('Nothing is under way.');
      return bytes;
    })) as Hex;
    await net.transmitters[0]?.signal('SIGKILL');
    await net.chain.client.dropTransaction({ hash: keccak256(raw) });
    await net.startTransmitter(0);
    await net.chain.client.setAutomine(true);
    await net.published(99_51000000n);
    expect(await net.chain.client.getTransactionReceipt({ hash: keccak256(raw) })).toMatchObject({ status: 'success' });
    await eventually(async () => expect(await net.transmission(0)).toBeUndefined());
    await net.startTransmitter(1);
  });

  it('a source that restates a published value: nobody signs it', async () => {
    const round = await nextRound();
    const published = net.publish('99.52');
    await net.published(99_52000000n);
    published.value = '99.10';
    await net.turns([0, 1, 2, 3]);
    expect(await nextRound()).toBe(round + 1);
    expect((await net.chain.latest(FEED)).value).toBe(99_52000000n);
  });

  it('a source that restates before the round is full: who has signed stays with it, and keeps why', async () => {
    await Promise.all([1, 2, 3].map((i) => net.reporters[i]?.signal('SIGSTOP')));
    const round = await nextRound();
    net.publish('99.53');
    await net.signed(0, round);
    (net.sources[0] as Network['sources'][number]).change = (honest) => ({ ...honest, value: '99.20' });
    await eventually(async () => {
      expect((await net.decisions(0)).at(-1)).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('already signed') });
    });
    await Promise.all([1, 2, 3].map((i) => net.reporters[i]?.signal('SIGCONT')));
    await net.published(99_53000000n);
  });

  it('a source down over a weekend: no round, a missed heartbeat, and no deadlock when it is back', async () => {
    for (const source of net.sources) source.change = () => ({ status: 502, body: '{"errorMessage":"The source does not answer."}' });
    net.publish('99.54');
    await net.chain.client.increaseTime({ seconds: 3 * 86_400 });
    await net.chain.client.mine({ blocks: 1 });
    for (const service of [net.transmitters[0], net.reporters[0]]) {
      await eventually(async () => expect(await alertsOf(service)).toContain('HEARTBEAT_MISSED'));
      expect(await service?.metric(`muniment_alert{alert="HEARTBEAT_MISSED",feed="${FEED}"}`)).toBe(1);
    }
    await eventually(() => expect(net.reporters[0]?.output).toContain('No round since'));
    expect((await net.decisions(0)).at(-1)).toMatchObject({ outcome: 'no-answer', reason: 'The source does not answer.' });
    expect((await net.chain.latest(FEED)).value).toBe(99_53000000n);
    for (const source of net.sources) source.change = (honest) => honest;
    await net.published(99_54000000n);
    await eventually(async () => expect(await alertsOf(net.transmitters[0])).toEqual([]));
  });

  it('a fat-fingered value: it is held, and nobody reads it', async () => {
    net.publish('105.40');
    const [held] = await eventually(() => net.chain.pending(FEED));
    expect(held.value).toBe(105_40000000n);
    expect((await net.chain.latest(FEED)).value).toBe(99_54000000n);
    const round = await nextRound();
    await net.turns([0, 1, 2, 3]);
    // They do not confirm themselves either.
    expect(await nextRound()).toBe(round);
    net.publish('99.55');
    await net.published(99_55000000n);
  });

  it('a decimals mistake in the source: every reporter refuses, and its evidence can be had by its hash', async () => {
    const round = await nextRound();
    net.publish('9956');
    const decision = await eventually(async () => {
      const last = (await net.decisions(2)).at(-1);
      expect(last).toMatchObject({ outcome: 'refused', reason: 'The value 9956 is outside of 50 to 200.' });
      return last;
    });
    const evidence = await (await fetch(`${net.reporters[2]?.url}/evidence/${decision?.evidenceHash}`)).json();
    expect(evidence).toEqual(decision?.evidence);
    expect(JSON.stringify(evidence)).toContain('"value":"9956"');
    expect(await nextRound()).toBe(round);
  });

  it('a decimals mistake that a quorum signs: the contract refuses and the transmitter pays nothing', async () => {
    const round = await nextRound();
    const nonce = await net.chain.client.getTransactionCount({ address: net.gas[0]?.account.address as Hex });
    const forged = await forge('994000000000');
    for (const observation of forged) expect((await post(observation)).status).toBe(202);
    await eventually(() => expect(net.transmitters[0]?.output).toContain('ValueOutOfBounds'));
    expect(await refusalOf(forged)).toBe('ValueOutOfBounds');
    expect(await nextRound()).toBe(round);
    expect(await net.chain.client.getTransactionCount({ address: net.gas[0]?.account.address as Hex })).toBe(nonce);
  });

  it('a future timestamp: the transmitter and the contract refuse it', async () => {
    const { timestamp } = await net.chain.client.getBlock();
    const forged = await forge('9955000000', { valuationTimestamps: [Number(timestamp) + 3600] });
    expect(await post(forged[0] as SignedObservation)).toMatchObject({ status: 422, body: { code: 'VALUATION_IN_FUTURE' } });
    expect(await refusalOf(forged)).toBe('ValuationInFuture');
  });

  it('a replay on another contract, on another chain and of a past round: each is refused', async () => {
    const first = await Promise.all([0, 1, 2].map((i) => net.signed(i, 1)));
    expect(await refusalOf(first)).toBe('RoundOutOfOrder');
    expect(await refusalOf(first, await net.chain.twin(FEED))).toBe('SignatureInvalid');

    expect(await refusalOf(await forge('9955000000'))).toBeUndefined();
    const elsewhere = await forge('9955000000', {}, { chainId: 1 });
    expect(await post(elsewhere[0] as SignedObservation)).toMatchObject({ status: 422, body: { code: 'CHAIN_WRONG' } });
    expect(await refusalOf(elsewhere)).toBe('SignatureInvalid');
  });

  it('a stolen quorum: what it posts is held, cannot confirm itself, and is void once the keys are rotated', async () => {
    const { round } = await net.chain.latest(FEED);
    for (const observation of await forge('10900000000')) await post(observation);
    const [held] = await eventually(() => net.chain.pending(FEED));
    expect(held.value).toBe(109_00000000n);
    await net.chain.client.increaseTime({ seconds: 2 * 3600 });
    await net.chain.client.mine({ blocks: 1 });
    const again = await nextRound();
    for (const observation of await forge('10900000000', { valuationTimestamps: [held.valuationTimestamp + 60] })) await post(observation);
    await eventually(async () => expect(await nextRound()).toBe(again + 1));
    expect((await net.chain.latest(FEED)).round).toBe(round);

    const stolen = await forge('10900000000', { valuationTimestamps: [held.valuationTimestamp + 120] });
    await net.chain.configure('setConfig', [FEED, net.chain.signers.map((s) => s.account.address), 1]);
    await expect(net.chain.pending(FEED)).rejects.toThrow('NothingPending');
    expect(await refusalOf(stolen)).toBe('ConfigVersionStale');
  });

  it('a starved gas limit: the transaction reverts, nothing changes, and another transmitter publishes the round', async () => {
    await Promise.all(net.transmitters.map((transmitter) => transmitter.signal('SIGTERM')));
    // The decimals mistake is mended by its source.
    for (const source of net.sources) source.change = (honest) => (honest.value === '9956' ? { ...honest, value: '99.56' } : honest);
    const round = await nextRound();
    const observations = await Promise.all([0, 1, 2].map((i) => net.signed(i, round)));
    const { account } = net.gas[0] as Key;
    const { abi, functionName, args } = callOf(observations);
    const raw = await account.signTransaction({
      chainId: 31337,
      type: 'eip1559',
      nonce: await net.chain.client.getTransactionCount({ address: account.address }),
      to: net.chain.feed,
      data: encodeFunctionData({ abi, functionName, args }),
      gas: 60_000n,
      maxFeePerGas: 10n ** 10n,
      maxPriorityFeePerGas: 1n,
    });
    const hash = await net.chain.client.sendRawTransaction({ serializedTransaction: raw });
    expect(await net.chain.client.waitForTransactionReceipt({ hash })).toMatchObject({ status: 'reverted' });
    expect(await nextRound()).toBe(round);
    await net.startTransmitter(1);
    await net.published(99_56000000n);
    await net.startTransmitter(0);
  });

  it('an adapter of another version: its reporter signs another record, and the others publish without it', async () => {
    (net.sources[0] as Network['sources'][number]).change = (honest) => ({ ...honest, record: { ...honest.record, schema: '2' } });
    net.publish('99.57');
    expect(await signersOf((await net.published(99_57000000n)).round)).toEqual([1, 2, 3]);
  });

  it('a ripcord of the majority: the feed is halted, and everyone says so', async () => {
    for (const source of net.sources.slice(0, 3)) source.change = (honest) => ({ ...honest, ripcord: true });
    await net.reporters[3]?.signal('SIGTERM');
    net.publish('99.58');
    for (const service of [net.transmitters[0], net.reporters[0]]) {
      await eventually(async () => expect(await alertsOf(service)).toContain('FEED_HALTED'));
    }
    await expect(net.chain.latest(FEED)).rejects.toThrow('FeedHaltedError');
  });
});
