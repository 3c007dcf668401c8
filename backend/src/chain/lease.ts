import { and, eq, sql } from 'drizzle-orm';
import type { Address } from 'viem';
import { Database } from '../platform/database/database.js';
import { uuidv7 } from '../platform/ids.js';
import { txLease } from './chain.tables.js';

/** Another process has taken the sender over; what this one still holds in memory is void. */
export class LeaseLost extends Error {}

/** The right of one process to sign for and watch one sender. Time is the database's; a process that was stopped and wakes up as a
 *  zombie finds a higher fence and can write nothing. */
export class Lease {
  private readonly holder = uuidv7();
  private fence: bigint | undefined;

  constructor(
    private readonly database: Database,
    private readonly chainId: number,
    private readonly address: Address,
    private readonly durationMs: number,
  ) {}

  /** Takes or renews it. @returns whether it is ours now */
  async hold(): Promise<boolean> {
    const until = sql`now() + make_interval(secs => ${this.durationMs / 1000})`;
    const mine = sql`${txLease.holder} = ${this.holder}`;
    const [row] = await this.database.query
      .insert(txLease)
      .values({ chainId: this.chainId, address: this.address, holder: this.holder, fence: sql`1`, until })
      .onConflictDoUpdate({
        target: [txLease.chainId, txLease.address],
        set: { holder: this.holder, until, fence: sql`case when ${mine} then ${txLease.fence} else ${txLease.fence} + 1 end` },
        setWhere: sql`${mine} or ${txLease.until} < now()`,
      })
      .returning({ fence: txLease.fence });
    this.fence = row?.fence;
    return row !== undefined;
  }

  /** Makes it last longer while a turn takes its time; a lease that another process took meanwhile stays lost. */
  async renew(): Promise<void> {
    await this.database.query
      .update(txLease)
      .set({ until: sql`now() + make_interval(secs => ${this.durationMs / 1000})` })
      .where(and(this.key(), eq(txLease.holder, this.holder), eq(txLease.fence, this.fence ?? -1n)));
  }

  /** Runs writes in one SQL transaction that only commits while the lease is ours.
   *  @throws LeaseLost */
  async fenced<T>(work: () => Promise<T>): Promise<T> {
    return this.database.transaction(async () => {
      const held = await this.database.query
        .select({ fence: txLease.fence })
        .from(txLease)
        .where(and(this.key(), eq(txLease.holder, this.holder), eq(txLease.fence, this.fence ?? -1n)))
        .for('share');
      if (!held.length) throw new LeaseLost(`The lease on ${this.address} is no longer ours.`);
      return work();
    });
  }

  /** Gives it back, so that another process need not wait for its end. */
  async release(): Promise<void> {
    await this.database.query
      .update(txLease)
      .set({ until: sql`now() - interval '1 second'` })
      .where(and(this.key(), eq(txLease.holder, this.holder)));
  }

  private key() {
    return and(eq(txLease.chainId, this.chainId), eq(txLease.address, this.address));
  }
}
