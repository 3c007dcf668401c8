import { z } from 'zod';
import { Invalid } from '../problem.js';

/** Query of a list: `?limit=50&cursor=…`. Extend it with filters: `PageQuery.extend({ status: … })`. */
export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(500).optional(),
});
export type PageQuery = z.infer<typeof PageQuery>;

/** Response of a list: `{ items, next }`; `next` is the cursor of the following page or null. */
export const page = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().nullable() });

/** Makes a page of `limit + 1` rows read: the surplus row only says that there is more.
 *  @param position what the rows are ordered by and the next query starts after */
export function toPage<T>(rows: T[], limit: number, position: (last: T) => string): { items: T[]; next: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? Buffer.from(position(last)).toString('base64url') : null };
}

/** The position a cursor stands for.
 *  @throws Invalid CURSOR_INVALID */
export function fromCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const position = Buffer.from(cursor, 'base64url').toString();
  if (!position || position.includes('\0') || Buffer.from(position).toString('base64url') !== cursor) {
    throw new Invalid('CURSOR_INVALID', { detail: 'The cursor is not one that this list returned.', remedy: 'Take it from `next`.' });
  }
  return position;
}
