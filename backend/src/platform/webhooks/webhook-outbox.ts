import { Injectable } from '@nestjs/common';
import { and, arrayContains, eq, isNull } from 'drizzle-orm';
import { Database } from '../database/database.js';
import { uuidv7 } from '../ids.js';
import { PUBLISHED } from './webhooks.schema.js';
import { webhookEndpoints, webhookMessages, webhookSendings } from './webhooks.tables.js';

export type PublishedEvent = { tenantId: string; type: string; at: Date; data: { eventId: string; subject: string } };

/** Notes, in the transaction of the cause, whom to tell of it. */
@Injectable()
export class WebhookOutbox {
  constructor(private readonly database: Database) {}

  async publish({ tenantId, type, at, data }: PublishedEvent): Promise<void> {
    if (!PUBLISHED.some((resource) => type.startsWith(`${resource}.`))) return;
    const endpoints = await this.database.query
      .select({ endpointId: webhookEndpoints.id })
      .from(webhookEndpoints)
      .where(
        and(eq(webhookEndpoints.tenantId, tenantId), isNull(webhookEndpoints.disabled), arrayContains(webhookEndpoints.types, [type])),
      );
    if (endpoints.length === 0) return;
    const messageId = uuidv7();
    const body = JSON.stringify({ type, timestamp: at.toISOString(), data });
    await this.database.query.insert(webhookMessages).values({ id: messageId, type, body });
    await this.database.query.insert(webhookSendings).values(endpoints.map(({ endpointId }) => ({ endpointId, messageId })));
  }
}
