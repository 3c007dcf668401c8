import type { Deployment } from '../../chain/deployment.js';
import { staffAccounts } from '../people.js';
import { Member } from './client.js';
import { accountOf, CHARACTERS } from './people.js';
import type { World } from './world.js';

export type LogIn = { who: string; address: string; token: string };

/** Signs in somebody of each desk, so that the API can be tried at once. */
export async function logIns(url: string): Promise<LogIn[]> {
  const { issuer, officer, officer2 } = staffAccounts();
  const people = [
    { who: 'issuer (Ines Issuer)', account: issuer },
    { who: 'officer (Otto Officer)', account: officer },
    { who: 'officer (Olga Officer)', account: officer2 },
    { who: `investor (${CHARACTERS.anna.name})`, account: accountOf('anna') },
  ];
  return Promise.all(
    people.map(async ({ who, account }) => ({ who, address: account.address, token: (await Member.signIn(url, account)).token })),
  );
}

type SummaryRequest = {
  url: string;
  rpcUrl: string;
  databaseUrl: string;
  deployment: Deployment;
  world: World | undefined;
  members: LogIn[];
};

/** What there is, whom to log in as and where to look. */
export function summary({ url, rpcUrl, databaseUrl, deployment, world, members }: SummaryRequest): string {
  const { contracts } = deployment;
  const database = new URL(databaseUrl);
  const lines = [
    '',
    ...(world ? ['What happened', ...world.lines.map((line) => `  ${line}`), ''] : []),
    'Addresses',
    ...(world ? [`  ${world.fund.symbol.padEnd(22)}${world.fund.token}`, `  ${world.house.symbol.padEnd(22)}${world.house.token}`] : []),
    ...Object.entries(contracts).map(([name, address]) => `  ${name.padEnd(22)}${address}`),
    '',
    'Log in as (a token for the API each; the wallets are accounts of the public development mnemonic)',
    ...members.map(({ who, address, token }) => `  ${who.padEnd(24)}${address}  ${token}`),
    '',
    'Where to look',
    `  API and its page        ${url}/openapi`,
    `  Health                  ${url}/health`,
    `  Chain                   ${rpcUrl}`,
    `  Database                ${database.host}${database.pathname}`,
    ...(world && members[0]
      ? [
          `  Cap table               curl -H 'Authorization: Bearer ${members[0].token}' '${url}/v1/cap-tables?instrumentId=${world.house.id}'`,
        ]
      : []),
  ];
  return lines.join('\n');
}
