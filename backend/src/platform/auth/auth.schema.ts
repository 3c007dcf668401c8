import { z } from 'zod';
import { Role } from '../config.js';
import { HexData, Id, Instant } from '../schema/fields.js';

/** What a wallet signs in for: put these values into an EIP-4361 message. */
export const Challenge = z.object({
  nonce: z.string(),
  domain: z.string(),
  uri: z.string(),
  chainId: z.number().int(),
  expiresAt: Instant,
});

export const SignIn = z.strictObject({ message: z.string().max(4_000), signature: HexData });
export type SignIn = z.infer<typeof SignIn>;

export const PersonView = z.object({
  id: Id,
  name: z.string(),
  roles: z.array(Role),
  tenantId: z.string(),
  partyId: Id.nullable(),
});

/** A session that is open. */
export const SessionView = z.object({
  id: Id,
  method: z.enum(['WALLET', 'OIDC']),
  createdAt: Instant,
  authenticatedAt: Instant,
  expiresAt: Instant,
  /** Whether it is the one that asks. */
  current: z.boolean(),
});
export type SessionView = z.input<typeof SessionView>;

export const Session = z.object({ token: z.string(), expiresAt: Instant, person: PersonView });
