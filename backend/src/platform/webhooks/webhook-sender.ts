import { type BeforeApplicationShutdown, Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { and, eq, sql } from 'drizzle-orm';
import { Webhook } from 'standardwebhooks';
import { Background } from '../background.js';
import { Config } from '../config.js';
import { Database } from '../database/database.js';
import { Vault } from '../vault/vault.js';
import { postOutbound } from './outbound.js';
import { disableEndpoint, secretOf } from './webhook-endpoints.js';
import { webhookAttempts, webhookEndpoints, webhookMessages, webhookSendings } from './webhooks.tables.js';

const SECOND = 1;
const MINUTE = 60;
const HOUR = 3_600;
/** Seconds before each attempt, counted from the one before (Standard Webhooks, "Deliverability and reliability"). */
export const SCHEDULE = [0, 5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];

const AT_A_TIME = 20;
/** Longer than an attempt can take: then another process may try. */
const CLAIM_SECONDS = 60;

type Claimed = { endpointId: string; messageId: string; attempts: number };
type Outcome = { status: number | null; error: string | null };

/** Tells endpoints what happened, at least once each, signed by Standard Webhooks. */
@Injectable()
export class WebhookSender implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger(WebhookSender.name);
  private readonly loop = new Background(
    () => this.sendDue(),
    1_000,
    (error) => this.log.warn({ err: error }, 'Webhooks could not be sent; it is tried again.'),
  );

  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
    @Inject(Config) private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  private async sendDue(): Promise<void> {
    const { rows } = await this.database.query.execute<Claimed>(sql`
      update webhook_sendings set attempts = attempts + 1, next_at = now() + make_interval(secs => ${CLAIM_SECONDS})
      where (endpoint_id, message_id) in (select endpoint_id, message_id from webhook_sendings
        where state = 'WAITING' and next_at <= now() order by next_at limit ${AT_A_TIME} for update skip locked)
      returning endpoint_id as "endpointId", message_id as "messageId", attempts`);
    await Promise.all(rows.map((claimed) => this.send(claimed)));
    if (rows.length === AT_A_TIME) this.loop.nudge();
  }

  private async send({ endpointId, messageId, attempts }: Claimed): Promise<void> {
    const outcome = await this.attempt(endpointId, messageId);
    const { status } = outcome;
    const ofSending = and(
      eq(webhookSendings.endpointId, endpointId),
      eq(webhookSendings.messageId, messageId),
      eq(webhookSendings.state, 'WAITING'),
    );
    await this.database.transaction(async () => {
      const { query } = this.database;
      await query.insert(webhookAttempts).values({ endpointId, messageId, ...outcome });
      const wait = SCHEDULE[attempts];
      if (status !== null && status >= 200 && status < 300) {
        await query.update(webhookSendings).set({ state: 'DELIVERED' }).where(ofSending);
      } else if (status === 410) {
        await disableEndpoint(this.database, endpointId, 'it answered 410 Gone');
      } else if (wait === undefined) {
        await query.update(webhookSendings).set({ state: 'FAILED' }).where(ofSending);
      } else {
        await query
          .update(webhookSendings)
          .set({ nextAt: sql`now() + make_interval(secs => ${wait})` })
          .where(ofSending);
      }
    });
  }

  private async attempt(endpointId: string, messageId: string): Promise<Outcome> {
    try {
      const [endpoint] = await this.database.query.select().from(webhookEndpoints).where(eq(webhookEndpoints.id, endpointId));
      const [message] = await this.database.query.select().from(webhookMessages).where(eq(webhookMessages.id, messageId));
      if (!endpoint || !message) throw new Error('Endpoint or message is gone.');
      const now = new Date();
      const old = endpoint.oldSecretUntil && endpoint.oldSecretUntil > now ? endpoint.oldSecret : null;
      const secrets = [endpoint.secret, ...(old ? [old] : [])];
      const opened = await Promise.all(secrets.map((secret) => this.vault.open(...secretOf(endpointId), secret)));
      const headers = {
        'webhook-id': messageId,
        'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
        'webhook-signature': opened.map((secret) => new Webhook(secret).sign(messageId, now, message.body)).join(' '),
      };
      const status = await postOutbound(endpoint.url, headers, message.body, { privateToo: this.config.webhooksPrivate });
      return { status, error: null };
    } catch (error) {
      return { status: null, error: error instanceof Error ? error.message : String(error) };
    }
  }
}
