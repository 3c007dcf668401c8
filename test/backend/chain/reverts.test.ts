import { eq } from 'drizzle-orm';
import { bytesToHex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { txAttempt, txIntent } from '../../../backend/src/chain/chain.tables.js';
import type { Anvil } from '../support/anvil.js';
import {
  ECHO,
  ECHO_CODE,
  effectsOf,
  lockupRefusal,
  REVERTER_CODE,
  startChain,
  startWorld,
  type TestClient,
  until,
  type World,
} from './world.js';

const CONFIRMATIONS = 3;

let chain: Anvil & { client: TestClient };
let world: World;
beforeAll(async () => {
  chain = await startChain();
  world = await startWorld(chain.url, { environment: { CHAIN_CONFIRMATIONS: String(CONFIRMATIONS) } });
});
afterAll(async () => {
  await world?.close();
  await chain?.stop();
});

async function stateOf(id: string): Promise<string | undefined> {
  const [row] = await world.sql.query.select({ state: txIntent.state }).from(txIntent).where(eq(txIntent.id, id));
  return row?.state;
}

describe('the block that counts', () => {
  it('is the final one: what reverted in a block that left the chain may still succeed (F24)', async () => {
    await chain.client.setAutomine(false);
    const operation = await world.transactions.enqueue({ businessKey: 'pay:1', sender: 'registrar', to: ECHO, data: lockupRefusal });
    await until(async () => (await stateOf(operation.id)) === 'SENT');
    await chain.client.setCode({ address: ECHO, bytecode: REVERTER_CODE });
    await chain.client.mine({ blocks: 1 });
    await until(async () => (await stateOf(operation.id)) === 'MINED');
    expect((await world.operations.get(operation.id)).state).toBe('MINED');

    await chain.client.request({ method: 'anvil_reorg' as never, params: [1, []] as never });
    await chain.client.setCode({ address: ECHO, bytecode: ECHO_CODE });
    await until(async () => (await chain.client.getTxpoolStatus()).pending === 1);
    await chain.client.mine({ blocks: CONFIRMATIONS });
    const final = await world.operations.confirmed(operation.id);
    expect(final).toMatchObject({ state: 'CONFIRMED', error: null });
    const logs = await chain.client.getLogs({ address: ECHO, fromBlock: 0n });
    expect(logs.filter(({ data }) => data === lockupRefusal)).toHaveLength(1);
    await chain.client.setAutomine(true);
  });

  it('is one, however often and to whomever the same bytes are sent (F16)', async () => {
    await chain.client.setAutomine(false);
    const operation = await world.effect('pay:2');
    await until(async () => (await stateOf(operation.id)) === 'SENT');
    const [attempt] = await world.sql.query.select().from(txAttempt).where(eq(txAttempt.intentId, operation.id));
    const serializedTransaction = bytesToHex(attempt?.raw ?? Buffer.alloc(0));
    for (let copy = 0; copy < 3; copy++) {
      await expect(chain.client.sendRawTransaction({ serializedTransaction })).rejects.toThrow(/already imported/);
    }
    await chain.client.mine({ blocks: 1 });
    await expect(chain.client.sendRawTransaction({ serializedTransaction })).rejects.toThrow(/nonce too low/);
    await chain.client.mine({ blocks: CONFIRMATIONS });
    expect((await world.operations.confirmed(operation.id)).transactionHash).toBe(attempt?.hash);
    expect(await effectsOf(chain.client, 'pay:2')).toBe(1);
    await chain.client.setAutomine(true);
  });
});
