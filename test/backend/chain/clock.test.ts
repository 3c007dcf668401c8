import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { ChainClock } from '../../../backend/src/chain/chain-clock.js';
import type { Anvil } from '../support/anvil.js';
import { effectsOf, startChain, startProxy, startWorld, type TestClient, until, type World } from './world.js';

const HOUR = 3_600_000;

let chain: Anvil & { client: TestClient };
let proxy: Awaited<ReturnType<typeof startProxy>>;
let world: World;
let lost = false;
beforeAll(async () => {
  chain = await startChain();
  proxy = await startProxy(chain.url, () => (lost ? 'drop-before' : 'pass'));
  world = await startWorld(proxy.url);
});
afterEach(() => vi.useRealTimers());
afterAll(async () => {
  await world?.close();
  await proxy?.stop();
  await chain?.stop();
});

/** The process' wall clock jumps; its timers go on. */
function jump(ms: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });
}

describe('a clock that is wrong or jumps (F26)', () => {
  it.each([HOUR, -HOUR])('by %i ms neither delays nor doubles what is sent', async (ms) => {
    jump(ms);
    await world.operations.confirmed((await world.effect(`jumped:${ms}`)).id);
    expect(await effectsOf(chain.client, `jumped:${ms}`)).toBe(1);
  });

  it('does not make a sender wait that had just failed', async () => {
    await chain.client.setAutomine(false);
    const operation = await world.effect('failing');
    await until(async () => (await chain.client.getTxpoolStatus()).pending === 1);
    lost = true;
    await until(async () => (await world.api.get('/health')).status === 503);
    jump(-HOUR);
    lost = false;
    await chain.client.setAutomine(true);
    await chain.client.mine({ blocks: 1 });
    await world.operations.confirmed(operation.id);
    expect(await effectsOf(chain.client, 'failing')).toBe(1);
  });

  it('keeps a lease for as long as the database says', async () => {
    const fences = async () => (await world.sql.query.execute(sql`select address, holder, fence from tx_lease order by address`)).rows;
    const before = await fences();
    expect(before.length).toBeGreaterThan(0);
    jump(HOUR);
    await world.operations.confirmed((await world.effect('leased')).id);
    expect(await fences()).toEqual(before);
  });

  it('is not what legal time goes by', async () => {
    const { timestamp } = await chain.client.getBlock();
    jump(HOUR);
    expect(await world.app.get(ChainClock).now()).toBe(timestamp);
  });
});
