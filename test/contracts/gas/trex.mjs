// T-REX 4.1.6 on the chain, from the artifacts of its npm packages: six implementations, authorities and factories, then suites and
// investors as its users make them. The same shape as `muniment.mjs`, so that both are measured by the same lines.
import { encodeAbiParameters, encodeFunctionData, keccak256, parseUnits, toHex, zeroAddress } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { onchainIdArtifact, trexArtifact } from './artifacts.mjs';
import { addressOf, DAY } from './chain.mjs';

const GERMANY = 276;
const KYC = 1;
const CLAIM_KEY = 3n;
const ECDSA = 1n;
const units = (amount) => parseUnits(amount, 18);
const keyOf = (address) => keccak256(encodeAbiParameters([{ type: 'address' }], [address]));
/** What `deployTREXSuite` takes at most; the rest is added afterwards. */
const AT_DEPLOYMENT = 5;

const COUNTRIES = { contract: 'CountryAllowModule', setter: 'batchAllowCountries', values: [[GERMANY, 840, 250, 756]] };
const MAXIMUM = { contract: 'MaxBalanceModule', setter: 'setMaxBalance', values: [units('1000000')] };
const TIME_LIMIT = {
  contract: 'TimeTransfersLimitsModule',
  setter: 'setTimeTransferLimit',
  values: [{ limitTime: 30 * DAY, limitValue: units('1000000') }],
};
const THREE_RULES = [COUNTRIES, MAXIMUM, TIME_LIMIT];

/** @param chain from `startChain` */
export async function createTrex(chain) {
  const { send, read } = chain;
  const [operator, agent] = ['operator', 'agent'].map(addressOf);
  const deploy = (path, args) => chain.deploy(operator, trexArtifact(path), args);
  const deployId = (path, args) => chain.deploy(operator, onchainIdArtifact(path), args);
  const at = (address, path) => ({ address, abi: trexArtifact(path).abi });

  const version = {
    tokenImplementation: (await deploy('token/Token')).address,
    ctrImplementation: (await deploy('registry/implementation/ClaimTopicsRegistry')).address,
    irImplementation: (await deploy('registry/implementation/IdentityRegistry')).address,
    irsImplementation: (await deploy('registry/implementation/IdentityRegistryStorage')).address,
    tirImplementation: (await deploy('registry/implementation/TrustedIssuersRegistry')).address,
    mcImplementation: (await deploy('compliance/modular/ModularCompliance')).address,
  };
  const authority = await deploy('proxy/authority/TREXImplementationAuthority', [true, zeroAddress, zeroAddress]);
  await send(operator, authority, 'addAndUseTREXVersion', [{ major: 4, minor: 1, patch: 6 }, version]);
  const identityImplementation = await deployId('Identity', [operator, true]);
  const identityAuthority = await deployId('proxy/ImplementationAuthority', [identityImplementation.address]);
  const identityFactory = await deployId('factory/IdFactory', [identityAuthority.address]);
  const factory = await deploy('factory/TREXFactory', [authority.address, identityFactory.address]);
  await send(operator, identityFactory, 'addTokenFactory', [factory.address]);

  /** Modules by name and number: a compliance has each once, so `number` makes another proxy of the same implementation. */
  const implementations = new Map();
  const proxies = new Map();
  async function moduleOf(contract, number = 0) {
    const path = `compliance/modular/modules/${contract}`;
    if (!implementations.has(contract)) implementations.set(contract, await deploy(path));
    const { address, abi } = implementations.get(contract);
    const key = `${contract} ${number}`;
    if (!proxies.has(key)) {
      const initialize = encodeFunctionData({ abi, functionName: 'initialize' });
      proxies.set(key, (await deploy('compliance/modular/modules/ModuleProxy', [address, initialize])).address);
    }
    return { address: proxies.get(key), abi };
  }

  /** @returns modules with the call that sets them, as a suite takes them */
  async function bind(rules) {
    const bound = [];
    for (const { contract, setter, values, number } of rules) {
      const { address, abi } = await moduleOf(contract, number);
      bound.push({ module: address, setting: encodeFunctionData({ abi, functionName: setter, args: values }) });
    }
    return bound;
  }

  /** Claim issuers, numbered from 1: a contract each, and the account whose key signs for it. */
  const issuers = [];
  async function issuer(number) {
    while (issuers.length < number) {
      const signer = privateKeyToAccount(keccak256(toHex(`issuer ${issuers.length + 1}`)));
      const contract = await deployId('ClaimIssuer', [operator]);
      await send(operator, contract, 'addKey', [keyOf(signer.address), CLAIM_KEY, ECDSA]);
      issuers.push({ signer, address: contract.address });
    }
    return issuers[number - 1];
  }

  /** @param topics required claim topics   @param trusted number of trusted issuers, each trusted on all topics
   *  @returns the suite, and the gas of its deployment */
  async function deploySuite(salt, { rules = [], topics = [KYC], trusted = 1 } = {}) {
    await issuer(trusted);
    const trustedIssuers = issuers.slice(0, trusted).map(({ address }) => address);
    const details = {
      owner: operator,
      name: `Benchmark ${salt}`,
      symbol: salt.toUpperCase(),
      decimals: 18,
      irs: zeroAddress,
      ONCHAINID: zeroAddress,
      irAgents: [agent],
      tokenAgents: [agent],
      complianceModules: rules.slice(0, AT_DEPLOYMENT).map(({ module }) => module),
      complianceSettings: rules.slice(0, AT_DEPLOYMENT).map(({ setting }) => setting),
    };
    const first = trustedIssuers.slice(0, AT_DEPLOYMENT);
    const claims = { claimTopics: topics, issuers: first, issuerClaims: first.map(() => topics) };
    const { gasUsed } = await send(operator, factory, 'deployTREXSuite', [salt, details, claims]);

    const token = at(await read(factory, 'getToken', [salt]), 'token/Token');
    const registry = at(await read(token, 'identityRegistry'), 'registry/implementation/IdentityRegistry');
    const compliance = at(await read(token, 'compliance'), 'compliance/modular/ModularCompliance');
    for (const { module, setting } of rules.slice(AT_DEPLOYMENT)) {
      await send(operator, compliance, 'addModule', [module]);
      await send(operator, compliance, 'callModuleFunction', [setting, module]);
    }
    const trustedRegistry = at(await read(registry, 'issuersRegistry'), 'registry/implementation/TrustedIssuersRegistry');
    for (const address of trustedIssuers.slice(AT_DEPLOYMENT)) await send(operator, trustedRegistry, 'addTrustedIssuer', [address, topics]);
    return { token, registry, gasUsed };
  }

  async function launch(suites) {
    for (const { token } of suites) await send(agent, token, 'unpause');
  }

  const identities = new Map();
  const identityOf = (wallet) => ({ address: identities.get(wallet), abi: identityImplementation.abi });

  /** @returns the arguments of `addClaim` that an investor sends */
  async function claim(wallet, topic, { signer, address }) {
    const data = keccak256(wallet);
    const types = [{ type: 'address' }, { type: 'uint256' }, { type: 'bytes' }];
    const statement = keccak256(encodeAbiParameters(types, [identities.get(wallet), topic, data]));
    const signature = await signer.signMessage({ message: { raw: statement } });
    return [topic, ECDSA, address, signature, data, ''];
  }

  /** Registers wallets whose identity exists with the suite, which has a storage of its own. @returns gas */
  async function admit({ registry }, wallets) {
    const known = wallets.map((wallet) => identities.get(wallet));
    if (wallets.length === 1) return (await send(agent, registry, 'registerIdentity', [wallets[0], known[0], GERMANY])).gasUsed;
    return (await send(agent, registry, 'batchRegisterIdentity', [wallets, known, wallets.map(() => GERMANY)])).gasUsed;
  }

  /** Onboards wallets: createIdentity, and addClaim by the investor, for each, which T-REX cannot batch; then registration in one
   *  transaction.
   *  @param by number of the claim issuer
   *  @returns gas of all together */
  async function onboard(suite, wallets, { topics = [KYC], by = 1 } = {}) {
    const claimIssuer = await issuer(by);
    const created = await chain.sendAll(
      wallets.map((wallet) => [operator, identityFactory, 'createIdentity', [wallet, wallet.slice(2, 10)]]),
    );
    const claims = [];
    for (const wallet of wallets) {
      identities.set(wallet, await read(identityFactory, 'getIdentity', [wallet]));
      for (const topic of topics) claims.push([wallet, identityOf(wallet), 'addClaim', await claim(wallet, topic, claimIssuer)]);
    }
    return created + (await chain.sendAll(claims)) + (await admit(suite, wallets));
  }

  return {
    chain,
    agent,
    /** Investors that are registered together: no limit but gas. */
    atOnce: 500,
    rules: THREE_RULES.map(({ contract }) => contract).join(' + '),
    deploysRules: false,
    deploySuite,
    launch,
    onboard,
    admit,
    issuer,
    /** A forced transfer needs no announcement here. */
    announce: async () => 0,
    threeRules: () => bind(THREE_RULES),
    maximumBalances: (count) => bind(Array.from({ length: count }, (_, number) => ({ ...MAXIMUM, number }))),
  };
}
