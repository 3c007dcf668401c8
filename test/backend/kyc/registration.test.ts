import { type Address, hashTypedData, recoverTypedDataAddress } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Contracts } from '../../../backend/src/chain/contracts.js';
import { Operations } from '../../../backend/src/chain/operations.js';
import { Projection } from '../../../backend/src/chain/projection/projection.js';
import { Signer } from '../../../backend/src/chain/signer.js';
import { Transactions } from '../../../backend/src/chain/transactions.js';
import { type Claim, claimsTypedData, dataHashOf } from '../../../backend/src/kyc/claims.js';
import { countryNumber } from '../../../backend/src/parties/countries.js';
import { Investors } from '../../../backend/src/parties/investors.service.js';
import { TaxForms } from '../../../backend/src/parties/tax-forms.service.js';
import { identityRegistryAbi, identityStorageAbi } from '../../../contracts/generated/abi.js';
import { randomAccount } from '../support/api.js';
import { deployStrangersSuite, deploySuite, type TestSuite } from './suite.js';
import { expectStatus, type InvestorPerson, rpc, startWorld, until, type World } from './world.js';

let world: World;
let contracts: Contracts;
let suite: TestSuite;
let early: InvestorPerson;
beforeAll(async () => {
  world = await startWorld({ contracts: true });
  contracts = world.app.get(Contracts);
  // Approved before there is any instrument.
  early = await world.investor({ legalName: 'Early Bird' });
  await world.approve(early);
});
afterAll(() => world.stop());

const registration = async (investor: InvestorPerson): Promise<string> =>
  (await investor.get('/v1/kyc-cases')).body.items.at(-1).registration;
const registered = (investor: InvestorPerson) =>
  until(
    () => registration(investor),
    (now) => now === 'REGISTERED',
  );
const isVerified = (wallet: Address, { registry }: { registry: Address } = suite) =>
  contracts.read({ address: registry, abi: identityRegistryAbi, functionName: 'isVerified', args: [wallet] });

async function link(investor: InvestorPerson, wallet = randomAccount()) {
  const { body } = await investor.post(`/v1/investors/${investor.investorId}/wallet-challenges`, { address: wallet.address });
  const proof = { message: body.message, signature: await wallet.signMessage({ message: body.message }) };
  expectStatus(await investor.post(`/v1/investors/${investor.investorId}/wallets`, proof), 201);
  return wallet;
}

describe('an approved investor', () => {
  test('is not registered by a stranger’s suite, though his wallet is verified in it', async () => {
    const wallet = early.account.address;
    const strange = await deployStrangersSuite(world, wallet);
    expect(await isVerified(wallet, strange)).toBe(true);
    await until(
      () => world.sql<{ number: string }>(`select number from chain_follower where name = 'kyc-registration'`),
      ([at]) => BigInt(at?.number ?? -1) >= strange.block,
    );
    const { body } = await early.get('/v1/investors/me');
    expect(body).toMatchObject({ registered: false, identity: null, wallets: [{ state: 'PROVEN' }] });
    expect(await registration(early)).toBe('PENDING');
    // It is no occasion to look again either: the one run that there was found no instrument.
    const runs = await world.sql<{ workflow_id: string }>(`select workflow_id from outbox where workflow = 'kyc-registration'`);
    expect(runs).toHaveLength(1);
    expect(await world.sql(`select 1 from tx_intent where business_key like 'onboard:%'`)).toEqual([]);
    expect(await world.app.get(Projection).events({ name: 'IdentityRegistered' })).toEqual([]);
  });

  test('waits for the first instrument, and is registered with all his wallets when it is deployed', async () => {
    const second = await link(early);
    expect(await registration(early)).toBe('PENDING');
    suite = await deploySuite(world, 'FIRST');
    await registered(early);
    expect(await isVerified(early.account.address)).toBe(true);
    await until(
      async () => (await early.get('/v1/investors/me')).body.wallets,
      (wallets) => wallets.every((w: { state: string }) => w.state === 'REGISTERED'),
    );
    expect(await isVerified(second.address)).toBe(true);
  });

  test('is written with identity, country and claims, and nothing that says who he is', async () => {
    const ada = await world.investor({ country: 'DE' });
    const validUntil = await world.inDays(100);
    await world.approve(ada, validUntil);
    await registered(ada);
    const { body } = await ada.get('/v1/investors/me');
    expect(body).toMatchObject({ registered: true, approved: true, wallets: [{ state: 'REGISTERED' }] });

    const at = contracts.address('identityStorage');
    const stored = await contracts.read({
      address: at,
      abi: identityStorageAbi,
      functionName: 'storedIdentity',
      args: [ada.account.address],
    });
    expect(stored).toBe(body.identity);
    expect(
      await contracts.read({
        address: suite.registry,
        abi: identityRegistryAbi,
        functionName: 'investorCountry',
        args: [ada.account.address],
      }),
    ).toBe(countryNumber('DE'));
    const written = await world.sql<{ topic: number; state: string; nonce: number; salt: `0x${string}`; data_hash: string }>(
      'select * from claims where party_id = $1 order by topic',
      [ada.investorId],
    );
    expect(written).toMatchObject([
      { topic: 1, state: 'WRITTEN', nonce: 1 },
      { topic: 2, state: 'WRITTEN', nonce: 1 },
    ]);
    expect(written[0]?.data_hash).not.toBe(written[1]?.data_hash);
  });

  test('is found by wallet and by identity', async () => {
    const investors = world.app.get(Investors);
    const { body } = await early.get('/v1/investors/me');
    expect(await investors.byWallet(early.account.address)).toMatchObject({ id: early.investorId, country: 'SE', registered: true });
    expect(await investors.byIdentity(body.identity)).toMatchObject({ id: early.investorId });
    expect(await investors.isApproved(early.investorId)).toBe(true);
    expect(await investors.byWallet(randomAccount().address)).toBeUndefined();
  });

  test('who links another wallet later gets it registered', async () => {
    const wallet = await link(early);
    await until(() => isVerified(wallet.address), Boolean);
  });

  test('renews with a new case: new claims with the next nonce, nothing registered twice', async () => {
    const ada = await world.investor();
    await world.approve(ada);
    await registered(ada);
    const caseId = await world.approve(ada, await world.inDays(500));
    await until(
      async () => (await ada.get(`/v1/kyc-cases/${caseId}`)).body.registration,
      (now) => now === 'REGISTERED',
    );
    const nonces = await world.sql<{ nonce: number }>('select nonce from claims where case_id = $1', [caseId]);
    expect(nonces.map(({ nonce }) => nonce)).toEqual([2, 2]);
    expect(await isVerified(ada.account.address)).toBe(true);
  });

  test('loses his standing by himself when the approval ends', async () => {
    const ada = await world.investor();
    await world.approve(ada, await world.inDays(2));
    await registered(ada);
    expect(await isVerified(ada.account.address)).toBe(true);
    const investors = world.app.get(Investors);

    await rpc(world.anvil.url, 'evm_increaseTime', [3 * 86_400]);
    await rpc(world.anvil.url, 'evm_mine');
    expect(await isVerified(ada.account.address)).toBe(false);
    expect(await investors.isApproved(ada.investorId)).toBe(false);
  });
});

describe('claims', () => {
  const claim = (identity: Address, changes: Partial<Claim> = {}): Claim => ({
    issuer: world.app.get(Signer).addressOf('claimIssuer'),
    identity,
    topic: 1n,
    dataHash: dataHashOf(`0x${'11'.repeat(32)}`, `0x${'22'.repeat(32)}`),
    issuedAt: 1_700_000_000,
    validUntil: 2_000_000_000,
    nonce: 9,
    ...changes,
  });

  test('are signed over what the contract recomputes', async () => {
    const { body } = await early.get('/v1/investors/me');
    const at = contracts.address('identityStorage');
    const both = [claim(body.identity), claim(body.identity, { topic: 2n })];
    const typedData = claimsTypedData(both, 31337, at);
    const signature = await world.app.get(Signer).signTypedData('claimIssuer', typedData);
    expect(await recoverTypedDataAddress({ ...typedData, signature } as Parameters<typeof recoverTypedDataAddress>[0])).toBe(
      world.app.get(Signer).addressOf('claimIssuer'),
    );
    expect(await contracts.read({ address: at, abi: identityStorageAbi, functionName: 'claimsDigest', args: [both] })).toBe(
      hashTypedData(typedData),
    );
  });

  test.each<[string, (at: Address, identity: Address) => Promise<{ claims: Claim[]; signature: `0x${string}` }>, string]>([
    [
      'of an untrusted issuer',
      async (at, identity) => {
        const stranger = randomAccount();
        const claims = [claim(identity, { issuer: stranger.address })];
        return { claims, signature: await stranger.signTypedData(claimsTypedData(claims, 31337, at)) };
      },
      'ClaimIssuerUnknown',
    ],
    [
      'signed for another chain',
      async (at, identity) => {
        const claims = [claim(identity)];
        return { claims, signature: await world.app.get(Signer).signTypedData('claimIssuer', claimsTypedData(claims, 1, at)) };
      },
      'ClaimSignatureInvalid',
    ],
    [
      'that has expired',
      async (at, identity) => {
        const claims = [claim(identity, { validUntil: 1_700_003_600 })];
        return { claims, signature: await world.app.get(Signer).signTypedData('claimIssuer', claimsTypedData(claims, 31337, at)) };
      },
      'ClaimExpired',
    ],
    [
      'with a nonce that was used',
      async (at, identity) => {
        const claims = [claim(identity, { nonce: 1 })];
        return { claims, signature: await world.app.get(Signer).signTypedData('claimIssuer', claimsTypedData(claims, 31337, at)) };
      },
      'ClaimNonceTooLow',
    ],
  ])('%s are refused before anything is sent', async (what, make, error) => {
    const { body } = await early.get('/v1/investors/me');
    const at = contracts.address('identityStorage');
    const { claims, signature } = await make(at, body.identity);
    const call = contracts.call(at, { abi: identityStorageAbi, functionName: 'writeClaims', args: [claims, signature] });
    const businessKey = `bad claim ${what}`;
    await expect(world.app.get(Transactions).enqueue({ businessKey, sender: 'registrar', ...call })).rejects.toMatchObject({
      code: 'CHAIN_REFUSED',
      refusal: { name: error },
    });
    expect(await world.app.get(Operations).find(businessKey)).toBeUndefined();
  });
});

test('the tax form of a day is the newest one that counts on it', async () => {
  const year = new Date(await world.inDays(0)).getUTCFullYear();
  const formOn = async (date: string) => (await world.app.get(TaxForms).formsOn([early.investorId], date)).get(early.investorId);
  expect(await formOn(`${year}-06-01`)).toBeUndefined();
  for (const signedOn of [`${year}-01-15`, `${year - 1}-01-15`]) {
    const form = { form: 'W-8BEN', country: 'SE', signedOn, treaty: { country: 'SE' } };
    expectStatus(await early.post(`/v1/investors/${early.investorId}/tax-forms`, form), 201);
  }
  const newest = { form: 'W-8BEN', treatyCountry: 'SE', signedOn: `${year}-01-15`, validUntil: `${year + 3}-12-31` };
  expect(await formOn(`${year}-06-01`)).toMatchObject(newest);
  expect(await formOn(`${year}-01-14`)).toMatchObject({ signedOn: `${year - 1}-01-15` });
  expect(await formOn(`${year - 1}-01-14`)).toBeUndefined();
  expect(await formOn(`${year + 4}-01-01`)).toBeUndefined();
});
