import { describe, expect, test } from 'vitest';
import { Refusal } from '#lib/errors.ts';
import { largestFile, longestName, sizeInWords } from './file-limits.ts';
import { altOf, fileNameFor, kindOfFile } from './files.ts';

const bytes = (text: string) => Uint8Array.from(text, (sign) => sign.charCodeAt(0) & 255);
const kind = (file: string | Uint8Array, entries: string[] = []) => {
	try {
		const { type, ending } = kindOfFile(typeof file === 'string' ? bytes(file) : file, () => entries);
		return `${type} .${ending}`;
	} catch (error) {
		if (error instanceof Refusal && error.reason === 'rule') return error.message;
		throw error;
	}
};
const zip = 'PK\x03\x04';

test.for<[what: string, file: string, is: string, entries?: string[]]>([
	['JPEG', '\xff\xd8\xff\xe0', 'image/jpeg .webp'],
	['PNG', '\x89PNG\r\n\x1a\n', 'image/png .webp'],
	['GIF', 'GIF89a', 'image/gif .webp'],
	['WebP', 'RIFF\x00\x00\x00\x00WEBP', 'image/webp .webp'],
	['PDF', '%PDF-1.7', 'application/pdf .pdf'],
	[
		'Word',
		zip,
		'application/vnd.openxmlformats-officedocument.wordprocessingml.document .docx',
		['[Content_Types].xml', 'word/document.xml']
	],
	[
		'slides',
		zip,
		'application/vnd.openxmlformats-officedocument.presentationml.presentation .pptx',
		['[Content_Types].xml', 'ppt/presentation.xml']
	],
	[
		'a sheet',
		zip,
		'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet .xlsx',
		['[Content_Types].xml', 'xl/workbook.xml']
	],
	[
		'OpenDocument',
		`${zip}${'\0'.repeat(26)}mimetypeapplication/vnd.oasis.opendocument.textPK`,
		'application/vnd.oasis.opendocument.text .odt',
		['mimetype', 'content.xml']
	],
	['text', 'Wait three seconds.\n', 'text/plain; charset=utf-8 .txt']
])('%s is known by its content', ([, file, is, entries]) => expect(kind(file, entries)).toBe(is));

test.for<[what: string, file: string, says: RegExp, entries?: string[]]>([
	['nothing', '', /empty/],
	['SVG', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">', /SVG/],
	['SVG after a comment', '<?xml version="1.0"?><!-- x --><svg>', /SVG/],
	['a web page', '<!DOCTYPE html><script>1</script>', /web page/],
	['a web page after words', 'hello <script>1</script>', /web page/],
	['a Windows program', 'MZ\x90\x00', /program/],
	['a Linux program', '\x7fELF', /program/],
	['a Mac program', '\xcf\xfa\xed\xfe', /program/],
	['WebAssembly', '\0asm', /program/],
	['a shell script', '#!/bin/sh\nrm -rf /', /program/],
	['a picture of Apple’s', '\0\0\0\x18ftypheic', /HEIC/],
	['a picture in AVIF', '\0\0\0\x18ftypavif', /HEIC or AVIF/],
	['a film', '\0\0\0\x18ftypisom', /Films and sound/],
	['a film of another kind', '\x1a\x45\xdf\xa3', /Films and sound/],
	['sound', 'ID3\x04', /Films and sound/],
	['TIFF', 'II*\0', /browsers do not show/],
	['BMP', 'BM6', /browsers do not show/],
	['an old Word file', '\xd0\xcf\x11\xe0', /older kind/],
	['macros', zip, /macros/, ['[Content_Types].xml', 'word/document.xml', 'word/vbaProject.bin']],
	['a zip', zip, /zip file/, ['a.txt']],
	['bytes', 'abc\0def', /this kind/],
	['text in no encoding of today', 'caf\xe9', /this kind/]
])('%s is refused, and it is said why', ([, file, says, entries]) => {
	const said = kind(file, entries);
	expect(said).toMatch(says);
	expect(said).toMatch(/It was not added; what you wrote is still in the form\.$/);
});

test('ten megabytes and no more', () => {
	expect(kind(new Uint8Array(largestFile).fill(97))).toBe('text/plain; charset=utf-8 .txt');
	expect(kind(new Uint8Array(largestFile + 1).fill(97))).toMatch(/larger than 10 MB/);
});

describe('names', () => {
	const pdf = { type: 'application/pdf', ending: 'pdf', picture: false };
	const text = { type: 'text/plain; charset=utf-8', ending: 'txt', picture: false };
	const picture = { type: 'image/jpeg', ending: 'webp', picture: true };
	test.for<[sent: unknown, named: string, kind?: typeof pdf]>([
		['Lesson plan.pdf', 'Lesson plan.pdf'],
		['IMG_1234.JPG', 'IMG_1234.webp', picture],
		['plan.exe', 'plan.pdf'],
		['plan.pdf.exe', 'plan.pdf.pdf'],
		['../../etc/passwd', 'passwd.pdf'],
		['C:\\Users\\rosa\\Desktop\\plan.pdf', 'plan.pdf'],
		['a\u202efdp.exe', 'a fdp.pdf'],
		['a\0b\r\nc.pdf', 'a b c.pdf'],
		['"><script>.pdf', 'script.pdf'],
		['.htaccess', 'htaccess.pdf'],
		['...', 'file.pdf'],
		['CON.pdf', 'file.pdf'],
		['', 'file.pdf'],
		[undefined, 'file.pdf'],
		[{ toString: 'x' }, 'file.pdf'],
		['日本語 計画.pdf', '日本語 計画.pdf'],
		['\ud800x.pdf', 'x.pdf'],
		['data.csv', 'data.csv', text],
		['notes.html', 'notes.txt', text],
		['notes', 'notes.txt', text]
	])('%j → %s', ([sent, named, kind = pdf]) => expect(fileNameFor(sent, kind)).toBe(named));

	test('however long they are', () => {
		for (const long of ['x'.repeat(100_000), '👩‍🏫'.repeat(5_000), 'a.'.repeat(50_000)]) {
			const name = fileNameFor(`${long}.pdf`, pdf);
			expect(name.length).toBeLessThanOrEqual(longestName);
			expect(name.isWellFormed()).toBe(true);
			expect(name).toMatch(/\.pdf$/);
		}
	});
});

test('what is said about a picture is one line of text, or nothing', () => {
	expect(altOf(' A board\nwith a question \0')).toBe('A board with a question');
	expect(altOf('  ')).toBe(null);
	expect(altOf(new Blob())).toBe(null);
	expect(() => altOf('x'.repeat(501))).toThrow(/longer than 500/);
});

test.for<[number, string]>([
	[1, '1 KB'],
	[240_300, '240 KB'],
	[10_485_760, '10.5 MB']
])('%i bytes are %s', ([size, words]) => expect(sizeInWords(size)).toBe(words));
