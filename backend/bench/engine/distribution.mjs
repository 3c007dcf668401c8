// A distribution from the record date to the last unit, while the API process is killed again and again.
import { setTimeout as sleep } from 'node:timers/promises';
import { erc20Abi, getAddress, parseEventLogs } from 'viem';
import { LOCAL_INDEX, localAddress, localSender } from '../../../dist/backend/src/local/accounts.js';
import { localAccount } from '../../../dist/backend/src/local/people.js';
import { signInStaff } from '../../../dist/backend/src/local/world/people.js';
import { distributorAbi } from '../../../dist/contracts/generated/abi.js';
import { bringHolders, bringToken, call, pages, sendAll } from './holders.mjs';
import { until } from './world.mjs';

const DECIMALS = 6;
const BLOCK_SECONDS = 1;
const CONFIRMATIONS = 3;
/** How long a process works between two kills. */
const LIFE_MS = 1_500;
const PATIENCE_MS = 3_600_000;
const NAIVE_PAYMENTS = 10;

const RATES = [
  { kind: 'DVCA', country: null, rateBps: 3_000, validFrom: '2018-01-01', source: '26 USC 1441(a)' },
  { kind: 'DVCA', country: 'CH', rateBps: 1_500, validFrom: '1998-02-01', source: 'US–Switzerland income tax treaty, Art. 10(2)(b)' },
];

/** @param holders of the token, one in a hundred of whom cannot be paid   @param kills of the API process */
export async function measureDistribution(place, { holders: count, kills }, say) {
  const world = await place.world(CONFIRMATIONS);
  try {
    say(`${count} holders are brought on chain …`);
    const token = await bringToken(world);
    const { holders, bad } = await bringHolders(world, token, count);
    const process = await startMortal(world);
    await caughtUp(world);
    await world.client.setIntervalMining({ interval: BLOCK_SECONDS });
    const staff = await signInStaff(process.url);
    for (const rate of RATES) await staff.officer.post('/v1/withholding-rates', `rate ${rate.country}`, rate);
    say(`the distribution begins, with ${kills} kills …`);
    process.endangerTimes(kills);
    const since = performance.now();
    const id = await distribute(world, staff, token.instrumentId, count, say);
    const seconds = Math.round((performance.now() - since) / 100) / 10;
    await process.saved();
    const units = await unitsOf(world, id, { holders, bad });
    const naive = await naiveSeconds(world, holders);
    return { seconds, ...units, kills: process.kills, naiveSeconds: Math.round(naive * count) };
  } finally {
    await world.stop();
  }
}

/** An API process that comes back on the same port whenever it is killed. */
async function startMortal(world) {
  let api = await world.startApi();
  const { port } = new URL(api.url);
  let danger = Promise.resolve();
  let safe = false;
  const mortal = {
    url: api.url,
    kills: 0,
    endangerTimes(times) {
      danger = (async () => {
        while (mortal.kills < times && !safe) {
          await sleep(LIFE_MS);
          await api.kill();
          mortal.kills++;
          api = await world.startApi({ PORT: port });
        }
      })();
    },
    async saved() {
      safe = true;
      await danger;
    },
  };
  return mortal;
}

/** Record date, calculation, four eyes, funding in full, payment; every request is repeated under its key until it is answered.
 *  @returns id of the distribution */
async function distribute({ client, deployment, sql }, { issuer, officer2 }, instrumentId, count, say) {
  const post = (path, purpose, body) => persist(() => issuer.post(path, purpose, body));
  const reached = async (path, ...states) => {
    let answer;
    await until(
      async () => {
        answer = await persist(() => issuer.get(path));
        return states.includes(answer.state);
      },
      PATIENCE_MS,
      100,
    );
    say(`  ${answer.state}`);
    return answer;
  };
  const { id } = await post('/v1/distributions', 'declare', {
    instrumentId,
    kind: 'DVCA',
    method: 'PER_UNIT',
    currency: 'LUSD',
    pool: String(10 * count + 0.123457),
    withholdingAgent: localAddress(LOCAL_INDEX.withholding),
    paymentDate: '2026-12-15',
  });
  const path = `/v1/distributions/${id}`;
  await post(`${path}/snapshot`, 'snapshot');
  const { totals } = await reached(path, 'CALCULATED');
  const money = BigInt(Math.round(Number(totals.funded) * 10 ** DECIMALS));
  await sendAll({ client }, localAccount(LOCAL_INDEX.deployer), [
    call(deployment.contracts.stablecoin, MINTABLE, 'mint', localSender('payer'), money),
  ]);
  const { approvalId } = await post(`${path}/submit`, 'submit');
  await persist(() => officer2.approve(approvalId, 'The calculation agrees with the register.'));
  await post(`${path}/fund`, 'fund');
  await reached(path, 'FUNDED');
  await post(`${path}/pay`, 'pay');
  await reached(path, 'COMPLETED', 'PARTIALLY_COMPLETED');
  // The last outcomes are carried over from the chain's events.
  await until(async () => {
    const { rows } = await sql.query(`select 1 from entitlements where distribution_id = $1 and state = 'PENDING' limit 1`, [id]);
    return rows.length === 0;
  }, PATIENCE_MS);
  return id;
}

const MINTABLE = [
  { type: 'function', name: 'mint', stateMutability: 'nonpayable', inputs: [{ type: 'address' }, { type: 'uint256' }], outputs: [] },
];

/** Repeats a request while there is nobody to answer it, or the first one is still in hand. */
async function persist(request) {
  for (;;) {
    try {
      return await request();
    } catch (error) {
      const nobody = error instanceof TypeError || error instanceof SyntaxError;
      const later = error.status === 409 ? error.problem.code.startsWith('IDEMPOTENCY') : error.status === 503;
      if (!nobody && !later) throw error;
      await sleep(50);
    }
  }
}

/** Every unit and every holder, as the chain has them.
 *  @throws Error when one of them is not where the books say */
async function unitsOf({ client, deployment, sql }, id, { holders, bad }) {
  const { distributor, stablecoin } = deployment.contracts;
  const { rows } = await sql.query('select chain_distribution_id, dust from distributions where id = $1', [id]);
  const [{ chain_distribution_id: chainId, dust: dustText }] = rows;
  const logs = parseEventLogs({ abi: distributorAbi, logs: await client.getLogs({ address: distributor, fromBlock: 0n }) });
  const of = (name) => logs.filter(({ eventName, args }) => eventName === name && args.distributionId === chainId);
  const sum = (events, field) => events.reduce((total, { args }) => total + args[field], 0n);
  const money = (owner) => client.readContract({ address: stablecoin, abi: erc20Abi, functionName: 'balanceOf', args: [owner] });
  const payments = of('EntitlementPaid');
  const [funded, paid, dust] = [sum(of('DistributionFunded'), 'amount'), sum(payments, 'amount'), BigInt(dustText)];
  const [withheld, held] = [await money(localAddress(LOCAL_INDEX.withholding)), await money(distributor)];

  const books = await sql.query('select identity, net, state, wallet from entitlements where distribution_id = $1', [id]);
  const byIdentity = new Map(books.rows.map((row) => [row.identity, row]));
  const balances = await balancesOf(
    client,
    stablecoin,
    holders.map(({ wallet }) => wallet),
  );
  for (const [index, { identity, wallet }] of holders.entries()) {
    const { state, net } = byIdentity.get(identity) ?? {};
    const due = state === 'PAID' ? BigInt(net) : 0n;
    if (balances[index] !== due) throw new Error(`${wallet} has ${balances[index]} and not ${due}: its entitlement is ${state}.`);
  }
  const counts = [
    payments.length,
    new Set(payments.map(({ args }) => args.index)).size,
    books.rows.filter(({ state }) => state === 'PAID').length,
  ];
  if (counts.some((count) => count !== holders.length - bad)) throw new Error(`${holders.length - bad} should be paid once: ${counts}.`);
  if (books.rows.filter(({ state }) => state === 'HELD').length !== bad) throw new Error(`${bad} should be held.`);
  if (funded !== paid + withheld + held + dust) throw new Error(`${funded} is not ${paid} + ${withheld} + ${held} + ${dust}.`);
  const text = (value) => value.toString();
  const gas = await gasOf(client, sql, id);
  return {
    funded: text(funded),
    paid: text(paid),
    withheld: text(withheld),
    held: text(held),
    dust: text(dust),
    gasPerRecipient: Math.round(gas / holders.length),
  };
}

async function balancesOf(client, token, wallets) {
  const balances = [];
  for (const part of pages(wallets, 100)) {
    const contracts = part.map((wallet) => ({ address: token, abi: erc20Abi, functionName: 'balanceOf', args: [wallet] }));
    balances.push(...(await client.multicall({ allowFailure: false, deployless: true, batchSize: 0, contracts })));
  }
  return balances;
}

/** Gas of all payments together. */
async function gasOf(client, sql, id) {
  const { rows } = await sql.query(`select mined_hash from tx_intent where business_key like $1`, [`pay:${id}:%`]);
  let gas = 0;
  for (const { mined_hash: hash } of rows) gas += Number((await client.getTransactionReceipt({ hash })).gasUsed);
  return gas;
}

/** Seconds a payment takes in a loop that sends and waits for the receipt, on the same chain. */
async function naiveSeconds({ client, deployment }, holders) {
  const account = localAccount(LOCAL_INDEX.deployer);
  const since = performance.now();
  for (const { wallet } of holders.slice(0, NAIVE_PAYMENTS)) {
    const args = [getAddress(wallet), 1n];
    const hash = await client.writeContract({
      account,
      address: deployment.contracts.stablecoin,
      abi: MINTABLE,
      functionName: 'mint',
      args,
    });
    await client.waitForTransactionReceipt({ hash });
  }
  return (performance.now() - since) / 1_000 / NAIVE_PAYMENTS;
}

/** Waits until everything on chain is projected and handed on. */
export async function caughtUp({ client, sql }) {
  const head = await client.getBlockNumber();
  await until(
    async () => {
      const { rows } = await sql.query('select number from chain_cursor');
      return rows.length === 1 && BigInt(rows[0].number) >= head;
    },
    PATIENCE_MS,
    50,
  );
}
