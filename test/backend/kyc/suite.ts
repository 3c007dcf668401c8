import { type Address, encodeAbiParameters, getAddress, keccak256, maxUint96, toHex, zeroAddress } from 'viem';
import { Contracts } from '../../../backend/src/chain/contracts.js';
import { Operations } from '../../../backend/src/chain/operations.js';
import { Projection } from '../../../backend/src/chain/projection/projection.js';
import type { SenderRole } from '../../../backend/src/chain/signer.js';
import { Transactions } from '../../../backend/src/chain/transactions.js';
import { localSender } from '../../../backend/src/local/accounts.js';
import { countryNumber } from '../../../backend/src/parties/countries.js';
import { securityTokenAbi, tokenFactoryAbi } from '../../../contracts/generated/abi.js';
import type { World } from './world.js';

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
