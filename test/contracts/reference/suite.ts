import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Abi,
  type Address,
  createTestClient,
  type Hex,
  http,
  keccak256,
  type Log,
  publicActions,
  toHex,
  type WalletActions,
  walletActions,
  zeroAddress,
} from 'viem';
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { foundry } from 'viem/chains';
import type { Deployment } from '../../../backend/src/chain/deployment.js';
import { localKey } from '../../../backend/src/chain/settings.js';
import { SENDER_ROLES, type SenderRole } from '../../../backend/src/chain/signer.js';
import { deployInfrastructure } from '../../../backend/src/local/deploy.js';
import { identityFactoryAbi, identityStorageAbi, securityTokenAbi, tokenFactoryAbi } from '../../../contracts/generated/abi.js';
import { startAnvil } from '../../backend/support/anvil.js';

export const DAY = 86_400;
export const GERMANY = 276;
const KYC = 1n;
const AGENT_OF_EVERYTHING = 0b11_1111;
const REGISTRAR = 0b100_0000;
const GAS_MONEY = 10n ** 18n;

const clientOf = (url: string) =>
  createTestClient({ mode: 'anvil', chain: foundry, transport: http(url), cacheTime: 0, pollingInterval: 20 })
    .extend(publicActions)
    .extend(walletActions);

type Client = ReturnType<typeof clientOf>;
type Sent = { logs: Log[] };
type Rule = { rule: Address; parameters: Hex };

export type Investor = { account: PrivateKeyAccount; wallet: Address; identity: Address };

export type Suite = {
  client: Client;
  contracts: Deployment['contracts'];
  token: Address;
  registry: Address;
  compliance: Address;
  /** `admin` owns the token, `agent` has every office of an agent and registers. */
  admin: PrivateKeyAccount;
  agent: PrivateKeyAccount;
  send(from: PrivateKeyAccount, address: Address, abi: Abi, functionName: string, args?: unknown[]): Promise<Sent>;
  read(address: Address, abi: Abi, functionName: string, args?: unknown[]): Promise<unknown>;
  pass(seconds: number): Promise<void>;
  /** A person with a wallet, and an identity that the storage knows; not registered, no claim. */
  newInvestor(): Promise<Investor>;
  /** The KYC claim of our issuer for identities, under one signature. */
  writeClaims(investors: Investor[]): Promise<void>;
  close(): Promise<void>;
};

function accountOf(role: SenderRole): PrivateKeyAccount {
  return privateKeyToAccount(localKey(SENDER_ROLES.indexOf(role) + 1));
}

/** Our contracts on a chain of their own with one suite: administered without delay, enforcement announced as in production.
 *  @param rules of the suite, from the shared contracts */
export async function startSuite(rules: (contracts: Deployment['contracts']) => Rule[]): Promise<Suite> {
  const folder = await mkdtemp(join(tmpdir(), 'muniment-reference-'));
  const anvil = await startAnvil();
  const close = async (): Promise<void> => {
    await anvil.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const { contracts } = await deployInfrastructure({ rpcUrl: anvil.url, manifestFile: join(folder, 'deployment.json') });
    return { ...(await deploySuite(clientOf(anvil.url), contracts, rules(contracts))), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function deploySuite(client: Client, contracts: Deployment['contracts'], rules: Rule[]): Promise<Omit<Suite, 'close'>> {
  const admin = accountOf('admin');
  const claimIssuer = accountOf('claimIssuer');
  const agent = privateKeyToAccount(generatePrivateKey());
  await client.setBalance({ address: agent.address, value: GAS_MONEY });

  const confirmed = async (hash: Hex): Promise<Sent> => {
    const receipt = await client.waitForTransactionReceipt({ hash });
    if (receipt.status !== 'success') throw new Error(`The transaction ${hash} reverted.`);
    return receipt;
  };
  const send: Suite['send'] = async (from, address, abi, functionName, args = []) => {
    const { request } = await client.simulateContract({ account: from, address, abi, functionName, args });
    return confirmed(await client.writeContract(request as Parameters<WalletActions['writeContract']>[0]));
  };
  const read: Suite['read'] = (address, abi, functionName, args = []) => client.readContract({ address, abi, functionName, args });

  const suite = {
    name: 'Ravenswood 9415',
    symbol: 'RAV',
    decimals: 18,
    owner: admin.address,
    upgrader: admin.address,
    guardian: admin.address,
    snapshotter: admin.address,
    manager: zeroAddress,
    identityStorage: contracts.identityStorage,
    topics: [KYC],
    issuers: [{ issuer: claimIssuer.address, topics: [KYC] }],
    rules,
    agents: [{ agent: agent.address, roles: AGENT_OF_EVERYTHING, mintCap: 10n ** 24n }],
    registrars: [{ agent: agent.address, roles: REGISTRAR, mintCap: 0n }],
    forcedDelay: DAY,
    recoveryDelay: 2 * DAY,
    adminDelay: 0,
    upgradeDelay: 0,
  };
  const token = (await read(contracts.tokenFactory, tokenFactoryAbi, 'predictToken', [admin.address, 'suite'])) as Address;
  await send(admin, contracts.tokenFactory, tokenFactoryAbi, 'deploySuite', ['suite', suite]);
  const registry = (await read(token, securityTokenAbi, 'identityRegistry')) as Address;
  const compliance = (await read(token, securityTokenAbi, 'compliance')) as Address;

  const newInvestor = async (): Promise<Investor> => {
    const account = privateKeyToAccount(generatePrivateKey());
    await client.setBalance({ address: account.address, value: GAS_MONEY });
    const salt = keccak256(account.address);
    await send(account, contracts.identityStorage, identityStorageAbi, 'reserveIdentity', [salt]);
    const identity = (await read(contracts.identityFactory, identityFactoryAbi, 'predict', [salt])) as Address;
    return { account, wallet: account.address, identity };
  };
  const writeClaims = async (investors: Investor[]): Promise<void> => {
    const { timestamp } = await client.getBlock();
    const claims = investors.map(({ identity }) => ({
      issuer: claimIssuer.address,
      identity,
      topic: KYC,
      dataHash: keccak256(toHex('evidence')),
      issuedAt: Number(timestamp),
      validUntil: Number(timestamp) + 365 * DAY,
      nonce: 1,
    }));
    const digest = (await read(contracts.identityStorage, identityStorageAbi, 'claimsDigest', [claims])) as Hex;
    await send(agent, contracts.identityStorage, identityStorageAbi, 'writeClaims', [claims, await claimIssuer.sign({ hash: digest })]);
  };
  const pass = async (seconds: number): Promise<void> => {
    await client.increaseTime({ seconds });
    await client.mine({ blocks: 1 });
  };
  return { client, contracts, token, registry, compliance, admin, agent, send, read, pass, newInvestor, writeClaims };
}
