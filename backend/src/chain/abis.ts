import type { Abi } from 'viem';
import * as generated from '../../../contracts/generated/abi.js';

/** What a contract is, by which its events are decoded. */
export type ContractKind =
  | 'TOKEN'
  | 'REGISTRY'
  | 'COMPLIANCE'
  | 'IDENTITY_STORAGE'
  | 'TOKEN_FACTORY'
  | 'OFFERING'
  | 'DISTRIBUTOR'
  | 'QUORUM_FEED'
  | 'DEALING'
  | 'OTHER';

/** ABI of each kind whose events are projected. `OTHER` is known by address only. */
export const abiOf: Record<Exclude<ContractKind, 'OTHER'>, Abi> = {
  TOKEN: generated.securityTokenAbi,
  REGISTRY: generated.identityRegistryAbi,
  COMPLIANCE: generated.complianceAbi,
  IDENTITY_STORAGE: generated.identityStorageAbi,
  TOKEN_FACTORY: generated.tokenFactoryAbi,
  OFFERING: generated.offeringAbi,
  DISTRIBUTOR: generated.distributorAbi,
  QUORUM_FEED: generated.quorumFeedAbi,
  DEALING: generated.dealingAbi,
};

type AbiError = Extract<Abi[number], { type: 'error' }>;

/** Custom errors of all our contracts: whichever of them reverts inside a call, its error can be read. */
export const errorAbi: AbiError[] = distinctErrors(Object.values<Abi>(generated));

function distinctErrors(abis: Abi[]): AbiError[] {
  const errors = abis.flat().filter((item): item is AbiError => item.type === 'error');
  return [...new Map(errors.map((error) => [`${error.name}(${error.inputs.map((input) => input.type)})`, error])).values()];
}
