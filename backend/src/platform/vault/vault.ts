import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Config, ConfigError } from '../config.js';
import { NotFound } from '../problem.js';
import { VaultKeys, type WrappedKey } from './vault-keys.js';

const VERSION = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const REWRAPPED_AT_ONCE = 500;
/** The subject whose data key makes keyed hashes: never destroyed, and the same whatever key wraps it. */
const INDEX = 'vault:index';

type WrappingKey = { id: string; key: Buffer };

/** Personal data at rest: AES-256-GCM under a data key of the subject (a party id), which is wrapped by the key-encryption key of the
 *  settings. Subject and field are authenticated, so a ciphertext moved to another row or column does not open. */
@Injectable()
export class Vault implements OnModuleInit {
  private readonly log = new Logger(Vault.name);
  /** The first one wraps; each opens what it has wrapped. */
  private readonly wrapping: [WrappingKey, ...WrappingKey[]];
  private indexKey: Buffer | undefined;

  constructor(
    private readonly keys: VaultKeys,
    @Inject(Config) { vaultKey, vaultKeyRetiring }: Config,
  ) {
    this.wrapping = [wrappingKey(vaultKey), ...(vaultKeyRetiring ? [wrappingKey(vaultKeyRetiring)] : [])];
  }

  /** Brings every data key under VAULT_KEY.
   *  @throws ConfigError when neither VAULT_KEY nor VAULT_KEY_RETIRING opens one of them */
  async onModuleInit(): Promise<void> {
    await this.keys.prepare();
    const [{ id }] = this.wrapping;
    let rewrapped = 0;
    for (let last = ''; ; ) {
      const batch = await this.keys.notWrappedBy(id, last, REWRAPPED_AT_ONCE);
      for (const key of batch) await this.keys.rewrap(key, this.wrap(key.subject, this.unwrap(key)));
      rewrapped += batch.length;
      last = batch.at(-1)?.subject ?? '';
      if (batch.length < REWRAPPED_AT_ONCE) break;
    }
    if (rewrapped > 0) this.log.log(`${rewrapped} data keys are wrapped by VAULT_KEY (${id}) now.`);
    this.indexKey = await this.keyOf(INDEX, true);
  }

  /** Encrypts one field of a subject; the subject's key is made on first use. */
  async seal(subject: string, field: string, plaintext: string): Promise<Buffer> {
    return encrypt(await this.keyOf(subject, true), Buffer.from(plaintext), `${subject}|${field}|${VERSION}`);
  }

  /** @throws NotFound VAULT_ERASED when the subject's key is destroyed or was never made; Error when the ciphertext is not this field's */
  async open(subject: string, field: string, sealed: Buffer): Promise<string> {
    return decrypt(await this.keyOf(subject, false), sealed, `${subject}|${field}|${VERSION}`).toString();
  }

  /** Erases a subject by destroying its key: whatever copy of its data exists stays unreadable. */
  async destroy(subject: string): Promise<void> {
    await this.keys.destroy(subject);
  }

  /** A keyed hash: for finding equal values of an encrypted field (normalise the value first, and drop it on erasure), or for comparing
   *  what must not be guessed from its hash. */
  blindIndex(field: string, value: string): string {
    if (!this.indexKey) throw new Error('The vault is not open yet.');
    return createHmac('sha256', this.indexKey).update(`${field}|${value}`).digest('hex');
  }

  private async keyOf(subject: string, make: boolean): Promise<Buffer> {
    const known = await this.keys.find(subject);
    if (known) return this.unwrap(known);
    if (make) await this.keys.add({ subject, ...this.wrap(subject, randomBytes(32)) });
    const made = make ? await this.keys.find(subject) : undefined;
    if (!made) throw new NotFound('VAULT_ERASED', 'The personal data of this subject were erased.');
    return this.unwrap(made);
  }

  private wrap(subject: string, key: Buffer): Pick<WrappedKey, 'wrapped' | 'wrappedBy'> {
    const [{ id, key: wrappingKey }] = this.wrapping;
    return { wrapped: encrypt(wrappingKey, key, contextOf(subject)), wrappedBy: id };
  }

  private unwrap({ subject, wrapped, wrappedBy }: WrappedKey): Buffer {
    for (const { id, key } of this.wrapping) {
      if (wrappedBy !== null && wrappedBy !== id) continue;
      try {
        return decrypt(key, wrapped, contextOf(subject));
      } catch {
        // What names no key may be wrapped by the other one.
      }
    }
    throw new ConfigError(
      `A data key is wrapped by ${wrappedBy ?? 'a key'} that is neither VAULT_KEY nor VAULT_KEY_RETIRING: start with the key it was wrapped by.`,
    );
  }
}

const contextOf = (subject: string): string => `key|${subject}|${VERSION}`;

/** The id says which key it is, and nothing of it. */
function wrappingKey(secret: Buffer): WrappingKey {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'muniment vault wrap', 32));
  return { key, id: createHash('sha256').update(key).digest('hex').slice(0, 12) };
}

/** version (1) ‖ iv (12) ‖ tag (16) ‖ ciphertext */
function encrypt(key: Buffer, plaintext: Buffer, context: string): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([Buffer.from([VERSION]), iv, cipher.getAuthTag(), ciphertext]);
}

function decrypt(key: Buffer, sealed: Buffer, context: string): Buffer {
  if (sealed[0] !== VERSION) throw new Error(`A sealed value of version ${sealed[0]} cannot be opened.`);
  const iv = sealed.subarray(1, 1 + IV_BYTES);
  const tag = sealed.subarray(1 + IV_BYTES, 1 + IV_BYTES + TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(context)).setAuthTag(tag);
  return Buffer.concat([decipher.update(sealed.subarray(1 + IV_BYTES + TAG_BYTES)), decipher.final()]);
}
