import {
  type Abi,
  type Address,
  createWalletClient,
  encodeAbiParameters,
  encodeDeployData,
  encodeFunctionData,
  getAddress,
  type Hex,
  http,
  keccak256,
  maxUint96,
  parseEventLogs,
  toFunctionSelector,
  toHex,
  zeroAddress,
} from 'viem';
import { foundry } from 'viem/chains';
import { Contracts } from '../../../backend/src/chain/contracts.js';
import { Operations } from '../../../backend/src/chain/operations.js';
import { Projection } from '../../../backend/src/chain/projection/projection.js';
import type { SenderRole } from '../../../backend/src/chain/signer.js';
import { Transactions } from '../../../backend/src/chain/transactions.js';
import { claimsTypedData, dataHashOf } from '../../../backend/src/kyc/claims.js';
import { localSender } from '../../../backend/src/local/accounts.js';
import { artifactOf } from '../../../backend/src/local/artifacts.js';
import { countryNumber } from '../../../backend/src/parties/countries.js';
import { identityRegistryAbi, identityStorageAbi, securityTokenAbi, tokenFactoryAbi } from '../../../contracts/generated/abi.js';
import { randomAccount } from '../support/api.js';
import { rpc, type World } from './world.js';

const AgentRole = { MINTER: 1, FREEZER: 4, PAUSER: 8, FORCED: 16, RECOVERY: 32, REGISTRAR: 64 };

export type TestSuite = { token: Address; registry: Address; symbol: string };

/** Sends a call through the pipeline and waits for it. */
export async function send(world: World, businessKey: string, sender: SenderRole, call: { to: Address; data: `0x${string}` }) {
  const { id } = await world.app.get(Transactions).enqueue({ businessKey, sender, ...call });
  return world.app.get(Operations).confirmed(id);
}

/** A token of the real contracts for investors of some countries, deployed through the pipeline, open, with `admin` as its minter. */
export async function deploySuite(world: World, symbol: string, countries: string[] = ['SE', 'DE', 'GB']): Promise<TestSuite> {
  const contracts = world.app.get(Contracts);
  const topics = [1n, 2n];
  const officerRoles = AgentRole.FREEZER | AgentRole.PAUSER | AgentRole.FORCED | AgentRole.RECOVERY;
  const suite = {
    name: `Test ${symbol}`,
    symbol,
    decimals: 2,
    owner: localSender('admin'),
    upgrader: localSender('admin'),
    guardian: localSender('officer'),
    snapshotter: localSender('snapshotter'),
    manager: zeroAddress,
    identityStorage: contracts.address('identityStorage'),
    topics,
    issuers: [{ issuer: localSender('claimIssuer'), topics }],
    rules: [
      { rule: contracts.address('countryAllow'), parameters: encodeAbiParameters([{ type: 'uint16[]' }], [countries.map(countryNumber)]) },
      { rule: contracts.address('maximumBalance'), parameters: encodeAbiParameters([{ type: 'uint256' }], [100_000n]) },
    ],
    agents: [
      { agent: localSender('admin'), roles: AgentRole.MINTER, mintCap: maxUint96 },
      { agent: localSender('officer'), roles: officerRoles, mintCap: 0n },
    ],
    registrars: [{ agent: localSender('registrar'), roles: AgentRole.REGISTRAR, mintCap: 0n }],
    forcedDelay: 0,
    recoveryDelay: 0,
    adminDelay: 0,
    upgradeDelay: 0,
  };
  const factory = contracts.address('tokenFactory');
  await send(
    world,
    `suite:${symbol}`,
    'admin',
    contracts.call(factory, { abi: tokenFactoryAbi, functionName: 'deploySuite', args: [symbol, suite] }),
  );
  const [deployed] = await world.app.get(Projection).events({ name: 'TREXSuiteDeployed', args: { salt: keccak256(toHex(symbol)) } });
  if (!deployed) throw new Error(`The suite ${symbol} was not projected.`);
  const { token, ir } = deployed.args as { token: Address; ir: Address };
  await send(world, `unpause:${symbol}`, 'admin', contracts.call(token, { abi: securityTokenAbi, functionName: 'unpause' }));
  return { token: getAddress(token), registry: getAddress(ir), symbol };
}

export async function mint(world: World, { token, symbol }: TestSuite, to: Address, units: bigint): Promise<void> {
  const key = `mint:${symbol}:${to}:${units}`;
  await send(
    world,
    key,
    'admin',
    world.app.get(Contracts).call(token, { abi: securityTokenAbi, functionName: 'mint', args: [to, units, keccak256(toHex(key))] }),
  );
}

/** A suite that somebody whom we do not know deploys through our factory, on an identity storage of his own, and in which he has verified
 *  a wallet by himself.
 *  @returns its parts, and the block in which it came to be */
export async function deployStrangersSuite(world: World, wallet: Address): Promise<{ token: Address; registry: Address; block: bigint }> {
  const contracts = world.app.get(Contracts);
  const client = contracts.publicClient;
  const account = randomAccount();
  await rpc(world.anvil.url, 'anvil_setBalance', [account.address, toHex(10n ** 18n)]);
  const stranger = createWalletClient({ account, chain: foundry, transport: http(world.anvil.url) });
  const mined = async (transaction: { to?: Address; data: Hex }) =>
    client.waitForTransactionReceipt({ hash: await stranger.sendTransaction(transaction), pollingInterval: 20 });
  const create = async (name: string, ...args: unknown[]): Promise<Address> => {
    const { abi, bytecode } = artifactOf(name);
    const { contractAddress } = await mined({ data: encodeDeployData({ abi, bytecode, args }) });
    if (!contractAddress) throw new Error(`${name} was not deployed.`);
    return getAddress(contractAddress);
  };
  const call = (to: Address, abi: Abi, functionName: string, ...args: unknown[]) =>
    mined({ to, data: encodeFunctionData({ abi, functionName, args }) });

  const factory = contracts.address('tokenFactory');
  const manager = await create('AccessManager', account.address);
  const storage = await create('IdentityStorage', manager, account.address, contracts.address('identityFactory'));
  const { abi: managerAbi } = artifactOf('AccessManager');
  await call(manager, managerAbi, 'setTargetFunctionRole', storage, [toFunctionSelector('bindIdentityRegistry(address)')], 1n);
  await call(manager, managerAbi, 'grantRole', 1n, factory, 0);
  await call(storage, identityStorageAbi, 'addIssuer', account.address);
  const suite = {
    name: 'Not ours',
    symbol: 'STRANGE',
    decimals: 2,
    owner: account.address,
    upgrader: account.address,
    guardian: account.address,
    snapshotter: account.address,
    manager: zeroAddress,
    identityStorage: storage,
    topics: [1n],
    issuers: [{ issuer: account.address, topics: [1n] }],
    rules: [],
    agents: [],
    registrars: [{ agent: account.address, roles: AgentRole.REGISTRAR, mintCap: 0n }],
    forcedDelay: 0,
    recoveryDelay: 0,
    adminDelay: 0,
    upgradeDelay: 0,
  };
  const { logs, blockNumber: block } = await call(factory, tokenFactoryAbi, 'deploySuite', 'STRANGE', suite);
  const [deployed] = parseEventLogs({ abi: tokenFactoryAbi, eventName: 'TREXSuiteDeployed', logs });
  if (!deployed) throw new Error('The stranger deployed nothing.');
  const { token, ir: registry } = deployed.args;

  const salt = keccak256(toHex('strange'));
  const identity = await contracts.read({ address: storage, abi: identityStorageAbi, functionName: 'predictIdentity', args: [salt] });
  const { timestamp } = await client.getBlock();
  const issuedAt = Number(timestamp);
  const dataHash = dataHashOf(toHex(1, { size: 32 }), toHex(2, { size: 32 }));
  const claim = { issuer: account.address, identity, topic: 1n, dataHash, issuedAt, validUntil: issuedAt + 86_400, nonce: 1 };
  const signature = await account.signTypedData(claimsTypedData([claim], 31337, storage));
  await call(registry, identityRegistryAbi, 'onboard', { wallet, salt, country: countryNumber('SE') }, [claim], signature);
  return { token, registry, block };
}
