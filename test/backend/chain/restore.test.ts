import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { localSender } from '../../../backend/src/local/accounts.js';
import { localStaff } from '../../../backend/src/local/people.js';
import { projectRoot } from '../../../backend/src/platform/project.js';
import { type Answer, Api } from '../support/api.js';
import { type RunningApp, startApp } from '../support/app.js';
import type { TestDatabase } from '../support/database.js';
import { administer, withDatabase } from '../support/global-setup.js';
import { approvedDistribution, bringInstrument, bringInvestor, give, members, POOL, sell } from '../support/market.js';
import { type Platform, startPlatform, until } from '../support/platform.js';
import { isSent } from '../support/pool.js';
import { compile } from './processes.js';

let platform: Platform;
let folder: string;
let environment: Record<string, string>;
let running: RunningApp | undefined;
let issuer: Api;
let restored: TestDatabase;
let fund: Answer['body'];
let investors: Awaited<ReturnType<typeof bringInvestor>>[];
/** When the backup is made: one is being paid, one is funded, one is approved. */
let paying: { id: string };
let funded: { id: string };
let approved: { id: string };

beforeAll(async () => {
  compile();
  platform = await startPlatform(new Date('2026-01-05T00:00:00Z'));
  ({ issuer } = platform.staff);
  folder = mkdtempSync(join(tmpdir(), 'muniment-restore-'));
  const manifestFile = join(folder, 'deployment.json');
  writeFileSync(
    manifestFile,
    JSON.stringify(platform.deployment, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
  );
  environment = { RPC_URL: platform.rpcUrl, DEPLOYMENT_FILE: manifestFile, STAFF: JSON.stringify(localStaff()) };
  const staff = await members(platform);
  fund = await bringInstrument(staff, 'RESTORE');
  investors = [await bringInvestor(platform, staff, 'anna'), await bringInvestor(platform, staff, 'mei')];
  await sell(
    platform,
    fund.id,
    investors.map((investor) => [investor, '60']),
  );
  // Enough to be asked for the third once more after the restore; it must be left over.
  await give(platform, localSender('payer'), 4n * POOL);
  paying = await approvedDistribution(platform, fund.id);
  funded = await approvedDistribution(platform, fund.id);
  approved = await approvedDistribution(platform, fund.id);
  for (const each of [paying, funded]) {
    await issuer.post(`${pathOf(each)}/fund`);
    await reaches(each, 'FUNDED');
  }
});
afterAll(async () => {
  await running?.close({ keepDatabase: true });
  await platform?.close();
  await restored?.drop();
  rmSync(folder, { recursive: true, force: true });
});

const pathOf = ({ id }: { id: string }): string => `/v1/distributions/${id}`;
const reaches = (distribution: { id: string }, wanted: string): Promise<Answer['body']> =>
  until(issuer, pathOf(distribution), ({ state }) => state === wanted);

async function start(database: TestDatabase): Promise<RunningApp> {
  running = await startApp({ environment, database });
  issuer = new Api(running.api.url, platform.staff.issuer.token);
  return running;
}
async function stop(): Promise<void> {
  await running?.close({ keepDatabase: true });
  running = undefined;
}

/** Everybody's money, and how many transactions the payer has sent. */
async function books(): Promise<unknown> {
  const owners = [...investors.map(({ account }) => account.address), localSender('payer'), platform.deployment.contracts.distributor];
  const money = await Promise.all(owners.map((owner) => platform.money(owner)));
  return { money, payments: await platform.client.getTransactionCount({ address: localSender('payer') }) };
}

async function copyOf(database: TestDatabase): Promise<TestDatabase> {
  const { url } = inject('postgres');
  const name = `muniment_restored_${process.pid}`;
  await administer(url, `create database ${name} template ${new URL(database.url).pathname.slice(1)}`);
  return { url: withDatabase(url, name), drop: () => administer(url, `drop database if exists ${name} with (force)`) };
}

it('a database that was restored in the middle of three distributions pays nobody again', async () => {
  const original = platform.running.database;
  await platform.client.setAutomine(false);
  await issuer.post(`${pathOf(paying)}/pay`);
  await isSent(platform, `pay:${paying.id}:0`);
  await platform.running.app.close();
  platform.running.app.close = async () => {};
  restored = await copyOf(original);
  await platform.client.setAutomine(true);
  await platform.client.mine({ blocks: 1 });

  // Life goes on, to the end of all three.
  await start(original);
  await reaches(paying, 'COMPLETED');
  await issuer.post(`${pathOf(funded)}/pay`);
  await reaches(funded, 'COMPLETED');
  await issuer.post(`${pathOf(approved)}/fund`);
  await reaches(approved, 'FUNDED');
  await issuer.post(`${pathOf(approved)}/pay`);
  await reaches(approved, 'COMPLETED');
  await stop();
  const before = await books();

  // The old copy notices, and nobody sends.
  const old = await start(restored);
  expect((await old.api.get('/health')).status).toBe(503);
  const admin = new Api(old.api.url, platform.staff.admin.token);
  expect((await admin.get('/v1/health/chain')).body.troubles.join()).toContain('it was restored, or the key is used elsewhere');
  expect((await issuer.get(pathOf(funded))).body.state).toBe('FUNDED');
  await issuer.post(`${pathOf(approved)}/fund`);
  await stop();
  expect(await books()).toEqual(before);

  const recovery = spawnSync(process.execPath, ['dist/backend/src/chain-recover.js'], {
    cwd: projectRoot,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, NODE_ENV: 'test', DATABASE_URL: restored.url, ...environment },
  });
  expect([recovery.status, recovery.stderr]).toEqual([0, '']);
  expect(recovery.stdout).toMatch(/payer \(0x[0-9a-fA-F]{40}\): [1-9]\d* transactions recovered/);

  await start(restored);
  await reaches(paying, 'COMPLETED');
  await issuer.post(`${pathOf(funded)}/pay`);
  await reaches(funded, 'COMPLETED');
  await reaches(approved, 'FUNDED');
  await issuer.post(`${pathOf(approved)}/pay`);
  await reaches(approved, 'COMPLETED');
  expect(await books()).toEqual(before);
  for (const { id } of [paying, funded, approved]) {
    const page = await until(issuer, `/v1/entitlements?distributionId=${id}`, ({ items }) =>
      items.every(({ state }: { state: string }) => state === 'PAID'),
    );
    expect(page.items).toHaveLength(2);
  }
  const auditor = new Api(issuer.url, platform.staff.auditor.token);
  const proof = await auditor.post('/v1/proof', undefined, { key: null });
  expect(proof.body).toMatchObject({
    status: 'AGREES',
    invariants: { I2: { unknown: 0 }, I3: { gaps: 0, unsent: 0 }, I5: { differing: 0 } },
  });
});
