/** Comments in copies: numbered, said whole by whoever said them, and never a part of the text. */
import { parse } from 'parse5';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { Random } from '../../../../tests/fuzz/random.ts';
import { someBlocks } from '../../../../tests/some-text.ts';
import { unzipped } from '../../../../tests/unzipped.ts';
import { addComment, commentsIn, edit, reply, resolveComment, takeBack } from '../comments.ts';
import { commentsName, rootName } from '../document.ts';
import { readDocx } from '../in/docx.server.ts';
import { readMarkdown } from '../in/markdown.ts';
import type { SettledBlock, SettledInline, SettledText } from '../settled.ts';
import { tidy } from '../tidy.ts';
import { type Copy, textsOf } from './copy.ts';
import { makeDocx } from './docx.server.ts';
import { faces } from './faces.server.ts';
import { makeHtml } from './html.ts';
import { makeMarkdown } from './markdown.ts';
import { makePdf } from './pdf.server.ts';
import { readText } from './read.ts';
import { linesOf, type Numbered, type Talk } from './talk.ts';

const names = { rosa: 'Rosa Medina', idris: 'Idris Okafor' };
const owners = new Map([
	[1, 'rosa'],
	[2, 'idris']
]);
const rosaIs = 1;
const idrisIs = 2;
const nobodyIs = 9;

/** A reflection in which everybody works under a client id of their own. */
class Table {
	readonly doc = new Y.Doc();

	readonly #desks = new Map<number, Y.Doc>();

	/** What is done is done under this id. */
	as(client: number, act: (doc: Y.Doc) => void): this {
		const mine = this.#desks.get(client) ?? Object.assign(new Y.Doc(), { clientID: client });
		this.#desks.set(client, mine);
		Y.applyUpdate(mine, Y.encodeStateAsUpdate(this.doc, Y.encodeStateVector(mine)));
		act(mine);
		Y.applyUpdate(this.doc, Y.encodeStateAsUpdate(mine));
		return this;
	}

	writes(...paragraphs: string[]): this {
		return this.as(rosaIs, (doc) => {
			for (const words of paragraphs) {
				const made = new Y.XmlElement('paragraph');
				doc.getXmlFragment(rootName).push([made]);
				made.push([new Y.XmlText(words)]);
			}
		});
	}

	/** Marks words of a paragraph, as the binding does it. */
	mark(paragraph: number, words: string, attributes: Record<string, unknown>): this {
		return this.as(rosaIs, (doc) => {
			const text = (doc.getXmlFragment(rootName).get(paragraph) as Y.XmlElement).get(0) as Y.XmlText;
			const plain = (text.toDelta() as { insert: string }[]).map(({ insert }) => insert).join('');
			text.format(plain.indexOf(words), words.length, attributes);
		});
	}

	talks(client: number, id: string, quote: string, words: string): this {
		return this.as(client, (doc) => addComment(doc, { id, quote, words }));
	}

	get read() {
		const state = Y.encodeStateAsUpdate(this.doc);
		return readText({ state, written: null, commenters: owners, names });
	}

	get copy(): Copy {
		return { ...about, ...this.read };
	}
}
const on = (id: string) => ({ [`comment--${id.padEnd(8, 'x')}`]: { id } });
const about: Omit<Copy, 'text' | 'authors' | 'talk'> = {
	title: 'What changed when I waited?',
	microcredential: 'Wait time',
	writers: [
		{ name: names.rosa, role: 'teacher' },
		{ name: names.idris, role: 'mentor' }
	],
	startedAt: new Date('2026-09-01'),
	at: new Date('2026-11-29')
};
const pieces = ({ text }: Pick<Copy, 'text'>) =>
	[...textsOf(text.content)].map((part) => {
		const { text, on = [], starts = [], ends = [] } = part as Numbered;
		return [text, on, starts, ends];
	});

test('numbers stand behind the words, in the order of the text, also where comments overlap', () => {
	const table = new Table()
		.writes('Three hands went up.', 'Then four.')
		.talks(idrisIs, 'b', 'hands went', 'Whose?')
		.mark(0, 'hands went', on('b'))
		.talks(rosaIs, 'a', 'Three hands', 'Really three?')
		.mark(0, 'Three hands', on('a'))
		.talks(rosaIs, 'c', 'went up. Then', 'Quickly.')
		.mark(0, 'went up.', on('c'))
		.mark(1, 'Then', on('c'));
	expect(pieces(table.read)).toEqual([
		['Three ', [1], [1], []],
		['hands', [1, 2], [2], [1]],
		[' ', [2], [], []],
		['went', [2, 3], [3], [2]],
		[' up.', [3], [], []],
		['Then', [3], [], [3]],
		[' four.', [], [], []]
	]);
	expect(table.read.talk!.map(({ number, about }) => [number, about])).toEqual([
		[1, 'About “Three hands”'],
		[2, 'About “hands went”'],
		[3, 'About “went up. Then”']
	]);
});

test('a comment is told by those who said it, with what became of it', () => {
	const table = new Table()
		.writes('Three hands went up.')
		.talks(idrisIs, 'a', 'Three', 'Who were\nthe three?')
		.mark(0, 'Three', on('a'))
		.as(rosaIs, (doc) => reply(doc, 'a', 'Ana, Bo and Si.'))
		.as(rosaIs, (doc) => {
			const { key } = commentsIn(doc, () => null)[0]!.posts[1]!;
			edit(doc, 'a', key, 'Ana, Bo and Cy.');
		})
		.as(idrisIs, (doc) => resolveComment(doc, 'a', true));
	const [talk] = table.read.talk!;
	expect(talk!.said.map(({ by, words, notes }) => [by, words, notes])).toEqual([
		['Idris Okafor', 'Who were\nthe three?', []],
		['Rosa Medina', 'Ana, Bo and Cy.', ['Changed later.']]
	]);
	expect(talk!.resolved?.by).toBe('Idris Okafor');
});

test('what somebody took back is not in a copy, and that they did is', () => {
	const table = new Table()
		.writes('Three hands went up.')
		.talks(idrisIs, 'a', 'Three', 'A zebra.')
		.mark(0, 'Three', on('a'))
		.as(idrisIs, (doc) => takeBack(doc, 'a', commentsIn(doc, () => null)[0]!.posts[0]!.key));
	expect(table.read.talk![0]!.said).toMatchObject([
		{ by: 'Idris Okafor', words: '', notes: ['Idris Okafor took this back.'] }
	]);
	expect(makeMarkdown(table.copy)).toMatch(/Idris Okafor took this back\./);
	expect(makeMarkdown(table.copy)).not.toContain('zebra');
});

test.for<[what: string, table: (table: Table) => Table, sentence: string]>([
	['words that are gone', (table) => table, 'The words this was about are gone: “were here”'],
	[
		'words that are only suggested',
		(table) => table.mark(0, 'went', { ...on('a'), insertion: { id: '1' } }),
		'About words that are only suggested and not in this copy: “went”'
	],
	[
		'a comment that a script took away',
		(table) => table.as(idrisIs, (doc) => doc.getMap(commentsName).delete('a')),
		'A comment by Idris Okafor was taken out of the document, not by Wayfellow.'
	]
])('%s are said to be so, after those that have words', ([, change, sentence]) => {
	const table = change(
		new Table()
			.writes('Three hands went up.')
			.talks(idrisIs, 'a', 'were here', 'Hm.')
			.talks(rosaIs, 'b', 'hands', 'Mine.')
			.mark(0, 'hands', on('b'))
	);
	expect(table.read.talk!.map(({ number, isPlaced, about }) => [number, isPlaced, about])).toEqual([
		[1, true, 'About “hands”'],
		[2, false, sentence]
	]);
});

test('of whom nobody knows who it is nobody is named, whatever the comment says of itself', () => {
	const table = new Table().writes('Three hands.').as(nobodyIs, (doc) => {
		addComment(doc, { id: 'a', quote: 'hands', words: 'I am Rosa Medina.' });
		(doc.getMap(commentsName).get('a') as Y.Map<unknown>).set('by', 'rosa');
	});
	expect(table.read.talk![0]!.said[0]!.by).toBe('Somebody, not known who');
});

test('without being asked for, nothing of it is there', () => {
	const table = new Table().writes('Three hands.').talks(idrisIs, 'a', 'hands', 'Secret.').mark(0, 'hands', on('a'));
	const read = readText({
		state: Y.encodeStateAsUpdate(table.doc),
		written: null,
		commenters: null,
		names
	});
	expect(read.talk).toBeNull();
	expect(read.text.content).toEqual([{ type: 'paragraph', content: [{ type: 'text', text: 'Three hands.' }] }]);
});

/** Three comments on a text, one of them on words that are gone. */
const three = (words = 'Who were the three?') =>
	new Table()
		.writes('Three hands went up in the back row.', 'Then four.')
		.mark(1, 'four', { link: { href: 'https://example.org/' } })
		.talks(idrisIs, 'a', 'Three hands', words)
		.mark(0, 'Three hands', on('a'))
		.as(rosaIs, (doc) => reply(doc, 'a', 'Ana, Bo and Cy.'))
		.as(idrisIs, (doc) => resolveComment(doc, 'a', true))
		.talks(rosaIs, 'b', 'four', 'One more than on Monday.')
		.mark(1, 'fou', on('b'))
		.talks(idrisIs, 'c', 'a sentence', 'Why did you take it out?').copy;

const hostile = [
	'<script>alert(1)</script>',
	'</section></ol>"\'&amp;',
	']]><w:t>',
	'# No heading',
	'1. no list\n- nor one',
	'[^1]: none\n\n    code',
	'***',
	'\u0000\ufffe\ud800 odd',
	'中文 🎉 שלום',
	'x'.repeat(2_000)
];

describe('in Markdown', () => {
	test('comments are footnotes', () => {
		const written = makeMarkdown(three());
		expect(written).toContain('Three hands[^1] went up in the back row.');
		expect(written).toContain('Then [fou](<https://example.org/>)[^2][r](<https://example.org/>).');
		expect(written).toMatch(
			/\n\[\^1\]: About “Three hands”\\\n {4}\*\*Idris Okafor\*\*, .* UTC:\\\n {4}Who were the three\?\\\n {4}\*\*Rosa Medina\*\*, .* UTC:\\\n {4}Ana, Bo and Cy\.\\\n {4}Resolved by Idris Okafor, .* UTC\n/
		);
		expect(written).toContain('On words that are not in this text: [^3]');
		expect(written).toContain('[^3]: The words this was about are gone: “a sentence”');
		expect(written).toContain('3 comments, 1 resolved.');
	});

	test.for(hostile)('%j stays words', (words) => {
		const { blocks, unkept } = readMarkdown(makeMarkdown(three(words)));
		expect(unkept).toEqual([
			'1 heading is of another level now.',
			'1 dividing line is not kept.',
			...(/<\/?\w+>/.test(words) && !words.includes('w:') ? [expect.stringContaining('HTML')] : [])
		]);
		expect(blocks.map(({ type }) => type)).toEqual([
			'heading',
			...Array<string>(3).fill('paragraph'),
			'heading',
			...Array<string>(5).fill('paragraph')
		]);
		const said = [...textsOf(blocks)].map(({ text }) => text).join('\n');
		for (const line of linesOf(words.toWellFormed().replace(/[\0\ufffe]/g, '')))
			expect(said).toContain(line.replace(/\s+/g, ' ').trim());
	});

	test('whatever is written with notes reads back as the same text with their numbers', () => {
		for (let seed = 1; seed <= 300; seed++) {
			const random = new Random(seed);
			const blocks = noted(random, tidy(someBlocks(random)));
			const written = makeMarkdown({ ...about, text: { type: 'doc', content: blocks }, authors: null, talk: null });
			const read = readMarkdown(written).blocks.slice(2);
			const said = blocks.length > 0 ? tidy(each(blocks, withNumbers)) : read;
			expect(JSON.stringify(read), `seed ${seed}`).toBe(JSON.stringify(said));
		}
	});
});

describe('for Word', () => {
	test('comments are comments of Word, with answers, and resolved ones are resolved', async () => {
		const parts = await unzipped(await makeDocx(three()));
		const comments = parts.get('word/comments.xml')!;
		const said = [...comments.matchAll(/<w:comment .*?<\/w:comment>/gs)].map(([xml]) => [
			/w:author="(.*?)"/.exec(xml)![1],
			[...xml.matchAll(/<w:t[^>]*>(.*?)<\/w:t>/g)].map(([, text]) => text).join(' ')
		]);
		expect(said).toEqual([
			['Idris Okafor', 'Who were the three?'],
			['Rosa Medina', 'Ana, Bo and Cy.'],
			['Wayfellow', expect.stringMatching(/^Resolved by Idris Okafor, /)],
			['Rosa Medina', 'One more than on Monday.'],
			['Idris Okafor', 'Why did you take it out?']
		]);
		const extended = [...parts.get('word/commentsExtended.xml')!.matchAll(/<w15:commentEx (.*?)\/>/g)].map(
			([, attributes]) => attributes
		);
		expect(extended.map((one) => [/paraIdParent/.test(one!), /done="(?:1|true)"/.test(one!)])).toEqual([
			[false, true],
			[true, true],
			[true, true],
			[false, false],
			[false, false]
		]);
		const body = parts.get('word/document.xml')!;
		expect(body).toMatch(
			/commentRangeStart w:id="0"\/>.*Three hands<.*commentRangeEnd w:id="0"\/>.*commentReference w:id="0"\/>.* went up/s
		);
		// Of every comment Word finds where it begins, where it ends and where it is named.
		for (const name of ['commentRangeStart', 'commentRangeEnd', 'commentReference'])
			expect([...body.matchAll(new RegExp(`w:${name} w:id="(\\d+)"`, 'g'))].map(([, id]) => id)).toEqual([...'01234']);
		expect(body).toContain('Comments on words that are not in this text:');
	});

	test('reads back as the text alone, and says what is not kept', async () => {
		const copy = three();
		const { blocks, unkept } = await readDocx(await makeDocx(copy));
		expect(blocks).toEqual(tidy(each(copy.text.content, plain)));
		expect(unkept).toEqual([
			'5 comments are not kept.',
			'The title and the lines about who wrote it, which Wayfellow had put there, are left out.'
		]);
	});

	test.for(hostile)('%j stays words', async (words) => {
		const { blocks } = await readDocx(await makeDocx(three(words)));
		expect(blocks).toEqual(tidy(each(three().text.content, plain)));
	});

	test('a time that nobody knows, or no calendar has, is not made up', async () => {
		const copy = three();
		for (const at of [null, new Date(8.64e15)]) {
			copy.talk![0]!.said[0]!.at = at;
			const comments = (await unzipped(await makeDocx(copy))).get('word/comments.xml')!;
			expect(/<w:comment [^>]*>/.exec(comments)![0]).not.toContain('w:date');
		}
	});

	test('whatever is talked about reads back as it was', async () => {
		for (let seed = 1; seed <= 20; seed++) {
			const random = new Random(seed);
			const blocks = noted(random, [...textBlocks(tidy(someBlocks(random)))]);
			const file = await makeDocx({ ...about, text: { type: 'doc', content: blocks }, authors: null, talk: talks });
			expect(JSON.stringify((await readDocx(file)).blocks), `seed ${seed}`).toBe(
				JSON.stringify(tidy(each(blocks, plain)))
			);
		}
	}, 60_000);
});

describe('as a web page', () => {
	test('each number leads to what was said, and back, and nothing is said twice', () => {
		const html = makeHtml(three());
		expect(html).toContain(
			'<mark>Three hands</mark><sup><a id="words-1" href="#comment-1" aria-label="Comment 1">1</a></sup> went up'
		);
		const ids = [...html.matchAll(/ id="(.*?)"/g)].map(([, id]) => id!);
		expect(new Set(ids).size).toBe(ids.length);
		const ways = [...html.matchAll(/href="#(.*?)"/g)].map(([, id]) => id!);
		expect(ways.toSorted()).toEqual(['comment-1', 'comment-2', 'words-1', 'words-2']);
		for (const way of ways) expect(ids).toContain(way);
		expect(html).toContain('The words this was about are gone: “a sentence”');
		// A link is never inside a link.
		expect(html).toMatch(/<\/a><sup><a id="words-2"/);
	});

	test.for(hostile)('%j stays words', (words) => {
		const page = parse(makeHtml(three(words)));
		const tags = new Set<string>();
		let text = '';
		const walk = (node: object) => {
			if ('tagName' in node) tags.add(node.tagName as string);
			if ('value' in node && typeof node.value === 'string') text += node.value;
			if ('childNodes' in node) (node.childNodes as object[]).forEach(walk);
		};
		walk(page);
		expect([...tags].filter((tag) => tag === 'script' || tag === 'w:t')).toEqual([]);
		expect(text).toContain(words.toWellFormed().replace(/[\0\ufffe]/g, ''));
		expect(text).toContain('One more than on Monday.');
	});
});

describe('as a PDF', () => {
	const raw = (file: Uint8Array) => Buffer.from(file).toString('latin1');

	test('each number leads to what was said, and back, and both are tagged as links', async () => {
		const file = raw(await makePdf(three(), 'a4', faces));
		for (const name of ['words-1', 'comment-1', 'words-2', 'comment-2'])
			expect(file, name).toMatch(new RegExp(`/S /GoTo\\s*/D \\(${name}\\)`));
		expect(file).not.toContain('(words-3)');
		const named = [...file.matchAll(/\((words-\d|comment-\d)\) \[/g)].map(([, name]) => name);
		expect(named.toSorted()).toEqual(['comment-1', 'comment-2', 'words-1', 'words-2']);
		expect(file.match(/\/S \/Link\b/g)!.length).toBeGreaterThanOrEqual(5);
		// A list of three, and each says what it is before what was said.
		expect(file.match(/\/S \/LI\b/g)).toHaveLength(3);
		expect(file).toContain('/Contents (Comment 1)');
	});

	test.for(hostile)('%j is set', async (words) => {
		expect(raw(await makePdf(three(words), 'letter', faces)).trimEnd()).toMatch(/%%EOF$/);
	});

	test('whatever is talked about is set, and so is talk of many pages', async () => {
		for (let seed = 1; seed <= 4; seed++) {
			const random = new Random(seed);
			const content = noted(random, tidy(someBlocks(random)));
			const many = Array.from({ length: 60 }, (_, i): Talk => ({ ...talks[0]!, number: i + 1 }));
			const file = await makePdf({ ...about, text: { type: 'doc', content }, authors: null, talk: many }, 'a4', faces);
			expect(raw(file).trimEnd(), `seed ${seed}`).toMatch(/%%EOF$/);
		}
	}, 60_000);
});

const talks: Talk[] = Array.from({ length: 6 }, (_, i) => ({
	number: i + 1,
	isPlaced: true,
	about: 'About “words”',
	said: [{ by: 'Rosa Medina', at: new Date('2026-11-01'), words: 'Yes.', notes: [] }],
	resolved: null
}));

const each = (blocks: readonly SettledBlock[], change: (part: SettledText) => SettledInline[]): SettledBlock[] =>
	blocks.map((block): SettledBlock => {
		if (block.type === 'paragraph' || block.type === 'heading')
			return {
				...block,
				content: (block.content ?? []).flatMap((part) => (part.type === 'text' ? change(part) : part))
			};
		if (block.type === 'blockquote') return { ...block, content: each(block.content, change) };
		return { ...block, content: block.content.map((item) => ({ ...item, content: each(item.content, change) })) };
	});

const plain = ({ type, marks, text }: SettledText): SettledInline[] => [{ type, ...(marks ? { marks } : {}), text }];
const withNumbers = (part: SettledText): SettledInline[] => {
	const numbers = (part as Numbered).ends ?? [];
	return [
		...plain(part),
		...(numbers.length > 0 ? [{ type: 'text' as const, text: numbers.map((n) => `[^${n}]`).join('') }] : [])
	];
};

/** Two lists or quotations of a kind in a row are one in Word; its own test says so, and here they are not asked for. */
function* textBlocks(blocks: readonly SettledBlock[]): Generator<SettledBlock> {
	for (const block of blocks) if (block.type === 'paragraph' || block.type === 'heading') yield block;
}

/** Six comments somewhere in a text, over each other as it comes. */
function noted(random: Random, blocks: SettledBlock[]): SettledBlock[] {
	const cut = each(blocks, (part) => {
		const signs = [...part.text];
		const at = 1 + random.int(signs.length);
		return [signs.slice(0, at).join(''), signs.slice(at).join('')].filter(Boolean).map((text) => ({ ...part, text }));
	});
	const parts = [...textsOf(cut)] as (SettledText & { on?: number[]; starts?: number[]; ends?: number[] })[];
	for (let number = 1; number <= talks.length && parts.length > 0; number++) {
		const from = random.int(parts.length);
		const to = Math.min(parts.length - 1, from + random.int(4));
		for (let i = from; i <= to; i++) (parts[i]!.on ??= []).push(number);
		(parts[from]!.starts ??= []).push(number);
		(parts[to]!.ends ??= []).push(number);
	}
	return cut;
}
