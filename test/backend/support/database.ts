import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { administer, withDatabase } from './global-setup.js';

export type TestDatabase = { url: string; drop(): Promise<void> };

/** A migrated, empty database of its own, copied from the run's template. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { url, template } = inject('postgres');
  const name = `muniment_test_${randomBytes(6).toString('hex')}`;
  await administer(url, `create database ${name} template ${template} strategy file_copy`);
  return { url: withDatabase(url, name), drop: () => administer(url, `drop database if exists ${name} with (force)`) };
}
