// Muniment on the chain: everything that is deployed once, and the means to deploy suites and onboard investors as users do.
// The same shape as `trex.mjs`, so that both are measured by the same lines.
import { encodeAbiParameters, keccak256, parseAbiParameters, parseUnits, toHex, zeroAddress } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { forgeArtifact } from './artifacts.mjs';
import { addressOf, DAY } from './chain.mjs';

const ROLE = { MINTER: 1, FORCED: 16, REGISTRAR: 64 };
const GERMANY = 276;
const KYC = 1;
const units = (amount) => parseUnits(amount, 18);
const selector = (signature) => keccak256(toHex(signature)).slice(0, 10);

/** The rules of the target "3 rules". The third is to be the time limit that the T-REX column has. */
const THIRD_RULE = {
  contract: 'VolumeLimit',
  parameters: '(uint32 length, uint112 units)[], address[]',
  values: [[{ length: 30 * DAY, units: units('1000000') }], []],
};
const COUNTRIES = { contract: 'CountryAllow', parameters: 'uint16[]', values: [[GERMANY, 840, 250, 756]] };
const MAXIMUM = { contract: 'MaximumBalance', parameters: 'uint256', values: [units('1000000')] };
const THREE_RULES = [COUNTRIES, MAXIMUM, THIRD_RULE];
const lockup = (lockReceived) => ({ contract: 'Lockup', parameters: 'uint32, bool', values: [30 * DAY, lockReceived] });

/** @param chain from `startChain` */
export async function createMuniment(chain) {
  const { send, read } = chain;
  const [operator, agent] = ['operator', 'agent'].map(addressOf);
  /** What stands at an address, for whoever reads a trace. */
  const names = new Map();
  async function deploy(name, args) {
    const contract = await chain.deploy(operator, forgeArtifact(name), args);
    names.set(contract.address.toLowerCase(), name);
    return contract;
  }

  const manager = await deploy('AccessManagerUpgradeable');
  await send(operator, manager, 'initialize', [operator]);
  const identityImplementation = await deploy('Identity');
  const identityFactory = await deploy('IdentityFactory', [manager.address, identityImplementation.address]);
  const storage = await deploy('IdentityStorage', [manager.address, operator, identityFactory.address]);
  const explanations = await deploy('SecurityTokenExplanations');
  const extension = await deploy('SecurityTokenExtension', [explanations.address]);
  const implementation = await deploy('SecurityToken', [extension.address]);
  const registryImplementation = await deploy('IdentityRegistry');
  const ruleTable = await deploy('RuleTable');
  const compliance = await deploy('Compliance', [ruleTable.address]);
  const issuerManager = await deploy('IssuerManager');
  const parts = [implementation, registryImplementation, compliance, issuerManager].map(({ address }) => address);
  const factory = await deploy('TokenFactory', parts);
  const binder = 1n;
  await send(operator, manager, 'setTargetFunctionRole', [storage.address, [selector('bindIdentityRegistry(address)')], binder]);
  await send(operator, manager, 'grantRole', [binder, factory.address, 0]);

  /** Rule contracts by name and number: a token has each rule once, so `number` makes another. */
  const ruleContracts = new Map();
  async function ruleContract(name, number = 0) {
    const key = `${name} ${number}`;
    if (!ruleContracts.has(key)) ruleContracts.set(key, await deploy(name));
    return ruleContracts.get(key).address;
  }

  /** @returns rules with their parameters, as a suite takes them */
  async function bind(rules) {
    const bound = [];
    for (const { contract, parameters, values, number } of rules) {
      const encoded = encodeAbiParameters(parseAbiParameters(parameters), values);
      bound.push({ rule: await ruleContract(contract, number), parameters: encoded });
    }
    return bound;
  }

  /** Claim issuers, numbered from 1, in the order in which the storage's table takes them. */
  const issuers = [];
  async function issuer(number) {
    while (issuers.length < number) {
      const account = privateKeyToAccount(keccak256(toHex(`issuer ${issuers.length + 1}`)));
      await send(operator, storage, 'addIssuer', [account.address]);
      issuers.push(account);
    }
    return issuers[number - 1];
  }

  /** @param topics required claim topics   @param trusted number of trusted issuers, each trusted on all topics
   *  @returns the suite, and the gas of its deployment */
  async function deploySuite(salt, { rules = [], topics = [KYC], trusted = 1 } = {}) {
    await issuer(trusted);
    const suite = {
      name: `Benchmark ${salt}`,
      symbol: salt.toUpperCase(),
      decimals: 18,
      owner: operator,
      upgrader: operator,
      guardian: operator,
      snapshotter: operator,
      manager: zeroAddress,
      identityStorage: storage.address,
      topics,
      issuers: issuers.slice(0, trusted).map(({ address }) => ({ issuer: address, topics })),
      rules,
      agents: [{ agent, roles: ROLE.MINTER | ROLE.FORCED, mintCap: units('1000000000') }],
      registrars: [{ agent, roles: ROLE.REGISTRAR, mintCap: 0n }],
      forcedDelay: DAY,
      recoveryDelay: 2 * DAY,
      adminDelay: DAY,
      upgradeDelay: 2 * DAY,
    };
    const address = await read(factory, 'predictToken', [operator, salt]);
    const { gasUsed } = await send(operator, factory, 'deploySuite', [salt, suite]);
    const token = { address, abi: forgeArtifact('ISecurityToken').abi };
    const registry = { address: await read(token, 'identityRegistry'), abi: registryImplementation.abi };
    names.set(address.toLowerCase(), 'TokenProxy');
    names.set((await read(token, 'compliance')).toLowerCase(), 'compliance clone');
    return { token, registry, gasUsed };
  }

  /** Unpauses as an owner does: announced, and after the delay. */
  async function launch(suites) {
    for (const { token } of suites) {
      const authority = await read({ address: token.address, abi: forgeArtifact('IAccessManaged').abi }, 'authority');
      await send(operator, { address: authority, abi: manager.abi }, 'schedule', [token.address, selector('unpause()'), 0]);
    }
    await chain.passTime(DAY);
    for (const { token } of suites) await send(operator, token, 'unpause');
  }

  /** Onboards wallets in one transaction: identity, link, country and claims under one signature. Every token of the storage knows
   *  them from then on.
   *  @param by number of the claim issuer
   *  @returns gas of all together */
  async function onboard({ registry }, wallets, { topics = [KYC], by = 1 } = {}) {
    const signer = await issuer(by);
    const time = await chain.now();
    const investors = wallets.map((wallet) => ({ wallet, salt: keccak256(wallet), country: GERMANY }));
    const identities = await Promise.all(investors.map(({ salt }) => read(identityFactory, 'predict', [salt])));
    const claims = identities.flatMap((identity, i) =>
      topics.map((topic) => ({
        issuer: signer.address,
        identity,
        topic,
        dataHash: keccak256(wallets[i]),
        issuedAt: time,
        validUntil: time + 365 * DAY,
        nonce: 1,
      })),
    );
    const signature = await signer.sign({ hash: await read(storage, 'claimsDigest', [claims]) });
    const [functionName, first] = wallets.length === 1 ? ['onboard', investors[0]] : ['onboardBatch', investors];
    return (await send(agent, registry, functionName, [first, claims, signature])).gasUsed;
  }

  /** A further wallet of an investor. */
  async function linkWallet({ registry }, owner, wallet) {
    const identity = await read(registry, 'identity', [owner]);
    await send(agent, registry, 'registerIdentity', [wallet, identity, GERMANY]);
  }

  return {
    chain,
    agent,
    names,
    /** Investors that one transaction onboards at most. */
    atOnce: 125,
    rules: THREE_RULES.map(({ contract }) => contract).join(' + '),
    /** The target of a suite's deployment is with the three rules. */
    deploysRules: true,
    deploySuite,
    launch,
    onboard,
    linkWallet,
    issuer,
    /** Investors of one suite are known to all: the storage is shared. */
    admit: async () => {},
    announce: async ({ token }, movement) =>
      (await send(agent, token, 'scheduleForcedTransfer', [...movement, keccak256(toHex('court order'))])).gasUsed,
    threeRules: () => bind(THREE_RULES),
    withLockup: (lockReceived) => bind([COUNTRIES, MAXIMUM, lockup(lockReceived)]),
    lockupAlone: () => bind([lockup(false)]),
    maximumBalances: (count) => bind(Array.from({ length: count }, (_, number) => ({ ...MAXIMUM, number }))),
  };
}
