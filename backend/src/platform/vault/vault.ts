import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { eq, sql } from 'drizzle-orm';
import { Config } from '../config.js';
import { Database } from '../database/database.js';
import { NotFound } from '../problem.js';
import { vaultKeys } from './vault.tables.js';

const VERSION = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Personal data at rest: AES-256-GCM under a data key of the subject (a party id), which is wrapped by the key-encryption key of the
 *  settings. Subject and field are authenticated, so a ciphertext moved to another row or column does not open. */
@Injectable()
export class Vault {
  private readonly wrappingKey: Buffer;
  private readonly indexKey: Buffer;

  constructor(
    private readonly database: Database,
    @Inject(Config) config: Config,
  ) {
    this.wrappingKey = derive(config.vaultKey, 'wrap');
    this.indexKey = derive(config.vaultKey, 'blind index');
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
    await this.database.query.update(vaultKeys).set({ wrapped: null, destroyedAt: sql`now()` }).where(eq(vaultKeys.subject, subject));
  }

  /** A keyed hash for finding equal values of an encrypted field (normalise the value first). Drop it on erasure. */
  blindIndex(field: string, value: string): string {
    return createHmac('sha256', this.indexKey).update(`${field}|${value}`).digest('hex');
  }

  private async keyOf(subject: string, make: boolean): Promise<Buffer> {
    const name = `key|${subject}|${VERSION}`;
    if (make) {
      const wrapped = encrypt(this.wrappingKey, randomBytes(32), name);
      await this.database.query.insert(vaultKeys).values({ subject, wrapped }).onConflictDoNothing();
    }
    const [row] = await this.database.query.select().from(vaultKeys).where(eq(vaultKeys.subject, subject));
    if (!row?.wrapped) throw new NotFound('VAULT_ERASED', 'The personal data of this subject were erased.');
    return decrypt(this.wrappingKey, row.wrapped, name);
  }
}

function derive(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `muniment vault ${purpose}`, 32));
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
