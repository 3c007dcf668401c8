import type { Hex } from 'viem';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ChainClock } from '../../../backend/src/chain/chain-clock.js';
import type { Contracts } from '../../../backend/src/chain/contracts.js';
import type { Operations } from '../../../backend/src/chain/operations.js';
import { ChainRefused } from '../../../backend/src/chain/refusal.js';
import { RestrictedCalls } from '../../../backend/src/chain/restricted-call.js';
import type { ChainSettings } from '../../../backend/src/chain/settings.js';
import type { Signer } from '../../../backend/src/chain/signer.js';
import type { Transactions } from '../../../backend/src/chain/transactions.js';
import type { Workflows } from '../../../backend/src/platform/workflow/workflows.js';
import { ECHO, REVERTER } from './world.js';

const DAY = 86_400;
const START = 1_000_000;

/** A step as it is replayed after a restart: an error comes back without its class, a value as it was. */
const step = (_name: string, run: () => Promise<unknown>): Promise<unknown> =>
  run().catch((error: Error) => {
    throw new Error(error.message);
  });

/** A chain on which the caller has to wait for a day, and a workflow engine whose sleep only moves that chain's clock. */
class Fixture {
  now = START;
  /** Time of the scheduled call; 0 when it was cancelled or has expired. */
  scheduled = START + DAY;
  /** What happens when the workflow wakes up. */
  onWake: () => void = () => {};
  /** Business key of a call that the chain refuses. */
  refused = '';
  readonly sent: string[] = [];
  readonly sleeps: number[] = [];

  async run(chainId: number): Promise<string | null> {
    const views: Record<string, unknown> = { canCall: [false, DAY], hashOperation: '0x01' };
    const calls = new RestrictedCalls(
      { step, sleep: (ms: number) => this.sleep(ms) } as unknown as Workflows,
      { enqueue: async ({ businessKey }: { businessKey: string }) => ({ id: businessKey }) } as unknown as Transactions,
      { confirmed: (id: string) => this.confirm(id) } as unknown as Operations,
      {
        read: async ({ functionName }: { functionName: string }) => (functionName === 'getSchedule' ? this.scheduled : views[functionName]),
      } as unknown as Contracts,
      { addressOf: () => ECHO } as unknown as Signer,
      { now: async () => BigInt(this.now) } as unknown as ChainClock,
      { chainId } as ChainSettings,
    );
    return calls.run({ businessKey: 'unpause', sender: 'admin', manager: ECHO, to: REVERTER, data: '0x3f4ba83a' as Hex });
  }

  private async confirm(id: string): Promise<void> {
    if (id === this.refused) throw new ChainRefused({ name: 'AccessManagerUnauthorizedAccount', args: {} });
    this.sent.push(id);
  }

  private async sleep(ms: number): Promise<void> {
    this.sleeps.push(ms / 1_000);
    this.now += ms / 1_000;
    this.onWake();
  }
}

let fixture: Fixture;
beforeEach(() => {
  fixture = new Fixture();
});

describe('a call that has to be announced', () => {
  it('is executed when it is due, after one look an hour', async () => {
    await fixture.run(1);
    expect(fixture.sent).toEqual(['unpause:schedule', 'unpause']);
    expect(fixture.sleeps).toEqual(Array(24).fill(3_600));
  });

  it('waits no longer than it has to', async () => {
    fixture.scheduled = START + 3_700;
    await fixture.run(1);
    expect(fixture.sleeps).toEqual([3_600, 100]);
  });

  it('follows the clock of a development chain, which jumps', async () => {
    fixture.onWake = () => {
      fixture.now += DAY;
    };
    await fixture.run(31337);
    expect(fixture.sleeps).toEqual([1]);
    expect(fixture.sent).toEqual(['unpause:schedule', 'unpause']);
  });

  it('fails when the guardian cancelled it or it expired', async () => {
    fixture.onWake = () => {
      fixture.scheduled = 0;
    };
    expect(await fixture.run(1)).toMatch(/^unpause was announced, but its schedule is gone/);
    expect(fixture.sent).toEqual(['unpause:schedule']);
  });

  it.each([
    ['unpause:schedule', []],
    ['unpause', ['unpause:schedule']],
  ])('says why when the chain refuses %s, also after a restart', async (refused, sent) => {
    fixture.refused = refused;
    fixture.scheduled = START;
    expect(await fixture.run(1)).toMatch(/AccessManagerUnauthorizedAccount/);
    expect(fixture.sent).toEqual(sent);
  });
});
