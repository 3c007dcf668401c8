import { type Address, encodeFunctionData, type TypedDataDefinition } from 'viem';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Contracts } from '../../../backend/src/chain/contracts.js';
import { Investors } from '../../../backend/src/parties/investors.service.js';
import { WalletRegistration } from '../../../backend/src/parties/wallet-registration.workflow.js';
import { Workflows } from '../../../backend/src/platform/workflow/workflows.js';
import { identityRegistryAbi, securityTokenAbi } from '../../../contracts/generated/abi.js';
import { deploySuite, mint, type TestSuite } from '../kyc/suite.js';
import { expectStatus, type InvestorPerson, type Person, rpc, startWorld, until, type World } from '../kyc/world.js';
import { randomAccount } from '../support/api.js';

let world: World;
let contracts: Contracts;
let suite: TestSuite;
let instrumentId: string;
let ada: InvestorPerson;
let bo: InvestorPerson;
beforeAll(async () => {
  world = await startWorld({ contracts: true });
  contracts = world.app.get(Contracts);
  suite = await deploySuite(world, 'COMPL');
  instrumentId = await listInstrument(suite);
  [ada, bo] = await Promise.all([verified('Ada Lindqvist', 'SE'), verified('Bo Becker', 'DE')]);
  await mint(world, suite, ada.account.address, 50_000n);
});
afterAll(() => world.stop());

/** The suite was deployed by the test itself, so it is listed by hand. */
async function listInstrument({ token, registry }: TestSuite): Promise<string> {
  const [asset, instrument] = ['01890a5d-ac96-774b-bcce-b302099a0001', '01890a5d-ac96-774b-bcce-b302099a0002'] as const;
  await world.sql(
    `insert into assets (id, tenant_id, name, asset_class, jurisdiction, details, state, created_by)
     values ($1, 'main', 'Test', 'REAL_ESTATE', 'SE', '{}', 'TOKENIZED', 'test')`,
    [asset],
  );
  await world.sql(
    `insert into instruments (id, tenant_id, asset_id, name, symbol, decimals, rights_type, terms, documents, state, token, registry, compliance, created_by)
     values ($1, 'main', $2, 'Test', 'COMPL', 2, 'EQUITY', '{}', '[]', 'DEPLOYED', $3, $4, $3, 'test')`,
    [instrument, asset, token, registry],
  );
  return instrument;
}

async function verified(legalName: string, country: string): Promise<InvestorPerson> {
  const investor = await world.investor({ legalName, country, taxCountry: country });
  await world.approve(investor);
  await until(async () => (await investor.get('/v1/investors/me')).body.registered, Boolean);
  return investor;
}

const isFrozen = (wallet: Address) =>
  contracts.read({ address: suite.token, abi: securityTokenAbi, functionName: 'isFrozen', args: [wallet] });
const balanceOf = (wallet: Address) =>
  contracts.read({ address: suite.token, abi: securityTokenAbi, functionName: 'balanceOf', args: [wallet] });
const isVerified = (wallet: Address) =>
  contracts.read({ address: suite.registry, abi: identityRegistryAbi, functionName: 'isVerified', args: [wallet] });
const audited = async (query: string) => (await world.auditor.get(`/v1/audit-events?${query}`)).body.items;

/** Proves a new wallet and asks for it to be linked. */
async function link(investor: InvestorPerson, wallet = randomAccount()) {
  const path = `/v1/investors/${investor.investorId}`;
  const { message } = (await investor.post(`${path}/wallet-challenges`, { address: wallet.address })).body;
  return { wallet, answer: await investor.post(`${path}/wallets`, { message, signature: await wallet.signMessage({ message }) }) };
}

/** Approves a request as the second person sees it. */
async function approve(by: Person, approvalId: string) {
  const request = await by.get(`/v1/approvals/${approvalId}`);
  return by.post(`/v1/approvals/${approvalId}/approve`, { payloadHash: request.body.payloadHash ?? '0'.repeat(64), reason: 'Agreed.' });
}

describe('a preview', () => {
  const preview = (by: Person, from: Address, to: Address, units: string) =>
    by.post('/v1/transfers/preview', { instrumentId, from, to, units });

  test('lists every check of a transfer that would pass', async () => {
    const { status, body } = await preview(ada, ada.account.address, bo.account.address, '100.25');
    expect(status).toBe(200);
    expect(body).toMatchObject({ allowed: true, reason: { code: 0, name: 'OK' } });
    expect(body.verdicts.length).toBeGreaterThan(3);
    expect(body.verdicts.every((verdict: { pass: boolean }) => verdict.pass)).toBe(true);
  });

  test('says why one would be refused, what would cure it and how much room there is, and keeps that it said so', async () => {
    const stranger = randomAccount().address;
    const unknown = await preview(ada, ada.account.address, stranger, '1');
    expect(unknown.body).toMatchObject({ allowed: false, reason: { code: 20, name: 'RECIPIENT_NOT_REGISTERED' } });
    expect(unknown.body.reason.cure).toContain('verify');
    const [event] = await audited(`subject=instrument:${instrumentId}&action=transfer.previewed`);
    expect(event).toMatchObject({ result: 'REFUSED', payload: { to: stranger, units: '1', code: 20 } });

    const tooMuch = (await preview(ada, ada.account.address, bo.account.address, '1000.01')).body;
    const byName = Object.fromEntries(tooMuch.verdicts.map((v: { reason: { name: string } }) => [v.reason.name, v]));
    expect(tooMuch.allowed).toBe(false);
    expect(byName.INSUFFICIENT_BALANCE).toMatchObject({ pass: false, isToken: true, room: '500' });
    expect(byName.MAX_BALANCE).toMatchObject({ pass: false, isToken: false, room: '1000' });
  });

  test.each(['-1', '1.234', '1e3', `${2n ** 256n}`])('of %s units is refused as an amount', async (units) => {
    const answer = await preview(ada, ada.account.address, bo.account.address, units);
    expect(answer).toMatchObject({ status: 400, body: { code: 'AMOUNT_INVALID' } });
  });

  test('is for one’s own wallets; officers may look at any', async () => {
    const foreign = await preview(bo, ada.account.address, bo.account.address, '1');
    expect(foreign).toMatchObject({ status: 404, body: { code: 'WALLET_NOT_FOUND' } });
    expect(await preview(world.officer, ada.account.address, bo.account.address, '1')).toMatchObject({ status: 200 });
  });
});

/** A freeze of Bo's wallet, and its release. */
const order = () => ({
  instrumentId,
  wallet: bo.account.address,
  reasonCode: 'LEGAL_ORDER',
  legalBasis: 'COURT_ORDER',
  reference: 'AG 12 C 34/26',
});
const release = { legalBasis: 'COURT_ORDER', reference: 'AG 12 C 34/26 II' };
const reached = (id: string, wanted: string) =>
  until(
    async () => (await world.officer.get(`/v1/freezes/${id}`)).body.state,
    (state) => state === wanted,
  );

describe('a freeze', () => {
  let freezeId: string;
  /** Proven by Bo before the freeze. */
  const earlier = { id: '01890a5d-ac96-774b-bcce-b302099a0003', address: randomAccount().address };
  async function registered(round: string) {
    await world.app.get(WalletRegistration).start(earlier.id, round);
    await world.app.get(Workflows).finished(`wallet-registration:${earlier.id}:${round}`);
  }

  test('takes effect at once by one officer, and shows in the preview', async () => {
    const answer = await world.officer.post('/v1/freezes', order());
    expect(answer).toMatchObject({ status: 202, body: { state: 'FREEZING', investorId: bo.investorId } });
    freezeId = answer.body.id;
    await reached(freezeId, 'ACTIVE');
    expect(await isFrozen(bo.account.address)).toBe(true);
    const transfer = { instrumentId, from: ada.account.address, to: bo.account.address, units: '1' };
    const { body } = await world.officer.post('/v1/transfers/preview', transfer);
    expect(body).toMatchObject({ allowed: false, reason: { name: 'RECIPIENT_FROZEN' } });
    expect((await audited(`subject=freeze:${freezeId}&action=freeze.ordered`))[0].payload).toMatchObject({ reference: 'AG 12 C 34/26' });
    expect((await world.officer.get(`/v1/freezes?wallet=${bo.account.address}`)).body.items).toMatchObject([{ id: freezeId }]);
  });

  test('holds for the investor: he brings no other wallet, and none that he proved before comes to the chain', async () => {
    const { wallet, answer } = await link(bo);
    expect(answer).toMatchObject({ status: 409, body: { code: 'WALLET_FROZEN' } });
    expect((await audited(`subject=investor:${bo.investorId}&action=wallet.proven`))[0]).toMatchObject({
      result: 'REFUSED',
      payload: { address: wallet.address, code: 'WALLET_FROZEN' },
    });
    expect((await link(ada)).answer).toMatchObject({ status: 201 });

    await world.sql(`insert into wallet_links (id, party_id, address, state) values ($1, $2, $3, 'PROVEN')`, [
      earlier.id,
      bo.investorId,
      earlier.address,
    ]);
    await registered('held');
    expect(await isVerified(earlier.address)).toBe(false);
    expect((await audited(`subject=investor:${bo.investorId}&action=wallet.registered`))[0]).toMatchObject({
      result: 'REFUSED',
      payload: { address: earlier.address, code: 'WALLET_FROZEN' },
    });
  });

  test('is one a wallet, and nothing for issuers or investors', async () => {
    expect(await world.officer2.post('/v1/freezes', order())).toMatchObject({ status: 409, body: { code: 'WALLET_ALREADY_FROZEN' } });
    for (const person of [world.issuer, ada, world.auditor]) expect((await person.post('/v1/freezes', order())).status).toBe(403);
  });

  test.each([
    ['without a legal basis', { legalBasis: undefined }],
    ['with one that is none', { legalBasis: 'MOOD' }],
    ['with a text for a file number', { reference: 'because; he said so!' }],
    ['with an unknown field', { amount: '5' }],
  ])('%s is refused', async (_what, change) => {
    const answer = await world.officer.post('/v1/freezes', { ...order(), wallet: ada.account.address, ...change });
    expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    expect(await isFrozen(ada.account.address)).toBe(false);
  });

  test('is not released by one person, whichever', async () => {
    const asked = expectStatus(await world.officer.post(`/v1/freezes/${freezeId}/release`, release), 202).body;
    expect(asked.state).toBe('RELEASE_REQUESTED');
    expect(await approve(world.officer, asked.releaseApprovalId)).toMatchObject({ status: 403, body: { code: 'APPROVAL_OWN_REQUEST' } });
    expect(await approve(world.issuer, asked.releaseApprovalId)).toMatchObject({ status: 404, body: { code: 'APPROVAL_NOT_FOUND' } });
    expect(await isFrozen(bo.account.address)).toBe(true);
    expect((await world.issuer.post(`/v1/freezes/${freezeId}/release`, release)).status).toBe(403);
  });

  test('is released by a second officer, once', async () => {
    const { releaseApprovalId } = (await world.officer.get(`/v1/freezes/${freezeId}`)).body;
    expectStatus(await approve(world.officer2, releaseApprovalId), 200);
    await reached(freezeId, 'RELEASED');
    expect(await isFrozen(bo.account.address)).toBe(false);
    await registered('released');
    expect(await isVerified(earlier.address)).toBe(true);
    expect((await link(bo)).answer).toMatchObject({ status: 201 });
    const late = await world.officer.post(`/v1/freezes/${freezeId}/release`, release);
    expect(late).toMatchObject({ status: 409, body: { code: 'FREEZE_NOT_ACTIVE' } });
    // Another freeze of the same wallet is another order.
    const again = expectStatus(await world.officer.post('/v1/freezes', order()), 202).body;
    await reached(again.id, 'ACTIVE');
    const asked = await world.officer2.post(`/v1/freezes/${again.id}/release`, release);
    expectStatus(await approve(world.officer, asked.body.releaseApprovalId), 200);
    await reached(again.id, 'RELEASED');
  });

  test('whose release was rejected may be asked for again', async () => {
    const { id } = expectStatus(await world.officer.post('/v1/freezes', order()), 202).body;
    await reached(id, 'ACTIVE');
    const first = (await world.officer.post(`/v1/freezes/${id}/release`, release)).body.releaseApprovalId;
    expectStatus(await world.officer2.post(`/v1/approvals/${first}/reject`, { reason: 'The order still stands.' }), 200);
    const second = (await world.officer.post(`/v1/freezes/${id}/release`, release)).body.releaseApprovalId;
    expectStatus(await approve(world.officer2, second), 200);
    await reached(id, 'RELEASED');
  });
});

describe('a recovery', () => {
  let lost: InvestorPerson;
  const [replacement, spare] = [randomAccount(), randomAccount()];
  beforeAll(async () => {
    lost = await verified('Lo Strand', 'SE');
    await mint(world, suite, lost.account.address, 1_234n);
  });

  const wallets = (changes: Record<string, string> = {}) => ({
    investorId: lost.investorId,
    instrumentId,
    lostWallet: lost.account.address,
    newWallet: replacement.address,
    ...changes,
  });
  async function proof(changes: Record<string, string> = {}, signer = replacement) {
    const { body } = await world.officer.get(`/v1/wallet-recoveries/typed-data?${new URLSearchParams(wallets(changes))}`);
    return signer.signTypedData(body as TypedDataDefinition);
  }
  const grounds = { legalBasis: 'LOST_KEY', documentHash: `0x${'ab'.repeat(32)}` };
  const request = async (changes: Record<string, string> = {}, signature?: string) =>
    world.officer.post('/v1/wallet-recoveries', { ...wallets(changes), ...grounds, newWalletSignature: signature ?? (await proof()) });
  const ended = (id: string) =>
    until(
      async () => (await world.officer.get(`/v1/wallet-recoveries/${id}`)).body,
      ({ state }) => ['DONE', 'FAILED'].includes(state),
    );

  test('of another investor’s wallet is refused', async () => {
    expect(await request({ lostWallet: ada.account.address })).toMatchObject({ status: 409, body: { code: 'RECOVERY_IDENTITY_MISMATCH' } });
    expect(await request({ investorId: ada.investorId })).toMatchObject({ status: 409, body: { code: 'RECOVERY_IDENTITY_MISMATCH' } });
  });

  test('to another investor’s wallet is refused', async () => {
    expect(await request({ newWallet: bo.account.address })).toMatchObject({ status: 409, body: { code: 'WALLET_ALREADY_LINKED' } });
  });

  test('to a wallet with which staff sign in is refused', async () => {
    expect(await request({ newWallet: world.staff.issuer.address })).toMatchObject({
      status: 409,
      body: { code: 'WALLET_ALREADY_LINKED' },
    });
  });

  test('that the new wallet did not sign, or signed for something else, is refused', async () => {
    const byAnother = await proof({}, randomAccount());
    expect(await request({}, byAnother)).toMatchObject({ status: 422, body: { code: 'RECOVERY_SIGNATURE_INVALID' } });
    const other = randomAccount();
    const forAnother = await proof({ newWallet: other.address }, other);
    expect(await request({}, forAnother)).toMatchObject({ status: 422, body: { code: 'RECOVERY_SIGNATURE_INVALID' } });
  });

  test('of an empty wallet is refused', async () => {
    const empty = await verified('Em Pty', 'SE');
    const changes = { investorId: empty.investorId, lostWallet: empty.account.address };
    const signature = await proof(changes);
    expect(await request(changes, signature)).toMatchObject({ status: 409, body: { code: 'NOTHING_TO_RECOVER' } });
  });

  test('is prepared by the investor for himself only, and requested by staff', async () => {
    const path = `/v1/wallet-recoveries/typed-data?${new URLSearchParams(wallets())}`;
    expect((await lost.get(path)).status).toBe(200);
    expect((await ada.get(path)).status).toBe(404);
    const body = { ...wallets(), ...grounds, newWalletSignature: await proof() };
    expect((await lost.post('/v1/wallet-recoveries', body)).status).toBe(403);
  });

  test('moves units, registration and sign-in to the new wallet, by two persons', async () => {
    const rejected = expectStatus(await request(), 202).body;
    // Meanwhile whoever has the lost wallet adds none of his own; and who signed in with the new one remains nobody.
    expect((await link(lost)).answer).toMatchObject({ status: 409, body: { code: 'RECOVERY_OPEN' } });
    const early = await world.api.signIn(replacement);
    const person = { kind: 'PERSON', legalName: 'Lo Strand', country: 'SE', taxCountry: 'SE' };
    expect(await early.post('/v1/investors', person)).toMatchObject({ status: 409, body: { code: 'RECOVERY_OPEN' } });
    expectStatus(await world.officer2.post(`/v1/approvals/${rejected.approvalId}/reject`, { reason: 'Who called us?' }), 200);
    expect((await link(lost, spare)).answer).toMatchObject({ status: 201 });
    const asked = expectStatus(await request(), 202).body;
    expect(asked.state).toBe('REQUESTED');
    expect((await world.officer.get(`/v1/wallet-recoveries/${rejected.id}`)).body).toMatchObject({ state: 'FAILED' });
    expect(await request()).toMatchObject({ status: 409, body: { code: 'RECOVERY_OPEN' } });
    expect(await approve(world.officer, asked.approvalId)).toMatchObject({ status: 403, body: { code: 'APPROVAL_OWN_REQUEST' } });
    expect(await balanceOf(lost.account.address)).toBe(1_234n);

    expectStatus(await approve(world.officer2, asked.approvalId), 200);
    expect(await ended(asked.id)).toMatchObject({ state: 'DONE', failure: null });
    expect(await balanceOf(lost.account.address)).toBe(0n);
    expect(await balanceOf(replacement.address)).toBe(1_234n);
    expect(await isVerified(replacement.address)).toBe(true);
    expect(await isVerified(lost.account.address)).toBe(false);

    const { body } = await world.officer.get(`/v1/investors/${lost.investorId}`);
    expect(body.wallets).toMatchObject([
      { address: lost.account.address, state: 'RECOVERED' },
      { address: spare.address },
      { address: replacement.address, state: 'REGISTERED' },
    ]);
    // The old sessions ended, the old wallet is nobody's, the new one signs in as the same person.
    expect((await lost.get('/v1/investors/me')).status).toBe(401);
    expect(early.person.id).not.toBe(lost.person.id);
    expect((await early.get('/v1/auth/me')).status).toBe(401);
    const finder = await world.api.signIn(lost.account);
    expect(finder.person.id).not.toBe(lost.person.id);
    expect(await finder.post('/v1/investors', person)).toMatchObject({ status: 409, body: { code: 'WALLET_ALREADY_LINKED' } });
    expect((await world.api.signIn(replacement)).person.id).toBe(lost.person.id);
    expect(await world.app.get(Investors).byWallet(replacement.address)).toMatchObject({ id: lost.investorId });
    expect((await audited(`subject=wallet-recovery:${asked.id}`)).map((event: { action: string }) => event.action)).toEqual([
      'wallet-recovery.done',
      'wallet-recovery.approved',
      'wallet-recovery.requested',
    ]);
  });

  test('cannot be had twice: the lost wallet is empty', async () => {
    const next = randomAccount();
    const signature = await proof({ newWallet: next.address }, next);
    expect(await request({ newWallet: next.address }, signature)).toMatchObject({ status: 409, body: { code: 'NOTHING_TO_RECOVER' } });
  });

  test('takes the freeze of the lost wallet along, and its release frees the new one', async () => {
    const owner = await verified('Fro Zen', 'SE');
    await mint(world, suite, owner.account.address, 55n);
    const next = randomAccount();
    const frozen = expectStatus(await world.officer.post('/v1/freezes', { ...order(), wallet: owner.account.address }), 202).body;
    await reached(frozen.id, 'ACTIVE');
    const changes = { investorId: owner.investorId, lostWallet: owner.account.address, newWallet: next.address };
    const asked = expectStatus(await request(changes, await proof(changes, next)), 202).body;
    expectStatus(await approve(world.officer2, asked.approvalId), 200);
    expect(await ended(asked.id)).toMatchObject({ state: 'DONE' });
    expect(await isFrozen(next.address)).toBe(true);
    expect((await world.officer.get(`/v1/freezes/${frozen.id}`)).body).toMatchObject({ wallet: next.address, state: 'ACTIVE' });

    const { releaseApprovalId } = expectStatus(await world.officer.post(`/v1/freezes/${frozen.id}/release`, release), 202).body;
    expectStatus(await approve(world.officer2, releaseApprovalId), 200);
    await reached(frozen.id, 'RELEASED');
    expect(await isFrozen(next.address)).toBe(false);
  });

  test('that became impossible after the request fails with its reason, and nothing moves', async () => {
    const owner = await verified('Fa Il', 'SE');
    await mint(world, suite, owner.account.address, 77n);
    const next = randomAccount();
    const changes = { investorId: owner.investorId, lostWallet: owner.account.address, newWallet: next.address };
    const asked = expectStatus(await request(changes, await proof(changes, next)), 202).body;
    // Meanwhile the wallet is emptied by a transfer of its owner.
    const data = encodeFunctionData({ abi: securityTokenAbi, functionName: 'transfer', args: [bo.account.address, 77n] });
    await rpc(world.anvil.url, 'anvil_impersonateAccount', [owner.account.address]);
    await rpc(world.anvil.url, 'anvil_setBalance', [owner.account.address, '0xde0b6b3a7640000']);
    await rpc(world.anvil.url, 'eth_sendTransaction', [{ from: owner.account.address, to: suite.token, data }]);
    await until(
      () => balanceOf(owner.account.address).then(String),
      (balance) => balance === '0',
    );
    expectStatus(await approve(world.officer2, asked.approvalId), 200);
    const { state, failure } = await ended(asked.id);
    expect([state, failure]).toEqual(['FAILED', expect.stringContaining('NothingToRecover')]);
    expect((await world.officer.get(`/v1/investors/${owner.investorId}`)).body.wallets).toMatchObject([{ state: 'REGISTERED' }]);
  });
});

describe('a revoked claim', () => {
  const grounds = { legalBasis: 'SANCTIONS_BLOCKING', reference: 'ZZTEST 1' };
  let eve: InvestorPerson;
  beforeEach(async () => {
    eve ??= await verified('Eve Former', 'GB');
  });

  test('bars the investor at once in every token, by two officers', async () => {
    const path = `/v1/investors/${eve.investorId}/claims/2/revoke`;
    for (const person of [eve, world.issuer]) expect((await person.post(path, grounds)).status).toBe(403);
    const { approvalId } = expectStatus(await world.officer.post(path, grounds), 202).body;
    expect(await approve(world.officer, approvalId)).toMatchObject({ status: 403 });
    expect(await isVerified(eve.account.address)).toBe(true);

    expectStatus(await approve(world.officer2, approvalId), 200);
    expect((await eve.get('/v1/investors/me')).body.approved).toBe(false);
    await until(
      () => isVerified(eve.account.address),
      (still) => !still,
    );
    const transfer = { instrumentId, from: ada.account.address, to: eve.account.address, units: '1' };
    const { body } = await world.officer.post('/v1/transfers/preview', transfer);
    expect(body).toMatchObject({ allowed: false, reason: { code: 23, name: 'RECIPIENT_CLAIM_REVOKED' } });
    await until(
      () => world.sql<{ state: string }>('select state from claims where party_id = $1 and topic = 2', [eve.investorId]),
      (rows) => rows[0]?.state === 'REVOKED',
    );
  });

  test('is not revoked twice, and none that was never written', async () => {
    const revoke = (topic: number) => world.officer.post(`/v1/investors/${eve.investorId}/claims/${topic}/revoke`, grounds);
    expect(await revoke(2)).toMatchObject({ body: { code: 'CLAIM_NOT_WRITTEN' } });
    expect(await revoke(3)).toMatchObject({ body: { code: 'CLAIM_NOT_WRITTEN' } });
    expect((await revoke(6)).status).toBe(400);
  });

  test('is cured by a new case, also on chain', async () => {
    await world.approve(eve);
    await until(() => isVerified(eve.account.address), Boolean);
    expect((await eve.get('/v1/investors/me')).body.approved).toBe(true);
  });
});
