// A chain of its own with everything that is deployed once, and the means to deploy suites and onboard investors on it, all from
// forge's artifacts and through transactions as users send them.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import {
  createPublicClient,
  createTestClient,
  createWalletClient,
  encodeAbiParameters,
  http,
  keccak256,
  padHex,
  parseUnits,
  toHex,
} from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { anvil } from 'viem/chains';
import { foundryBinary } from '#foundry';

const MNEMONIC = 'test test test test test test test test test test test junk';
const AGENT = { MINTER: 1, BURNER: 2, FREEZER: 4, PAUSER: 8, FORCED: 16, RECOVERY: 32, REGISTRAR: 64 };
const DAY = 86_400;
const GERMANY = 276;
const KYC = 1n;

/** @returns {{ abi: import('viem').Abi, bytecode: import('viem').Hex }} */
function artifact(name) {
  const { abi, bytecode } = JSON.parse(readFileSync(`out/${name}.sol/${name}.json`, 'utf8'));
  return { abi, bytecode: bytecode.object };
}

/** Compiles what is measured. Progress goes to stderr: stdout belongs to the figures. */
export function compile() {
  const { status } = spawnSync(foundryBinary('forge'), ['build', '--skip', 'test', '--deny', 'never'], { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('forge build failed: nothing was measured');
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function startAnvil() {
  const port = await freePort();
  const child = spawn(foundryBinary('anvil'), ['--port', String(port), '--silent', '--mnemonic', MNEMONIC], { stdio: 'ignore' });
  process.once('exit', () => child.kill());
  const transport = http(`http://127.0.0.1:${port}`, { retryCount: 0 });
  const reader = createPublicClient({ chain: anvil, transport, pollingInterval: 20 });
  for (let attempt = 0; attempt < 200; attempt++) {
    if (child.exitCode !== null) throw new Error(`anvil ended with ${child.exitCode}`);
    const chainId = await reader.getChainId().catch(() => 0);
    if (chainId === anvil.id) return { child, transport, reader };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill();
  throw new Error('anvil did not answer within 10 seconds');
}

/** Starts the chain and deploys the platform: storage, implementations, rules, factory.
 *  @returns the world; call `stop` when done */
export async function createWorld() {
  const { child, transport, reader } = await startAnvil();
  const clock = createTestClient({ chain: anvil, mode: 'anvil', transport });
  const account = (addressIndex) => mnemonicToAccount(MNEMONIC, { addressIndex });
  const walletOf = (owner) => createWalletClient({ account: owner, chain: anvil, transport });
  const [operator, agent, issuer] = [account(0), account(1), account(2)];

  /** Sends one transaction. @returns its receipt, whose status is success */
  async function send(from, { address, abi }, functionName, args) {
    const hash = await walletOf(from).writeContract({ address, abi, functionName, args });
    const receipt = await reader.waitForTransactionReceipt({ hash });
    if (receipt.status !== 'success') throw new Error(`${functionName} reverted in ${hash}`);
    return receipt;
  }

  async function deploy(name, args = []) {
    const { abi, bytecode } = artifact(name);
    const hash = await walletOf(operator).deployContract({ abi, bytecode, args });
    const { contractAddress } = await reader.waitForTransactionReceipt({ hash });
    return { address: contractAddress, abi };
  }

  async function passTime(seconds) {
    await clock.increaseTime({ seconds });
    await clock.mine({ blocks: 1 });
  }

  const manager = await deploy('AccessManagerUpgradeable');
  await send(operator, manager, 'initialize', [operator.address]);
  const identity = await deploy('Identity');
  const identityFactory = await deploy('IdentityFactory', [manager.address, identity.address]);
  const storage = await deploy('IdentityStorage', [manager.address, operator.address, identityFactory.address]);
  await send(operator, storage, 'addIssuer', [issuer.address]);
  const explanations = await deploy('SecurityTokenExplanations');
  const extension = await deploy('SecurityTokenExtension', [explanations.address]);
  const token = await deploy('SecurityToken', [extension.address]);
  const registry = await deploy('IdentityRegistry');
  const ruleTable = await deploy('RuleTable');
  const compliance = await deploy('Compliance', [ruleTable.address]);
  const issuerManager = await deploy('IssuerManager');
  const factory = await deploy('TokenFactory', [token.address, registry.address, compliance.address, issuerManager.address]);
  const binder = 1n;
  const bindSelector = keccak256(toHex('bindIdentityRegistry(address)')).slice(0, 10);
  await send(operator, manager, 'setTargetFunctionRole', [storage.address, [bindSelector], binder]);
  await send(operator, manager, 'grantRole', [binder, factory.address, 0]);
  const rules = { countries: await deploy('CountryAllow'), maximum: await deploy('MaximumBalance'), lockup: await deploy('Lockup') };

  /** Countries, maximum per investor and lockup of minted units, as the targets' "3 rules" mean. */
  function threeRules({ lockReceived = false } = {}) {
    const encode = (types, values) =>
      encodeAbiParameters(
        types.map((type) => ({ type })),
        values,
      );
    return [
      { rule: rules.countries.address, parameters: encode(['uint16[]'], [[GERMANY, 840, 250, 756]]) },
      { rule: rules.maximum.address, parameters: encode(['uint256'], [parseUnits('1000000', 18)]) },
      { rule: rules.lockup.address, parameters: encode(['uint32', 'bool'], [30 * DAY, lockReceived]) },
    ];
  }

  /** @returns the suite and the receipt of its deployment */
  async function deploySuite(salt, rules) {
    const cap = parseUnits('1000000000', 18);
    const suite = {
      name: `Benchmark ${salt}`,
      symbol: salt.toUpperCase(),
      decimals: 18,
      owner: operator.address,
      upgrader: operator.address,
      guardian: operator.address,
      snapshotter: operator.address,
      manager: padHex('0x', { size: 20 }),
      identityStorage: storage.address,
      topics: [KYC],
      issuers: [{ issuer: issuer.address, topics: [KYC] }],
      rules,
      agents: [{ agent: agent.address, roles: AGENT.MINTER | AGENT.FORCED, mintCap: cap }],
      registrars: [{ agent: agent.address, roles: AGENT.REGISTRAR, mintCap: 0n }],
      forcedDelay: DAY,
      recoveryDelay: 2 * DAY,
      adminDelay: DAY,
      upgradeDelay: 2 * DAY,
    };
    const address = await reader.readContract({ ...factory, functionName: 'predictToken', args: [operator.address, salt] });
    const receipt = await send(operator, factory, 'deploySuite', [salt, suite]);
    const deployed = { address, abi: artifact('ISecurityToken').abi };
    const read = (functionName) => reader.readContract({ ...deployed, functionName });
    return { receipt, token: deployed, registry: { address: await read('identityRegistry'), abi: registry.abi } };
  }

  /** Unpauses as an owner does: announced, and after the delay. */
  async function launch(suites) {
    for (const { token } of suites) {
      const authority = await reader.readContract({
        address: token.address,
        abi: artifact('IAccessManaged').abi,
        functionName: 'authority',
      });
      const data = keccak256(toHex('unpause()')).slice(0, 10);
      await send(operator, { address: authority, abi: manager.abi }, 'schedule', [token.address, data, 0]);
    }
    await passTime(DAY);
    for (const { token } of suites) await send(operator, token, 'unpause', []);
  }

  /** Onboards wallets in one transaction: identity, link, country and a KYC claim under one signature.
   *  @returns the receipt */
  async function onboard(suite, wallets) {
    const { timestamp } = await reader.getBlock();
    const investors = wallets.map((wallet) => ({ wallet, salt: keccak256(wallet), country: GERMANY }));
    const claims = await Promise.all(
      investors.map(async ({ salt }) => ({
        issuer: issuer.address,
        identity: await reader.readContract({ ...identityFactory, functionName: 'predict', args: [salt] }),
        topic: KYC,
        dataHash: keccak256(salt),
        issuedAt: Number(timestamp),
        validUntil: Number(timestamp) + 365 * DAY,
        nonce: 1,
      })),
    );
    const hash = await reader.readContract({ ...storage, functionName: 'claimsDigest', args: [claims] });
    const signature = await issuer.sign({ hash });
    if (wallets.length === 1) return send(agent, suite.registry, 'onboard', [investors[0], claims, signature]);
    return send(agent, suite.registry, 'onboardBatch', [investors, claims, signature]);
  }

  return { reader, account, agent, send, passTime, deploySuite, launch, onboard, threeRules, stop: () => child.kill() };
}
