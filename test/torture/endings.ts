import { setTimeout as sleep } from 'node:timers/promises';
import { SENDER_ROLES } from '../../backend/src/chain/signer.js';
import { LOCAL_INDEX, localAddress, localSender } from '../../backend/src/local/accounts.js';
import { localAccount, staffAccounts } from '../../backend/src/local/people.js';
import { freePort } from './chain.js';
import { environmentOf } from './ground.js';
import { Persistent } from './member.js';
import type { Ending } from './plan.js';
import type { Run } from './seed.js';
import { column } from './settled.js';
import { Supervised } from './supervisor.js';

const PATIENCE_MS = 90_000;
/** A chain is final below this depth. */
const FINALITY = 64;
const AUDIT_MARK = '0x6d756e696d656e742e61756469742f31';

/** Injects what a run does not come back from by itself, once all else is checked.
 *  @returns what the service should not have done */
export async function endWith(run: Run): Promise<string[]> {
  const endings: Record<Exclude<Ending, 'none'>, (run: Run) => Promise<string[]>> = {
    'foreign-nonce': foreignNonce,
    'deep-reorg': deepReorganisation,
    'old-backup': oldBackup,
  };
  return run.plan.ending === 'none' ? [] : endings[run.plan.ending](run);
}

/** F20, F21: somebody else uses the officers' key. The next transaction has lost its nonce; nothing may be guessed. */
async function foreignNonce(run: Run): Promise<string[]> {
  const { chain, ground, faults, fleet } = run;
  return withOneProcess(run, run.database, async (process) => {
    const index = SENDER_ROLES.indexOf('officer') + 1;
    const thief = localAccount(index);
    await chain.send(thief, { to: thief.address, data: '0x' }, run.plan.confirmations);
    faults.count('F20');
    const officer = await Persistent.join(
      { ...fleet, urls: [process.url], onWrite: () => {} },
      staffAccounts().officer,
      ground.tokens.officer,
    );
    const wallet = localAddress(LOCAL_INDEX.withholding);
    const order = {
      instrumentId: ground.instrument.id,
      wallet,
      reasonCode: 'LEGAL_ORDER',
      legalBasis: 'COURT_ORDER',
      reference: 'After all',
    };
    const { operationId } = await officer.post('/v1/freezes', 'freeze after all', order);
    const url = ground.postgres.urlOf(run.database);
    const state = `select state from tx_sender where address = '${thief.address}'`;
    const halted = await within(async () => (await column(url, state))[0] === 'HALTED');
    const [intent] = await column(url, `select state from tx_intent where id = '${operationId}'`);
    if (halted) faults.count('F21');
    return [
      ...(halted ? [] : ['F21: a foreign transaction used a nonce, and the sender goes on']),
      ...(intent === 'CONFIRMED' ? ['F21: an intent counts as confirmed whose nonce somebody else used'] : []),
    ];
  });
}

/** F23: the chain goes back behind what counts as final. Nothing is deleted, and nothing goes on. */
async function deepReorganisation(run: Run): Promise<string[]> {
  const { chain, ground, faults } = run;
  await chain.client.mine({ blocks: FINALITY + 8 });
  const url = ground.postgres.urlOf(run.database);
  const events = (): Promise<string[]> => column(url, 'select count(*) from chain_event');
  return withOneProcess(run, run.database, async () => {
    const head = await chain.client.getBlockNumber();
    await within(async () => BigInt((await column(url, 'select number from chain_cursor'))[0] ?? 0) >= head);
    const [before] = await events();
    await chain.reorganise(FINALITY + 4);
    faults.count('F23');
    const halted = await within(async () => (await column(url, 'select 1 from chain_cursor where halted is not null')).length > 0);
    const [after] = await events();
    return [
      ...(halted ? [] : ['F23: the projection follows a chain that went back behind its final blocks']),
      ...(before === after ? [] : [`F23: ${before} events became ${after}`]),
    ];
  });
}

/** F44: the database is restored as it was before the run. What it does not know any more is on chain, and must not be done again. */
async function oldBackup(run: Run): Promise<string[]> {
  const { chain, ground, faults } = run;
  const restored = `${run.database}_restored`;
  await ground.postgres.copy(ground.database, restored);
  try {
    return await withOneProcess(run, restored, async (process) => {
      const before = await chain.client.getBlockNumber();
      faults.count('F44');
      const until = Date.now() + 5_000;
      while (Date.now() < until && (await process.isUp())) await sleep(250);
      const wrong: string[] = [];
      const ours = new Set(SENDER_ROLES.map(localSender));
      for (let blockNumber = before + 1n; blockNumber <= (await chain.client.getBlockNumber()); blockNumber++) {
        const { transactions } = await chain.client.getBlock({ blockNumber, includeTransactions: true });
        for (const { from, hash, input } of transactions) {
          const again = [...ours].some((sender) => sender.toLowerCase() === from.toLowerCase()) && !input.startsWith(AUDIT_MARK);
          if (again) wrong.push(`F44: after the restoration ${from} sent ${hash}`);
        }
      }
      return wrong;
    });
  } finally {
    await ground.postgres.drop(restored);
  }
}

async function withOneProcess(run: Run, database: string, work: (process: Supervised) => Promise<string[]>): Promise<string[]> {
  const { ground, chain, plan } = run;
  const places = { databaseUrl: ground.postgres.urlOf(database), rpcUrl: chain.url, manifest: ground.manifest };
  const environment = { ...environmentOf(places), CHAIN_CONFIRMATIONS: String(plan.confirmations), DBOS__VMID: 'process-0' };
  const calm = { seed: plan.seed, kills: [], skew: undefined };
  const process = new Supervised({ number: 0, dist: run.dist, port: await freePort(), environment, plan: calm });
  process.start();
  try {
    if (!(await within(() => process.isUp(), 2 * PATIENCE_MS)))
      return [`The service does not start before the end ${plan.ending}: ${process.log.slice(-500)}`];
    return await work(process);
  } finally {
    await process.stop('SIGKILL');
  }
}

/** Whether it becomes true in time. */
async function within(wanted: () => Promise<boolean>, patienceMs = PATIENCE_MS): Promise<boolean> {
  const giveUp = Date.now() + patienceMs;
  while (Date.now() < giveUp) {
    if (await wanted()) return true;
    await sleep(100);
  }
  return false;
}
