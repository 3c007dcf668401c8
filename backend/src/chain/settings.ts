import { type Address, bytesToHex, type Hex } from 'viem';
import { mnemonicToAccount, privateKeyToAddress } from 'viem/accounts';
import { type Config, ConfigError } from '../platform/config.js';
import { SENDER_ROLES, type SenderRole } from './signer.js';

export type ChainSettings = {
  /** Absent in tests that need no chain: then nothing is followed or sent, and whatever asks for it gets CHAIN_UNAVAILABLE. */
  rpcUrl: string | undefined;
  chainId: number;
  /** Manifest of the shared contracts. */
  deploymentFile: string | undefined;
  /** Blocks, the transaction's own included, after which a receipt is final. */
  confirmations: number;
  /** Blocks below the head that no reorganisation may reach. */
  finality: number;
  keys: Record<SenderRole, Hex>;
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
    chainId: config.chainId,
    deploymentFile: config.deploymentFile,
    confirmations: config.chainConfirmations ?? (local ? 1 : 3),
    finality: 64,
    keys: config.senderKeys || !local ? given(config.senderKeys ?? {}) : localKeys(),
    guardian: config.guardian ?? (local ? privateKeyToAddress(localKey(LOCAL_GUARDIAN)) : undefined),
    upgrader: config.upgrader ?? (local ? privateKeyToAddress(localKey(LOCAL_UPGRADER)) : undefined),
    pollMs: local ? 100 : 1_000,
    resendAfterMs: 30_000,
    bumpAfterMs: 60_000,
    lookEveryMs: 1_000,
    leaseMs: local ? 2_000 : 10_000,
    inFlight: 256,
  };
}

function given(keys: Record<string, string>): Record<SenderRole, Hex> {
  const missing = SENDER_ROLES.filter((role) => !keys[role]);
  if (missing.length) throw new ConfigError(`SENDER_KEYS has no private key for ${missing.join(', ')}.`);
  return keys as Record<SenderRole, Hex>;
}

function localKeys(): Record<SenderRole, Hex> {
  return Object.fromEntries(SENDER_ROLES.map((role, index) => [role, localKey(index + 1)])) as Record<SenderRole, Hex>;
}
