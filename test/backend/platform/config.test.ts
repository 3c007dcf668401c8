import { describe, expect, test } from 'vitest';
import { ConfigError, loadConfig, REQUIRED_IN_PRODUCTION } from '../../../backend/src/platform/config.js';

const PRODUCTION = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://user:secret@db/muniment',
  RPC_URL: 'https://rpc.example',
  PUBLIC_URL: 'https://muniment.example',
  VAULT_KEY: Buffer.alloc(32, 1).toString('base64'),
  SENDER_KEYS: JSON.stringify({ relayer: `0x${'11'.repeat(32)}` }),
  DEPLOYMENT_FILE: '/etc/muniment/deployment.json',
};

describe('settings', () => {
  test('development needs none, an empty variable counts as unset', () => {
    expect(loadConfig({ DATABASE_URL: '' })).toMatchObject({
      environment: 'development',
      port: 3000,
      databaseUrl: undefined,
      publicUrl: 'http://localhost:3000',
    });
  });

  test('production takes complete ones', () => {
    expect(loadConfig(PRODUCTION)).toMatchObject({ production: true, publicUrl: 'https://muniment.example' });
  });

  test.each(Object.keys(REQUIRED_IN_PRODUCTION))('production without %s is refused', (name) => {
    expect(() => loadConfig({ ...PRODUCTION, [name]: undefined })).toThrow(new RegExp(`^${name} is required in production.*\\.$`));
  });

  test.each([
    [{ DATABASE_URL: 'mysql://localhost/x' }, 'DATABASE_URL must be a URL that starts with postgres:// or postgresql://.'],
    [{ RPC_URL: 'localhost:8545' }, 'RPC_URL must be a URL that starts with http:// or https://.'],
    [{ VAULT_KEY: 'short' }, 'VAULT_KEY must be 32 bytes in base64.'],
    [{ STAFF: '{' }, 'STAFF is no JSON.'],
    [{ STAFF: '[{"wallet":"0x1","name":"A","roles":["ISSUER"]}]' }, 'STAFF (at 0.wallet) is no address.'],
  ])('%o is refused in one sentence', (environment, sentence) => {
    expect(() => loadConfig(environment)).toThrow(new ConfigError(sentence));
  });

  test.each([{ PORT: '70000' }, { PORT: 'http' }, { LOG_LEVEL: 'loud' }, { CHAIN_ID: '0' }])('%o is refused', (environment) => {
    expect(() => loadConfig(environment)).toThrow(ConfigError);
  });
});
