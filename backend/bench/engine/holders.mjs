// Brings holders: verified on chain by signed claims, with units of a token, and known to the backend with a tax form. It is what the
// measurements begin with and is not measured; batches go straight to the node so that 100,000 take minutes.
import { randomBytes } from 'node:crypto';
import { encodeFunctionData, getAddress, keccak256, slice, toHex } from 'viem';
import { SENDER_ROLES } from '../../../dist/backend/src/chain/signer.js';
import { claimsTypedData } from '../../../dist/backend/src/kyc/claims.js';
import { LOCAL_INDEX, localAddress } from '../../../dist/backend/src/local/accounts.js';
import { localAccount } from '../../../dist/backend/src/local/people.js';
import { signInStaff } from '../../../dist/backend/src/local/world/people.js';
import { bringAsset, issueInstrument } from '../../../dist/backend/src/local/world/sale.js';
import { uuidv7 } from '../../../dist/backend/src/platform/ids.js';
import { identityRegistryAbi, identityStorageAbi, securityTokenAbi } from '../../../dist/contracts/generated/abi.js';

const MINTER = 1;
const FREEZER = 1 << 2;
const REGISTRAR = 1 << 6;
const CAP = 2n ** 90n;
const SWITZERLAND = 756;
const GAS = 16_000_000n;
/** Most that the registry takes in one call. */
const ONBOARDED_TOGETHER = 125;
const TOGETHER = 200;
const AT_ONCE = 8;
const ROWS = 5_000;

const EVIDENCE = ['TERM_SHEET', 'CUSTODY_STATEMENT', 'LEGAL_OPINION', 'OFFERING_MEMORANDUM', 'SUBSCRIPTION_AGREEMENT'];
const ASSET = {
  name: 'A bill to measure with',
  jurisdiction: 'US',
  details: {
    assetClass: 'TREASURY_BILL',
    auctionDate: '2026-01-05',
    issueDate: '2026-01-08',
    maturityDate: '2026-07-09',
    discountRatePercent: '1.115',
    pricePerHundred: '99.436306',
    investmentRatePercent: '1.137',
    currency: 'USD',
  },
};

/** A token, issued through the API as an issuer would; the deployer may onboard, mint and freeze in it. */
export async function bringToken(world) {
  const api = await world.startApi({ CHAIN_CONFIRMATIONS: '1' });
  const staff = await signInStaff(api.url);
  const documents = EVIDENCE.map((role) => ({ role, title: role, text: `# ${role}\n` }));
  const asset = await bringAsset(staff, ASSET, documents);
  const instrument = await issueInstrument(staff, {
    assetId: asset.id,
    name: 'Fund to measure with',
    symbol: 'BENCH',
    decimals: 2,
    rightsType: 'FUND_UNIT',
    terms: { authorisedUnits: '1000000000000', countriesAllowed: ['CH'], claimTopics: [1, 2] },
  });
  await api.stop();
  const { rows } = await world.sql.query('select token, registry, tenant_id from instruments where id = $1', [instrument.id]);
  const [{ token, registry, tenant_id: tenantId }] = rows;
  const agent = localAddress(LOCAL_INDEX.deployer);
  await sendAll(world, localAccount(SENDER_ROLES.indexOf('admin') + 1), [
    call(token, securityTokenAbi, 'setAgent', agent, MINTER | FREEZER, CAP),
    call(registry, identityRegistryAbi, 'setAgent', agent, REGISTRAR),
  ]);
  await alignCounters(world);
  return { instrumentId: instrument.id, token, registry, tenantId };
}

/** @returns wallets and identities of `count` holders, and how many of them cannot be paid: one in two hundred is frozen, another one in two hundred
 *           has lost a claim */
export async function bringHolders(world, { token, registry, tenantId }, count) {
  const agent = localAccount(LOCAL_INDEX.deployer);
  const issuer = localAccount(SENDER_ROLES.indexOf('claimIssuer') + 1);
  const storage = world.deployment.contracts.identityStorage;
  const holders = await holdersOf(world, storage, count);
  await sendAll(world, agent, onboarding(world, { registry, storage, holders, issuer }));
  const mints = pages(holders, TOGETHER).map((part) =>
    call(
      token,
      securityTokenAbi,
      'batchMint',
      part.map(({ wallet }) => wallet),
      part.map(({ units }) => units),
    ),
  );
  await sendAll(world, agent, mints);
  const frozen = holders.filter((_, index) => index % 200 === 7);
  const lapsed = holders.filter((_, index) => index % 200 === 107);
  await sendAll(
    world,
    agent,
    frozen.map(({ wallet }) => call(token, securityTokenAbi, 'setAddressFrozen', wallet, true)),
  );
  await sendAll(
    world,
    issuer,
    lapsed.map(({ identity }) => call(storage, identityStorageAbi, 'revokeClaim', identity, 1n)),
  );
  await alignCounters(world);
  await enterParties(world, tenantId, holders);
  return { holders, bad: frozen.length + lapsed.length };
}

async function holdersOf({ client }, storage, count) {
  const holders = Array.from({ length: count }, (_, index) => {
    const salt = keccak256(toHex(`holder ${index}`));
    return { salt, wallet: getAddress(slice(keccak256(salt), 12)), units: BigInt(10_000 + ((index * 7_919) % 990_001)) };
  });
  for (const part of pages(holders, 800)) {
    const identities = await Promise.all(
      pages(part, 100).map((some) =>
        client.multicall({
          allowFailure: false,
          deployless: true,
          batchSize: 0,
          contracts: some.map(({ salt }) => ({ address: storage, abi: identityStorageAbi, functionName: 'predictIdentity', args: [salt] })),
        }),
      ),
    );
    for (const [index, identity] of identities.flat().entries()) part[index].identity = identity;
  }
  return holders;
}

/** Each batch carries one signature over its claims. */
async function* onboarding({ client }, { registry, storage, holders, issuer }) {
  const { timestamp } = await client.getBlock();
  const issuedAt = Number(timestamp);
  for (const part of pages(holders, ONBOARDED_TOGETHER)) {
    const claims = part.flatMap(({ identity }) =>
      [1n, 2n].map((topic) => ({
        issuer: issuer.address,
        identity,
        topic,
        dataHash: keccak256(toHex(`evidence of ${identity} ${topic}`)),
        issuedAt,
        validUntil: issuedAt + 300 * 86_400,
        nonce: 1,
      })),
    );
    const signature = await issuer.signTypedData(claimsTypedData(claims, client.chain.id, storage));
    const investors = part.map(({ wallet, salt }) => ({ wallet, salt, country: SWITZERLAND }));
    yield call(registry, identityRegistryAbi, 'onboardBatch', investors, claims, signature);
  }
}

/** What onboarding leaves in the backend, as far as a distribution reads it: party, identity, and for three in four a tax form. */
async function enterParties({ sql }, tenantId, holders) {
  for (const part of pages(holders, ROWS)) {
    const ids = part.map(() => uuidv7());
    await sql.query(
      `insert into parties (id, tenant_id, kind, person_id, country, tax_country, legal_name, identity_secret, identity_salt, identity, registered)
       select id, $1, 'PERSON', 'person of ' || id, 'CH', 'CH', $2, $3, salt, identity, true
       from unnest($4::text[], $5::text[], $6::text[]) as holder(id, salt, identity)`,
      [tenantId, randomBytes(60), randomBytes(60), ids, part.map(({ salt }) => salt), part.map(({ identity }) => identity)],
    );
    const signed = ids.filter((_, index) => index % 4 !== 3);
    await sql.query(
      `insert into tax_forms (id, party_id, form, country, signed_on, valid_until, treaty_country, treaty_article)
       select id, party_id, 'W-8BEN', 'CH', '2026-01-05', '2029-12-31', treaty, case when treaty is null then null else '10(2)(b)' end
       from unnest($1::text[], $2::text[], $3::text[]) as form(id, party_id, treaty)`,
      [signed.map(() => uuidv7()), signed, signed.map((_, index) => (index % 3 === 2 ? null : 'CH'))],
    );
  }
}

/** The keys of the service were used past it: its counters take that from the chain, as an operator would after looking at it. */
async function alignCounters({ client, sql }) {
  const { rows } = await sql.query('select address from tx_sender');
  for (const { address } of rows) {
    await sql.query('update tx_sender set next_nonce = $2 where address = $1', [address, await client.getTransactionCount({ address })]);
  }
}

export function call(to, abi, functionName, ...args) {
  return { to, data: encodeFunctionData({ abi, functionName, args }) };
}

/** Sends calls of one account in order, several at a time. @throws Error when one of them reverts */
export async function sendAll({ client }, account, calls) {
  let nonce = await client.getTransactionCount({ address: account.address });
  let sending = [];
  const flush = async () => {
    for (const hash of await Promise.all(sending)) {
      const { status } = await client.waitForTransactionReceipt({ hash });
      if (status !== 'success') throw new Error(`${hash} reverted.`);
    }
    sending = [];
  };
  for await (const { to, data } of calls) {
    const { maxFeePerGas, maxPriorityFeePerGas } = { maxFeePerGas: 100_000_000_000n, maxPriorityFeePerGas: 1n };
    const raw = await account.signTransaction({
      type: 'eip1559',
      chainId: client.chain.id,
      nonce: nonce++,
      to,
      data,
      gas: GAS,
      maxFeePerGas,
      maxPriorityFeePerGas,
    });
    sending.push(client.sendRawTransaction({ serializedTransaction: raw }));
    if (sending.length === AT_ONCE) await flush();
  }
  await flush();
}

export function pages(rows, size) {
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, page) => rows.slice(page * size, (page + 1) * size));
}
