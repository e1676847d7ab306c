/** Holds docs/threats.md to what it says, and looks for what no single test could: things that must stand nowhere. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const page = read('docs/threats.md');

/** The lines of its tables. */
const lines = page.split('\n').flatMap((line) => {
	const [, id, what, held] = /^\| ([TPSV]\d+) \| (.*?) \| (.*) \|$/.exec(line) ?? [];
	return id ? [{ id, what: what!, held: held! }] : [];
});

/** `file` “words of a title”, “of another”. */
const named = (held: string) =>
	[...held.matchAll(/`((?:tests|src)\/[^`]+|eslint\.config\.js)`((?:,? ?“[^”]+”)*)/g)].map(([, file, titles]) => ({
		file: file!,
		titles: [...titles!.matchAll(/“([^”]+)”/g)].map(([, title]) => title!)
	}));
const decisions = (held: string) => [...held.matchAll(/\]\((decisions\/[^)]+)\)/g)].map(([, file]) => `docs/${file}`);

describe('docs/threats.md', () => {
	test('has every threat, every peer, every mistake with sessions and every chapter', () => {
		const ids = new Set(lines.map(({ id }) => id));
		const all = (letter: string, count: number) => Array.from({ length: count }, (_, i) => `${letter}${i + 1}`);
		// Chapter 17 is about WebRTC, which there is none of.
		expect([...all('T', 15), ...all('P', 24), ...all('S', 16), ...all('V', 16)].filter((id) => !ids.has(id))).toEqual(
			[]
		);
	});

	test.for(lines)('$id ($what) names what holds it, and that is there', ({ held }) => {
		const tests = named(held);
		for (const { file, titles } of tests) {
			expect(existsSync(join(root, file)), file).toBe(true);
			const text = read(file);
			expect(titles.length, `${file} is named without words of a title`).toBeGreaterThan(0);
			for (const title of titles) expect(text.includes(title), `“${title}” in ${file}`).toBe(true);
		}
		for (const file of decisions(held)) expect(existsSync(join(root, file)), file).toBe(true);
		const isOpen = /[Dd]oes not apply( yet)?, because|[Nn]ot done: /.test(held);
		const isSaid = held.length > 40 && !held.includes('`');
		expect(tests.length > 0 || decisions(held).length > 0 || isOpen || isSaid, 'nothing is named').toBe(true);
	});

	test('a line without anything behind it would be noticed', () => {
		expect(named('`tests/x.test.ts` “one”, “two”; `src/y.test.ts` “three”')).toEqual([
			{ file: 'tests/x.test.ts', titles: ['one', 'two'] },
			{ file: 'src/y.test.ts', titles: ['three'] }
		]);
	});
});

/** What runs in the product: no tests, no seeds that only a demo has. */
const product = globSync(['src/**/*.{ts,js,svelte}', 'server.js'], { cwd: root })
	.filter((path) => !/\.(test|cases)\.ts$|^src\/seed\//.test(path))
	.map((path) => ({ path, text: read(path) }));
const standsIn = (what: RegExp, except: RegExp = /^$/) =>
	product.filter(({ path, text }) => what.test(text) && !except.test(path)).map(({ path }) => path);

test('the product is read at all', () => {
	expect(product.length).toBeGreaterThan(100);
	expect(standsIn(/createHash\('sha256'\)/).length).toBeGreaterThan(0);
});

test('what is secret is made and hashed by node:crypto alone, by nothing that is broken', () => {
	expect(standsIn(/\b(md5|sha-?1|rc4|des-|createCipher)\b/i)).toEqual([]);
	const random = standsIn(/Math\.random/);
	// Each says beside it why chance is enough; the linter asks for that.
	for (const path of random) expect(read(path), path).toMatch(/no-restricted-properties -- /);
	expect(standsIn(/(token|secret|code|nonce|challenge)\w* = .*Math\.random/i)).toEqual([]);
	expect(standsIn(/rejectUnauthorized|NODE_TLS_REJECT|checkServerIdentity/)).toEqual([]);
});

test('nothing that was sent becomes code, markup or an expression', () => {
	expect(
		standsIn(/\beval\(|new Function\(|setTimeout\(\s*['"`]|node:vm|\.innerHTML\s*=|insertAdjacentHTML|document\.write/)
	).toEqual([]);
	expect(standsIn(/new RegExp\((?!\/)[^'"`)]*\b(params|form|sent|typed|request|url|body)\b/)).toEqual([]);
	// Backups and the lock on a folder ask other programs; neither is told anything by a request.
	expect(standsIn(/child_process|execSync/, /^src\/lib\/server\/(folder-lock|backup)\.ts$/)).toEqual([]);
	const markup = standsIn(/\{@html/);
	// The places that show what render.ts, settled.ts and, of posts, body.ts have drawn and escaped.
	expect(markup.toSorted()).toEqual([
		'src/lib/discussion/PostView.svelte',
		'src/lib/reflection/ReflectionEditor.svelte',
		'src/lib/reflection/Words.svelte',
		'src/routes/cohorts/earlier/+page.svelte',
		'src/routes/reflections/[id]/copy/+page.svelte',
		'src/routes/threads/[id]/posts/[post]/+page.svelte'
	]);
});

test('no page draws an element or attributes that data name', () => {
	// The level of a heading is chosen by the page around it.
	expect(standsIn(/<svelte:element\s+this=\{(?!`h\$\{)/)).toEqual([]);
	expect(standsIn(/<[a-z][^>]*\{\.\.\.(data|form|row|stored)/)).toEqual([]);
});

test('no name of a table or column comes from a request', () => {
	expect(
		standsIn(/sql\.raw|sql\.identifier/, /^src\/lib\/server\/(migrate|backup|embedded-dump|embedded)\.ts$/)
	).toEqual([]);
});

test('one door takes a file, and reads it on a thread of its own, out of a zip of which it has seen how large it is; another takes JSON', () => {
	// Whoever adds one writes down in docs/threats.md (T6, V5, P24) what holds it, and changes this line.
	expect(standsIn(/type="file"|instanceof File\b|\.arrayBuffer\(\)/, /service-worker/).toSorted()).toEqual([
		'src/lib/discussion/FilesField.svelte',
		'src/lib/discussion/files.server.ts', // looked at by its first bytes; pictures are made anew on threads of their own
		'src/lib/reflection/copies.server.ts',
		'src/lib/reflection/in/docx.server.ts', // the zip that we make of what was unpacked
		'src/routes/account/calendar/+page.server.ts', // a calendar of five megabytes at most; only lines that say when are looked at
		'src/routes/account/calendar/+page.svelte',
		'src/routes/catalogue/edit/import/+page.server.ts', // JSON no larger than any form; depth is looked at before it is read
		'src/routes/catalogue/edit/import/+page.svelte',
		'src/routes/cohorts/[id]/files/+server.ts',
		'src/routes/frameworks/import/+page.server.ts', // JSON of ten megabytes at most; depth is looked at before it is read
		'src/routes/frameworks/import/+page.svelte',
		'src/routes/mail/bounces/+server.ts', // from a mail server that shows a token; at most 256 KiB, and kept is a number
		'src/routes/reflections/[id]/copy/+page.svelte'
	]);
	// A pasted list travels so, because percent signs would make it three times as long; what is no text in it is dropped.
	expect(standsIn(/multipart\/form-data/).toSorted()).toEqual([
		'src/lib/discussion/ComposerFields.svelte',
		'src/routes/account/calendar/+page.svelte',
		'src/routes/catalogue/edit/import/+page.svelte',
		'src/routes/frameworks/import/+page.svelte',
		'src/routes/programs/[id]/people/invite/+page.svelte',
		'src/routes/reflections/[id]/copy/+page.svelte'
	]);
	// What reads files is loaded by the thread alone.
	expect(standsIn(/from 'mammoth'/)).toEqual(['src/lib/reflection/in/docx.server.ts']);
	expect(standsIn(/readDocx\(|readFileIn\(/).toSorted()).toEqual([
		'src/lib/reflection/copy-worker.server.ts',
		'src/lib/reflection/in/docx.server.ts',
		'src/lib/reflection/in/file.server.ts'
	]);
});

test('the start refuses sign-in over plain http', () => {
	expect(read('src/start.server.ts')).toContain('sign-in cookies must not travel over plain http');
});

test('the packages that were once broken are newer than that', () => {
	const locked = JSON.parse(read('package-lock.json')) as { packages: Record<string, { version: string }> };
	for (const [name, mended] of [
		['ws', '8.23.0'],
		['@sveltejs/kit', '2.49.5'],
		['devalue', '5.6.2'],
		['svelte', '5.53.5'],
		['drizzle-orm', '0.45.2'],
		['yjs', '13.6.33']
	] as const) {
		const version = locked.packages[`node_modules/${name}`]?.version;
		expect(version, name).toBeDefined();
		expect(version!.localeCompare(mended, undefined, { numeric: true }), `${name} ${version}`).toBeGreaterThanOrEqual(
			0
		);
	}
});

test('the server asks no address that a person named, but through one door', () => {
	// Pages fetch from their own server; the server itself has nobody to ask over http but identity providers.
	const server = product.filter(({ path }) => /\.server\.ts$|\/\+server\.ts$|src\/lib\/server\//.test(path));
	const asking = server
		.filter(({ text }) => /\bfetch\(|http\.get\(|https?\)?\.request\(|^import https? from/m.test(text))
		.map(({ path }) => path);
	expect(asking.filter((path) => !/provider|oidc|openid/.test(path))).toEqual(['src/lib/server/outside.server.ts']);
	// And what stands behind that door is asked by three rooms only, for publishers' files, people's own calendars and their browsers.
	const through = product.filter(({ text }) => /server\/outside\.server\.ts/.test(text)).map(({ path }) => path);
	expect(through.sort()).toEqual([
		'src/lib/catalogue/importing.server.ts',
		'src/lib/meeting/calendars.server.ts',
		'src/lib/notification/push.server.ts'
	]);
});
