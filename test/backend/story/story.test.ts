import pg from 'pg';
import { type Address, type Hex, parseAbiItem, parseEventLogs } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LOCAL_INDEX, localAddress, localSender } from '../../../backend/src/local/accounts.js';
import { localAccount } from '../../../backend/src/local/people.js';
import { accountOf, type Name } from '../../../backend/src/local/world/people.js';
import { playWorld, type World } from '../../../backend/src/local/world/world.js';
import { distributorAbi, feedProxyAbi, identityRegistryAbi, offeringAbi, securityTokenAbi } from '../../../contracts/generated/abi.js';
import { approve, type Platform, startPlatform, until } from '../support/platform.js';

const ASKED = { anna: 3_500, bruno: 3_000, clara: 2_500, david: 2_000, mei: 1_500, ravi: 1_200, hana: 800, kenji: 500 };
const INVESTORS = Object.keys(ASKED) as (keyof typeof ASKED)[];
const BOUGHT = { anna: 400n, bruno: 350n, clara: 300n, david: 300n, mei: 250n, hana: 250n };
const HOLDERS = Object.keys(BOUGHT) as (keyof typeof BOUGHT)[];
/** Minor units of the stablecoin for 100 of face value, and for a token of the house. */
const BILL_PRICE = 99_436_306n;
const HOUSE_PRICE = 50_590_000n;
const INTEREST = 563_694n;
const RENT = 1_059_500_000n;
/** floor(1,059.50 / 1,850), in minor units. */
const RENT_PER_TOKEN = 572_702n;
/** Basis points: treaty rates for whoever claimed one, 30 % for everybody else. */
const RATE = { anna: 1_500n, bruno: 3_000n, clara: 1_500n, david: 3_000n, mei: 3_000n, hana: 1_000n };
const WHOLE = 10n ** 18n;
const NEW_WALLET = localAccount(45).address;

const transferEvent = parseAbiItem('event Transfer(address indexed from, address indexed to, uint256 value)');
const addressOf = (name: Name): Address => accountOf(name).address;
const sum = (values: Iterable<bigint>): bigint => [...values].reduce((total, value) => total + value, 0n);
const money = (value: bigint): string => `${value / 1_000_000n}.${String(value % 1_000_000n).padStart(6, '0')}`.replace(/\.?0+$/, '');
/** Half-up to the cent. */
const taxOn = (gross: bigint, bps: bigint): bigint => ((gross * bps + 50_000_000n) / 100_000_000n) * 10_000n;

let platform: Platform;
let world: World;
/** Whole units that each investor was allocated in the fund, as the memorandum says. */
let fundUnits: Map<Name, bigint>;

const balance = (token: string, owner: Address, block?: bigint): Promise<bigint> =>
  platform.client.readContract({
    address: token as Address,
    abi: securityTokenAbi,
    functionName: 'balanceOf',
    args: [owner],
    ...(block === undefined ? {} : { blockNumber: block }),
  });

/** Largest remainder on whole units, ties by the subscription's id. */
function proRata(ids: Map<Name, string>, supply: number): Map<Name, bigint> {
  const total = INVESTORS.reduce((all, name) => all + ASKED[name], 0);
  const parts = INVESTORS.map((name) => {
    const units = Math.floor((ASKED[name] * supply) / total);
    return { name, units, rest: ASKED[name] * supply - units * total };
  });
  const left = supply - parts.reduce((all, { units }) => all + units, 0);
  const luckiest = [...parts].sort((a, b) => b.rest - a.rest || ((ids.get(a.name) ?? '') < (ids.get(b.name) ?? '') ? -1 : 1));
  for (const part of luckiest.slice(0, left)) part.units += 1;
  return new Map(parts.map(({ name, units }) => [name, BigInt(units)]));
}

beforeAll(async () => {
  platform = await startPlatform(new Date('2017-08-21T00:00:00Z'));
  const oracle = await platform.startOracle();
  const { stablecoin, feedProxy } = platform.deployment.contracts;
  world = await playWorld({
    url: platform.url,
    rpcUrl: platform.rpcUrl,
    stablecoin,
    feedProxy,
    payer: localSender('payer'),
    today: new Date('2026-03-01T12:00:00Z'),
    publish: (date) => oracle.publish(date, 120),
  });
}, 420_000);
afterAll(() => platform?.close());

async function offeringOf(instrumentId: string) {
  const { body } = await platform.staff.issuer.get('/v1/offerings?limit=50');
  const offering = body.items.find((item: { instrumentId: string }) => item.instrumentId === instrumentId);
  const { body: page } = await platform.staff.issuer.get(`/v1/subscriptions?offeringId=${offering.id}&limit=50`);
  return { offering, subscriptions: page.items as { id: string; wallet: Address; state: string; [member: string]: string }[] };
}

async function distributionOf(instrumentId: string) {
  const { body } = await platform.staff.issuer.get('/v1/distributions?limit=50');
  const distribution = body.items.find((item: { instrumentId: string }) => item.instrumentId === instrumentId);
  const { body: page } = await platform.staff.issuer.get(`/v1/entitlements?distributionId=${distribution.id}&limit=50`);
  return { distribution, entitlements: page.items as { units: string; [member: string]: string }[] };
}

async function sqlOf(statement: string, values: unknown[]): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: platform.running.database.url });
  await client.connect();
  try {
    return (await client.query(statement, values)).rows;
  } finally {
    await client.end();
  }
}

/** Stablecoin that moved from one address to another between two blocks, both included. */
async function moved(from: Address, to: Address, range: { fromBlock: bigint; toBlock: bigint }): Promise<bigint> {
  const logs = await platform.client.getLogs({
    address: platform.deployment.contracts.stablecoin,
    event: transferEvent,
    args: { from, to },
    ...range,
  });
  return sum(logs.map(({ args }) => args.value ?? 0n));
}

/** First and last block of an offering's life. */
async function lifeOf(chainOfferingId: Hex): Promise<{ fromBlock: bigint; toBlock: bigint }> {
  const { offering } = platform.deployment.contracts;
  const logs = parseEventLogs({ abi: offeringAbi, logs: await platform.client.getLogs({ address: offering, fromBlock: 0n }) });
  const blocks = logs
    .filter(({ args }) => 'offeringId' in args && args.offeringId === chainOfferingId)
    .map(({ blockNumber }) => blockNumber);
  return { fromBlock: blocks[0] ?? 0n, toBlock: blocks.at(-1) ?? 0n };
}

describe('the fund', () => {
  test('the feed on chain says 99.436306', async () => {
    const address = platform.deployment.contracts.feedProxy;
    const read = <const F extends 'decimals' | 'latestRoundData'>(functionName: F) =>
      platform.client.readContract({ address, abi: feedProxyAbi, functionName });
    expect(await read('decimals')).toBe(8);
    const [, answer] = await read('latestRoundData');
    expect(answer).toBe(9_943_630_600n);
  });

  test('15,000 units asked for: 10,000 sold pro rata, to the unit', async () => {
    const { subscriptions } = await offeringOf(world.fund.id);
    const ids = new Map(INVESTORS.map((name) => [name as Name, subscriptions.find(({ wallet }) => wallet === addressOf(name))?.id ?? '']));
    fundUnits = proRata(ids, 10_000);
    expect(sum(fundUnits.values())).toBe(10_000n);
    for (const name of INVESTORS) {
      const holder = name === 'bruno' ? NEW_WALLET : addressOf(name);
      expect([name, await balance(world.fund.token, holder)]).toEqual([name, (fundUnits.get(name) ?? 0n) * WHOLE]);
    }
    const supply = await platform.client.readContract({
      address: world.fund.token as Address,
      abi: securityTokenAbi,
      functionName: 'totalSupply',
    });
    expect(supply).toBe(10_000n * WHOLE);
    expect(subscriptions.map(({ state }) => state)).toEqual(Array(8).fill('SETTLED'));
  });

  test('each paid for what he asked and got the surplus back; the proceeds went to the settlement wallet', async () => {
    const { offering } = await offeringOf(world.fund.id);
    const escrow = platform.deployment.contracts.offering;
    const life = await lifeOf(offering.chainOfferingId);
    for (const name of INVESTORS) {
      const wallet = addressOf(name);
      const paid = BigInt(ASKED[name]) * BILL_PRICE;
      const due = (fundUnits.get(name) ?? 0n) * BILL_PRICE;
      expect([name, await moved(wallet, escrow, life), await moved(escrow, wallet, life)]).toEqual([name, paid, paid - due]);
      // Before the sale nobody had anything; the bank brought what each order cost.
      expect(await platform.money(wallet, life.toBlock)).toBe(paid - due);
    }
    const treasury = localAddress(LOCAL_INDEX.treasury);
    expect(await moved(escrow, treasury, life)).toBe(10_000n * BILL_PRICE);
    expect(await platform.money(treasury, life.toBlock)).toBe(10_000n * BILL_PRICE);
    expect(await platform.money(escrow)).toBe(0n);
  });

  test('each holder received the discount earned, to the unit, and nobody any other sum', async () => {
    const { distribution, entitlements } = await distributionOf(world.fund.id);
    expect(distribution).toMatchObject({
      state: 'COMPLETED',
      pool: '5636.94',
      totals: { net: '5636.94', withheld: '0', dust: '0', paid: '5636.94', held: '0', count: 8 },
    });
    expect(entitlements.map(({ state }) => state)).toEqual(Array(8).fill('PAID'));
    const paid = await paidOnChain(distribution.chainDistributionId);
    expect(paid).toEqual(new Map(INVESTORS.map((name) => [addressOf(name), (fundUnits.get(name) ?? 0n) * INTEREST])));
  });

  test('whose verification has expired can receive nothing more', async () => {
    const canReceive = (wallet: Address) =>
      platform.client.readContract({
        address: world.fund.token as Address,
        abi: securityTokenAbi,
        functionName: 'canReceive',
        args: [wallet],
      });
    expect(await canReceive(addressOf('kenji'))).toBe(false);
    expect(await canReceive(addressOf('anna'))).toBe(true);
  });
});

/** Wallets and what a distribution paid to each. */
async function paidOnChain(distributionId: Hex): Promise<Map<Address, bigint>> {
  const { distributor } = platform.deployment.contracts;
  const logs = parseEventLogs({
    abi: distributorAbi,
    eventName: 'EntitlementPaid',
    logs: await platform.client.getLogs({ address: distributor, fromBlock: 0n }),
  });
  const paid = new Map<Address, bigint>();
  for (const { args } of logs) {
    if (args.distributionId === distributionId) paid.set(args.wallet, (paid.get(args.wallet) ?? 0n) + args.amount);
  }
  // The contract's word is checked against the money that moved.
  for (const [wallet] of paid) {
    const all = logs.filter(({ args }) => args.wallet === wallet).map(({ args }) => args.amount);
    const head = await platform.client.getBlockNumber();
    expect(await moved(distributor, wallet, { fromBlock: 0n, toBlock: head })).toBe(sum(all));
  }
  // Compared without regard to the order of payment.
  return new Map([...paid].sort(([a], [b]) => walletOrder(a) - walletOrder(b)));
}

function walletOrder(wallet: Address): number {
  return INVESTORS.findIndex((name) => addressOf(name) === wallet);
}

describe('the house', () => {
  const gross = (name: keyof typeof BOUGHT): bigint => BOUGHT[name] * RENT_PER_TOKEN;
  const tax = (name: keyof typeof BOUGHT): bigint => taxOn(gross(name), RATE[name]);
  const net = (name: keyof typeof BOUGHT): bigint => gross(name) - tax(name);
  const dust = RENT - 1_850n * RENT_PER_TOKEN;
  const paidNow = HOLDERS.filter((name) => name !== 'david');

  test('1,850 tokens were sold for 93,591.50', async () => {
    const { offering } = await offeringOf(world.house.id);
    const escrow = platform.deployment.contracts.offering;
    const life = await lifeOf(offering.chainOfferingId);
    for (const name of HOLDERS) {
      const holder = name === 'bruno' ? NEW_WALLET : addressOf(name);
      expect([name, await balance(world.house.token, holder)]).toEqual([name, BOUGHT[name] * WHOLE]);
      expect(await moved(addressOf(name), escrow, life)).toBe(BOUGHT[name] * HOUSE_PRICE);
    }
    expect(
      await platform.client.readContract({ address: world.house.token as Address, abi: securityTokenAbi, functionName: 'totalSupply' }),
    ).toBe(1_850n * WHOLE);
    expect(await moved(escrow, localAddress(LOCAL_INDEX.treasury), life)).toBe(93_591_500_000n);
  });

  test('a month of rent: paid, withheld, held and dust are 1,059.50 exactly, in the API and on chain', async () => {
    const { distribution, entitlements } = await distributionOf(world.house.id);
    const withheld = sum(HOLDERS.map(tax));
    const paid = sum(paidNow.map(net));
    expect(paid + withheld + net('david') + dust).toBe(RENT);

    expect(distribution).toMatchObject({
      state: 'PARTIALLY_COMPLETED',
      pool: '1059.5',
      rent: { gross: '1555', net: '1059.5', shortfall: '0' },
      totals: { paid: money(paid), withheld: money(withheld), held: money(net('david')), dust: money(dust), funded: '1059.5', count: 6 },
    });
    for (const name of HOLDERS) {
      const { body: investors } = await platform.staff.officer.get('/v1/investors?limit=50');
      const investor = investors.items.find(({ legalName }: { legalName?: string }) => legalName?.toLowerCase().startsWith(name));
      const entitlement = entitlements.find(({ investorId }) => investorId === investor?.id);
      expect([name, entitlement]).toMatchObject([
        name,
        {
          units: String(BOUGHT[name]),
          gross: money(gross(name)),
          rateBps: Number(RATE[name]),
          tax: money(tax(name)),
          net: money(net(name)),
          state: name === 'david' ? 'HELD' : 'PAID',
        },
      ]);
    }

    const { distributor } = platform.deployment.contracts;
    expect(await paidOnChain(distribution.chainDistributionId)).toEqual(new Map(paidNow.map((name) => [addressOf(name), net(name)])));
    expect(await platform.money(localAddress(LOCAL_INDEX.withholding))).toBe(withheld);
    expect(await platform.money(distributor)).toBe(net('david'));
    // The interest left nothing over, so the payer holds what the rent's division left.
    expect(await platform.money(localSender('payer'))).toBe(dust);
  });

  test('SQL says the same as the API', async () => {
    const { distribution } = await distributionOf(world.house.id);
    const rows = await sqlOf(
      `select sum(gross)::text gross, sum(tax)::text tax, sum(net) filter (where state = 'PAID')::text paid,
       sum(net) filter (where state = 'HELD')::text held from entitlements where distribution_id = $1`,
      [distribution.id],
    );
    expect(rows).toEqual([
      {
        gross: String(RENT - dust),
        tax: String(sum(HOLDERS.map(tax))),
        paid: String(sum(paidNow.map(net))),
        held: String(net('david')),
      },
    ]);
  });

  test('a holder within his lockup cannot transfer, and is told so before he tries', async () => {
    const token = world.house.token as Address;
    const anna = accountOf('anna');
    const mei = addressOf('mei');
    const call = { address: token, abi: securityTokenAbi, functionName: 'transfer', args: [mei, 10n * WHOLE] } as const;
    const { body: preview } = await platform.staff.officer.post('/v1/transfers/preview', {
      instrumentId: world.house.id,
      from: anna.address,
      to: mei,
      units: '10',
    });
    expect(preview).toMatchObject({ allowed: false, reason: { code: 16, name: 'LOCKUP_ACTIVE' } });
    await expect(platform.client.simulateContract({ ...call, account: anna })).rejects.toMatchObject({
      cause: {
        data: { errorName: 'TransferRefused', args: [16, platform.deployment.contracts.lockup, expect.anything(), expect.anything()] },
      },
    });
    const hash = await platform.client.writeContract({ ...call, account: anna, gas: 1_000_000n });
    expect(await platform.client.waitForTransactionReceipt({ hash })).toMatchObject({ status: 'reverted' });
    expect(await balance(token, anna.address)).toBe(400n * WHOLE);
    expect(await balance(token, mei)).toBe(250n * WHOLE);
  });
});

describe('the register', () => {
  const contains = async (instrumentId: string, wallet: Address): Promise<boolean> => {
    const { body } = await platform.staff.issuer.get(`/v1/instruments/${instrumentId}`);
    return platform.client.readContract({ address: body.registry, abi: identityRegistryAbi, functionName: 'contains', args: [wallet] });
  };

  test('who was refused is unknown to the chain', async () => {
    for (const { id } of [world.fund, world.house]) {
      expect(await contains(id, addressOf('rex'))).toBe(false);
      expect(await contains(id, addressOf('anna'))).toBe(true);
    }
    expect(await balance(world.house.token, addressOf('uma'))).toBe(0n);
  });

  test('a recovered wallet holds nothing and receives nothing more; its successor has both holdings', async () => {
    const lost = addressOf('bruno');
    for (const { token } of [world.fund, world.house]) {
      expect(await balance(token, lost)).toBe(0n);
      const receives = await Promise.all(
        [lost, NEW_WALLET].map((wallet) =>
          platform.client.readContract({ address: token as Address, abi: securityTokenAbi, functionName: 'canReceive', args: [wallet] }),
        ),
      );
      expect(receives).toEqual([false, true]);
    }
    expect(await balance(world.fund.token, NEW_WALLET)).toBe((fundUnits.get('bruno') ?? 0n) * WHOLE);
    expect(await balance(world.house.token, NEW_WALLET)).toBe(350n * WHOLE);
  });

  test('the cap table at any block says what the token said then', async () => {
    const { offering } = await offeringOf(world.house.id);
    const { fromBlock, toBlock } = await lifeOf(offering.chainOfferingId);
    const head = await platform.client.getBlockNumber();
    for (const [instrument, block] of [
      [world.house, toBlock - 1n],
      [world.house, toBlock],
      [world.fund, fromBlock],
      [world.fund, head],
      [world.house, head],
    ] as const) {
      const { status, body } = await platform.staff.auditor.get(`/v1/cap-tables?instrumentId=${instrument.id}&block=${block}`);
      expect(status).toBe(200);
      const shown = new Map<Address, string>();
      for (const { wallets } of body.positions) for (const { wallet, units } of wallets) if (units !== '0') shown.set(wallet, units);
      const real = new Map<Address, string>();
      for (const wallet of [...INVESTORS.map(addressOf), NEW_WALLET]) {
        const units = await balance(instrument.token, wallet, block);
        expect(units % WHOLE).toBe(0n);
        if (units > 0n) real.set(wallet, String(units / WHOLE));
      }
      expect([block, new Map([...shown].sort())]).toEqual([block, new Map([...real].sort())]);
      expect(BigInt(body.supply)).toBe(sum([...real.values()].map(BigInt)));
    }
  });
});

test('when the court lets go, the held rent is paid once, and never again', async () => {
  const { officer, officer2, issuer } = platform.staff;
  const { distribution } = await distributionOf(world.house.id);
  const path = `/v1/distributions/${distribution.id}`;
  const david = addressOf('david');
  const held = 300n * RENT_PER_TOKEN - taxOn(300n * RENT_PER_TOKEN, RATE.david);
  const before = await platform.money(david);

  const { body: freezes } = await officer.get(`/v1/freezes?wallet=${david}`);
  const freeze = `/v1/freezes/${freezes.items[0].id}`;
  const asked = await officer.post(`${freeze}/release`, { legalBasis: 'COURT_ORDER', reference: 'District court 117/2' });
  expect(asked.status).toBe(202);
  expect((await approve(officer, asked.body.releaseApprovalId)).status).toBeGreaterThanOrEqual(400);
  expect((await approve(officer2, asked.body.releaseApprovalId)).status).toBeLessThan(300);
  await until(officer, freeze, ({ state }) => state === 'RELEASED');

  expect((await issuer.post(`${path}/retry`)).status).toBe(202);
  const { totals } = await until(issuer, path, ({ state }) => state === 'COMPLETED');
  expect(totals).toMatchObject({ held: '0', paid: totals.net });
  expect(await platform.money(david)).toBe(before + held);
  expect(await platform.money(platform.deployment.contracts.distributor)).toBe(0n);

  expect(await issuer.post(`${path}/retry`)).toMatchObject({ status: 409, body: { code: 'DISTRIBUTION_STATE' } });
  expect(await issuer.post(`${path}/pay`)).toMatchObject({ status: 409, body: { code: 'DISTRIBUTION_NOT_FUNDED' } });
  expect(await platform.money(david)).toBe(before + held);
});

test('the audit chain verifies', async () => {
  const { status, body } = await platform.staff.auditor.get('/v1/audit-events/verification');
  expect(status).toBe(200);
  expect(body).toMatchObject({ intact: true });
});
