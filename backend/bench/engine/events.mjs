// Events projected a second: all of them anew, as after a restore, and while blocks come.
import { setTimeout as sleep } from 'node:timers/promises';
import { LOCAL_INDEX } from '../../../dist/backend/src/local/accounts.js';
import { localAccount } from '../../../dist/backend/src/local/people.js';
import { securityTokenAbi } from '../../../dist/contracts/generated/abi.js';
import { caughtUp } from './distribution.mjs';
import { bringHolders, bringToken, call, pages, sendAll } from './holders.mjs';

const WALLETS_TOGETHER = 150;

/** @param holders whose onboarding, and freezes of one unit each, are the events   @param rounds of freezes that are followed live */
export async function measureEvents(place, { holders: count, rounds }, say) {
  const world = await place.world(1);
  try {
    say(`${count} holders are brought on chain …`);
    const token = await bringToken(world);
    const { holders } = await bringHolders(world, token, count);
    const api = await world.startApi();
    await caughtUp(world);
    const backfill = await backfillRate(world);
    const live = await liveRate(world, token, holders, rounds);
    await api.stop();
    return { backfill, ...live };
  } finally {
    await world.stop();
  }
}

const projectedEvents = async ({ sql }) => Number((await sql.query('select count(*) from chain_event')).rows[0].count);

/** The projector reads the whole chain again when it has no place in it. */
async function backfillRate(world) {
  const before = await projectedEvents(world);
  const since = performance.now();
  await world.sql.query('delete from chain_cursor');
  await caughtUp(world);
  const seconds = (performance.now() - since) / 1_000;
  const after = await projectedEvents(world);
  if (after !== before) throw new Error(`${before} events were projected, and ${after} the second time.`);
  return Math.round(after / seconds);
}

/** Freezes one unit of each holder, round after round, in blocks of a second. `lagBlocks` is the most that the projection was behind when the
 *  next block came. */
async function liveRate(world, { token }, holders, rounds) {
  const agent = localAccount(LOCAL_INDEX.deployer);
  const freezes = pages(
    holders.filter(({ units }) => units > BigInt(rounds)),
    WALLETS_TOGETHER,
  ).map((part) =>
    call(
      token,
      securityTokenAbi,
      'batchFreezePartialTokens',
      part.map(({ wallet }) => wallet),
      part.map(() => 1n),
    ),
  );
  const calls = Array.from({ length: rounds }, () => freezes).flat();
  await world.client.setIntervalMining({ interval: 1 });
  const before = await projectedEvents(world);
  const first = await world.client.getBlockNumber();
  let sending = true;
  const sent = sendAll(world, agent, calls).finally(() => {
    sending = false;
  });
  let lag = 0;
  let last = first;
  const since = performance.now();
  while (sending) {
    const { rows } = await world.sql.query('select number from chain_cursor');
    const head = await world.client.getBlockNumber();
    if (head > last) {
      // What was projected when this block came, against the block before it.
      lag = Math.max(lag, Number(last - BigInt(rows[0].number)));
      last = head;
    }
    await sleep(25);
  }
  await sent;
  await caughtUp(world);
  const seconds = (performance.now() - since) / 1_000;
  return { live: Math.round(((await projectedEvents(world)) - before) / seconds), lagBlocks: lag };
}
