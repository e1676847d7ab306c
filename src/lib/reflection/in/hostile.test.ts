/** Files made to harm whoever reads them: each is answered with a sentence, soon, and with nothing that could act. */
import { deflateRawSync } from 'node:zlib';
import { downloadZip } from 'client-zip';
import { expect, test } from 'vitest';
import { Refusal } from '#lib/errors.ts';
import { renderSettled, settledText } from '../settled.ts';
import { readFileIn } from './file.server.ts';
import { readMarkdown } from './markdown.ts';

const zipped = async (parts: Record<string, string>) =>
	new Uint8Array(await downloadZip(Object.entries(parts).map(([name, input]) => ({ name, input }))).arrayBuffer());

const rels = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`;
const types = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>';
const document = (body: string) =>
	`<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${body}</w:body></w:document>`;
const word = (body: string, more: Record<string, string> = {}) =>
	zipped({ '[Content_Types].xml': types, '_rels/.rels': rels, 'word/document.xml': document(body), ...more });

async function sentence(file: Uint8Array): Promise<string> {
	const refused = await readFileIn(file).then(
		() => null,
		(error: unknown) => error
	);
	expect(refused).toBeInstanceOf(Refusal);
	return (refused as Refusal).message;
}

/** A zip with one packed entry, which says of its size what it likes. */
function bomb(name: string, packed: Uint8Array, says: number): Uint8Array {
	const bytes = new TextEncoder().encode(name);
	const local = Buffer.alloc(30);
	local.writeUInt32LE(0x04034b50, 0);
	local.writeUInt16LE(8, 8);
	local.writeUInt32LE(packed.length, 18);
	local.writeUInt32LE(says, 22);
	local.writeUInt16LE(bytes.length, 26);
	const central = Buffer.alloc(46);
	central.writeUInt32LE(0x02014b50, 0);
	central.writeUInt16LE(8, 10);
	central.writeUInt32LE(packed.length, 20);
	central.writeUInt32LE(says, 24);
	central.writeUInt16LE(bytes.length, 28);
	const end = Buffer.alloc(22);
	end.writeUInt32LE(0x06054b50, 0);
	end.writeUInt16LE(1, 8);
	end.writeUInt16LE(1, 10);
	end.writeUInt32LE(46 + bytes.length, 12);
	end.writeUInt32LE(30 + bytes.length + packed.length, 16);
	return new Uint8Array(Buffer.concat([local, bytes, packed, central, bytes, end]));
}

test('a bomb, whatever it says of its size, comes out no further than it may', async () => {
	const packed = deflateRawSync(Buffer.alloc(300 * 1024 * 1024));
	for (const says of [300 * 1024 * 1024, 10]) {
		const { partsOf } = await import('./zip.server.ts');
		const before = process.memoryUsage().rss;
		expect(() => partsOf(bomb('word/document.xml', packed, says))).toThrow(/holds more than a text can/);
		expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
	}
});

test('a zip with more entries than any document has is not even listed', async () => {
	const many = await zipped(Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`word/${i}.xml`, 'x'])));
	expect(await sentence(many)).toMatch(/holds more than a text can/);
});

test('what asks a reader to look elsewhere is refused', async () => {
	const outside = `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>`;
	expect(
		await sentence(
			await zipped({
				'[Content_Types].xml': types,
				'_rels/.rels': rels,
				'word/document.xml': `${outside}${document('<w:p><w:r><w:t>&a;</w:t></w:r></w:p>')}`
			})
		)
	).toMatch(/can not be opened/);
});

test('a file cut short anywhere, or with its bits turned, is a sentence or a text', async () => {
	const whole = await word('<w:p><w:r><w:t>Some words.</w:t></w:r></w:p>');
	expect((await readFileIn(whole)).blocks).toHaveLength(1);
	for (let at = 4; at < whole.length; at += 37) {
		for (const broken of [whole.slice(0, at), whole.map((byte, i) => (i === at ? byte ^ 0x55 : byte))]) {
			const answered = await readFileIn(broken).then(
				() => null,
				(error: unknown) => error
			);
			if (answered !== null) expect(answered, `at ${at}`).toBeInstanceOf(Refusal);
		}
	}
});

test('nesting without end is answered', async () => {
	const deep = 2000;
	const md = readMarkdown(
		`${'> '.repeat(deep)}deep\n\n${'- '.repeat(deep)}x\n\n${'['.repeat(deep)}x\n\n${'*a **b '.repeat(deep)}`
	);
	expect(settledText({ content: md.blocks })).toMatch(/deep[^]*x/);
	expect(md.unkept).toEqual(['Lists or quotations are nested too deep, so all of it stands as plain lines.']);
	const xml = await word(
		`${'<w:sdt><w:sdtContent>'.repeat(deep)}<w:p><w:r><w:t>deep</w:t></w:r></w:p>${'</w:sdtContent></w:sdt>'.repeat(deep)}`
	);
	await readFileIn(xml).catch((error: unknown) => expect(error).toBeInstanceOf(Refusal));
});

test('a link that is a script is plain text, and HTML is never more than text', () => {
	const { blocks, unkept } = readMarkdown(
		'[a](javascript:alert(1)) [b](<data:text/html,x>) [c](vbscript:x)\n\n<script>alert(1)</script> <img src=x onerror=alert(1)>\n\n![x](javascript:alert(2))\n'
	);
	const html = renderSettled({ content: blocks });
	expect(html).not.toMatch(/<script|<img|href/);
	expect(html).toContain('&lt;script&gt;');
	expect(unkept).toContain('3 links led to no page on the web and are plain text now.');
	expect(unkept.some((said) => said.includes('HTML stand as text'))).toBe(true);
});

test('what other programs write on top of Markdown is left out, and said', () => {
	expect(readMarkdown('---\ntitle: My text\ntags:\n  - a\n---\n\nWords.\n')).toEqual({
		blocks: [{ type: 'paragraph', content: [{ type: 'text', text: 'Words.' }] }],
		unkept: ['The settings at the top of the file are not kept.']
	});
});
