import { type Address, encodePacked, type Hex, keccak256, type TypedDataDefinition } from 'viem';

/** Claim topics of this project; topic n has lane n − 1 of the investor word. */
export const TOPICS = { KYC: 1, AML: 2 } as const;

/** As contracts/interfaces/IIdentityStorage.sol has it. Times in unix seconds. */
export type Claim = {
  issuer: Address;
  identity: Address;
  topic: bigint;
  dataHash: Hex;
  issuedAt: number;
  validUntil: number;
  nonce: number;
};

const TYPES = {
  Claims: [{ name: 'claims', type: 'Claim[]' }],
  Claim: [
    { name: 'issuer', type: 'address' },
    { name: 'identity', type: 'address' },
    { name: 'topic', type: 'uint256' },
    { name: 'dataHash', type: 'bytes32' },
    { name: 'issuedAt', type: 'uint40' },
    { name: 'validUntil', type: 'uint40' },
    { name: 'nonce', type: 'uint16' },
  ],
} as const;

/** What an issuer signs: one signature over all claims, good for one storage on one chain. */
export function claimsTypedData(claims: readonly Claim[], chainId: number, identityStorage: Address): TypedDataDefinition {
  return {
    domain: { name: 'Muniment Identity', version: '1', chainId, verifyingContract: identityStorage },
    types: TYPES,
    primaryType: 'Claims',
    message: { claims },
  } as TypedDataDefinition;
}

/** @param salt 32 random bytes   @param evidence SHA-256 of what the claim rests on */
export function dataHashOf(salt: Hex, evidence: Hex): Hex {
  return keccak256(encodePacked(['bytes32', 'bytes32'], [salt, evidence]));
}

/** Nonce of the last claim in a topic's lane, 0 when there never was one (layout: contracts/identity/Eligibility.sol). */
export function laneNonce(investorWord: bigint, topic: number): number {
  const lane = (investorWord >> BigInt(44 * (topic - 1))) & ((1n << 44n) - 1n);
  return Number(lane >> 32n);
}
