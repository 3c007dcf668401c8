// Gas of whole transactions in steady state: after so many updates that every slot written held something before.
import { concat, encodeAbiParameters, keccak256, pad, parseEventLogs, parseSignature, toHex, zeroAddress, zeroHash } from 'viem';
import { compact, typedData } from '../../dist/oracle-adapters/feed/observation.js';
import { forgeArtifact } from '../../test/contracts/gas/artifacts.mjs';
import { DAY } from '../../test/contracts/gas/chain.mjs';
import { deployFeed, faultyOf, idOf, owner, signersOf, transmitter } from './feed.mjs';

/** More than the feed's ring keeps. */
const WARM = 70;
const SIZES = [4, 7, 16];
const BATCH = 10;
const PRICE = 99_43630600n;

export async function measureMuniment(chain) {
  const { feed, manager, create } = await deployFeed(chain);
  const start = (await chain.now()) - (WARM + 1) * DAY;

  /** Publishes so many rounds, a day each. @returns gas of the last */
  async function publish(feedIds, n) {
    for (const feedId of feedIds) await create(feedId, n, 100);
    const signers = signersOf(n);
    const signerSet = concat(signers.map(({ address }) => address));
    let gas = 0;
    for (let round = 1; round <= WARM; round++) {
      const header = {
        feedIds,
        rounds: feedIds.map(() => round),
        valuationTimestamps: feedIds.map(() => start + round * DAY),
        configVersion: 1,
        validUntil: start + 1000 * DAY,
        evidenceRoot: idOf(`record ${round}`),
      };
      const observations = await Promise.all(
        signers.slice(0, 2 * faultyOf(n) + 1).map(async (signer, signerIndex) => {
          // No two say the same, and the order is the signers' only where one feed is signed.
          const values = feedIds.map((_, i) => PRICE + BigInt((round % 10) * 1_000_000 + ((signerIndex + i) % n)));
          const observation = { chainId: 31337, feed: feed.address, header, values: values.map(String), flags: 0 };
          return { values, signerIndex, flags: 0, ...compact(await signer.signTypedData(typedData(observation))) };
        }),
      );
      gas = (await chain.send(transmitter, feed, ...callOf(header, signerSet, observations))).gasUsed;
    }
    return gas;
  }

  const figures = {};
  for (const n of SIZES) figures[`n${n}`] = await publish([idOf(`single ${n}`)], n);
  const batch = Array.from({ length: BATCH }, (_, i) => idOf(`batch ${i}`));
  figures[`batch${BATCH}n4PerFeed`] = Math.ceil((await publish(batch, 4)) / BATCH);

  const args = [manager.address, feed.address, idOf('single 4'), 'bench', 1000 * DAY, zeroAddress];
  const proxy = await chain.deploy(owner, forgeArtifact('FeedProxy'), args);
  const reader = await chain.deploy(owner, forgeArtifact('ColdRead'));
  return { ...figures, read: Number(await chain.read(reader, 'cost', [proxy.address])) };
}

function callOf(header, signerSet, observations) {
  if (header.feedIds.length > 1) return ['submitBatch', [header, signerSet, observations]];
  const { feedIds, rounds, valuationTimestamps, ...common } = header;
  const single = { ...common, feedId: feedIds[0], round: rounds[0], valuationTimestamp: valuationTimestamps[0] };
  return ['submit', [single, signerSet, observations.map(({ values, ...rest }) => ({ ...rest, value: values[0] }))]];
}

const DON = 1;
const NAME = toHex('muniment', { size: 10 });
const REPORT = { type: 'tuple[]', components: ['bytes32', 'uint32', 'uint224'].map((type, i) => ({ name: `${i}`, type })) };
/** A cold slot is written by each update, so it is in steady state from the second on. */
const UPDATES = 5;

export async function measureKeystone(chain) {
  const forwarder = await chain.deploy(owner, forgeArtifact('KeystoneForwarder'));
  const cache = await chain.deploy(owner, forgeArtifact('DataFeedsCache'));
  await chain.send(owner, cache, 'setFeedAdmin', [owner, true]);
  const workflow = [{ allowedSender: forwarder.address, allowedWorkflowOwner: owner, allowedWorkflowName: NAME }];
  const start = (await chain.now()) - (UPDATES + 1) * DAY;
  let executions = 0;

  /** @returns gas of the last of some updates */
  async function publish(name, feeds, n) {
    // Byte 7 of the id of a decimal feed is 0x20 + decimals.
    const ids = Array.from({ length: feeds }, (_, i) => concat([idOf(`${name} ${i}`).slice(0, 16), '0x28', pad(toHex(i), { size: 8 })]));
    await chain.send(owner, cache, 'setDecimalFeedConfigs', [ids, ids.map((id) => `feed ${id}`), workflow]);
    const signers = signersOf(n);
    const addresses = signers.map(({ address }) => address);
    await chain.send(owner, forwarder, 'setConfig', [DON, n, faultyOf(n), addresses]);
    let gas = 0;
    for (let update = 1; update <= UPDATES; update++) {
      const time = start + update * DAY;
      const answers = ids.map((id, i) => ({ 0: pad(id, { dir: 'right', size: 32 }), 1: time, 2: PRICE + BigInt(update * 1_000_000 + i) }));
      const metadata = concat([
        '0x01',
        idOf(`execution ${++executions}`),
        toHex(time, { size: 4 }),
        toHex(DON, { size: 4 }),
        toHex(n, { size: 4 }),
        idOf('workflow'),
        NAME,
        owner,
        '0x0001',
      ]);
      const rawReport = concat([metadata, encodeAbiParameters([REPORT], [answers])]);
      const context = concat([idOf('configuration'), toHex(update, { size: 32 }), zeroHash]);
      const hash = keccak256(concat([keccak256(rawReport), context]));
      const signatures = await Promise.all(
        signers.slice(0, faultyOf(n) + 1).map(async (signer) => {
          const { r, s, yParity } = parseSignature(await signer.sign({ hash }));
          return concat([r, s, toHex(yParity, { size: 1 })]);
        }),
      );
      const receipt = await chain.send(transmitter, forwarder, 'report', [cache.address, rawReport, context, signatures]);
      // The forwarder swallows what its receiver says.
      const [processed] = parseEventLogs({ abi: forwarder.abi, logs: receipt.logs, eventName: 'ReportProcessed' });
      const updated = parseEventLogs({ abi: cache.abi, logs: receipt.logs, eventName: 'DecimalReportUpdated' });
      if (!processed?.args.result || updated.length !== feeds) throw new Error('Keystone did not take the report.');
      gas = receipt.gasUsed;
    }
    return gas;
  }

  const figures = {};
  for (const n of SIZES) figures[`n${n}`] = await publish(`single ${n}`, 1, n);
  figures[`batch${BATCH}n4PerFeed`] = Math.ceil((await publish('batch', BATCH, 4)) / BATCH);
  return figures;
}
