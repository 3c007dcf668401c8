import { setTimeout as sleep } from 'node:timers/promises';
import { SENDER_ROLES } from '../../backend/src/chain/signer.js';
import { localSender } from '../../backend/src/local/accounts.js';
import { Chain, freePort, Wallets } from './chain.js';
import { endWith } from './endings.js';
import { environmentOf, type Ground } from './ground.js';
import { checkInvariants } from './invariants.js';
import type { Fleet } from './member.js';
import { type Fault, Faults, type Plan, planOf } from './plan.js';
import { type Pool, RpcProxy } from './proxy-rpc.js';
import { TcpProxy } from './proxy-tcp.js';
import { Random } from './random.js';
import { column, open, settled, Watcher } from './settled.js';
import { Supervised } from './supervisor.js';
import { type Expected, play } from './workload.js';

export type Outcome = {
  seed: number;
  kills: number;
  faults: Map<string, number>;
  violations: string[];
  /** Mined ones of the service's senders. */
  transactions: number;
  seconds: number;
  /** What the processes wrote. */
  logs: string[];
};

/** How long a run may take from its first request to its last, and what is still open once all faults are over. */
export type Patience = { wholeMs: number; settlingMs: number };
const PATIENCE: Patience = { wholeMs: 600_000, settlingMs: 180_000 };
const WINDOW_MS = 1_000;
const WATCH_MS = 2_000;

/** Everything that runs for one seed. */
export type Run = {
  plan: Plan;
  /** The build that is tested. */
  dist: string;
  ground: Ground;
  database: string;
  chain: Chain;
  processes: Supervised[];
  rpcs: RpcProxy[];
  tcps: TcpProxy[];
  faults: Faults;
  fleet: Fleet;
  /** What there was before: the last block, and webhooks. */
  from: bigint;
  messages: Set<string>;
};

/** Runs one seed from the ground to the invariants.
 *  @param dist the build that is tested */
export async function runSeed(
  seed: number,
  ground: Ground,
  dist: string,
  plan: Plan = planOf(seed),
  patience: Patience = PATIENCE,
): Promise<Outcome> {
  const since = performance.now();
  const giveUp = new AbortController();
  const limit = setTimeout(() => giveUp.abort(), patience.wholeMs);
  const run = await start(plan, ground, dist, giveUp.signal);
  const { faults, fleet, processes } = run;
  const watching = watch(run, giveUp);
  try {
    const expected = await play({
      fleet,
      ground,
      wallets: new Wallets(run.chain, ground.deployment.contracts.stablecoin, plan.confirmations),
      story: plan.story,
    });
    await calm(run);
    await check(run, expected, patience.settlingMs);
  } catch (error) {
    if (!giveUp.signal.aborted || !fleet.violations.length)
      fleet.violations.push(`The run did not come to its end: ${error instanceof Error ? error.message : String(error)}`);
    fleet.violations.push(...(await open(run)).map((what) => `Still open: ${what}`));
  } finally {
    clearTimeout(limit);
    giveUp.abort();
    await watching;
    await Promise.all(processes.map((process) => process.stop('SIGKILL')));
  }
  const kills = processes.reduce((sum, process) => sum + process.kills, 0);
  for (const process of processes) {
    for (const [point, times] of process.killedAt) faults.count(MATRIX_OF[point] ?? 'F36', times);
  }
  const transactions = await sentByTheService(run);
  await end(run);
  return {
    seed,
    kills,
    faults: faults.injected,
    violations: fleet.violations,
    transactions,
    seconds: (performance.now() - since) / 1_000,
    logs: processes.map(({ log }) => log),
  };
}

/** Ends a run that cannot come to its end any more. */
async function watch(run: Run, giveUp: AbortController): Promise<void> {
  const watcher = new Watcher(run);
  let before: string[] = [];
  while (!giveUp.signal.aborted) {
    await sleep(WATCH_MS, undefined, { signal: giveUp.signal }).catch(() => {});
    const found = await watcher.hopeless();
    const twice = found.filter((what) => before.includes(what));
    if (twice.length && !giveUp.signal.aborted) {
      run.fleet.violations.push(...twice);
      giveUp.abort();
    }
    before = found;
  }
}

/** The rows of the matrix that the points of the pipeline are; K11 to K14 surround it and count as the death of a replica. */
const MATRIX_OF: Record<string, string> = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`K${n + 1}`, `F${n + 1}`]));

async function start(plan: Plan, ground: Ground, dist: string, giveUp: AbortSignal): Promise<Run> {
  const faults = new Faults(plan);
  const database = `seed_${plan.seed}_${Date.now().toString(36)}`;
  const { postgres, receiver } = ground;
  const [chain] = await Promise.all([Chain.start(ground.state), postgres.copy(ground.database, database)]);
  receiver.reset(new Random(`receiver ${plan.seed}`).between(0, 3));
  const pool: Pool = new Map();
  const rpcs: RpcProxy[] = [];
  const tcps: TcpProxy[] = [];
  const processes: Supervised[] = [];
  for (let number = 0; number < plan.processes; number++) {
    const rpc = await RpcProxy.start(chain.url, faults, pool);
    const tcp = await TcpProxy.start(() => postgres.port, faults);
    rpcs.push(rpc);
    tcps.push(tcp);
    const places = { databaseUrl: postgres.urlOf(database, tcp.port), rpcUrl: rpc.url, manifest: ground.manifest };
    const environment = {
      ...environmentOf(places),
      CHAIN_CONFIRMATIONS: String(plan.confirmations),
      AUDIT_ANCHOR_MINUTES: '0.05',
      DBOS__VMID: `process-${number}`,
    };
    processes.push(new Supervised({ number, dist, port: await freePort(), environment, plan }));
  }
  const run: Run = {
    plan,
    dist,
    ground,
    database,
    chain,
    processes,
    rpcs,
    tcps,
    faults,
    from: await chain.client.getBlockNumber(),
    messages: new Set(await column(postgres.urlOf(database), 'select id from webhook_messages')),
    fleet: {
      seed: plan.seed,
      urls: processes.map(({ url }) => url),
      violations: [],
      giveUp,
      onWrite: () => {
        for (const fault of faults.at('post')) strike(run, fault);
      },
    },
  };
  chain.onFault = (fault) => strike(run, fault);
  for (const process of processes) process.start();
  await chain.mine(plan.confirmations, faults);
  while (!(await Promise.all(processes.map((process) => process.isUp()))).some(Boolean)) await sleep(50);
  return run;
}

/** Faults that hit a process, its node or the database. */
function strike({ plan, ground, processes, rpcs, faults, fleet }: Run, fault: Fault): void {
  const process = processes[fault.process % plan.processes];
  const rpc = rpcs[fault.process % plan.processes];
  if (!process || !rpc) return;
  switch (fault.kind) {
    case 'kill':
      if (process.kill()) faults.took(fault);
      return;
    case 'terminate':
      if (process.terminate()) faults.took(fault);
      return;
    case 'pause':
      void process.pause(fault.amount).then((paused) => paused && faults.took(fault));
      return;
    case 'postgres-restart':
      void ground.postgres.restart().then(() => faults.took(fault));
      return;
    case 'stale-head':
      rpc.lag(fault, WINDOW_MS);
      return;
    case 'wrong-chain':
      rpc.switchChain(fault, WINDOW_MS);
      return;
    case 'forged-webhook':
      void forge(process.url).then((status) => {
        if (status === 401) faults.took(fault);
        if (status !== undefined && status < 300) fleet.violations.push(`A forged webhook was answered with ${status}`);
      });
      return;
    default:
      throw new Error(`Nothing does ${fault.kind}.`);
  }
}

/** A delivery that the provider did not sign. @returns how it was answered */
function forge(url: string): Promise<number | undefined> {
  const headers = {
    'content-type': 'application/json',
    'x-simulator-digest': '0'.repeat(64),
    'x-simulator-digest-alg': 'HMAC_SHA256_HEX',
  };
  const body = JSON.stringify({ ref: 'sim-00000000-0000-0000-0000-000000000000', attempt: 1, at: new Date(0).toISOString() });
  return fetch(`${url}/v1/webhooks/simulator`, { method: 'POST', headers, body }).then(
    ({ status }) => status,
    () => undefined,
  );
}

/** No more faults; whoever may still kill itself starts anew. */
async function calm({ faults, rpcs, processes, fleet }: Run): Promise<void> {
  faults.end();
  for (const rpc of rpcs) rpc.calm();
  for (const process of processes) {
    const armed = process.isArmed;
    process.disarm();
    if (armed) process.terminate();
  }
  while (!(await Promise.all(processes.map((process) => process.isUp()))).every(Boolean)) {
    fleet.giveUp.throwIfAborted();
    await sleep(100);
  }
}

async function check(run: Run, expected: Expected, settlingMs: number): Promise<void> {
  const { fleet, processes, faults, plan } = run;
  if (plan.skew) faults.count('F26');
  if (expected.income) faults.count('F27');
  if (expected.income?.moved) faults.count('F28');
  const open = await settled(run, settlingMs);
  fleet.violations.push(...open.map((what) => `Not settled: ${what}`));
  await Promise.all(processes.map((process) => process.stop('SIGKILL')));
  fleet.violations.push(...(await checkInvariants(run, expected)));
  fleet.violations.push(...(await endWith(run)));
}

async function end({ chain, rpcs, tcps, ground, database }: Run): Promise<void> {
  await chain.stop();
  await Promise.all([...rpcs, ...tcps].map((proxy) => proxy.stop()));
  await ground.postgres.drop(database);
}

async function sentByTheService({ chain, from }: Run): Promise<number> {
  const counts = await Promise.all(
    SENDER_ROLES.map(async (role) => {
      const address = localSender(role);
      return (
        (await chain.client.getTransactionCount({ address })) - (await chain.client.getTransactionCount({ address, blockNumber: from }))
      );
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
