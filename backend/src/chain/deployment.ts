import { readFileSync } from 'node:fs';
import type { Address } from 'viem';
import { z } from 'zod';
import { ConfigError } from '../platform/config.js';
import { Bytes32, WalletAddress } from '../platform/schema/fields.js';
import type { ContractKind } from './abis.js';

/** The shared contracts of a chain, by name, and what they are to the projector. */
export const INFRASTRUCTURE = {
  accessManager: 'OTHER',
  identityStorage: 'IDENTITY_STORAGE',
  identityFactory: 'OTHER',
  tokenFactory: 'TOKEN_FACTORY',
  offering: 'OFFERING',
  distributor: 'DISTRIBUTOR',
  quorumFeed: 'QUORUM_FEED',
  valuationGuard: 'OTHER',
  marketCalendar: 'OTHER',
  valuationRegistry: 'OTHER',
  feedProxy: 'OTHER',
  appraisalNavOracle: 'OTHER',
  appraisalSource: 'OTHER',
  dealing: 'DEALING',
  stablecoin: 'OTHER',
  countryAllow: 'OTHER',
  maximumBalance: 'OTHER',
  lockup: 'OTHER',
  supplyLimit: 'OTHER',
} as const satisfies Record<string, ContractKind>;
export type InfrastructureName = keyof typeof INFRASTRUCTURE;

/** Manifest of a deployment. `genesisHash` says for which chain it holds; `version` is a hash of all creation code. */
export const Deployment = z.strictObject({
  chainId: z.number().int().positive(),
  genesisHash: Bytes32,
  version: Bytes32,
  /** First block that may hold events of these contracts. */
  fromBlock: z.coerce.bigint(),
  contracts: z.record(z.enum(Object.keys(INFRASTRUCTURE) as [InfrastructureName, ...InfrastructureName[]]), WalletAddress),
});
export type Deployment = Omit<z.infer<typeof Deployment>, 'contracts'> & { contracts: Record<InfrastructureName, Address> };

/** @throws ConfigError when the file is missing or no manifest */
export function readDeployment(file: string): Deployment {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new ConfigError(`The deployment manifest ${file} cannot be read.`);
  }
  const result = Deployment.safeParse(JSON.parse(text));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new ConfigError(`The deployment manifest ${file} is wrong at ${issue?.path.join('.') || 'its top'}: ${issue?.message}.`);
}
