import { and, eq } from 'drizzle-orm';
import { type Address, type Hex, pad, parseEther } from 'viem';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { txAttempt, txIntent } from '../../../backend/src/chain/chain.tables.js';
import { ChainHealth } from '../../../backend/src/chain/chain-health.js';
import { localKey } from '../../../backend/src/chain/settings.js';
import { SENDER_ROLES } from '../../../backend/src/chain/signer.js';
import type { Anvil } from '../support/anvil.js';
import { FakeKms, NO_SIGNATURE } from './fake-kms.js';
import { dataOf, ECHO, effectsOf, startChain, startWorld, type TestClient, until, type World } from './world.js';

/** ECHO, for callers whose storage slot is set; anybody else is refused. */
const GUARDED_ECHO: Hex = '0x33546008575f5ffd5b365f5f37365fa000';
const YES = pad('0x1');
const NO = pad('0x0');

type Accounts = Record<string, { key: string; address: Address }>;

let chain: Anvil & { client: TestClient };
let kms: FakeKms;
let accounts: Accounts;
let world: World | undefined;

beforeEach(async () => {
  [chain, kms] = await Promise.all([startChain(), FakeKms.start()]);
  accounts = Object.fromEntries(SENDER_ROLES.map((role, index) => [role, kms.newKey(`alias/${role}`, localKey(index + 1))]));
});
afterEach(async () => {
  await world?.close();
  world = undefined;
  await Promise.all([chain?.stop(), kms?.stop()]);
});

async function start(keys: Accounts, earlier?: World): Promise<World> {
  const environment = { SIGNER: 'aws-kms', SENDER_ACCOUNTS: JSON.stringify(keys) };
  const started = await startWorld(chain.url, { environment, ...(earlier && { database: earlier.database }) });
  Object.assign(started.settings, { signTimeoutMs: 500, signPauseMs: 300 });
  world = started;
  return started;
}

describe('a key in KMS that cannot be used (F40)', () => {
  it.each(NO_SIGNATURE)('leaves nothing behind and nothing on its way, and waits, after: %s', async (fault) => {
    const world = await start(accounts);
    const before = await world.effect('before');
    await world.operations.confirmed(before.id);
    kms.fault = () => fault;
    kms.asked = 0;
    const operation = await world.effect('during');
    await until(async () => kms.asked >= 2 && (await world.app.get(ChainHealth).check()).status === 'down');
    expect((await world.app.get(ChainHealth).check()).troubles).toEqual([expect.stringMatching(/^The key of 0x\w+ does not sign: \S/)]);
    expect(await world.sql.query.select().from(txAttempt).where(eq(txAttempt.intentId, operation.id))).toEqual([]);
    expect((await world.operations.get(operation.id)).state).toBe('QUEUED');
    expect(await chain.client.getTransactionCount({ address: world.sender, blockTag: 'pending' })).toBe(1);

    kms.fault = () => undefined;
    await world.operations.confirmed(operation.id);
    expect(await effectsOf(chain.client, 'during')).toBe(1);
    expect((await world.app.get(ChainHealth).check()).status).toBe('up');
  });

  it('stops neither what is signed already nor the other senders', async () => {
    const world = await start(accounts);
    await chain.client.setAutomine(false);
    const signed = await world.effect('signed');
    await until(async () => (await world.operations.get(signed.id)).state === 'SUBMITTED');
    kms.fault = (key) => (key === 'alias/registrar' ? 'error 500' : undefined);
    const waiting = await world.effect('waiting');
    await until(async () => (await world.app.get(ChainHealth).check()).status === 'down');
    await chain.client.setAutomine(true);
    await chain.client.mine({ blocks: 1 });
    await world.operations.confirmed(signed.id);
    const other = await world.transactions.enqueue({ businessKey: 'other', sender: 'payer', to: ECHO, data: '0x' });
    await world.operations.confirmed(other.id);
    expect((await world.operations.get(waiting.id)).state).toBe('QUEUED');
    expect((await world.app.get(ChainHealth).check()).status).toBe('down');
  });

  it('gets on when it answers only sometimes', async () => {
    const world = await start(accounts);
    kms.fault = () => (kms.asked % 4 === 0 ? 'disabled' : undefined);
    const operations = await Promise.all(Array.from({ length: 30 }, (_, index) => world.effect(`sometimes:${index}`)));
    for (const { id } of operations) await world.operations.confirmed(id);
    for (let index = 0; index < 30; index++) expect(await effectsOf(chain.client, `sometimes:${index}`)).toBe(1);
    expect(await chain.client.getTransactionCount({ address: world.sender })).toBe(30);
  });
});

describe('a key that takes over from another (F39)', () => {
  const COUNT = 1_000;
  const grant = (address: Address, value: Hex) => chain.client.setStorageAt({ address: ECHO, index: pad(address), value });
  const enqueue = (world: World, index: number) =>
    world.transactions.enqueue({ businessKey: `rotate:${index}`, sender: 'registrar', to: ECHO, data: dataOf(`rotate:${index}`) });

  async function enqueueAll(world: World, from: number, to: number): Promise<string[]> {
    const ids: string[] = [];
    for (let index = from; index < to; index += 20) {
      const batch = await Promise.all(Array.from({ length: 20 }, (_, offset) => enqueue(world, index + offset)));
      ids.push(...batch.map(({ id }) => id));
    }
    return ids;
  }

  it(`fails none of ${COUNT} transactions, and the old one is refused afterwards`, async () => {
    const { registrar: old, ...others } = accounts;
    if (!old) throw new Error('There is no registrar.');
    const next = kms.newKey('alias/registrar-2');
    await chain.client.setCode({ address: ECHO, bytecode: GUARDED_ECHO });
    await grant(old.address, YES);
    const before = await start(accounts);
    const ids = await enqueueAll(before, 0, COUNT / 2);
    const openAtOld = () =>
      before.sql.query
        .select({ id: txIntent.id })
        .from(txIntent)
        .where(and(eq(txIntent.sender, old.address), eq(txIntent.state, 'ALLOCATED')));
    await chain.client.setAutomine(false);
    ids.push(...(await enqueueAll(before, COUNT / 2, COUNT / 2 + 100)));
    kms.fault = () => 'throttle';
    ids.push(...(await enqueueAll(before, COUNT / 2 + 100, COUNT / 2 + 200)));
    expect((await openAtOld()).length).toBeGreaterThan(0);
    await before.close({ keepDatabase: true });
    kms.fault = () => undefined;
    kms.slowMs = 20;

    await chain.client.setBalance({ address: next.address, value: parseEther('10') });
    await grant(next.address, YES);
    await expect(start({ ...others, registrar: next }, before)).rejects.toThrow(
      `Transactions of ${old.address} are open, but its key is gone: keep it as a retiring one until they are final.`,
    );
    const during = await start({ ...others, registrar: next, 'retiring registrar': old }, before);
    await chain.client.setAutomine(true);
    await chain.client.mine({ blocks: 1 });
    ids.push(...(await enqueueAll(during, COUNT / 2 + 200, COUNT)));
    expect((await enqueue(during, 0)).id).toBe(ids[0]);
    for (const id of ids) await during.operations.confirmed(id);

    const rows = await during.sql.query.select({ sender: txIntent.sender, state: txIntent.state }).from(txIntent);
    expect(rows.filter(({ state }) => state === 'CONFIRMED')).toHaveLength(COUNT);
    expect(rows.filter(({ sender }) => sender === old.address)).toHaveLength(COUNT / 2 + 200);
    expect(rows.filter(({ sender }) => sender === next.address)).toHaveLength(COUNT / 2 - 200);
    const effects = (await chain.client.getLogs({ address: ECHO, fromBlock: 0n })).map(({ data }) => data);
    expect(effects).toHaveLength(COUNT);
    expect(new Set(effects).size).toBe(COUNT);
    await during.close({ keepDatabase: true });

    await grant(old.address, NO);
    const after = await start({ ...others, registrar: next }, before);
    await after.operations.confirmed((await after.effect('after')).id);
    await after.close({ keepDatabase: true });
    const wrong = await start(accounts, before);
    await expect(wrong.effect('by the old key')).rejects.toMatchObject({ code: 'CHAIN_REFUSED' });
  }, 300_000);
});
