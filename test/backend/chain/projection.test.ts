import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { type Address, encodeAbiParameters, encodeEventTopics, type Hex, keccak256, numberToHex } from 'viem';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ChainClient } from '../../../backend/src/chain/chain-client.js';
import { Contracts } from '../../../backend/src/chain/contracts.js';
import { Followers } from '../../../backend/src/chain/projection/followers.js';
import { KnownContracts } from '../../../backend/src/chain/projection/known-contracts.js';
import { type ChainEvent, Projection } from '../../../backend/src/chain/projection/projection.js';
import { Projector } from '../../../backend/src/chain/projection/projector.js';
import { localAddress } from '../../../backend/src/local/accounts.js';
import { deployInfrastructure } from '../../../backend/src/local/deploy.js';
import { Registries } from '../../../backend/src/parties/registries.js';
import { identityStorageAbi, securityTokenAbi, tokenFactoryAbi } from '../../../contracts/generated/abi.js';
import { type Anvil, startAnvil } from '../support/anvil.js';
import { TestSuite } from './suite.js';
import { emitAs, startWorld, type TestClient, testClient, until, type World } from './world.js';

const [ANNA, BEN, CARA] = [20, 21, 22];
const anna = localAddress(ANNA);
const annaToo = localAddress(23);
const ben = localAddress(BEN);
const cara = localAddress(CARA);
/** Token, registry, identity storage and compliance of a suite that is not ours. */
const STRANGERS: [Address, Address, Address, Address] = [localAddress(24), localAddress(25), localAddress(26), localAddress(27)];

let folder: string;
let chain: Anvil;
let client: TestClient;
let world: World;
let projection: Projection;
let suite: TestSuite;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muniment-projection-'));
  chain = await startAnvil(['--accounts', '30', '--hardfork', 'cancun']);
  client = testClient(chain.url);
  const manifestFile = join(folder, 'deployment.json');
  await deployInfrastructure({ rpcUrl: chain.url, manifestFile });
  world = await startWorld(chain.url, { environment: { DEPLOYMENT_FILE: manifestFile } });
  projection = world.app.get(Projection);
  await strangersSuite();
  suite = await TestSuite.deploy(world, chain.url, 'fund');
});
afterAll(async () => {
  await world?.close();
  await chain?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Every projected row, in a fixed order. */
async function rows(): Promise<unknown> {
  const tables = ['chain_event', 'holding', 'supply', 'frozen_holding', 'wallet_link', 'chain_contract'];
  const all = tables.map(async (table) => {
    const { rows } = await world.sql.query.execute(sql.raw(`select to_jsonb(t) as content from ${table} t order by to_jsonb(t)::text`));
    return [table, rows];
  });
  return Object.fromEntries(await Promise.all(all));
}

async function headIsProjected(): Promise<void> {
  const head = await client.getBlock();
  await until(async () => {
    const { rows } = await world.sql.query.execute<{ hash: string; number: string }>(sql`select hash, number from chain_cursor`);
    return rows[0]?.hash === head.hash;
  });
}

/** Somebody's suite on an identity storage of his own, from our factory and older than all of ours. */
async function strangersSuite(): Promise<void> {
  const [token, ir, irs, mc] = STRANGERS;
  const factory = world.app.get(Contracts).address('tokenFactory');
  const topics = encodeEventTopics({ abi: tokenFactoryAbi, eventName: 'TREXSuiteDeployed', args: { token, salt: 'odd' } }) as Hex[];
  await emitAs(client, factory, topics, encodeAbiParameters(Array(5).fill({ type: 'address' }), [ir, irs, ir, ir, mc]));
}

describe('the register as the chain has it', () => {
  const at: Record<string, bigint> = {};
  let annasIdentity: string;

  it('knows a suite from its first event on, though it was deployed at runtime', async () => {
    expect(await projection.suiteOf(suite.token)).toMatchObject({ storage: suite.storage, registry: suite.registry });
    expect(await projection.events({ name: 'RoleGranted' })).toEqual([]);
    expect((await projection.events({ name: 'TokenInformationUpdated', address: suite.token })).length).toBe(1);
    expect(await projection.events({ name: 'IdentityRegistryBound', args: { identityRegistry: suite.registry } })).toHaveLength(1);
  });

  it('lists what each investor holds over all wallets, at the last block and at any earlier one', async () => {
    annasIdentity = await suite.onboard('anna', anna);
    await suite.onboard('ben', ben);
    await suite.onboard('cara', cara);
    at.minted = await suite.mint(anna, 1_000n, 'mint:anna');
    await suite.mint(ben, 500n, 'mint:ben');
    at.before = await suite.transfer(ANNA, cara, 0n);
    at.moved = await suite.transfer(ANNA, cara, 300n);
    at.self = await suite.transfer(BEN, ben, 50n);
    at.frozen = await suite.freeze(ben, 120n, 'freeze:ben');
    await projection.waitFor(at.frozen);

    const now = await projection.capTable(suite.token);
    expect(now.supply).toBe(1_500n);
    expect(now.positions.map(({ balance, wallets }) => [wallets.map(({ wallet }) => wallet), balance])).toEqual([
      [[anna], 700n],
      [[ben], 500n],
      [[cara], 300n],
    ]);
    expect(now.positions[0]?.identity).toBe(annasIdentity);
    expect(now.positions[1]?.wallets[0]).toMatchObject({ frozenUnits: 120n, frozen: false, retired: false });
    const then = await projection.capTable(suite.token, { block: at.minted });
    expect(then.positions.map(({ balance }) => balance)).toEqual([1_000n]);
    expect(then.supply).toBe(1_000n);
    expect((await projection.capTable(suite.token, { block: at.before })).positions.map(({ balance }) => balance)).toEqual([1_000n, 500n]);
  });

  it('agrees with the contract at every block', async () => {
    const head = await projection.height();
    for (let block = at.minted ?? 0n; block <= head; block++) {
      for (const wallet of [anna, ben, cara, annaToo]) {
        expect(await projection.balanceAt(suite.token, wallet, block), `${wallet} at ${block}`).toBe(await suite.balanceOf(wallet, block));
      }
    }
  });

  it('agrees with the contract about what is frozen, also after an officer took part of it', async () => {
    await suite.unfreeze(ben, 20n, 'unfreeze:ben');
    await suite.freezeAddress(cara, true, 'freeze:cara');
    await suite.freeze(anna, 600n, 'freeze:anna');
    await suite.scheduleForcedTransfer(anna, ben, 200n, 'schedule:anna');
    await suite.forcedTransfer(anna, ben, 200n, 'force:anna');
    const { positions } = await projection.capTable(suite.token);
    const wallets = positions.flatMap((position) => position.wallets);
    expect(wallets.map(({ wallet }) => wallet).sort()).toEqual([anna, ben, cara].sort());
    for (const { wallet, balance, frozenUnits, frozen } of wallets) {
      expect(balance).toBe(await suite.balanceOf(wallet));
      expect(frozenUnits).toBe(await suite.frozenUnits(wallet));
      expect(frozen).toBe(await suite.isFrozen(wallet));
    }
    expect(wallets.find(({ wallet }) => wallet === anna)).toMatchObject({ balance: 500n, frozenUnits: 500n });
    await suite.unfreeze(anna, 500n, 'unfreeze:anna');
    await suite.freezeAddress(cara, false, 'unfreeze:cara');
  });

  it('refuses a block that it has not seen', async () => {
    await expect(projection.capTable(suite.token, { block: 1_000_000n })).rejects.toMatchObject({ code: 'PROJECTION_BEHIND', status: 503 });
  });

  it('finds the block of a date', async () => {
    const { timestamp } = await client.getBlock({ blockNumber: at.moved ?? 0n });
    expect(await projection.blockAt(new Date(Number(timestamp) * 1000))).toBeGreaterThanOrEqual(at.moved ?? 0n);
    await expect(projection.blockAt(new Date(0))).rejects.toMatchObject({ code: 'BLOCK_NOT_FOUND' });
  });

  it('hands final events to a follower, each once, also after a failure in the middle', async () => {
    const seen: ChainEvent[] = [];
    let failures = 1;
    world.app.get(Followers).follow('test.transfers', ['Transfer'], async (event) => {
      if (seen.length === 1 && failures-- > 0) {
        seen.pop();
        throw new Error('The follower stumbles once.');
      }
      seen.push(event);
    });
    const transfers = await projection.events({ name: 'Transfer' });
    await until(async () => seen.length === transfers.length);
    expect(seen.map(({ txHash, logIndex }) => [txHash, logIndex])).toEqual(transfers.map(({ txHash, logIndex }) => [txHash, logIndex]));
  });
});

describe('hostile events', () => {
  const [token, registry, storage, compliance] = STRANGERS;

  it('are not adopted with a suite on another identity storage', async () => {
    const suites = await projection.events({ name: 'TREXSuiteDeployed' });
    expect(suites.map(({ args }) => args.token)).toEqual([token, suite.token]);
    await expect(projection.suiteOf(token)).rejects.toMatchObject({ code: 'TOKEN_NOT_FOUND' });
    const known = await world.app.get(KnownContracts).all();
    expect([token, registry, storage, compliance].filter((address) => known.has(address))).toEqual([]);
    expect(known.has(suite.token)).toBe(true);
  });

  it('of a strange token stop nothing, though its balances make no sense', async () => {
    const topics = encodeEventTopics({ abi: securityTokenAbi, eventName: 'Transfer', args: { from: anna, to: ben } }) as Hex[];
    await emitAs(client, token, topics, encodeAbiParameters([{ type: 'uint256' }], [1_000n]));
    await headIsProjected();
    expect(await projection.events({ name: 'Transfer', address: token })).toEqual([]);
  });

  it('do not lend investors another registry, though it is older', async () => {
    expect(await world.app.get(Registries).first()).toBe(suite.registry);
  });

  it('are projected with text that PostgreSQL can keep', async () => {
    const topics = encodeEventTopics({
      abi: securityTokenAbi,
      eventName: 'UpdatedTokenInformation',
      args: { newOnchainID: anna },
    }) as Hex[];
    const named = [topics[0], keccak256('0x01'), keccak256('0x02'), topics.at(-1)] as Hex[];
    const data = encodeAbiParameters([{ type: 'uint8' }, { type: 'string' }], [0, 'ver\0sion']);
    await emitAs(client, suite.token, named, data);
    await headIsProjected();
    const [event] = await projection.events({ name: 'UpdatedTokenInformation', args: { newVersion: 'ver\uFFFDsion' } });
    expect(event?.address).toBe(suite.token);
  });
});

describe('followers', () => {
  it('do not wait for one that fails, which the health page names', async () => {
    let failing = true;
    const seen: ChainEvent[] = [];
    world.app.get(Followers).follow('test.poisoned', ['Transfer'], async () => {
      if (failing) throw new Error('It cannot be read.');
    });
    world.app.get(Followers).follow('test.healthy', ['Transfer'], async (event) => void seen.push(event));
    const transfers = await projection.events({ name: 'Transfer' });
    await until(async () => seen.length === transfers.length);

    const admin = await world.api.signIn(world.staff.admin);
    const troubles = async (): Promise<string> => (await admin.get('/v1/health/chain')).body.troubles.join();
    await until(async () => (await troubles()).includes('The follower test.poisoned waits: It cannot be read.'));
    failing = false;
    await until(async () => (await troubles()) === '');
  });
});

describe('a view that is read for many', () => {
  const salts = Array.from({ length: 450 }, (_, n) => keccak256(numberToHex(n)));
  const contracts = () => world.app.get(Contracts);
  const view = () => ({ address: suite.storage, abi: identityStorageAbi, functionName: 'predictIdentity' }) as const;

  it('answers in order as it does one by one', async () => {
    const calls = salts.map((salt) => [salt] as const);
    const answers = await contracts().readEach(view(), calls);
    expect(answers).toHaveLength(salts.length);
    expect(new Set(answers).size).toBe(salts.length);
    for (const n of [0, 99, 100, 399, 400, 449]) {
      expect(answers[n]).toBe(await contracts().read({ ...view(), args: [salts[n] ?? '0x'] }));
    }
  });

  it('answers as of a block, and fails as a whole when one of them does', async () => {
    const balances = { address: suite.token, abi: securityTokenAbi, functionName: 'balanceOf' } as const;
    const [before] = await contracts()
      .readEach({ ...balances, blockNumber: 0n }, [[anna] as const])
      .catch(() => ['nothing there yet']);
    expect(before).toBe('nothing there yet');
    const snapshots = { address: suite.token, abi: securityTokenAbi, functionName: 'balanceOfAt' } as const;
    await expect(contracts().readEach(snapshots, [[anna, 999n] as const])).rejects.toThrow();
  });
});

describe('a node that leaves out logs', () => {
  it('is asked again, for the header says what there is', async () => {
    const before = await projection.balanceAt(suite.token, cara, await projection.height());
    const node = world.app.get(ChainClient).reads;
    const silent = vi.spyOn(node, 'getLogs').mockResolvedValueOnce([]).mockResolvedValueOnce([]);
    await suite.transfer(ANNA, cara, 3n);
    await headIsProjected();
    expect(silent.mock.calls.length).toBeGreaterThan(2);
    silent.mockRestore();
    expect(await projection.balanceAt(suite.token, cara, await projection.height())).toBe(before + 3n);
    await suite.transfer(CARA, anna, 3n);
    await headIsProjected();
  });
});

describe('a chain that changes its mind', () => {
  it('is followed: after a reorganisation every row is as in a fresh rebuild', async () => {
    const kept = await suite.transfer(ANNA, cara, 10n);
    await suite.transfer(ANNA, cara, 5n);
    await suite.transfer(CARA, ben, 7n);
    await headIsProjected();
    expect(await projection.balanceAt(suite.token, ben, await projection.height())).toBe(707n);

    await client.request({ method: 'anvil_reorg' as never, params: [2, []] as never });
    await headIsProjected();
    await suite.transfer(CARA, anna, 1n);
    await headIsProjected();

    const height = await projection.height();
    for (const wallet of [anna, ben, cara])
      expect(await projection.balanceAt(suite.token, wallet, height)).toBe(await suite.balanceOf(wallet));
    expect(await projection.balanceAt(suite.token, cara, kept)).toBe(310n);
    expect(await projection.balanceAt(suite.token, ben, height)).toBe(700n);

    const followed = await rows();
    await world.app.get(Projector).rebuild();
    await headIsProjected();
    expect(await rows()).toEqual(followed);
  });

  it('is rebuilt alike from pages of final blocks', async () => {
    const followed = await rows();
    await client.mine({ blocks: 80 });
    await headIsProjected();
    await world.app.get(Projector).rebuild();
    await headIsProjected();
    expect(await rows()).toEqual(followed);
  });

  it('stops the projection when it goes back behind what counted as final', async () => {
    await client.request({ method: 'anvil_reorg' as never, params: [70, []] as never });
    await until(async () => (await world.api.get('/health')).status === 503);
    const admin = await world.api.signIn(world.staff.admin);
    expect((await admin.get('/v1/health/chain')).body.troubles.join()).toContain('counted as final');
    expect((await projection.capTable(suite.token)).supply).toBe(1_500n);
  });
});
