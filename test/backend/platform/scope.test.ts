import { sql } from 'drizzle-orm';
import { PgDialect, pgTable, text } from 'drizzle-orm/pg-core';
import { describe, expect, test } from 'vitest';
import { allows, PERMISSIONS, type Permission } from '../../../backend/src/platform/auth/permissions.js';
import { isStaffOf, reachOf, scope } from '../../../backend/src/platform/auth/scope.js';
import { type Role, StaffMember } from '../../../backend/src/platform/config.js';

const rows = pgTable('rows', { tenantId: text('tenant_id').notNull() });

/** The condition as SQL, with its values in it; none: every row. */
function condition(roles: Role[], tenantId: string, permission?: Permission): string {
  const viewer = { tenantId, ...(permission ? { reach: reachOf({ roles, tenantId }, permission) } : {}) };
  const found = scope(viewer, rows.tenantId, sql`offered`);
  if (!found) return 'every row';
  const { sql: statement, params } = new PgDialect().sqlToQuery(found);
  return statement.replace(/\$(\d+)/g, (_, n: string) => `'${params[Number(n) - 1]}'`);
}

const OWN = (tenant: string): string => `"rows"."tenant_id" = '${tenant}'`;

describe('whose rows somebody reaches', () => {
  test.each<[string, Role[], string, Permission | undefined, string]>([
    ['an officer of the operator', ['OFFICER'], 'main', 'offering:read', 'every row'],
    ['an auditor of the operator', ['AUDITOR'], 'main', 'offering:read', 'every row'],
    ['an issuer of the operator', ['ISSUER'], 'main', 'offering:read', OWN('main')],
    ['an officer of a tenant', ['OFFICER'], 'acme', 'offering:read', OWN('acme')],
    ['an investor', ['INVESTOR'], 'main', 'offering:read', '(false or offered)'],
    ['an issuer who invests', ['ISSUER', 'INVESTOR'], 'acme', 'offering:read', `(${OWN('acme')} or offered)`],
    ['the same, when he issues', ['ISSUER', 'INVESTOR'], 'acme', 'offering:write', OWN('acme')],
    ['an issuer who is an officer too, when he issues', ['ISSUER', 'OFFICER'], 'main', 'offering:write', OWN('main')],
    ['the same, when he reads', ['ISSUER', 'OFFICER'], 'main', 'offering:read', 'every row'],
    ['a step of a workflow, which has no reach', [], 'acme', undefined, OWN('acme')],
    ['somebody whose roles do not carry the permission', ['ADMIN'], 'main', 'offering:read', 'false'],
  ])('%s', (_, roles, tenant, permission, wanted) => expect(condition(roles, tenant, permission)).toBe(wanted));

  test('nobody is staff of another tenant but the operator’s', () => {
    const reach = (roles: Role[], tenantId: string) => ({ tenantId, reach: reachOf({ roles, tenantId }, 'offering:read') });
    expect(isStaffOf(reach(['OFFICER'], 'main'), 'acme')).toBe(true);
    expect(isStaffOf(reach(['ISSUER'], 'main'), 'acme')).toBe(false);
    expect(isStaffOf(reach(['OFFICER'], 'bolt'), 'acme')).toBe(false);
    expect(isStaffOf(reach(['INVESTOR'], 'acme'), 'acme')).toBe(false);
  });

  test('no role of another tenant decides what concerns all', () => {
    const everything: Role[] = ['ISSUER', 'OFFICER', 'INVESTOR', 'ADMIN', 'AUDITOR'];
    const kept = (Object.keys(PERMISSIONS) as Permission[]).filter(
      (permission) =>
        allows({ roles: everything, tenantId: 'main' }, permission) && !allows({ roles: everything, tenantId: 'acme' }, permission),
    );
    expect(kept).toEqual(
      expect.arrayContaining(['kyc:approve', 'claim:approve', 'round:approve', 'feed:halt', 'withholding-rate:write', 'audit:verify']),
    );
    expect(kept.filter((permission) => /^(asset|offering|distribution|approval)/.test(permission))).toEqual([]);
  });
});

test('a member of staff works for the operator unless a tenant is named', () => {
  const member = { wallet: '0x70997970C51812dc3A010C7d01b50e0d17dc79C8', name: 'Ines', roles: ['ISSUER'] };
  expect(StaffMember.parse(member).tenant).toBe('main');
  expect(StaffMember.parse({ ...member, tenant: 'acme' }).tenant).toBe('acme');
  for (const tenant of ['', 'A', 'a b', 'x'.repeat(41)]) expect(StaffMember.safeParse({ ...member, tenant }).success).toBe(false);
});
