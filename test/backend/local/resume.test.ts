import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type Address, createPublicClient, erc20Abi, http } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Deployment } from '../../../backend/src/chain/deployment.js';
import { LOCAL_INDEX, localAddress, localSender } from '../../../backend/src/local/accounts.js';
import { LOCAL_ACCOUNTS } from '../../../backend/src/local/chain.js';
import { localAccount, staffAccounts } from '../../../backend/src/local/people.js';
import { accountOf, type Name } from '../../../backend/src/local/world/people.js';
import type { World } from '../../../backend/src/local/world/world.js';
import { freePort } from '../support/anvil.js';
import { Api } from '../support/api.js';
import { until } from '../support/platform.js';
import { buildLauncher, Launcher } from './launcher.js';

const ASKED = { anna: 3_500n, bruno: 3_000n, clara: 2_500n, david: 2_000n, mei: 1_500n, ravi: 1_200n, hana: 800n, kenji: 500n };
const INVESTORS = Object.keys(ASKED) as (keyof typeof ASKED)[];
const HOUSE: Partial<Record<Name, bigint>> = { anna: 400n, bruno: 350n, clara: 300n, david: 300n, mei: 250n, hana: 250n };
/** A month's rent after withholding, in minor units; David's is held. */
const NET_RENT: Partial<Record<Name, bigint>> = {
  anna: 194_720_800n,
  bruno: 140_315_700n,
  clara: 146_040_600n,
  mei: 100_225_500n,
  hana: 128_855_500n,
};
const HELD = 120_270_600n;
const DUST = 1_300n;
const WITHHELD = 229_070_000n;
const BILL_PRICE = 99_436_306n;
const INTEREST = 563_694n;
const HOUSE_PRICE = 50_590_000n;
const WHOLE = 10n ** 18n;
const NEW_WALLET = localAccount(45).address;

/** What happened, as every start prints it, but for the dates. */
const STORY = [
  'TBILL-20180301: the 26-week bill at 1.115 % is worth 99.436306 per 100, agreed by a quorum of the 4 reporters',
  '8 investors of 4 countries verified and registered; Rex Reject refused (REJECTED)',
  '15000 units asked for, 10000 sold pro rata and delivered against payment',
  'interest of 5636.94 LUSD paid to 8 holders (COMPLETED)',
  'the verification of Kenji Ito has expired: a transfer to him is refused (RECIPIENT_CLAIM_EXPIRED)',
  '7 investors verified again, and Uma Jones (US)',
  'RAVENSWOOD-9415-9417: 1850 tokens at 50.59 sold; Uma Jones refused (COUNTRY_RESTRICTED)',
  'Anna Keller may not sell for a year: LOCKUP_ACTIVE',
  "a month's rent: 1059.5 = 710.1581 paid + 229.07 withheld + 120.2706 held (David Vogel is frozen) + 0.0013 dust",
  'Bruno Meier lost his wallet: both holdings recovered to a new one',
];

/** Rows that a sign-in, or time alone, adds. */
const RESTLESS = ['sessions', 'sign_in_nonces', 'audit_events', 'audit_links', 'audit_pending', 'chain_block', 'tx_lease'];

const sum = (values: bigint[]): bigint => values.reduce((total, value) => total + value, 0n);

let launcher: Awaited<ReturnType<typeof buildLauncher>>;
let port: number;
let started: Launcher | undefined;
const homes: string[] = [];
beforeAll(async () => {
  launcher = await buildLauncher();
});
afterAll(async () => {
  if (started?.processes().length) await started.crash();
  await Promise.all([launcher?.remove(), ...homes.map((home) => rm(home, { recursive: true, force: true }))]);
});

async function newHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'muniment-home-'));
  homes.push(home);
  await chmod(home, 0o755);
  port = await freePort();
  return home;
}

function start(home: string): Launcher {
  started = new Launcher(launcher.built, home, { PORT: String(port) });
  return started;
}

/** The running launcher's API as its issuer sees it. */
async function issuer(launched: Launcher): Promise<Api> {
  await launched.says('✓ API');
  return new Api(`http://127.0.0.1:${port}`).signIn(staffAccounts().issuer);
}

/** Until the first order of the fund's sale is paid for. */
const firstPayment = async (launched: Launcher) =>
  until(await issuer(launched), '/v1/subscriptions', ({ items }) => items.some(({ state }: { state: string }) => state === 'FUNDED'));
const firstDistribution = async (launched: Launcher) =>
  until(await issuer(launched), '/v1/distributions', ({ items }) =>
    items.some(({ state }: { state: string }) => ['APPROVED', 'FUNDING', 'FUNDED', 'PAYING', 'COMPLETED'].includes(state)),
  );

async function ready(launched: Launcher): Promise<void> {
  await launched.says('Muniment is ready');
}

async function readJson<T>(...path: string[]): Promise<T> {
  return JSON.parse(await readFile(join(...path), 'utf8')) as T;
}

function chainOf(launched: Launcher) {
  const url = /^ {2}Chain +(\S+)$/m.exec(launched.output)?.[1];
  return createPublicClient({ transport: http(url), cacheTime: 0 });
}

/** Every person's every holding and unit of money is what one undisturbed world gives. */
async function expectTheWorld(launched: Launcher, home: string): Promise<void> {
  const { world } = await readJson<{ world: World }>(home, 'world.json');
  const { contracts } = await readJson<Deployment>(home, 'deployment.json');
  expect(world.lines.map((line) => line.slice(12))).toEqual(STORY);
  const chain = chainOf(launched);
  const balance = (token: string, owner: Address) =>
    chain.readContract({ address: token as Address, abi: erc20Abi, functionName: 'balanceOf', args: [owner] });
  const supply = (token: string) => chain.readContract({ address: token as Address, abi: erc20Abi, functionName: 'totalSupply' });
  const holds = (token: string, name: Name) => balance(token, name === 'bruno' ? NEW_WALLET : accountOf(name).address);

  expect(await supply(world.house.token)).toBe(1_850n * WHOLE);
  expect(await supply(world.fund.token)).toBe(10_000n * WHOLE);
  const units = new Map<Name, bigint>();
  for (const name of INVESTORS) {
    expect([name, await holds(world.house.token, name)]).toEqual([name, (HOUSE[name] ?? 0n) * WHOLE]);
    const share = (ASKED[name] * 2n) / 3n;
    units.set(name, (await holds(world.fund.token, name)) / WHOLE);
    // Two units are left over; whom they go to among equals, the order of the subscriptions decides.
    expect([share, share + 1n]).toContain(units.get(name));
  }
  expect(sum([...units.values()])).toBe(10_000n);

  const { stablecoin } = contracts;
  for (const name of INVESTORS) {
    const got = units.get(name) ?? 0n;
    const expected = (ASKED[name] - got) * BILL_PRICE + got * INTEREST - (HOUSE[name] ?? 0n) * HOUSE_PRICE + (NET_RENT[name] ?? 0n);
    expect([name, await balance(stablecoin, accountOf(name).address)]).toEqual([name, expected]);
  }
  expect(await balance(stablecoin, localAddress(LOCAL_INDEX.treasury))).toBe(10_000n * BILL_PRICE + 1_850n * HOUSE_PRICE);
  expect(await balance(stablecoin, localAddress(LOCAL_INDEX.withholding))).toBe(WITHHELD);
  expect((await balance(stablecoin, contracts.distributor)) + (await balance(stablecoin, localSender('payer')))).toBe(HELD + DUST);
  // No money was brought twice either.
  expect(await supply(stablecoin)).toBe(15_000n * BILL_PRICE + 10_000n * INTEREST + 1_059_500_000n);

  const api = await issuer(launched);
  const { items: distributions } = (await api.get('/v1/distributions')).body;
  expect(distributions.map(({ state }: { state: string }) => state).sort()).toEqual(['COMPLETED', 'PARTIALLY_COMPLETED']);
  expect(await counts(home)).toMatchObject({
    parties: 10,
    instruments: 2,
    offerings: 2,
    subscriptions: 14,
    distributions: 2,
    entitlements: 14,
    wallet_recoveries: 2,
    freeze_orders: 1,
    kyc_cases: 17,
  });
}

/** How many rows each table has, and how many transactions each account has sent. */
async function counts(home: string): Promise<Record<string, number>> {
  const { port, password } = await readJson<{ port: number; password: string }>(home, 'postgres.json');
  const client = new pg.Client(`postgres://muniment:${password}@127.0.0.1:${port}/muniment`);
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `select table_schema || '.' || table_name as name from information_schema.tables
       where table_type = 'BASE TABLE' and (table_schema = 'public' or table_name = 'workflow_status')`,
    );
    const found: Record<string, number> = {};
    for (const { name } of rows) {
      const { rows: counted } = await client.query<{ n: string }>(`select count(*) as n from ${name}`);
      found[name.replace('public.', '')] = Number(counted[0]?.n);
    }
    return found;
  } finally {
    await client.end();
  }
}

async function traces(launched: Launcher, home: string) {
  const rows = Object.fromEntries(Object.entries(await counts(home)).filter(([table]) => !RESTLESS.includes(table)));
  const chain = chainOf(launched);
  const accounts = Array.from({ length: LOCAL_ACCOUNTS }, (_, index) => localAddress(index));
  return { rows, sent: await Promise.all(accounts.map((address) => chain.getTransactionCount({ address }))) };
}

test('a world that was killed, then interrupted, goes on where it was; a start on a finished one plays nothing; Ctrl-C leaves nothing', async () => {
  const home = await newHome();
  const first = start(home);
  await firstPayment(first);
  await first.kill();
  expect(first.line('World')).toBeUndefined();

  const second = start(home);
  await firstDistribution(second);
  expect(second.line('Database')).toContain('found running');
  expect(await second.interrupt()).toBe(0);
  expect(second.line('World')).toBeUndefined();
  expect(second.processes()).toEqual([]);

  const third = start(home);
  await ready(third);
  await expectTheWorld(third, home);
  const before = await traces(third, home);
  expect(await third.interrupt()).toBe(0);
  expect(third.processes()).toEqual([]);

  const fourth = start(home);
  await ready(fourth);
  expect(fourth.line('World')).toContain('found again');
  expect(await traces(fourth, home)).toEqual(before);
  expect(await fourth.interrupt()).toBe(0);
  expect(fourth.processes()).toEqual([]);
}, 600_000);

test('a world that a crash of the machine interrupted begins anew, and is the same', async () => {
  const home = await newHome();
  const first = start(home);
  await firstPayment(first);
  await first.crash();
  expect(first.line('World')).toBeUndefined();

  const second = start(home);
  await ready(second);
  expect(second.output).toContain('A crash interrupted the first start: it begins anew.');
  await expectTheWorld(second, home);
  expect(await second.interrupt()).toBe(0);
  expect(second.processes()).toEqual([]);
}, 600_000);
