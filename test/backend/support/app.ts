import type { Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { PrivateKeyAccount } from 'viem/accounts';
import { loadConfig, type Role } from '../../../backend/src/platform/config.js';
import { createApp } from '../../../backend/src/platform/create-app.js';
import { Api, randomAccount } from './api.js';
import { createTestDatabase, type TestDatabase } from './database.js';

export type StartAppOptions = {
  /** Environment variables on top of the harness' own. */
  environment?: Record<string, string>;
  /** Further modules, e.g. routes of the test. */
  modules?: Type[];
  /** Continue on this database instead of a new one. */
  database?: TestDatabase;
};

/** Staff with a wallet each: two persons a role, so that four-eyes can be played. */
export type Staff = Record<'issuer' | 'issuer2' | 'officer' | 'officer2' | 'officer3' | 'admin' | 'admin2' | 'auditor', PrivateKeyAccount>;

export type RunningApp = {
  app: NestFastifyApplication;
  database: TestDatabase;
  staff: Staff;
  /** The API as nobody; `await api.signIn(staff.officer)` gives it as somebody. */
  api: Api;
  /** Signs in with a fresh wallet: a new person with the role INVESTOR. */
  newInvestor(): Promise<Awaited<ReturnType<Api['signIn']>> & { account: PrivateKeyAccount }>;
  /** Ends the application; `keepDatabase` leaves its data for another start. */
  close(options?: { keepDatabase?: boolean }): Promise<void>;
};

const ROLES: Record<keyof Staff, Role> = {
  issuer: 'ISSUER',
  issuer2: 'ISSUER',
  officer: 'OFFICER',
  officer2: 'OFFICER',
  officer3: 'OFFICER',
  admin: 'ADMIN',
  admin2: 'ADMIN',
  auditor: 'AUDITOR',
};

const staff = Object.fromEntries(Object.keys(ROLES).map((name) => [name, randomAccount()])) as Staff;

/** The whole application on a free port and a database of its own. */
export async function startApp({ environment = {}, modules = [], database }: StartAppOptions = {}): Promise<RunningApp> {
  const own = database ?? (await createTestDatabase());
  const config = loadConfig({
    NODE_ENV: 'test',
    DATABASE_URL: own.url,
    PUBLIC_URL: 'http://localhost:3000',
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'fatal',
    RATE_LIMIT_REQUESTS: '1000000',
    RATE_LIMIT_WRITES: '1000000',
    RATE_LIMIT_SIGN_IN: '1000000',
    RATE_LIMIT_WEBHOOKS: '1000000',
    RATE_LIMIT_UPLOADS: '1000000',
    RATE_LIMIT_EXPORTS: '1000000',
    STAFF: JSON.stringify(
      Object.entries(ROLES).map(([name, role]) => ({ wallet: staff[name as keyof Staff].address, name, roles: [role] })),
    ),
    ...environment,
  });
  const app = await createApp({ config, modules, migrate: false });
  await app.listen(0, '127.0.0.1');
  const api = new Api((await app.getUrl()).replace('[::1]', '127.0.0.1'));
  return {
    app,
    database: own,
    staff,
    api,
    newInvestor: async () => {
      const account = randomAccount();
      return Object.assign(await api.signIn(account), { account });
    },
    close: async ({ keepDatabase = false } = {}) => {
      await app.close();
      if (!keepDatabase) await own.drop();
    },
  };
}
