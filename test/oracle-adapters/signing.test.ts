import fc from 'fast-check';
import { getAddress, type Hex, hashTypedData, keccak256, parseSignature, serializeSignature, toHex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quorumFeedAbi } from '../../contracts/generated/abi.js';
import { toFeedUnits } from '../../oracle-adapters/feed/decimal.js';
import { compact, type Observation, SignedObservation, signerOf, typedData } from '../../oracle-adapters/feed/observation.js';
import { revertName } from '../../oracle-adapters/feed/quorum-feed.js';
import { evidenceRoot } from '../../oracle-adapters/reporter/turn.js';
import { FEED_ID, key, type QuorumChain, single, startQuorumChain } from './quorum-chain.js';

const account = privateKeyToAccount('0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d');
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((b) => toHex(b));
/** Of one feed, or of several. */
const observations: fc.Arbitrary<Observation> = fc.integer({ min: 1, max: 3 }).chain((feeds) => {
  const perFeed = <T>(each: fc.Arbitrary<T>) => fc.array(each, { minLength: feeds, maxLength: feeds });
  return fc.record({
    chainId: fc.constant(31337),
    feed: fc.uint8Array({ minLength: 20, maxLength: 20 }).map((b) => getAddress(toHex(b))),
    header: fc.record({
      feedIds: fc.uniqueArray(bytes32, { minLength: feeds, maxLength: feeds }),
      rounds: perFeed(fc.integer({ min: 1, max: 2 ** 32 - 1 })),
      valuationTimestamps: perFeed(fc.integer({ min: 0, max: 2 ** 40 - 1 })),
      configVersion: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
      validUntil: fc.integer({ min: 0, max: 2 ** 40 - 1 }),
      evidenceRoot: bytes32,
    }),
    values: perFeed(fc.bigInt({ min: -(2n ** 127n), max: 2n ** 127n - 1n }).map(String)),
    flags: fc.integer({ min: 0, max: 255 }),
  });
});

describe('the signed observation', () => {
  it('is recovered by who reads it, after a journey through JSON', async () => {
    await fc.assert(
      fc.asyncProperty(observations, async (observation) => {
        const signed = { ...observation, signature: await account.signTypedData(typedData(observation)) };
        const read = SignedObservation.parse(JSON.parse(JSON.stringify(signed)));
        expect(await signerOf(read)).toBe(account.address);
      }),
      { numRuns: 50 },
    );
  });

  it('recovers nobody when its signature is malleated or none', async () => {
    const observation = fc.sample(observations, 1)[0] as Observation;
    const { r, s, yParity } = parseSignature(await account.signTypedData(typedData(observation)));
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const upper = serializeSignature({ r, s: toHex(order - BigInt(s), { size: 32 }), yParity: 1 - yParity });
    expect(await signerOf({ ...observation, signature: upper })).toBeUndefined();
    expect(await signerOf({ ...observation, signature: `0x${'00'.repeat(65)}` })).toBeUndefined();
  });

  it.each([
    ['an unknown field', { extra: 1 }],
    ['a value beyond int128', { values: [(2n ** 127n).toString()] }],
    ['a value with a point', { values: ['1.5'] }],
    ['no value', { values: [] }],
    ['a short signature', { signature: '0x1234' }],
    ['another address', { feed: '0x1234' }],
  ])('is not read with %s', async (_, change) => {
    const observation = fc.sample(observations, 1)[0] as Observation;
    const signed = { ...observation, signature: await account.signTypedData(typedData(observation)) };
    expect(SignedObservation.safeParse({ ...signed, ...change }).success).toBe(false);
  });
});

describe('the contract', () => {
  let chain: QuorumChain;
  beforeAll(async () => {
    chain = await startQuorumChain();
  });
  afterAll(() => chain?.stop());

  it('hashes what the reporter signs: it recovers the signer for random messages', async () => {
    const time = Number((await chain.client.getBlock()).timestamp);
    await fc.assert(
      fc.asyncProperty(
        fc.bigInt({ min: 90_00000000n, max: 110_00000000n }),
        bytes32,
        fc.integer({ min: 1, max: time }),
        fc.constantFrom(0, 2, 254),
        async (value, root, age, flags) => {
          const observation: Observation = {
            chainId: 31337,
            feed: chain.feed,
            header: {
              feedIds: [FEED_ID],
              rounds: [1],
              valuationTimestamps: [time - age + 1],
              configVersion: 1,
              validUntil: time + 100_000,
              evidenceRoot: root,
            },
            values: [value.toString()],
            flags,
          };
          const submit = async (signedAs: Observation): Promise<unknown> => {
            const sorted = await Promise.all(
              chain.signers.slice(0, 3).map(async ({ account: signer }, signerIndex) => ({
                value,
                signerIndex,
                flags,
                ...compact(await signer.signTypedData(typedData(signedAs))),
              })),
            );
            const signerSet = `0x${chain.signers.map((s) => s.account.address.slice(2)).join('')}` as Hex;
            return chain.client
              .simulateContract({
                address: chain.feed,
                abi: quorumFeedAbi,
                functionName: 'submit',
                args: [single(observation.header), signerSet, sorted],
                account: chain.gas.account,
              })
              .catch((error) => revertName(error));
          };
          expect(await submit(observation)).toHaveProperty('request');
          // Another chain or contract gives another digest, and so a stranger's signature.
          expect(await submit({ ...observation, chainId: 1 })).toBe('SignatureInvalid');
          expect(await submit({ ...observation, feed: key().account.address })).toBe('SignatureInvalid');
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe('the contract, of several feeds', () => {
  const OTHER = keccak256(toHex('OTHER'));
  let chain: QuorumChain;
  beforeAll(async () => {
    chain = await startQuorumChain();
    await chain.create(OTHER);
  });
  afterAll(() => chain?.stop());

  it('hashes what the reporter signs: it recovers the signer for random messages', async () => {
    const time = Number((await chain.client.getBlock()).timestamp);
    const value = fc.bigInt({ min: 90_00000000n, max: 110_00000000n });
    const age = fc.integer({ min: 1, max: time });
    await fc.assert(
      fc.asyncProperty(value, value, age, age, bytes32, fc.constantFrom(0, 2, 254), async (one, other, oneAge, otherAge, root, flags) => {
        const header = {
          feedIds: [FEED_ID, OTHER],
          rounds: [1, 1],
          valuationTimestamps: [time - oneAge + 1, time - otherAge + 1],
          configVersion: 1,
          validUntil: time + 100_000,
          evidenceRoot: root,
        };
        const values = [one, other];
        const observation: Observation = { chainId: 31337, feed: chain.feed, header, values: values.map(String), flags };
        const submit = async (signedAs: Observation): Promise<unknown> => {
          const signed = chain.signers.slice(1).map(async ({ account: signer }, i) => {
            return { values, signerIndex: i + 1, flags, ...compact(await signer.signTypedData(typedData(signedAs))) };
          });
          const signerSet = `0x${chain.signers.map((s) => s.account.address.slice(2)).join('')}` as Hex;
          const args = [header, signerSet, await Promise.all(signed)] as const;
          const call = { address: chain.feed, abi: quorumFeedAbi, functionName: 'submitBatch', args } as const;
          return chain.client.simulateContract({ ...call, account: chain.gas.account }).catch((error) => revertName(error));
        };
        expect(await submit(observation)).toHaveProperty('request');
        expect(await submit({ ...observation, chainId: 1 })).toBe('SignatureInvalid');
        expect(await submit({ ...observation, values: [String(one ^ 1n), String(other)] })).toBe('SignatureInvalid');
      }),
      { numRuns: 15 },
    );
  });
});

describe('what is signed', () => {
  it('has a digest that changes with every field', () => {
    const [observation] = fc.sample(observations, 1) as [Observation];
    const digest = (o: Observation): Hex => hashTypedData(typedData(o));
    const changed: Observation[] = [
      { ...observation, chainId: 1 },
      { ...observation, values: observation.values.map((value) => String(BigInt(value) ^ 1n)) },
      { ...observation, flags: observation.flags ^ 1 },
      ...(['configVersion', 'validUntil'] as const).map((f) => ({
        ...observation,
        header: { ...observation.header, [f]: observation.header[f] === 7 ? 8 : 7 },
      })),
      ...(['rounds', 'valuationTimestamps'] as const).map((f) => ({
        ...observation,
        header: { ...observation.header, [f]: observation.header[f].map((n) => n + 1) },
      })),
      { ...observation, header: { ...observation.header, evidenceRoot: keccak256('0x') } },
    ];
    expect(new Set([observation, ...changed].map(digest)).size).toBe(changed.length + 1);
  });

  it('rounds an exact decimal half to even at the feed’s decimals, without a double', () => {
    expect(toFeedUnits('99.436306', 8)).toBe(9943630600n);
    expect(toFeedUnits('0.1', 18)).toBe(100000000000000000n);
    expect(toFeedUnits('1.000000005', 8)).toBe(100000000n);
    expect(toFeedUnits('1.000000015', 8)).toBe(100000002n);
    expect(toFeedUnits('-1.000000015', 8)).toBe(-100000002n);
    expect(toFeedUnits('123456789012345678901234567890.12345678', 8)).toBe(12345678901234567890123456789012345678n);
    for (const bad of ['1e3', '', '1,5', 'NaN', '0x10', ' 1']) expect(() => toFeedUnits(bad, 8)).toThrow('no');
  });

  it('roots the evidence in the record alone, in whatever order its fields come', () => {
    expect(evidenceRoot({ a: '1', b: null, c: 2 })).toBe(evidenceRoot({ c: 2, b: null, a: '1' }));
    expect(evidenceRoot({ a: '1', b: null })).not.toBe(evidenceRoot({ a: '1' }));
  });
});
