import type { CrashPoint } from '../../backend/src/platform/crash-point.js';
import { Random } from './random.js';

/** What faults are counted by: the n-th of these in a run. Time decides none of them. */
export type Happening = 'send' | 'receipt' | 'logs' | 'commit' | 'post' | 'block';

type Kind = {
  on: Happening;
  /** Between which occurrences of it the fault falls. */
  at: readonly [number, number];
  /** Row of the fault matrix that it is a case of. */
  matrix: string;
  /** What `amount` means and its bounds. */
  amount?: readonly [number, number];
  /** How often it is drawn, beside 1. */
  weight?: number;
};

/** Every fault that can be injected into a running workload. */
export const KINDS = {
  /* What the RPC proxy does with the n-th broadcast of all processes */
  'drop-before': { on: 'send', at: [1, 16], matrix: 'F13' },
  'drop-after': { on: 'send', at: [1, 16], matrix: 'F13', weight: 2 },
  /** Milliseconds. */
  delay: { on: 'send', at: [1, 16], matrix: 'F13', amount: [300, 2_500] },
  /** This and so many further requests. */
  'http-429': { on: 'send', at: [1, 16], matrix: 'F14', amount: [0, 15] },
  'http-500': { on: 'send', at: [1, 16], matrix: 'F14', amount: [0, 15] },
  duplicate: { on: 'send', at: [1, 16], matrix: 'F16' },
  /** Taken by the node, answered with the error of another client. */
  'foreign-text': { on: 'send', at: [1, 16], matrix: 'F17' },
  /** Taken, then gone from the pool. */
  'pool-drop': { on: 'send', at: [1, 16], matrix: 'F19', weight: 2 },
  /** Receipts that are not there yet, so many times. */
  'null-receipt': { on: 'receipt', at: [1, 20], matrix: 'F15', amount: [1, 6] },
  /** Logs of so many answers are missing. */
  'strip-logs': { on: 'logs', at: [1, 20], matrix: 'F15', amount: [1, 3] },

  /* What happens to the chain and its node at the n-th block */
  /** Blocks that are replaced by empty ones; the plan keeps it below the confirmations. */
  reorg: { on: 'block', at: [12, 90], matrix: 'F22', amount: [1, 11], weight: 4 },
  /** Milliseconds without a block. */
  stall: { on: 'block', at: [5, 60], matrix: 'F18', amount: [4_500, 6_000] },
  /** The next block asks for so many times the fee. */
  'base-fee': { on: 'block', at: [5, 60], matrix: 'F18', amount: [3, 6] },
  /** Blocks by which one process is behind, for a second. */
  'stale-head': { on: 'block', at: [5, 90], matrix: 'F15', amount: [1, 8] },
  /** One process talks to another chain, for a second. */
  'wrong-chain': { on: 'block', at: [5, 90], matrix: 'F25' },

  /* What the TCP proxy does with the n-th COMMIT of something written */
  'commit-answer-lost': { on: 'commit', at: [1, 150], matrix: 'F12', weight: 3 },
  'commit-reset': { on: 'commit', at: [1, 150], matrix: 'F12' },
  /** Milliseconds in which the connection is silent, before it is reset. */
  'commit-half-open': { on: 'commit', at: [1, 150], matrix: 'F12', amount: [500, 2_000] },

  /* What happens to processes at the n-th write of a user */
  'postgres-restart': { on: 'post', at: [5, 45], matrix: 'F11', weight: 2 },
  kill: { on: 'post', at: [3, 45], matrix: 'F36', weight: 3 },
  /** Milliseconds for which it is stopped; longer than a lease lasts. */
  pause: { on: 'post', at: [3, 40], matrix: 'F36', amount: [2_500, 4_000] },
  terminate: { on: 'post', at: [3, 45], matrix: 'F43' },
  'forged-webhook': { on: 'post', at: [3, 45], matrix: 'F30' },
} as const satisfies Record<string, Kind>;

export type FaultKind = keyof typeof KINDS;
/** `process`: whom it hits, where it hits one. */
export type Fault = { kind: FaultKind; on: Happening; at: number; amount: number; process: number };
/** The process is killed at `point` in that life of it, in passes that the seed decides. */
export type Kill = { process: number; life: number; point: CrashPoint; probability: number };
/** Faults that a run does not come back from by itself: injected when all else has been checked. */
export type Ending = 'none' | 'foreign-nonce' | 'deep-reorg' | 'old-backup';

export type Part = 'sale' | 'income' | 'recovery';

export type Story = {
  /** What is played; a seed plays all. */
  parts: readonly Part[];
  newcomers: { name: string; email: string; country: string; born: string; units: string; turnedAway: boolean }[];
  allocation: 'FCFS' | 'PRO_RATA';
  hardCap: string;
  distribution: { method: 'POOL' | 'PER_UNIT'; pool: string };
  /** Places among the four holders of the ground. */
  frozen: number;
  released: boolean;
  recovered: number | undefined;
  /** A holder who gives a unit away while income is paid. */
  mover: number | undefined;
};

export type Plan = {
  seed: number;
  processes: number;
  confirmations: number;
  faults: Fault[];
  kills: Kill[];
  /** A process whose clock is off. */
  skew: { process: number; ms: number } | undefined;
  ending: Ending;
  story: Story;
};

const POINTS: readonly CrashPoint[] = ['K1', 'K2', 'K3', 'K4', 'K5', 'K6', 'K7', 'K8', 'K9', 'K10', 'K11', 'K12', 'K13', 'K14'];

/** All that a seed decides. */
export function planOf(seed: number): Plan {
  const random = new Random(`torture ${seed}`);
  const shape = random.fork('shape');
  const processes = shape.chance(0.25) ? 3 : 2;
  const confirmations = shape.pick([2, 3, 3, 5, 12]);
  return {
    seed,
    processes,
    confirmations,
    faults: faultsOf(random.fork('faults'), processes, confirmations),
    kills: killsOf(random.fork('kills'), processes),
    skew: shape.chance(0.2) ? { process: shape.between(0, processes - 1), ms: shape.pick([-3_600_000, 3_600_000]) } : undefined,
    ending: shape.pick(['none', 'none', 'none', 'foreign-nonce', 'deep-reorg', 'old-backup']),
    story: storyOf(random.fork('story')),
  };
}

function faultsOf(random: Random, processes: number, confirmations: number): Fault[] {
  const kinds = Object.entries(KINDS) as [FaultKind, Kind][];
  const drawn = kinds.flatMap(([kind, { weight = 1 }]) => Array<FaultKind>(weight).fill(kind));
  return random.sample(drawn, random.between(5, 9)).map((kind) => {
    const { on, at, amount = [0, 0] } = KINDS[kind] as Kind;
    const highest = kind === 'reorg' ? Math.min(amount[1], confirmations - 1) : amount[1];
    return { kind, on, at: random.between(...at), amount: random.between(amount[0], highest), process: random.between(0, processes - 1) };
  });
}

function killsOf(random: Random, processes: number): Kill[] {
  return Array.from({ length: processes }, (_, process) => process).flatMap((process) =>
    Array.from({ length: random.between(1, 2) }, (_, life) => ({
      process,
      life,
      point: random.pick(POINTS),
      probability: random.pick([0.2, 0.5, 1]),
    })),
  );
}

const FIRST = ['Quirina', 'Balthasar', 'Xaveria', 'Leopoldine', 'Thaddeus', 'Wilhelmina', 'Zacharias', 'Euphemia'];
const LAST = ['Ottersbach', 'Vanderquist', 'Hollenfels', 'Perrigault', 'Zwingmann', 'Aldercroft', 'Quellhorst', 'Brandvold'];

function storyOf(random: Random): Story {
  const count = random.between(2, 3);
  const first = random.sample(FIRST, count);
  const last = random.sample(LAST, count);
  const [frozen = 0, recovered, mover] = random.sample([0, 1, 2, 3], 3);
  return {
    parts: ['sale', 'income', 'recovery'],
    newcomers: first.map((name, index) => ({
      name: `${name} ${last[index]}`,
      email: `${name}.${last[index]}@example.org`.toLowerCase(),
      country: random.pick(['CH', 'DE', 'SG', 'JP']),
      born: `19${random.between(50, 99)}-0${random.between(1, 9)}-1${random.between(0, 9)}`,
      units: String(random.between(10, 60)),
      turnedAway: count > 2 && index === 0 && random.chance(0.3),
    })),
    allocation: random.pick(['FCFS', 'PRO_RATA']),
    hardCap: String(random.between(60, 120)),
    distribution: { method: random.pick(['POOL', 'PER_UNIT']), pool: `${random.between(100, 5_000)}.${random.between(10, 99)}` },
    frozen,
    released: random.chance(0.5),
    recovered: random.chance(0.6) ? recovered : undefined,
    mover: random.chance(0.6) ? mover : undefined,
  };
}

/** Hands out the faults of a plan as their time comes, and counts those that took effect. */
export class Faults {
  private readonly seen = new Map<Happening, number>();
  readonly injected = new Map<string, number>();
  private over = false;

  constructor(private readonly plan: Pick<Plan, 'faults'>) {}

  /** The faults that fall on this occurrence. */
  at(on: Happening): Fault[] {
    const n = (this.seen.get(on) ?? 0) + 1;
    this.seen.set(on, n);
    return this.over ? [] : this.plan.faults.filter((fault) => fault.on === on && fault.at === n);
  }

  /** Notes that a fault of the matrix took effect. */
  count(matrix: string, times = 1): void {
    this.injected.set(matrix, (this.injected.get(matrix) ?? 0) + times);
  }

  took({ kind }: Fault): void {
    this.count(KINDS[kind].matrix);
  }

  occurrences(on: Happening): number {
    return this.seen.get(on) ?? 0;
  }

  end(): void {
    this.over = true;
  }
}
