import { readFile } from 'node:fs/promises';
import { type Address, getAddress, type Hex, isAddress, isHex, size } from 'viem';
import { z } from 'zod';

const hex = (length: number) =>
  z.custom<Hex>((v) => typeof v === 'string' && isHex(v) && size(v) === length, `must be ${length} bytes in hex`);

/** Shapes of settings that the services of this folder share. */
export const setting = {
  url: z.url(),
  urls: z
    .string()
    .transform((v) => v.split(',').map((url) => url.trim()))
    .pipe(z.array(z.url()).nonempty()),
  address: z
    .string()
    .refine((v) => isAddress(v), { abort: true, error: 'must be an address' })
    .transform((v): Address => getAddress(v)),
  bytes32: hex(32),
  decimal: z.string().regex(/^-?\d+(\.\d+)?$/, 'must be a plain decimal number'),
  whole: z.coerce.number().int().nonnegative(),
  json: <T extends z.ZodType>(schema: T) =>
    z
      .string()
      .transform((v, context) => {
        try {
          return JSON.parse(v) as unknown;
        } catch {
          context.addIssue('must be JSON');
          return z.NEVER;
        }
      })
      .pipe(schema),
};

/** Reads settings from the environment, or says in one sentence which are missing or wrong. */
export function environment<T extends z.ZodRawShape>(shape: T): z.infer<z.ZodObject<T>> {
  const parsed = z.object(shape).safeParse(process.env);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path, message }) => {
    const name = path.join('.');
    return process.env[String(path[0])] === undefined ? `${name} is not set` : `${name}: ${message}`;
  });
  throw new Error(wrong.join('; '));
}

/** A private key from the file that `<name>_FILE` names, else from `<name>`. There is no default. */
export async function keyFrom(name: string): Promise<Hex> {
  const file = process.env[`${name}_FILE`];
  const text = (file ? await readFile(file, 'utf8') : (process.env[name] ?? '')).trim();
  const key = hex(32).safeParse(text.startsWith('0x') ? text : `0x${text}`);
  if (key.success) return key.data;
  throw new Error(`${name}_FILE must name a file with a private key of 32 bytes in hex (or ${name} hold it).`);
}
