import { mkdir, open, readFile, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Hex, isHex } from 'viem';
import { Lock } from '../lock.js';

/** The one transaction under way, on disk before it is sent: its signed bytes, and those of the same call at higher fees. In use by one
 *  process at a time, for two would drop each other's. */
export class TransactionFile {
  private constructor(
    private readonly path: string,
    private readonly lock: Lock,
  ) {}

  /** @throws when it is in use, here or by another process */
  static async open(path: string): Promise<TransactionFile> {
    await mkdir(dirname(path), { recursive: true });
    const real = join(await realpath(dirname(path)), basename(path));
    return new TransactionFile(real, await Lock.take(real));
  }

  /** @returns of one nonce, the last at the highest fee; empty when none is under way */
  async read(): Promise<Hex[]> {
    const text = await readFile(this.path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    return text.split('\n').filter((raw) => isHex(raw));
  }

  /** Returns once they are on disk.
   *  @throws when another process has taken the file over */
  async remember(raws: Hex[]): Promise<void> {
    await this.lock.check();
    const file = await open(`${this.path}.new`, 'w');
    try {
      await file.writeFile(raws.join('\n'));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${this.path}.new`, this.path);
    const directory = await open(dirname(this.path), 'r');
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  }

  /** @throws when another process has taken the file over */
  async forget(): Promise<void> {
    await this.lock.check();
    await rm(this.path, { force: true });
  }

  async close(): Promise<void> {
    await this.lock.release();
  }
}
