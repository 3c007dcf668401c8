import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type InvestorPerson, startWorld, type World } from '../kyc/world.js';
import { randomAccount } from '../support/api.js';

let world: World;
let ada: InvestorPerson;
let bo: InvestorPerson;
beforeAll(async () => {
  world = await startWorld();
  ada = await world.investor({ email: 'ada@example.org' });
  bo = await world.investor({ legalName: 'Bo Nilsson', country: 'US', taxCountry: 'US' });
});
afterAll(() => world.stop());

const person = { kind: 'PERSON', legalName: 'Cy Example', country: 'SE', taxCountry: 'SE' };

async function signedChallenge(investor: InvestorPerson, wallet = randomAccount(), signer = wallet) {
  const { body } = await investor.post(`/v1/investors/${investor.investorId}/wallet-challenges`, { address: wallet.address });
  return { wallet, proof: { message: body.message as string, signature: await signer.signMessage({ message: body.message }) } };
}

describe('an investor', () => {
  test('sees himself, with the wallet he signed in with', async () => {
    const { status, body } = await ada.get('/v1/investors/me');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: ada.investorId,
      kind: 'PERSON',
      legalName: 'Ada Lindqvist',
      email: 'ada@example.org',
      dateOfBirth: '1980-12-10',
      country: 'SE',
      approved: false,
      registered: false,
      wallets: [{ address: ada.account.address, state: 'PROVEN' }],
    });
    expect(await ada.get(`/v1/investors/${ada.investorId}`)).toMatchObject({ status: 200, body: { legalName: 'Ada Lindqvist' } });
  });

  test('exists once a person', async () => {
    expect(await ada.post('/v1/investors', person)).toMatchObject({ status: 409, body: { code: 'INVESTOR_EXISTS' } });
  });

  test('does not exist for other investors, as if he were nobody', async () => {
    const foreign = await bo.get(`/v1/investors/${ada.investorId}`);
    const unknown = await bo.get('/v1/investors/01890000-0000-7000-8000-000000000000');
    expect(foreign).toMatchObject({ status: 404, body: { code: 'INVESTOR_NOT_FOUND' } });
    expect(unknown.body.code).toBe(foreign.body.code);
    for (const path of ['wallet-challenges', 'wallets', 'tax-forms']) {
      const body = {
        'wallet-challenges': { address: randomAccount().address },
        wallets: { message: 'x', signature: '0x00' },
        'tax-forms': { form: 'W-8BEN', country: 'SE', signedOn: '2026-01-01' },
      }[path];
      expect(await bo.post(`/v1/investors/${ada.investorId}/${path}`, body)).toMatchObject({ status: 404 });
    }
    expect((await bo.get('/v1/investors')).status).toBe(403);
  });

  test('is seen by officers, and that is logged; auditors see a masked name; issuers nothing', async () => {
    expect(await world.officer.get(`/v1/investors/${ada.investorId}`)).toMatchObject({ body: { legalName: 'Ada Lindqvist' } });
    const seen = await world.auditor.get(`/v1/audit-events?subject=investor:${ada.investorId}&action=investor.viewed`);
    expect(seen.body.items[0]).toMatchObject({ actor: { personId: world.officer.person.id }, payload: { detail: 'FULL' } });

    const masked = await world.auditor.get(`/v1/investors/${ada.investorId}`);
    expect(masked.body).toMatchObject({ legalName: 'A… L…', email: null, dateOfBirth: null });
    expect((await world.issuer.get(`/v1/investors/${ada.investorId}`)).status).toBe(403);
  });

  test('is listed for officers, by country and page', async () => {
    const swedes = await world.officer.get('/v1/investors?country=SE&limit=1');
    expect(swedes.body.items).toMatchObject([{ id: ada.investorId, legalName: 'Ada Lindqvist' }]);
    const all = await world.officer.get(`/v1/investors?limit=1&cursor=${(await world.officer.get('/v1/investors?limit=1')).body.next}`);
    expect(all.body.items).toMatchObject([{ id: bo.investorId }]);
  });

  test.each([
    ['an unknown field', { ...person, role: 'ADMIN' }, 'VALIDATION_FAILED'],
    ['an approval of his own making', { ...person, approved: true }, 'VALIDATION_FAILED'],
    ['a country that is none', { ...person, country: 'XX' }, 'VALIDATION_FAILED'],
    ['a lower-case country', { ...person, country: 'se' }, 'VALIDATION_FAILED'],
    ['a name of control characters', { ...person, legalName: 'Ada\u0000\u202Eqvist' }, 'INPUT_NOT_PLAIN'],
    ['no name', { ...person, legalName: '   ' }, 'VALIDATION_FAILED'],
    ['an impossible date', { ...person, dateOfBirth: '1980-02-30' }, 'VALIDATION_FAILED'],
    ['an entity’s birthday', { ...person, kind: 'ENTITY', dateOfBirth: '1980-02-03' }, 'VALIDATION_FAILED'],
  ])('is refused with %s', async (_what, body, code) => {
    const newcomer = await world.newInvestor();
    expect(await newcomer.post('/v1/investors', body)).toMatchObject({ status: 400, body: { code } });
    expect(await newcomer.get('/v1/investors/me')).toMatchObject({ status: 404 });
  });

  test('is created once, however often the request is repeated; the stored answer holds nothing personal', async () => {
    const newcomer = await world.newInvestor();
    const body = { ...person, legalName: 'Dee Repeated' };
    const first = await newcomer.post('/v1/investors', body, { key: 'the-same' });
    const second = await newcomer.post('/v1/investors', body, { key: 'the-same' });
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(JSON.stringify(first.body)).not.toContain('Repeated');
  });

  test('staff are no investors', async () => {
    expect((await world.officer.post('/v1/investors', person)).status).toBe(403);
  });
});

describe('a further wallet', () => {
  test('is linked by its own signature over a message that names the investor', async () => {
    const { wallet, proof } = await signedChallenge(ada);
    expect(proof.message).toContain(`Link this wallet to investor ${ada.investorId}.`);
    const linked = await ada.post(`/v1/investors/${ada.investorId}/wallets`, proof);
    expect(linked).toMatchObject({ status: 201, body: { address: wallet.address, state: 'PROVEN' } });
    // From now on it signs in as the same person.
    expect((await world.api.signIn(wallet)).person.id).toBe(ada.person.id);
  });

  test('of another investor is refused, and the attempt is kept', async () => {
    const { proof } = await signedChallenge(bo, ada.account);
    const refused = await bo.post(`/v1/investors/${bo.investorId}/wallets`, proof);
    expect(refused).toMatchObject({ status: 409, body: { code: 'WALLET_ALREADY_LINKED' } });
    const events = await world.auditor.get(`/v1/audit-events?subject=investor:${bo.investorId}&action=wallet.proven`);
    expect(events.body.items[0]).toMatchObject({ result: 'REFUSED', payload: { address: ada.account.address } });
  });

  test('of a person who signs in but is no investor yet, and of staff, is refused', async () => {
    const stranger = await world.newInvestor();
    for (const account of [stranger.account, world.staff.officer]) {
      const { proof } = await signedChallenge(bo, account);
      expect(await bo.post(`/v1/investors/${bo.investorId}/wallets`, proof)).toMatchObject({ body: { code: 'WALLET_ALREADY_LINKED' } });
    }
  });

  test('with another one’s signature is refused, and the challenge is used up', async () => {
    const { wallet, proof } = await signedChallenge(bo, randomAccount(), randomAccount());
    const refuse = await bo.post(`/v1/investors/${bo.investorId}/wallets`, proof);
    expect(refuse).toMatchObject({ status: 401, body: { code: 'SIWE_SIGNATURE_INVALID' } });
    const retry = { message: proof.message, signature: await wallet.signMessage({ message: proof.message }) };
    expect(await bo.post(`/v1/investors/${bo.investorId}/wallets`, retry)).toMatchObject({
      status: 401,
      body: { code: 'SIWE_NONCE_INVALID' },
    });
  });

  test('cannot be linked with a message that was signed to sign in, or for another investor', async () => {
    const wallet = randomAccount();
    const message = await world.api.siweMessage(wallet);
    const proof = { message, signature: await wallet.signMessage({ message }) };
    expect(await bo.post(`/v1/investors/${bo.investorId}/wallets`, proof)).toMatchObject({ status: 401, body: { code: 'SIWE_INVALID' } });
    const { proof: forAda } = await signedChallenge(ada);
    expect(await bo.post(`/v1/investors/${bo.investorId}/wallets`, forAda)).toMatchObject({ status: 401, body: { code: 'SIWE_INVALID' } });
  });

  test('of which there are at most fifteen', async () => {
    const many = await world.investor();
    for (let i = 1; i < 15; i++) {
      const { proof } = await signedChallenge(many);
      expect((await many.post(`/v1/investors/${many.investorId}/wallets`, proof)).status).toBe(201);
    }
    const { proof } = await signedChallenge(many);
    expect(await many.post(`/v1/investors/${many.investorId}/wallets`, proof)).toMatchObject({ body: { code: 'WALLET_LIMIT_REACHED' } });
  });
});

describe('a tax form', () => {
  const year = new Date().getUTCFullYear();

  test('is kept with the day to which it is valid', async () => {
    const form = { form: 'W-8BEN', country: 'SE', signedOn: `${year - 1}-06-30`, treaty: { country: 'SE', article: '10' } };
    const answer = await ada.post(`/v1/investors/${ada.investorId}/tax-forms`, form);
    expect(answer).toMatchObject({ status: 201, body: { form: 'W-8BEN', validUntil: `${year + 2}-12-31`, treaty: { country: 'SE' } } });
    expect(await ada.post(`/v1/investors/${ada.investorId}/tax-forms`, form)).toMatchObject({
      status: 409,
      body: { code: 'TAX_FORM_EXISTS' },
    });
  });

  test.each([
    ['signed tomorrow', { form: 'W-8BEN', country: 'SE', signedOn: `${year + 1}-01-02` }, 422, 'TAX_FORM_NOT_YET_SIGNED'],
    ['that has lapsed', { form: 'W-8BEN', country: 'SE', signedOn: `${year - 4}-06-30` }, 422, 'TAX_FORM_EXPIRED'],
    ['of US persons by anybody else', { form: 'W-9', country: 'US', signedOn: `${year - 1}-06-30` }, 422, 'TAX_FORM_WRONG_COUNTRY'],
    ['of another country', { form: 'W-8BEN', country: 'CH', signedOn: `${year - 1}-06-30` }, 422, 'TAX_FORM_WRONG_COUNTRY'],
    [
      'with another country’s treaty',
      { form: 'W-8BEN', country: 'SE', signedOn: `${year - 1}-06-30`, treaty: { country: 'JP' } },
      422,
      'TAX_FORM_WRONG_COUNTRY',
    ],
    ['for entities', { form: 'W-8BEN-E', country: 'SE', signedOn: `${year - 1}-06-30` }, 422, 'TAX_FORM_WRONG_KIND'],
    ['for US persons', { form: 'W-9', country: 'SE', signedOn: `${year - 1}-06-30` }, 400, 'VALIDATION_FAILED'],
    ['of no known kind', { form: 'W-4', country: 'SE', signedOn: `${year - 1}-06-30` }, 400, 'VALIDATION_FAILED'],
  ])('%s is refused', async (_what, body, status, code) => {
    expect(await ada.post(`/v1/investors/${ada.investorId}/tax-forms`, body)).toMatchObject({ status, body: { code } });
  });

  test('of a US person is a W-9, whatever treaty others have', async () => {
    const path = `/v1/investors/${bo.investorId}/tax-forms`;
    const foreign = { form: 'W-8BEN', country: 'JP', signedOn: `${year - 1}-06-30`, treaty: { country: 'JP' } };
    expect(await bo.post(path, foreign)).toMatchObject({ status: 422, body: { code: 'TAX_FORM_WRONG_COUNTRY' } });
    expect(await bo.post(path, { form: 'W-9', country: 'US', signedOn: '2020-01-02' })).toMatchObject({ status: 201 });
  });
});

test('nothing personal stands in plain text in any table', async () => {
  const secret = await world.investor({
    legalName: 'Zebedee Quartzworth',
    email: 'zebedee@quartzworth.example',
    dateOfBirth: '1957-07-13',
  });
  await secret.get('/v1/investors/me');
  await world.officer.get(`/v1/investors/${secret.investorId}`);
  const tables = await world.sql<{ table_schema: string; table_name: string }>(
    `select table_schema, table_name from information_schema.tables where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
  );
  expect(tables.length).toBeGreaterThan(20);
  for (const { table_schema, table_name } of tables) {
    const rows = await world.sql<{ text: string }>(`select t::text as text from "${table_schema}"."${table_name}" t`);
    // A bytea is shown in hex: look for the letters in both forms.
    const everything = rows
      .map(({ text }) => text)
      .join('\n')
      .toLowerCase();
    for (const word of [
      'quartzworth',
      '1957-07-13',
      Buffer.from('Quartzworth').toString('hex'),
      Buffer.from('1957-07-13').toString('hex'),
    ]) {
      expect(everything.includes(word), `${table_name} holds ${word}`).toBe(false);
    }
  }
});
