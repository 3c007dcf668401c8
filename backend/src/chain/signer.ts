import {
  type Address,
  type Hex,
  isAddressEqual,
  parseTransaction,
  recoverTransactionAddress,
  type TransactionSerializableEIP1559,
  type TransactionSerializedEIP1559,
  type TypedDataDefinition,
} from 'viem';
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';

/** Who sends or signs. Several roles may share an account; a production set-up gives each its own.
 *  - registrar: onboards and updates identities · claimIssuer: signs claims (off chain) and revokes them
 *  - seller: offerings, and signs orders · payer: distributions · snapshotter: record dates and documents
 *  - officer: freezes, forced transfers, recoveries, halts of feeds · admin: what AccessManager restricts
 *  - approver: held rounds of a feed and rounds taken out of use; a key that neither signs nor transmits for it */
export const SENDER_ROLES = ['registrar', 'claimIssuer', 'seller', 'payer', 'snapshotter', 'officer', 'admin', 'approver'] as const;
export type SenderRole = (typeof SENDER_ROLES)[number];

/** Holder of the keys. An adapter returns a signature or throws; it never falls back to another key. */
export abstract class Signer {
  abstract addressOf(role: SenderRole): Address;
  abstract signTransaction(role: SenderRole, transaction: TransactionSerializableEIP1559): Promise<Hex>;
  abstract signTypedData(role: SenderRole, typedData: TypedDataDefinition): Promise<Hex>;
}

/** Keys in memory, from the configuration. */
export class LocalSigner extends Signer {
  private readonly accounts: Record<SenderRole, PrivateKeyAccount>;

  constructor(keys: Record<SenderRole, Hex>) {
    super();
    this.accounts = Object.fromEntries(SENDER_ROLES.map((role) => [role, privateKeyToAccount(keys[role])])) as Record<
      SenderRole,
      PrivateKeyAccount
    >;
  }

  addressOf(role: SenderRole): Address {
    return this.accounts[role].address;
  }

  signTransaction(role: SenderRole, transaction: TransactionSerializableEIP1559): Promise<Hex> {
    return this.accounts[role].signTransaction(transaction);
  }

  signTypedData(role: SenderRole, typedData: TypedDataDefinition): Promise<Hex> {
    return this.accounts[role].signTypedData(typedData);
  }
}

/** What a signer returned is not what was asked for; nothing of it may be kept or sent. */
export class SignatureMismatch extends Error {}

/** Checks signed bytes before they are persisted: recovered sender, chain id, nonce and payload.
 *  @throws SignatureMismatch */
export async function verifySigned(raw: Hex, sender: Address, wanted: TransactionSerializableEIP1559): Promise<void> {
  const signed = parseTransaction(raw as TransactionSerializedEIP1559);
  const recovered = await recoverTransactionAddress({ serializedTransaction: raw as TransactionSerializedEIP1559 });
  if (!isAddressEqual(recovered, sender)) throw new SignatureMismatch(`The signature is of ${recovered}, not of ${sender}.`);
  if (signed.chainId !== wanted.chainId) throw new SignatureMismatch(`Signed for chain ${signed.chainId}, not ${wanted.chainId}.`);
  if ((signed.nonce ?? 0) !== wanted.nonce) throw new SignatureMismatch(`Signed with nonce ${signed.nonce}, not ${wanted.nonce}.`);
  const same =
    signed.to?.toLowerCase() === wanted.to?.toLowerCase() &&
    (signed.data ?? '0x') === (wanted.data ?? '0x') &&
    (signed.value ?? 0n) === (wanted.value ?? 0n);
  if (!same) throw new SignatureMismatch('Target, data or value of the signed transaction is not what was asked for.');
}
