import { type Address, bytesToHex, type Hex } from 'viem';
import { mnemonicToAccount, privateKeyToAddress } from 'viem/accounts';
import { type Config, ConfigError } from '../platform/config.js';
import { SENDER_ROLES, type SenderRole } from './signer.js';

/** Where a remote key is, and the address it must have. */
export type KeyReference = { key: string; address: Address };

/** By sender role; under a name that begins with `retiring`, a key that only finishes what it began. */
type Keys<T> = Record<SenderRole, T> & Record<string, T>;

export type SignerSettings =
  | { kind: 'local'; keys: Keys<Hex> }
  | { kind: 'aws-kms'; keys: Keys<KeyReference> }
  | { kind: 'vault'; keys: Keys<KeyReference>; url: string; token: string };

export type ChainSettings = {
  /** Absent in tests that need no chain: then nothing is followed or sent, and whatever asks for it gets CHAIN_UNAVAILABLE. */
  rpcUrl: string | undefined;
  /** A second node, of somebody else, that is asked whether it has the same final blocks. */
  witnessUrl: string | undefined;
  chainId: number;
  /** Manifest of the shared contracts. */
  deploymentFile: string | undefined;
  /** Blocks, the transaction's own included, after which a receipt is final. */
  confirmations: number;
  /** Blocks below the head that no reorganisation may reach. */
  finality: number;
  signer: SignerSettings;
  /** Longest wait for a signature of a remote key. */
  signTimeoutMs: number;
  /** How long a remote key that failed again and again is left alone. */
  signPauseMs: number;
  /** May cancel what is scheduled on chain. */
  guardian: Address | undefined;
  /** May upgrade a token and replace its parts, after the delay. */
  upgrader: Address | undefined;
  /** How often the chain is asked when nothing happens. */
  pollMs: number;
  /** The same bytes are sent again after this long without a receipt. */
  resendAfterMs: number;
  /** The next transaction in line gets a higher fee after this long without a receipt. */
  bumpAfterMs: number;
  /** Time between two looks at a nonce that someone else seems to have used. */
  lookEveryMs: number;
  /** How long a silent process keeps a sender to itself. */
  leaseMs: number;
  /** Most transactions of one sender that wait for a receipt at a time. */
  inFlight: number;
  /** How often the register is compared with the chain. */
  reconcileMs: number;
};

/** Inject with `@Inject(ChainSettings) settings: ChainSettings`. */
export const ChainSettings = Symbol('ChainSettings');

const LOCAL_CHAIN_ID = 31337;
/** Accounts of the development mnemonic. */
export const LOCAL_GUARDIAN = 17;
export const LOCAL_UPGRADER = 9;
const LOCAL_MNEMONIC = 'test test test test test test test test test test test junk';

/** Private key of the well-known development mnemonic: 0 deploys, 1 to 8 are the sender roles in their order. */
export function localKey(index: number): Hex {
  const { privateKey } = mnemonicToAccount(LOCAL_MNEMONIC, { addressIndex: index }).getHdKey();
  if (!privateKey) throw new Error('The development mnemonic gives no private key.');
  return bytesToHex(privateKey);
}

/** @throws ConfigError when a sender role has no key */
export function chainSettings(config: Config): ChainSettings {
  const local = config.chainId === LOCAL_CHAIN_ID && !config.production;
  return {
    rpcUrl: config.rpcUrl,
    witnessUrl: config.rpcWitnessUrl,
    chainId: config.chainId,
    deploymentFile: config.deploymentFile,
    confirmations: config.chainConfirmations ?? (local ? 1 : 3),
    finality: 64,
    signer: signerSettings(config.signer, local),
    signTimeoutMs: 5_000,
    signPauseMs: 10_000,
    guardian: config.guardian ?? (local ? privateKeyToAddress(localKey(LOCAL_GUARDIAN)) : undefined),
    upgrader: config.upgrader ?? (local ? privateKeyToAddress(localKey(LOCAL_UPGRADER)) : undefined),
    pollMs: local ? 100 : 1_000,
    resendAfterMs: local ? 2_000 : 30_000,
    bumpAfterMs: local ? 10_000 : 60_000,
    lookEveryMs: 1_000,
    leaseMs: local ? 2_000 : 10_000,
    inFlight: 256,
    reconcileMs: 60_000,
  };
}

function signerSettings(signer: Config['signer'], local: boolean): SignerSettings {
  if (signer.kind === 'local') {
    return {
      kind: 'local',
      keys: signer.keys || !local ? complete('SENDER_KEYS', (signer.keys ?? {}) as Record<string, Hex>) : localKeys(),
    };
  }
  return { ...signer, keys: complete('SENDER_ACCOUNTS', signer.keys) };
}

function complete<T>(variable: string, keys: Record<string, T>): Keys<T> {
  const missing = SENDER_ROLES.filter((role) => !keys[role]);
  if (missing.length) throw new ConfigError(`${variable} has no key for ${missing.join(', ')}.`);
  const unknown = Object.keys(keys).filter((name) => !SENDER_ROLES.some((role) => role === name) && !name.startsWith('retiring'));
  if (unknown.length) throw new ConfigError(`${variable} has keys for ${unknown.join(', ')}, which are no sender roles.`);
  return keys as Keys<T>;
}

function localKeys(): Keys<Hex> {
  return Object.fromEntries(SENDER_ROLES.map((role, index) => [role, localKey(index + 1)])) as Keys<Hex>;
}
