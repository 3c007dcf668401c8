import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Injectable, Module } from '@nestjs/common';
import { type Address, encodeFunctionData, type Hex, parseAbi, toFunctionSelector } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ChainModule } from '../../../backend/src/chain/chain.module.js';
import { RestrictedCalls } from '../../../backend/src/chain/restricted-call.js';
import { localKey } from '../../../backend/src/chain/settings.js';
import { LOCAL_INDEX, localAddress, localSender } from '../../../backend/src/local/accounts.js';
import { deployInfrastructure } from '../../../backend/src/local/deploy.js';
import { type Workflow, Workflows } from '../../../backend/src/platform/workflow/workflows.js';
import { securityTokenAbi } from '../../../contracts/generated/abi.js';
import { type Anvil, startAnvil } from '../support/anvil.js';
import { TestSuite } from './suite.js';
import { startWorld, type TestClient, testClient, until, type World } from './world.js';

const DAY = 86_400;
const ROLE = 42n;
const GUARDIAN_ROLE = 43n;
const managerAbi = parseAbi([
  'function authority() view returns (address)',
  'function grantRole(uint64 roleId, address account, uint32 executionDelay)',
  'function setRoleGuardian(uint64 roleId, uint64 guardian)',
  'function setTargetFunctionRole(address target, bytes4[] selectors, uint64 roleId)',
  'function hashOperation(address caller, address target, bytes data) view returns (bytes32)',
  'function getSchedule(bytes32 id) view returns (uint48)',
  'function cancel(address caller, address target, bytes data) returns (uint32)',
]);

type Input = { key: string; manager: Address; to: Address; data: Hex };

@Injectable()
class Calls {
  readonly call: Workflow<Input>;

  constructor(workflows: Workflows, restricted: RestrictedCalls) {
    this.call = workflows.define('test.restricted', ({ key, ...call }: Input) =>
      restricted.run({ businessKey: key, sender: 'admin', ...call }),
    );
  }
}

@Module({ imports: [ChainModule], providers: [Calls] })
class CallsModule {}

let folder: string;
let chain: Anvil;
let client: TestClient;
let world: World;
let suite: TestSuite;
let manager: Address;
let runs = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muniment-delayed-'));
  chain = await startAnvil(['--accounts', '60', '--hardfork', 'cancun']);
  client = testClient(chain.url);
  const manifestFile = join(folder, 'deployment.json');
  await deployInfrastructure({ rpcUrl: chain.url, manifestFile });
  world = await startWorld(chain.url, { environment: { DEPLOYMENT_FILE: manifestFile }, modules: [CallsModule] });
  suite = await TestSuite.deploy(world, chain.url, 'delayed');
  manager = await client.readContract({ address: suite.token, abi: managerAbi, functionName: 'authority' });
  // The admin may rename the token, a day after he has said so; a guardian may stop it.
  const selectors = [toFunctionSelector('setName(string)')];
  for (const [key, data] of [
    ['map', encodeFunctionData({ abi: managerAbi, functionName: 'setTargetFunctionRole', args: [suite.token, selectors, ROLE] })],
    ['guard', encodeFunctionData({ abi: managerAbi, functionName: 'setRoleGuardian', args: [ROLE, GUARDIAN_ROLE] })],
    ['grant', encodeFunctionData({ abi: managerAbi, functionName: 'grantRole', args: [ROLE, localSender('admin'), DAY] })],
    [
      'guardian',
      encodeFunctionData({ abi: managerAbi, functionName: 'grantRole', args: [GUARDIAN_ROLE, localAddress(LOCAL_INDEX.guardian), 0] }),
    ],
  ] as const) {
    const { id } = await world.transactions.enqueue({ businessKey: key, sender: 'admin', to: manager, data });
    await world.operations.confirmed(id);
  }
});
afterAll(async () => {
  await world?.close();
  await chain?.stop();
  rmSync(folder, { recursive: true, force: true });
});

let key: string;
let data: Hex;
beforeEach(() => {
  key = `rename:${++runs}`;
  data = encodeFunctionData({ abi: securityTokenAbi, functionName: 'setName', args: [`Name ${runs}`] });
});

const start = (): Promise<void> => world.app.get(Calls).call.start(key, { key, manager, to: suite.token, data });
const finished = (): Promise<string | null> => world.app.get(Workflows).finished<string | null>(key);
const nameOf = (): Promise<string> => client.readContract({ address: suite.token, abi: securityTokenAbi, functionName: 'name' });

/** Chain time at which the announced call is due; 0 while it is not announced. */
async function dueAt(): Promise<number> {
  const args = [localSender('admin'), suite.token, data] as const;
  const id = await client.readContract({ address: manager, abi: managerAbi, functionName: 'hashOperation', args });
  return client.readContract({ address: manager, abi: managerAbi, functionName: 'getSchedule', args: [id] });
}

/** Started, and announced on chain. */
async function announced(): Promise<void> {
  const before = await nameOf();
  await start();
  await until(async () => (await dueAt()) !== 0);
  const { timestamp } = await client.getBlock();
  expect((await dueAt()) - Number(timestamp)).toBeGreaterThan(DAY - 60);
  expect(await nameOf()).toBe(before);
}

test('what an account may do with a delay is announced, and executed when the chain’s clock says so', async () => {
  await announced();
  expect(await world.operations.find(key)).toBeUndefined();
  await client.increaseTime({ seconds: DAY });
  await client.mine({ blocks: 1 });
  expect(await finished()).toBeNull();
  expect(await nameOf()).toBe(`Name ${runs}`);
  expect(await dueAt()).toBe(0);
});

test('what the guardian cancels meanwhile is not executed', async () => {
  const before = await nameOf();
  await announced();
  const guardian = privateKeyToAccount(localKey(LOCAL_INDEX.guardian));
  const args = [localSender('admin'), suite.token, data] as const;
  await client.writeContract({ address: manager, abi: managerAbi, functionName: 'cancel', args, account: guardian });
  expect(await finished()).toMatch(/its schedule is gone: the guardian cancelled it or it expired/);
  expect(await nameOf()).toBe(before);
  expect(await world.operations.find(key)).toBeUndefined();
});

test('what nobody executed for a week has expired', async () => {
  const before = await nameOf();
  await announced();
  await client.increaseTime({ seconds: 9 * DAY });
  await client.mine({ blocks: 1 });
  expect(await finished()).toMatch(/its schedule is gone/);
  expect(await nameOf()).toBe(before);
});
