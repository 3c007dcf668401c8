import pg from 'pg';
import { expect, test } from 'vitest';
import { localKey } from '../../../backend/src/chain/settings.js';
import { SENDER_ROLES } from '../../../backend/src/chain/signer.js';
import { localAddress, localSender } from '../../../backend/src/local/accounts.js';
import { startApp } from '../support/app.js';

const ASSET_ID = '01890a5d-ac96-774b-bcce-b302099a0001';
const MULTISIGS = { GUARDIAN: localAddress(30), UPGRADER: localAddress(31) };
/** Any chain but the development one, with an account for each sender role. */
const PUBLIC_CHAIN = {
  CHAIN_ID: '11155111',
  SENDER_KEYS: JSON.stringify(Object.fromEntries(SENDER_ROLES.map((role, index) => [role, localKey(index + 1)]))),
};

/** Drafts an instrument of an asset that is ready. */
async function draft(environment: Record<string, string>): Promise<{ status: number; code: string | undefined; drafts: number }> {
  const running = await startApp({ environment: { ...PUBLIC_CHAIN, ...environment } });
  const database = new pg.Client({ connectionString: running.database.url });
  try {
    await database.connect();
    await database.query(
      `insert into assets (id, tenant_id, name, asset_class, jurisdiction, details, state, created_by)
       values ($1, 'main', 'Test', 'REAL_ESTATE', 'SE', '{}', 'READY', 'test')`,
      [ASSET_ID],
    );
    const issuer = await running.api.signIn(running.staff.issuer);
    const terms = { authorisedUnits: '1', countriesAllowed: ['CH'] };
    const instrument = { assetId: ASSET_ID, name: 'Test', symbol: 'TEST', rightsType: 'EQUITY', terms };
    const { status, body } = await issuer.post('/v1/instruments', instrument);
    return { status, code: body.code, drafts: (await issuer.get('/v1/instruments')).body.items.length };
  } finally {
    await database.end();
    await running.close();
  }
}

test.each([
  ['nobody may cancel or upgrade', {}],
  ['nobody may upgrade', { GUARDIAN: MULTISIGS.GUARDIAN }],
  ['the seller may cancel', { ...MULTISIGS, GUARDIAN: localSender('seller') }],
  ['the admin may upgrade', { ...MULTISIGS, UPGRADER: localSender('admin') }],
])('off the development chain no token is drafted while %s', async (_, environment) => {
  expect(await draft(environment)).toEqual({ status: 409, code: 'CONTROL_NOT_SEPARATE', drafts: 0 });
});

test('off the development chain a token is drafted when guardian and upgrader are none of the senders', async () => {
  expect(await draft(MULTISIGS)).toEqual({ status: 201, code: undefined, drafts: 1 });
});
