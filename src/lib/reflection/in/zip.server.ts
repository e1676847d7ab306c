/**
 * Takes the parts of a Word file out of its zip, and no more than that: how much comes out is bounded while it comes out,
 * whatever the file says of its sizes, and what could make a reader of XML look elsewhere is refused.
 */
import { inflateRawSync } from 'node:zlib';
import { Refusal } from '#lib/errors.ts';

/** A dissertation with all its pictures has some hundred entries. */
const mostEntries = 4_000;
/** Of the text's own parts, unpacked: a book of 500 pages is a tenth of it. */
const mostBytes = 24 * 1024 * 1024;

const broken = () =>
	new Refusal(
		'rule',
		'This file can not be opened: it may have been cut short on its way. Please save it once more and choose it again. Nothing was changed.'
	);
const tooLarge = () =>
	new Refusal(
		'rule',
		'Unpacked, this file holds more than a text can. Please copy what you need of it into a new document and choose that. Nothing was changed.'
	);
const locked = () =>
	new Refusal(
		'rule',
		'This file is locked with a password. Please save it without one and choose it again. Nothing was changed.'
	);

type Entry = { name: string; method: number; packed: number; at: number; locked: boolean };

export const isZip = (file: Uint8Array) => file[0] === 0x50 && file[1] === 0x4b && file[2] === 3 && file[3] === 4;

/** What a zip says that it holds. @throws Refusal rule */
export function entriesOf(file: Uint8Array): Entry[] {
	const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
	let end = -1;
	for (let at = file.length - 22; at >= 0 && at >= file.length - 22 - 0xffff; at--)
		if (view.getUint32(at, true) === 0x06054b50) {
			end = at;
			break;
		}
	if (end < 0) throw broken();
	const count = view.getUint16(end + 10, true);
	if (count > mostEntries) throw tooLarge();
	const entries: Entry[] = [];
	try {
		for (let i = 0, at = view.getUint32(end + 16, true); i < count; i++) {
			if (view.getUint32(at, true) !== 0x02014b50) throw broken();
			const nameLength = view.getUint16(at + 28, true);
			entries.push({
				name: new TextDecoder().decode(file.subarray(at + 46, at + 46 + nameLength)),
				locked: (view.getUint16(at + 8, true) & 1) === 1,
				method: view.getUint16(at + 10, true),
				packed: view.getUint32(at + 20, true),
				at: view.getUint32(at + 42, true)
			});
			at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
		}
	} catch (error) {
		if (error instanceof RangeError) throw broken();
		throw error;
	}
	return entries;
}

/** The parts of a Word file that hold text and what it looks like, by name. @throws Refusal rule */
export function partsOf(file: Uint8Array): Map<string, Uint8Array> {
	const parts = new Map<string, Uint8Array>();
	const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
	let left = mostBytes;
	for (const { name, method, packed, at, locked: isLocked } of entriesOf(file)) {
		if (!/\.(xml|rels)$/i.test(name) || /^(customXml|docProps)\/|\/theme\//i.test(name)) continue;
		if (parts.has(name)) throw broken();
		if (isLocked) throw locked();
		let bytes: Uint8Array;
		try {
			if (view.getUint32(at, true) !== 0x04034b50) throw broken();
			const from = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
			if (from + packed > file.length) throw broken();
			const raw = file.subarray(from, from + packed);
			if (method !== 0 && method !== 8) throw broken();
			bytes = method === 0 ? raw : inflateRawSync(raw, { maxOutputLength: Math.max(1, left) });
		} catch (error) {
			if (error instanceof Refusal) throw error;
			throw (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge() : broken();
		}
		left -= bytes.length;
		if (left < 0) throw tooLarge();
		parts.set(name, plainXml(bytes));
	}
	return parts;
}

/** As UTF-8, and without a document type: Word writes none, and in one stands what else a reader should fetch or repeat. */
function plainXml(bytes: Uint8Array): Uint8Array {
	const [a, b] = bytes;
	const wide = a === 0xff && b === 0xfe ? 'utf-16le' : a === 0xfe && b === 0xff ? 'utf-16be' : null;
	const text = new TextDecoder(wide ?? 'utf-8').decode(bytes);
	if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) throw broken();
	return wide ? new TextEncoder().encode(text.replace(/^(<\?xml[^>]*?)\s+encoding=(["']).*?\2/, '$1')) : bytes;
}
