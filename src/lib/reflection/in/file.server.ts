/** A file of somebody's, whatever they chose, as blocks of ours; what it is is read out of it and not out of its name. */
import { Refusal } from '#lib/errors.ts';
import type { SettledBlock } from '../settled.ts';
import { readDocx } from './docx.server.ts';
import { readMarkdown } from './markdown.ts';
import type { ReadIn } from './report.ts';
import { entriesOf, isZip } from './zip.server.ts';

/** Bytes: some 70,000 words. It goes into the live document in one piece, and must fit into one frame of it. */
const mostText = 512 * 1024;

/** @throws Refusal rule, with a sentence that says what else could be done */
export async function readFileIn(file: Uint8Array): Promise<ReadIn> {
	const read = isZip(file) ? await readZip(file) : readMarkdown(textOf(file));
	if (read.blocks.length === 0) throw new Refusal('rule', 'There are no words in this file. Nothing was changed.');
	if (new TextEncoder().encode(JSON.stringify(read.blocks satisfies SettledBlock[])).length > mostText)
		throw new Refusal(
			'rule',
			'This file holds more text than can be put in at once. Please divide it into parts, each under a hundred pages, and choose one after the other. Nothing was changed.'
		);
	return read;
}

async function readZip(file: Uint8Array): Promise<ReadIn> {
	const names = entriesOf(file).map(({ name }) => name);
	if (names.includes('[Content_Types].xml') && names.some((name) => /^word\//.test(name))) return readDocx(file);
	const isOpenDocument = names.includes('content.xml') && names.includes('mimetype');
	throw unlike(isOpenDocument ? 'This is an OpenDocument file.' : 'This is a zip file, but no Word document.');
}

const unlike = (what: string) =>
	new Refusal(
		'rule',
		`${what} Wayfellow reads Word (.docx) and Markdown. Please save it as one of these. Nothing was changed.`
	);

const begins = (file: Uint8Array, ...bytes: number[]) => bytes.every((byte, i) => file[i] === byte);

function textOf(file: Uint8Array): string {
	const head = new TextDecoder('latin1').decode(file.subarray(0, 256)).trimStart().toLowerCase();
	if (begins(file, 0xd0, 0xcf, 0x11, 0xe0))
		throw unlike('This is a Word file of the older kind (.doc), or one locked with a password.');
	if (head.startsWith('%pdf')) throw unlike('This is a PDF.');
	if (head.startsWith('{\\rtf')) throw unlike('This is a file in Rich Text Format.');
	if (/^(<!doctype html|<html)/.test(head)) throw unlike('This is a web page.');
	const wide = begins(file, 0xff, 0xfe) ? 'utf-16le' : begins(file, 0xfe, 0xff) ? 'utf-16be' : null;
	try {
		const text = new TextDecoder(wide ?? 'utf-8', { fatal: true }).decode(file);
		if (!text.includes('\0')) return text;
	} catch {
		// No text in an encoding of today.
	}
	throw unlike('This file is no text that can be read.');
}
