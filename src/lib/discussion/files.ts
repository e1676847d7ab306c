/** What may go with a post, found out from its content and never from what was said of it. Pure. */
import { Refusal } from '#lib/errors.ts';
import { largestFile, longestAlt, longestName } from './file-limits.ts';

export type FileKind = { type: string; ending: string; picture: boolean };

const picture = (type: string): FileKind => ({ type, ending: 'webp', picture: true });
const document = (type: string, ending: string): FileKind => ({ type, ending, picture: false });
const office = 'application/vnd.openxmlformats-officedocument';
const open = 'application/vnd.oasis.opendocument';
const openKinds: Record<string, FileKind> = {
	[`${open}.text`]: document(`${open}.text`, 'odt'),
	[`${open}.presentation`]: document(`${open}.presentation`, 'odp'),
	[`${open}.spreadsheet`]: document(`${open}.spreadsheet`, 'ods')
};

const safe = 'It was not added; what you wrote is still in the form.';
export const no = (what: string) => new Refusal('rule', `${what} ${safe}`);

const begins = (file: Uint8Array, ...bytes: number[]) => bytes.every((byte, i) => file[i] === byte);
const latin = (file: Uint8Array, from: number, to: number) =>
	new TextDecoder('latin1').decode(file.subarray(from, Math.min(to, file.length)));

/**
 * What a file is.
 * @param entries what a zip holds, by name; asked for only where it is one
 * @throws Refusal rule, with a sentence that says what else could be done
 */
export function kindOfFile(file: Uint8Array, entries: () => string[]): FileKind {
	if (file.length === 0) throw no('This file is empty.');
	if (file.length > largestFile) throw no('This file is larger than 10 MB.');
	if (begins(file, 0xff, 0xd8, 0xff)) return picture('image/jpeg');
	if (begins(file, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return picture('image/png');
	if (/^GIF8[79]a/.test(latin(file, 0, 6))) return picture('image/gif');
	if (/^RIFF....WEBP/s.test(latin(file, 0, 12))) return picture('image/webp');
	if (/^....ftyp(hei[cfmsx]|hev[cmsx]|mif1|msf1|avi[fs])/s.test(latin(file, 0, 12)))
		throw no(
			'This picture is in a format (HEIC or AVIF) that many computers can not show. Please save it as JPEG, or make a screenshot of it, and add that.'
		);
	if (
		/^....ftyp/s.test(latin(file, 0, 8)) ||
		begins(file, 0x1a, 0x45, 0xdf, 0xa3) ||
		/^(ID3|OggS|RIFF)/.test(latin(file, 0, 4))
	)
		throw no(
			'Films and sound do not go with a post: whoever is seen or heard in them has to agree first, and that is kept with evidence.'
		);
	if (begins(file, 0x49, 0x49, 0x2a, 0) || begins(file, 0x4d, 0x4d, 0, 0x2a) || begins(file, 0x42, 0x4d))
		throw no('This picture is in a format that browsers do not show. Please save it as JPEG or PNG and add that.');
	if (latin(file, 0, 5) === '%PDF-') return document('application/pdf', 'pdf');
	if (begins(file, 0x50, 0x4b, 3, 4)) return kindOfZip(file, entries());
	if (
		begins(file, 0x4d, 0x5a) ||
		begins(file, 0x7f, 0x45, 0x4c, 0x46) ||
		begins(file, 0x00, 0x61, 0x73, 0x6d) ||
		begins(file, 0xca, 0xfe, 0xba, 0xbe) ||
		begins(file, 0xcf, 0xfa, 0xed, 0xfe) ||
		begins(file, 0xce, 0xfa, 0xed, 0xfe) ||
		begins(file, 0x23, 0x21)
	)
		throw no('This file is a program, and programs do not go with a post.');
	if (begins(file, 0xd0, 0xcf, 0x11, 0xe0))
		throw no(
			'This is an Office file of the older kind, or one locked with a password. Please save it as .docx, .pptx, .xlsx or PDF.'
		);
	return kindOfText(file);
}

function kindOfZip(file: Uint8Array, names: string[]): FileKind {
	if (names.some((name) => /vbaProject\.bin$|^Basic\/|^Scripts\/|\.(exe|dll|js|vbs)$/i.test(name)))
		throw no('This document brings a program along (macros). Please save it without macros, or as PDF.');
	if (names.includes('[Content_Types].xml')) {
		if (names.some((name) => name.startsWith('word/'))) return document(`${office}.wordprocessingml.document`, 'docx');
		if (names.some((name) => name.startsWith('ppt/'))) return document(`${office}.presentationml.presentation`, 'pptx');
		if (names.some((name) => name.startsWith('xl/'))) return document(`${office}.spreadsheetml.sheet`, 'xlsx');
	}
	// OpenDocument says what it is in its first part, not packed.
	const said = /^mimetype(application\/vnd\.oasis\.opendocument\.(?:text|presentation|spreadsheet))/.exec(
		latin(file, 30, 160)
	);
	if (said) return openKinds[said[1]!]!;
	throw no(
		'This is a zip file. Please take out what it holds and add that: pictures, PDF, Office and OpenDocument files, and plain text.'
	);
}

function kindOfText(file: Uint8Array): FileKind {
	let text: string;
	try {
		text = new TextDecoder('utf-8', { fatal: true }).decode(file);
	} catch {
		text = '\0';
	}
	// eslint-disable-next-line no-control-regex -- what text does not hold
	if (/[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(text))
		throw no(
			'Files of this kind do not go with a post. Pictures do, and PDF, Office and OpenDocument files, and plain text.'
		);
	if (/<(!doctype|html|head|body|script|style|svg|iframe|object|embed|math|\?xml|\?php)\b/i.test(text.slice(0, 4096)))
		throw no(
			/<svg\b/i.test(text.slice(0, 4096))
				? 'This drawing (SVG) can hold a program. Please save it as PNG and add that.'
				: 'This is a web page, which can hold a program. Please print it as PDF and add that.'
		);
	return document('text/plain; charset=utf-8', 'txt');
}

/** Names that Windows keeps for itself. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)$/i;
/** Endings of plain text that say what it is for, and are no program anywhere. */
const textEndings = /^(txt|md|csv|tsv|srt|ics)$/i;

/** A file's name as it is shown and saved: without folders and signs that hide or turn around, and with the ending of what it is. */
export function fileNameFor(sent: unknown, { type, ending }: FileKind): string {
	const plain = (typeof sent === 'string' ? sent.slice(-1_000) : '')
		.toWellFormed()
		.normalize('NFC')
		.replace(/^.*[/\\]/s, '')
		.replace(/[<>:"|?*\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\ufffd]/gu, ' ')
		.replace(/\s+/g, ' ')
		.trim();
	const [, base = '', was = ''] = /^(.*?)(?:\.([a-z\d]{1,5}))?$/i.exec(plain) ?? [];
	const kept = type.startsWith('text/plain') && textEndings.test(was) ? was.toLowerCase() : ending;
	const short = [...base.replace(/^[. ]+/, '')]
		.slice(0, longestName - 10)
		.join('')
		.slice(0, longestName - 10)
		.toWellFormed()
		.replace(/[. \ufffd]+$/, '');
	return `${short === '' || reserved.test(short) ? 'file' : short}.${kept}`;
}

/** What is said about a picture, as it is kept; null where nothing is. @throws Refusal rule */
export function altOf(sent: unknown): string | null {
	if (typeof sent !== 'string') return null;
	const alt = sent
		.toWellFormed()
		.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202d\u202e]+/gu, ' ')
		.trim();
	if (alt.length > longestAlt)
		throw no(`What you say about this picture is longer than ${longestAlt} characters. Please shorten it.`);
	return alt || null;
}
