import { expect, test } from 'vitest';
import { asItWas, filesIn, freshFor, mostRefreshed, notHere, stale, titleIn } from './offline-pages.ts';

const now = Date.parse('2026-11-29T12:00:00Z');
const page = (url: string, openedAgo: number, readAgo: number) => ({
	url,
	openedAt: now - openedAgo,
	readAt: now - readAgo
});

test.for<[what: string, pages: ReturnType<typeof page>[], read: string[]]>([
	['none', [], []],
	['a page that was read a moment ago', [page('a', 1, 1)], []],
	['a page that was read just too long ago', [page('a', 1, freshFor)], ['a']],
	['a page of which nobody knows when it was read', [page('a', 1, NaN)], ['a']],
	[
		'of many those that were opened last',
		[7, 3, 1, 6, 2, 5, 4].map((ago) => page(String(ago), ago, freshFor)),
		['1', '2', '3', '4', '5']
	],
	[
		'none in the place of a fresh one: the others were not opened lately',
		[1, 2, 3, 4, 5, 6].map((ago) => page(String(ago), ago, ago === 3 ? 1 : freshFor)),
		['1', '2', '4', '5']
	]
])('read anew: %s', ([, pages, read]) => expect(stale(pages, now)).toEqual(read));

test('at most so many are read anew', () =>
	expect(
		stale(
			[...Array(30).keys()].map((i) => page(String(i), i, freshFor)),
			now
		)
	).toHaveLength(mostRefreshed));

const html = `<!doctype html><html><head><title>Who &lt;speaks&gt;? · Wayfellow</title>
<link href="../_app/immutable/assets/0.css" rel="stylesheet">
<link href="../_app/immutable/nodes/0.js" rel="modulepreload"><link rel="preload" href="../_app/immutable/assets/a.woff2" as="font">
</head><body data-sveltekit-preload-data="hover"><div><main id="content"><svg><use href="/icons.svg#house"/></svg><p>Words</p>
<script nonce="x">{ import("../_app/immutable/entry/start.js") }</script></main></div></body></html>`;

test('a page as it was: its words and looks, no script, and when that was', () => {
	const was = asItWas(html, 'on Sunday');
	expect(was).not.toMatch(/<script|modulepreload|rel="preload"/);
	expect(was).toContain('rel="stylesheet"');
	expect(was).toContain('<p>Words</p>');
	expect(was).toContain('This page is as it was on Sunday.');
	expect(was.indexOf('as it was')).toBeLessThan(was.indexOf('<svg>'));
});

test('the title and the files of a page are found', () => {
	expect(titleIn(html)).toBe('Who &lt;speaks&gt;?');
	expect(titleIn('<p>none</p>')).toBe('');
	expect(filesIn(html, 'https://w.example/pairs/1')).toEqual([
		'https://w.example/_app/immutable/assets/0.css',
		'https://w.example/_app/immutable/nodes/0.js',
		'https://w.example/_app/immutable/assets/a.woff2',
		'https://w.example/icons.svg',
		'https://w.example/_app/immutable/entry/start.js'
	]);
});

test('what is not here is said, with what is', () => {
	const said = notHere('reflection', [
		{ path: '/reflections/1', title: 'Who &lt;speaks&gt;?' },
		{ path: '/reflections/2', title: '' }
	]);
	expect(said).toContain('<h1>This reflection is not on this device</h1>');
	expect(said).toContain('<a href="/reflections/1">Who &lt;speaks&gt;?</a>');
	expect(said).toContain('<a href="/reflections/2">A reflection</a>');
	expect(said).not.toContain('No reflection is kept');
	expect(notHere('page', [])).toContain('No reflection is kept in this browser');
	expect(notHere('sending', [])).toContain('Please go back');
	expect(notHere('sending', []), 'asking for the address again would not send it').not.toContain('Try again');
});

test('a form that was not sent is kept to be sent again, whatever was typed into it', () => {
	const said = notHere('sending', [], {
		action: '/pairs/1?/startReflection&a="b"',
		fields: [
			['title', '</textarea><script>alert("1")</script> & more\n\nlines'],
			['"><b>', '']
		]
	});
	expect(said).toContain('action="/pairs/1?/startReflection&#38;a=&#34;b&#34;"');
	expect(said).toContain(
		'&#60;/textarea&#62;&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62; &#38; more&#10;&#10;lines</textarea>'
	);
	expect(said).not.toMatch(/<script|<b>/);
	expect(said).toContain('Send it again');
});
