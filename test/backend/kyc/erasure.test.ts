import { afterAll, beforeAll, expect, test } from 'vitest';
import { Investors } from '../../../backend/src/parties/investors.service.js';
import { Vault } from '../../../backend/src/platform/vault/vault.js';
import type { Api } from '../support/api.js';
import { type InvestorPerson, startWorld, type World } from './world.js';

/** What identifies him, and what officers wrote of him. */
const PERSONAL = {
  legalName: 'Zephyrine Quaverly-Ostrander',
  email: 'zephyrine@quaverly.example',
  dateOfBirth: '1971-03-09',
};
const NOTE = 'Her brother Thaddeus vouches for the heirloom.';
const NEEDLES = ['Zephyrine', 'Quaverly', PERSONAL.email, PERSONAL.dateOfBirth, 'Thaddeus', 'heirloom'];

let world: World;
let erased: InvestorPerson;
let other: InvestorPerson;
let caseId: string;
beforeAll(async () => {
  world = await startWorld();
  erased = await world.investor(PERSONAL);
  other = await world.investor();
  ({ id: caseId } = await world.reviewableCase(erased));
  const recommendation = { decision: 'APPROVE', riskRating: 'LOW', note: NOTE };
  expect((await world.officer.post(`/v1/kyc-cases/${caseId}/recommend`, recommendation)).status).toBe(200);
  const approval = { reason: `Agreed. ${NOTE}`, validUntil: await world.inDays(30) };
  expect((await world.officer2.post(`/v1/kyc-cases/${caseId}/approve`, approval)).status).toBe(200);
  expect((await world.officer.get(`/v1/kyc-cases/${caseId}`)).body.review.recommendation.note).toBe(NOTE);
  expect((await world.officer.get(`/v1/investors/${erased.investorId}`)).body.legalName).toBe(PERSONAL.legalName);
});
afterAll(() => world.stop());

const verification = async () => (await world.auditor.get('/v1/audit-events/verification')).body;

/** A text as it is, in hex, and in the middle of any base64. */
function spellings(text: string): string[] {
  const bytes = Buffer.from(text);
  const base64 = [0, 1, 2].map((shift) => {
    const whole = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    return whole.slice(shift + 1, -4);
  });
  return [text, bytes.toString('hex'), ...base64];
}

/** Every row of every table, workflows' own included. */
async function everything(): Promise<string> {
  const tables = await world.sql<{ name: string }>(`select format('%I.%I', table_schema, table_name) as name from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`);
  const rows = await Promise.all(tables.map(({ name }) => world.sql<{ row: string }>(`select t::text as row from ${name} t`)));
  return rows.flatMap((table) => table.map(({ row }) => row)).join('\n');
}

test('the database holds nothing of a person in the clear, even before (A12)', async () => {
  const dump = await everything();
  expect(dump).toContain(erased.investorId);
  expect(dump.length).toBeGreaterThan(10_000);
  for (const spelling of NEEDLES.flatMap(spellings)) expect(dump).not.toContain(spelling);
});

test('after erasure nothing of him can be read, and the audit chain still verifies (A12)', async () => {
  const before = await verification();
  expect(before).toMatchObject({ intact: true });
  const sealed = await world.sql<{ subject: string; field: string; value: Buffer }>(
    `select id as subject, field, value from parties, lateral (values
        ('legal-name', legal_name), ('email', email), ('date-of-birth', date_of_birth), ('identity-secret', identity_secret)) as v(field, value)
      where id = $1`,
    [erased.investorId],
  );
  const vault = world.app.get(Vault);
  expect(await Promise.all(sealed.map(({ subject, field, value }) => vault.open(subject, field, value)))).toEqual([
    PERSONAL.legalName,
    PERSONAL.email,
    PERSONAL.dateOfBirth,
    expect.stringMatching(/^[0-9a-f]{64}$/),
  ]);

  await vault.destroy(erased.investorId);

  for (const { subject, field, value } of sealed) {
    await expect(vault.open(subject, field, value)).rejects.toMatchObject({ code: 'VAULT_ERASED' });
  }
  expect(
    await world.sql('select wrapped, destroyed_at is not null as destroyed from vault_keys where subject = $1', [erased.investorId]),
  ).toEqual([{ wrapped: null, destroyed: true }]);
  const answers = await Promise.all([
    erased.get('/v1/investors/me'),
    world.officer.get(`/v1/investors/${erased.investorId}`),
    world.auditor.get(`/v1/investors/${erased.investorId}`),
    world.officer.get(`/v1/kyc-cases/${caseId}`),
  ]);
  for (const { status, body } of answers) expect({ status, code: body.code }).toEqual({ status: 404, code: 'VAULT_ERASED' });

  const after = await verification();
  expect(after).toMatchObject({ intact: true, firstBad: null });
  expect(after.entries).toBeGreaterThanOrEqual(before.entries);
  const log = await world.auditor.get(`/v1/audit-events?subject=kyc-case:${caseId}&action=kyc-case.approve`);
  expect(log.body.items).toHaveLength(1);
});

test('the others stay in their lists beside him', async () => {
  const namesFor = async (reader: Api) => {
    const { body } = await reader.get('/v1/investors');
    return Object.fromEntries(body.items.map((item: { id: string; legalName: string }) => [item.id, item.legalName]));
  };
  expect(await namesFor(world.officer)).toEqual({ [other.investorId]: 'Ada Lindqvist', [erased.investorId]: '(erased)' });
  expect(await namesFor(world.auditor)).toEqual({ [other.investorId]: 'A… L…', [erased.investorId]: '(erased)' });
  const names = await world.app.get(Investors).legalNames([other.investorId, erased.investorId]);
  expect(Object.fromEntries(names)).toEqual({ [other.investorId]: 'Ada Lindqvist', [erased.investorId]: '(erased)' });
});
