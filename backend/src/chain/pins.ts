import { Inject, Injectable, Logger } from '@nestjs/common';
import { and, between, eq, inArray, isNotNull, lt, max, notInArray, type SQL } from 'drizzle-orm';
import { type Address, type Hex, keccak256 } from 'viem';
import { ConfigError } from '../platform/config.js';
import { Database } from '../platform/database/database.js';
import { chainContract, chainPin, txIntent, txSender } from './chain.tables.js';
import { ChainClient } from './chain-client.js';
import { Contracts } from './contracts.js';
import { type Deployment, INFRASTRUCTURE, type InfrastructureName } from './deployment.js';
import { KnownContracts } from './projection/known-contracts.js';
import { ChainSettings } from './settings.js';
import { Signer } from './signer.js';

const VALID_MS = 5_000;

/** Makes sure that the chain we talk to is the one this database belongs to: chain id, genesis block, code of known contracts, nonces. */
@Injectable()
export class Pins {
  private readonly log = new Logger(Pins.name);
  private validUntil = 0;

  constructor(
    private readonly database: Database,
    private readonly client: ChainClient,
    private readonly signer: Signer,
    private readonly contracts: Contracts,
    private readonly known: KnownContracts,
    @Inject(ChainSettings) private readonly settings: ChainSettings,
  ) {}

  /** The check at start; processes that start together take turns. Pins a chain on first sight, and takes the counters of new senders from it.
   *  @throws ConfigError with one sentence */
  async boot(): Promise<void> {
    await this.database.transaction(async () => {
      await this.database.lock('chain.pins');
      await this.check();
    });
  }

  private async check(): Promise<void> {
    const genesisHash = await this.genesis();
    const pinned = await this.database.query.select().from(chainPin);
    if (!pinned.length)
      await this.database.query.insert(chainPin).values({ chainId: this.settings.chainId, genesisHash }).onConflictDoNothing();
    await this.verify();
    await this.adopt(this.contracts.deployment, genesisHash);
    await this.checkCode();
    await this.checkSenders();
    await this.checkKeys();
  }

  /** The check before each batch of signatures; cheap, as a pass holds for some seconds.
   *  @throws ConfigError */
  async verify(): Promise<void> {
    if (performance.now() < this.validUntil) return;
    const genesisHash = await this.genesis();
    const pins = await this.database.query.select().from(chainPin);
    const pin = pins[0];
    if (pins.length !== 1 || pin?.chainId !== this.settings.chainId || pin.genesisHash !== genesisHash) {
      throw new ConfigError(
        `The database belongs to another chain: it knows chain ${pin?.chainId} with genesis block ${pin?.genesisHash}, ` +
          `but the node serves chain ${this.settings.chainId} with ${genesisHash}.`,
      );
    }
    this.validUntil = performance.now() + VALID_MS;
  }

  /** Registers the contracts of the manifest, with the code they have on first sight as their pin. */
  private async adopt(deployment: Deployment | undefined, genesisHash: Hex): Promise<void> {
    if (!deployment) return;
    if (deployment.chainId !== this.settings.chainId || deployment.genesisHash !== genesisHash) {
      throw new ConfigError(
        `The deployment manifest is for another chain (${deployment.chainId}, genesis block ${deployment.genesisHash}).`,
      );
    }
    const known = await this.known.all();
    for (const [name, address] of Object.entries(deployment.contracts)) {
      if (known.has(address)) continue;
      const code = await this.client.reads.getCode({ address });
      if (!code) throw new ConfigError(`The deployment manifest names ${address} as ${name}, but there is no contract.`);
      const kind = INFRASTRUCTURE[name as InfrastructureName];
      await this.known.register({ address, name, kind, fromBlock: deployment.fromBlock, codeHash: keccak256(code) });
    }
  }

  private async genesis(): Promise<Hex> {
    const [chainId, block] = await Promise.all([this.client.reads.getChainId(), this.client.reads.getBlock({ blockNumber: 0n })]).catch(
      (error: unknown) => {
        throw new ConfigError(`The chain at ${this.host} cannot be reached.`, { cause: error });
      },
    );
    if (chainId !== this.settings.chainId) {
      throw new ConfigError(`The node at ${this.host} serves chain ${chainId}, but CHAIN_ID is ${this.settings.chainId}.`);
    }
    return block.hash;
  }

  private async checkCode(): Promise<void> {
    const known = await this.database.query.select().from(chainContract).where(isNotNull(chainContract.codeHash));
    const codes = await Promise.all(known.map(({ address }) => this.client.reads.getCode({ address })));
    for (const [index, contract] of known.entries()) {
      const code = codes[index];
      if (code && keccak256(code) === contract.codeHash) continue;
      throw new ConfigError(`The code of ${contract.name ?? contract.kind} at ${contract.address} is not what was deployed there.`);
    }
  }

  private async checkSenders(): Promise<void> {
    for (const address of this.signer.addresses) {
      // Read before the count: what other processes see mined meanwhile is not among them.
      const highest = await this.highestMined(address);
      const used = BigInt(await this.client.reads.getTransactionCount({ address, blockTag: 'latest' }));
      await this.database.query.insert(txSender).values({ chainId: this.settings.chainId, address, nextNonce: used }).onConflictDoNothing();
      await this.haltIfBehind(address, used);
      if (highest >= used) await this.reopen(address, used, highest);
    }
  }

  private async highestMined(address: Address): Promise<bigint> {
    const [row] = await this.database.query
      .select({ nonce: max(txIntent.nonce) })
      .from(txIntent)
      .where(this.mined(address));
    return row?.nonce ?? -1n;
  }

  private mined(address: Address): SQL | undefined {
    return and(
      eq(txIntent.chainId, this.settings.chainId),
      eq(txIntent.sender, address),
      inArray(txIntent.state, ['MINED', 'CONFIRMED', 'REVERTED', 'SUPERSEDED']),
    );
  }

  /** A key may go when nothing of it is open, or when an operator has halted its sender. */
  private async checkKeys(): Promise<void> {
    const [orphan] = await this.database.query
      .select({ address: txIntent.sender })
      .from(txIntent)
      .innerJoin(txSender, and(eq(txSender.chainId, txIntent.chainId), eq(txSender.address, txIntent.sender)))
      .where(
        and(
          eq(txIntent.chainId, this.settings.chainId),
          inArray(txIntent.state, ['ALLOCATED', 'SIGNED', 'SENT', 'MINED']),
          eq(txSender.state, 'ACTIVE'),
          notInArray(txIntent.sender, this.signer.addresses),
        ),
      )
      .limit(1);
    if (!orphan) return;
    throw new ConfigError(
      `Transactions of ${orphan.address} are open, but its key is gone: keep it as a retiring one until they are final.`,
    );
  }

  /** A chain ahead of the counter means a restored database or a key that someone else uses. */
  private async haltIfBehind(address: Address, used: bigint): Promise<void> {
    const reason = `The chain counts ${used} transactions of ${address}, more than this database knows: it was restored, or the key is used elsewhere.`;
    const halted = await this.database.query
      .update(txSender)
      .set({ state: 'HALTED', haltReason: reason })
      .where(
        and(
          eq(txSender.chainId, this.settings.chainId),
          eq(txSender.address, address),
          lt(txSender.nextNonce, used),
          eq(txSender.state, 'ACTIVE'),
        ),
      )
      .returning({ address: txSender.address });
    if (halted.length) this.log.error(`${reason} The sender is halted.`);
  }

  /** A chain behind what was final has lost blocks, e.g. a node restored from a backup. The pump sends the same bytes again. */
  private async reopen(address: Address, from: bigint, to: bigint): Promise<void> {
    const reopened = await this.database.query
      .update(txIntent)
      .set({ state: 'SIGNED', minedHash: null, minedBlock: null, minedBlockHash: null, reverted: null, finalAt: null })
      .where(and(this.mined(address), between(txIntent.nonce, from, to)))
      .returning({ id: txIntent.id });
    this.log.warn(`The chain has lost ${reopened.length} final transactions of ${address}; they are sent again.`);
  }

  private get host(): string {
    return this.settings.rpcUrl ? new URL(this.settings.rpcUrl).host : '(none)';
  }
}
