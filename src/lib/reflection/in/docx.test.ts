import { downloadZip } from 'client-zip';
import { describe, expect, test } from 'vitest';
import { Random } from '../../../../tests/fuzz/random.ts';
import { someBlocks } from '../../../../tests/some-text.ts';
import type { Copy } from '../out/copy.ts';
import { makeDocx } from '../out/docx.server.ts';
import type { SettledBlock } from '../settled.ts';
import { tidy } from '../tidy.ts';
import { readDocx } from './docx.server.ts';

const copy = (content: SettledBlock[]): Copy => ({
	title: 'What changed <when> I waited & why?',
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

/** Word does not know where one list or quotation ends when another of its kind follows: there they are one. */
function merged(blocks: SettledBlock[]): SettledBlock[] {
	const all: SettledBlock[] = [];
	for (const block of blocks) {
		const last = all.at(-1);
		if (block.type === 'blockquote' && last?.type === 'blockquote')
			all[all.length - 1] = { type: 'blockquote', content: merged([...last.content, ...block.content]) };
		else if (block.type === 'blockquote') all.push({ ...block, content: merged(block.content) });
		else if (block.type === 'bullet_list' || block.type === 'ordered_list') {
			const content = block.content.map((item) => ({ ...item, content: merged(item.content) }));
			if (last?.type === block.type) all[all.length - 1] = { ...last, content: [...last.content, ...content] };
			else all.push({ ...block, content });
		} else all.push(block);
	}
	return all;
}

test('whatever is written for Word reads back as the same text', async () => {
	for (let seed = 1; seed <= 60; seed++) {
		const blocks = merged(tidy(someBlocks(new Random(seed))));
		const read = await readDocx(await makeDocx(copy(blocks)));
		expect(JSON.stringify(read.blocks), `seed ${seed}`).toBe(JSON.stringify(blocks));
	}
}, 60_000);

const w = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main';
/** A document as Word writes it, as far as it matters here. */
async function wordFile(body: string, more: Record<string, string> = {}): Promise<Uint8Array> {
	const rel = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
	const parts: Record<string, string> = {
		'[Content_Types].xml': `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`,
		'_rels/.rels': `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="${rel}/officeDocument" Target="word/document.xml"/></Relationships>`,
		'word/_rels/document.xml.rels': `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="l1" Type="${rel}/hyperlink" Target="https://example.org/" TargetMode="External"/><Relationship Id="l2" Type="${rel}/hyperlink" Target="javascript:alert(1)" TargetMode="External"/><Relationship Id="f1" Type="${rel}/footnotes" Target="footnotes.xml"/><Relationship Id="n1" Type="${rel}/numbering" Target="numbering.xml"/><Relationship Id="s1" Type="${rel}/styles" Target="styles.xml"/></Relationships>`,
		'word/styles.xml': `<w:styles xmlns:w="${w}"><w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/></w:style><w:style w:type="paragraph" w:styleId="H4"><w:name w:val="heading 4"/></w:style><w:style w:type="paragraph" w:styleId="Q"><w:name w:val="Intense Quote"/></w:style></w:styles>`,
		'word/numbering.xml': `<w:numbering xmlns:w="${w}"><w:abstractNum w:abstractNumId="1">${[0, 1, 2].map((i) => `<w:lvl w:ilvl="${i}"><w:numFmt w:val="${i === 1 ? 'decimal' : 'bullet'}"/></w:lvl>`).join('')}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num></w:numbering>`,
		'word/footnotes.xml': `<w:footnotes xmlns:w="${w}"><w:footnote w:id="2"><w:p><w:r><w:t>As said.</w:t></w:r></w:p></w:footnote></w:footnotes>`,
		'word/document.xml': `<w:document xmlns:w="${w}" xmlns:r="${rel}"><w:body>${body}</w:body></w:document>`,
		...more
	};
	return new Uint8Array(
		await downloadZip(Object.entries(parts).map(([name, input]) => ({ name, input }))).arrayBuffer()
	);
}
const run = (text: string, look = '') => `<w:r><w:rPr>${look}</w:rPr><w:t xml:space="preserve">${text}</w:t></w:r>`;
const p = (inner: string, look = '') => `<w:p><w:pPr>${look}</w:pPr>${inner}</w:p>`;
const item = (text: string, level: number) =>
	p(run(text), `<w:numPr><w:ilvl w:val="${level}"/><w:numId w:val="1"/></w:numPr>`);
const said = (text: string): SettledBlock => ({ type: 'paragraph', content: [{ type: 'text', text }] });

describe('a file that Word has written', () => {
	test('keeps headings, lists in lists, quotations, links, bold, slanted and line breaks', async () => {
		const { blocks, unkept } = await readDocx(
			await wordFile(
				[
					p(run('Heading'), '<w:pStyle w:val="H1"/>'),
					p(run('Bold ', '<w:b/>') + run('both', '<w:b/><w:i/>') + '<w:r><w:br/></w:r>' + run('next')),
					p(''),
					item('one', 0),
					item('deep', 1),
					item('two', 0),
					p(`<w:hyperlink r:id="l1">${run('there')}</w:hyperlink>`),
					p(run('They said'), '<w:pStyle w:val="Q"/>')
				].join('')
			)
		);
		expect(unkept).toEqual([]);
		expect(blocks).toEqual([
			{ type: 'heading', attrs: { level: 2 }, content: [{ type: 'text', text: 'Heading' }] },
			{
				type: 'paragraph',
				content: [
					{ type: 'text', marks: [{ type: 'strong' }], text: 'Bold ' },
					{ type: 'text', marks: [{ type: 'em' }, { type: 'strong' }], text: 'both' },
					{ type: 'hard_break' },
					{ type: 'text', text: 'next' }
				].flatMap((part, i) =>
					// The space after a bold word is nobody's to see.
					i === 0
						? [
								{ type: 'text', marks: [{ type: 'strong' }], text: 'Bold' },
								{ type: 'text', text: ' ' }
							]
						: [part]
				)
			},
			{
				type: 'bullet_list',
				content: [
					{
						type: 'list_item',
						content: [said('one'), { type: 'ordered_list', content: [{ type: 'list_item', content: [said('deep')] }] }]
					},
					{ type: 'list_item', content: [said('two')] }
				]
			},
			{
				type: 'paragraph',
				content: [{ type: 'text', marks: [{ type: 'link', attrs: { href: 'https://example.org/' } }], text: 'there' }]
			},
			{ type: 'blockquote', content: [said('They said')] }
		]);
	});

	test('says of each thing what became of it', async () => {
		const cell = (text: string) => `<w:tc>${p(run(text))}</w:tc>`;
		const { blocks, unkept } = await readDocx(
			await wordFile(
				[
					p(run('Small'), '<w:pStyle w:val="H4"/>'),
					`<w:tbl><w:tr>${cell('a')}${cell('b')}</w:tr><w:tr>${cell('c')}${cell('d')}</w:tr></w:tbl>`,
					p(`${run('Noted')}<w:r><w:footnoteReference w:id="2"/></w:r>`),
					p(run('lined', '<w:u w:val="single"/>')),
					p(`<w:hyperlink r:id="l2">${run('script')}</w:hyperlink>`),
					p(
						`<w:ins w:id="1" w:author="x">${run('added')}</w:ins><w:del w:id="2" w:author="x"><w:r><w:delText>gone</w:delText></w:r></w:del>`
					)
				].join('')
			)
		);
		expect(blocks.slice(1)).toEqual(
			['a | b', 'c | d', 'Noted[1]', 'lined', 'script', 'added', '[1] As said.'].map(said)
		);
		expect(unkept).toEqual([
			'1 table became lines of text.',
			'1 footnote stands at the end.',
			'2 suggested changes were taken as accepted.',
			'1 heading is of another level now.',
			'Underlining, colours, crossed out or raised letters are not kept in 1 place; the words are.',
			'1 link led to no page on the web and is plain text now.'
		]);
	});
});
