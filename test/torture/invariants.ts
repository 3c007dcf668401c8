import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import pg from 'pg';
import { type Abi, type Address, erc20Abi, getAddress, type Hex, parseEventLogs, stringToHex, zeroAddress } from 'viem';
import { ChainClient } from '../../backend/src/chain/chain-client.js';
import { KnownContracts } from '../../backend/src/chain/projection/known-contracts.js';
import { Projector } from '../../backend/src/chain/projection/projector.js';
import { chainSettings } from '../../backend/src/chain/settings.js';
import { SENDER_ROLES } from '../../backend/src/chain/signer.js';
import { Wake } from '../../backend/src/chain/wake.js';
import { LOCAL_INDEX, localAddress, localSender } from '../../backend/src/local/accounts.js';
import { loadConfig } from '../../backend/src/platform/config.js';
import { Database } from '../../backend/src/platform/database/database.js';
import { projectRoot } from '../../backend/src/platform/project.js';
import { distributorAbi, identityStorageAbi, offeringAbi, securityTokenAbi } from '../../contracts/generated/abi.js';
import { environmentOf } from './ground.js';
import type { Run } from './seed.js';
import { connected, Watcher } from './settled.js';
import type { Expected, Income, Sale } from './workload.js';

type Event = { name: string; address: Address; args: Record<string, unknown>; block: bigint };
/** Everything that is looked at, read once: the chain from node and logs, the database past every proxy. */
type Facts = {
  run: Run;
  expected: Expected;
  sql: pg.Client;
  head: bigint;
  /** Events of the run. */
  events: Event[];
};
type Check = (facts: Facts) => Promise<string[]>;

/** Compares what the run left in database and on chain with what was decided, and with each other.
 *  @returns what is wrong, each with the invariant that it breaks */
export function checkInvariants(run: Run, expected: Expected): Promise<string[]> {
  return connected(run.ground.postgres.urlOf(run.database), async (sql) => {
    const head = await run.chain.client.getBlockNumber();
    const facts = { run, expected, sql, head, events: await eventsOf(run, run.from + 1n, head) };
    const checks: Record<string, Check> = {
      'I1 effects': effects,
      'I2 transactions': transactions,
      'I3 nonces': nonces,
      'I4 projection': projection,
      'I5 distribution': distribution,
      'I6 money': money,
      'I7 audit': audit,
      'I8 webhooks': webhooks,
      'I9 personal data': personalData,
    };
    const broken: string[] = await new Watcher(run).hopeless();
    for (const [name, check] of Object.entries(checks)) {
      const found = await check(facts).catch((error: unknown) => [`could not be checked: ${error instanceof Error ? error.stack : error}`]);
      broken.push(...found.map((what) => `${name}: ${what}`));
    }
    return broken;
  }).then(async (broken) => [...broken, ...(await replay(run)).map((what) => `I10 replay: ${what}`)]);
}

/** Events of our contracts, as the node has them. */
async function eventsOf({ chain, ground }: Run, fromBlock: bigint, toBlock: bigint): Promise<Event[]> {
  const { offering, distributor, identityStorage, stablecoin } = ground.deployment.contracts;
  const abis: [Address, Abi][] = [
    [offering, offeringAbi],
    [distributor, distributorAbi],
    [identityStorage, identityStorageAbi],
    [ground.instrument.token, securityTokenAbi],
    [stablecoin, erc20Abi],
  ];
  const found = await Promise.all(
    abis.map(async ([address, abi]) => {
      const logs = await chain.client.getLogs({ address, fromBlock, toBlock });
      return parseEventLogs({ abi, logs }).map((log) => ({
        name: (log as unknown as { eventName: string }).eventName,
        address: getAddress(log.address),
        args: (log as unknown as { args: Record<string, unknown> }).args,
        block: log.blockNumber,
      }));
    }),
  );
  return found.flat();
}

/* I1: EVERY DECISION HAS ONE EFFECT, AND EVERY EFFECT A DECISION */

async function effects({ events, expected, run }: Facts): Promise<string[]> {
  const { token } = run.ground.instrument;
  const of = (name: string, address?: Address): Event[] =>
    events.filter((event) => event.name === name && (!address || event.address === getAddress(address)));
  const settled = of('OrderSettled');
  const { sale, income, recovery } = expected;
  const ofSale = (sale?: Sale): string[] => [
    ...(sale ? ['sale created', 'sale closed'] : []),
    ...(sale?.registered ?? []).map(({ address }) => `registered ${address}`),
    ...(sale?.orders ?? []).flatMap(({ wallet }) => [`paid for ${wallet.address}`, `delivered to or refunded ${wallet.address}`]),
    ...settled.map(({ args }) => `units ${zeroAddress} ${args.wallet} ${args.units}`),
  ];
  const ofIncome = ({ frozen, released, moved }: Income): string[] => [
    `frozen ${frozen.account.address}`,
    ...(released ? [`unfrozen ${frozen.account.address}`] : []),
    ...(moved ? [`units ${moved.from.account.address} ${moved.to.account.address} ${10n ** 18n}`] : []),
    ...['snapshot', 'income declared', 'income funded', 'tax released', 'dust released'],
  ];
  const once = [
    ...ofSale(sale),
    ...(income ? ofIncome(income) : []),
    ...(recovery ? [`recovered ${recovery.holder.account.address} ${recovery.newWallet.address}`] : []),
  ];
  const seen = [
    ...of('IdentityStored').map(({ args }) => `registered ${args.investorAddress ?? args.wallet}`),
    ...of('OfferingCreated').map(() => 'sale created'),
    ...of('OfferingClosed').map(() => 'sale closed'),
    ...of('OrderPaid').map(({ args }) => `paid for ${args.wallet}`),
    ...[...settled, ...of('OrderRefunded')].map(({ args }) => `delivered to or refunded ${args.wallet}`),
    ...of('Transfer', token).map(({ args }) => `units ${args.from} ${args.to} ${args.value}`),
    ...of('AddressFrozen', token).map(({ args }) => `${args.isFrozen ? 'frozen' : 'unfrozen'} ${args.userAddress}`),
    ...of('RecoverySuccess', token).map(({ args }) => `recovered ${args.lostWallet} ${args.newWallet}`),
    ...of('SnapshotTaken', token).map(() => 'snapshot'),
    ...of('DistributionDeclared').map(() => 'income declared'),
    ...of('DistributionFunded').map(() => 'income funded'),
    ...of('WithheldReleased').map(() => 'tax released'),
    ...of('DustReleased').map(() => 'dust released'),
  ].filter((effect) => !isRecovery(effect, expected, of('IdentityStored')));
  const wrong = compare(once, seen);
  const paid = of('EntitlementPaid').map(({ args }) => String(args.index));
  if (new Set(paid).size !== paid.length) wrong.push(`an entitlement was paid twice (${paid})`);
  if (!sale) return wrong;
  const units = settled.reduce((sum, { args }) => sum + (args.units as bigint), 0n);
  const asked = sale.orders.reduce((sum, order) => sum + order.units, 0n);
  if (units !== (asked < sale.hardCap ? asked : sale.hardCap)) {
    wrong.push(`${units} units were sold of ${asked} asked for under a cap of ${sale.hardCap}`);
  }
  return wrong;
}

/** What a recovery brings along: the units move, and the new wallet is linked. */
function isRecovery(effect: string, { recovery }: Expected, stored: Event[]): boolean {
  if (!recovery) return false;
  const [lost, fresh] = [recovery.holder.account.address, recovery.newWallet.address];
  return effect.startsWith(`units ${lost} ${fresh} `) || (stored.length > 0 && effect === `registered ${fresh}`);
}

/** Both hold each other's elements, each as often. */
function compare(wanted: string[], seen: string[]): string[] {
  const count = (list: string[], what: string): number => list.filter((each) => each === what).length;
  return [...new Set([...wanted, ...seen])].flatMap((what) => {
    const [want, have] = [count(wanted, what), count(seen, what)];
    return want === have ? [] : [`"${what}" happened ${have} times, decided ${want} times`];
  });
}

/* I2: NOTHING IS ON CHAIN THAT IS NOT AN INTENT */

type IntentRow = {
  business_key: string;
  sender: Address;
  nonce: string;
  target: Address;
  data: Hex;
  state: string;
  mined_hash: Hex | null;
};

async function transactions({ run, sql, head }: Facts): Promise<string[]> {
  const { rows } = await sql.query<IntentRow>('select * from tx_intent');
  const intents = new Map(rows.map((row) => [`${row.sender}:${row.nonce}`, row]));
  const ours = new Set(SENDER_ROLES.map(localSender));
  const wrong: string[] = [];
  const mined = new Set<string>();
  for (let blockNumber = run.from + 1n; blockNumber <= head; blockNumber++) {
    const block = await run.chain.client.getBlock({ blockNumber, includeTransactions: true });
    for (const { from, to, input, nonce, hash } of block.transactions) {
      mined.add(hash);
      const sender = getAddress(from);
      if (!ours.has(sender)) {
        if (!run.chain.ofUsers.has(hash)) wrong.push(`${hash} of ${sender} is nobody's`);
        continue;
      }
      const intent = intents.get(`${sender}:${nonce}`);
      if (!intent) wrong.push(`${hash} with nonce ${nonce} of ${sender} has no intent`);
      else if (getAddress(to ?? zeroAddress) !== intent.target || input !== intent.data)
        wrong.push(`${hash} is not what ${intent.business_key} says`);
      else if (intent.mined_hash !== hash) wrong.push(`${intent.business_key} says that it was mined as ${intent.mined_hash}, not ${hash}`);
    }
  }
  for (const { business_key, state, mined_hash, sender, nonce } of rows) {
    if (state !== 'CONFIRMED') wrong.push(`${business_key} ended as ${state}`);
    const known = await run.chain.client.getTransactionReceipt({ hash: mined_hash ?? '0x' }).catch(() => undefined);
    if (known?.status !== 'success') wrong.push(`${business_key} (${sender}:${nonce}) is ${state}, but ${mined_hash} is not on chain`);
  }
  return wrong;
}

/* I3: NONCES WITHOUT A GAP */

async function nonces({ run, sql }: Facts): Promise<string[]> {
  const { rows } = await sql.query<{ address: Address; next_nonce: string; first: string | null; last: string | null; count: string }>(`
    select s.address, s.next_nonce, min(i.nonce) as first, max(i.nonce) as last, count(i.id) as count
    from tx_sender s left join tx_intent i on i.sender = s.address group by s.address, s.next_nonce`);
  const wrong: string[] = [];
  for (const { address, next_nonce, first, last, count } of rows) {
    const used = await run.chain.client.getTransactionCount({ address });
    if (used !== Number(next_nonce)) wrong.push(`${address} counts ${next_nonce} in the database and ${used} on chain`);
    if (first === null || last === null) continue;
    if (Number(last) - Number(first) + 1 !== Number(count)) wrong.push(`${address} has ${count} intents for nonces ${first} to ${last}`);
    if (Number(last) + 1 !== Number(next_nonce)) wrong.push(`${address} ends at ${last}, its counter is at ${next_nonce}`);
  }
  return wrong;
}

/* I4: THE PROJECTION IS WHAT THE CHAIN SAYS */

async function projection({ run, sql, head }: Facts): Promise<string[]> {
  const { token } = run.ground.instrument;
  const { client } = run.chain;
  const moves = await client.getLogs({ address: token, fromBlock: 0n, toBlock: head });
  const wallets = new Set(
    parseEventLogs({ abi: securityTokenAbi, logs: moves, eventName: 'Transfer' }).flatMap(({ args }) => [args.from, args.to]),
  );
  wallets.delete(zeroAddress);
  const latest = async (table: string, columns: string, subject: string) =>
    (
      await sql.query(
        `select distinct on (${subject}) ${subject}, ${columns} from ${table} where token = $1 order by ${subject}, block desc, log_index desc`,
        [token],
      )
    ).rows;
  const holdings = new Map((await latest('holding', 'balance', 'wallet')).map((row) => [row.wallet, BigInt(row.balance)]));
  const freezes = new Map((await latest('frozen_holding', 'frozen, units', 'wallet')).map((row) => [row.wallet, row]));
  const [supply] = await latest('supply', 'total', 'token');
  const common = { address: token, abi: securityTokenAbi, blockNumber: head } as const;
  const wrong: string[] = [];
  for (const wallet of wallets) {
    const [balance, frozen] = await Promise.all([
      client.readContract({ ...common, functionName: 'balanceOf', args: [wallet] }),
      client.readContract({ ...common, functionName: 'isFrozen', args: [wallet] }),
    ]);
    if (balance !== (holdings.get(wallet) ?? 0n)) wrong.push(`${wallet} holds ${balance}, projected ${holdings.get(wallet)}`);
    if (frozen !== (freezes.get(wallet)?.frozen ?? false)) wrong.push(`${wallet} is ${frozen ? '' : 'not '}frozen, projected otherwise`);
  }
  const total = await client.readContract({ ...common, functionName: 'totalSupply' });
  if (total !== BigInt(supply?.total ?? 0)) wrong.push(`the supply is ${total}, projected ${supply?.total}`);
  for (const wallet of holdings.keys()) if (!wallets.has(wallet)) wrong.push(`${wallet} is projected and never held anything`);
  return wrong;
}

/* I5: EVERY DISTRIBUTION ADDS UP */

async function distribution({ run, sql, events, expected, head }: Facts): Promise<string[]> {
  if (!expected.income) return [];
  const { pool, id, frozen, released } = expected.income;
  const wrong: string[] = [];
  const { rows } = await sql.query('select * from distributions where id = $1', [id]);
  const row = rows[0];
  const entitlements = (await sql.query('select * from entitlements where distribution_id = $1', [id])).rows;
  const address = run.ground.deployment.contracts.distributor;
  const common = { address, abi: distributorAbi, args: [row.chain_distribution_id as Hex], blockNumber: head } as const;
  const declaration = await run.chain.client.readContract({ ...common, functionName: 'declarationOf' });
  const totals = await run.chain.client.readContract({ ...common, functionName: 'totalsOf' });
  if (declaration.net + declaration.withheld + declaration.dust !== pool) wrong.push(`what was declared is not the pool of ${pool}`);
  const paid = new Map(events.filter(({ name }) => name === 'EntitlementPaid').map(({ args }) => [Number(args.index), args]));
  let held = 0n;
  for (const { position, net, identity, state } of entitlements) {
    const payment = paid.get(position);
    if (position !== null && !payment) held += BigInt(net);
    if (payment && (payment.amount !== BigInt(net) || payment.investor !== identity))
      wrong.push(`entitlement ${position} was paid ${payment.amount}, due ${net}`);
    if (state !== (payment ? 'PAID' : position === null ? 'WITHHELD' : 'HELD')) wrong.push(`entitlement ${position} is ${state}`);
  }
  if (totals.paid + held !== declaration.net) wrong.push(`paid ${totals.paid} + held ${held} is not the net ${declaration.net}`);
  if (paid.size !== declaration.count - (released ? 0 : 1))
    wrong.push(`${paid.size} of ${declaration.count} were paid (${frozen.name} is frozen${released ? ' no more' : ''})`);
  const sum = (column: string): bigint => entitlements.reduce((total, each) => total + BigInt(each[column]), 0n);
  if (sum('gross') + BigInt(row.dust) !== pool) wrong.push('the gross amounts and the dust are not the pool');
  if (sum('tax') !== declaration.withheld) wrong.push('the tax is not what was declared');
  return [...wrong, ...(await register(entitlements, BigInt(row.snapshot_block), { run, expected }))];
}

/** The entitlements are those of the record date, as balances on chain say. */
async function register(
  entitlements: { units: string }[],
  blockNumber: bigint,
  { run, expected }: Pick<Facts, 'run' | 'expected'>,
): Promise<string[]> {
  const { recovery } = expected;
  const wallets = [...run.ground.holders.map(({ account }) => account), ...(expected.sale?.registered ?? [])].map(({ address }) => [
    address,
  ]);
  for (const group of wallets) if (recovery && group[0] === recovery.holder.account.address) group.push(recovery.newWallet.address);
  const balances = await Promise.all(
    wallets.map(async (group) => {
      const each = await Promise.all(
        group.map((wallet) =>
          run.chain.client.readContract({
            address: run.ground.instrument.token,
            abi: securityTokenAbi,
            functionName: 'balanceOf',
            args: [wallet],
            blockNumber,
          }),
        ),
      );
      return each.reduce((sum, balance) => sum + balance, 0n);
    }),
  );
  const listed = (units: bigint[]): string =>
    units
      .filter((each) => each > 0n)
      .map(String)
      .sort()
      .join();
  const [due, have] = [listed(balances), listed(entitlements.map(({ units }) => BigInt(units)))];
  return due === have ? [] : [`the register of block ${blockNumber} is ${due}, the entitlements are ${have}`];
}

/* I6: MONEY IS CONSERVED */

async function money({ run, events, head }: Facts): Promise<string[]> {
  const { stablecoin, distributor, offering } = run.ground.deployment.contracts;
  const balance = (owner: Address, blockNumber: bigint): Promise<bigint> =>
    run.chain.client.readContract({ address: stablecoin, abi: erc20Abi, functionName: 'balanceOf', args: [owner], blockNumber });
  const change = async (owner: Address): Promise<bigint> => (await balance(owner, head)) - (await balance(owner, run.from));
  const sum = (name: string, field: string): bigint =>
    events.filter((event) => event.name === name).reduce((total, { args }) => total + (args[field] as bigint), 0n);
  const due: [string, Address, bigint][] = [
    [
      'the Distributor',
      distributor,
      sum('DistributionFunded', 'amount') -
        sum('EntitlementPaid', 'amount') -
        sum('WithheldReleased', 'amount') -
        sum('DustReleased', 'amount'),
    ],
    [
      'the Offering',
      offering,
      sum('OrderPaid', 'paid') - sum('OrderSettled', 'cost') - sum('OrderSettled', 'refund') - sum('OrderRefunded', 'amount'),
    ],
    ['the treasury', localAddress(LOCAL_INDEX.treasury), sum('OrderSettled', 'cost')],
    ['the withholding agent', localAddress(LOCAL_INDEX.withholding), sum('WithheldReleased', 'amount')],
  ];
  const wrong: string[] = [];
  for (const [who, owner, wanted] of due) {
    const changed = await change(owner);
    if (changed !== wanted) wrong.push(`${who} has ${changed} more, due ${wanted}`);
  }
  const escrow = await change(offering);
  if (escrow !== 0n) wrong.push(`the Offering keeps ${escrow}`);
  return wrong;
}

/* I7 TO I9 */

async function audit({ run, sql }: Facts): Promise<string[]> {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(projectRoot, 'dist/backend/src/audit-verify.js')], {
    cwd: projectRoot,
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH ?? '',
      DATABASE_URL: run.ground.postgres.urlOf(run.database),
      RPC_URL: run.chain.url,
      LOG_LEVEL: 'fatal',
    },
  });
  const { rows } = await sql.query(
    `select count(*)::int as n from audit_events e where not exists (select from audit_links l where l.event_id = e.id)`,
  );
  return [
    ...(status === 0 ? [] : [`audit:verify ended with ${status}: ${stdout}${stderr}`]),
    ...(rows[0].n === 0 ? [] : [`${rows[0].n} audit events are not in the chain`]),
  ];
}

async function webhooks({ run, sql }: Facts): Promise<string[]> {
  const { got } = run.ground.receiver;
  const { rows } = await sql.query<{ id: string; type: string; body: string }>('select id, type, body from webhook_messages');
  const wrong: string[] = [];
  const told = new Map<string, number>();
  for (const { id, type, body } of rows) {
    if (run.messages.has(id)) continue;
    const bodies = [...(got.get(id) ?? [])];
    if (bodies.length !== 1 || bodies[0] !== body) wrong.push(`${type} ${id} was received as ${JSON.stringify(bodies)}`);
    const event = `${type} of ${JSON.parse(body).data.subject}`;
    told.set(event, (told.get(event) ?? 0) + 1);
  }
  for (const id of got.keys()) if (!rows.some((row) => row.id === id)) wrong.push(`${id} was received and never written`);
  for (const [event, times] of told) if (times > 1) wrong.push(`${event} was written ${times} times`);
  return wrong;
}

async function personalData({ run, head }: Facts): Promise<string[]> {
  const words = run.plan.story.newcomers.flatMap(({ name, email, born }) => [...name.split(' '), email, born]);
  const wrong: string[] = [];
  const look = (where: string, text: string, as: (word: string) => string): void => {
    for (const word of words) if (text.includes(as(word))) wrong.push(`"${word}" is in ${where}`);
  };
  for (const [number, { log }] of run.processes.entries()) look(`the log of process ${number}`, log, (word) => word);
  const logs = await run.chain.client.getLogs({ fromBlock: run.from + 1n, toBlock: head });
  const inputs: string[] = [];
  for (let blockNumber = run.from + 1n; blockNumber <= head; blockNumber++) {
    const { transactions: list } = await run.chain.client.getBlock({ blockNumber, includeTransactions: true });
    inputs.push(...list.map(({ input }) => input));
  }
  const onChain = [...logs.map(({ data, topics }) => `${topics.join()}${data}`), ...inputs].join();
  look('the chain', onChain, (word) => stringToHex(word).slice(2));
  return wrong;
}

/* I10: A REPLAY GIVES THE SAME */

const DERIVED = ['chain_event', 'chain_contract', 'holding', 'supply', 'frozen_holding', 'wallet_link'];

/** Rebuilds the projection from its first block on a copy of the database. */
async function replay({ ground, database, chain, plan }: Run): Promise<string[]> {
  const copy = `${database}_replay`;
  const { postgres } = ground;
  await postgres.copy(database, copy);
  try {
    const url = postgres.urlOf(copy);
    const before = await contentOf(url);
    const places = { databaseUrl: url, rpcUrl: chain.url, manifest: ground.manifest };
    const config = loadConfig({ ...environmentOf(places), CHAIN_CONFIRMATIONS: String(plan.confirmations) });
    const rebuilt = new Database(config);
    const settings = chainSettings(config);
    await new Projector(rebuilt, new ChainClient(settings), new KnownContracts(rebuilt), settings, new Wake()).rebuild();
    await rebuilt.onApplicationShutdown();
    const after = await contentOf(url);
    return DERIVED.flatMap((table, index) =>
      before[index] === after[index] ? [] : [`${table} differs: ${difference(before[index] ?? '', after[index] ?? '')}`],
    );
  } finally {
    await postgres.drop(copy);
  }
}

function contentOf(url: string): Promise<string[]> {
  return connected(url, async (client) => {
    const contents: string[] = [];
    for (const table of DERIVED) {
      const { rows } = await client.query({ text: `select t::text from ${table} t order by 1`, rowMode: 'array' });
      contents.push(rows.flat().join('\n'));
    }
    return contents;
  });
}

/** The first row that only one of them has. */
function difference(before: string, after: string): string {
  const [was, is] = [before.split('\n'), after.split('\n')];
  const gone = was.find((row) => !is.includes(row));
  const fresh = is.find((row) => !was.includes(row));
  return `followed ${gone?.slice(0, 200) ?? 'nothing'}, replayed ${fresh?.slice(0, 200) ?? 'nothing'}`;
}
