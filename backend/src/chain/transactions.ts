import { Inject, Injectable } from '@nestjs/common';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { type Address, getAddress, type Hex } from 'viem';
import { crashPoint } from '../platform/crash-point.js';
import { Database } from '../platform/database/database.js';
import { Conflict, NotFound, Unavailable } from '../platform/problem.js';
import { txIntent, txSender } from './chain.tables.js';
import { ChainClient } from './chain-client.js';
import { type Operation, toOperation } from './operation.js';
import { payloadHashOf } from './payload.js';
import { adopt } from './recovery.js';
import { ChainSettings } from './settings.js';
import { type SenderRole, Signer } from './signer.js';
import { Wake } from './wake.js';

export type IntentRequest = {
  /** Deterministic, e.g. `mint:{subscriptionId}`: at most one effect on chain ever comes of it. */
  businessKey: string;
  sender: SenderRole;
  to: Address;
  data: Hex;
  /** Wei. */
  value?: bigint;
  /** Approval on which it rests. */
  decisionId?: string;
};

/** The entrance of the pipeline: turns a decision into an intent with a nonce. */
@Injectable()
export class Transactions {
  constructor(
    private readonly database: Database,
    private readonly client: ChainClient,
    private readonly signer: Signer,
    @Inject(ChainSettings) private readonly settings: ChainSettings,
    private readonly wake: Wake,
  ) {}

  /** Allocates a nonce to a call, in the ambient SQL transaction: nonce, intent and the caller's rows commit together or not at all.
   *  A call known to revert takes no nonce. Calls of one sender are mined in the order in which they were enqueued.
   *  Warning: it is judged against the latest block; wait for an operation before you enqueue one that builds on it.
   *  @returns the operation; the earlier one when the business key is known and the payload is the same
   *  @throws Conflict BUSINESS_KEY_CONFLICT for a known key with another payload · ChainRefused with the decoded error ·
   *          Unavailable CHAIN_UNAVAILABLE, SENDER_HALTED */
  async enqueue(request: IntentRequest): Promise<Operation> {
    return this.database.transaction(async () => {
      await this.database.lock(`intent:${request.businessKey}`);
      const known = await this.find(request.businessKey);
      const call = {
        // The key of a role may have changed since; it is the same call all the same.
        from: known?.role === request.sender ? known.sender : this.signer.addressOf(request.sender),
        to: getAddress(request.to),
        data: request.data,
        value: request.value ?? 0n,
      };
      const payloadHash = payloadHashOf(this.settings.chainId, call);
      if (known) return sameOrConflict(known, payloadHash);
      const adopted = await adopt(this.database.query, request.businessKey, request.sender, payloadHash, request.decisionId);
      if (adopted) return toOperation(adopted);
      crashPoint('K1');
      const gas = await this.client.preflight(call);
      const nonce = await this.takeNonce(call.from);
      crashPoint('K2');
      const [intent] = await this.database.query
        .insert(txIntent)
        .values({
          businessKey: request.businessKey,
          chainId: this.settings.chainId,
          role: request.sender,
          sender: call.from,
          nonce,
          target: call.to,
          data: call.data,
          value: call.value,
          gas,
          payloadHash,
          decisionId: request.decisionId ?? null,
        })
        .returning();
      if (!intent) throw new Error('An insert returned no row.');
      this.database.afterCommit(() => this.wake.signal('intent'));
      return toOperation(intent);
    });
  }

  /** Gives an unmined intent up: its nonce goes to a transfer of nothing to its own sender. Whichever is mined first decides; if the
   *  transfer wins the operation ends as REPLACED, and what it was for needs a new decision under a new key. */
  async abandon(operationId: string): Promise<void> {
    const rows = await this.database.query
      .update(txIntent)
      .set({ abandonedAt: sql`now()` })
      .where(and(eq(txIntent.id, operationId), isNull(txIntent.abandonedAt), sql`${txIntent.state} in ('ALLOCATED', 'SIGNED', 'SENT')`))
      .returning({ id: txIntent.id });
    if (!rows.length) throw new NotFound('OPERATION_NOT_OPEN', `No operation ${operationId} waits for the chain.`);
    this.database.afterCommit(() => this.wake.signal('intent'));
  }

  private async find(businessKey: string): Promise<typeof txIntent.$inferSelect | undefined> {
    const [row] = await this.database.query.select().from(txIntent).where(eq(txIntent.businessKey, businessKey));
    return row;
  }

  /** The row lock makes concurrent allocations of a sender take turns until their transactions end. */
  private async takeNonce(address: Address): Promise<bigint> {
    const [row] = await this.database.query
      .update(txSender)
      .set({ nextNonce: sql`${txSender.nextNonce} + 1` })
      .where(and(eq(txSender.chainId, this.settings.chainId), eq(txSender.address, address), eq(txSender.state, 'ACTIVE')))
      .returning({ nonce: sql<string>`${txSender.nextNonce} - 1` });
    if (row) return BigInt(row.nonce);
    throw new Unavailable('SENDER_HALTED', {
      detail: `The account ${address} does not send: it is halted until an operator has looked at it.`,
      remedy: 'An operator finds the reason in tx_sender.halt_reason.',
    });
  }
}

function sameOrConflict(known: typeof txIntent.$inferSelect, payloadHash: Hex): Operation {
  if (known.payloadHash === payloadHash) return toOperation(known);
  throw new Conflict('BUSINESS_KEY_CONFLICT', {
    detail: `${known.businessKey} was already decided with another payload.`,
    remedy: 'A different call needs a decision and a key of its own.',
    extensions: { operationId: known.id },
  });
}
