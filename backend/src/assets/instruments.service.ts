import { Inject, Injectable } from '@nestjs/common';
import { and, asc, desc, eq, lt } from 'drizzle-orm';
import type { Address } from 'viem';
import { z } from 'zod';
import { ChainSettings } from '../chain/settings.js';
import { SENDER_ROLES, Signer } from '../chain/signer.js';
import { type Approval, Approvals } from '../platform/approvals/approvals.service.js';
import { Audit } from '../platform/audit/audit.service.js';
import type { Actor } from '../platform/auth/actor.js';
import { scope } from '../platform/auth/scope.js';
import { Database } from '../platform/database/database.js';
import { Conflict, Invalid, NotFound } from '../platform/problem.js';
import { parseAmount } from '../platform/schema/amount.js';
import { fromCursor, type PageQuery, toPage } from '../platform/schema/page.js';
import { Assets } from './assets.service.js';
import { instruments } from './assets.tables.js';
import { Documents } from './documents.service.js';
import { DEVELOPMENT_CHAIN, InstrumentDeployment } from './instrument-deployment.workflow.js';
import { type CreateInstrument, InstrumentTerms, type InstrumentView } from './instruments.schema.js';

export type Instrument = typeof instruments.$inferSelect;
/** An instrument whose contracts stand on chain. */
export type DeployedInstrument = Instrument & { token: Address; registry: Address; compliance: Address };

const InstrumentApproval = z.strictObject({
  instrumentId: z.string(),
  name: z.string(),
  symbol: z.string(),
  decimals: z.number(),
  terms: InstrumentTerms,
  documents: z.array(z.object({ id: z.string(), role: z.string(), sha256: z.string() })),
});

/** What investors see. */
const deployed = eq(instruments.state, 'DEPLOYED');

/** Security tokens of assets: terms, approval, deployment. */
@Injectable()
export class Instruments {
  private readonly approval: Approval<z.infer<typeof InstrumentApproval>>;

  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly assets: Assets,
    private readonly documents: Documents,
    private readonly signer: Signer,
    private readonly deployment: InstrumentDeployment,
    approvals: Approvals,
    @Inject(ChainSettings) private readonly chain: ChainSettings,
  ) {
    this.approval = approvals.define({
      action: 'instrument.deploy',
      permission: 'instrument:approve',
      payload: InstrumentApproval,
      execute: ({ instrumentId, documents }, { approver }) => this.deploy(instrumentId, documents, approver),
    });
  }

  /** Drafts an instrument of an approved asset and asks an officer to approve its terms.
   *  @throws Conflict ASSET_NOT_READY · Invalid TERMS_INVALID */
  async create(given: CreateInstrument, actor: Actor): Promise<InstrumentView> {
    const asset = await this.assets.get(given.assetId, actor);
    if (asset.state !== 'READY') {
      throw new Conflict('ASSET_NOT_READY', {
        detail: `The asset is ${asset.state}; an instrument needs an approved asset that has none yet.`,
        remedy: 'Complete its evidence, submit it and have an officer approve it.',
      });
    }
    assertTerms(given);
    this.assertControl();
    const documents = await this.documents.hashesOf(asset.id);
    const [row] = await this.database.query
      .insert(instruments)
      .values({ ...given, documents, tenantId: actor.tenantId, createdBy: actor.personId })
      .returning();
    if (!row) throw new Error('The instrument was not stored.');
    const { name, symbol, decimals, terms } = row;
    const request = await this.approval.request({
      payload: { instrumentId: row.id, name, symbol, decimals, terms, documents },
      subject: `instrument:${row.id}`,
      actor,
    });
    await this.audit.append({
      actor,
      action: 'instrument.created',
      subject: `instrument:${row.id}`,
      payload: given,
      decisionId: request.id,
    });
    const [stored] = await this.database.query
      .update(instruments)
      .set({ approvalId: request.id })
      .where(eq(instruments.id, row.id))
      .returning();
    return this.view(stored ?? row);
  }

  async list({ limit, cursor }: PageQuery, actor: Actor): Promise<{ items: InstrumentView[]; next: string | null }> {
    const before = fromCursor(cursor);
    const rows = await this.database.query
      .select()
      .from(instruments)
      .where(and(scope(actor, instruments.tenantId, deployed), before ? lt(instruments.id, before) : undefined))
      .orderBy(desc(instruments.id))
      .limit(limit + 1);
    const found = toPage(rows, limit, (row) => row.id);
    return { items: found.items.map((row) => this.view(row)), next: found.next };
  }

  async get(id: string, actor: Pick<Actor, 'tenantId'>): Promise<InstrumentView> {
    return this.view(await this.find(id, actor));
  }

  /** @throws NotFound INSTRUMENT_NOT_FOUND */
  async find(id: string, actor: Pick<Actor, 'tenantId'>): Promise<Instrument> {
    const [row] = await this.database.query
      .select()
      .from(instruments)
      .where(and(eq(instruments.id, id), scope(actor, instruments.tenantId, deployed)));
    if (!row) throw new NotFound('INSTRUMENT_NOT_FOUND', 'There is no such instrument.');
    return row;
  }

  /** @throws NotFound INSTRUMENT_NOT_FOUND · Conflict INSTRUMENT_NOT_DEPLOYED */
  async deployed(id: string, actor: Pick<Actor, 'tenantId'>): Promise<DeployedInstrument> {
    const row = await this.find(id, actor);
    if (isDeployed(row)) return row;
    throw new Conflict('INSTRUMENT_NOT_DEPLOYED', `The instrument is ${row.state}: it has no token yet.`);
  }

  /** All instruments with a token, oldest first. */
  async allDeployed(): Promise<DeployedInstrument[]> {
    const rows = await this.database.query.select().from(instruments).where(eq(instruments.state, 'DEPLOYED')).orderBy(asc(instruments.id));
    return rows.filter(isDeployed);
  }

  /** Goes on with a deployment whose contracts stand but are not open, or that broke off. Its approval holds.
   *  @throws NotFound INSTRUMENT_NOT_FOUND · Conflict INSTRUMENT_STATE */
  async goOn(id: string, actor: Actor): Promise<InstrumentView> {
    await this.database.lock(`instrument:${id}`);
    const row = await this.find(id, actor);
    const unopened = row.state === 'FAILED' && row.token !== null;
    const brokeOff = row.state === 'DEPLOYING' && (await this.deployment.hasFailed(id, row.attempts));
    if (!unopened && !brokeOff) {
      throw new Conflict('INSTRUMENT_STATE', {
        detail: `The instrument is ${row.state}; only a deployment that stopped half-way goes on.`,
        ...(row.state === 'FAILED' ? { remedy: 'Draft another instrument: the asset is READY again.' } : {}),
      });
    }
    const attempts = row.attempts + 1;
    const [moved] = await this.database.query
      .update(instruments)
      .set({ state: 'DEPLOYING', deployingSince: new Date(), attempts })
      .where(eq(instruments.id, id))
      .returning();
    await this.audit.append({ actor, action: 'instrument.retried', subject: `instrument:${id}`, payload: { attempts } });
    await this.deployment.start(id, attempts);
    return this.view(moved ?? row);
  }

  private async deploy(id: string, documents: Instrument['documents'], approver: Actor): Promise<{ instrumentId: string }> {
    const instrument = await this.find(id, approver);
    await this.database.lock(`asset:${instrument.assetId}`);
    const asset = await this.assets.get(instrument.assetId, approver);
    if (asset.state !== 'READY') throw new Conflict('ASSET_NOT_READY', `The asset is ${asset.state}.`);
    await this.assets.complete(asset);
    const now = await this.documents.hashesOf(asset.id);
    if (now.length !== documents.length || now.some(({ id: document }) => !documents.some((approved) => approved.id === document))) {
      throw new Conflict('DOCUMENTS_CHANGED', {
        detail: 'A document was added after the request was made.',
        remedy: 'Reject this request; the issuer drafts the instrument again.',
      });
    }
    const [moved] = await this.database.query
      .update(instruments)
      .set({ state: 'DEPLOYING', deployingSince: new Date() })
      .where(and(eq(instruments.id, id), eq(instruments.state, 'DRAFT')))
      .returning();
    if (!moved) throw new Conflict('INSTRUMENT_STATE', `The instrument is ${instrument.state}.`);
    await this.assets.markTokenized(asset.id);
    await this.audit.append({ actor: approver, action: 'instrument.approved', subject: `instrument:${id}` });
    await this.deployment.start(id, 0);
    return { instrumentId: id };
  }

  /** Off the development chain nobody who sends for us may also be the one who cancels or upgrades.
   *  @throws Conflict CONTROL_NOT_SEPARATE */
  private assertControl(): void {
    const { guardian, upgrader, chainId } = this.chain;
    const senders = SENDER_ROLES.map((role) => this.signer.addressOf(role));
    if (guardian && upgrader && (chainId === DEVELOPMENT_CHAIN || !senders.some((sender) => sender === guardian || sender === upgrader)))
      return;
    throw new Conflict('CONTROL_NOT_SEPARATE', {
      detail: 'A guardian and an upgrader that are none of our sending accounts must be configured before a token is deployed.',
      remedy: 'Set GUARDIAN and UPGRADER to the addresses of multisigs.',
    });
  }

  private view(row: Instrument): InstrumentView {
    return { ...row, caip19: row.token && `eip155:${this.chain.chainId}/erc20:${row.token}` };
  }
}

function isDeployed(row: Instrument): row is DeployedInstrument {
  return row.state === 'DEPLOYED' && row.token !== null && row.registry !== null && row.compliance !== null;
}

function assertTerms({ decimals, terms }: CreateInstrument): void {
  const authorised = parseAmount(terms.authorisedUnits, decimals, 'terms.authorisedUnits');
  const refuse = (detail: string): never => {
    throw new Invalid('TERMS_INVALID', { detail, remedy: 'Correct the terms and send them again.' });
  };
  if (authorised === 0n) refuse('terms.authorisedUnits must be above zero.');
  if (authorised >= 2n ** 112n) refuse('terms.authorisedUnits is more than a token can hold (2^112 - 1 of its smallest units).');
  if (terms.maximumBalance !== undefined && parseAmount(terms.maximumBalance, decimals, 'terms.maximumBalance') === 0n) {
    refuse('terms.maximumBalance must be above zero.');
  }
  if (new Set(terms.countriesAllowed).size !== terms.countriesAllowed.length) refuse('terms.countriesAllowed names a country twice.');
  if (new Set(terms.claimTopics).size !== terms.claimTopics.length) refuse('terms.claimTopics names a topic twice.');
}
