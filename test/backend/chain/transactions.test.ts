import { and, eq } from 'drizzle-orm';
import { createWalletClient, http } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { foundry } from 'viem/chains';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { txAttempt, txIntent, txSender } from '../../../backend/src/chain/chain.tables.js';
import { OperationFailed } from '../../../backend/src/chain/operations.js';
import { localKey } from '../../../backend/src/chain/settings.js';
import { SENDER_ROLES } from '../../../backend/src/chain/signer.js';
import type { Anvil } from '../support/anvil.js';
import {
  ECHO,
  ECHO_CODE,
  effectsOf,
  lockupRefusal,
  REVERTER,
  REVERTER_CODE,
  startChain,
  startProxy,
  startWorld,
  type TestClient,
  until,
  type World,
} from './world.js';

let chain: Anvil & { client: TestClient };
let world: World;

async function counter(of = world): Promise<{ nextNonce: bigint; state: string; haltReason: string | null }> {
  const [row] = await of.sql.query.select().from(txSender).where(eq(txSender.address, of.sender));
  if (!row) throw new Error('The sender has no row.');
  return row;
}

describe('a decision becomes one effect on chain', () => {
  beforeAll(async () => {
    chain = await startChain();
    world = await startWorld(chain.url);
  });
  afterAll(async () => {
    await world?.close();
    await chain?.stop();
  });

  it('is confirmed with its transaction, and told by the API', async () => {
    const operation = await world.effect('mint:1');
    expect(operation).toMatchObject({ state: 'QUEUED', businessKey: 'mint:1' });
    const final = await world.operations.confirmed(operation.id);
    expect(final.state).toBe('CONFIRMED');
    expect(await effectsOf(chain.client, 'mint:1')).toBe(1);
    const officer = await world.api.signIn(world.staff.officer);
    const answer = await officer.get(`/v1/operations/${operation.id}`);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      id: operation.id,
      state: 'CONFIRMED',
      transactionHash: final.transactionHash,
      block: String(final.block),
      error: null,
    });
    expect((await officer.get('/v1/operations/0198c9b4-0000-7000-8000-000000000000')).body.code).toBe('OPERATION_NOT_FOUND');
  });

  it('returns the same operation for the same key and payload, also at the same time', async () => {
    const asked = await Promise.all(Array.from({ length: 8 }, () => world.effect('mint:2')));
    expect(new Set(asked.map((operation) => operation.id)).size).toBe(1);
    await world.operations.confirmed(asked[0]?.id ?? '');
    expect((await world.effect('mint:2')).state).toBe('CONFIRMED');
    expect(await effectsOf(chain.client, 'mint:2')).toBe(1);
  });

  it('refuses the same key with another payload', async () => {
    await expect(world.transactions.enqueue({ businessKey: 'mint:2', sender: 'registrar', to: ECHO, data: '0x00' })).rejects.toMatchObject({
      code: 'BUSINESS_KEY_CONFLICT',
      status: 409,
    });
  });

  it('takes no nonce for a call that would revert, and names the reason', async () => {
    const before = await counter();
    const refused = world.transactions.enqueue({ businessKey: 'mint:3', sender: 'registrar', to: REVERTER, data: lockupRefusal });
    await expect(refused).rejects.toMatchObject({
      code: 'CHAIN_REFUSED',
      refusal: { name: 'TransferRefused', reason: 'LOCKUP_ACTIVE', args: { code: 16, rule: REVERTER, actual: '5', limit: '3' } },
    });
    expect((await counter()).nextNonce).toBe(before.nextNonce);
  });

  it('says why a transaction reverted that was fine when it was decided', async () => {
    await chain.client.setAutomine(false);
    const operation = await world.transactions.enqueue({ businessKey: 'mint:4', sender: 'registrar', to: ECHO, data: lockupRefusal });
    await chain.client.setCode({ address: ECHO, bytecode: REVERTER_CODE });
    await until(async () => (await world.operations.get(operation.id)).state === 'SUBMITTED');
    await chain.client.mine({ blocks: 1 });
    const final = await world.operations.wait(operation.id);
    await chain.client.setCode({ address: ECHO, bytecode: ECHO_CODE });
    await chain.client.setAutomine(true);
    expect(final).toMatchObject({ state: 'REVERTED', error: { name: 'TransferRefused', reason: 'LOCKUP_ACTIVE' } });
    await expect(world.operations.confirmed(operation.id)).rejects.toBeInstanceOf(OperationFailed);
  });

  it('keeps nonces gap-free while transactions run concurrently and some roll back', async () => {
    const { nextNonce: first } = await counter();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 60 }, (_, index) =>
        world.sql.transaction(async () => {
          const operation = await world.effect(`batch:${index}`);
          if (index % 7 === 3) throw new Error('The caller changed its mind.');
          return operation.id;
        }),
      ),
    );
    const ids = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    await Promise.all(ids.map((id) => world.operations.confirmed(id)));
    const nonces = (await world.sql.query.select({ nonce: txIntent.nonce }).from(txIntent).where(eq(txIntent.sender, world.sender)))
      .map((row) => row.nonce)
      .sort((a, b) => Number(a - b));
    expect(nonces).toEqual(nonces.map((_, index) => BigInt(index)));
    expect((await counter()).nextNonce).toBe(first + BigInt(ids.length));
    expect(BigInt(await chain.client.getTransactionCount({ address: world.sender }))).toBe(first + BigInt(ids.length));
    expect(await effectsOf(chain.client, 'batch:3')).toBe(0);
    expect(await effectsOf(chain.client, 'batch:4')).toBe(1);
  });

  it('sends stuck bytes again with a higher fee, keeps every hash, and has one effect', async () => {
    const { resendAfterMs, bumpAfterMs } = world.settings;
    await chain.client.setAutomine(false);
    Object.assign(world.settings, { resendAfterMs: 100, bumpAfterMs: 200 });
    const operation = await world.effect('mint:stuck');
    const attempts = () => world.sql.query.select().from(txAttempt).where(eq(txAttempt.intentId, operation.id)).orderBy(txAttempt.number);
    await until(async () => (await attempts()).length >= 3);
    Object.assign(world.settings, { resendAfterMs, bumpAfterMs });
    const [one, two] = await attempts();
    expect(two?.maxFeePerGas).toBeGreaterThanOrEqual(((one?.maxFeePerGas ?? 0n) * 9n) / 8n);
    expect(two?.maxPriorityFeePerGas).toBeGreaterThanOrEqual(((one?.maxPriorityFeePerGas ?? 0n) * 9n) / 8n);
    await chain.client.setAutomine(true);
    await chain.client.mine({ blocks: 1 });
    const final = await world.operations.confirmed(operation.id);
    expect((await attempts()).map((attempt) => attempt.hash)).toContain(final.transactionHash);
    expect(await effectsOf(chain.client, 'mint:stuck')).toBe(1);
  });

  it('sends what the node dropped again', async () => {
    const { resendAfterMs } = world.settings;
    await chain.client.setAutomine(false);
    const operation = await world.effect('mint:dropped');
    await until(async () => (await world.operations.get(operation.id)).state === 'SUBMITTED');
    const [attempt] = await world.sql.query.select().from(txAttempt).where(eq(txAttempt.intentId, operation.id));
    await until(async () => (await chain.client.getTxpoolStatus()).pending === 1);
    await chain.client.dropTransaction({ hash: attempt?.hash ?? '0x' });
    Object.assign(world.settings, { resendAfterMs: 100 });
    await until(async () => (await chain.client.getTxpoolStatus()).pending === 1);
    Object.assign(world.settings, { resendAfterMs });
    await chain.client.setAutomine(true);
    await chain.client.mine({ blocks: 1 });
    expect((await world.operations.confirmed(operation.id)).transactionHash).toBe(attempt?.hash);
    expect(await effectsOf(chain.client, 'mint:dropped')).toBe(1);
  });

  it('frees the nonce of an operation that was given up', async () => {
    await chain.client.setAutomine(false);
    const operation = await world.effect('mint:abandoned');
    await until(async () => (await world.operations.get(operation.id)).state === 'SUBMITTED');
    await world.transactions.abandon(operation.id);
    const attempts = () =>
      world.sql.query
        .select()
        .from(txAttempt)
        .where(and(eq(txAttempt.intentId, operation.id), eq(txAttempt.kind, 'NOOP')));
    await until(async () => (await attempts()).length === 1 && (await world.operations.get(operation.id)).state === 'SUBMITTED');
    await chain.client.setAutomine(true);
    await chain.client.mine({ blocks: 1 });
    expect((await world.operations.wait(operation.id)).state).toBe('REPLACED');
    expect(await effectsOf(chain.client, 'mint:abandoned')).toBe(0);
    await world.operations.confirmed((await world.effect('mint:after-abandoned')).id);
  });
});

describe('a node that cannot be trusted to answer', () => {
  it.each(['drop-before', 'drop-after'] as const)('has exactly one effect when a reply is lost: %s', async (fate) => {
    const chain = await startChain();
    let lossesLeft = 3;
    const proxy = await startProxy(chain.url, (method) => (method === 'eth_sendRawTransaction' && lossesLeft-- > 0 ? fate : 'pass'));
    const world = await startWorld(proxy.url);
    Object.assign(world.settings, { resendAfterMs: 200 });
    try {
      const operations = await Promise.all([1, 2, 3, 4, 5].map((n) => world.effect(`pay:${n}`)));
      await Promise.all(operations.map((operation) => world.operations.confirmed(operation.id)));
      for (const n of [1, 2, 3, 4, 5]) expect(await effectsOf(chain.client, `pay:${n}`)).toBe(1);
      expect(await chain.client.getTransactionCount({ address: world.sender })).toBe(5);
    } finally {
      await world.close();
      await proxy.stop();
      await chain.stop();
    }
  });

  it('turns the health red when it is lost, keeps the API alive, and goes on when it is back', async () => {
    const chain = await startChain();
    let lost = false;
    const proxy = await startProxy(chain.url, () => (lost ? 'drop-before' : 'pass'));
    const world = await startWorld(proxy.url);
    try {
      const admin = await world.api.signIn(world.staff.admin);
      expect((await admin.get('/v1/health/chain')).body).toMatchObject({ status: 'up', chainId: 31337, troubles: [] });
      const operation = await world.effect('pay:before');
      await world.operations.confirmed(operation.id);
      lost = true;
      await until(async () => (await world.api.get('/health')).status === 503);
      expect((await admin.get('/v1/health/chain')).body).toMatchObject({ status: 'down', head: null });
      expect((await admin.get(`/v1/operations/${operation.id}`)).status).toBe(200);
      await expect(world.effect('pay:during')).rejects.toMatchObject({ code: 'CHAIN_UNAVAILABLE', status: 503 });
      lost = false;
      await world.operations.confirmed((await world.effect('pay:during')).id);
      await until(async () => (await world.api.get('/health')).status === 200);
    } finally {
      await world.close();
      await proxy.stop();
      await chain.stop();
    }
  });
});

describe('a key that somebody else uses', () => {
  it('halts the sender after three looks and says so', async () => {
    const chain = await startChain();
    const world = await startWorld(chain.url);
    Object.assign(world.settings, { lookEveryMs: 50 });
    try {
      await world.operations.confirmed((await world.effect('pay:1')).id);
      const account = privateKeyToAccount(localKey(1));
      const foreign = createWalletClient({ account, chain: foundry, transport: http(chain.url) });
      await foreign.sendTransaction({ to: ECHO, data: '0x1234' });
      const operation = await world.effect('pay:2');
      await until(async () => (await counter(world)).state === 'HALTED');
      expect((await counter(world)).haltReason).toContain('Nonce 1');
      expect((await world.operations.get(operation.id)).state).not.toBe('CONFIRMED');
      expect(await effectsOf(chain.client, 'pay:2')).toBe(0);
      await expect(world.effect('pay:3')).rejects.toMatchObject({ code: 'SENDER_HALTED', status: 503 });
      const admin = await world.api.signIn(world.staff.admin);
      expect((await admin.get('/v1/health/chain')).body.troubles.join()).toContain('not ours');
    } finally {
      await world.close();
      await chain.stop();
    }
  });

  it('is found at the start when the chain counts more than the database', async () => {
    const chain = await startChain();
    const first = await startWorld(chain.url);
    await first.operations.confirmed((await first.effect('pay:1')).id);
    await first.close({ keepDatabase: true });
    const foreign = createWalletClient({ account: privateKeyToAccount(localKey(1)), chain: foundry, transport: http(chain.url) });
    await foreign.sendTransaction({ to: ECHO, data: '0x1234' });
    const second = await startWorld(chain.url, { database: first.database });
    try {
      expect(await counter(second)).toMatchObject({ state: 'HALTED', nextNonce: 1n });
      await expect(second.effect('pay:2')).rejects.toMatchObject({ code: 'SENDER_HALTED' });
    } finally {
      await second.close();
      await chain.stop();
    }
  });
});

describe('a chain that has lost blocks', () => {
  it('gets the same bytes again at the next start, in the same order', async () => {
    const chain = await startChain();
    const first = await startWorld(chain.url);
    for (const n of [1, 2, 3]) await first.operations.confirmed((await first.effect(`pay:${n}`)).id);
    const hashes = await first.sql.query.select({ hash: txIntent.minedHash }).from(txIntent).orderBy(txIntent.nonce);
    await first.close({ keepDatabase: true });
    await chain.client.request({ method: 'anvil_rollback' as never, params: [2] as never });
    expect(await effectsOf(chain.client, 'pay:2')).toBe(0);
    const second = await startWorld(chain.url, { database: first.database });
    try {
      await second.operations.confirmed((await second.effect('pay:4')).id);
      for (const n of [1, 2, 3, 4]) expect(await effectsOf(chain.client, `pay:${n}`)).toBe(1);
      const again = await second.sql.query.select({ hash: txIntent.minedHash }).from(txIntent).orderBy(txIntent.nonce);
      expect(again.slice(0, 3)).toEqual(hashes);
    } finally {
      await second.close();
      await chain.stop();
    }
  });
});

describe('a chain that is not the one the database belongs to', () => {
  it('is refused at the start, in one sentence', async () => {
    const chain = await startChain();
    const other = await startChain(['--gas-limit', '29000000']);
    const first = await startWorld(chain.url);
    await first.close({ keepDatabase: true });
    try {
      await expect(startWorld(other.url, { database: first.database })).rejects.toThrow(
        /^The database belongs to another chain: .*genesis/,
      );
      await expect(startWorld(chain.url, { environment: { CHAIN_ID: '1', SENDER_KEYS: keys } })).rejects.toThrow(
        /serves chain 31337, but CHAIN_ID is 1\.$/,
      );
      // A refused chain leaves no trace: the right one still works.
      await (await startWorld(chain.url, { database: first.database })).close({ keepDatabase: true });
      await expect(startWorld('http://127.0.0.1:9')).rejects.toThrow(/^The chain at 127\.0\.0\.1:9 cannot be reached\.$/);
    } finally {
      await first.database.drop();
      await chain.stop();
      await other.stop();
    }
  });
});

const keys = JSON.stringify(Object.fromEntries(SENDER_ROLES.map((role, index) => [role, localKey(index + 1)])));
