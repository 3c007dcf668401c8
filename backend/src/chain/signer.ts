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
import { Unavailable } from '../platform/problem.js';

/** Who sends or signs. Several roles may share an account; a production set-up gives each its own.
 *  - registrar: onboards and updates identities · claimIssuer: signs claims (off chain) and revokes them
 *  - seller: offerings, and signs orders · payer: distributions · snapshotter: record dates and documents
 *  - officer: freezes, forced transfers, recoveries, halts of feeds · admin: what AccessManager restricts
 *  - approver: held rounds of a feed and rounds taken out of use; a key that neither signs nor transmits for it */
export const SENDER_ROLES = ['registrar', 'claimIssuer', 'seller', 'payer', 'snapshotter', 'officer', 'admin', 'approver'] as const;
export type SenderRole = (typeof SENDER_ROLES)[number];

/** One key, wherever it is kept: it gives its own account's signature or throws, and nothing stands in for it. */
export type KeyAccount = {
  readonly address: Address;
  signTransaction(transaction: TransactionSerializableEIP1559): Promise<Hex>;
  signTypedData(typedData: TypedDataDefinition): Promise<Hex>;
};

/** Holder of the keys: one for each role, and those that are being retired, which only finish what they began. */
export class Signer {
  private readonly byAddress: Map<Address, KeyAccount>;

  /** @param accounts by role; under any other name, an account that is being retired */
  constructor(private readonly accounts: Record<SenderRole, KeyAccount> & Record<string, KeyAccount>) {
    this.byAddress = new Map(Object.values(accounts).map((account) => [account.address, account]));
  }

  /** Who sends for a role from now on. */
  addressOf(role: SenderRole): Address {
    return this.accounts[role].address;
  }

  /** Every account whose key is here. */
  get addresses(): Address[] {
    return [...this.byAddress.keys()];
  }

  /** @throws Unavailable SIGNER_UNAVAILABLE */
  async signTransaction(sender: Address, transaction: TransactionSerializableEIP1559): Promise<Hex> {
    const account = this.byAddress.get(sender);
    if (!account) throw new Unavailable('SIGNER_UNAVAILABLE', `No key of ${sender} is configured.`);
    return account.signTransaction(transaction);
  }

  /** @throws Unavailable SIGNER_UNAVAILABLE */
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
