import { isAddressEqual } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { z } from 'zod';
import { ConfigError } from '../../platform/config.js';
import type { ChainSettings, KeyReference, SignerSettings } from '../settings.js';
import type { KeyAccount } from '../signer.js';

/** Answer of the key-value engine, version 2. */
const Secret = z.object({
  data: z.object({ data: z.object({ privateKey: z.templateLiteral(['0x', z.string().regex(/^[0-9a-fA-F]{64}$/)]) }) }),
});

/** Keys that HashiCorp Vault keeps in its key-value engine (version 2) and this process reads once, at its start. Vault's transit engine
 *  knows no secp256k1, so Vault itself cannot sign for Ethereum.
 *  Warning: nothing of an answer may get into an error or a log; it holds the key. */
export function vaultOpener(
  { url, token }: SignerSettings & { kind: 'vault' },
  { signTimeoutMs }: ChainSettings,
): (reference: KeyReference) => Promise<KeyAccount> {
  return async ({ key, address }) => {
    const path = `${url.replace(/\/$/, '')}/v1/${key}`;
    const options = { headers: { 'x-vault-token': token }, redirect: 'error', signal: AbortSignal.timeout(signTimeoutMs) } as const;
    const answer = await fetch(path, options).catch(() => {
      throw new ConfigError(`Vault at ${new URL(url).host} does not answer.`);
    });
    if (answer.status !== 200) throw new ConfigError(`Vault does not show ${key}: it answers ${answer.status}.`);
    const secret = Secret.safeParse(await answer.json().catch(() => undefined));
    if (!secret.success) throw new ConfigError(`Vault has no field privateKey of 32 bytes in hex with 0x at ${key}.`);
    const account = accountOf(secret.data.data.data.privateKey);
    if (account && isAddressEqual(account.address, address)) return account;
    throw new ConfigError(
      `The key ${key} in Vault is ${account ? `that of ${account.address}, not of ${address}` : 'no number that can be a key'}.`,
    );
  };
}

function accountOf(privateKey: `0x${string}`): ReturnType<typeof privateKeyToAccount> | undefined {
  try {
    return privateKeyToAccount(privateKey);
  } catch {
    return undefined;
  }
}
