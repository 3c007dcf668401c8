import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bumpFees } from '../../../backend/src/chain/fees.js';
import { Lease, LeaseLost } from '../../../backend/src/chain/lease.js';
import { Database } from '../../../backend/src/platform/database/database.js';
import { type RunningApp, startApp } from '../support/app.js';
import { ECHO, REVERTER } from './world.js';

const SLOW = REVERTER;

let running: RunningApp;
beforeAll(async () => {
  running = await startApp();
});
afterAll(() => running?.close());

const lease = (durationMs: number): Lease => new Lease(running.app.get(Database), 31337, ECHO, durationMs);

describe('the right to pump a sender', () => {
  it('belongs to one process, until that process is silent; then what the old one still wants to write is refused', async () => {
    const living = lease(60_000);
    expect(await living.hold()).toBe(true);
    expect(await lease(60_000).hold()).toBe(false);
    expect(await living.hold()).toBe(true);
    await living.release();

    const zombie = lease(0);
    expect(await zombie.hold()).toBe(true);
    expect(await zombie.fenced(async () => 'written')).toBe('written');
    const successor = lease(60_000);
    expect(await successor.hold()).toBe(true);
    await expect(zombie.fenced(async () => 'written')).rejects.toBeInstanceOf(LeaseLost);
    expect(await successor.fenced(async () => 'written')).toBe('written');
    await zombie.release();
    expect(await lease(60_000).hold()).toBe(false);
  });
});

describe('a turn that takes longer than the lease', () => {
  const silentFor = (seconds: number) =>
    running.app
      .get(Database)
      .query.execute(sql`update tx_lease set until = now() - make_interval(secs => ${seconds}) where address = ${SLOW}`);
  const slowLease = (): Lease => new Lease(running.app.get(Database), 31337, SLOW, 60_000);

  it('keeps the lease by renewing it, unless another process has taken it', async () => {
    const slow = slowLease();
    expect(await slow.hold()).toBe(true);
    await silentFor(1);
    await slow.renew();
    expect(await slowLease().hold()).toBe(false);

    await silentFor(1);
    const successor = slowLease();
    expect(await successor.hold()).toBe(true);
    await silentFor(1);
    await slow.renew();
    await expect(slow.fenced(async () => 'written')).rejects.toBeInstanceOf(LeaseLost);
    expect(await slowLease().hold()).toBe(true);
  });
});

describe('the fees of a replacement', () => {
  const suggestion = { maxFeePerGas: 100n, maxPriorityFeePerGas: 10n };
  it('are up by an eighth, or the suggestion where that is more', () => {
    expect(bumpFees({ maxFeePerGas: 160n, maxPriorityFeePerGas: 16n }, suggestion)).toEqual({
      maxFeePerGas: 181n,
      maxPriorityFeePerGas: 19n,
    });
    expect(bumpFees({ maxFeePerGas: 8n, maxPriorityFeePerGas: 1n }, suggestion)).toEqual(suggestion);
  });
  it('never exceed five times the suggestion', () => {
    expect(bumpFees({ maxFeePerGas: 480n, maxPriorityFeePerGas: 10n }, suggestion)).toBeUndefined();
  });
});
