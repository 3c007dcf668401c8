import { Injectable } from '@nestjs/common';
import { and, asc, count, desc, eq, inArray, lt, or, sql } from 'drizzle-orm';
import type { z } from 'zod';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../auth/actor.js';
import { People } from '../auth/people.service.js';
import { people } from '../auth/people.tables.js';
import { allows, type Permission, rolesWith } from '../auth/permissions.js';
import { actingIn, isStaffOf, reachOf, scope } from '../auth/scope.js';
import { Database } from '../database/database.js';
import { uuidv7 } from '../ids.js';
import { hashOf, type Json, toJson } from '../json.js';
import { Conflict, Forbidden, NotFound } from '../problem.js';
import { fromCursor, toPage } from '../schema/page.js';
import type { ApprovalQuery, ApprovalView, Approve } from './approvals.schema.js';
import { approvalDecisions, approvals } from './approvals.tables.js';

type Row = typeof approvals.$inferSelect;

/** What a kind of request does once it is approved. */
export type ApprovalDefinition<Payload> = {
  /** `<resource>.<verb>`, e.g. `kyc-case.approve`; unique. */
  action: string;
  /** Who may approve it (and read it). */
  permission: Permission;
  /** How many persons besides the maker have to approve; default 1. */
  required?: number;
  /** Days until the request lapses; default 7. */
  expiresInDays?: number;
  /** Plain JSON: what is stored, hashed, shown to the approvers and handed to `execute`. */
  payload: z.ZodType<Payload, Payload>;
  /** Runs once, in the transaction of the last approval; a Problem thrown here undoes that approval. Its result is kept with the request. */
  execute: (payload: Payload, approval: { id: string; subject: string; makerId: string; approver: Actor }) => Promise<unknown>;
};

export type ApprovalRequest<Payload> = { payload: Payload; subject: string; actor: Actor };

export type Approval<Payload> = {
  /** Asks for approval, in the ambient transaction.
   *  @throws Conflict APPROVAL_UNDERSTAFFED when nobody else could approve it */
  request(request: ApprovalRequest<Payload>): Promise<ApprovalView>;
  /** Changes a pending request; approvals given so far are void. Only its maker may. */
  amend(id: string, payload: Payload, actor: Actor): Promise<ApprovalView>;
};

// biome-ignore lint/suspicious/noExplicitAny: definitions of every payload type live in one registry; each checks its own payload with its schema
type AnyDefinition = ApprovalDefinition<any>;

const DAY_MS = 86_400_000;

/** Four eyes: what one person requests takes effect when others approve exactly that. Persons count, not accounts or wallets. */
@Injectable()
export class Approvals {
  private readonly definitions = new Map<string, AnyDefinition>();

  constructor(
    private readonly database: Database,
    private readonly persons: People,
    private readonly audit: Audit,
  ) {}

  /** Defines a kind of request; call it while the application is being built (in a service's constructor). */
  define<Payload>(definition: ApprovalDefinition<Payload>): Approval<Payload> {
    if (this.definitions.has(definition.action)) throw new Error(`The approval ${definition.action} is defined twice.`);
    this.definitions.set(definition.action, definition);
    return {
      request: (request) => this.request(definition, request),
      amend: (id, payload, actor) => this.amend(definition, id, payload, actor),
    };
  }

  async list({ limit, cursor, status, subject }: ApprovalQuery, actor: Actor): Promise<{ items: ApprovalView[]; next: string | null }> {
    const before = fromCursor(cursor);
    const rows = await this.database.query
      .select()
      .from(approvals)
      .where(
        and(
          this.visibleTo(actor),
          before ? lt(approvals.id, before) : undefined,
          status ? eq(approvals.status, status) : undefined,
          subject ? eq(approvals.subject, subject) : undefined,
        ),
      )
      .orderBy(desc(approvals.id))
      .limit(limit + 1);
    const found = toPage(rows, limit, (row) => row.id);
    return { items: await this.views(found.items), next: found.next };
  }

  /** @throws NotFound APPROVAL_NOT_FOUND, also when it is not for this actor to see */
  async get(id: string, actor: Actor): Promise<ApprovalView> {
    const [row] = await this.database.query
      .select()
      .from(approvals)
      .where(and(eq(approvals.id, id), this.visibleTo(actor)));
    if (!row) throw notFound();
    return this.view(row);
  }

  /** Approves what the actor saw (`payloadHash`); the last approval needed carries the request out. */
  async approve(id: string, { payloadHash, reason }: Approve, actor: Actor): Promise<ApprovalView> {
    return this.database.transaction(async () => {
      const row = await this.lockPending(id, actor);
      const definition = this.decidable(row, actor);
      if (payloadHash !== row.payloadHash) {
        throw new Conflict('APPROVAL_CHANGED', {
          detail: 'The request is not the one you saw.',
          remedy: 'Read it again and approve that.',
        });
      }
      if (hashOf(row.payload) !== row.payloadHash) {
        throw new Conflict('APPROVAL_TAMPERED', 'The stored payload does not match its hash: the request cannot be approved.');
      }
      await this.decide(row, actor, 'APPROVED', reason);
      await this.record('approval.approved', row, actor, { payloadHash, version: row.version });
      if ((await this.countApprovals(row, definition.permission)) < row.required) return this.view(row);
      return this.execute(row, definition, actingIn(actor, row.tenantId));
    });
  }

  /** One rejection ends the request. */
  async reject(id: string, reason: string, actor: Actor): Promise<ApprovalView> {
    return this.database.transaction(async () => {
      const row = await this.lockPending(id, actor);
      this.decidable(row, actor);
      await this.decide(row, actor, 'REJECTED', reason);
      await this.record('approval.rejected', row, actor, { reason });
      return this.view(await this.close(row, 'REJECTED'));
    });
  }

  /** The maker withdraws the request. */
  async cancel(id: string, actor: Actor): Promise<ApprovalView> {
    return this.database.transaction(async () => {
      const row = await this.lockPending(id, actor);
      this.makerOnly(row, actor);
      await this.record('approval.cancelled', row, actor, {});
      return this.view(await this.close(row, 'CANCELLED'));
    });
  }

  private async request<Payload>(
    definition: ApprovalDefinition<Payload>,
    { payload, subject, actor }: ApprovalRequest<Payload>,
  ): Promise<ApprovalView> {
    const required = definition.required ?? 1;
    await this.assertStaffed(definition, required, actor);
    const json = toJson(definition.payload.parse(payload));
    return this.database.transaction(async () => {
      const [row] = await this.database.query
        .insert(approvals)
        .values({
          id: uuidv7(),
          tenantId: actor.tenantId,
          action: definition.action,
          subject,
          payload: json,
          payloadHash: hashOf(json),
          makerId: actor.personId,
          required,
          expiresAt: new Date(Date.now() + (definition.expiresInDays ?? 7) * DAY_MS),
        })
        .returning();
      if (!row) throw new Error('The request was not stored.');
      await this.record('approval.requested', row, actor, { action: row.action, payloadHash: row.payloadHash, required });
      return this.view(row);
    });
  }

  private async amend<Payload>(definition: ApprovalDefinition<Payload>, id: string, payload: Payload, actor: Actor): Promise<ApprovalView> {
    const json = toJson(definition.payload.parse(payload));
    return this.database.transaction(async () => {
      const row = await this.lockPending(id, actor);
      if (row.action !== definition.action) throw notFound();
      this.makerOnly(row, actor);
      const [changed] = await this.database.query
        .update(approvals)
        .set({ payload: json, payloadHash: hashOf(json), version: row.version + 1 })
        .where(eq(approvals.id, id))
        .returning();
      if (!changed) throw notFound();
      await this.record('approval.amended', changed, actor, { from: row.payloadHash, to: changed.payloadHash, version: changed.version });
      return this.view(changed);
    });
  }

  private async execute(row: Row, definition: AnyDefinition, approver: Actor): Promise<ApprovalView> {
    const payload: unknown = definition.payload.parse(row.payload);
    const result = toJson(await definition.execute(payload, { id: row.id, subject: row.subject, makerId: row.makerId, approver }));
    await this.record('approval.executed', row, approver, { action: row.action, payloadHash: row.payloadHash });
    return this.view(await this.close(row, 'EXECUTED', result));
  }

  /** Serialises everybody who decides about the same request. */
  private async lockPending(id: string, actor: Actor): Promise<Row> {
    const [row] = await this.database.query
      .select()
      .from(approvals)
      .where(and(eq(approvals.id, id), this.visibleTo(actor)))
      .for('update');
    if (!row) throw notFound();
    if (row.status !== 'PENDING') throw new Conflict('APPROVAL_CLOSED', `The request is ${row.status.toLowerCase()} already.`);
    if (row.expiresAt.getTime() <= Date.now())
      throw new Conflict('APPROVAL_EXPIRED', { detail: 'The request has lapsed.', remedy: 'Make a new one.' });
    return row;
  }

  private decidable(row: Row, actor: Actor): AnyDefinition {
    if (row.makerId === actor.personId) throw new Forbidden('APPROVAL_OWN_REQUEST', 'Nobody decides about their own request.');
    const definition = this.definitions.get(row.action);
    if (!definition) throw new Conflict('APPROVAL_UNKNOWN_ACTION', `This build does not know how to carry out ${row.action}.`);
    if (!allows(actor, definition.permission))
      throw new Forbidden('PERMISSION_DENIED', `None of your roles may decide about ${row.action}.`);
    return definition;
  }

  private makerOnly(row: Row, actor: Actor): void {
    if (row.makerId !== actor.personId)
      throw new Forbidden('APPROVAL_NOT_YOURS', 'Only the person who made the request may change or withdraw it.');
  }

  private async decide(row: Row, actor: Actor, decision: 'APPROVED' | 'REJECTED', reason?: string): Promise<void> {
    const { id: approvalId, makerId, version, payloadHash } = row;
    const given = await this.database.query
      .insert(approvalDecisions)
      .values({ approvalId, makerId, version, approverId: actor.personId, payloadHash, decision, reason: reason ?? null })
      .onConflictDoNothing()
      .returning();
    if (given.length === 0) throw new Conflict('APPROVAL_ALREADY_GIVEN', 'You have decided about this request already.');
  }

  /** Counts approvals of this very payload by persons who still have the permission. */
  private async countApprovals(row: Row, permission: Permission): Promise<number> {
    const [counted] = await this.database.query
      .select({ n: count() })
      .from(approvalDecisions)
      .innerJoin(people, eq(people.id, approvalDecisions.approverId))
      .where(
        and(
          eq(approvalDecisions.approvalId, row.id),
          eq(approvalDecisions.version, row.version),
          eq(approvalDecisions.payloadHash, row.payloadHash),
          eq(approvalDecisions.decision, 'APPROVED'),
          sql`${people.roles} && ${sql.param([...rolesWith(permission)])}::text[]`,
        ),
      );
    return counted?.n ?? 0;
  }

  private async close(row: Row, status: 'EXECUTED' | 'REJECTED' | 'CANCELLED', result: Json | null = null): Promise<Row> {
    const [closed] = await this.database.query
      .update(approvals)
      .set({ status, result, decidedAt: new Date() })
      .where(and(eq(approvals.id, row.id), eq(approvals.status, 'PENDING')))
      .returning();
    if (!closed) throw new Conflict('APPROVAL_CLOSED', 'The request was closed in the meantime.');
    return closed;
  }

  private async assertStaffed({ action, permission }: AnyDefinition, required: number, actor: Actor): Promise<void> {
    const able = await this.persons.withRoles(rolesWith(permission));
    const others = able.filter(
      (person) =>
        person.id !== actor.personId &&
        allows(person, permission) &&
        isStaffOf({ ...person, reach: reachOf(person, permission) }, actor.tenantId),
    );
    if (others.length >= required) return;
    throw new Conflict('APPROVAL_UNDERSTAFFED', {
      detail: `${action} needs ${required} approving person(s) besides you, there are ${others.length}.`,
      remedy: `Give one of the roles ${rolesWith(permission).join(', ')} to somebody else.`,
    });
  }

  private record(action: string, row: Row, actor: Actor, payload: Json): Promise<string> {
    return this.audit.append({ actor: actingIn(actor, row.tenantId), action, subject: `approval:${row.id}`, payload, decisionId: row.id });
  }

  /** Its maker, those who may decide about it, and auditors. */
  private visibleTo(actor: Actor) {
    const reached = scope(actor, approvals.tenantId);
    if (actor.roles.includes('AUDITOR')) return reached;
    const actions = [...this.definitions.values()].filter(({ permission }) => allows(actor, permission)).map(({ action }) => action);
    return and(reached, or(eq(approvals.makerId, actor.personId), actions.length > 0 ? inArray(approvals.action, actions) : undefined));
  }

  private async view(row: Row): Promise<ApprovalView> {
    const [view] = await this.views([row]);
    if (!view) throw notFound();
    return view;
  }

  private async views(rows: Row[]): Promise<ApprovalView[]> {
    if (rows.length === 0) return [];
    const ids = rows.map((row) => row.id);
    const decisions = await this.database.query
      .select()
      .from(approvalDecisions)
      .where(inArray(approvalDecisions.approvalId, ids))
      .orderBy(asc(approvalDecisions.at));
    return rows.map((row) => ({ ...row, decisions: decisions.filter((decision) => decision.approvalId === row.id) }));
  }
}

function notFound(): NotFound {
  return new NotFound('APPROVAL_NOT_FOUND', 'There is no such request.');
}
