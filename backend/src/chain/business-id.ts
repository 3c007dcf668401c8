import { type Address, concat, type Hex, keccak256, slice, stringToHex } from 'viem';

/** Identifier under which a contract knows a piece of business of a token: the token's address, then 12 bytes of a hash of the business
 *  key, so that nobody can take another token's identifiers. */
export function businessId(token: Address, businessKey: string): Hex {
  return concat([token.toLowerCase() as Address, slice(keccak256(stringToHex(businessKey)), 0, 12)]);
}

/** 32-byte hash of a business key. */
export function businessHash(businessKey: string): Hex {
  return keccak256(stringToHex(businessKey));
}
