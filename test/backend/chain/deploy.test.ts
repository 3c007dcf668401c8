import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getContract } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localSender } from '../../../backend/src/local/accounts.js';
import { type LocalChain, startAnvil } from '../../../backend/src/local/chain.js';
import { deployInfrastructure } from '../../../backend/src/local/deploy.js';
import { identityStorageAbi } from '../../../contracts/generated/abi.js';
import { startWorld, testClient } from './world.js';

const folder = mkdtempSync(join(tmpdir(), 'muniment-deploy-'));
const manifestFile = join(folder, 'deployment.json');
const stateFile = join(folder, 'chain', 'state.json');
let chain: LocalChain;

beforeAll(async () => {
  chain = await startAnvil({ stateFile });
});
afterAll(async () => {
  await chain?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('the shared contracts of the local chain', () => {
  it('are deployed once and found again, also after a restart of the chain', async () => {
    const names: string[] = [];
    const first = await deployInfrastructure({ rpcUrl: chain.url, manifestFile, onProgress: (_, __, name) => names.push(name) });
    const sent = await testClient(chain.url).getBlockNumber();
    expect(sent).toBe(BigInt(names.length));
    expect(await deployInfrastructure({ rpcUrl: chain.url, manifestFile })).toEqual(first);

    await chain.stop();
    expect(existsSync(stateFile)).toBe(true);
    chain = await startAnvil({ stateFile });
    expect(await deployInfrastructure({ rpcUrl: chain.url, manifestFile })).toEqual(first);
    expect(await testClient(chain.url).getBlockNumber()).toBe(sent);

    // A lost manifest is made again from the chain: step n is transaction n.
    const manifest = readFileSync(manifestFile, 'utf8');
    rmSync(manifestFile);
    const again = await deployInfrastructure({ rpcUrl: chain.url, manifestFile });
    expect(again.contracts).toEqual(first.contracts);
    expect(await testClient(chain.url).getBlockNumber()).toBe(sent);
    expect(manifest).toContain(first.contracts.tokenFactory);
  });

  it('leave no power with the deployer, and know the claim issuer', async () => {
    const { contracts } = await deployInfrastructure({ rpcUrl: chain.url, manifestFile });
    const storage = getContract({ address: contracts.identityStorage, abi: identityStorageAbi, client: testClient(chain.url) });
    expect(await storage.read.owner()).toBe(localSender('admin'));
    expect(await storage.read.issuerPlace([localSender('claimIssuer')])).toBe(1);
  });

  it('are what the service works with, and are checked at its start', async () => {
    const world = await startWorld(chain.url, { environment: { DEPLOYMENT_FILE: manifestFile } });
    try {
      await world.operations.confirmed((await world.effectless('noop:1')).id);
      const { body } = await (await world.api.signIn(world.staff.admin)).get('/v1/health/chain');
      expect(body).toMatchObject({ status: 'up', troubles: [] });
    } finally {
      await world.close({ keepDatabase: true });
    }
    const { contracts } = await deployInfrastructure({ rpcUrl: chain.url, manifestFile });
    const client = testClient(chain.url);
    const code = await client.getCode({ address: contracts.offering });
    await client.setCode({ address: contracts.offering, bytecode: '0x00' });
    await expect(startWorld(chain.url, { database: world.database, environment: { DEPLOYMENT_FILE: manifestFile } })).rejects.toThrow(
      /^The code of offering at 0x\w+ is not what was deployed there\.$/,
    );
    await client.setCode({ address: contracts.offering, bytecode: code ?? '0x' });
    await world.database.drop();
  });

  it('outlive a launcher that was killed: the next one ends its chain and goes on from its state', async () => {
    const height = await testClient(chain.url).getBlockNumber();
    const orphan = chain;
    chain = await startAnvil({ stateFile });
    expect(await testClient(chain.url).getBlockNumber()).toBe(height);
    await expect(testClient(orphan.url).getBlockNumber()).rejects.toThrow();
  });

  it('cannot share a port with anything else', async () => {
    const port = Number(new URL(chain.url).port);
    await expect(startAnvil({ port })).rejects.toThrow(
      `Port ${port} for the local chain is taken: stop what uses it or choose another port.`,
    );
  });
});
