import { Inject, Injectable } from '@nestjs/common';
import { and, eq, ne, sql } from 'drizzle-orm';
import { type Address, encodeFunctionData, type Hash, parseAbi, stringToHex, zeroAddress } from 'viem';
import { securityTokenAbi, tokenFactoryAbi } from '../../../contracts/generated/abi.js';
import { Contracts } from '../chain/contracts.js';
import { OperationFailed, Operations } from '../chain/operations.js';
import { Projection } from '../chain/projection/projection.js';
import { ChainRefused } from '../chain/refusal.js';
import { RestrictedCalls, ScheduleLost } from '../chain/restricted-call.js';
import { ChainSettings } from '../chain/settings.js';
import { Signer } from '../chain/signer.js';
import { Transactions } from '../chain/transactions.js';
import { Audit } from '../platform/audit/audit.service.js';
import { SYSTEM } from '../platform/auth/actor.js';
import { Database } from '../platform/database/database.js';
import { type Workflow, Workflows } from '../platform/workflow/workflows.js';
import { Assets } from './assets.service.js';
import { instruments } from './assets.tables.js';
import { suiteOf } from './suite.js';

type Input = { instrumentId: string };
type Suite = { token: Address; registry: Address; compliance: Address; manager: Address };

export const DEVELOPMENT_CHAIN = 31337;
const ADMIN_ROLE = 0n;
const WAIT_MS = 500;
const lending = parseAbi([
  'function grantRole(uint64 roleId, address account, uint32 executionDelay)',
  'function revokeRole(uint64 roleId, address account)',
]);

/** Approved terms become contracts: one transaction deploys the suite, then its documents go on chain by hash and the token opens. */
@Injectable()
export class InstrumentDeployment {
  private readonly workflow: Workflow<Input>;

  constructor(
    private readonly workflows: Workflows,
    private readonly database: Database,
    private readonly transactions: Transactions,
    private readonly operations: Operations,
    private readonly restricted: RestrictedCalls,
    private readonly projection: Projection,
    private readonly contracts: Contracts,
    private readonly signer: Signer,
    private readonly assets: Assets,
    private readonly audit: Audit,
    @Inject(ChainSettings) private readonly chain: ChainSettings,
  ) {
    this.workflow = workflows.define('instrument-deployment', (input: Input) => this.run(input));
  }

  async start(instrumentId: string): Promise<void> {
    await this.workflow.start(`instrument-deployment:${instrumentId}`, { instrumentId });
  }

  private async run({ instrumentId }: Input): Promise<void> {
    const { workflows } = this;
    let suite: Suite | undefined;
    let lender: Address = zeroAddress;
    try {
      while (await workflows.step('earlier deployments', () => this.othersAreBefore(instrumentId))) await workflows.sleep(WAIT_MS);
      const manager = await workflows.step('the issuer’s manager', () => this.managerOf(instrumentId));
      if (manager !== zeroAddress) await this.lend('grantRole', instrumentId, manager);
      lender = manager;
      suite = await workflows.step('deploy', () => this.deploy(instrumentId, manager));
      for (const document of await workflows.step('documents', () => this.documentsOf(instrumentId))) {
        const { token } = suite;
        await workflows.step(`document ${document.role}`, () => this.setDocument(instrumentId, token, document));
      }
      await this.restricted.run({
        businessKey: `unpause:${instrumentId}`,
        sender: 'admin',
        manager: suite.manager,
        to: suite.token,
        data: encodeFunctionData({ abi: securityTokenAbi, functionName: 'unpause' }),
      });
      const deployed = suite;
      await workflows.step('finish', () => this.finish(instrumentId, deployed));
    } catch (error) {
      if (!isFinal(error)) throw error;
      const nothingStands = suite === undefined;
      // Before the issuer's next deployment has its turn, or this would take the next one's loan away.
      const openLoan = nothingStands && lender !== zeroAddress && !(await this.takeBack(instrumentId, lender));
      await workflows.step('fail', () => this.fail(instrumentId, { reason: error.message, openLoan }, nothingStands));
    }
  }

  /** The issuer's manager lends the factory ADMIN for one deployment; the factory gives it back itself, unless the deployment failed. */
  private async lend(functionName: 'grantRole' | 'revokeRole', instrumentId: string, manager: Address): Promise<void> {
    const factory = this.contracts.address('tokenFactory');
    const data =
      functionName === 'grantRole'
        ? encodeFunctionData({ abi: lending, functionName, args: [ADMIN_ROLE, factory, 0] })
        : encodeFunctionData({ abi: lending, functionName, args: [ADMIN_ROLE, factory] });
    await this.restricted.run({ businessKey: `factory-${functionName}:${instrumentId}`, sender: 'admin', manager, to: manager, data });
  }

  /** @returns false when the chain refuses it or the guardian cancels it; the factory then lays ADMIN down in the issuer's next deployment */
  private async takeBack(instrumentId: string, manager: Address): Promise<boolean> {
    try {
      await this.lend('revokeRole', instrumentId, manager);
      return true;
    } catch (error) {
      if (!isFinal(error)) throw error;
      return false;
    }
  }

  /** The factory holds the issuer's manager for one call; deployments of one issuer take turns so that none takes it from another. */
  private async othersAreBefore(instrumentId: string): Promise<boolean> {
    const { tenantId, deployingSince } = await this.instrument(instrumentId);
    const rows = await this.database.query
      .select({ id: instruments.id })
      .from(instruments)
      .where(
        and(
          eq(instruments.tenantId, tenantId),
          eq(instruments.state, 'DEPLOYING'),
          sql`(${instruments.deployingSince}, ${instruments.id}) < (${deployingSince?.toISOString()}::timestamptz, ${instrumentId})`,
        ),
      );
    return rows.length > 0;
  }

  /** The manager of the issuer's first instrument governs the later ones too. */
  private async managerOf(instrumentId: string): Promise<Address> {
    const { tenantId } = await this.instrument(instrumentId);
    const [row] = await this.database.query
      .select({ manager: instruments.manager })
      .from(instruments)
      .where(and(eq(instruments.tenantId, tenantId), eq(instruments.state, 'DEPLOYED'), ne(instruments.id, instrumentId)))
      .orderBy(instruments.id)
      .limit(1);
    return row?.manager ?? zeroAddress;
  }

  private async deploy(instrumentId: string, manager: Address): Promise<Suite> {
    const { name, symbol, decimals, terms } = await this.instrument(instrumentId);
    const { signer, contracts } = this;
    const suite = suiteOf({
      name,
      symbol,
      decimals,
      terms,
      development: this.chain.chainId === DEVELOPMENT_CHAIN,
      parties: {
        issuer: signer.addressOf('admin'),
        upgrader: this.chain.upgrader ?? zeroAddress,
        guardian: this.chain.guardian ?? zeroAddress,
        registrar: signer.addressOf('registrar'),
        seller: signer.addressOf('seller'),
        payer: signer.addressOf('payer'),
        officer: signer.addressOf('officer'),
        snapshotter: signer.addressOf('snapshotter'),
        claimIssuer: signer.addressOf('claimIssuer'),
      },
      contracts: {
        accessManager: manager,
        identityStorage: contracts.address('identityStorage'),
        offering: contracts.address('offering'),
        countryAllow: contracts.address('countryAllow'),
        maximumBalance: contracts.address('maximumBalance'),
        lockup: contracts.address('lockup'),
        supplyLimit: contracts.address('supplyLimit'),
      },
    });
    const data = encodeFunctionData({ abi: tokenFactoryAbi, functionName: 'deploySuite', args: [instrumentId, suite] });
    const to = contracts.address('tokenFactory');
    const operation = await this.transactions.enqueue({ businessKey: `deploy:${instrumentId}`, sender: 'admin', to, data });
    return this.suiteFrom(await this.confirmed(operation), manager);
  }

  private async suiteFrom(transactionHash: Hash, given: Address): Promise<Suite> {
    const events = await this.projection.eventsOf(transactionHash);
    const args = events.find(({ name }) => name === 'TREXSuiteDeployed')?.args as Record<'token' | 'ir' | 'mc', Address> | undefined;
    if (!args) throw new Error(`Transaction ${transactionHash} deployed no suite.`);
    const manager =
      given !== zeroAddress
        ? given
        : await this.contracts.read({
            address: args.token,
            abi: parseAbi(['function authority() view returns (address)']),
            functionName: 'authority',
          });
    return { token: args.token, registry: args.ir, compliance: args.mc, manager };
  }

  private async documentsOf(instrumentId: string): Promise<{ id: string; role: string; sha256: string }[]> {
    return (await this.instrument(instrumentId)).documents;
  }

  private async setDocument(instrumentId: string, token: Address, document: { id: string; role: string; sha256: string }): Promise<void> {
    const args = [stringToHex(document.role, { size: 32 }), `/v1/documents/${document.id}`, document.sha256 as Hash] as const;
    const data = encodeFunctionData({ abi: securityTokenAbi, functionName: 'setDocument', args });
    const businessKey = `document:${instrumentId}:${document.id}`;
    await this.confirmed(await this.transactions.enqueue({ businessKey, sender: 'snapshotter', to: token, data }));
  }

  private async finish(instrumentId: string, suite: Suite): Promise<void> {
    await this.database.transaction(async () => {
      await this.database.query
        .update(instruments)
        .set({ ...suite, state: 'DEPLOYED', deployedAt: new Date() })
        .where(and(eq(instruments.id, instrumentId), eq(instruments.state, 'DEPLOYING')));
      await this.audit.append({ actor: SYSTEM, action: 'instrument.deployed', subject: `instrument:${instrumentId}`, payload: suite });
    });
  }

  private async fail(instrumentId: string, payload: { reason: string; openLoan: boolean }, nothingStands: boolean): Promise<void> {
    await this.database.transaction(async () => {
      await this.database.query.update(instruments).set({ state: 'FAILED' }).where(eq(instruments.id, instrumentId));
      if (nothingStands) await this.assets.markReady((await this.instrument(instrumentId)).assetId);
      await this.audit.append({
        actor: SYSTEM,
        action: 'instrument.failed',
        subject: `instrument:${instrumentId}`,
        payload,
        result: 'FAILED',
      });
    });
  }

  private async confirmed({ id }: { id: string }): Promise<Hash> {
    const { transactionHash } = await this.operations.confirmed(id);
    if (!transactionHash) throw new Error(`Operation ${id} is confirmed without a transaction.`);
    return transactionHash;
  }

  private async instrument(id: string): Promise<typeof instruments.$inferSelect> {
    const [row] = await this.database.query.select().from(instruments).where(eq(instruments.id, id));
    if (!row) throw new Error(`There is no instrument ${id}.`);
    return row;
  }
}

/** Asking the chain again cannot cure it. */
function isFinal(error: unknown): error is OperationFailed | ChainRefused | ScheduleLost {
  return error instanceof OperationFailed || error instanceof ChainRefused || error instanceof ScheduleLost;
}
