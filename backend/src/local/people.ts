import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { localKey } from '../chain/settings.js';
import type { StaffMember } from '../platform/config.js';
import { LOCAL_INDEX } from './accounts.js';

export const localAccount = (index: number): PrivateKeyAccount => privateKeyToAccount(localKey(index));

/** The n-th investor of the local world, from 0. */
export const investorAccount = (number: number): PrivateKeyAccount => localAccount(LOCAL_INDEX.people + 10 + number);

/** The people who run the local platform, by what they are. */
export const staffAccounts = () => ({
  issuer: localAccount(LOCAL_INDEX.people),
  officer: localAccount(LOCAL_INDEX.people + 1),
  officer2: localAccount(LOCAL_INDEX.people + 2),
  auditor: localAccount(LOCAL_INDEX.people + 3),
  admin: localAccount(LOCAL_INDEX.people + 4),
});

export function localStaff(): StaffMember[] {
  const { issuer, officer, officer2, auditor, admin } = staffAccounts();
  return [
    { wallet: issuer.address, name: 'Ines Issuer', roles: ['ISSUER'] },
    { wallet: officer.address, name: 'Otto Officer', roles: ['OFFICER'] },
    { wallet: officer2.address, name: 'Olga Officer', roles: ['OFFICER'] },
    { wallet: auditor.address, name: 'Ada Auditor', roles: ['AUDITOR'] },
    { wallet: admin.address, name: 'Adam Admin', roles: ['ADMIN'] },
  ];
}
