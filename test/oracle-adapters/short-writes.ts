import { type FileHandle, open } from 'node:fs/promises';
import { devNull } from 'node:os';
import { vi } from 'vitest';

/** From now on the system takes a hundred bytes of what it is asked to write, as it may on a full disk. */
export async function shortWrites(): Promise<{ mockRestore(): void }> {
  const probe = await open(devNull, 'w');
  const handle = Object.getPrototypeOf(probe) as FileHandle;
  await probe.close();
  const write = handle.write as (this: FileHandle, bytes: unknown, ...place: number[]) => ReturnType<FileHandle['write']>;
  return vi.spyOn(handle, 'write').mockImplementation(function (this: FileHandle, bytes: unknown) {
    return write.call(this, Buffer.from(bytes as string), 0, 100);
  } as FileHandle['write']);
}
