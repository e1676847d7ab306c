import { inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { Random } from '../../../../tests/fuzz/random.ts';
import { someBlocks } from '../../../../tests/some-text.ts';
import type { SettledBlock } from '../settled.ts';
import type { Copy } from './copy.ts';
import { faces } from './faces.server.ts';
import { makePdf } from './pdf.server.ts';

const copy = (content: SettledBlock[], title = 'What changed when I waited?'): Copy => ({
	title,
	microcredential: 'Wait time',
	writers: [
		{ name: 'Rosa Medina', role: 'teacher' },
		{ name: 'Idris Okafor', role: 'mentor' }
	],
	startedAt: new Date('2026-09-01'),
	at: new Date('2026-11-29'),
	text: { type: 'doc', content },
	authors: null,
	talk: null
});
const p = (text: string): SettledBlock => ({ type: 'paragraph', content: [{ type: 'text', text }] });
const raw = (file: Uint8Array) => Buffer.from(file).toString('latin1');
const pages = (file: Uint8Array) => raw(file).match(/\/Type \/Page\b/g)?.length ?? 0;

/** Everything that is packed in it: what is drawn, and which letters stand for which signs. */
function unpacked(file: Uint8Array): string {
	const text = raw(file);
	return [...text.matchAll(/stream\n/g)]
		.map(({ index }) => {
			const from = index + 'stream\n'.length;
			if (text.slice(index - 3, index) === 'end') return '';
			try {
				return inflateSync(Buffer.from(file.subarray(from, text.indexOf('\nendstream', from)))).toString('latin1');
			} catch {
				return '';
			}
		})
		.join('\n');
}

test('its structure is that of the text', async () => {
	const file = raw(
		await makePdf(
			copy([
				{ type: 'heading', attrs: { level: 2 }, content: [{ type: 'text', text: 'A' }] },
				{ type: 'heading', attrs: { level: 3 }, content: [{ type: 'text', text: 'B' }] },
				{
					type: 'ordered_list',
					content: [{ type: 'list_item', content: [p('one'), { type: 'blockquote', content: [p('said')] }] }]
				},
				{
					type: 'paragraph',
					content: [{ type: 'text', marks: [{ type: 'link', attrs: { href: 'https://example.org/' } }], text: 'there' }]
				}
			]),
			'a4',
			faces
		)
	);
	for (const part of ['H1', 'H2', 'H3', 'P', 'L', 'LI', 'Lbl', 'LBody', 'BlockQuote', 'Link'])
		expect(file, part).toMatch(new RegExp(`/S /${part}\\b`));
	expect(file).toContain('https://example.org/');
	expect(file).toMatch(/MediaBox \[0 0 595\.28 841\.89\]/);
});

test('is set on the paper that was asked for', async () => {
	expect(raw(await makePdf(copy([p('x')]), 'letter', faces))).toMatch(/MediaBox \[0 0 612 792\]/);
});

test('signs that our letters do not include are numbered and named, and no box is drawn', async () => {
	const known = 'Zażółć gęślą jaźń, Ελληνικά, Привет, Tiếng Việt, “–”';
	const without = await makePdf(copy([p(known)]), 'a4', faces);
	const withThem = await makePdf(copy([p(`${known} 中文字 and 🎉`)]), 'a4', faces);
	// A letter that stands for nothing, as fonts draw it for what they do not have, is glyph 0.
	for (const file of [without, withThem]) expect(unpacked(file)).not.toMatch(/<0000[0-9a-f]*> [\d.-]+\] TJ/);
	// The note names them by number, in letters that are mapped back to U+4E2D and U+1F389's digits.
	expect(pages(withThem)).toBe(1);
	expect(withThem.length).toBeGreaterThan(without.length);
});

test('whatever a text is made of, it is set: words longer than a line, nesting without room, pages of it', async () => {
	for (let seed = 1; seed <= 4; seed++) {
		const file = await makePdf(copy(someBlocks(new Random(seed))), 'letter', faces);
		expect(raw(file).trimEnd(), `seed ${seed}`).toMatch(/%%EOF$/);
	}
	let deep: SettledBlock = p('at the bottom '.repeat(50));
	for (let i = 0; i < 60; i++) deep = { type: 'blockquote', content: [deep] };
	const file = await makePdf(
		copy([deep, p('x'.repeat(5_000)), ...Array<SettledBlock>(120).fill(p('Line.'))]),
		'a4',
		faces
	);
	expect(pages(file)).toBeGreaterThan(3);
}, 60_000);
