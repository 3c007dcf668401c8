import { expect, test } from 'vitest';
import { KycProviders } from '../../../backend/src/kyc/providers/kyc-providers.js';
import { Simulator, scenarioOf } from '../../../backend/src/kyc/providers/simulator.js';
import { loadConfig } from '../../../backend/src/platform/config.js';
import type { Database } from '../../../backend/src/platform/database/database.js';

const PRODUCTION = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://db/muniment',
  RPC_URL: 'https://rpc.example',
  PUBLIC_URL: 'https://muniment.example',
  VAULT_KEY: Buffer.alloc(32, 1).toString('base64'),
  SENDER_KEYS: '{}',
  DEPLOYMENT_FILE: '/etc/muniment/deployment.json',
  KYC_PROVIDER: 'sumsub',
  SUMSUB_APP_TOKEN: 'prd:token',
  SUMSUB_SECRET_KEY: 'secret key',
  SUMSUB_WEBHOOK_SECRETS: JSON.stringify([{ value: 'a webhook secret' }]),
  SCREENING_LIST: '/var/lib/muniment/ofac',
};

function providers(environment: Record<string, string>): KycProviders {
  const config = loadConfig(environment);
  return new KycProviders(config, new Simulator({} as Database, config));
}

test('the simulator does not exist in production, whoever asks for it', () => {
  expect(providers(PRODUCTION).active.id).toBe('sumsub');
  expect(() => providers(PRODUCTION).byId('simulator')).toThrow(expect.objectContaining({ code: 'PROVIDER_UNKNOWN' }));
  expect(providers({}).active.id).toBe('simulator');
});

test.each([
  ['Ada Lindqvist', 'CLEAR'],
  ['Ada Lindqvist 3', 'CLEAR'],
  ['Ada Lindqvist 7', 'RESUBMIT'],
  ['Ada Resubmit', 'RESUBMIT'],
  ['Ada Lindqvist 8', 'REJECT'],
  ['Ada Lindqvist 19', 'FRAUD'],
  ['Ada 9 Lindqvist 2', 'CLEAR'],
])('the simulator answers for %s: %s', (name, scenario) => {
  expect(scenarioOf(name)).toBe(scenario);
});
