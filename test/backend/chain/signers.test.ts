import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { secp256k1 } from '@noble/curves/secp256k1';
import { type Hex, parseTransaction, recoverTransactionAddress, recoverTypedDataAddress } from 'viem';
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ChainSettings, chainSettings } from '../../../backend/src/chain/settings.js';
import { SENDER_ROLES, type Signer } from '../../../backend/src/chain/signer.js';
import { openSigner } from '../../../backend/src/chain/signers/open-signer.js';
import { loadConfig } from '../../../backend/src/platform/config.js';
import { FakeKms, NO_SIGNATURE } from './fake-kms.js';

const TRANSACTION = {
  type: 'eip1559',
  chainId: 31337,
  nonce: 7,
  to: `0x${'11'.repeat(20)}`,
  data: '0xabcdef',
  gas: 100_000n,
  maxFeePerGas: 2n,
  maxPriorityFeePerGas: 1n,
} as const;
const TYPED = {
  domain: { name: 'Test', chainId: 31337 },
  types: { Order: [{ name: 'id', type: 'uint256' }] },
  primaryType: 'Order',
  message: { id: 5n },
} as const;
const HALF_ORDER = secp256k1.CURVE.n / 2n;

type Accounts = Record<string, { key: string; address: string }>;

function settingsOf(signer: string, accounts: Accounts, more: Record<string, string> = {}): ChainSettings {
  const settings = chainSettings(loadConfig({ SIGNER: signer, SENDER_ACCOUNTS: JSON.stringify(accounts), ...more }));
  return { ...settings, signTimeoutMs: 1_000, signPauseMs: 200 };
}

describe('keys in AWS KMS', () => {
  let kms: FakeKms;
  let accounts: Accounts;
  let settings: ChainSettings;
  let signer: Signer;
  const open = (changed: Accounts = {}) => {
    settings = settingsOf('aws-kms', { ...accounts, ...changed });
    return openSigner(settings);
  };

  beforeAll(async () => {
    kms = await FakeKms.start();
    accounts = Object.fromEntries(SENDER_ROLES.map((role) => [role, kms.newKey(`alias/${role}`)]));
  });
  afterAll(() => kms?.stop());
  beforeEach(async () => {
    kms.fault = () => undefined;
    kms.asked = 0;
    signer = await open();
  });

  it.each(['low s', 'high s'] as const)('sign transactions and typed data, when KMS answers with a %s', async (form) => {
    kms.fault = () => form;
    for (let nonce = 0; nonce < 8; nonce++) {
      const sender = signer.addressOf('payer');
      const raw = (await signer.signTransaction(sender, { ...TRANSACTION, nonce })) as `0x02${string}`;
      expect(await recoverTransactionAddress({ serializedTransaction: raw })).toBe(accounts.payer?.address);
      expect(BigInt(parseTransaction(raw).s ?? 0)).toBeLessThanOrEqual(HALF_ORDER);
    }
    const signature = await signer.signTypedData('seller', TYPED);
    expect(await recoverTypedDataAddress({ ...TYPED, signature })).toBe(accounts.seller?.address);
    expect(BigInt(`0x${signature.slice(66, 130)}`)).toBeLessThanOrEqual(HALF_ORDER);
  });

  it.each(NO_SIGNATURE)('give no signature after: %s', async (fault) => {
    kms.fault = () => fault;
    const unavailable = {
      code: 'SIGNER_UNAVAILABLE',
      status: 503,
      message: expect.stringContaining(`${accounts.payer?.address} does not sign: `),
    };
    await expect(signer.signTransaction(signer.addressOf('payer'), TRANSACTION)).rejects.toMatchObject(unavailable);
    await expect(signer.signTypedData('payer', TYPED)).rejects.toMatchObject(unavailable);
  });

  it('wait a throttled call out', async () => {
    settings.signTimeoutMs = 5_000;
    kms.fault = () => (kms.asked < 3 ? 'throttle' : undefined);
    await signer.signTypedData('payer', TYPED);
    expect(kms.asked).toBe(3);
  });

  it('are left alone when they fail again and again, each by itself, and tried once after a while', async () => {
    kms.fault = (key) => (key === 'alias/payer' ? 'disabled' : undefined);
    const sign = () => signer.signTypedData('payer', TYPED);
    for (let failures = 0; failures < 5; failures++) await expect(sign()).rejects.toThrow('DisabledException');
    await expect(sign()).rejects.toThrow('it failed 5 times and is left alone for a while');
    expect(kms.asked).toBe(5);
    await signer.signTypedData('seller', TYPED);
    await new Promise((done) => setTimeout(done, 250));
    kms.fault = () => undefined;
    const tries = await Promise.allSettled([sign(), sign(), sign()]);
    expect(tries.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    await sign();
  });

  it('sign for no account that is not among them', async () => {
    await expect(signer.signTransaction(privateKeyToAddress(generatePrivateKey()), TRANSACTION)).rejects.toThrow(
      /^No key of 0x\w+ is configured\.$/,
    );
  });

  it('stop the start when one has another address, is of another kind, does not exist or cannot be reached', async () => {
    const { key = '', address = '' } = accounts.payer ?? {};
    const other = accounts.seller?.address ?? '';
    await expect(open({ payer: { key, address: other } })).rejects.toThrow(
      `The key ${key} in AWS KMS is that of ${address}, not of ${other}.`,
    );
    const p256 = kms.newKey('alias/p256');
    await expect(open({ payer: p256 })).rejects.toThrow('The key alias/p256 in AWS KMS is none of the kind ECC_SECG_P256K1.');
    await expect(open({ payer: { key: 'alias/none', address } })).rejects.toThrow(
      'AWS KMS does not show the key alias/none: NotFoundException.',
    );
    const endpoint = process.env.AWS_ENDPOINT_URL_KMS;
    process.env.AWS_ENDPOINT_URL_KMS = 'http://127.0.0.1:9';
    await expect(open()).rejects.toThrow(/^AWS KMS does not show the key alias\/\w+: .*ECONNREFUSED/);
    process.env.AWS_ENDPOINT_URL_KMS = endpoint;
  });

  it('are needed for every role, and for nothing else', async () => {
    const { payer, ...rest } = accounts;
    expect(() => settingsOf('aws-kms', rest)).toThrow('SENDER_ACCOUNTS has no key for payer.');
    expect(() => settingsOf('aws-kms', { ...accounts, payers: accounts.seller ?? { key: '', address: '' } })).toThrow(
      'SENDER_ACCOUNTS has keys for payers, which are no sender roles.',
    );
    const retiring = kms.newKey('alias/payer-2025');
    const signer = await open({ 'retiring payer': retiring });
    expect(signer.addresses).toHaveLength(SENDER_ROLES.length + 1);
    await signer.signTransaction(retiring.address, TRANSACTION);
    expect(signer.addressOf('payer')).toBe(payer?.address);
  });
});

describe('keys in HashiCorp Vault', () => {
  const TOKEN = 'hvs.a-test-token';
  const keys = Object.fromEntries(SENDER_ROLES.map((role) => [role, generatePrivateKey()])) as Record<string, Hex>;
  const accounts: Accounts = Object.fromEntries(
    Object.entries(keys).map(([role, key]) => [role, { key: `secret/data/muniment/${role}?version=1`, address: privateKeyToAddress(key) }]),
  );
  let answer: (response: ServerResponse, good: object) => void;
  const json = (response: ServerResponse, status: number, body: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  const server = createServer((request, response) => {
    if (request.headers['x-vault-token'] !== TOKEN) return json(response, 403, { errors: ['permission denied'] });
    const privateKey = keys[/^\/v1\/secret\/data\/muniment\/(\w+)\?version=1$/.exec(request.url ?? '')?.[1] ?? ''];
    if (!privateKey) return json(response, 404, { errors: [] });
    return answer(response, { data: { data: { privateKey }, metadata: { version: 1, destroyed: false } } });
  });
  const open = (token = TOKEN, changed: Accounts = {}) => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return openSigner(settingsOf('vault', { ...accounts, ...changed }, { SIGNER_VAULT_URL: url, SIGNER_VAULT_TOKEN: token }));
  };

  beforeAll(() => new Promise<void>((done) => server.listen(0, '127.0.0.1', done)));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    answer = (response, good) => json(response, 200, good);
  });

  it('are read once and sign without it', async () => {
    const signer = await open();
    answer = (response) => json(response, 503, { errors: ['Vault is sealed'] });
    const raw = (await signer.signTransaction(signer.addressOf('payer'), TRANSACTION)) as `0x02${string}`;
    expect(await recoverTransactionAddress({ serializedTransaction: raw })).toBe(accounts.payer?.address);
    expect(await recoverTypedDataAddress({ ...TYPED, signature: await signer.signTypedData('payer', TYPED) })).toBe(
      accounts.payer?.address,
    );
  });

  const wrong = generatePrivateKey();
  const leaky = wrong.slice(2);
  it.each<[string, (response: ServerResponse) => void, RegExp]>([
    ['a timeout', () => undefined, /^Vault at 127\.0\.0\.1:\d+ does not answer\.$/],
    ['a reset', (response) => response.destroy(), /does not answer\.$/],
    ['a redirect', (response) => response.writeHead(307, { location: '/v1/elsewhere' }).end(), /does not answer\.$/],
    [
      'a sealed Vault',
      (response) => json(response, 503, { errors: ['Vault is sealed'] }),
      /^Vault does not show secret\/\S+: it answers 503\.$/,
    ],
    ['too many requests', (response) => json(response, 429, { errors: [] }), /it answers 429\.$/],
    ['garbage', (response) => response.writeHead(200).end(`<html>${leaky}`), /^Vault has no field privateKey/],
    [
      'half a key',
      (response) => json(response, 200, { data: { data: { privateKey: wrong.slice(0, 40) } } }),
      /^Vault has no field privateKey/,
    ],
    ['a deleted version', (response) => json(response, 200, { data: { data: null } }), /^Vault has no field privateKey/],
    [
      'another key',
      (response) => json(response, 200, { data: { data: { privateKey: wrong } } }),
      /is that of 0x\w{40}, not of 0x\w{40}\.$/,
    ],
    [
      'zero',
      (response) => json(response, 200, { data: { data: { privateKey: `0x${'0'.repeat(64)}` } } }),
      /is no number that can be a key\.$/,
    ],
  ])('stop the start after %s, in one sentence without a key', async (_, fault, sentence) => {
    answer = fault;
    const error = await open().then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    expect(error?.message).toMatch(sentence);
    for (const secret of [leaky, leaky.slice(0, 16), TOKEN]) expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(secret);
  });

  it('stop the start with a token that may not, and with a path that is none', async () => {
    await expect(open('hvs.other')).rejects.toThrow(/it answers 403\.$/);
    const payer = { key: 'secret/data/muniment/none', address: accounts.payer?.address ?? '' };
    await expect(open(TOKEN, { payer })).rejects.toThrow('Vault does not show secret/data/muniment/none: it answers 404.');
  });

  it('show in nothing that is printed of the signer', async () => {
    const shown = inspect(await open(), { depth: 9, showHidden: true });
    for (const key of Object.values(keys)) expect(shown).not.toContain(key.slice(2));
    expect(shown).not.toContain(TOKEN);
  });
});
