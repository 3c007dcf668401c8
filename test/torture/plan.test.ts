import { describe, expect, it } from 'vitest';
import { Faults, KINDS, type Plan, planOf } from './plan.js';

const PLANS = Array.from({ length: 300 }, (_, n) => planOf(n + 1));

describe('a seed', () => {
  it('decides workload, faults, their times and the deaths, the same every time', () => {
    for (const plan of PLANS.slice(0, 50)) expect(planOf(plan.seed)).toEqual(plan);
    expect({ ...PLANS[0], seed: 2 }).not.toEqual(PLANS[1]);
  });

  it('never takes back a block that counts as final', () => {
    for (const { faults, confirmations } of PLANS) {
      for (const { kind, amount } of faults) if (kind === 'reorg') expect(amount).toBeLessThan(confirmations);
    }
  });

  it('is one of three hundred that draw every fault, every ending and a death at every point', () => {
    const drawn = (of: (plan: Plan) => string[]): Set<string> => new Set(PLANS.flatMap(of));
    expect([...drawn(({ faults }) => faults.map(({ kind }) => kind))].sort()).toEqual(Object.keys(KINDS).sort());
    expect(drawn(({ kills }) => kills.map(({ point }) => point)).size).toBe(14);
    expect(drawn(({ ending }) => [ending]).size).toBe(4);
    expect(PLANS.every(({ processes }) => processes >= 2)).toBe(true);
  });
});

it('a fault comes at its occurrence and at no other, and counts for its row', () => {
  const fault = { kind: 'duplicate', on: 'send', at: 2, amount: 0, process: 0 } as const;
  const faults = new Faults({ faults: [fault] });
  expect([faults.at('send'), faults.at('block'), faults.at('send'), faults.at('send')]).toEqual([[], [], [fault], []]);
  faults.took(fault);
  expect([...faults.injected]).toEqual([['F16', 1]]);
});
