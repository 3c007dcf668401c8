import { createHash } from 'node:crypto';
import { canonical, type Json } from '../json.js';

/** What a link of the chain commits to: an event without its payload, which `payloadHash` stands for. */
export type ChainedEvent = {
  id: string;
  tenantId: string;
  /** RFC 3339 in UTC, with milliseconds. */
  at: string;
  actor: Json;
  action: string;
  subject: string;
  payloadHash: string;
  decisionId: string | null;
  result: string;
};

/** What the first entry follows. */
export const GENESIS = '0'.repeat(64);

/** SHA-256(previous hash ‖ canonical JSON of sequence and event), in hex. */
export function chainHash(previousHash: string, sequence: number, event: ChainedEvent): string {
  const { id, tenantId, at, actor, action, subject, payloadHash, decisionId, result } = event;
  const entry = { sequence, id, tenantId, at, actor, action, subject, payloadHash, decisionId, result };
  return createHash('sha256').update(Buffer.from(previousHash, 'hex')).update(canonical(entry)).digest('hex');
}
