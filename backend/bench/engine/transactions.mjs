// Durable transactions a second: enqueued each in a SQL transaction of its own, signed, kept, sent, mined, confirmed.
import { keccak256, toHex } from 'viem';
import { localAccount } from '../../../dist/backend/src/local/people.js';
import { ECHO, ECHO_CODE } from './echo.mjs';

/** Effects that wait for their end at a time, over all processes. */
const AT_ONCE = 256;
const SENDERS = ['registrar', 'seller', 'payer', 'snapshotter', 'officer', 'admin'];

/** @param count effects of each measurement */
export async function measureTransactions(place, count, say) {
  const world = await place.world(1);
  try {
    await world.client.setCode({ address: ECHO, bytecode: ECHO_CODE });
    const results = {};
    for (const [name, processes, senders] of [
      ['oneSender', 1, ['registrar']],
      ['oneProcess', 1, SENDERS],
      ['twoProcesses', 2, SENDERS],
      ['threeProcesses', 3, SENDERS],
    ]) {
      results[name] = await rateOf(world, { name, count, processes, senders });
      say(`  ${name}: ${results[name]} a second`);
    }
    return { ...results, naive: await naiveRate(world, Math.ceil(count / 4)) };
  } finally {
    await world.stop();
  }
}

async function rateOf(world, { name, count, processes, senders }) {
  const fromBlock = (await world.client.getBlockNumber()) + 1n;
  const workers = [];
  for (let n = 0; n < processes; n++) workers.push(await world.startWorker());
  const keysOf = (n, label, size) => Array.from({ length: size }, (_, i) => `${name}:${label}:${n}:${i}`);
  const share = Math.ceil(count / processes);
  const run = (label, size) =>
    Promise.all(workers.map((worker, n) => worker.ask({ keys: keysOf(n, label, size), senders, atOnce: Math.ceil(AT_ONCE / processes) })));
  await run('warm', 3 * senders.length);
  const since = performance.now();
  await run('measured', share);
  const seconds = (performance.now() - since) / 1_000;
  await everyEffectOnce(world, fromBlock, processes * (share + 3 * senders.length));
  for (const worker of workers) await worker.stop();
  return Math.round((processes * share) / seconds);
}

async function everyEffectOnce({ client }, fromBlock, wanted) {
  const logs = await client.getLogs({ address: ECHO, fromBlock });
  const distinct = new Set(logs.map(({ data }) => data));
  if (logs.length !== wanted || distinct.size !== wanted) {
    throw new Error(`${wanted} effects were asked for; the chain has ${logs.length}, ${distinct.size} of them different.`);
  }
}

/** What most do: a loop that sends and waits for the receipt, with nothing kept. */
async function naiveRate({ client }, count) {
  const account = localAccount(40);
  const since = performance.now();
  for (let n = 0; n < count; n++) {
    const hash = await client.sendTransaction({ account, to: ECHO, data: keccak256(toHex(`naive ${n}`)) });
    await client.waitForTransactionReceipt({ hash });
  }
  return Math.round(count / ((performance.now() - since) / 1_000));
}
