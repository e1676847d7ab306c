/** Rows of the log as bytes: how `reflection_updates.updates` and `reflection_history.rows` keep them. Pure. */
import * as decoding from 'lib0/decoding';
import { putVarUint, varUintLength } from './live/wire.ts';

export type LogRow = { number: number; personId: string; updates: Uint8Array[]; at: Date };

/** Several updates in one row, each behind its length. */
export function packUpdates(updates: Uint8Array[]): Uint8Array {
	const packed = new Uint8Array(packedLength(updates));
	packInto(packed, 0, updates);
	return packed;
}

export function packedLength(updates: Uint8Array[]): number {
	let size = 0;
	for (const { length } of updates) size += varUintLength(length) + length;
	return size;
}

/** @returns where it ends */
export function packInto(packed: Uint8Array, at: number, updates: Uint8Array[]): number {
	for (const update of updates) {
		at = putVarUint(packed, at, update.length);
		packed.set(update, at);
		at += update.length;
	}
	return at;
}

export function unpackUpdates(packed: Uint8Array): Uint8Array[] {
	const decoder = decoding.createDecoder(packed);
	const updates: Uint8Array[] = [];
	while (decoding.hasContent(decoder)) updates.push(decoding.readVarUint8Array(decoder));
	return updates;
}

/** Number, ms since 1970 and length, before the updates of a row: int4, int8 and int4, big-endian. */
const rowHead = 16;

/** Rows of one person as `reflection_history.rows` keeps them. */
export function packRows(rows: Omit<LogRow, 'personId'>[]): Uint8Array {
	return Buffer.concat(
		rows.flatMap(({ number, at, updates }) => {
			const packed = packUpdates(updates);
			const head = Buffer.alloc(rowHead);
			head.writeInt32BE(number, 0);
			head.writeBigInt64BE(BigInt(at.getTime()), 4);
			head.writeInt32BE(packed.length, 12);
			return [head, packed];
		})
	);
}

export function unpackRows(bytes: Uint8Array, personId: string): LogRow[] {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
	const rows: LogRow[] = [];
	for (let at = 0, end; at < bytes.length; at = end) {
		end = at + rowHead + view.getInt32(at + 12);
		rows.push({
			number: view.getInt32(at),
			personId,
			at: new Date(Number(view.getBigInt64(at + 4))),
			updates: unpackUpdates(bytes.subarray(at + rowHead, end))
		});
	}
	return rows;
}

/** The log as the database has it: rows that still stand alone, and lines of history. */
export type PackedLog = {
	rows: { number: number; personId: string; packed: Uint8Array; at: Date }[];
	lines: { personId: string; rows: Uint8Array }[];
};

/** Every row once, in order; a row that was being moved while it was read may be in both. */
export function unpackLog({ rows, lines }: PackedLog): LogRow[] {
	const all = new Map<number, LogRow>();
	for (const { number, personId, packed, at } of rows)
		all.set(number, { number, personId, updates: unpackUpdates(packed), at });
	for (const line of lines) for (const row of unpackRows(line.rows, line.personId)) all.set(row.number, row);
	return [...all.values()].sort((a, b) => a.number - b.number);
}
