import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { Config, ConfigError, loadConfig } from '../../../backend/src/platform/config.js';
import { Database } from '../../../backend/src/platform/database/database.js';
import { HealthChecks } from '../../../backend/src/platform/health/health.controller.js';
import { Vault } from '../../../backend/src/platform/vault/vault.js';
import { VaultKeys } from '../../../backend/src/platform/vault/vault-keys.js';
import { type RunningApp, startApp } from '../support/app.js';
import { createTestDatabase } from '../support/database.js';
import { administer, withDatabase } from '../support/global-setup.js';

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

describe('the key-encryption key', () => {
  const [old, next] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
  const store = (environment: Record<string, string>) => {
    const config = { ...running.app.get<Config>(Config), ...pick(loadConfig(environment)) };
    return new Vault(new VaultKeys(running.app.get(Database), new HealthChecks(), config), config);
  };
  const pick = ({ vaultKey, vaultKeyRetiring }: Config) => ({ vaultKey, vaultKeyRetiring });
  /** Another process with these settings starts. */
  const started = async (environment: Record<string, string>): Promise<Vault> => {
    const process = store(environment);
    await process.onModuleInit();
    return process;
  };

  test('is rotated while others write: nothing fails, and the old one opens nothing afterwards', async () => {
    await running.app.get(Database).query.execute(sql`delete from vault_keys`);
    const first = await started({ VAULT_KEY: old });
    const sealed = new Map<string, Buffer>();
    for (let n = 0; n < 600; n++) sealed.set(`before ${n}`, await first.seal(`before ${n}`, 'name', `person ${n}`));
    const index = first.blindIndex('email', 'a@b.c');
    // Every process learns the new key before one of them wraps with it.
    const writer = await started({ VAULT_KEY: old, VAULT_KEY_RETIRING: next });
    let rotating = true;
    let written = 0;
    const writing = (async () => {
      while (rotating || written < 100) {
        const subject = `during ${written++}`;
        sealed.set(subject, await writer.seal(subject, 'name', subject));
        expect(await writer.open(subject, 'name', sealed.get(subject) as Buffer)).toBe(subject);
        expect(await writer.open('before 1', 'name', sealed.get('before 1') as Buffer)).toBe('person 1');
      }
    })();
    const rotated = await started({ VAULT_KEY: next, VAULT_KEY_RETIRING: old });
    rotating = false;
    await writing;
    for (const [subject, text] of sealed) expect(await rotated.open(subject, 'name', text)).toMatch(/^(person|during) \d+$/);
    // The last of the processes that wrapped with the old one starts again.
    await started({ VAULT_KEY: next, VAULT_KEY_RETIRING: old });

    const alone = await started({ VAULT_KEY: next });
    for (const [subject, text] of sealed) expect(await alone.open(subject, 'name', text)).toMatch(/^(person|during) \d+$/);
    expect(alone.blindIndex('email', 'a@b.c')).toBe(index);
    await expect(started({ VAULT_KEY: old })).rejects.toThrow(/^A data key is wrapped by [0-9a-f]{12} that is neither VAULT_KEY nor/);
    await expect(store({ VAULT_KEY: old }).open('before 1', 'name', sealed.get('before 1') as Buffer)).rejects.toThrow(ConfigError);
  });

  test('is found by trying for what an older build wrapped, which is wrapped anew', async () => {
    await running.app.get(Database).query.execute(sql`delete from vault_keys`);
    const before = await started({ VAULT_KEY: old });
    const sealed = await before.seal('p6', 'name', 'Ada');
    await running.app.get(Database).query.execute(sql`update vault_keys set wrapped_by = null`);
    expect(await before.open('p6', 'name', sealed)).toBe('Ada');
    expect(await (await started({ VAULT_KEY: next, VAULT_KEY_RETIRING: old })).open('p6', 'name', sealed)).toBe('Ada');
    expect(await (await started({ VAULT_KEY: next })).open('p6', 'name', sealed)).toBe('Ada');
  });
});

test('data keys in a store of their own: the main database opens nothing without it', async () => {
  const { url } = inject('postgres');
  const [main, name] = [await createTestDatabase(), `muniment_test_${randomBytes(6).toString('hex')}`];
  const databases = [name, `${name}_copy`, `${name}_empty`];
  const [keys, copy, empty] = databases.map((database) => withDatabase(url, database)) as [string, string, string];
  await administer(url, `create database ${name}`);
  await administer(url, `create database ${name}_empty`);
  const start = (database: string, vault: string) =>
    startApp({ database: { url: database, drop: async () => {} }, environment: { VAULT_DATABASE_URL: vault } });
  const secretOf = async (app: RunningApp, id: string) => {
    const issuer = await app.api.signIn(app.staff.issuer);
    return issuer.get(`/v1/webhook-endpoints/${id}/secret`);
  };
  await running.close();
  try {
    running = await start(main.url, keys);
    const issuer = await running.api.signIn(running.staff.issuer);
    const { body } = await issuer.post('/v1/webhook-endpoints', { url: 'https://example.org/hook', types: ['offering.open'] });
    const { body: known } = await secretOf(running, body.id);
    expect(known.secret).toMatch(/^whsec_/);
    expect((await running.api.get('/health')).body.details).toMatchObject({ vault: { status: 'up' } });
    await running.close();

    // What a dump of the main database restores.
    const mainName = new URL(main.url).pathname.slice(1);
    await administer(url, `create database ${name}_copy template ${mainName} strategy file_copy`);
    running = await start(copy, empty);
    const { rows } = await running.app.get(Database).query.execute(sql`select * from vault_keys`);
    expect(rows).toEqual([]);
    expect(await secretOf(running, body.id)).toMatchObject({ status: 404, body: { code: 'VAULT_ERASED' } });
    await running.close();
    running = await start(copy, keys);
    expect((await secretOf(running, body.id)).body.secret).toBe(known.secret);

    await running.app.get(Database).query.execute(sql`insert into vault_keys (subject, wrapped) values ('left behind', '\\x00')`);
    await running.close();
    await expect(start(copy, keys)).rejects.toThrow(/^VAULT_DATABASE_URL is set, and 1 data keys are still in DATABASE_URL/);
  } finally {
    running = await startApp();
    for (const database of databases) await administer(url, `drop database if exists ${database} with (force)`);
    await main.drop();
  }
});

test('health names its parts', async () => {
  expect(await running.api.get('/health')).toMatchObject({ status: 200, body: { status: 'ok', details: { database: { status: 'up' } } } });
});
