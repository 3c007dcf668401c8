import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Database } from '../../../backend/src/platform/database/database.js';
import { Vault } from '../../../backend/src/platform/vault/vault.js';
import { type RunningApp, startApp } from '../support/app.js';

let running: RunningApp;
let vault: Vault;
beforeAll(async () => {
  running = await startApp();
  vault = running.app.get(Vault);
});
afterAll(() => running.close());

test('a sealed field opens again, and the same text never looks the same', async () => {
  const [first, second] = [await vault.seal('p1', 'name', 'Ada Lovelace'), await vault.seal('p1', 'name', 'Ada Lovelace')];
  expect(first.equals(second)).toBe(false);
  expect(first.toString('latin1')).not.toContain('Ada');
  expect(await vault.open('p1', 'name', first)).toBe('Ada Lovelace');
});

test('a ciphertext moved to another field or subject, or changed, does not open', async () => {
  const sealed = await vault.seal('p2', 'name', 'Grace Hopper');
  await vault.seal('p3', 'name', 'somebody');
  await expect(vault.open('p2', 'birthday', sealed)).rejects.toThrow();
  await expect(vault.open('p3', 'name', sealed)).rejects.toThrow();
  sealed.writeUInt8(sealed.readUInt8(sealed.length - 1) ^ 1, sealed.length - 1);
  await expect(vault.open('p2', 'name', sealed)).rejects.toThrow();
});

test('after erasure nothing opens and nothing new is sealed under the old key (A12)', async () => {
  const sealed = await vault.seal('p4', 'name', 'forgotten');
  await vault.destroy('p4');
  await expect(vault.open('p4', 'name', sealed)).rejects.toMatchObject({ code: 'VAULT_ERASED' });
  await expect(vault.seal('p4', 'name', 'again')).rejects.toMatchObject({ code: 'VAULT_ERASED' });
});

test('data keys are stored wrapped', async () => {
  await vault.seal('p5', 'name', 'x');
  const { rows } = await running.app
    .get(Database)
    .query.execute<{ wrapped: Buffer }>(sql`select wrapped from vault_keys where subject = 'p5'`);
  expect(rows[0]?.wrapped).toHaveLength(1 + 12 + 16 + 32);
});

test('the blind index finds equal values and depends on the field', () => {
  expect(vault.blindIndex('email', 'a@b.c')).toBe(vault.blindIndex('email', 'a@b.c'));
  expect(vault.blindIndex('email', 'a@b.c')).not.toBe(vault.blindIndex('name', 'a@b.c'));
});

test('health names its parts', async () => {
  expect(await running.api.get('/health')).toMatchObject({ status: 200, body: { status: 'ok', details: { database: { status: 'up' } } } });
});
