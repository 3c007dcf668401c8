import { describe, expect, test } from 'vitest';
import { ConfigError, loadConfig, REQUIRED_IN_PRODUCTION } from '../../../backend/src/platform/config.js';

const PRODUCTION = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://user:secret@db/muniment',
  RPC_URL: 'https://rpc.example',
  PUBLIC_URL: 'https://muniment.example',
  VAULT_KEY: Buffer.alloc(32, 1).toString('base64'),
  SENDER_KEYS: JSON.stringify({ registrar: `0x${'11'.repeat(32)}` }),
  DEPLOYMENT_FILE: '/etc/muniment/deployment.json',
  KYC_PROVIDER: 'sumsub',
  SUMSUB_APP_TOKEN: 'prd:token',
  SUMSUB_SECRET_KEY: 'secret key',
  SUMSUB_WEBHOOK_SECRETS: JSON.stringify([{ value: 'a webhook secret', validTo: '2027-01-01T00:00:00Z' }]),
  SCREENING_LIST: '/var/lib/muniment/ofac',
};

const OIDC = { OIDC_ISSUER: 'https://login.example', OIDC_CLIENT_ID: 'muniment', OIDC_CLIENT_SECRET: 'a secret' };

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

  test('webhooks to private addresses are refused in production', () => {
    expect(() => loadConfig({ ...PRODUCTION, WEBHOOKS_PRIVATE: 'true' })).toThrow(/^WEBHOOKS_PRIVATE must not be set in production/);
  });

  test('the simulator is refused in production, and a provider without its secrets anywhere', () => {
    expect(() => loadConfig({ ...PRODUCTION, KYC_PROVIDER: 'simulator' })).toThrow(/^KYC_PROVIDER must not be the simulator/);
    for (const name of ['SUMSUB_APP_TOKEN', 'SUMSUB_SECRET_KEY', 'SUMSUB_WEBHOOK_SECRETS']) {
      expect(() => loadConfig({ ...PRODUCTION, [name]: undefined })).toThrow(/^KYC_PROVIDER is sumsub, which needs/);
    }
    expect(() => loadConfig({ KYC_PROVIDER: 'sumsub' })).toThrow(ConfigError);
  });

  test('remote keys need their accounts and take no local key besides', () => {
    const accounts = JSON.stringify({ payer: { key: 'alias/payer', address: `0x${'11'.repeat(20)}` } });
    const { SENDER_KEYS, ...rest } = PRODUCTION;
    const kms = { ...rest, SIGNER: 'aws-kms', SENDER_ACCOUNTS: accounts };
    expect(loadConfig(kms).signer).toEqual({ kind: 'aws-kms', keys: JSON.parse(accounts) });
    expect(() => loadConfig({ ...kms, SENDER_KEYS })).toThrow(/^SENDER_KEYS must not be set: SIGNER is aws-kms/);
    expect(() => loadConfig({ ...kms, SENDER_ACCOUNTS: '' })).toThrow('SENDER_ACCOUNTS is required: SIGNER is aws-kms.');
    const vault = { ...kms, SIGNER: 'vault', SIGNER_VAULT_URL: 'http://127.0.0.1:8200', SIGNER_VAULT_TOKEN: 'hvs.token' };
    expect(loadConfig(vault).signer).toMatchObject({ kind: 'vault', url: 'http://127.0.0.1:8200', token: 'hvs.token' });
    for (const name of ['SIGNER_VAULT_URL', 'SIGNER_VAULT_TOKEN']) {
      expect(() => loadConfig({ ...vault, [name]: '' })).toThrow('SIGNER is vault, which needs SIGNER_VAULT_URL and SIGNER_VAULT_TOKEN.');
    }
    for (const host of ['vault.example', '127.0.0.1.example', 'localhost@vault.example']) {
      expect(() => loadConfig({ ...vault, SIGNER_VAULT_URL: `http://${host}` })).toThrow(/^SIGNER_VAULT_URL must be https unless/);
    }
  });

  test.each([
    [{ DATABASE_URL: 'mysql://localhost/x' }, 'DATABASE_URL must be a URL that starts with postgres:// or postgresql://.'],
    [{ RPC_URL: 'localhost:8545' }, 'RPC_URL must be a URL that starts with http:// or https://.'],
    [{ VAULT_KEY: 'short' }, 'VAULT_KEY must be 32 bytes in base64.'],
    [{ STAFF: '{' }, 'STAFF is no JSON.'],
    [{ STAFF: '[{"name":"A","roles":["ISSUER"]}]' }, 'STAFF (at 0) has neither wallet nor subject.'],
    [{ STAFF: '[{"subject":"a","name":"A","roles":["ISSUER"]}]' }, 'STAFF must not name subjects without OIDC_ISSUER.'],
    [
      { ...OIDC, STAFF: '[{"subject":"a","name":"A","roles":["ISSUER"]},{"subject":"a","name":"B","roles":["ADMIN"]}]' },
      'STAFF must name no wallet or subject twice.',
    ],
    [{ ...OIDC, OIDC_CLIENT_SECRET: '' }, 'OIDC_ISSUER must be set together with OIDC_CLIENT_ID and OIDC_CLIENT_SECRET.'],
    [{ ...OIDC, OIDC_ISSUER: 'http://login.example' }, 'OIDC_ISSUER must be https unless the identity provider is on this machine.'],
    [{ ...PRODUCTION, SUMSUB_URL: 'http://api.sumsub.example' }, 'SUMSUB_URL must be https in production.'],
    [{ STAFF: '[{"wallet":"0x1","name":"A","roles":["ISSUER"]}]' }, 'STAFF (at 0.wallet) is no address.'],
  ])('%o is refused in one sentence', (environment, sentence) => {
    expect(() => loadConfig(environment)).toThrow(new ConfigError(sentence));
  });

  test.each([{ PORT: '70000' }, { PORT: 'http' }, { LOG_LEVEL: 'loud' }, { CHAIN_ID: '0' }])('%o is refused', (environment) => {
    expect(() => loadConfig(environment)).toThrow(ConfigError);
  });
});
