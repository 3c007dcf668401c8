import { customType, text, timestamp } from 'drizzle-orm/pg-core';
import { uuidv7 } from '../ids.js';

/** uint256 as `numeric(78,0)` ↔ bigint. Defaults are written as sql`0`: drizzle-kit cannot print 0n. */
export const uint256 = customType<{ data: bigint; driverData: string }>({
  dataType: () => 'numeric(78,0)',
  toDriver: (value) => value.toString(),
  fromDriver: (value) => BigInt(value),
});

/** Bytes, e.g. ciphertext or a signed transaction. */
export const bytes = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' });

/** Primary key: UUIDv7 as text, made by the program. */
export const id = () => text('id').primaryKey().$defaultFn(uuidv7);

/** A point in time (timestamptz ↔ Date). */
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** When the row was written. */
export const createdAt = () => instant('created_at').notNull().defaultNow();
