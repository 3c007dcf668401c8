import { type Address, encodeAbiParameters, type Hex } from 'viem';
import { countryNumber } from '../parties/countries.js';
import { parseAmount } from '../platform/schema/amount.js';
import type { InstrumentTerms } from './instruments.schema.js';

/** Bits of an agent word (contracts/interfaces/AgentRole.sol). */
export const AgentRole = {
  MINTER: 1,
  BURNER: 2,
  FREEZER: 4,
  PAUSER: 8,
  FORCED: 16,
  RECOVERY: 32,
  REGISTRAR: 64,
  PAYER: 128,
  SELLER: 256,
} as const;

export type SuiteParties = {
  issuer: Address;
  upgrader: Address;
  guardian: Address;
  registrar: Address;
  seller: Address;
  payer: Address;
  officer: Address;
  snapshotter: Address;
  claimIssuer: Address;
};

export type SuiteContracts = Record<
  'accessManager' | 'identityStorage' | 'offering' | 'countryAllow' | 'maximumBalance' | 'lockup' | 'supplyLimit',
  Address
>;

export type SuiteRequest = {
  name: string;
  symbol: string;
  decimals: number;
  terms: InstrumentTerms;
  parties: SuiteParties;
  contracts: SuiteContracts;
  /** On a development chain nothing is delayed. */
  development: boolean;
};

const DAY = 86_400;

/** Turns an instrument's terms into what TokenFactory.deploySuite takes. The rules stand in the order in which they are asked:
 *  countries, lock-up, maximum, supply. */
export function suiteOf({ name, symbol, decimals, terms, parties, contracts, development }: SuiteRequest) {
  const authorised = parseAmount(terms.authorisedUnits, decimals, 'terms.authorisedUnits');
  const topics = terms.claimTopics.map(BigInt);
  const rules: { rule: Address; parameters: Hex }[] = [
    { rule: contracts.countryAllow, parameters: encodeAbiParameters([{ type: 'uint16[]' }], [terms.countriesAllowed.map(countryNumber)]) },
  ];
  if (terms.lockupSeconds !== undefined) {
    const parameters = encodeAbiParameters([{ type: 'uint32' }, { type: 'bool' }], [terms.lockupSeconds, false]);
    rules.push({ rule: contracts.lockup, parameters });
  }
  if (terms.maximumBalance !== undefined) {
    const cap = parseAmount(terms.maximumBalance, decimals, 'terms.maximumBalance');
    rules.push({ rule: contracts.maximumBalance, parameters: encodeAbiParameters([{ type: 'uint256' }], [cap]) });
  }
  rules.push({ rule: contracts.supplyLimit, parameters: encodeAbiParameters([{ type: 'uint256' }], [authorised]) });
  const none = 0n;
  return {
    name,
    symbol,
    decimals,
    owner: parties.issuer,
    upgrader: parties.upgrader,
    guardian: parties.guardian,
    snapshotter: parties.snapshotter,
    manager: contracts.accessManager,
    identityStorage: contracts.identityStorage,
    topics,
    issuers: [{ issuer: parties.claimIssuer, topics }],
    rules,
    agents: [
      { agent: contracts.offering, roles: AgentRole.MINTER, mintCap: authorised < maxUint96 ? authorised : maxUint96 },
      { agent: parties.seller, roles: AgentRole.SELLER, mintCap: none },
      { agent: parties.payer, roles: AgentRole.PAYER, mintCap: none },
      {
        agent: parties.officer,
        roles: AgentRole.FREEZER | AgentRole.PAUSER | AgentRole.FORCED | AgentRole.RECOVERY,
        mintCap: none,
      },
    ],
    registrars: [{ agent: parties.registrar, roles: AgentRole.REGISTRAR, mintCap: none }],
    forcedDelay: development ? 0 : DAY,
    recoveryDelay: development ? 0 : 2 * DAY,
    adminDelay: development ? 0 : DAY,
    upgradeDelay: development ? 0 : 2 * DAY,
  };
}

const maxUint96 = 2n ** 96n - 1n;
