import { type Address, createWalletClient, encodeFunctionData, type Hex, http, keccak256, parseEventLogs, toHex, zeroAddress } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { foundry } from 'viem/chains';
import { Contracts } from '../../../backend/src/chain/contracts.js';
import { localKey } from '../../../backend/src/chain/settings.js';
import { Signer } from '../../../backend/src/chain/signer.js';
import { LOCAL_INDEX, localAddress, localSender } from '../../../backend/src/local/accounts.js';
import { identityRegistryAbi, identityStorageAbi, securityTokenAbi, tokenFactoryAbi } from '../../../contracts/generated/abi.js';
import { testClient, type World } from './world.js';

const MINTER = 1;
const FREEZER = 1 << 2;
const FORCED = 1 << 4;
const REGISTRAR = 1 << 6;
const KYC = 1n;

/** A token suite on the local chain, worked through the pipeline: the admin deploys, the registrar onboards, the officer mints and freezes. */
export class TestSuite {
  private constructor(
    private readonly world: World,
    private readonly url: string,
    readonly token: Address,
    readonly registry: Address,
    readonly storage: Address,
  ) {}

  static async deploy(world: World, url: string, name: string): Promise<TestSuite> {
    const contracts = world.app.get(Contracts);
    const admin = localSender('admin');
    const officer = localSender('officer');
    const storage = contracts.address('identityStorage');
    const suite = {
      name,
      symbol: name.toUpperCase(),
      decimals: 0,
      owner: admin,
      upgrader: localAddress(LOCAL_INDEX.upgrader),
      guardian: localAddress(LOCAL_INDEX.guardian),
      snapshotter: localSender('snapshotter'),
      manager: zeroAddress,
      identityStorage: storage,
      topics: [KYC],
      issuers: [{ issuer: localSender('claimIssuer'), topics: [KYC] }],
      rules: [],
      agents: [{ agent: officer, roles: MINTER | FREEZER | FORCED, mintCap: 1_000_000n }],
      registrars: [{ agent: localSender('registrar'), roles: REGISTRAR, mintCap: 0n }],
      forcedDelay: 0,
      recoveryDelay: 0,
      adminDelay: 0,
      upgradeDelay: 0,
    };
    const data = encodeFunctionData({ abi: tokenFactoryAbi, functionName: 'deploySuite', args: [name, suite] });
    const asked = await world.transactions.enqueue({
      businessKey: `deploy:${name}`,
      sender: 'admin',
      to: contracts.address('tokenFactory'),
      data,
    });
    const { transactionHash } = await world.operations.confirmed(asked.id);
    const receipt = await testClient(url).getTransactionReceipt({ hash: transactionHash ?? '0x' });
    const [event] = parseEventLogs({ abi: tokenFactoryAbi, eventName: 'TREXSuiteDeployed', logs: receipt.logs });
    if (!event) throw new Error('The factory deployed nothing.');
    const deployed = new TestSuite(world, url, event.args.token, event.args.ir, storage);
    await deployed.send('admin', `unpause:${name}`, encodeFunctionData({ abi: securityTokenAbi, functionName: 'unpause' }));
    return deployed;
  }

  async onboard(salt: string, wallet: Address): Promise<Address> {
    const saltHash = keccak256(toHex(salt));
    const client = testClient(this.url);
    const identity = await client.readContract({
      address: this.storage,
      abi: identityStorageAbi,
      functionName: 'predictIdentity',
      args: [saltHash],
    });
    const { timestamp } = await client.getBlock();
    const claim = {
      issuer: localSender('claimIssuer'),
      identity,
      topic: KYC,
      dataHash: keccak256(toHex(`evidence of ${salt}`)),
      issuedAt: Number(timestamp),
      validUntil: Number(timestamp) + 30 * 86_400,
      nonce: 1,
    };
    const signature = await this.world.app.get(Signer).signTypedData('claimIssuer', {
      domain: { name: 'Muniment Identity', version: '1', chainId: 31337, verifyingContract: this.storage },
      types: CLAIM_TYPES,
      primaryType: 'Claims',
      message: { claims: [claim] },
    });
    const args = [{ wallet, salt: saltHash, country: 276 }, [claim], signature] as const;
    const data = encodeFunctionData({ abi: identityRegistryAbi, functionName: 'onboard', args });
    await this.send('registrar', `onboard:${this.token}:${salt}`, data, this.registry);
    return identity;
  }

  mint(to: Address, amount: bigint, key: string): Promise<bigint> {
    return this.send('officer', key, encodeFunctionData({ abi: securityTokenAbi, functionName: 'mint', args: [to, amount] }));
  }

  freeze(wallet: Address, units: bigint, key: string): Promise<bigint> {
    return this.send(
      'officer',
      key,
      encodeFunctionData({ abi: securityTokenAbi, functionName: 'freezePartialTokens', args: [wallet, units] }),
    );
  }

  unfreeze(wallet: Address, units: bigint, key: string): Promise<bigint> {
    return this.send(
      'officer',
      key,
      encodeFunctionData({ abi: securityTokenAbi, functionName: 'unfreezePartialTokens', args: [wallet, units] }),
    );
  }

  freezeAddress(wallet: Address, frozen: boolean, key: string): Promise<bigint> {
    return this.send(
      'officer',
      key,
      encodeFunctionData({ abi: securityTokenAbi, functionName: 'setAddressFrozen', args: [wallet, frozen] }),
    );
  }

  forcedTransfer(from: Address, to: Address, amount: bigint, key: string): Promise<bigint> {
    const data = encodeFunctionData({ abi: securityTokenAbi, functionName: 'forcedTransfer', args: [from, to, amount] });
    return this.send('officer', key, data);
  }

  scheduleForcedTransfer(from: Address, to: Address, amount: bigint, key: string): Promise<bigint> {
    const args = [from, to, amount, keccak256(toHex('court order'))] as const;
    return this.send('officer', key, encodeFunctionData({ abi: securityTokenAbi, functionName: 'scheduleForcedTransfer', args }));
  }

  frozenUnits(wallet: Address): Promise<bigint> {
    return testClient(this.url).readContract({
      address: this.token,
      abi: securityTokenAbi,
      functionName: 'getFrozenTokens',
      args: [wallet],
    });
  }

  isFrozen(wallet: Address): Promise<boolean> {
    return testClient(this.url).readContract({ address: this.token, abi: securityTokenAbi, functionName: 'isFrozen', args: [wallet] });
  }

  /** An investor's own transaction, around the pipeline. @returns its block */
  async transfer(from: number, to: Address, amount: bigint): Promise<bigint> {
    const wallet = createWalletClient({ account: privateKeyToAccount(localKey(from)), chain: foundry, transport: http(this.url) });
    const hash = await wallet.writeContract({ address: this.token, abi: securityTokenAbi, functionName: 'transfer', args: [to, amount] });
    return (await testClient(this.url).waitForTransactionReceipt({ hash, pollingInterval: 20 })).blockNumber;
  }

  balanceOf(wallet: Address, blockNumber?: bigint): Promise<bigint> {
    const at = blockNumber === undefined ? {} : { blockNumber };
    return testClient(this.url).readContract({
      address: this.token,
      abi: securityTokenAbi,
      functionName: 'balanceOf',
      args: [wallet],
      ...at,
    });
  }

  private async send(sender: 'admin' | 'registrar' | 'officer', businessKey: string, data: Hex, to = this.token): Promise<bigint> {
    const asked = await this.world.transactions.enqueue({ businessKey, sender, to, data });
    const { block } = await this.world.operations.confirmed(asked.id);
    return block ?? 0n;
  }
}

const CLAIM_TYPES = {
  Claims: [{ name: 'claims', type: 'Claim[]' }],
  Claim: [
    { name: 'issuer', type: 'address' },
    { name: 'identity', type: 'address' },
    { name: 'topic', type: 'uint256' },
    { name: 'dataHash', type: 'bytes32' },
    { name: 'issuedAt', type: 'uint40' },
    { name: 'validUntil', type: 'uint40' },
    { name: 'nonce', type: 'uint16' },
  ],
};
