/**
 * The column kinds every table shares, so that ids and times are the same everywhere.
 * Server-only by its folder; knows no education word.
 */
import { customType, timestamp, uuid } from 'drizzle-orm/pg-core';
import { uuidv7 } from 'uuidv7';

/** Primary key: a UUID version 7 made in the app, so rows of one moment lie together in the index. */
export const id = () => uuid().primaryKey().$defaultFn(uuidv7);

/** An instant in UTC, to the millisecond: what JavaScript can hold without loss. */
export const instant = () => timestamp({ withTimezone: true, precision: 3, mode: 'date' });

/** Bytes. Comes back as a plain Uint8Array from every driver (pg gives Buffers, PGlite does not). */
export const bytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({
	dataType: () => 'bytea',
	fromDriver: (value) => new Uint8Array(value),
	toDriver: (value) => Buffer.from(value.buffer, value.byteOffset, value.byteLength)
});

/** Words by their stems, to find rows by; worked out by Postgres and never read back. */
export const searchable = customType<{ data: string }>({ dataType: () => 'tsvector' });
