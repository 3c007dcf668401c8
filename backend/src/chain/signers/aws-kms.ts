import { createPublicKey } from 'node:crypto';
import { GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { secp256k1 } from '@noble/curves/secp256k1';
import {
  type Address,
  type Hex,
  hashTypedData,
  hexToBytes,
  isAddressEqual,
  keccak256,
  numberToHex,
  recoverAddress,
  type Signature,
  serializeSignature,
  serializeTransaction,
} from 'viem';
import { publicKeyToAddress } from 'viem/accounts';
import { ConfigError } from '../../platform/config.js';
import { Unavailable } from '../../platform/problem.js';
import type { ChainSettings, KeyReference } from '../settings.js';
import { type KeyAccount, SignatureMismatch } from '../signer.js';
import { Breaker } from './breaker.js';

const ATTEMPTS = 3;

/** Keys of the kind ECC_SECG_P256K1 that never leave AWS KMS. Region, credentials and endpoint are found as the AWS SDK always finds them. */
export function kmsOpener(settings: ChainSettings): (reference: KeyReference) => Promise<KeyAccount> {
  const client = new KMSClient({ maxAttempts: ATTEMPTS });
  return async (reference) => {
    const inTime = () => ({ abortSignal: AbortSignal.timeout(settings.signTimeoutMs) });
    const { PublicKey: publicKey } = await client
      .send(new GetPublicKeyCommand({ KeyId: reference.key }), inTime())
      .catch((error: unknown) => {
        throw new ConfigError(`AWS KMS does not show the key ${reference.key}: ${kindOf(error)}.`, { cause: error });
      });
    assertAddress(reference, publicKey);
    return remoteAccount(reference.address, settings, async (hash) => {
      const command = {
        KeyId: reference.key,
        Message: hexToBytes(hash),
        MessageType: 'DIGEST',
        SigningAlgorithm: 'ECDSA_SHA_256',
      } as const;
      return (await client.send(new SignCommand(command), inTime())).Signature;
    });
  };
}

function assertAddress({ key, address }: KeyReference, publicKey: Uint8Array | undefined): void {
  const found = addressOf(publicKey);
  if (!found) throw new ConfigError(`The key ${key} in AWS KMS is none of the kind ECC_SECG_P256K1.`);
  if (!isAddressEqual(found, address)) throw new ConfigError(`The key ${key} in AWS KMS is that of ${found}, not of ${address}.`);
}

/** @param spki SubjectPublicKeyInfo in DER */
function addressOf(spki: Uint8Array | undefined): Address | undefined {
  try {
    const {
      crv,
      x = '',
      y = '',
    } = createPublicKey({ key: Buffer.from(spki ?? []), format: 'der', type: 'spki' }).export({ format: 'jwk' });
    const hex = (coordinate: string): string => Buffer.from(coordinate, 'base64url').toString('hex');
    return crv === 'secp256k1' ? publicKeyToAddress(`0x04${hex(x)}${hex(y)}`) : undefined;
  } catch {
    return undefined;
  }
}

/** An account whose signatures are made elsewhere, and believed only when they recover to its address. */
function remoteAccount(address: Address, settings: ChainSettings, signDigest: (hash: Hex) => Promise<Uint8Array | undefined>): KeyAccount {
  const breaker = new Breaker(() => settings.signPauseMs);
  const sign = (hash: Hex): Promise<Signature> =>
    breaker
      .run(async () => toSignature(await signDigest(hash), hash, address))
      .catch((error: unknown) => {
        throw new Unavailable('SIGNER_UNAVAILABLE', {
          detail: `The key of ${address} does not sign: ${kindOf(error)}.`,
          remedy: 'It is tried again by itself; an operator looks at the key in AWS KMS.',
          cause: error,
        });
      });
  return {
    address,
    signTransaction: async (transaction) => serializeTransaction(transaction, await sign(keccak256(serializeTransaction(transaction)))),
    signTypedData: async (typedData) => serializeSignature(await sign(hashTypedData(typedData))),
  };
}

/** From DER to what the chain takes: s in the lower half of the order (EIP-2), and the parity that recovers to the address.
 *  @throws SignatureMismatch when none does, an Error of noble when it is no DER */
async function toSignature(der: Uint8Array | undefined, hash: Hex, address: Address): Promise<Signature> {
  const { r, s } = secp256k1.Signature.fromDER(der ?? new Uint8Array()).normalizeS();
  for (const yParity of [0, 1]) {
    const signature = { r: numberToHex(r, { size: 32 }), s: numberToHex(s, { size: 32 }), yParity };
    const recovered = await recoverAddress({ hash, signature }).catch(() => undefined);
    if (recovered && isAddressEqual(recovered, address)) return signature;
  }
  throw new SignatureMismatch('the signature is of another key');
}

/** What kind of trouble it is; what AWS or the network says besides names keys and hosts, which are not for whoever called the API. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name !== 'Error') return error.name;
  return 'code' in error ? String(error.code) : error.message;
}
