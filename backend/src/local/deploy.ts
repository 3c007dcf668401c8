import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import {
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
  zeroAddress,
} from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { CALENDARS, readCalendar } from '#calendar';
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

const ADMIN_ROLE = 0n;
/** Roles of the manager of what issuers share. */
const ROLE = {
  /** Binds registries to the identity storage; the token factory holds it. */
  BINDER: 1n,
  /** Configures feeds, their guard, calendars, proxies and appraisal streams, and resumes a halted feed: after a delay. */
  VALUATION_ADMIN: 2n,
  /** Says which feed values a token. */
  VALUATION_LISTER: 3n,
  /** Publishes held rounds and appraisals, and takes them out of use; nobody who signs for a feed holds it. */
  VALUATION_APPROVER: 4n,
  /** Halts feeds at once, and cancels what VALUATION_ADMIN or VALUATION_LISTER announced. */
  VALUATION_GUARDIAN: 5n,
} as const;
/** Seconds between the announcement of a change to a feed and its execution; a day or more where there is money. */
const VALUATION_DELAY = 3_600;
/** The same before a token is valued by another feed. None, for what is here goes to the local chain only: where there is money no less than
 *  VALUATION_DELAY, since another feed is another price. */
const LISTING_DELAY = 0;

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
  const encode = (name: string, functionName: string, ...args: unknown[]): Hex =>
    encodeFunctionData({ abi: artifactOf(name).abi, functionName, args });
  const call = (name: string, to: Address, functionName: string, ...args: unknown[]): void => {
    steps.push({ name: `${name}.${functionName}`, to, data: encode(name, functionName, ...args) });
  };
  const manage = (functionName: string, ...args: unknown[]): Hex => encode('IssuerManager', functionName, ...args);
  /** A call that the manager makes, so that many of them are one transaction. */
  const execute = (name: string, to: Address, functionName: string, ...args: unknown[]): Hex =>
    manage('execute', to, encode(name, functionName, ...args));

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
    valuationRegistry: deploy('ValuationRegistry', accessManager, marketCalendar),
    dealing: deploy('Dealing'),
    stablecoin: deploy('LocalStablecoin', deployer),
  };
  const { quorumFeed, valuationRegistry } = contracts;
  const { id, decimals, minimum, maximum, calmBps, guard, description, maxAge } = LOCAL_FEED;
  call('IssuerManager', accessManager, 'multicall', [
    ...CALENDARS.map(readCalendar).flatMap(({ id: calendar, source, years }) =>
      years.map(({ year, bitmap }) => execute('MarketCalendar', marketCalendar, 'setYear', calendar, year, bitmap, source)),
    ),
    execute('ValuationGuard', valuationGuard, 'setPolicy', id, guard),
    execute('QuorumFeed', quorumFeed, 'createFeed', id, decimals, minimum, maximum),
    execute('QuorumFeed', quorumFeed, 'setConfig', id, LOCAL_INDEX.reporters.map(localAddress), LOCAL_FEED.f),
    execute('QuorumFeed', quorumFeed, 'setCalmBand', id, calmBps),
  ]);
  const feedProxy = deploy('FeedProxy', accessManager, quorumFeed, id, description, maxAge, zeroAddress);
  const appraisalNavOracle = deploy('AppraisalNavOracle', accessManager);
  const appraisalSource = deploy('AppraisalSource', accessManager, appraisalNavOracle);
  call('IdentityStorage', identityStorage, 'addIssuer', localSender('claimIssuer'));

  const map = (target: Address, role: bigint, ...functions: string[]): Hex =>
    manage('setTargetFunctionRole', target, functions.map(toFunctionSelector), role);
  call('IssuerManager', accessManager, 'multicall', [
    map(identityStorage, ROLE.BINDER, 'bindIdentityRegistry(address)'),
    manage('grantRole', ROLE.BINDER, tokenFactory, 0),
    manage(
      'setTargetRole',
      [quorumFeed, valuationGuard, marketCalendar, feedProxy, appraisalNavOracle, appraisalSource],
      ROLE.VALUATION_ADMIN,
    ),
    manage('setTargetRole', [valuationRegistry], ROLE.VALUATION_LISTER),
    map(quorumFeed, ROLE.VALUATION_APPROVER, 'approvePending(bytes32,uint32,bytes32)', 'invalidate(bytes32,uint32,bytes32)'),
    map(appraisalNavOracle, ROLE.VALUATION_APPROVER, 'invalidateSnapshot(bytes32,bytes32,uint256,bytes32)'),
    map(appraisalSource, ROLE.VALUATION_APPROVER, 'approve(bytes32,int128,uint40)'),
    map(quorumFeed, ROLE.VALUATION_GUARDIAN, 'halt(bytes32)'),
    manage('setRoleGuardian', ROLE.VALUATION_ADMIN, ROLE.VALUATION_GUARDIAN),
    manage('setRoleGuardian', ROLE.VALUATION_LISTER, ROLE.VALUATION_GUARDIAN),
    manage('grantRole', ROLE.VALUATION_ADMIN, admin, VALUATION_DELAY),
    manage('grantRole', ROLE.VALUATION_LISTER, admin, LISTING_DELAY),
    manage('grantRole', ROLE.VALUATION_APPROVER, localSender('approver'), 0),
    manage('grantRole', ROLE.VALUATION_GUARDIAN, localSender('officer'), 0),
    manage('grantRole', ROLE.VALUATION_GUARDIAN, localAddress(LOCAL_INDEX.guardian), 0),
    manage('grantRole', ADMIN_ROLE, admin, 0),
    manage('renounceRole', ADMIN_ROLE, deployer),
  ]);
  return { steps, contracts: { ...contracts, feedProxy, appraisalNavOracle, appraisalSource } };
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
