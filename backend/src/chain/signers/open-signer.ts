import type { Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import type { ChainSettings, KeyReference } from '../settings.js';
import { type KeyAccount, Signer } from '../signer.js';
import { vaultOpener } from './vault.js';

/** Opens every key where the settings say it is, and checks that it is the one they mean.
 *  @throws ConfigError with one sentence when a key is missing, out of reach or another one */
export async function openSigner(settings: ChainSettings): Promise<Signer> {
  const { signer } = settings;
  switch (signer.kind) {
    case 'local':
      return opened<Hex>(signer.keys, async (key) => privateKeyToAccount(key));
    case 'aws-kms': {
      // Loaded where it is used: it costs every other start 0.2 s.
      const { kmsOpener } = await import('./aws-kms.js');
      return opened<KeyReference>(signer.keys, kmsOpener(settings));
    }
    case 'vault':
      return opened<KeyReference>(signer.keys, vaultOpener(signer, settings));
  }
}

async function opened<T>(keys: Record<string, T>, open: (key: T) => Promise<KeyAccount>): Promise<Signer> {
  const accounts = await Promise.all(Object.entries(keys).map(async ([name, key]) => [name, await open(key)] as const));
  return new Signer(Object.fromEntries(accounts) as ConstructorParameters<typeof Signer>[0]);
}
