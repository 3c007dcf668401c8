import { Inject, Injectable } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { Database } from '../platform/database/database.js';
import { HealthChecks } from '../platform/health/health.controller.js';
import { chainCursor, txSender } from './chain.tables.js';
import { ChainClient } from './chain-client.js';
import { Pins } from './pins.js';
import { Followers } from './projection/followers.js';
import { Projector } from './projection/projector.js';
import { Reconciliation } from './proof/reconciliation.js';
import { Pump } from './pump.js';
import { ChainSettings } from './settings.js';

export const ChainHealthView = z.object({
  status: z.enum(['up', 'down']),
  chainId: z.number().int(),
  /** Head of the chain; null when it does not answer. */
  head: z.string().nullable(),
  projected: z.string().nullable(),
  /** Blocks between the two. */
  lag: z.number().int().nullable(),
  /** What is wrong, sentence by sentence. */
  troubles: z.array(z.string()),
});
export type ChainHealthView = z.infer<typeof ChainHealthView>;

const LARGEST_LAG = 20;

/** Name of the error is what the public health page shows. */
class ChainUnwell extends Error {
  override readonly name = 'ChainUnwell';
}

/** Whether the chain answers, is the right one, and is followed; and whether all senders send. */
@Injectable()
export class ChainHealth {
  constructor(
    private readonly database: Database,
    private readonly client: ChainClient,
    private readonly pins: Pins,
    private readonly pump: Pump,
    private readonly projector: Projector,
    private readonly followers: Followers,
    private readonly reconciliation: Reconciliation,
    @Inject(ChainSettings) private readonly settings: ChainSettings,
    checks: HealthChecks,
  ) {
    if (settings.rpcUrl) checks.add('chain', () => this.summary());
  }

  async check(): Promise<ChainHealthView> {
    const troubles: string[] = [];
    const sentence = (error: unknown): null => {
      troubles.push(error instanceof Error ? error.message : String(error));
      return null;
    };
    if (!this.settings.rpcUrl) troubles.push('No chain is configured (RPC_URL).');
    await this.pins.verify().catch(sentence);
    const head = troubles.length ? null : await this.client.reads.getBlockNumber().catch(sentence);
    const [cursor] = await this.database.query.select().from(chainCursor);
    const halted = await this.database.query.select().from(txSender).where(eq(txSender.state, 'HALTED'));
    const lag = head !== null && cursor ? Number(head - cursor.number) : null;
    if (cursor?.halted) troubles.push(cursor.halted);
    if (lag !== null && lag > LARGEST_LAG) troubles.push(`The projection is ${lag} blocks behind.`);
    for (const sender of halted) troubles.push(sender.haltReason ?? `The sender ${sender.address} is halted.`);
    for (const { trouble } of [this.pump, this.projector, this.followers])
      if (trouble && !troubles.includes(trouble)) troubles.push(trouble);
    troubles.push(...(await this.reconciliation.troubles()));
    return {
      status: troubles.length ? 'down' : 'up',
      chainId: this.settings.chainId,
      head: head?.toString() ?? null,
      projected: cursor?.number.toString() ?? null,
      lag,
      troubles,
    };
  }

  private async summary(): Promise<Record<string, unknown>> {
    const { status, chainId, head, projected, lag, troubles } = await this.check();
    if (status === 'down') throw new ChainUnwell(troubles.join(' '));
    return { chainId, head, projected, lag };
  }
}
