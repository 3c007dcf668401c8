import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ground } from './ground.js';
import { type Fault, type FaultKind, KINDS, type Kill, type Part, type Plan, planOf } from './plan.js';
import { type Patience, runSeed } from './seed.js';

/** A build with one mistake that others have made, and the faults under which it shows. */
export type Mutant = {
  name: string;
  /** In `backend/src`, compiled. */
  file: string;
  /** Must be there exactly once. */
  find: string;
  replace: string;
  /** Tried in this order; the first that catches it is enough. */
  seeds: number[];
  /** What is changed in the plans of these seeds. */
  aim: Partial<Plan>;
  /** What of the story is played. */
  parts: readonly Part[];
  /** The violation by which it is caught; another does not count. */
  symptom: RegExp;
};

/** `by`: the violation that caught it, else what was seen instead. */
export type Verdict = { name: string; caught: boolean; seed: number; by: string };

const fault = (kind: FaultKind, at: number, amount = 0, process = 0): Fault => ({ kind, on: KINDS[kind].on, at, amount, process });
const kill = (point: Kill['point'], process: number, life = 0): Kill => ({ process, life, point, probability: 1 });
/** One process where the mistake needs no second. */
const CALM: Partial<Plan> = { processes: 1, confirmations: 2, faults: [], kills: [], skew: undefined, ending: 'none' };

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'the nonce is taken outside of the transaction of its intent',
    file: 'chain/transactions.js',
    find: 'const nonce = await this.takeNonce(call.from);',
    replace: 'const nonce = await this.database.independently(() => this.takeNonce(call.from));',
    parts: ['sale'],
    seeds: [101, 102],
    aim: { ...CALM, kills: [kill('K2', 0)] },
    symptom: /I3 nonces|nobody sends it/,
  },
  {
    name: 'an unclear reply is answered with a new nonce',
    file: 'chain/sender-pump.js',
    find: 'const textOf = (reply) =>',
    replace: `for (const [index, intent] of intents.entries()) {
            if (replies[index]?.kind !== 'UNKNOWN') continue;
            await this.database.query.execute(sql\`update tx_sender set next_nonce = next_nonce + 1 where address = \${this.address}\`);
            await this.database.query.execute(sql\`update tx_intent set state = 'ALLOCATED', nonce = (select next_nonce - 1 from tx_sender where address = \${this.address}) where id = \${intent.id}\`);
            return 1;
        }
        const textOf = (reply) =>`,
    parts: ['income'],
    seeds: [101, 102],
    aim: { ...CALM, faults: [2, 3, 4, 5].map((at) => fault('drop-after', at)) },
    symptom: /I[123] |halted|REVERTED|ended as ERROR|Still open: intent/,
  },
  {
    name: 'bytes are sent once and never again',
    file: 'chain/sender-pump.js',
    find: "const lost = intents.filter((intent) => intent.state === 'MINED');",
    replace: "return 0;\n        const lost = intents.filter((intent) => intent.state === 'MINED');",
    parts: ['income'],
    seeds: [101, 102],
    aim: { ...CALM, faults: [2, 3].map((at) => fault('pool-drop', at)) },
    symptom: /nobody sends it|Still open: intent/,
  },
  {
    name: 'bytes are sent before they are kept',
    file: 'chain/sender-pump.js',
    find: "crashPoint('K4');",
    replace: `await Promise.all(attempts.map(({ raw, hash }) => this.client.broadcast(bytesToHex(raw), hash)));
        crashPoint('K4');`,
    parts: ['income'],
    seeds: [101, 102, 103],
    aim: { ...CALM, kills: [kill('K4', 0)] },
    symptom: /halted|I2 transactions/,
  },
  {
    name: 'a reorganisation is not undone',
    file: 'chain/projection/projector.js',
    find: 'await this.deleteAbove(ancestor.number);',
    replace: '',
    parts: ['income'],
    seeds: [101, 102],
    aim: { ...CALM, confirmations: 5, faults: [16, 24, 32, 40].map((at) => fault('reorg', at, 4)) },
    symptom: /I4|I10|the projection/,
  },
  {
    name: 'a receipt is final at once',
    file: 'chain/sender-pump.js',
    find: 'receipt.blockNumber + 1n >= BigInt(this.settings.confirmations)',
    replace: 'receipt.blockNumber + 1n >= 1n',
    parts: ['income'],
    seeds: [101, 102],
    // Further apart than the empty blocks after a transaction, or they would all fall before the first one.
    aim: { ...CALM, confirmations: 12, faults: [19, 36, 53, 70, 87, 104, 121].map((at) => fault('reorg', at, 11)) },
    symptom: /I[123] |is not on chain|final|Still open: intent/,
  },
  {
    name: 'a lease is taken whoever has it, and no write asks for it',
    file: 'chain/lease.js',
    find: '.onConflictDoUpdate({',
    replace: `.onConflictDoUpdate({ target: [txLease.chainId, txLease.address], set: { until } }).returning({ fence: txLease.fence });
        this.fenced = (work) => this.database.transaction(work);
        this.fence = row?.fence;
        return true;
        void ({`,
    parts: ['income'],
    seeds: [101, 102, 103],
    aim: { ...CALM, processes: 2, faults: [1, 2, 3, 4, 5, 6, 7, 8].map((at) => fault('delay', at, 2_500)) },
    symptom: /final/,
  },
  {
    name: 'a webhook is believed whatever its signature',
    file: 'kyc/providers/webhook-signature.js',
    find: 'return matches.includes(true) ?',
    replace: 'return matches.length ?',
    parts: ['income'],
    seeds: [101],
    aim: { ...CALM, faults: [2, 4, 6].map((at) => fault('forged-webhook', at)) },
    symptom: /forged/,
  },
  {
    name: 'no request is remembered by its key',
    file: 'platform/http/unit-of-work.interceptor.js',
    find: '.insert(idempotencyKeys)',
    replace: '.select().from(idempotencyKeys).limit(0); void ({ values() {} })',
    parts: ['income'],
    seeds: [101, 102],
    aim: CALM,
    symptom: /answered the same key|did not come to its end/,
  },
  {
    name: 'one recipient who cannot be paid stops the others',
    file: 'distributions/payment.workflow.js',
    find: 'return wallets.find((wallet) => receiving.has(wallet)) ?? wallets[0] ?? identity;',
    replace: `const willing = wallets.find((wallet) => receiving.has(wallet));
            if (!willing) throw new Error('A recipient cannot be paid.');
            return willing;`,
    parts: ['income'],
    seeds: [101],
    aim: CALM,
    symptom: /workflow distribution-payment:\S+ ended as ERROR/,
  },
  {
    name: 'a foreign transaction on our nonce halts nobody',
    file: 'chain/sender-pump.js',
    find: 'const LOOKS_BEFORE_HALT = 3;',
    replace: 'const LOOKS_BEFORE_HALT = Infinity;',
    parts: [],
    seeds: [101],
    aim: { ...CALM, ending: 'foreign-nonce' },
    symptom: /F21/,
  },
  {
    name: 'a workflow counts as started before it is',
    file: 'platform/workflow/workflows.js',
    find: 'for (const row of known) {',
    replace: `await this.database.query.update(outbox).set({ startedAt: sql\`now()\` }).where(inArray(outbox.id, known.map(({ id }) => id)));
            this.database.afterCommit(() => void start());
            const start = async () => { crashPoint('K12'); for (const row of known) await DBOS.startWorkflow(this.bodies.get(row.workflow), { workflowID: row.workflowId, queueName: QUEUE })(row.input); };
            return;
            for (const row of known) {`,
    parts: ['income'],
    seeds: [101, 102],
    aim: { ...CALM, kills: [kill('K12', 0)] },
    symptom: /was never started/,
  },
];

/** What a mutant leaves open it leaves open for ever: several times what a whole build needs for the same. */
const PATIENCE: Patience = { wholeMs: 60_000, settlingMs: 30_000 };

/** Builds a mutant beside the build it is made of, and runs its seeds until one catches it.
 *  @throws Error when what is to be replaced is not there exactly once */
export async function withMutant(mutant: Mutant, dist: string, ground: Ground): Promise<Verdict> {
  const build = join(dist, 'mutants', String(MUTANTS.indexOf(mutant)));
  await rm(build, { recursive: true, force: true });
  for (const part of ['backend', 'contracts', 'oracle-adapters']) await cp(join(dist, part), join(build, part), { recursive: true });
  const file = join(build, 'backend/src', mutant.file);
  const text = await readFile(file, 'utf8');
  const times = text.split(mutant.find).length - 1;
  if (times !== 1) throw new Error(`The mutant "${mutant.name}" finds its text ${times} times in ${mutant.file}: it must be there once.`);
  await writeFile(
    file,
    text.replace(mutant.find, () => mutant.replace),
  );
  const seen: string[] = [];
  try {
    for (const seed of mutant.seeds) {
      const plan = planOf(seed);
      const aimed = { ...plan, ...mutant.aim, story: { ...plan.story, parts: mutant.parts } };
      const { violations } = await runSeed(seed, ground, build, aimed, PATIENCE);
      const by = violations.find((violation) => mutant.symptom.test(violation));
      if (by) return { name: mutant.name, caught: true, seed, by };
      seen.push(...violations);
    }
    return { name: mutant.name, caught: false, seed: Number.NaN, by: seen.join(' · ') || 'nothing was violated' };
  } finally {
    await rm(build, { recursive: true, force: true });
  }
}
