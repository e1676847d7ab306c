import { describe, expect, test } from 'vitest';
import { type Names, readBody, renderBody, wordsOf } from './body.ts';
import { bodyOfText, textOfBody } from './plain-text.ts';
import { numbersFrom } from './random-body.ts';

const names: Names = { people: new Map(), me: '', addressOf: () => null };
const html = (text: string) =>
	renderBody(bodyOfText(text), names).replaceAll(' rel="noopener noreferrer nofollow ugc"', '');
const letters = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, '');

test.for<[what: string, typed: string, html: string]>([
	['words', 'Wait.', '<p>Wait.</p>'],
	['lines and paragraphs', 'a\nb\n\nc\r\n\r\n\r\nd', '<p>a<br>b</p><p>c</p><p>d</p>'],
	['a list', 'Three things:\n- one\n- two', '<p>Three things:</p><ul><li><p>one</p></li><li><p>two</p></li></ul>'],
	['a numbered list', '1. one\n2. two', '<ol><li><p>one</p></li><li><p>two</p></li></ol>'],
	['a year is no number of a list', '2019. A good year', '<p>2019. A good year</p>'],
	['a list that goes on', '3. c\n4. d', '<p>3. c</p><p>4. d</p>'],
	['a list in a list', '- a\n  - b', '<ul><li><p>a</p><ul><li><p>b</p></li></ul></li></ul>'],
	['a quotation and its answer', '> you said\nI say', '<blockquote><p>you said</p></blockquote><p>I say</p>'],
	['headings', '## A\n### B\n#c #1', '<h3>A</h3><h4>B</h4><p>#c #1</p>'],
	['looks', '**so** and *so* and _so_', '<p><strong>so</strong> and <em>so</em> and <em>so</em></p>'],
	['both', '***so***', '<p><em><strong>so</strong></em></p>'],
	['a sum', '2*3*4 = 24, some_file_name', '<p>2*3*4 = 24, some_file_name</p>'],
	['signs by themselves', '* * *\n\n--- ** __ ~~', '<p>***</p><p>--- ** __ ~~</p>'],
	['a link', '[there](https://example.org/a_b)', '<p><a href="https://example.org/a_b">there</a></p>'],
	[
		'an address',
		'See https://example.org/a_b_c, or not.',
		'<p>See <a href="https://example.org/a_b_c">https://example.org/a_b_c</a>, or not.</p>'
	],
	['a link to script', '[there](javascript:alert(1))', '<p>there (javascript:alert(1))</p>'],
	['HTML', '<b>x</b> <script>1</script>', '<p>&lt;b&gt;x&lt;/b&gt; &lt;script&gt;1&lt;/script&gt;</p>'],
	['a picture', '![x](https://example.org/x.png)', '<p>!<a href="https://example.org/x.png">x</a></p>'],
	['code', '    indented\n\n```\nfenced\n```', '<p>indented</p><p>```<br>fenced<br>```</p>'],
	['a definition', '[a]: https://example.org', '<p>[a]: <a href="https://example.org/">https://example.org</a></p>'],
	['a rule, a line below', 'Title\n---\n***', '<p>Title</p><p>---</p><p>***</p>'],
	['entities', '&lt;b&gt; &copy;', '<p>&amp;lt;b&amp;gt; &amp;copy;</p>']
])('%s', ([, typed, expected]) => expect(html(typed)).toBe(expected));

describe('whatever is typed', () => {
	const signs = [
		'*',
		'**',
		'_',
		'- ',
		'1. ',
		'> ',
		'\n',
		'\n\n',
		'# ',
		'[a](',
		')',
		'](',
		'https://example.org',
		'`',
		'|',
		'  ',
		'word',
		'x',
		'日本',
		'7. ',
		'\t',
		'<b>',
		'&amp;',
		'\\'
	];
	test('keeps its letters, is a post, and comes back as typed', () => {
		for (let seed = 1; seed <= 600; seed++) {
			const number = numbersFrom(seed);
			const typed = `w${Array.from({ length: 30 }, () => signs[Math.floor(number() * signs.length)]).join('')}`;
			const body = bodyOfText(typed);
			const read = readBody(body);
			// Of a list's numbers the list itself tells.
			const numbers = JSON.stringify(body).includes('ordered_list') ? /[\p{N}]/gu : /(?!)/g;
			const linked = typed.replaceAll('https://example.org', '').replaceAll('[a](', '');
			for (const word of ['word', '日本'])
				expect(letters(read.words).split(word).length).toBe(letters(linked.replace(numbers, '')).split(word).length);
			// Written out and read again no word is missing; an address may be said that was behind a word before.
			const again = letters(wordsOf(bodyOfText(textOfBody(read.body))));
			for (const word of ['word', '日本'])
				expect(again.split(word).length).toBeGreaterThanOrEqual(letters(read.words).split(word).length);
		}
	});
	test.for<[string, string]>([
		['stars', '*'.repeat(20_000)],
		['brackets', '['.repeat(20_000)],
		['brackets in pairs', '[a]('.repeat(5_000)],
		['quotations', '> '.repeat(9_000)],
		['lists', Array.from({ length: 140 }, (_, i) => `${'  '.repeat(i)}- x`).join('\n')],
		['underscores and stars', '*a_ '.repeat(5_000)],
		['lines', '\n> x\n- y'.repeat(2_000)],
		['ten megabytes', 'x '.repeat(5 * 1024 * 1024)]
	])('%s are read, and hold nothing up', ([, typed]) => {
		expect(bodyOfText(typed).type).toBe('doc');
	});
});

test.for([
	'Words.',
	'a\nb\n\nc',
	'Things:\n\n- one\n- two\n\n  more of it',
	'1. a\n2. b',
	'> quoted\n>\n> twice\n\nanswer',
	'## A\n\n### B',
	'**so** and *so*',
	'[there](https://example.org/x)'
])('%j is typed, posted, and stands in the field as it was', (typed) =>
	expect(textOfBody(readBody(bodyOfText(typed)).body)).toBe(typed)
);
