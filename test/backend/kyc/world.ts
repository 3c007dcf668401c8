import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { PrivateKeyAccount } from 'viem/accounts';
import { deployInfrastructure } from '../../../backend/src/local/deploy.js';
import { type Anvil, startAnvil } from '../support/anvil.js';
import { type Answer, type Api, randomAccount } from '../support/api.js';
import { type RunningApp, type StartAppOptions, startApp } from '../support/app.js';

export type Person = Awaited<ReturnType<Api['signIn']>>;
export type InvestorPerson = Person & { account: PrivateKeyAccount; investorId: string };

export type World = RunningApp & {
  anvil: Anvil;
  officer: Person;
  officer2: Person;
  issuer: Person;
  auditor: Person;
  /** Signs in with a new wallet and becomes an investor. */
  investor(details?: Record<string, unknown>): Promise<InvestorPerson>;
  /** Opens and submits a case and waits until the provider is asked. */
  submittedCase(investor: InvestorPerson): Promise<{ id: string; providerRef: string }>;
  /** Submits, completes the simulated verification, and waits for the officers' turn. */
  reviewableCase(investor: InvestorPerson): Promise<{ id: string; providerRef: string }>;
  /** The whole way to the approval, by two officers. */
  approve(investor: InvestorPerson, validUntil?: string): Promise<string>;
  /** Chain time plus so many days, RFC 3339. */
  inDays(days: number): Promise<string>;
  sql<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  stop(): Promise<void>;
};

/** The application on a chain of its own, with staff signed in; `contracts` puts the real ones on it first. */
export async function startWorld({ contracts = false, ...options }: StartAppOptions & { contracts?: boolean } = {}): Promise<World> {
  const anvil = await startAnvil();
  const folder = mkdtempSync(join(tmpdir(), 'muniment-kyc-'));
  const manifestFile = join(folder, 'deployment.json');
  if (contracts) await deployInfrastructure({ rpcUrl: anvil.url, manifestFile });
  const chain = { RPC_URL: anvil.url, ...(contracts ? { DEPLOYMENT_FILE: manifestFile } : {}) };
  const running = await startApp({ ...options, environment: { ...chain, ...options.environment } });
  const pool = new pg.Pool({ connectionString: running.database.url, max: 2 });
  const [officer, officer2, issuer, auditor] = await Promise.all(
    (['officer', 'officer2', 'issuer', 'auditor'] as const).map((name) => running.api.signIn(running.staff[name])),
  );
  if (!officer || !officer2 || !issuer || !auditor) throw new Error('Staff could not sign in.');

  const world: World = {
    ...running,
    anvil,
    officer,
    officer2,
    issuer,
    auditor,
    investor: async (details = {}) => {
      const account = randomAccount();
      const person = await running.api.signIn(account);
      const body = { kind: 'PERSON', legalName: 'Ada Lindqvist', country: 'SE', taxCountry: 'SE', dateOfBirth: '1980-12-10', ...details };
      const created = expectStatus(await person.post('/v1/investors', body), 201);
      return Object.assign(person, { account, investorId: created.body.id as string });
    },
    submittedCase: async (investor) => {
      const { body } = expectStatus(await investor.post('/v1/kyc-cases', { investorId: investor.investorId }), 201);
      expectStatus(await investor.post(`/v1/kyc-cases/${body.id}/submit`), 202);
      const started = await until(
        () => investor.get(`/v1/kyc-cases/${body.id}`),
        (answer) => answer.body.status === 'PROVIDER_PENDING',
      );
      return { id: body.id, providerRef: started.body.providerRef };
    },
    reviewableCase: async (investor) => {
      const found = await world.submittedCase(investor);
      expectStatus(await investor.post(`/v1/simulator/verifications/${found.providerRef}/complete`), 202);
      await until(
        () => officer.get(`/v1/kyc-cases/${found.id}`),
        (a) => ['IN_REVIEW', 'ESCALATED'].includes(a.body.status),
      );
      return found;
    },
    approve: async (investor, validUntil) => {
      const { id } = await world.reviewableCase(investor);
      const recommendation = { decision: 'APPROVE', riskRating: 'LOW', note: 'Documents and screening are clear.' };
      expectStatus(await officer.post(`/v1/kyc-cases/${id}/recommend`, recommendation), 200);
      const approval = { reason: 'Agreed with the recommendation.', validUntil: validUntil ?? (await world.inDays(365)) };
      expectStatus(await officer2.post(`/v1/kyc-cases/${id}/approve`, approval), 200);
      return id;
    },
    inDays: async (days) => {
      const block = await rpc<{ timestamp: string }>(anvil.url, 'eth_getBlockByNumber', ['latest', false]);
      return new Date((Number(block.timestamp) + days * 86_400) * 1000).toISOString();
    },
    sql: async <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []) => (await pool.query<Row>(text, values)).rows,
    stop: async () => {
      await pool.end();
      await running.close();
      await anvil.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return world;
}

export function expectStatus(answer: Answer, status: number): Answer {
  if (answer.status !== status) throw new Error(`Expected ${status}, got ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer;
}

/** Asks again until the answer is the wanted one. */
export async function until<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean, timeoutMs = 30_000): Promise<T> {
  const giveUp = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    if (Date.now() > giveUp) throw new Error(`Not within ${timeoutMs} ms; the last answer was ${JSON.stringify(answer)}`);
    await sleep(50);
  }
}

export async function rpc<T>(url: string, method: string, params: unknown[] = []): Promise<T> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const { result, error } = (await response.json()) as { result: T; error?: { message: string } };
  if (error) throw new Error(error.message);
  return result;
}
