import { OPERATOR, type Role } from '../config.js';

/** Who may do what: the role matrix as data, the only place where a role is named. Denied is what is not listed. A permission says
 *  `<resource>:<verb>`; "own" in its name means that the service narrows it to the actor's own rows (foreign ones answer 404).
 *  Maker and checker: `…:request` makes, `…:approve` checks; approvals refuse the same person for both, whatever the roles. */
export const PERMISSIONS = {
  'session:own': ['INVESTOR', 'ISSUER', 'OFFICER', 'AUDITOR', 'ADMIN'],
  'session:end': ['OFFICER', 'ADMIN'],

  // Parties, wallets and KYC: investors make their own, officers see and decide.
  'party:own': ['INVESTOR'],
  'party:view': ['INVESTOR', 'OFFICER', 'AUDITOR'],
  'party:read': ['OFFICER', 'AUDITOR'],
  'party:write': ['OFFICER'],
  'wallet:own': ['INVESTOR'],
  'wallet:read': ['OFFICER', 'AUDITOR'],
  'kyc:own': ['INVESTOR'],
  'kyc:view': ['INVESTOR', 'OFFICER', 'AUDITOR'],
  'kyc:read': ['OFFICER', 'AUDITOR'],
  'kyc:recommend': ['OFFICER'],
  'kyc:approve': ['OFFICER'],
  'claim:request': ['OFFICER'],
  'claim:approve': ['OFFICER'],
  'simulator:complete': ['INVESTOR', 'ISSUER', 'OFFICER', 'ADMIN'],

  // Assets, instruments, offerings, distributions: the issuer drafts, an officer approves what opens or pays.
  'asset:read': ['ISSUER', 'OFFICER', 'INVESTOR', 'AUDITOR'],
  'asset:write': ['ISSUER'],
  'asset:approve': ['OFFICER'],
  'instrument:deploy': ['ISSUER'],
  'instrument:approve': ['OFFICER'],
  'offering:read': ['ISSUER', 'OFFICER', 'INVESTOR', 'AUDITOR'],
  'offering:write': ['ISSUER'],
  'offering:approve': ['OFFICER'],
  'subscription:own': ['INVESTOR'],
  'subscription:read': ['ISSUER', 'OFFICER', 'AUDITOR'],
  'subscription:view': ['INVESTOR', 'ISSUER', 'OFFICER', 'AUDITOR'], // investors: their own
  'subscription:decide': ['ISSUER'],
  'dealing:own': ['INVESTOR'],
  'dealing:view': ['INVESTOR', 'ISSUER', 'OFFICER', 'AUDITOR'], // investors: their own requests
  'dealing:read': ['ISSUER', 'OFFICER', 'AUDITOR'],
  'dealing:write': ['ISSUER'],
  'dealing:approve': ['OFFICER'],
  'valuation:read': ['ISSUER', 'OFFICER', 'INVESTOR', 'AUDITOR'],
  'valuation:write': ['ISSUER'],
  'valuation:approve': ['OFFICER'],
  'evidence:write': ['ISSUER', 'OFFICER'],
  'round:request': ['OFFICER'],
  'round:approve': ['OFFICER'],
  'feed:halt': ['OFFICER'],
  'distribution:read': ['ISSUER', 'OFFICER', 'AUDITOR'],
  'distribution:write': ['ISSUER'],
  'distribution:approve': ['OFFICER'],
  'entitlement:own': ['INVESTOR'],
  'entitlement:read': ['ISSUER', 'OFFICER', 'AUDITOR'],
  'entitlement:view': ['INVESTOR', 'ISSUER', 'OFFICER', 'AUDITOR'], // investors: their own
  'withholding-rate:write': ['OFFICER'],

  // Register actions and rules: one officer makes, another approves.
  'freeze:make': ['OFFICER'],
  'freeze:approve': ['OFFICER'],
  'freeze:read': ['OFFICER', 'ISSUER', 'AUDITOR'],
  'transfer:preview': ['ISSUER', 'OFFICER', 'INVESTOR', 'AUDITOR'],
  'forced-transfer:request': ['OFFICER', 'ISSUER'],
  'forced-transfer:approve': ['OFFICER'],
  'recovery:prepare': ['OFFICER', 'ISSUER', 'INVESTOR'],
  'recovery:request': ['OFFICER', 'ISSUER'],
  'recovery:read': ['OFFICER', 'ISSUER', 'AUDITOR'],
  'recovery:approve': ['OFFICER'],
  'rule:read': ['ISSUER', 'OFFICER', 'INVESTOR', 'AUDITOR'],
  'rule:request': ['OFFICER', 'ISSUER'],
  'rule:approve': ['OFFICER'],

  // Records.
  'holding:own': ['INVESTOR'],
  'cap-table:read': ['ISSUER', 'OFFICER', 'AUDITOR'],
  'report:read': ['ISSUER', 'OFFICER', 'AUDITOR'],
  'operation:read': ['ISSUER', 'OFFICER', 'AUDITOR', 'ADMIN'],
  'chain:read': ['OFFICER', 'AUDITOR', 'ADMIN'],
  'approval:read': ['ISSUER', 'OFFICER', 'AUDITOR', 'ADMIN'],
  'approval:decide': ['ISSUER', 'OFFICER', 'ADMIN'],
  'audit:read': ['OFFICER', 'AUDITOR'],
  'audit:verify': ['AUDITOR'],
  'webhook:read': ['ISSUER', 'ADMIN'],
  'webhook:write': ['ISSUER', 'ADMIN'],
  'webhook:approve': ['ISSUER', 'ADMIN'],

  // People: an admin has no business power.
  'person:read': ['ADMIN', 'AUDITOR'],
  'person:request': ['ADMIN'],
  'person:approve': ['ADMIN'],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof PERMISSIONS;

/** Whether one of the roles carries the permission. */
export function may(roles: readonly Role[], permission: Permission): boolean {
  const allowed: readonly Role[] = PERMISSIONS[permission];
  return roles.some((role) => allowed.includes(role));
}

/** What concerns every tenant at once (who is verified, the operator's feeds, rates of law, the chain, the whole audit log): for the
 *  operator's staff only. */
const OPERATOR_ONLY: readonly Permission[] = [
  'kyc:recommend',
  'kyc:approve',
  'claim:request',
  'claim:approve',
  'round:request',
  'round:approve',
  'feed:halt',
  'withholding-rate:write',
  'chain:read',
  'audit:verify',
];

/** Whether somebody with these roles in this tenant has the permission. */
export function allows({ roles, tenantId }: { roles: readonly Role[]; tenantId: string }, permission: Permission): boolean {
  return may(roles, permission) && (tenantId === OPERATOR || !OPERATOR_ONLY.includes(permission));
}

/** The roles that carry the permission. */
export function rolesWith(permission: Permission): readonly Role[] {
  return PERMISSIONS[permission];
}
