import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  type Abi,
  type Address,
  concat,
  createPublicClient,
  createWalletClient,
  defineChain,
  encodeDeployData,
  encodeFunctionData,
  getContractAddress,
  type Hex,
  http,
  keccak256,
  type PublicClient,
  toFunctionSelector,
} from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { type Deployment, readDeployment } from '../chain/deployment.js';
import { localKey } from '../chain/settings.js';
import { ConfigError } from '../platform/config.js';
import { LOCAL_FEED, LOCAL_INDEX, localAddress, localSender } from './accounts.js';
import { artifactOf } from './artifacts.js';
import { LOCAL_CHAIN_ID } from './chain.js';

export type DeployOptions = {
  rpcUrl: string;
  /** Where the manifest is kept; the service reads it as DEPLOYMENT_FILE. */
  manifestFile: string;
  /** Told before each transaction. */
  onProgress?: (done: number, total: number, name: string) => void;
};

type Step = { name: string; to?: Address; data: Hex };

/** Role of the storage's manager that may bind registries; the token factory holds it. */
const BINDER_ROLE = 1n;
const ADMIN_ROLE = 0n;

/** Puts the shared contracts on the local chain, once: a second call finds them, and a call that was interrupted
 *  goes on where it stopped, for step n is the deployer's transaction n.
 *  @returns the manifest, as it stands in `manifestFile`
 *  @throws ConfigError when the chain is not a local one, or holds another version of the contracts */
export async function deployInfrastructure({ rpcUrl, manifestFile, onProgress }: DeployOptions): Promise<Deployment> {
  const client = createPublicClient({ transport: http(rpcUrl), cacheTime: 0 });
  const chainId = await client.getChainId();
  if (chainId !== LOCAL_CHAIN_ID)
    throw new ConfigError(`The chain at ${rpcUrl} has id ${chainId}; development contracts go to ${LOCAL_CHAIN_ID} only.`);
  const { steps, contracts } = plan();
  const version = keccak256(concat(steps.map((step) => keccak256(step.data))));
  const genesisHash = (await client.getBlock({ blockNumber: 0n })).hash;

  const found = existsSync(manifestFile) ? readDeployment(manifestFile) : undefined;
  if (found?.genesisHash === genesisHash) {
    if (found.version === version) return found;
    throw new ConfigError(`The local chain holds another version of the contracts. Delete ${dirname(manifestFile)} to start anew.`);
  }
  const fromBlock =
    (await client.getTransactionCount({ address: localAddress(LOCAL_INDEX.deployer) })) === 0 ? await client.getBlockNumber() : 0n;
  await send(client, rpcUrl, steps, onProgress);
  const deployment: Deployment = { chainId, genesisHash, version, fromBlock: fromBlock + 1n, contracts };
  save(manifestFile, deployment);
  return deployment;
}

/** The transactions of the deployer in their order, from nonce 0 on. */
function plan(): { steps: Step[]; contracts: Deployment['contracts'] } {
  const deployer = localAddress(LOCAL_INDEX.deployer);
  const admin = localSender('admin');
  const steps: Step[] = [];
  const create = (name: string, data: Hex): Address => {
    steps.push({ name, data });
    return getContractAddress({ from: deployer, nonce: BigInt(steps.length - 1) });
  };
  const deploy = (name: string, ...args: unknown[]): Address => {
    const { abi, bytecode } = artifactOf(name);
    return create(name, encodeDeployData({ abi, bytecode, args }));
  };
  const call = (name: string, to: Address, functionName: string, ...args: unknown[]): void => {
    const { abi } = artifactOf(name);
    steps.push({ name: `${name}.${functionName}`, to, data: encodeFunctionData({ abi: abi as Abi, functionName, args }) });
  };

  const managerCode = deploy('IssuerManager');
  const accessManager = create('IssuerManager clone', cloneOf(managerCode));
  call('IssuerManager', accessManager, 'initialize', deployer);
  const identityFactory = deploy('IdentityFactory', accessManager, deploy('Identity'));
  const identityStorage = deploy('IdentityStorage', accessManager, admin, identityFactory);
  const registry = deploy('IdentityRegistry');
  const token = deploy('SecurityToken', deploy('SecurityTokenExtension', deploy('SecurityTokenExplanations')));
  const compliance = deploy('Compliance', deploy('RuleTable'));
  const tokenFactory = deploy('TokenFactory', token, registry, compliance, managerCode);
  const marketCalendar = deploy('MarketCalendar', accessManager);
  const valuationGuard = deploy('ValuationGuard', accessManager, marketCalendar);
  const contracts = {
    accessManager,
    identityStorage,
    identityFactory,
    tokenFactory,
    countryAllow: deploy('CountryAllow'),
    maximumBalance: deploy('MaximumBalance'),
    lockup: deploy('Lockup'),
    supplyLimit: deploy('SupplyLimit'),
    offering: deploy('Offering'),
    distributor: deploy('Distributor'),
    marketCalendar,
    valuationGuard,
    quorumFeed: deploy('QuorumFeed', accessManager, valuationGuard),
    stablecoin: deploy('LocalStablecoin', deployer),
  };
  const reporters = LOCAL_INDEX.reporters.map(localAddress);
  const { id, decimals, minimum, maximum, calmBps, guard, description, maxAge } = LOCAL_FEED;
  call('ValuationGuard', valuationGuard, 'setPolicy', id, guard);
  call('QuorumFeed', contracts.quorumFeed, 'createFeed', id, decimals, minimum, maximum);
  call('QuorumFeed', contracts.quorumFeed, 'setConfig', id, reporters, LOCAL_FEED.f);
  call('QuorumFeed', contracts.quorumFeed, 'setCalmBand', id, calmBps);
  const feedProxy = deploy('FeedProxy', contracts.quorumFeed, id, decimals, description, maxAge);

  const bind = toFunctionSelector('bindIdentityRegistry(address)');
  call('IssuerManager', accessManager, 'setTargetFunctionRole', identityStorage, [bind], BINDER_ROLE);
  call('IssuerManager', accessManager, 'grantRole', BINDER_ROLE, tokenFactory, 0);
  call('IdentityStorage', identityStorage, 'addIssuer', localSender('claimIssuer'));
  call('IssuerManager', accessManager, 'grantRole', ADMIN_ROLE, admin, 0);
  call('IssuerManager', accessManager, 'renounceRole', ADMIN_ROLE, deployer);
  return { steps, contracts: { ...contracts, feedProxy } };
}

async function send(client: PublicClient, rpcUrl: string, steps: Step[], onProgress: DeployOptions['onProgress']): Promise<void> {
  const account = privateKeyToAccount(localKey(LOCAL_INDEX.deployer));
  const chain = defineChain({
    id: LOCAL_CHAIN_ID,
    name: 'local',
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  });
  const wallet = createWalletClient({ account, chain, transport: http(rpcUrl) });
  const done = await client.getTransactionCount({ address: account.address });
  for (const [nonce, { name, to, data }] of steps.entries()) {
    if (nonce < done) continue;
    onProgress?.(nonce, steps.length, name);
    const hash = await wallet.sendTransaction({ nonce, data, ...(to ? { to } : {}) });
    const { status } = await client.waitForTransactionReceipt({ hash, pollingInterval: 20 });
    if (status !== 'success') throw new Error(`The deployment of ${name} reverted.`);
  }
}

/** Creation code of an ERC-1167 clone. */
function cloneOf(implementation: Address): Hex {
  return concat(['0x3d602d80600a3d3981f3363d3d373d3d3d363d73', implementation, '0x5af43d82803e903d91602b57fd5bf3']);
}

/** Written whole or not at all. */
function save(file: string, deployment: Deployment): void {
  mkdirSync(dirname(file), { recursive: true });
  const text = JSON.stringify(deployment, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value), 2);
  writeFileSync(`${file}.new`, `${text}\n`);
  renameSync(`${file}.new`, file);
}
