import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { type Hex, hexToBytes } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import type { Deployment } from '../../backend/src/chain/deployment.js';
import { LOCAL_INDEX, localAddress } from '../../backend/src/local/accounts.js';
import { deployInfrastructure } from '../../backend/src/local/deploy.js';
import { localStaff, staffAccounts } from '../../backend/src/local/people.js';
import { Member } from '../../backend/src/local/world/client.js';
import { type Investor, type Name, onboard, type Staff, signInStaff } from '../../backend/src/local/world/people.js';
import { bringAsset, issueInstrument, openOffering, settleOffering, subscribe } from '../../backend/src/local/world/sale.js';
import { migrate } from '../../backend/src/platform/database/migrate.js';
import { Chain, freePort, Wallets } from './chain.js';
import { Postgres } from './postgres.js';
import { Receiver } from './receiver.js';
import { connected } from './settled.js';
import { Supervised } from './supervisor.js';

export type Holder = { investorId: string; account: PrivateKeyAccount; token: string; name: string };

/** What every seed begins with, made once: contracts, an instrument, four holders, and everybody signed in. */
export type Ground = {
  postgres: Postgres;
  receiver: Receiver;
  /** Name of the database to copy. */
  database: string;
  /** State of the chain. */
  state: string;
  manifest: string;
  deployment: Deployment;
  instrument: { id: string; token: Hex };
  documents: string[];
  holders: Holder[];
  /** Tokens of the staff's sessions. */
  tokens: Record<keyof Staff, string>;
  close(): Promise<void>;
};

/** Notes when an intent that was final is something else again: no reorganisation of a run reaches so deep. */
const FINAL_IS_FINAL = `
  create table torture_findings (what text not null);
  create function torture_final() returns trigger language plpgsql as $$ begin
    if old.state in ('CONFIRMED', 'REVERTED', 'SUPERSEDED') and new.state <> old.state then
      insert into torture_findings values ('I1: ' || old.business_key || ' was final as ' || old.state || ' and became ' || new.state);
    end if;
    return new;
  end $$;
  create trigger torture_final before update on tx_intent for each row execute function torture_final();`;
const DATABASE = 'ground';
/** Whole units that the holders of the ground bought. */
const BOUGHT: Record<string, string> = { anna: '100', bruno: '81', clara: '62', david: '43' };
/** What the receiver of webhooks is told. */
const TYPES = [
  ...['opening', 'open', 'closed', 'settling', 'completed', 'allocated'].map((what) => `offering.${what}`),
  ...['created', 'signed', 'funded', 'allocated', 'settled'].map((what) => `subscription.${what}`),
  ...['declared', 'calculated', 'approved', 'funded', 'paying', 'completed', 'partially-completed'].map((what) => `distribution.${what}`),
];
const DOCUMENTS = ['TITLE_DEED', 'VALUATION_REPORT', 'LEGAL_OPINION', 'OFFERING_MEMORANDUM', 'SUBSCRIPTION_AGREEMENT'].map((role) => ({
  role,
  title: role,
  text: `# ${role}\n\nA sample of the fault harness.\n`,
}));
const HOUSE = {
  name: 'House of the fault harness',
  jurisdiction: 'US',
  details: {
    assetClass: 'REAL_ESTATE',
    address: '1 Fault Line, Detroit, MI 48204',
    propertyType: 'Duplex',
    yearBuilt: 1922,
    purchasePrice: '98000',
    totalInvestment: '99150',
    grossRentMonthly: '1555',
    costs: { managementBps: 800, platformBps: 200, insurance: '55', taxes: '130', maintenance: '155', utilities: '0' },
    currency: 'USD',
  },
} as const;
const RATES = [
  { kind: 'DVCA', country: null, rateBps: 3_000, validFrom: '2018-01-01', source: '26 USC 1441(a)' },
  { kind: 'DVCA', country: 'CH', rateBps: 1_500, validFrom: '1998-02-01', source: 'US–Switzerland income tax treaty, Art. 10(2)(b)' },
];

export const DAY_MS = 86_400_000;
/** Until when every verification lasts. */
export const VALID_UNTIL = '2028-06-30T00:00:00Z';

/** Environment of every process of the service. */
export function environmentOf(ground: { databaseUrl: string; rpcUrl: string; manifest: string }): Record<string, string> {
  return {
    NODE_ENV: 'test',
    HOST: '127.0.0.1',
    PUBLIC_URL: 'http://localhost:3000',
    DATABASE_URL: ground.databaseUrl,
    RPC_URL: ground.rpcUrl,
    DEPLOYMENT_FILE: ground.manifest,
    STAFF: JSON.stringify(localStaff()),
    RATE_LIMIT_REQUESTS: '1000000',
    RATE_LIMIT_WRITES: '1000000',
    RATE_LIMIT_SIGN_IN: '1000000',
    WEBHOOKS_PRIVATE: 'true',
    LOG_LEVEL: 'info',
  };
}

/** @param dist a build without a fault */
export async function prepareGround(dist: string): Promise<Ground> {
  const folder = await mkdtemp(join(tmpdir(), 'muniment-ground-'));
  const [postgres, receiver, chain] = await Promise.all([Postgres.start(), Receiver.start(), Chain.start()]);
  const close = async (): Promise<void> => {
    await Promise.all([postgres.stop(), receiver.stop(), chain.stop()]);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const manifest = join(folder, 'deployment.json');
    const deployment = await deployInfrastructure({ rpcUrl: chain.url, manifestFile: manifest });
    await postgres.administer(`create database ${DATABASE}`);
    const databaseUrl = postgres.urlOf(DATABASE);
    await migrate(databaseUrl);
    await DBOS.migrate(databaseUrl);
    await connected(databaseUrl, (client) => client.query(FINAL_IS_FINAL));
    const api = new Supervised({
      number: 0,
      dist,
      port: await freePort(),
      environment: { ...environmentOf({ databaseUrl, rpcUrl: chain.url, manifest }), CHAIN_CONFIRMATIONS: '1' },
      plan: { seed: 0, kills: [], skew: undefined },
    });
    api.start();
    while (!(await api.isUp())) await sleep(50);
    const played = await play(api.url, new Wallets(chain, deployment.contracts.stablecoin, 0), receiver.url).catch((error: unknown) => {
      throw new Error(`The ground could not be laid: ${error}\n${api.log.slice(-2_000)}`);
    });
    await api.stop();
    const state = join(folder, 'chain.json');
    await writeFile(state, gunzipSync(hexToBytes(await chain.client.dumpState())));
    return { postgres, receiver, database: DATABASE, state, manifest, deployment, ...played, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function play(url: string, wallets: Wallets, hook: string): Promise<Pick<Ground, 'instrument' | 'documents' | 'holders' | 'tokens'>> {
  const staff = await signInStaff(url);
  const endpoint = await staff.issuer.post('/v1/webhook-endpoints', 'hook', { url: hook, types: TYPES });
  await (await Member.signIn(url, staffAccounts().admin)).approve(endpoint.approvalId, 'It is the hook of the harness.');
  const asset = await bringAsset(staff, HOUSE, DOCUMENTS);
  const instrument = await issueInstrument(staff, {
    assetId: asset.id,
    name: 'House of the fault harness',
    symbol: 'FAULT',
    decimals: 18,
    rightsType: 'EQUITY',
    terms: { authorisedUnits: '100000', countriesAllowed: ['CH', 'DE', 'SG', 'JP'], maximumBalance: '50000', claimTopics: [1, 2] },
  });
  for (const rate of RATES) await staff.officer.post('/v1/withholding-rates', `rate ${rate.country}`, rate);
  const investors: Investor[] = await Promise.all(Object.keys(BOUGHT).map((name) => onboard(url, staff, name as Name, VALID_UNTIL)));
  const documents = asset.documents.map(({ id }) => id);
  const offering = await openOffering(staff, 'ground', offeringTerms(instrument.id, documents, await wallets.now(), 'FCFS', '400'));
  await wallets.advanceTo(new Date((await wallets.now()) + DAY_MS));
  await Promise.all(investors.map((investor) => subscribe(wallets, offering.id, investor, BOUGHT[investor.name] ?? '1')));
  await wallets.advanceTo(new Date((await wallets.now()) + 2 * DAY_MS));
  await settleOffering(staff, offering.id, 'ground');
  return {
    instrument: { id: instrument.id, token: instrument.token },
    documents,
    holders: investors.map(({ id, account, member, name }) => ({ investorId: id, account, token: member.token, name })),
    tokens: { issuer: staff.issuer.token, officer: staff.officer.token, officer2: staff.officer2.token },
  };
}

/** A sale that opens an hour from now and closes after two days. */
export function offeringTerms(instrumentId: string, documentIds: string[], now: number, allocation: string, hardCap: string): object {
  return {
    instrumentId,
    exemption: 'REG_S',
    currency: 'LUSD',
    settlementWallet: localAddress(LOCAL_INDEX.treasury),
    unitPrice: '50.59',
    minTicket: '1',
    increment: '1',
    softCap: '1',
    hardCap,
    opensAt: new Date(now + 3_600_000),
    closesAt: new Date(now + 2 * DAY_MS),
    settleBy: new Date(now + 30 * DAY_MS),
    allocation,
    documentIds,
  };
}
