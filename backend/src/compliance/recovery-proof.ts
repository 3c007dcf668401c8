import { Injectable } from '@nestjs/common';
import type { Address, Hex } from 'viem';
import { securityTokenAbi } from '../../../contracts/generated/abi.js';
import { Contracts } from '../chain/contracts.js';
import type { TypedData } from './compliance.schema.js';

const TYPES = {
  Recovery: [
    { name: 'lostWallet', type: 'address' },
    { name: 'newWallet', type: 'address' },
    { name: 'identity', type: 'address' },
    { name: 'nonce', type: 'uint256' },
  ],
};

export type RecoveryParties = { token: Address; lostWallet: Address; newWallet: Address; identity: Address };

/** What a new wallet signs to show that it is in the investor's hand (ISecurityToken.proposeRecovery). */
@Injectable()
export class RecoveryProof {
  constructor(private readonly contracts: Contracts) {}

  async typedData({ token, lostWallet, newWallet, identity }: RecoveryParties): Promise<TypedData> {
    const [, name, version, chainId, verifyingContract] = await this.contracts.read({
      address: token,
      abi: securityTokenAbi,
      functionName: 'eip712Domain',
    });
    const nonce = await this.contracts.read({ address: token, abi: securityTokenAbi, functionName: 'nonces', args: [newWallet] });
    return {
      domain: { name, version, chainId: Number(chainId), verifyingContract },
      types: TYPES,
      primaryType: 'Recovery',
      message: { lostWallet, newWallet, identity, nonce: nonce.toString() },
    };
  }

  /** Also for contract wallets (EIP-1271), deployed or not (ERC-6492). */
  async isSigned(parties: RecoveryParties, signature: Hex): Promise<boolean> {
    const { domain, primaryType, message } = await this.typedData(parties);
    return this.contracts.publicClient
      .verifyTypedData({
        address: parties.newWallet,
        domain: { ...domain, verifyingContract: domain.verifyingContract as Address },
        types: TYPES,
        primaryType,
        message,
        signature,
      })
      .catch(() => false);
  }
}
