import { type AnyColumn, eq, or, type SQL, sql } from 'drizzle-orm';
import { OPERATOR, type Role } from '../config.js';
import { PERMISSIONS, type Permission } from './permissions.js';

/** Whose rows somebody reaches by what he does: everybody's (the operator's staff), those of his tenant (staff), and as an investor what
 *  is his own or on offer. */
export type Reach = { all: boolean; tenant: boolean; investor: boolean };

/** Anybody who looks for a row; without a reach he finds those of his tenant. */
type Viewer = { tenantId: string; reach?: Reach };

/** Staff of the operator who look after every tenant. An ISSUER, also the operator's own, issues for his tenant only. */
const ACROSS_TENANTS: readonly Role[] = ['OFFICER', 'AUDITOR', 'ADMIN'];
const OWN_TENANT: Reach = { all: false, tenant: true, investor: false };

/** The reach that the roles which carry a permission give: being an OFFICER too widens nothing that is done as an ISSUER. */
export function reachOf({ roles, tenantId }: { roles: readonly Role[]; tenantId: string }, permission: Permission): Reach {
  const allowed: readonly Role[] = PERMISSIONS[permission];
  const carrying = roles.filter((role) => allowed.includes(role));
  return {
    all: tenantId === OPERATOR && carrying.some((role) => ACROSS_TENANTS.includes(role)),
    tenant: carrying.some((role) => role !== 'INVESTOR'),
    investor: carrying.includes('INVESTOR'),
  };
}

/** Narrows a query to the rows that somebody may know of; put it where a feature loads its root row.
 *  @param tenant column with the row's tenant   @param forInvestors which rows investors of any tenant may see; default none */
export function scope(viewer: Viewer, tenant: AnyColumn, forInvestors: SQL = sql`false`): SQL | undefined {
  const { all, tenant: own, investor } = viewer.reach ?? OWN_TENANT;
  if (all) return undefined;
  return or(own ? eq(tenant, viewer.tenantId) : sql`false`, investor ? forInvestors : undefined);
}

/** Whether somebody acts as staff on a row of this tenant, not as an investor. */
export function isStaffOf(viewer: Viewer, tenantId: string): boolean {
  const { all, tenant } = viewer.reach ?? OWN_TENANT;
  return all || (tenant && tenantId === viewer.tenantId);
}

/** The same actor at work in the tenant of what he works on: there his entries of the audit log, requests and orders belong. */
export function actingIn<T extends Viewer>(actor: T, tenantId: string): T {
  return { ...actor, tenantId };
}
