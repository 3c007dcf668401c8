import { setTimeout } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { and, eq, inArray } from 'drizzle-orm';
import type { Address } from 'viem';
import { Database } from '../platform/database/database.js';
import { txIntent } from './chain.tables.js';
import { ChainClient } from './chain-client.js';
import { LeaseLost } from './lease.js';
import { Pins } from './pins.js';
import { SenderPump } from './sender-pump.js';
import { ChainSettings } from './settings.js';
import { Signer } from './signer.js';
import { Wake } from './wake.js';

const LONGEST_PAUSE_MS = 10_000;
/** A process that has senders leaves a free one to others for this long a sender it has, so that processes share them. */
const COURTESY_MS = 50;

type Driven = {
  pump: SenderPump;
  running: Promise<void> | undefined;
  again: boolean;
  /** Whether its lease was ours at the last turn. */
  held: boolean;
  failures: number;
  notBefore: number;
  trouble?: string | undefined;
};

/** Finds senders with open intents and drives each of them, independently of the others, until nothing moves. */
@Injectable()
export class Pump {
  private readonly log = new Logger(Pump.name);
  private readonly stopping = new AbortController();
  private readonly senders: Map<Address, Driven>;
  private loop: Promise<void> | undefined;
  private ownTrouble: string | undefined;

  constructor(
    private readonly database: Database,
    client: ChainClient,
    signer: Signer,
    @Inject(ChainSettings) private readonly settings: ChainSettings,
    private readonly pins: Pins,
    private readonly wake: Wake,
  ) {
    this.senders = new Map(
      signer.addresses.map((address) => {
        const pump = new SenderPump(database, client, signer, settings, address);
        return [address, { pump, running: undefined, again: false, held: false, failures: 0, notBefore: 0 }];
      }),
    );
  }

  /** What went wrong last, for the health page; undefined when the last turns of all senders went well. */
  get trouble(): string | undefined {
    return this.ownTrouble ?? [...this.senders.values()].find(({ trouble }) => trouble)?.trouble;
  }

  start(): void {
    this.loop ??= this.run();
  }

  /** Lets running turns end, then gives the leases back. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
    await Promise.all([...this.senders.values()].map((sender) => sender.running));
    await Promise.all([...this.senders.values()].map((sender) => sender.pump.lease.release()));
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const seen = this.wake.count('intent');
      let working: Driven[] = [];
      try {
        working = await this.sendersWithWork();
        this.ownTrouble = undefined;
        for (const sender of this.senders.values()) {
          if (working.includes(sender)) this.drive(sender);
          else sender.trouble = undefined;
        }
      } catch (error) {
        this.ownTrouble = this.told(error, this.ownTrouble);
      }
      // What this process enqueues wakes it; only what others enqueue, or the chain decides, is polled for.
      await this.wake.wait('intent', seen, this.settings.pollMs * (working.length ? 1 : 5), this.stopping.signal);
    }
  }

  private async sendersWithWork(): Promise<Driven[]> {
    const rows = await this.database.query
      .selectDistinct({ address: txIntent.sender })
      .from(txIntent)
      .where(and(eq(txIntent.chainId, this.settings.chainId), inArray(txIntent.state, ['ALLOCATED', 'SIGNED', 'SENT', 'MINED'])));
    return rows.flatMap(({ address }) => this.senders.get(address) ?? []);
  }

  private drive(sender: Driven): void {
    if (sender.running) sender.again = true;
    else if (performance.now() >= sender.notBefore) {
      const others = [...this.senders.values()].filter(({ held }) => held).length;
      sender.running = this.turns(sender, sender.held ? 0 : COURTESY_MS * others).finally(() => {
        sender.running = undefined;
      });
    }
  }

  private async turns(sender: Driven, courtesyMs: number): Promise<void> {
    try {
      if (courtesyMs) await setTimeout(courtesyMs);
      do {
        sender.again = false;
        await this.pins.verify();
        const { held, moved, finished, unsigned } = await sender.pump.turn();
        sender.held = held;
        if (finished) this.wake.signal('final');
        if (unsigned) throw unsigned;
        if (moved) sender.again = true;
      } while (sender.again && !this.stopping.signal.aborted);
      sender.failures = 0;
      sender.trouble = undefined;
    } catch (error) {
      // Another process goes on with it.
      if (error instanceof LeaseLost) {
        sender.held = false;
        return;
      }
      sender.failures++;
      const pause = Math.min(LONGEST_PAUSE_MS, this.settings.pollMs * 2 ** sender.failures);
      sender.notBefore = performance.now() + pause * (0.5 + Math.random() / 2);
      sender.trouble = this.told(error, sender.trouble);
    }
  }

  /** Logs what is not known yet. @returns it as a sentence */
  private told(error: unknown, known: string | undefined): string {
    const text = error instanceof Error ? error.message : String(error);
    if (text !== known) this.log.error(text);
    return text;
  }
}
