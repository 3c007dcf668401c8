import { Inject, Injectable } from '@nestjs/common';
import { and, eq, ne, sql } from 'drizzle-orm';
import { type Address, encodeFunctionData, type Hash, type Hex, parseAbi, stringToHex, zeroAddress } from 'viem';
import { securityTokenAbi, tokenFactoryAbi } from '../../../contracts/generated/abi.js';
import { Contracts } from '../chain/contracts.js';
import { Operations } from '../chain/operations.js';
import { Projection } from '../chain/projection/projection.js';
import { refusalOf } from '../chain/refusal-of.js';
import { RestrictedCalls } from '../chain/restricted-call.js';
import { ChainSettings } from '../chain/settings.js';
import { Signer } from '../chain/signer.js';
import { Transactions } from '../chain/transactions.js';
import { Audit } from '../platform/audit/audit.service.js';
import { SYSTEM } from '../platform/auth/actor.js';
import { actingIn } from '../platform/auth/scope.js';
import { Database } from '../platform/database/database.js';
import { type Workflow, Workflows } from '../platform/workflow/workflows.js';
import { Assets } from './assets.service.js';
import { instruments } from './assets.tables.js';
import { suiteOf } from './suite.js';

/** `attempt` is part of the keys, so that what failed can be asked for again. */
type Input = { instrumentId: string; attempt: number };
type Suite = { token: Address; registry: Address; compliance: Address; manager: Address };

export const DEVELOPMENT_CHAIN = 31337;
const ADMIN_ROLE = 0n;
const WAIT_MS = 500;
const lending = parseAbi([
  'function grantRole(uint64 roleId, address account, uint32 executionDelay)',
  'function revokeRole(uint64 roleId, address account)',
  'function getAccess(uint64 roleId, address account) view returns (uint48 since, uint32 delay, uint32 pendingDelay, uint48 effect)',
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

  async start(instrumentId: string, attempt: number): Promise<void> {
    await this.workflow.start(keyOf(instrumentId, attempt), { instrumentId, attempt });
  }

  /** Whether the run of an attempt broke off, so that nobody will note how it ended. */
  async hasFailed(instrumentId: string, attempt: number): Promise<boolean> {
    return (await this.workflows.state(keyOf(instrumentId, attempt)))?.status === 'FAILED';
  }

  private async run(input: Input): Promise<void> {
    const { workflows } = this;
    const { instrumentId } = input;
    while (await workflows.step('earlier deployments', () => this.othersAreBefore(instrumentId))) await workflows.sleep(WAIT_MS);
    const refused = (await this.bringSuite(input)) ?? (await this.openToken(input));
    if (refused === null) await workflows.step('finish', () => this.finish(instrumentId));
    else await workflows.step('fail', () => this.fail(instrumentId, refused));
  }

  /** What an earlier attempt has deployed stands; what it has sent needs no second loan. @returns why there are no contracts; null when
   *  there are */
  private async bringSuite(input: Input): Promise<string | null> {
    const { workflows } = this;
    const { instrumentId } = input;
    if (await workflows.step('stands', () => this.stands(instrumentId))) return null;
    const manager = await workflows.step('the issuer’s manager', () => this.managerOf(instrumentId));
    const sent = await workflows.step('sent', async () => (await this.operations.find(deployKeyOf(instrumentId))) !== undefined);
    const notLent = sent || manager === zeroAddress ? null : await this.lend('grantRole', input, manager);
    const refused = notLent ?? (await workflows.step('deploy', () => refusalOf(() => this.deploy(instrumentId, manager))));
    if (refused === null || !(await workflows.step('loan', () => this.isLent(manager)))) return refused;
    // Before the issuer's next deployment has its turn, or this would take the next one's loan away.
    const notReturned = await this.lend('revokeRole', input, manager);
    return notReturned === null ? refused : `${refused} ${notReturned}`;
  }

  /** Documents and the end of the pause. @returns why the token does not open; null when it is open */
  private async openToken({ instrumentId, attempt }: Input): Promise<string | null> {
    const { workflows } = this;
    const { token, manager, documents } = await workflows.step('suite', () => this.suite(instrumentId));
    for (const document of documents) {
      const refused = await workflows.step(`document ${document.role}`, () =>
        refusalOf(() => this.setDocument(`document:${instrumentId}:${document.id}:${attempt}`, token, document)),
      );
      if (refused !== null) return refused;
    }
    if (!(await workflows.step('paused', () => this.isPaused(token)))) return null;
    const data = encodeFunctionData({ abi: securityTokenAbi, functionName: 'unpause' });
    return this.restricted.run({ businessKey: `unpause:${instrumentId}:${attempt}`, sender: 'admin', manager, to: token, data });
  }

  /** The issuer's manager lends the factory ADMIN for one deployment; the factory gives it back itself, unless the deployment failed. */
  private lend(functionName: 'grantRole' | 'revokeRole', { instrumentId, attempt }: Input, manager: Address): Promise<string | null> {
    const factory = this.contracts.address('tokenFactory');
    const data =
      functionName === 'grantRole'
        ? encodeFunctionData({ abi: lending, functionName, args: [ADMIN_ROLE, factory, 0] })
        : encodeFunctionData({ abi: lending, functionName, args: [ADMIN_ROLE, factory] });
    const businessKey = `factory-${functionName}:${instrumentId}:${attempt}`;
    return this.restricted.run({ businessKey, sender: 'admin', manager, to: manager, data });
  }

  /** Also when the loan begins later only. */
  private async isLent(manager: Address): Promise<boolean> {
    if (manager === zeroAddress) return false;
    const args = [ADMIN_ROLE, this.contracts.address('tokenFactory')] as const;
    const [since] = await this.contracts.read({ address: manager, abi: lending, functionName: 'getAccess', args });
    return since !== 0;
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

  /** Once for an instrument: an attempt that finds it on its way waits for it. */
  private async deploy(instrumentId: string, manager: Address): Promise<void> {
    const businessKey = deployKeyOf(instrumentId);
    const to = this.contracts.address('tokenFactory');
    const operation =
      (await this.operations.find(businessKey)) ??
      (await this.transactions.enqueue({ businessKey, sender: 'admin', to, data: await this.deploymentData(instrumentId, manager) }));
    const suite = await this.suiteFrom(await this.confirmed(operation));
    await this.database.query.update(instruments).set(suite).where(eq(instruments.id, instrumentId));
  }

  private async deploymentData(instrumentId: string, manager: Address): Promise<Hex> {
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
    return encodeFunctionData({ abi: tokenFactoryAbi, functionName: 'deploySuite', args: [instrumentId, suite] });
  }

  private async suiteFrom(transactionHash: Hash): Promise<Suite> {
    const events = await this.projection.eventsOf(transactionHash);
    const args = events.find(({ name }) => name === 'TREXSuiteDeployed')?.args as Record<'token' | 'ir' | 'mc', Address> | undefined;
    if (!args) throw new Error(`Transaction ${transactionHash} deployed no suite.`);
    const abi = parseAbi(['function authority() view returns (address)']);
    const manager = await this.contracts.read({ address: args.token, abi, functionName: 'authority' });
    return { token: args.token, registry: args.ir, compliance: args.mc, manager };
  }

  private async stands(instrumentId: string): Promise<boolean> {
    return (await this.instrument(instrumentId)).token !== null;
  }

  private async suite(instrumentId: string): Promise<Suite & Pick<typeof instruments.$inferSelect, 'documents'>> {
    const { token, registry, compliance, manager, documents } = await this.instrument(instrumentId);
    if (!token || !registry || !compliance || !manager) throw new Error(`The contracts of instrument ${instrumentId} do not stand.`);
    return { token, registry, compliance, manager, documents };
  }

  /** Each once: the token keeps every version. */
  private async setDocument(businessKey: string, token: Address, document: { id: string; role: string; sha256: string }): Promise<void> {
    const name = stringToHex(document.role, { size: 32 });
    const [uri, hash] = [`/v1/documents/${document.id}`, document.sha256 as Hash] as const;
    const [, known] = await this.contracts.read({ address: token, abi: securityTokenAbi, functionName: 'getDocument', args: [name] });
    if (known === hash && !(await this.operations.find(businessKey))) return;
    const data = encodeFunctionData({ abi: securityTokenAbi, functionName: 'setDocument', args: [name, uri, hash] });
    await this.confirmed(await this.transactions.enqueue({ businessKey, sender: 'snapshotter', to: token, data }));
  }

  private isPaused(token: Address): Promise<boolean> {
    return this.contracts.read({ address: token, abi: securityTokenAbi, functionName: 'paused' });
  }

  private async finish(instrumentId: string): Promise<void> {
    await this.database.transaction(async () => {
      const { documents: _, ...suite } = await this.suite(instrumentId);
      await this.database.query
        .update(instruments)
        .set({ state: 'DEPLOYED', deployedAt: new Date() })
        .where(and(eq(instruments.id, instrumentId), eq(instruments.state, 'DEPLOYING')));
      const actor = actingIn(SYSTEM, (await this.instrument(instrumentId)).tenantId);
      await this.audit.append({ actor, action: 'instrument.deployed', subject: `instrument:${instrumentId}`, payload: suite });
    });
  }

  /** Without contracts the asset is READY for another instrument; with them this one can go on. A loan that is still open ends with the
   *  issuer's next deployment. */
  private async fail(instrumentId: string, reason: string): Promise<void> {
    const openLoan = await this.isLent(await this.managerOf(instrumentId));
    await this.database.transaction(async () => {
      await this.database.query.update(instruments).set({ state: 'FAILED' }).where(eq(instruments.id, instrumentId));
      const { assetId, token, tenantId } = await this.instrument(instrumentId);
      if (!token) await this.assets.markReady(assetId);
      const subject = `instrument:${instrumentId}`;
      const actor = actingIn(SYSTEM, tenantId);
      await this.audit.append({ actor, action: 'instrument.failed', subject, payload: { reason, openLoan }, result: 'FAILED' });
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

const keyOf = (instrumentId: string, attempt: number): string => `instrument-deployment:${instrumentId}:${attempt}`;
const deployKeyOf = (instrumentId: string): string => `deploy:${instrumentId}`;
