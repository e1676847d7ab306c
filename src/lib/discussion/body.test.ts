import { type DefaultTreeAdapterMap, parseFragment } from 'parse5';
import { describe, expect, test } from 'vitest';
import { Refusal } from '#lib/errors.ts';
import {
	type Body,
	largestBody,
	longestPost,
	mapInline,
	measured,
	mostMentions,
	type Names,
	readBody,
	renderBody,
	wordsOf
} from './body.ts';
import { excerptOf } from './excerpt.ts';
import { numbersFrom, randomBody, someId } from './random-body.ts';

const rosa = '019a0000-0000-7000-8000-000000000001';
const offer = '019a0000-0000-7000-8000-0000000000aa';
const names: Names = {
	people: new Map([[rosa, 'Rosa Medina']]),
	me: rosa,
	addressOf: (kind, id) => (id === offer ? `/catalogue/${id}` : null)
};
const text = (text: string, ...marks: unknown[]) => ({ type: 'text', text, ...(marks.length ? { marks } : {}) });
const p = (...content: unknown[]) => ({ type: 'paragraph', content });
const doc = (...content: unknown[]) => ({ type: 'doc', content });
const link = (href: unknown) => ({ type: 'link', attrs: { href } });
const html = (sent: unknown) => renderBody(readBody(sent).body, names);
const refusal = (sent: unknown): string => {
	try {
		readBody(sent);
		return 'taken';
	} catch (error) {
		if (error instanceof Refusal && error.reason === 'rule') return error.message;
		throw error;
	}
};

type Node = DefaultTreeAdapterMap['childNode'];
const allowed: Record<string, string[]> = {
	p: [],
	h3: [],
	h4: [],
	ul: [],
	ol: [],
	li: [],
	blockquote: [],
	br: [],
	em: [],
	strong: [],
	span: ['class', 'data-me'],
	a: ['href', 'rel', 'class']
};
/** Fails on whatever a post may not hold; the words otherwise, a line for each block and break. */
function wordsIn(markup: string): string {
	const lines: string[] = [];
	let line: string | null = null;
	const walk = (nodes: Node[]) => {
		for (const node of nodes) {
			if (node.nodeName === '#text') {
				line = (line ?? '') + (node as DefaultTreeAdapterMap['textNode']).value;
				continue;
			}
			const element = node as DefaultTreeAdapterMap['element'];
			expect(Object.keys(allowed)).toContain(element.tagName);
			for (const { name, value } of element.attrs) {
				expect(allowed[element.tagName]).toContain(name);
				if (name === 'href') expect(value).toMatch(/^(https?:\/\/|mailto:|\/catalogue\/)/);
				if (name === 'class') expect(['mention', 'reference']).toContain(value);
			}
			if (element.tagName === 'br') {
				line = `${line ?? ''}\n`;
				continue;
			}
			const isTextblock = /^(p|h3|h4)$/.test(element.tagName);
			if (isTextblock) line = '';
			walk(element.childNodes);
			if (isTextblock) {
				// The break that only gives a line its height.
				lines.push(line!.replace(/\n$/, ''));
				line = null;
			}
		}
	};
	walk(parseFragment(markup).childNodes);
	expect(line).toBe(null);
	return lines.join('\n');
}

describe('what is read', () => {
	test.for<[what: string, sent: unknown, html: string]>([
		['words', doc(p(text('Wait three seconds.'))), '<p>Wait three seconds.</p>'],
		[
			'looks, in one order',
			doc(p(text('so', { type: 'strong' }, { type: 'em' }))),
			'<p><em><strong>so</strong></em></p>'
		],
		[
			'a link',
			doc(p(text('there', link('https://example.org')))),
			'<p><a href="https://example.org/" rel="noopener noreferrer nofollow ugc">there</a></p>'
		],
		[
			'headings below the page’s own',
			doc(
				{ type: 'heading', attrs: { level: 2 }, content: [text('A')] },
				{ type: 'heading', attrs: { level: 3 }, content: [text('B')] }
			),
			'<h3>A</h3><h4>B</h4>'
		],
		[
			'a list in a quotation',
			doc({
				type: 'blockquote',
				content: [{ type: 'bullet_list', content: [{ type: 'list_item', content: [p(text('x'))] }] }]
			}),
			'<blockquote><ul><li><p>x</p></li></ul></blockquote>'
		],
		[
			'somebody named, who reads it',
			doc(p({ type: 'mention', attrs: { id: rosa, name: 'Rosa' } })),
			'<p><span class="mention" data-me>@Rosa Medina</span></p>'
		],
		[
			'somebody named who left',
			doc(p({ type: 'mention', attrs: { id: someId(numbersFrom(1)), name: 'Sam' } })),
			'<p><span class="mention">@somebody who left</span></p>'
		],
		[
			'an offer',
			doc(p({ type: 'reference', attrs: { kind: 'microcredential', id: offer, title: 'Wait time' } })),
			`<p><a class="reference" href="/catalogue/${offer}">Wait time</a></p>`
		],
		[
			'an offer that can not be read any more',
			doc(p({ type: 'reference', attrs: { kind: 'row', id: rosa, title: 'A <row>' } })),
			'<p>A &lt;row&gt;</p>'
		],
		[
			'an empty line, and one at the end',
			doc(p(text('x')), p(), p(text('y'), { type: 'hard_break' })),
			'<p>x</p><p><br></p><p>y<br><br></p>'
		],
		['JSON text', JSON.stringify(doc(p(text('x')))), '<p>x</p>']
	])('%s', ([, sent, expected]) => expect(html(sent)).toBe(expected));

	test('what is said of it: words, people and offers, each once', () => {
		const named = { type: 'mention', attrs: { id: rosa.toUpperCase(), name: 'Rosa' } };
		const linked = { type: 'reference', attrs: { kind: 'row', id: offer, title: 'Criterion' } };
		expect(readBody(doc(p(text('Ask '), named, named), p(linked, linked)))).toMatchObject({
			words: 'Ask @Rosa@Rosa\nCriterionCriterion',
			mentions: [rosa],
			references: [{ kind: 'row', id: offer }]
		});
	});

	test('lines end in one way, neighbours that look the same are one, and what is empty is left out', () => {
		expect(readBody(doc(p(text('a\r\nb\rc'), text(''), text('d')), p())).body).toEqual(
			doc(p(text('a\nb\ncd')), { type: 'paragraph' })
		);
	});

	test('lists within lists as deep as anybody writes', () => {
		const list = (inside: unknown): unknown => ({
			type: 'bullet_list',
			content: [{ type: 'list_item', content: [p(text('x')), ...(inside ? [inside] : [])] }]
		});
		const nested = (deep: number): unknown => (deep === 0 ? null : list(nested(deep - 1)));
		expect(wordsIn(html(doc(nested(5))))).toBe('x\nx\nx\nx\nx');
		expect(refusal(doc(nested(7)))).toMatch(/deeper than can be read/);
	});

	test('whatever is taken is drawn with allowed elements alone, says the same words, and is taken again unchanged', () => {
		for (let seed = 1; seed <= 500; seed++) {
			const body = randomBody(seed);
			const read = readBody(body);
			expect(read.body).toEqual(body);
			expect(readBody(JSON.stringify(read.body))).toEqual(read);
			const people = new Map(
				[...JSON.stringify(body).matchAll(/"id":"([^"]+)","name":"((?:[^"\\]|\\.)*)"/g)].map(([, id, name]) => [
					id!,
					name!
				])
			);
			expect(wordsIn(renderBody(read.body, { ...names, people }))).toBe(read.words);
		}
	});
});

describe('what is hostile', () => {
	const deep = (times: number) => {
		let json = '{"type":"paragraph"}';
		json = '{"type":"blockquote","content":['.repeat(times) + json + ']}'.repeat(times);
		return `{"type":"doc","content":[${json}]}`;
	};
	const proto = JSON.parse(
		'{"type":"doc","__proto__":{"x":1},"constructor":{"prototype":{}},"content":[{"type":"paragraph","__proto__":{"type":"script"},"content":[{"type":"text","text":"x","toString":1}]}]}'
	) as unknown;

	test.for<[what: string, sent: unknown]>([
		['nothing', undefined],
		['null', null],
		['a number', 7],
		['a list', []],
		['an empty text', ''],
		['no JSON', '{"type":"doc"'],
		['HTML', '<p>hello</p>'],
		['another root', p(text('x'))],
		['a root by its prototype', JSON.parse('{"__proto__":{"type":"doc"},"content":[]}')],
		['no words', doc(p())],
		['spaces of all kinds', doc(p(text(' \u00a0\u2003\u200b\u2060\ufeff\u3164\u2800')))],
		['a script', doc({ type: 'script', content: [text('alert(1)')] })],
		['an SVG', doc({ type: 'svg', attrs: { onload: 'alert(1)' } })],
		['an iframe', doc(p({ type: 'iframe', attrs: { src: 'https://example.org' } }))],
		['a picture from elsewhere', doc(p({ type: 'image', attrs: { src: 'https://example.org/x.png' } }))],
		['raw HTML', doc({ type: 'html', text: '<b>x</b>' })],
		['a type of the prototype', doc({ type: 'constructor' }, p(text('x')))],
		['a type that is an object', doc({ type: { toString: 'paragraph' } })],
		['a mark that is unknown', doc(p(text('x', { type: 'style' })))],
		['a mark of the prototype', doc(p(text('x', { type: '__proto__' })))],
		['marks that are no list', doc(p({ type: 'text', text: 'x', marks: { length: 1 } }))],
		['null as marks', doc(p({ type: 'text', text: 'x', marks: null }))],
		['a mark that is null', doc(p(text('x', null)))],
		['a bomb of marks', doc(p(text('x', ...Array.from({ length: 100_000 }, () => ({ type: 'em' })))))],
		['text that is none', doc(p({ type: 'text', text: ['x'] }))],
		['text without text', doc(p({ type: 'text' }))],
		['content that is none', doc({ type: 'paragraph', content: 'x' })],
		['content that holds null', doc({ type: 'paragraph', content: [null] })],
		['content that holds lists', doc({ type: 'paragraph', content: [[text('x')]] })],
		['words outside a block', doc(text('x'))],
		['a block inside a line', doc(p(p(text('x'))))],
		['a list without items', doc({ type: 'bullet_list', content: [] }, p(text('x')))],
		['a list that holds words', doc({ type: 'bullet_list', content: [p(text('x'))] })],
		['an item alone', doc({ type: 'list_item', content: [p(text('x'))] })],
		['a document in a document', doc(doc(p(text('x'))))],
		['somebody without an id', doc(p({ type: 'mention', attrs: { name: 'Rosa' } }))],
		['somebody whose id is an object', doc(p({ type: 'mention', attrs: { id: { toString: rosa } } }))],
		['somebody whose id breaks out', doc(p({ type: 'mention', attrs: { id: `${rosa}"><script>`, name: 'x' } }))],
		['an id with a line after it', doc(p({ type: 'mention', attrs: { id: `${rosa}\n`, name: 'x' } }))],
		['an offer of another kind', doc(p({ type: 'reference', attrs: { kind: 'person', id: offer } }))],
		['a hundred thousand quotations in each other', deep(3_000)],
		['quotations in each other, as a value', JSON.parse(deep(3_000))],
		['ten megabytes of text', doc(p(text('x'.repeat(10 * 1024 * 1024))))],
		['ten megabytes of JSON', `{"type":"doc","content":[${' '.repeat(10 * 1024 * 1024)}]}`],
		[
			'a million people',
			doc({
				type: 'paragraph',
				content: Array.from({ length: 1_000_000 }, () => ({ type: 'mention', attrs: { id: rosa } }))
			})
		],
		[
			'a million empty lines',
			{ type: 'doc', content: Array.from({ length: 1_000_000 }, () => ({ type: 'paragraph' })) }
		],
		['more words than a post', doc(p(text('x'.repeat(longestPost + 1))))],
		[
			'names that make it longer',
			doc(p(...Array.from({ length: 100 }, () => ({ type: 'mention', attrs: { id: rosa, name: 'x'.repeat(500) } }))))
		]
	])('%s is refused in a sentence', ([, sent]) => {
		expect(refusal(sent)).toMatch(/Nothing was posted yet, and what you wrote is still in the form\./);
	});

	test('a hundred thousand of anything in each other is refused, whoever reads the JSON', () => {
		const opened = '['.repeat(largestBody / 2) + ']'.repeat(largestBody / 2);
		expect(refusal(opened)).toMatch(/Nothing was posted/);
		let value: unknown = { type: 'paragraph' };
		for (let i = 0; i < 100_000; i++) value = { type: 'blockquote', content: [value] };
		expect(refusal(doc(value))).toMatch(/deeper than can be read/);
	});

	test.for([
		'javascript:alert(1)',
		'JaVaScRiPt:alert(1)',
		' javascript:alert(1)',
		'\u0001javascript:alert(1)',
		'java\tscript:alert(1)',
		'java\nscript:alert(1)',
		'javascript&colon;alert(1)',
		'javascript://example.org/%0aalert(1)',
		'data:text/html,<script>alert(1)</script>',
		'data:text/html;base64,PHNjcmlwdD4=',
		'vbscript:msgbox(1)',
		'file:///etc/passwd',
		'blob:https://example.org/x',
		'view-source:https://example.org',
		'ftp://example.org',
		'//example.org',
		'/account',
		'?x',
		'#x',
		'',
		`https://example.org/${'x'.repeat(3_000)}`
	])('words linked to %j stay, as words', (href) => {
		expect(html(doc(p(text('here', link(href)))))).toBe('<p>here</p>');
	});
	test.for<[unknown]>([[undefined], [null], [7], [{}], [[]], [{ toString: 'https://example.org' }]])(
		'words linked to %j too',
		([href]) => {
			expect(html(doc(p(text('here', link(href)))))).toBe('<p>here</p>');
			expect(html(doc(p(text('here', { type: 'link', attrs: href }))))).toBe('<p>here</p>');
		}
	);

	test.for([
		'<script>alert(1)</script>',
		'<svg/onload=alert(1)>',
		'<img src=x onerror=alert(1)>',
		'</p></div><style>*{display:none}</style>',
		'<!-- --><![CDATA[x]]>',
		'&lt;script&gt; &#60;b&#62;',
		'" onmouseover="alert(1)',
		'{@html x} {{x}} ${x}',
		'a\u2028\u2029b'
	])('%j is only words, wherever it stands', (words) => {
		const body = doc(
			p(text(words), text(words, link('https://example.org'), { type: 'em' })),
			{ type: 'heading', attrs: { level: words, onclick: 'x' }, content: [text(words)] },
			p({ type: 'reference', attrs: { kind: 'row', id: rosa, title: words, href: 'javascript:1' } })
		);
		const read = readBody(body);
		expect(wordsIn(renderBody(read.body, names))).toBe(read.words);
		expect(read.words).toContain(words);
		const named = doc(p({ type: 'mention', attrs: { id: rosa, name: words } }, text('x')));
		expect(wordsIn(renderBody(readBody(named).body, { ...names, people: new Map([[rosa, words]]) }))).toBe(
			`@${words.trim()}x`.replace(/^@(.*)x$/s, `@${words}x`)
		);
	});

	test('an address can not end its attribute', () => {
		const out = html(doc(p(text('x', link('https://example.org/"onmouseover="alert(1)')))));
		expect(wordsIn(out)).toBe('x');
		expect(out).toContain('href="https://example.org/%22onmouseover=%22alert(1)"');
	});

	test('half characters, control characters and what turns letters around are taken out, and the rest stays', () => {
		const { body, words } = readBody(doc(p(text('a\u0000b\ud800c\u0007d\u202ee\u009bf\u200fg\u{1f600}'))));
		expect(words).toBe('ab\ufffdcdef\u200fg😀');
		expect(words.isWellFormed()).toBe(true);
		expect(wordsIn(renderBody(body, names))).toBe(words);
	});

	test('keys of the prototype change nothing', () => {
		expect(html(proto)).toBe('<p>x</p>');
		expect(({} as { x?: unknown }).x).toBe(undefined);
		expect(Object.keys(readBody(proto).body)).toEqual(['type', 'content']);
	});

	test('attributes that nobody knows do not come along', () => {
		const sent = doc({
			type: 'paragraph',
			attrs: { style: 'position:fixed', onclick: 'x' },
			content: [{ ...text('x'), attrs: { class: 'y' } }]
		});
		expect(readBody(sent).body).toEqual(doc(p(text('x'))));
	});

	test('more people or offers than a post names', () => {
		const number = numbersFrom(5);
		const people = (many: number) =>
			p(...Array.from({ length: many }, () => ({ type: 'mention', attrs: { id: someId(number), name: 'A' } })));
		expect(refusal(doc(people(mostMentions)))).toBe('taken');
		expect(refusal(doc(people(mostMentions + 1)))).toMatch(/names more than 10 people/);
		const offers = (many: number) =>
			p(
				...Array.from({ length: many }, () => ({
					type: 'reference',
					attrs: { kind: 'row', id: someId(number), title: 'A' }
				}))
			);
		expect(refusal(doc(offers(20)))).toBe('taken');
		expect(refusal(doc(offers(21)))).toMatch(/links more than 20 offers/);
	});

	test('addresses that grow when they are written out are no way past the size of a row', () => {
		const long = link(`https://example.org/${'日'.repeat(1_900)}`);
		const other = link(`https://example.org/${'本'.repeat(1_900)}`);
		const body = doc(p(...Array.from({ length: 60 }, (_, i) => text('x', i % 2 ? long : other))));
		expect(JSON.stringify(body).length).toBeLessThan(largestBody);
		expect(refusal(body)).toMatch(/longer than/);
	});

	test('a row that came into the table by another way is drawn without what is not known, and without failing', () => {
		const row = doc(
			{ type: 'script', content: [p(text('x'))] },
			p(
				{ type: 'text', text: '<b>', marks: [{ type: 'img src=x onerror=alert(1)' }] },
				{ type: 'svg' },
				text('y', link('javascript:1'))
			),
			{ type: 'heading', attrs: { level: '"><script>' }, content: [text('z')] }
		) as unknown as Body;
		expect(renderBody(row, names)).toBe('<p>&lt;b&gt;y</p><h3>z</h3>');
		let deep: unknown = p(text('x'));
		for (let i = 0; i < 20_000; i++) deep = { type: 'blockquote', content: [deep] };
		expect(wordsIn(renderBody(doc(deep) as Body, names))).toBe('');
	});

	test('random wrong types in a good post are taken or refused, and never fail', () => {
		const wrong: unknown[] = [
			null,
			7,
			'',
			[],
			{},
			true,
			{ type: 'doc' },
			'javascript:1',
			[[]],
			{ toString: null },
			-1e308
		];
		for (let seed = 1; seed <= 400; seed++) {
			const number = numbersFrom(seed);
			const spoil = (value: unknown): unknown => {
				if (number() < 0.04) return wrong[Math.floor(number() * wrong.length)];
				if (Array.isArray(value)) return value.map(spoil);
				if (typeof value === 'object' && value !== null)
					return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, spoil(inner)]));
				return value;
			};
			const sent = spoil(randomBody(seed));
			if (refusal(sent) === 'taken') wordsIn(html(sent));
		}
	});
});

test('inline pieces can be replaced wherever they stand, and the whole is measured again', () => {
	const body = readBody(
		doc(p(text('a')), {
			type: 'bullet_list',
			content: [{ type: 'list_item', content: [p({ type: 'mention', attrs: { id: rosa, name: 'x' } })] }]
		})
	).body;
	const named = mapInline(body, (node) =>
		node.type === 'mention' ? [{ ...node, attrs: { ...node.attrs, name: 'Rosa Medina' } }] : [node]
	);
	expect(measured(named).words).toBe('a\n@Rosa Medina');
	expect(() => measured(mapInline(body, () => []))).toThrow(/nothing in this post/);
});

test('a line for each block', () => {
	expect(
		wordsOf(
			readBody(
				doc(p(text('a'), { type: 'hard_break' }, text('b')), { type: 'blockquote', content: [p(text('c')), p()] })
			).body
		)
	).toBe('a\nb\nc\n');
});

test.for<[string, number, string]>([
	['short', 10, 'short'],
	['  two\n\nlines ', 20, 'two lines'],
	['one two three', 9, 'one two …'],
	['x'.repeat(30), 10, `${'x'.repeat(10)} …`],
	['123456789😀', 10, '123456789 …']
])('the beginning of %j', ([words, longest, expected]) => expect(excerptOf(words, longest)).toBe(expected));
