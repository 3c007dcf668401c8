import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { encodeFunctionData, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Projection } from '../../../backend/src/chain/projection/projection.js';
import { Projector } from '../../../backend/src/chain/projection/projector.js';
import { Pump } from '../../../backend/src/chain/pump.js';
import { localKey } from '../../../backend/src/chain/settings.js';
import { localAddress } from '../../../backend/src/local/accounts.js';
import { deployInfrastructure } from '../../../backend/src/local/deploy.js';
import { securityTokenAbi } from '../../../contracts/generated/abi.js';
import { type Anvil, startAnvil } from '../support/anvil.js';
import { type Liar, startLiar } from './liar.js';
import { TestSuite } from './suite.js';
import { startWorld, type TestClient, testClient, until, type World } from './world.js';

const [ANNA, BEN] = [20, 21];
const anna = localAddress(ANNA);
const ben = localAddress(BEN);
const DEEPEST = 64;

let folder: string;
let chain: Anvil;
let node: Liar;
let client: TestClient;
let world: World;
let suite: TestSuite;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muniment-reorganisations-'));
  chain = await startAnvil(['--accounts', '30', '--hardfork', 'cancun']);
  client = testClient(chain.url);
  node = await startLiar(chain.url);
  const manifestFile = join(folder, 'deployment.json');
  await deployInfrastructure({ rpcUrl: chain.url, manifestFile });
  world = await startWorld(node.url, { environment: { DEPLOYMENT_FILE: manifestFile } });
  suite = await TestSuite.deploy(world, chain.url, 'fund');
  await suite.onboard('anna', anna);
  await suite.onboard('ben', ben);
  await suite.mint(anna, 1_000_000n, 'mint:anna');
  await client.mine({ blocks: DEEPEST + 2 });
  await headIsProjected();
});
afterAll(async () => {
  await world?.close();
  await node?.stop();
  await chain?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Every derived row, in a fixed order. */
async function rows(): Promise<unknown> {
  const tables = ['chain_event', 'holding', 'supply', 'frozen_holding', 'wallet_link', 'chain_contract'];
  const all = tables.map(async (table) => {
    const found = await world.sql.query.execute(sql.raw(`select to_jsonb(t) as content from ${table} t order by to_jsonb(t)::text`));
    return [table, found.rows];
  });
  return Object.fromEntries(await Promise.all(all));
}

async function headIsProjected(): Promise<void> {
  const head = await client.getBlock();
  await until(async () => {
    const found = await world.sql.query.execute<{ hash: string }>(sql`select hash from chain_cursor`);
    return found.rows[0]?.hash === head.hash;
  });
}

const reorganise = (depth: number, transactions: [Hex, number][] = []): Promise<unknown> =>
  client.request({ method: 'anvil_reorg' as never, params: [depth, transactions] as never });

/** Anna's transfer to Ben, signed and not sent. */
async function signedTransfer(amount: bigint, nonce: number): Promise<Hex> {
  const { maxFeePerGas, maxPriorityFeePerGas } = await client.estimateFeesPerGas();
  return privateKeyToAccount(localKey(ANNA)).signTransaction({
    type: 'eip1559',
    chainId: 31337,
    nonce,
    to: suite.token,
    data: encodeFunctionData({ abi: securityTokenAbi, functionName: 'transfer', args: [ben, amount] }),
    gas: 1_000_000n,
    maxFeePerGas: maxFeePerGas * 10n,
    maxPriorityFeePerGas,
  });
}

describe('a reorganisation', () => {
  it(`of every depth from 1 to ${DEEPEST} leaves what a fresh replay makes`, async () => {
    for (let depth = 1; depth <= DEEPEST; depth++) {
      await suite.transfer(ANNA, ben, BigInt(depth));
      await headIsProjected();
      const below = (await client.getBlockNumber()) - BigInt(depth);
      const nonce = await client.getTransactionCount({ address: anna, blockNumber: below });
      // The same sender's next transactions come in other blocks of the new branch: none, one, or one in its first and one in its last.
      const moved: [Hex, number][] = [];
      if (depth % 3 === 2) moved.push([await signedTransfer(7n, nonce), 0]);
      if (depth % 3 !== 0) moved.push([await signedTransfer(BigInt(1_000 + depth), nonce + moved.length), depth - 1]);
      await reorganise(depth, moved);
      await headIsProjected();
      const followed = await rows();
      const height = await world.app.get(Projection).height();
      const projected = await world.app.get(Projection).balanceAt(suite.token, ben, height);
      expect(projected, `depth ${depth}`).toBe(await suite.balanceOf(ben, height));
      await world.app.get(Projector).rebuild();
      await headIsProjected();
      expect(await rows(), `depth ${depth}`).toEqual(followed);
    }
  }, 600_000);
});

describe('a node', () => {
  it('that is behind takes nothing back', async () => {
    await suite.transfer(ANNA, ben, 1n);
    await headIsProjected();
    const before = await rows();
    const height = await world.app.get(Projection).height();
    const reads = node.reads();
    node.lie('behind');
    await until(async () => node.reads() > reads + 20);
    expect(await world.app.get(Projection).height()).toBe(height);
    expect(await rows()).toEqual(before);
    node.lie(undefined);
  });

  it('that leaves out logs is found out: nothing is projected until it gives them all', async () => {
    const before = await rows();
    node.lie('no logs');
    const block = await suite.transfer(ANNA, ben, 3n);
    await until(async () => (await world.api.get('/health')).status === 503);
    expect(await rows()).toEqual(before);
    expect(await world.app.get(Projection).height()).toBeLessThan(block);
    const admin = await world.api.signIn(world.staff.admin);
    expect((await admin.get('/v1/health/chain')).body.troubles.join()).toContain('left out logs');
    node.lie(undefined);
    await headIsProjected();
    await until(async () => (await world.api.get('/health')).status === 200);
    expect(await world.app.get(Projection).balanceAt(suite.token, ben, block)).toBe(await suite.balanceOf(ben, block));
  });
});

describe('a reorganisation behind what counted as final', () => {
  it('freezes whoever writes, deletes nothing, and an operator goes on with the chain as it is', async () => {
    await client.setAutomine(false);
    const waiting = await world.effectless('waiting');
    await until(async () => (await world.operations.get(waiting.id)).state === 'SUBMITTED');
    const before = await rows();
    await reorganise(DEEPEST + 6);
    await until(async () => (await world.api.get('/health')).status === 503);
    expect(await rows()).toEqual(before);

    await expect(world.effectless('later')).rejects.toMatchObject({ code: 'SENDER_HALTED', status: 503, remedy: expect.any(String) });
    const halted = await world.sql.query.execute(
      sql`select 1 from tx_sender where state <> 'HALTED' or halt_reason not like '%counted as final%'`,
    );
    expect(halted.rows).toEqual([]);
    const sends = node.sends();
    await world.sql.query.execute(sql`update tx_intent set state = 'SIGNED' where business_key = 'waiting'`);
    const reads = node.reads();
    await until(async () => node.reads() > reads + 20);
    expect(node.sends()).toBe(sends);

    await world.sql.query.execute(sql`delete from chain_cursor`);
    await world.sql.query.execute(
      sql`update tx_sender set state = 'ACTIVE', halt_reason = null where halt_reason like '%counted as final%'`,
    );
    await client.setAutomine(true);
    await client.mine({ blocks: 1 });
    await world.operations.confirmed(waiting.id);
    await headIsProjected();
    await until(async () => (await world.api.get('/health')).status === 200);
    const height = await world.app.get(Projection).height();
    expect(await world.app.get(Projection).balanceAt(suite.token, ben, height)).toBe(await suite.balanceOf(ben, height));
    expect(world.app.get(Pump).trouble).toBeUndefined();
  });
});
