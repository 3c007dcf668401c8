import {
  type Abi,
  BaseError,
  ContractFunctionRevertedError,
  decodeErrorResult,
  encodeAbiParameters,
  encodeFunctionData,
  getAddress,
  type Hex,
  isAddressEqual,
  keccak256,
  parseEventLogs,
  toHex,
  zeroAddress,
} from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { complianceAbi as ourComplianceAbi, securityTokenAbi } from '../../../contracts/generated/abi.js';
import { ourCode, trexAbi } from './artifacts.js';
import { DAY, GERMANY, type Investor, type Suite, startSuite } from './suite.js';

const FRANCE = 250;
const FREEZER = 4;
const tokenAbi = trexAbi('token/Token');
const registryAbi = trexAbi('registry/implementation/IdentityRegistry');
const storageAbi = trexAbi('registry/implementation/IdentityRegistryStorage');
const topicsAbi = trexAbi('registry/implementation/ClaimTopicsRegistry');
const issuersAbi = trexAbi('registry/implementation/TrustedIssuersRegistry');
const complianceAbi = trexAbi('compliance/modular/ModularCompliance');
const moduleAbi = (name: string) => trexAbi(`compliance/modular/modules/${name}`);
const maximumAbi = moduleAbi('MaxBalanceModule');

/** A back office written for T-REX 4.1.6, which knows no ABI but that of its artifacts. Ours appears where there is no such function
 *  there: identities and claims, and the announcement of enforcement. */
describe('a client of T-REX 4.1.6 works with our suite', () => {
  let suite: Suite;

  beforeAll(async () => {
    suite = await startSuite(({ maximumBalance }) => [
      { rule: maximumBalance, parameters: encodeAbiParameters([{ type: 'uint256' }], [1_000_000n]) },
    ]);
    await suite.send(suite.admin, suite.token, tokenAbi, 'unpause');
  });
  afterAll(() => suite?.close());

  const asAgent = (functionName: string, ...args: unknown[]) => suite.send(suite.agent, suite.token, tokenAbi, functionName, args);
  const asAdmin = (functionName: string, ...args: unknown[]) => suite.send(suite.admin, suite.token, tokenAbi, functionName, args);
  const as = (investor: Investor, functionName: string, ...args: unknown[]) =>
    suite.send(investor.account, suite.token, tokenAbi, functionName, args);
  const ask = (functionName: string, ...args: unknown[]) => suite.read(suite.token, tokenAbi, functionName, args);
  const balances = (...investors: Investor[]) => Promise.all(investors.map(({ wallet }) => ask('balanceOf', wallet)));
  const eventsIn = (abi: Abi, { logs }: Awaited<ReturnType<typeof asAgent>>) =>
    parseEventLogs({ abi, logs }).map(({ eventName, args }) => [eventName, ...Object.values(args)]);

  /** The error behind a refusal, which is ours: its name and arguments. */
  async function refusal(sending: Promise<unknown>): Promise<unknown[]> {
    const error = await sending.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    const reverted = error instanceof BaseError ? error.walk((cause) => cause instanceof ContractFunctionRevertedError) : undefined;
    if (!(reverted instanceof ContractFunctionRevertedError) || !reverted.raw) throw new Error('no refusal', { cause: error });
    const { errorName, args } = decodeErrorResult({ abi: securityTokenAbi, data: reverted.raw });
    return [errorName, ...args];
  }

  async function newHolders(...amounts: bigint[]): Promise<Investor[]> {
    const investors = await Promise.all(amounts.map(() => suite.newInvestor()));
    const wallets = investors.map(({ wallet }) => wallet);
    const identities = investors.map(({ identity }) => identity);
    const countries = investors.map(() => GERMANY);
    await suite.send(suite.agent, suite.registry, registryAbi, 'batchRegisterIdentity', [wallets, identities, countries]);
    await suite.writeClaims(investors);
    await asAgent('batchMint', wallets, amounts);
    return investors;
  }

  async function two(first: bigint, second: bigint): Promise<[Investor, Investor]> {
    const [a, b] = await newHolders(first, second);
    if (!a || !b) throw new Error('two investors were asked for');
    return [a, b];
  }

  it('reads who stands behind the token', async () => {
    expect(await ask('name')).toBe('Ravenswood 9415');
    expect(await ask('symbol')).toBe('RAV');
    expect(await ask('decimals')).toBe(18);
    expect(await ask('version')).toMatch(/^\d+\.\d+\.\d+$/);
    expect(await ask('owner')).toBe(suite.admin.address);
    expect(await ask('onchainID')).toBe(zeroAddress);
    expect(await ask('identityRegistry')).toBe(suite.registry);
    expect(await ask('compliance')).toBe(suite.compliance);

    const registry = (functionName: string) => suite.read(suite.registry, registryAbi, functionName) as Promise<Hex>;
    expect(await registry('identityStorage')).toBe(suite.contracts.identityStorage);
    expect(await suite.read(suite.contracts.identityStorage, storageAbi, 'linkedIdentityRegistries')).toContain(suite.registry);
    expect(await suite.read(await registry('topicsRegistry'), topicsAbi, 'getClaimTopics')).toEqual([1n]);
    const issuers = await registry('issuersRegistry');
    const [issuer] = (await suite.read(issuers, issuersAbi, 'getTrustedIssuers')) as Hex[];
    expect(await suite.read(issuers, issuersAbi, 'hasClaimTopic', [issuer, 1n])).toBe(true);
    expect(await suite.read(issuers, issuersAbi, 'getTrustedIssuersForClaimTopic', [1n])).toEqual([issuer]);
  });

  it('registers an investor, who is verified with a claim of ours', async () => {
    const ann = await suite.newInvestor();
    const registered = await suite.send(suite.agent, suite.registry, registryAbi, 'registerIdentity', [ann.wallet, ann.identity, GERMANY]);
    expect(eventsIn(registryAbi, registered)).toEqual([['IdentityRegistered', ann.wallet, ann.identity]]);
    const about = (functionName: string) => suite.read(suite.registry, registryAbi, functionName, [ann.wallet]);
    expect(await about('contains')).toBe(true);
    expect(await about('identity')).toBe(ann.identity);
    expect(await about('isVerified')).toBe(false);
    await suite.writeClaims([ann]);
    expect(await about('isVerified')).toBe(true);

    const moved = await suite.send(suite.agent, suite.registry, registryAbi, 'updateCountry', [ann.wallet, FRANCE]);
    expect(eventsIn(registryAbi, moved)).toEqual([['CountryUpdated', ann.wallet, FRANCE]]);
    expect(await about('investorCountry')).toBe(FRANCE);
    expect(await suite.read(suite.contracts.identityStorage, storageAbi, 'storedInvestorCountry', [ann.wallet])).toBe(FRANCE);

    const removed = await suite.send(suite.agent, suite.registry, registryAbi, 'deleteIdentity', [ann.wallet]);
    expect(eventsIn(registryAbi, removed)).toEqual([['IdentityRemoved', ann.wallet, ann.identity]]);
    expect(await about('contains')).toBe(false);
  });

  it('mints, transfers, and spends an allowance', async () => {
    const [ann, bob] = await two(100n, 0n);
    const sent = await as(ann, 'transfer', bob.wallet, 30n);
    expect(eventsIn(tokenAbi, sent)).toEqual([['Transfer', ann.wallet, bob.wallet, 30n]]);
    await as(ann, 'approve', bob.wallet, 20n);
    await as(ann, 'increaseAllowance', bob.wallet, 5n);
    await as(ann, 'decreaseAllowance', bob.wallet, 10n);
    await as(bob, 'transferFrom', ann.wallet, bob.wallet, 10n);
    expect(await ask('allowance', ann.wallet, bob.wallet)).toBe(5n);
    expect(await balances(ann, bob)).toEqual([60n, 40n]);
    await asAgent('burn', bob.wallet, 40n);
    expect(await balances(ann, bob)).toEqual([60n, 0n]);
  });

  it('freezes a wallet, and a part of its units', async () => {
    const [ann, bob] = await two(100n, 0n);
    const frozen = await asAgent('setAddressFrozen', ann.wallet, true);
    expect(eventsIn(tokenAbi, frozen)).toEqual([['AddressFrozen', ann.wallet, true, suite.agent.address]]);
    expect(await ask('isFrozen', ann.wallet)).toBe(true);
    expect(await refusal(as(ann, 'transfer', bob.wallet, 1n))).toEqual(['TransferRefused', 11, suite.token, 0n, 0n]);
    await asAgent('setAddressFrozen', ann.wallet, false);

    const partly = await asAgent('freezePartialTokens', ann.wallet, 70n);
    expect(eventsIn(tokenAbi, partly)).toEqual([['TokensFrozen', ann.wallet, 70n]]);
    expect(await refusal(as(ann, 'transfer', bob.wallet, 31n))).toEqual(['TransferRefused', 14, suite.token, 31n, 30n]);
    await as(ann, 'transfer', bob.wallet, 30n);
    await asAgent('unfreezePartialTokens', ann.wallet, 20n);
    expect(await ask('getFrozenTokens', ann.wallet)).toBe(50n);
    await as(ann, 'transfer', bob.wallet, 20n);
    expect(await balances(ann, bob)).toEqual([50n, 50n]);
  });

  it('works in batches', async () => {
    const [ann, bob] = await two(100n, 50n);
    const wallets = [ann.wallet, bob.wallet];
    await asAgent('batchFreezePartialTokens', wallets, [40n, 20n]);
    await asAgent('batchUnfreezePartialTokens', wallets, [10n, 20n]);
    expect([await ask('getFrozenTokens', ann.wallet), await ask('getFrozenTokens', bob.wallet)]).toEqual([30n, 0n]);
    await asAgent('batchSetAddressFrozen', wallets, [true, true]);
    expect([await ask('isFrozen', ann.wallet), await ask('isFrozen', bob.wallet)]).toEqual([true, true]);
    await asAgent('batchSetAddressFrozen', wallets, [false, false]);
    await as(ann, 'batchTransfer', [bob.wallet, bob.wallet], [5n, 6n]);
    await asAgent('batchBurn', wallets, [9n, 1n]);
    expect(await balances(ann, bob)).toEqual([80n, 60n]);
  });

  it('forces a transfer that was announced with ours', async () => {
    const [ann, bob] = await two(100n, 0n);
    await asAgent('freezePartialTokens', ann.wallet, 90n);
    const basis = `0x${'01'.repeat(32)}`;
    for (const amount of [40n, 5n])
      await suite.send(suite.agent, suite.token, securityTokenAbi, 'scheduleForcedTransfer', [ann.wallet, bob.wallet, amount, basis]);
    expect(await refusal(asAgent('forcedTransfer', ann.wallet, bob.wallet, 40n))).toMatchObject([
      'EnforcementTooEarly',
      expect.any(Number),
    ]);
    await suite.pass(DAY);
    const forced = await asAgent('forcedTransfer', ann.wallet, bob.wallet, 40n);
    expect(eventsIn(tokenAbi, forced)).toEqual([
      ['TokensUnfrozen', ann.wallet, 30n],
      ['Transfer', ann.wallet, bob.wallet, 40n],
    ]);
    await asAgent('batchForcedTransfer', [ann.wallet], [bob.wallet], [5n]);
    expect(await balances(ann, bob)).toEqual([55n, 45n]);
  });

  it('recovers a wallet whose recovery was proposed with ours', async () => {
    const [ann, bob] = await two(100n, 0n);
    await asAgent('freezePartialTokens', ann.wallet, 25n);
    const next = await suite.newInvestor();
    const parts = [ann.wallet, next.wallet, ann.identity];
    const digest = (await suite.read(suite.token, securityTokenAbi, 'recoveryDigest', parts)) as Hex;
    const signature = await next.account.sign({ hash: digest });
    await suite.send(suite.agent, suite.token, securityTokenAbi, 'proposeRecovery', [...parts, signature]);
    await suite.pass(2 * DAY);
    const recovered = await asAgent('recoveryAddress', ...parts);
    expect(eventsIn(tokenAbi, recovered).at(-1)).toEqual(['RecoverySuccess', ann.wallet, next.wallet, ann.identity]);
    expect(await balances(ann, next)).toEqual([0n, 100n]);
    expect(await ask('getFrozenTokens', next.wallet)).toBe(25n);
    expect(await suite.read(suite.registry, registryAbi, 'contains', [ann.wallet])).toBe(false);
    expect(await suite.read(suite.registry, registryAbi, 'identity', [next.wallet])).toBe(ann.identity);
    await as(next, 'transfer', bob.wallet, 75n);
  });

  it('pauses and resumes', async () => {
    const [ann, bob] = await two(100n, 0n);
    expect(eventsIn(tokenAbi, await asAgent('pause'))).toEqual([['Paused', suite.agent.address]]);
    expect(await ask('paused')).toBe(true);
    expect(await refusal(as(ann, 'transfer', bob.wallet, 1n))).toEqual(['TransferRefused', 10, suite.token, 0n, 0n]);
    expect(eventsIn(tokenAbi, await asAdmin('unpause'))).toEqual([['Unpaused', suite.admin.address]]);
    await as(ann, 'transfer', bob.wallet, 1n);
  });

  it('appoints and dismisses agents of token and registry', async () => {
    const [ann, officer] = await two(100n, 0n);
    expect(await refusal(as(officer, 'setAddressFrozen', ann.wallet, true))).toEqual(['AgentRoleMissing', officer.wallet, FREEZER]);
    expect(eventsIn(tokenAbi, await asAdmin('addAgent', officer.wallet))).toEqual([['AgentAdded', officer.wallet]]);
    expect(await ask('isAgent', officer.wallet)).toBe(true);
    await as(officer, 'setAddressFrozen', ann.wallet, true);
    await asAdmin('removeAgent', officer.wallet);
    expect(await ask('isAgent', officer.wallet)).toBe(false);
    expect(await refusal(as(officer, 'setAddressFrozen', ann.wallet, false))).toEqual(['AgentRoleMissing', officer.wallet, FREEZER]);

    await suite.send(suite.admin, suite.registry, registryAbi, 'addAgent', [officer.wallet]);
    expect(await suite.read(suite.registry, registryAbi, 'isAgent', [officer.wallet])).toBe(true);
    await suite.send(officer.account, suite.registry, registryAbi, 'updateCountry', [ann.wallet, FRANCE]);
    await suite.send(suite.admin, suite.registry, registryAbi, 'removeAgent', [officer.wallet]);
    expect(await suite.read(suite.registry, registryAbi, 'isAgent', [officer.wallet])).toBe(false);
  });

  it('asks the compliance, and sets the parameter of a module', async () => {
    const [ann, bob] = await two(1_000_000n, 0n);
    const compliance = (functionName: string, ...args: unknown[]) => suite.read(suite.compliance, complianceAbi, functionName, args);
    const { maximumBalance } = suite.contracts;
    expect(await compliance('getTokenBound')).toBe(suite.token);
    expect(await compliance('getModules')).toEqual([maximumBalance]);
    expect(await compliance('isModuleBound', maximumBalance)).toBe(true);
    expect(await suite.read(maximumBalance, maximumAbi, 'isComplianceBound', [suite.compliance])).toBe(true);
    expect(await suite.read(maximumBalance, maximumAbi, 'moduleCheck', [ann.wallet, bob.wallet, 1_000_001n, suite.compliance])).toBe(false);
    expect(await compliance('canTransfer', ann.wallet, bob.wallet, 500_001n)).toBe(true);

    const call = encodeFunctionData({ abi: maximumAbi, functionName: 'setMaxBalance', args: [500_000n] });
    const set = await suite.send(suite.admin, suite.compliance, complianceAbi, 'callModuleFunction', [call, maximumBalance]);
    expect(eventsIn(complianceAbi, set)).toContainEqual(['ModuleInteraction', maximumBalance, call.slice(0, 10)]);
    expect(await compliance('canTransfer', ann.wallet, bob.wallet, 500_001n)).toBe(false);
    expect(await refusal(as(ann, 'transfer', bob.wallet, 500_001n))).toEqual(['TransferRefused', 52, maximumBalance, 500_001n, 500_000n]);
    await as(ann, 'transfer', bob.wallet, 500_000n);
  });

  describe('with rules in place of their modules', () => {
    /** Binds a rule alone, with ours, as binding needs its parameters; all else goes through theirs. */
    async function bind(rule: string, types: string[], parameters: unknown[]): Promise<Hex> {
      const { client, admin } = suite;
      const hash = await client.deployContract({ account: admin, abi: [], bytecode: ourCode(rule) });
      const { contractAddress } = await client.waitForTransactionReceipt({ hash });
      if (!contractAddress) throw new Error(`${rule} was not deployed.`);
      const setting = {
        rule: contractAddress,
        parameters: encodeAbiParameters(
          types.map((type) => ({ type })),
          parameters,
        ),
      };
      await suite.send(admin, suite.compliance, ourComplianceAbi, 'setRules', [[setting]]);
      return getAddress(contractAddress);
    }
    const set = (rule: Hex, abi: Abi, functionName: string, ...args: unknown[]) => {
      const call = encodeFunctionData({ abi, functionName, args });
      return suite.send(suite.admin, suite.compliance, complianceAbi, 'callModuleFunction', [call, rule]);
    };

    it('restricts countries', async () => {
      const abi = moduleAbi('CountryRestrictModule');
      const rule = await bind('CountryRestrict', ['uint16[]'], [[]]);
      const [ann, bob] = await two(100n, 0n);
      await set(rule, abi, 'batchRestrictCountries', [GERMANY, FRANCE]);
      expect(await suite.read(rule, abi, 'isCountryRestricted', [suite.compliance, GERMANY])).toBe(true);
      expect(await refusal(as(ann, 'transfer', bob.wallet, 1n))).toEqual(['TransferRefused', 26, rule, BigInt(GERMANY), 0n]);
      await set(rule, abi, 'removeCountryRestriction', GERMANY);
      await as(ann, 'transfer', bob.wallet, 1n);
    });

    it('limits what an investor transfers in a day', async () => {
      const abi = moduleAbi('TimeTransfersLimitsModule');
      const rule = await bind('VolumeLimit', ['(uint32,uint112)[]', 'address[]'], [[], []]);
      const [ann, bob] = await two(100n, 0n);
      const limits = [
        { limitTime: DAY, limitValue: 60n },
        { limitTime: 30 * DAY, limitValue: 90n },
      ];
      await set(rule, abi, 'batchSetTimeTransferLimit', limits);
      expect(await suite.read(rule, abi, 'getTimeTransferLimits', [suite.compliance])).toEqual(limits);
      await as(ann, 'transfer', bob.wallet, 60n);
      expect(await refusal(as(ann, 'transfer', bob.wallet, 1n))).toEqual(['TransferRefused', 64, rule, 61n, 60n]);
      await set(rule, abi, 'removeTimeTransferLimit', DAY);
      await as(ann, 'transfer', bob.wallet, 30n);
    });

    it('approves single transfers', async () => {
      const abi = moduleAbi('ConditionalTransferModule');
      const rule = await bind('TransferApproval', ['address[]', 'uint8', 'uint32', 'bool'], [[], 1, DAY, false]);
      const [ann, bob] = await two(100n, 100n);
      const pair = [
        [ann.wallet, bob.wallet],
        [bob.wallet, ann.wallet],
        [10n, 20n],
      ];
      await set(rule, abi, 'batchApproveTransfers', ...pair);
      await as(ann, 'transfer', bob.wallet, 10n);
      expect(await refusal(as(ann, 'transfer', bob.wallet, 10n))).toEqual(['TransferRefused', 63, rule, 0n, 1n]);
      await set(rule, abi, 'approveTransfer', ann.wallet, bob.wallet, 10n);
      await set(rule, abi, 'batchUnApproveTransfers', ...pair);
      expect(await refusal(as(bob, 'transfer', ann.wallet, 20n))).toEqual(['TransferRefused', 63, rule, 0n, 1n]);
    });
  });

  it('administers names, topics and issuers', async () => {
    const renamed = await asAdmin('setSymbol', 'RVN');
    expect(eventsIn(tokenAbi, renamed)).toMatchObject([
      ['UpdatedTokenInformation', keccak256(toHex('Ravenswood 9415')), keccak256(toHex('RVN')), zeroAddress, 18, '1.0.0'],
    ]);
    expect(await ask('symbol')).toBe('RVN');
    await asAdmin('setName', 'Ravenswood');
    expect(await ask('name')).toBe('Ravenswood');
    await asAdmin('setOnchainID', suite.registry);
    expect(isAddressEqual((await ask('onchainID')) as Hex, suite.registry)).toBe(true);

    const [issuer] = (await suite.read(suite.registry, issuersAbi, 'getTrustedIssuers')) as Hex[];
    await suite.send(suite.admin, suite.registry, issuersAbi, 'updateIssuerClaimTopics', [issuer, [1n, 2n]]);
    const added = await suite.send(suite.admin, suite.registry, topicsAbi, 'addClaimTopic', [2n]);
    expect(eventsIn(topicsAbi, added)).toContainEqual(['ClaimTopicAdded', 2n]);
    expect(await suite.read(suite.registry, issuersAbi, 'getTrustedIssuerClaimTopics', [issuer])).toEqual([1n, 2n]);
    await suite.send(suite.admin, suite.registry, topicsAbi, 'removeClaimTopic', [2n]);
    expect(await suite.read(suite.registry, topicsAbi, 'getClaimTopics')).toEqual([1n]);
  });
});
