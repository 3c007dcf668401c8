import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { and, asc, desc, eq, inArray, lt, sql } from 'drizzle-orm';
import { type Approval, Approvals } from '../approvals/approvals.service.js';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../auth/actor.js';
import { actingIn, scope } from '../auth/scope.js';
import { Config } from '../config.js';
import { Database } from '../database/database.js';
import { uuidv7 } from '../ids.js';
import { canonical } from '../json.js';
import { Conflict, Invalid, NotFound } from '../problem.js';
import { fromCursor, type PageQuery, toPage } from '../schema/page.js';
import { Vault } from '../vault/vault.js';
import { AddressRefused, requireOutboundUrl } from './outbound.js';
import {
  type CreateWebhookEndpoint,
  EndpointPayload,
  type WebhookDeliveryView,
  type WebhookEndpointView,
  type WebhookReplayView,
  type WebhookSecretView,
} from './webhooks.schema.js';
import { webhookAttempts, webhookEndpoints, webhookMessages, webhookSendings } from './webhooks.tables.js';

type Endpoint = typeof webhookEndpoints.$inferSelect;

/** Under which the vault seals an endpoint's secrets. */
export const secretOf = (id: string): [subject: string, field: string] => [`webhook-endpoint:${id}`, 'secret'];

/** Where tenants want to be told, and what became of what they were told. Foreign endpoints do not exist. */
@Injectable()
export class WebhookEndpoints {
  private readonly approval: Approval<EndpointPayload>;

  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
    private readonly audit: Audit,
    approvals: Approvals,
    @Inject(Config) private readonly config: Config,
  ) {
    this.approval = approvals.define({
      action: 'webhook-endpoint.open',
      permission: 'webhook:approve',
      payload: EndpointPayload,
      execute: (payload, { approver }) => this.open(payload, approver),
    });
  }

  /** Nothing is sent to it before somebody else approved this address and these events. The answer is kept for its Idempotency-Key, so the
   *  secret is read by itself.
   *  @throws Invalid WEBHOOK_URL_REFUSED · Conflict APPROVAL_UNDERSTAFFED */
  async create({ url, types }: CreateWebhookEndpoint, actor: Actor): Promise<WebhookEndpointView> {
    try {
      requireOutboundUrl(url, this.config.webhooksPrivate);
    } catch (error) {
      if (error instanceof AddressRefused) throw new Invalid('WEBHOOK_URL_REFUSED', `${url} is refused: ${error.message}.`);
      throw error;
    }
    const id = uuidv7();
    const payload = { endpointId: id, url, types };
    const { id: approvalId } = await this.approval.request({ payload, subject: `webhook-endpoint:${id}`, actor });
    const waits = { approvalId, pending: true, disabled: 'nobody else has approved it yet' };
    const secret = await this.newSecret(id);
    await this.database.query.insert(webhookEndpoints).values({ id, tenantId: actor.tenantId, url, types, secret, ...waits });
    await this.log('created', { id, tenantId: actor.tenantId }, actor, { url, types });
    return this.own(id, actor);
  }

  /** What was approved is what is there: neither address nor events of an endpoint ever change. */
  private async open({ endpointId, url, types }: EndpointPayload, approver: Actor): Promise<WebhookEndpointView> {
    const endpoint = await this.own(endpointId, approver);
    if (endpoint.url !== url || canonical(endpoint.types) !== canonical(types)) {
      throw new Conflict('WEBHOOK_ENDPOINT_CHANGED', {
        detail: 'The endpoint is not the one that was asked for.',
        remedy: 'Make a new one.',
      });
    }
    await this.database.query.update(webhookEndpoints).set({ pending: false, disabled: null }).where(eq(webhookEndpoints.id, endpointId));
    await this.log('opened', endpoint, approver);
    const { id, approvalId, createdAt } = endpoint;
    return { id, url, types, disabled: null, approvalId, createdAt };
  }

  async list({ limit, cursor }: PageQuery, actor: Actor): Promise<{ items: WebhookEndpointView[]; next: string | null }> {
    const before = fromCursor(cursor);
    const rows = await this.database.query
      .select()
      .from(webhookEndpoints)
      .where(and(scope(actor, webhookEndpoints.tenantId), before ? lt(webhookEndpoints.id, before) : undefined))
      .orderBy(desc(webhookEndpoints.id))
      .limit(limit + 1);
    return toPage(rows, limit, ({ id }) => id);
  }

  async secret(id: string, actor: Actor): Promise<WebhookSecretView> {
    const endpoint = await this.own(id, actor);
    await this.log('secret-read', endpoint, actor);
    return { secret: await this.vault.open(...secretOf(id), endpoint.secret) };
  }

  /** The old secret signs beside the new one for a day. */
  async rotate(id: string, actor: Actor): Promise<WebhookEndpointView> {
    const endpoint = await this.own(id, actor);
    const set = { secret: await this.newSecret(id), oldSecret: endpoint.secret, oldSecretUntil: sql`now() + interval '24 hours'` };
    await this.database.query.update(webhookEndpoints).set(set).where(eq(webhookEndpoints.id, id));
    await this.log('rotated', endpoint, actor);
    return this.own(id, actor);
  }

  /** What still waits is not sent. */
  async disable(id: string, actor: Actor): Promise<WebhookEndpointView> {
    const endpoint = await this.own(id, actor);
    this.requireOpen(endpoint);
    await disableEndpoint(this.database, id, `disabled by ${actor.name}`);
    await this.log('disabled', endpoint, actor);
    return this.own(id, actor);
  }

  /** @throws Conflict WEBHOOK_ENDPOINT_PENDING */
  async enable(id: string, actor: Actor): Promise<WebhookEndpointView> {
    const endpoint = await this.own(id, actor);
    this.requireOpen(endpoint);
    await this.database.query.update(webhookEndpoints).set({ disabled: null }).where(eq(webhookEndpoints.id, id));
    await this.log('enabled', endpoint, actor);
    return this.own(id, actor);
  }

  /** Newest message first, each with every attempt. */
  async deliveries(id: string, { limit, cursor }: PageQuery, actor: Actor): Promise<{ items: WebhookDeliveryView[]; next: string | null }> {
    await this.own(id, actor);
    const before = fromCursor(cursor);
    const rows = await this.database.query
      .select({ sending: webhookSendings, type: webhookMessages.type })
      .from(webhookSendings)
      .innerJoin(webhookMessages, eq(webhookMessages.id, webhookSendings.messageId))
      .where(and(eq(webhookSendings.endpointId, id), before ? lt(webhookSendings.messageId, before) : undefined))
      .orderBy(desc(webhookSendings.messageId))
      .limit(limit + 1);
    const { items, next } = toPage(rows, limit, ({ sending }) => sending.messageId);
    const ids = items.map(({ sending }) => sending.messageId);
    const attempts = await this.database.query
      .select()
      .from(webhookAttempts)
      .where(and(eq(webhookAttempts.endpointId, id), inArray(webhookAttempts.messageId, ids)))
      .orderBy(asc(webhookAttempts.id));
    const views = items.map(({ sending, type }) => ({
      ...sending,
      type,
      attempts: attempts.filter(({ messageId }) => messageId === sending.messageId),
    }));
    return { items: views, next };
  }

  /** Sends a message once more, from the start of the schedule; the receiver sees the same `webhook-id`.
   *  @throws NotFound WEBHOOK_DELIVERY_NOT_FOUND · Conflict WEBHOOK_ENDPOINT_DISABLED */
  async replay(id: string, messageId: string, actor: Actor): Promise<WebhookReplayView> {
    const endpoint = await this.own(id, actor);
    if (endpoint.disabled)
      throw new Conflict('WEBHOOK_ENDPOINT_DISABLED', {
        detail: `Nothing is sent to it: ${endpoint.disabled}.`,
        remedy: 'Enable it first.',
      });
    const { rowCount } = await this.database.query
      .update(webhookSendings)
      .set({ state: 'WAITING', attempts: 0, nextAt: sql`now()` })
      .where(and(eq(webhookSendings.endpointId, id), eq(webhookSendings.messageId, messageId)));
    if (!rowCount) throw new NotFound('WEBHOOK_DELIVERY_NOT_FOUND', 'This endpoint was never told of that message.');
    await this.log('replayed', endpoint, actor, { messageId });
    return { messageId };
  }

  private async own(id: string, actor: Actor): Promise<Endpoint> {
    const [row] = await this.database.query
      .select()
      .from(webhookEndpoints)
      .where(and(eq(webhookEndpoints.id, id), scope(actor, webhookEndpoints.tenantId)));
    if (!row) throw new NotFound('WEBHOOK_ENDPOINT_NOT_FOUND', `There is no webhook endpoint ${id}.`);
    return row;
  }

  private requireOpen({ pending, approvalId }: Endpoint): void {
    if (!pending) return;
    throw new Conflict('WEBHOOK_ENDPOINT_PENDING', {
      detail: 'Nobody else has approved the endpoint yet.',
      remedy: `Let another issuer or admin decide about ${approvalId}, or make a new one.`,
    });
  }

  private newSecret(id: string): Promise<Buffer> {
    return this.vault.seal(...secretOf(id), `whsec_${randomBytes(32).toString('base64')}`);
  }

  private async log(
    what: string,
    { id, tenantId }: Pick<Endpoint, 'id' | 'tenantId'>,
    actor: Actor,
    payload: Record<string, unknown> = {},
  ): Promise<void> {
    await this.audit.append({
      actor: actingIn(actor, tenantId),
      action: `webhook-endpoint.${what}`,
      subject: `webhook-endpoint:${id}`,
      payload,
    });
  }
}

/** Ends an endpoint, and what waits for it. */
export async function disableEndpoint({ query }: Database, id: string, why: string): Promise<void> {
  await query.update(webhookEndpoints).set({ disabled: why }).where(eq(webhookEndpoints.id, id));
  await query
    .update(webhookSendings)
    .set({ state: 'FAILED' })
    .where(and(eq(webhookSendings.endpointId, id), eq(webhookSendings.state, 'WAITING')));
}
