import { z } from 'zod';
import { Id, Instant } from '../schema/fields.js';

/** What may be told outside: what becomes of assets and sales. Never what concerns the verification of a person. */
export const PUBLISHED = [
  'asset',
  'instrument',
  'offering',
  'subscription',
  'dealing-desk',
  'valuation',
  'round',
  'feed',
  'distribution',
] as const;

const EventType = z
  .string()
  .regex(new RegExp(`^(${PUBLISHED.join('|')})\\.[a-z-]{1,60}$`), { error: `must be an action of ${PUBLISHED.join(', ')}` })
  .meta({ description: 'An action of the audit log', example: 'offering.opened' });

export const CreateWebhookEndpoint = z.strictObject({ url: z.url().max(2_000), types: z.array(EventType).min(1).max(50) });
export type CreateWebhookEndpoint = z.infer<typeof CreateWebhookEndpoint>;

/** What is approved of an endpoint. */
export const EndpointPayload = z.strictObject({ endpointId: Id, url: z.string(), types: z.array(z.string()) });
export type EndpointPayload = z.infer<typeof EndpointPayload>;

export const WebhookEndpointView = z.object({
  id: Id,
  url: z.string(),
  types: z.array(z.string()),
  /** Why nothing is sent, or not any more. */
  disabled: z.string().nullable(),
  /** The request that somebody else approves at /v1/approvals before anything is sent. */
  approvalId: Id.nullable(),
  createdAt: Instant,
});
export type WebhookEndpointView = z.input<typeof WebhookEndpointView>;

export const WebhookSecretView = z.object({ secret: z.string().meta({ example: 'whsec_…' }) });
export type WebhookSecretView = z.infer<typeof WebhookSecretView>;

export const WebhookDeliveryView = z.object({
  messageId: Id,
  type: z.string(),
  state: z.enum(['WAITING', 'DELIVERED', 'FAILED']),
  /** When it is tried next, if it waits. */
  nextAt: Instant,
  attempts: z.array(z.object({ at: Instant, status: z.number().int().nullable(), error: z.string().nullable() })),
});
export type WebhookDeliveryView = z.input<typeof WebhookDeliveryView>;

export const WebhookReplayView = z.object({ messageId: Id });
export type WebhookReplayView = z.infer<typeof WebhookReplayView>;
